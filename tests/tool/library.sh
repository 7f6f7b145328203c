#!/bin/sh
# libyaopai-verify as somebody who embeds it meets it: what it links, what leaves it, what it needs of the system, and whether
# an application builds against the installed files alone and judges.
set -u
. "$(dirname "$0")/lib.sh.inc"

build=$(cd "$bin/.." && pwd)
sanitized=
grep -q '^YAOPAI_SANITIZE:BOOL=ON' "$build/CMakeCache.txt" && sanitized=1
so=$(readlink -f "$build/libyaopai-verify.so")
archive=$build/libyaopai-verify.a
ninja=$(sed -n 's/^CMAKE_MAKE_PROGRAM:FILEPATH=//p' "$build/CMakeCache.txt")

# ---- what is linked: the commands that made it, and the file itself ----
commands() { "$ninja" -C "$build" -t commands "${1#"$build/"}" | grep -v '^ninja: Entering'; }
foreign='lib(lmdb|qrencode|zbar|png|jpeg|microhttpd|jansson|inih|csv|seccomp)|-l(lmdb|qrencode|zbar|png|jpeg|microhttpd|jansson|inih|csv|seccomp)'
ours='libsigner\.a|libregistry\.a|liboffice\.a|crypto/(keyfile|certify|cose_sign)\.c|registry/|tools/office/'
symbols='(mdb_|QRcode_|QRinput_|zbar_|png_|jpeg_|MHD_|EVP_PKEY_sign|EVP_DigestSign|EVP_PKEY_keygen|EVP_PKEY_generate|EVP_PKEY_Q_keygen'
symbols="$symbols|PEM_read_bio_PrivateKey|d2i_PKCS8|EVP_PKCS82PKEY|X509_sign|cose_sign|certify|private_key_|signer_from_key|store_open)"

links_foreign() { commands "$1" | grep -E "$foreign|$ours"; }
names_foreign() { nm "$1" 2>/dev/null | awk '{ print $NF }' | grep -E "^$symbols"; }
needs_foreign() { readelf -d "$1" | grep NEEDED | grep -E "$foreign"; }
set -- "$so" "$build/example/judge" "$bin/yaopai-verify"
[ -n "$sanitized" ] || set -- "$@" "$archive"
for made; do
	name=$(basename "$made" | sed 's/\.so\..*/.so/')
	check "$name: its commands are known" sh -c "'$ninja' -C '$build' -t commands '${made#"$build/"}' | grep -q -- ' -o '"
	if links_foreign "$made" >"$work/found"; then not_ok "$name: nothing of the register, the signer or a picture library is linked" "$work/found"
	else ok "$name: nothing of the register, the signer or a picture library is linked"; fi
	if names_foreign "$made" >"$work/found"; then not_ok "$name: no symbol that opens a register, signs or makes a key" "$work/found"
	else ok "$name: no symbol that opens a register, signs or makes a key"; fi
	case $made in *.a) continue ;; esac
	if needs_foreign "$made" >"$work/found"; then not_ok "$name: no such library is loaded" "$work/found"
	else ok "$name: no such library is loaded"; fi
done
# the same questions find what they look for in the program that does sign and store
links_foreign "$bin/yaopai" >"$work/links" && names_foreign "$bin/yaopai" >"$work/names" && needs_foreign "$bin/yaopai" >"$work/needs"
check "these checks see the signer's library in yaopai" grep -q 'libsigner\.a' "$work/links"
check "these checks see LMDB in yaopai" grep -q 'mdb_env_open' "$work/names"
check "these checks see the signature in yaopai" grep -q 'EVP_PKEY_sign' "$work/names"
check "these checks see the signing half of COSE in yaopai" grep -q 'cose_sign' "$work/names"
check "these checks see a needed library in yaopai" grep -q liblmdb "$work/needs"
if names_foreign "$bin/yaopaid" | grep -E '^(EVP_PKEY_sign|EVP_DigestSign|cose_sign|private_key_|certify)' >"$work/found"; then not_ok "the endpoint cannot sign" "$work/found"
else ok "the endpoint cannot sign"; fi

# ---- what leaves it ----
sed -n 's/^YP_API[^(]*[ *]\(yp_[a-z0-9_]*\)(.*/\1/p' "$top/verify/yaopai_verify.h" | sort >"$work/declared"
nm -D --defined-only "$so" | awk '$2 != "A" { print $NF }' | sed 's/@.*//' | sort >"$work/exported"
check "the shared library exports the functions of the header and nothing else" cmp "$work/declared" "$work/exported"
check "every export has its version" sh -c "! nm -D --defined-only '$so' | grep ' T ' | grep -v '@@YAOPAI_VERIFY_'"
check "its name carries the version of the interface" sh -c "readelf -d '$so' | grep -q 'SONAME.*libyaopai-verify.so.0'"
check "what is read-only stays so, and nothing is resolved late" sh -c "readelf -lW '$so' | grep -q GNU_RELRO && { [ '$sanitized' ] || grep -q 'BUILD_TYPE:STRING=Debug' '$build/CMakeCache.txt' || readelf -d '$so' | grep -q BIND_NOW; }"
check "no page is writable and executable" sh -c "! readelf -lW '$so' | grep -E 'LOAD|GNU_STACK' | grep RWE"
if [ -n "$sanitized" ]; then
	echo "skip - the archive and what the library needs of the system: a sanitizer adds its own"
else
	nm "$archive" | awk 'NF == 3 && $2 ~ /[A-Z]/ { print $3 }' | sort >"$work/exported"
	check "the archive's only global names are the header's" cmp "$work/declared" "$work/exported"
	check "the archive is one object" test "$(ar t "$archive" | wc -l)" -eq 1

	# ---- what it needs: no heap, no file, no clock, no network; names of one kind in a line ----
	cat >"$work/allowed" <<-'END'
	memchr memcmp memcpy memmove memset strlen strnlen snprintf vsnprintf
	__memcpy_chk __memmove_chk __memset_chk __snprintf_chk __vsnprintf_chk __stack_chk_fail __assert_fail
	inflate inflateEnd inflateInit_
	CRYPTO_free CRYPTO_zalloc ERR_clear_error ERR_get_error ERR_peek_error
	EVP_Digest EVP_DigestFinal_ex EVP_DigestInit_ex2 EVP_DigestUpdate EVP_MD_CTX_copy_ex EVP_MD_CTX_free EVP_MD_CTX_new EVP_MD_fetch
	EVP_MD_free OSSL_LIB_CTX_get0_global_default
	EVP_DigestVerify EVP_DigestVerifyInit_ex EVP_PKEY_verify EVP_PKEY_verify_init EVP_PKEY_CTX_dup EVP_PKEY_CTX_free
	EVP_PKEY_CTX_new_from_name EVP_PKEY_CTX_new_from_pkey EVP_PKEY_free EVP_PKEY_fromdata EVP_PKEY_fromdata_init
	EVP_PKEY_get_bn_param EVP_PKEY_new_raw_public_key_ex BN_bn2binpad BN_free
	OSSL_PARAM_construct_end OSSL_PARAM_construct_octet_string OSSL_PARAM_construct_utf8_string
	ASN1_BIT_STRING_free ASN1_BIT_STRING_get_bit ASN1_TIME_to_tm BASIC_CONSTRAINTS_free BIO_ctrl BIO_free BIO_new BIO_s_mem OBJ_obj2nid
	X509_ALGOR_cmp X509_EXTENSION_get_critical X509_EXTENSION_get_object X509_NAME_cmp X509_NAME_free X509_NAME_print_ex X509_free
	X509_get0_notAfter X509_get0_notBefore X509_get0_signature X509_get0_tbs_sigalg X509_get_X509_PUBKEY X509_get_ext
	X509_get_ext_by_OBJ X509_get_ext_count X509_get_ext_d2i X509_get_issuer_name X509_get_subject_name X509_get_version
	d2i_X509 d2i_X509_NAME i2d_X509_PUBKEY
	END
	tr -s ' ' '\n' <"$work/allowed" | sort >"$work/allowed.sorted"
	for made in "$so" "$archive"; do
		nm $([ "$made" = "$archive" ] || echo -D) --undefined-only "$made" | awk '$1 == "U" { print $2 }' | sed 's/@.*//' |
			grep -v '^_GLOBAL_OFFSET_TABLE_$' | sort -u >"$work/needed"
		comm -23 "$work/needed" "$work/allowed.sorted" >"$work/found"
		check "$(basename "$made" | sed 's/\.so\..*/.so/'): needs nothing but memory functions, inflate and the verifying half of libcrypto" test ! -s "$work/found"
		sed 's/^/  | not allowed: /' "$work/found"
		check "... and really those" grep -q '^EVP_PKEY_verify$' "$work/needed"
	done

	# ---- no globals: OpenSSL's two digests, fetched once and never changed, are all that is written ----
	objdump -h "$archive" | awk '$2 ~ /^\.(t?data|t?bss|common)/ && $2 !~ /rel\.ro/ && $3 !~ /^0+$/ { print $2 }' |
		sed 's/.*\.//' | sort >"$work/written" # gcc and clang put them into sections of different names
	printf '%s\n' algorithm_sha256 algorithm_sm3 >"$work/known"
	check "it writes to no memory of its own but the two digests of OpenSSL" cmp "$work/known" "$work/written"
	readelf -d "$so" | sed -n 's/.*NEEDED.*\[\(.*\)\.so\..*/\1/p' | sort | tr '\n' ' ' >"$work/needs"
	check "it loads libcrypto, libz and libc alone" grep -qx 'libc libcrypto libz ' "$work/needs"
fi

# ---- the register's own tokens, for the programs below ----
small_register "$work/register" intl || { not_ok "a small register can be made"; finish; }
home=$work/register
row=$(row_of enforcement VALID)
token=${row##*,}
last=$(printf '%s' "$token" | tail -c 5 | head -c 1)
[ "$last" = A ] && other=B || other=A
forged=$(printf '%s' "$token" | sed "s/.\(....\)\$/$other\1/")
openssl x509 -in "$home/keys/root.cert.pem" -outform DER -out "$work/root.der" || not_ok "the root as DER"
openssl x509 -in "$top/keys.example/gm/root.cert.pem" -outform DER -out "$work/other.der" || not_ok "another root as DER"

judges() { # judges <sentence> <program>: the example program judges as it must
	exits 0 "$1 judges a good certificate" "$2" "$home/published/bundle" "$work/root.der" "$token"
	says "$1 says VALID" '^VALID: '
	exits 1 "$1 judges one with a flipped character" "$2" "$home/published/bundle" "$work/root.der" "$forged"
	says "$1 says FORGED" '^FORGED: the signature does not hold'
	exits 2 "$1 cannot judge without a bundle" "$2" "$work/none" "$work/root.der" "$token"
	exits 2 "$1 cannot judge under another root" "$2" "$home/published/bundle" "$work/other.der" "$token"
	says "$1 names the root it trusts" 'no trust list signed by'
}
judges "the example program" "$build/example/judge"

# ---- installed: an application knows pkg-config and nothing else ----
if [ -n "$sanitized" ]; then
	echo "skip - an application against the installed library: a sanitizer must be in the program too"
	finish
fi
prefix=$work/prefix
check "it installs" cmake --install "$build" --prefix "$prefix"
pc=$(find "$prefix" -name yaopai-verify.pc)
check "pkg-config's file is installed" test -n "$pc"
PKG_CONFIG_PATH=$(dirname "$pc") LD_LIBRARY_PATH=$(dirname "$(dirname "$pc")")
export PKG_CONFIG_PATH
check "pkg-config knows the version" sh -c "pkg-config --modversion yaopai-verify | grep -qE '^[0-9]+\.[0-9]+\.[0-9]+\$'"
check "the pages are installed" test -n "$(find "$prefix" -name yaopai_verify.3)" -a -n "$(find "$prefix" -name yaopai-verify.1)"
for page in $(find "$prefix" -path '*/man/*' -type f); do
	MANWIDTH=80 man --warnings -l "$page" 2>"$work/man" >/dev/null
	check "man reads $(basename "$page") without a warning" test ! -s "$work/man"
done
source=$(find "$prefix" -path '*examples/judge.c')
check "the example is installed" test -n "$source"
printf '%s\n' 'int cose_decode(void); int sha256(void); int judge(void); int err_set(void); int text_escape(void);' \
	'int cose_decode(void) { return 1; } int sha256(void) { return 2; } int judge(void) { return 3; }' \
	'int err_set(void) { return 4; } int text_escape(void) { return 5; }' >"$work/clash.c"

compile() { # compile <compiler...> -- <how> <out>: the example, with an application's own functions of our inner names
	out=$1 how=$2
	shift 2
	(cd "$work" && "$@" -Wall -Wextra -Wpedantic -Werror -O2 $([ "$how" = static ] && echo -static) -o "$out" "$source" clash.c \
		$(pkg-config $([ "$how" = static ] && echo --static) --cflags --libs yaopai-verify) 2>"$work/compile.log") ||
		{ cat "$work/compile.log"; return 1; }
}
for language in c c++; do
	case $language in c) compilers='gcc clang' standard=c17 ;; *) compilers='g++ clang++' standard=c++17 ;; esac
	for compiler in $compilers; do
		command -v "$compiler" >/dev/null || { echo "skip - $compiler is not installed"; continue; }
		for how in shared static; do
			program=$work/judge-$compiler-$how
			check "$compiler builds the example against the $how library" compile "$program" $how "$compiler" -x $language -std=$standard
			if [ $how = shared ]; then export LD_LIBRARY_PATH; else unset LD_LIBRARY_PATH; fi
			judges "$compiler's, $how," "$program"
			LD_LIBRARY_PATH=$(dirname "$(dirname "$pc")")
			[ $how = shared ] || check "$compiler's needs no library at run time" sh -c "! readelf -d '$program' | grep NEEDED"
		done
	done
done
finish
