#!/bin/sh
# Portraits handed in as a ZIP archive: the same checks, and nothing that an archive can play.
set -u
. "$(dirname "$0")/lib.sh.inc"

small_register "$work/home" intl || { not_ok "a small register can be made"; finish; }
home=$work/home
numbers=$(awk -F, 'NR > 1 && $3 == "VALID" { print $1 }' "$home/tokens.csv" | head -3)
a=$(echo "$numbers" | sed -n 1p) b=$(echo "$numbers" | sed -n 2p) c=$(echo "$numbers" | sed -n 3p)
cat >"$work/make.py" <<'END'
import sys, zipfile
where, a, b, c = sys.argv[1:]
def jpeg(size, letter):
    head = bytes.fromhex('ffd8ffe000104a46494600010100000100010000ffc0000b0801b9016601011100ffda0008010100003f00')
    return head + letter * (size - len(head) - 2) + b'\xff\xd9'
def make(name, files, method=zipfile.ZIP_DEFLATED):
    with zipfile.ZipFile(f'{where}/{name}', 'w', method) as z:
        for path, data in files:
            z.writestr(path, data)
make('flat.zip', [(f'{a}.jpg', jpeg(20000, b'a')), (f'{b}.JPG', jpeg(30000, b'b'))])
make('dir.zip', [('照片/', b''), (f'照片/{a}.jpg', jpeg(20000, b'a')), ('__MACOSX/x.jpg', b'x'), ('照片/.DS_Store', b'x')], zipfile.ZIP_STORED)
make('odd.zip', [(f'../../{a}.jpg', jpeg(20000, b'e')), (f'x/y/{b}.jpg', jpeg(20000, b'e')), ('notes.txt', b'x'), (f'/{c}.jpg', jpeg(20000, b'c'))])
make('twice.zip', [(f'{a}.jpg', jpeg(20000, b'x')), (f'p/{a}.jpg', jpeg(20000, b'y'))])
make('bomb.zip', [(f'{a}.jpg', jpeg(64 << 20, b'z'))])
make('bzip2.zip', [(f'{a}.jpg', jpeg(20000, b'q'))], zipfile.ZIP_BZIP2)
# as Windows writes a name: GBK bytes, no mark that it is UTF-8
placeholder = b'PPPP/'
make('gbk.zip', [(placeholder.decode() + f'{b}.jpg', jpeg(31000, b'g'))])
data = open(f'{where}/gbk.zip', 'rb').read().replace(placeholder, '照片'.encode('gbk') + b'/')
open(f'{where}/gbk.zip', 'wb').write(data)
data = open(f'{where}/flat.zip', 'rb').read()
open(f'{where}/cut.zip', 'wb').write(data[:len(data) // 2])
END
check "archives are made" /usr/bin/python3 "$work/make.py" "$work" "$a" "$b" "$c"
pictures() { office import portraits "$work/$1" --json; }
exits 0 "an archive" pictures flat.zip
says "its pictures are new and in the certificates" '"new":2,.*"reissued":2'
exits 0 "the same in a directory of the archive" pictures dir.zip
says "changes nothing, and what a Mac adds is passed over" '"rows":1,"new":0,"updated":0,"unchanged":1'
exits 0 "a directory with a name of Windows" pictures gbk.zip
says "takes the old one's place" '"updated":1'
exits 1 "an archive with names that lead elsewhere" pictures odd.zip
says "what lies deeper is refused" "^$b.jpg: it lies deeper"
says "and what leads out" "^$a.jpg: it lies deeper"
says "and what is no picture" '^notes.txt: its name does not end'
says "the one at its root is taken by its name" '"rows":4,"new":1,.*"refused":3'
if find "$work" -newer "$work/make.py" -name "$a.jpg" | grep -q .; then not_ok "nothing is extracted"; else ok "nothing is extracted"; fi
exits 1 "a number twice" pictures twice.zip
says "neither is taken" '"new":0,"updated":0,"unchanged":0,"refused":2'
exits 1 "a bomb" pictures bomb.zip
says "is refused by its length" '67108864 bytes; 2048 to 524288'
exits 1 "another way of packing" pictures bzip2.zip
says "is named" 'not common'
exits 2 "an archive cut off" pictures cut.zip
says "is no archive" 'cannot be opened as a ZIP'
finish
