# packages.sh -- sourced by quickstart.sh and tests/run.sh: install the Debian packages that are missing.

packages_build="gcc libc6-dev cmake ninja-build pkg-config libssl-dev zlib1g-dev liblmdb-dev libqrencode-dev libpng-dev
libmicrohttpd-dev libjansson-dev libcsv-dev libzip-dev libexpat1-dev libinih-dev libzbar-dev libjpeg62-turbo-dev libseccomp-dev scdoc"
packages_run="ca-certificates openssl"
packages_test="libcmocka-dev clang libclang-rt-14-dev universal-ctags curl zbar-tools faketime libjpeg-turbo-progs jq
binutils g++ man-db libxlsxwriter-dev zip unzip python3 python3-openpyxl"
packages_bench="nginx-light wrk time"
# For tests/interop; a node and an npm that are not Debian's will do.
command -v node >/dev/null && command -v npm >/dev/null || packages_test="$packages_test nodejs npm"

packages_missing() { # packages_missing <package...>: those not installed
	for package in "$@"; do
		dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || printf '%s ' "$package"
	done
}

packages_need() { # packages_need <package...>: install what is missing, as root only then
	missing=$(packages_missing "$@")
	[ -n "$missing" ] || return 0
	echo "Installing Debian packages: $missing"
	as_root=
	if [ "$(id -u)" -ne 0 ]; then
		command -v sudo >/dev/null || { echo "These packages are missing and this user is not root: $missing" >&2; return 1; }
		as_root=sudo
	fi
	# shellcheck disable=SC2086
	{ $as_root apt-get update -qq &&
		$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null; } || {
		echo "The packages could not be installed: $missing. Install them by hand and try again." >&2
		return 1
	}
}
