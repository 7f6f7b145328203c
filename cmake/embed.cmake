# embed(<target header> <array name> <file>): the file's bytes as a C array, made when CMake configures.
function(embed header name file)
  file(READ ${file} hex HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
  get_filename_component(source ${file} NAME)
  file(CONFIGURE OUTPUT ${header} CONTENT
    "/* Made from ${source}; do not edit. */\nstatic const unsigned char ${name}[] = { ${bytes} };\n")
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
endfunction()
