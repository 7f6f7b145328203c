#!/bin/sh
# The dependency rule, checked: who may include whom, and which foreign header
# belongs to which files.  Run from the top of the tree.
set -u
bad=0

deny() { # deny <folder> <pattern> <why>
	if grep -nE "^[[:space:]]*#[[:space:]]*include[[:space:]]*[<\"]$2" -r "$1" --include='*.[ch]'; then
		echo "  ^ $3"
		bad=1
	fi
}

only() { # only <header pattern> <file regex that may> <folders...>
	header=$1 may=$2
	shift 2
	found=$(grep -rlE "#[[:space:]]*include[[:space:]]*<$header" --include='*.[ch]' "$@" | grep -vE "^($may)\$")
	if [ -n "$found" ]; then
		echo "<$header> may be included only by $may, not: $found"
		bad=1
	fi
}

deny base     '(crypto|verify|registry|tools)/' 'base/ knows nothing of the layers above it'
deny crypto   '(verify|registry|tools)/'        'crypto/ knows only base/'
deny verify   '(registry|tools)/'               'the verifier must embed without the registry'
deny verify   'crypto/(signer|keyfile|certify|cose_sign)\.h' 'the verifier cannot sign'
deny registry '(verify|tools)/'                 'the registry records, it does not judge'
deny registry 'crypto/(keyfile|certify)\.h'     'the registry takes a signer, it holds no keys'
deny tools/endpoint 'crypto/(signer|keyfile|certify|cose_sign)\.h' 'the endpoint holds no signing key'
deny tools/picture '(crypto|verify|registry|tools/(office|endpoint|verifier|shared))/' 'the picture reader has nothing but its decoders'
deny tools/verifier 'tools/picture/(codes|grey|sandbox)\.h' 'pictures are decoded in the confined reader only'
deny tools/verifier '(registry/|crypto/(signer|keyfile|certify|cose_sign)\.h)' 'the offline verifier has neither register nor signer'

all='base crypto verify registry tools'
only 'lmdb\.h'       'registry/store_inside\.h' $all
only_own=$(grep -rlE '"registry/store_inside\.h"' --include='*.[ch]' $all | grep -vE '^registry/store(_env)?\.c$')
[ -z "$only_own" ] || { echo "registry/store_inside.h belongs to registry/store.c and store_env.c, not: $only_own"; bad=1; }
only 'openssl/'      'crypto/(digest|kdf|random|seal|key|keyfile|certificate|certify|openssl_[a-z0-9_]+)\.[ch]' $all
only 'qrencode\.h'   'tools/shared/qrcode\.c' $all
only 'microhttpd\.h' 'tools/endpoint/http\.c' $all
only 'jansson\.h'    'tools/endpoint/[a-z_]+\.c' $all
only 'csv\.h'        'tools/office/csv_file\.c' $all
only 'zip\.h'       'tools/office/zip_file\.c' $all
only 'expat\.h'     'tools/office/xml_reader\.c' $all
only 'iconv\.h'     'tools/(office/encoding|picture/codes)\.c' $all
only 'zlib\.h'       'crypto/statuslist[a-z_]*\.c' $all
only 'zbar\.h'       'tools/picture/codes\.c' $all
only 'jpeglib\.h'    'tools/picture/grey_jpeg\.c' $all
only 'png\.h'        '(tools/picture/grey_png|tools/shared/qrimage)\.c' $all
only 'seccomp\.h'    'tools/picture/calls\.c' $all
exit $bad
