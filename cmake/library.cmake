# libyaopai-verify as others embed it: shared with an export map, and static as one object in which only the functions of
# the map are global, so that no name of ours meets one of the application's.  Both of the same position-independent code,
# and without what no function of the map reaches.
set(library_map ${CMAKE_SOURCE_DIR}/verify/yaopai_verify.map)
set(library_interface 0)        # counts incompatible changes: docs/decisions/014-library-interface.md

add_library(library_objects OBJECT ${LIBRARY_SOURCES})
set_target_properties(library_objects PROPERTIES POSITION_INDEPENDENT_CODE ON)
target_compile_options(library_objects PRIVATE -ffunction-sections -fdata-sections)
target_link_libraries(library_objects PRIVATE flags OpenSSL::Crypto ZLIB::ZLIB)

add_library(library_shared SHARED $<TARGET_OBJECTS:library_objects>)
set_target_properties(library_shared PROPERTIES OUTPUT_NAME yaopai-verify LINKER_LANGUAGE C
  VERSION ${library_interface}.${PROJECT_VERSION} SOVERSION ${library_interface} LINK_DEPENDS ${library_map})
target_link_options(library_shared PRIVATE -Wl,--gc-sections -Wl,--as-needed -Wl,--version-script=${library_map})
if(NOT YAOPAI_SANITIZE AND NOT YAOPAI_THREADS)   # a sanitizer's own functions come with the program
  target_link_options(library_shared PRIVATE -Wl,--no-undefined)
endif()
target_link_libraries(library_shared PRIVATE flags OpenSSL::Crypto ZLIB::ZLIB)
install(TARGETS library_shared LIBRARY NAMELINK_COMPONENT Development)

if(NOT YAOPAI_SANITIZE AND NOT YAOPAI_THREADS)
  file(READ ${library_map} exported)
  string(REGEX REPLACE "/\\*[^*]*\\*/" "" exported "${exported}")
  string(REGEX MATCHALL "yp_[a-z0-9_]+" exported "${exported}")
  list(JOIN exported "\n" exported_lines)
  file(GENERATE OUTPUT ${CMAKE_BINARY_DIR}/generated/exported-symbols CONTENT "${exported_lines}\n")
  list(TRANSFORM exported PREPEND "-Wl,-u," OUTPUT_VARIABLE roots)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${library_map})
  set(library_static ${CMAKE_BINARY_DIR}/libyaopai-verify.a)
  set(library_object ${CMAKE_BINARY_DIR}/yaopai-verify-static.o)
  add_custom_command(OUTPUT ${library_static}
    COMMAND ${CMAKE_C_COMPILER} -r -nostdlib ${roots} -Wl,--gc-sections -o ${library_object} $<TARGET_OBJECTS:library_objects>
    COMMAND ${CMAKE_OBJCOPY} --keep-global-symbols=${CMAKE_BINARY_DIR}/generated/exported-symbols --keep-symbols=${CMAKE_BINARY_DIR}/generated/exported-symbols
      --wildcard --strip-unneeded-symbol=* ${library_object} # also the undefined names that only collected code used
    COMMAND ${CMAKE_COMMAND} -E rm -f ${library_static}
    COMMAND ${CMAKE_AR} qcD ${library_static} ${library_object}
    COMMAND ${CMAKE_RANLIB} -D ${library_static}
    BYPRODUCTS ${library_object} COMMAND_EXPAND_LISTS VERBATIM
    DEPENDS library_objects $<TARGET_OBJECTS:library_objects> ${CMAKE_BINARY_DIR}/generated/exported-symbols
    COMMENT "Linking one object with only yp_ names: libyaopai-verify.a")
  add_custom_target(library_static ALL DEPENDS ${library_static})
  install(FILES ${library_static} DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT Development)
endif()

install(CODE "
  set(PROJECT_VERSION ${PROJECT_VERSION})
  set(CMAKE_INSTALL_LIBDIR ${CMAKE_INSTALL_LIBDIR})
  set(CMAKE_INSTALL_INCLUDEDIR ${CMAKE_INSTALL_INCLUDEDIR})
  configure_file([[${CMAKE_SOURCE_DIR}/cmake/yaopai-verify.pc.in]] [[${CMAKE_BINARY_DIR}/yaopai-verify.pc]] @ONLY)" # the prefix is known now
  COMPONENT Development)
install(FILES ${CMAKE_BINARY_DIR}/yaopai-verify.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT Development)
install(FILES verify/yaopai_verify.h TYPE INCLUDE COMPONENT Development)

# The example program: the public header, the shared library, nothing else.
add_executable(example_judge verify/example/judge.c)
set_target_properties(example_judge PROPERTIES OUTPUT_NAME judge RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/example)
target_include_directories(example_judge PRIVATE verify)
target_link_libraries(example_judge PRIVATE flags library_shared)
install(FILES verify/example/judge.c DESTINATION ${CMAKE_INSTALL_DOCDIR}/examples COMPONENT Development)

find_program(SCDOC scdoc REQUIRED)
file(GLOB pages CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/docs/man/*.scd)
foreach(source ${pages})
  get_filename_component(page ${source} NAME_WLE)          # yaopai_verify.3
  string(REGEX MATCH "[0-9]$" section ${page})
  add_custom_command(OUTPUT ${CMAKE_BINARY_DIR}/man/${page} DEPENDS ${source} VERBATIM
    COMMAND ${CMAKE_COMMAND} -E make_directory ${CMAKE_BINARY_DIR}/man
    COMMAND sh -c "\"$1\" <\"$2\" >\"$3\"" _ ${SCDOC} ${source} ${CMAKE_BINARY_DIR}/man/${page})
  list(APPEND rendered ${CMAKE_BINARY_DIR}/man/${page})
  install(FILES ${CMAKE_BINARY_DIR}/man/${page} DESTINATION ${CMAKE_INSTALL_MANDIR}/man${section})
endforeach()
add_custom_target(man ALL DEPENDS ${rendered})
