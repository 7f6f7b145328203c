#!/bin/sh
# Other people's libraries read what Yaopai writes, and it judges what they write: COSE, CBOR, status lists, SM2, QR pictures.
# usage: run.sh BINDIR.  The peers are npm packages, pinned by package-lock.json and installed under build/interop (kept for the
# next run); their install scripts are not run.  Each peer is a process of its own.
set -u
. "$(dirname "$0")/../tool/lib.sh.inc"
here=$top/tests/interop

# ---- the peers
command -v node >/dev/null && command -v npm >/dev/null || { echo "skip - other implementations: node and npm are not installed"; exit 0; }
lock=$(cat "$here/package.json" "$here/package-lock.json" "$here/.npmrc" | sha256sum | cut -c1-16)
packages=$top/build/interop/$lock
if [ ! -e "$packages/installed" ]; then
	rm -rf "$packages"
	mkdir -p "$packages"
	cp "$here/package.json" "$here/package-lock.json" "$here/.npmrc" "$packages"
	(cd "$packages" && timeout 120 npm ci --ignore-scripts --no-audit --no-fund --fetch-retries=1 --fetch-timeout=30000) >"$work/npm.log" 2>&1
	code=$?
	if [ $code -eq 124 ] || grep -qE 'ENOTFOUND|EAI_AGAIN|ECONN|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET' "$work/npm.log"; then
		echo "skip - other implementations: their packages are not in build/interop and the npm registry cannot be reached"
		exit 0
	elif [ $code -ne 0 ]; then
		not_ok "the packages of the other implementations install from their lock file" "$work/npm.log"
		finish
	fi
	touch "$packages/installed"
fi
mkdir "$work/peers"
cp "$here"/*.mjs "$work/peers"
ln -s "$packages/node_modules" "$work/peers/node_modules"

peer() { # peer <script> <arguments...>: its own lines of results, for the algorithm at hand; a crash is a failure
	script=$1
	shift
	node "$work/peers/$script.mjs" "$@" >"$work/peer.out" 2>"$work/peer.err"
	code=$?
	sed -n "s/^\(not \)\{0,1\}ok - /&$alg: /p; /^  |/p" "$work/peer.out"
	failures=$((failures + $(grep -c '^not ok' "$work/peer.out")))
	if [ $code -ne 0 ] && ! grep -q '^not ok' "$work/peer.out"; then not_ok "$alg: $script $* runs" "$work/peer.err"; fi
}
makes() { # makes <output> <script> <arguments...>: what the peer prints is for the next one
	made=$1 script=$2
	shift 2
	node "$work/peers/$script.mjs" "$@" >"$made" 2>"$work/peer.err" || not_ok "$script $* runs" "$work/peer.err"
}
signs() { # signs <alg> <dir of the keys>: claims in, tokens out
	if [ "$1" = sm2 ]; then node "$work/peers/sm2_signs.mjs" "$2"; else node "$work/peers/cose_signs.mjs" "$2" "$1"; fi 2>"$work/peer.err"
}
judge() { "$bin/yaopai-verify" --brief "$@"; }

# ---- ours, read by them
register() { # register <alg> <log2 of the list>: $home, its certificates in every standing
	home=$work/$1
	case $1 in sm2) profile=gm ;; *) profile=intl ;; esac
	office init --demo --profile $profile --list-log2 "$2" && office keys new --algorithm "$1" && office trust sign &&
		office import bodies "$work/sheets/bodies.csv" && office import holders "$work/sheets/holders.csv" &&
		office import moderators "$work/sheets/moderators.csv" && office issue && office export tokens --out "$home/tokens.csv" &&
		office revoke "$(number_at 10)" $particulars && office cancel "$(number_at 20)" $particulars &&
		office suspend "$(number_at 30)" $particulars && office publish && office export tokens --out "$home/tokens.csv"
}
particulars='--ground art.9 --organ dept --document 7'
number_at() { sed -n "$1p" "$home/tokens.csv" | cut -d, -f1; }
tokens_of() { tail -n +2 "$home/tokens.csv" | tr -d '\r' | cut -d, -f4; }

every_index() { # every_index <alg>: a credential for each index, signed by @auth0/cose with the register's own key
	node "$work/peers/cbor_writes.mjs" --every "$(wc -l <"$work/theirs")" https://v.example.cn/s/0 >"$work/claims" &&
		signs "$1" "$home/keys" <"$work/claims" >"$work/signed" &&
		cut -d' ' -f2 "$work/signed" | node "$work/peers/base32.mjs" >"$work/minted" &&
		judge -q -b "$home/published/bundle" -r "$home/keys/root.cert.pem" -f "$work/minted" | cut -f1 >"$work/ours"
	check "$1: yaopai-verify says of every index what @owf/token-status-list does ($(wc -l <"$work/ours"))" cmp "$work/theirs" "$work/ours"
}
pictures() { # pictures <alg>
	drawn=$(number_at 2)
	check "$1: QR pictures are written" office export qr --all --out "$work/qr-$1"
	"$bin/yaopai" --home "$home" export qr "$drawn" --format text >"$work/drawing" 2>/dev/null
	peer qr_reads "$home" "$work/qr-$1" "$work/drawing" "$drawn"
}

"$bin/yaopai" sample "$work/sheets" --scale 0.1 >"$work/register.log" 2>&1
for alg in es256 ed25519 sm2; do
	case $alg in es256) log2=12 ;; ed25519) log2=10 ;; sm2) log2=18 ;; esac
	register $alg $log2 >"$work/register.log" 2>&1 || { not_ok "a small register can be made ($alg)" "$work/register.log"; finish; }
	tokens_of >"$work/tokens"
	"$bin/yaopai-verify" -q --json -b "$home/published/bundle" -r "$home/keys/root.cert.pem" -f "$work/tokens" >"$work/answers"
	peer cbor_reads "$home" "$work/answers" "$work/used"
	if [ $alg = sm2 ]; then peer sm2_reads "$home"; else peer cose_reads "$home" $alg; fi
	peer statuslist_reads "$home" $alg "$work/values"
	awk '{ print $1 == 0 ? "VALID" : $1 == 1 ? "VOID" : $1 == 2 ? "SUSPENDED" : "STATUS_UNKNOWN" }' "$work/values" >"$work/theirs"
	check "$alg: the list has an entry for each of its 2^$log2 indices" test "$(wc -l <"$work/theirs")" -eq $((1 << log2))
	check "$alg: valid, void and suspended ones among them" test "$(sort -u "$work/theirs" | tr '\n' ' ')" = "SUSPENDED VALID VOID "
	awk 'NR == FNR { used[$1] = $2; next } { print (FNR - 1 in used) ? used[FNR - 1] : "VALID" }' "$work/used" "$work/theirs" >"$work/ours"
	check "$alg: @owf/token-status-list says of every credential what yaopai-verify does, and nothing of an index nobody has" \
		cmp "$work/theirs" "$work/ours"
	pictures $alg
	[ $alg = sm2 ] || every_index $alg
done

# ---- theirs, read by us
authority() { # authority <alg> <dir>: openssl(1) makes root, issuer and status keys and certificates
	case $1 in
	es256) make="-algorithm EC -pkeyopt ec_paramgen_curve:P-256" digest=-sha256 ;;
	ed25519) make="-algorithm ED25519" digest= ;;
	sm2) make="-algorithm SM2" digest="-sm3 -sigopt distid:1234567812345678" ;;
	esac
	mkdir "$2"
	for role in root issuer status; do openssl genpkey $make -out "$2/$role.key.pem" || return 1; done
	openssl req -x509 -new -config "$work/openssl.cnf" -extensions root -key "$2/root.key.pem" $digest -days 3650 \
		-subj "/O=Peer Province/CN=root of $1" -out "$2/root.cert.pem" || return 1
	for role in issuer status; do certify "$1" "$2" $role "$digest" || return 1; done
}
certify() { # certify <alg> <dir> <role> <options of signing>
	vfyopt=
	case $4 in *distid*) vfyopt="-vfyopt distid:1234567812345678" ;; esac
	openssl req -new -config "$work/openssl.cnf" -key "$2/$3.key.pem" $4 -subj "/O=Peer Province/CN=$3 of $1" -out "$2/$3.csr" &&
		openssl x509 -req -in "$2/$3.csr" $vfyopt -CA "$2/root.cert.pem" -CAkey "$2/root.key.pem" $4 -days 3000 \
			-extfile "$work/openssl.cnf" -extensions leaf -out "$2/$3.cert.pem"
}
cat >"$work/openssl.cnf" <<'CNF'
[req]
distinguished_name = dn
[dn]
[root]
basicConstraints = critical, CA:TRUE, pathlen:0
keyUsage = critical, keyCertSign, digitalSignature
subjectKeyIdentifier = hash
[leaf]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
CNF

verdicts_are() { # verdicts_are <sentence> <list of tokens>: of $dir
	judge -q -b "$dir/bundle" -r "$dir/root.cert.pem" -f "$dir/$2" >"$work/verdicts" 2>"$work/judge.err"
	{ cat "$work/judge.err" && diff "$dir/$2.expected" "$work/verdicts"; } >"$work/differences"
	if [ -s "$work/differences" ] || [ ! -s "$dir/$2" ]; then not_ok "$1" "$work/differences"; else ok "$1 ($(wc -l <"$dir/$2"))"; fi
}
ours_live() { # what `yaopai present` makes with the peer's credential and device key: for both peers, and for yaopai-verify
	read -r shown credential <"$dir/pairs"
	: >"$work/live.ours"
	for asked in '- -' '00112233445566778899aabbccddeeff -' '- gate-7' 'ffffffffffffffff 市民中心'; do
		nonce=${asked% *} audience=${asked#* }
		set -- --device "$dir/device.key.pem" --token "$credential"
		[ "$nonce" = - ] || set -- "$@" --nonce "$nonce"
		[ "$audience" = - ] || set -- "$@" --audience "$audience"
		shown=$("$bin/yaopai" present "$@" 2>"$work/present.log") || not_ok "$alg: yaopai present $asked" "$work/present.log"
		echo "$shown $credential $nonce $audience" >>"$work/live.ours"
	done
	peer cbor_reads_live "$work/live.ours" "$work/whole"
	peer cose_reads_live "$work/whole"
	cut -d' ' -f1 "$work/live.ours" >"$work/live.tokens"
	exits 0 "$alg: yaopai-verify judges VALID what yaopai present made with the peer's key" \
		judge -b "$dir/bundle" -r "$dir/root.cert.pem" -f "$work/live.tokens"
}

check "sm2: openssl makes a root without the distinguishing id" openssl req -x509 -newkey SM2 -noenc -keyout "$work/noid.key" -sm3 \
	-config "$work/openssl.cnf" -extensions root -subj "/CN=no id" -days 3650 -out "$work/noid.cert.pem"
exits 2 "sm2: and it is refused" judge -b "$work/sm2/published/bundle" -r "$work/noid.cert.pem" HELLO
says "sm2: since its signature is another one" 'does not bear its own signature'

presents=1
"$bin/yaopai" present --help >"$work/present.log" 2>&1 || { presents= && echo "skip - live codes of ours, read by others: this yaopai has no command present"; }
for alg in es256 ed25519 sm2; do
	dir=$work/peer-$alg
	check "$alg: openssl makes an authority's certificates" authority $alg "$dir"
	makes /dev/null device_makes "$dir/device" "$dir/stranger"
	makes "$work/claims" cbor_writes "$dir"
	case $alg in
	sm2) makes "$work/claims.lists" statuslist_writes "$dir" $alg; cat "$work/claims.lists" >>"$work/claims"; : >"$work/lists" ;;
	*) makes "$work/lists" statuslist_writes "$dir" $alg ;;
	esac
	signs $alg "$dir" <"$work/claims" >"$work/signed" || not_ok "$alg: the peer signs" "$work/peer.err"
	makes "$work/shown" cbor_presents "$dir" "$work/signed"
	makes "$work/live" cose_presents "$dir" <"$work/shown"
	peer cbor_bundles "$dir" "$work/signed" "$work/lists" "$work/live"
	verdicts_are "$alg: yaopai-verify judges a foreign office's credentials and status lists" tokens
	verdicts_are "$alg: yaopai-verify judges live codes made with @auth0/cose and WebCrypto" live
	verdicts_are "$alg: a byte changed here and there has its verdict" changed
	judge -q -b "$dir/bundle" -r "$dir/root.cert.pem" -f "$dir/each-byte" >"$work/verdicts" 2>&1
	check "$alg: with any one byte changed it is never VALID ($(wc -l <"$dir/each-byte"))" \
		sh -c '[ "$(wc -l <"$1")" -eq "$(wc -l <"$2")" ] && ! grep -q "^VALID" "$1"' _ "$work/verdicts" "$dir/each-byte"
	exits 1 "$alg: three days later the short one" judge --now "$(date -u -d '+3 days' +%Y-%m-%dT%H:%M:%SZ)" -b "$dir/bundle" \
		-r "$dir/root.cert.pem" "$(tail -1 "$dir/tokens")"
	says "$alg: is EXPIRED" '^EXPIRED'
	peer cbor_reads_live "$dir/pairs" "$work/whole"
	peer cose_reads_live "$work/whole"
	[ -z "$presents" ] || ours_live
	for part in trust list; do
		exits 2 "$alg: a bundle with a byte of its $part changed" judge -b "$dir/bundle.$part-changed" -r "$dir/root.cert.pem" -f "$dir/tokens"
		says "$alg: says that the signature of the $part does not hold" 'signature does not hold'
	done
done
finish
