#!/bin/sh
# Pictures as an inspector has them: codes on paper and screens, photographed well and badly, several in one, none at all,
# and files that are no pictures or were made to do harm; and that the reader of pictures is as confined as it says.
set -u
. "$(dirname "$0")/lib.sh.inc"

draw() { "$bin/../unit/make_picture" "$@"; }
small_register "$work/home" intl || { not_ok "a small register can be made"; finish; }
bundle=$home/published/bundle root=$home/keys/root.cert.pem
row=$(row_of enforcement VALID) other=$(row_of moderator VALID)
number=${row%%,*} other_number=${other%%,*}
code=HTTPS://V.EXAMPLE.CN/V/${row##*,} other_code=HTTPS://V.EXAMPLE.CN/V/${other##*,}
judge() { "$bin/yaopai-verify" --bundle "$bundle" --root "$root" "$@"; }
cd "$work" || exit 2

# one code, as the office exports it
check "the office exports a picture" office export qr "$number" --format png --out "$work/exported"
exported=$(find "$work/exported" -name '*.png')
exits 0 "it is judged" judge --picture "$exported"
says "the certificate is shown in full" "number +$number"
exits 0 "JSON names the picture and the code in it" judge --json -p "$exported"
says "picture and number" '"picture":"[^"]*\.png","picture_code":1,'
exits 0 "brief" judge --brief -p "$exported"
says "brief: verdict and number" "^VALID	$number\$"

# every kind of file
for kind in grey grey16 grey1 palette rgb rgb16 rgba interlaced clear; do
	draw "$kind.png" --png $kind "$code"
	exits 0 "PNG: $kind" judge --brief -p "$kind.png"
done
for kind in grey ycc progressive rgb cmyk ycck cmyk-progressive; do
	draw "$kind.jpg" --jpeg $kind "$code"
	exits 0 "JPEG: $kind" judge --brief -p "$kind.jpg"
done
djpeg -pnm grey.jpg | cjpeg -quality 50 -restart 1 >recoded.jpg
exits 0 "JPEG of another program, with restart marks" judge --brief -p recoded.jpg
cp grey.png grey.jpeg.txt
exits 0 "the kind is told by the bytes, not by the name" judge --brief -p grey.jpeg.txt

# as photographed
while IFS='|' read -r what options; do
	# shellcheck disable=SC2086
	draw photo.jpg --jpeg ycc --quality 80 $options "$code"
	exits 0 "a photograph, $what" judge --brief -p photo.jpg
	says "its number" "$number"
done <<'END'
turned on its side|--rotate 90
crooked|--rotate 27 --frame 1200x1200
from below|--frame 500x500 --lean 0.1
out of focus|--scale 5 --blur 1
in bad light|--shade 150 --noise 25
light on dark|--invert
small in a large picture|--frame 4000x3000 --noise 20
grainy, read at half size|--scale 8 --noise 120
of one pixel for each module, read at twice the size|--scale 1 --frame 200x200
all of it at once|--scale 6 --frame 700x700 --rotate 7 --lean 0.1 --blur 1 --noise 20 --shade 60
END

# several codes, several pictures
draw two.jpg --jpeg ycc --quality 90 "$code" "$other_code"
exits 0 "two codes in one picture" judge -p two.jpg
says "the first with its number in the picture" "^two\.jpg 1: VALID .*$number"
says "the second" "^two\.jpg 2: VALID .*$other_number"
says "and their count" '^2 judged: 2 VALID$'
exits 0 "two codes in JSON" judge --json -p two.jpg
check "one object for each" test "$(grep -c '"picture":"two.jpg","picture_code":[12]' exits.out)" = 2
draw mixed.png "$code" https://example.com
exits 1 "a code of something else beside a good one" judge -p mixed.png
says "it is UNREADABLE" '^mixed\.png 2: UNREADABLE'
exits 1 "a code of something else alone" judge --brief -p mixed.png
draw other.png https://example.com
exits 1 "a code of something else alone" judge --brief -p other.png
says "UNREADABLE" '^UNREADABLE	$'
exits 1 "pictures, tokens and lists together, in order" judge --brief -p two.jpg HELLO -p grey.png
check "in the order of pictures first, then arguments" test "$(cut -f1 exits.out | tr '\n' ' ')" = "VALID VALID VALID UNREADABLE "

# from a pipe and a FIFO
judge --brief -p - <grey.jpg >answers
check "from standard input" grep -q "^VALID	$number\$" answers
cat cmyk.jpg | judge --brief -p - >answers
check "from a pipe" grep -q "^VALID	$number\$" answers
mkfifo slow
{ sleep 1; cat grey.png; } >slow &
exits 0 "from a FIFO" judge --brief -p slow

# nothing to judge: told, and the others still have their turn
draw white.png --frame 800x600 --png rgb
exits 2 "an empty white picture" judge -p white.png
says "says that no code is there" 'white\.png: no QR code in this picture'
exits 2 "a picture without a code among others" judge --brief -p white.png -p grey.png
check "does not stop the others" test "$(cut -f1 exits.out | tr '\n' ' ')" = "NOT_JUDGED VALID "
refused() { # refused <sentence> <file> <pattern>
	exits 2 "$1" judge -p "$2"
	says "$1: it says why" "$2: .*$3"
}
: >empty.png
refused "an empty file" empty.png 'the file is empty'
echo "this is no picture" >text.png
refused "a text file named .png" text.png 'neither a PNG nor a JPEG'
refused "a file that is not there" none.png 'No such file'
mkdir directory.png
refused "a directory" directory.png 'a directory'
head -c 33554433 /dev/zero >long.jpg
refused "a file beyond 32 MiB" long.jpg '33554433 bytes; wanted a picture of at most 33554432'
exits 2 "a pipe beyond 32 MiB" sh -c 'cat long.jpg long.jpg | "$0/yaopai-verify" -b "$1" -r "$2" -p -' "$bin" "$bundle" "$root"
says "says what was wanted" 'standard input: more than 33554432 bytes'
printf 'X' >"$(printf 'a\033[31m.png')"
exits 2 "a name with control characters" judge -p "$(printf 'a\033[31m.png')"
if grep -q "$(printf '\033')" exits.out exits.log; then not_ok "no escape sequence in the answer"; else ok "no escape sequence in the answer"; fi

# cut and bent
for file in grey.png interlaced.png ycc.jpg progressive.jpg; do
	length=$(wc -c <$file) worst=0 i=1
	while [ $i -le 20 ]; do
		head -c $((length * i / 21)) $file >cut
		judge --brief -p cut >cut.out 2>cut.log
		got=$?
		case $got in 0 | 1) worst=99 ;; 2) grep -qE 'stopped|AddressSanitizer|code [0-9]' cut.log && worst=$got ;; *) worst=$got ;; esac
		i=$((i + 1))
	done
	check "$file cut in twenty places is damaged each time, and never a crash" test $worst -eq 0
done
head -c $(($(wc -c <ycc.jpg) - 40)) ycc.jpg >nearly.jpg
exits 2 "a picture cut short after its code is not taken for whole" judge --brief -p nearly.jpg
says "its code is judged" "^VALID	$number"
says "and the damage is told" 'nearly\.jpg: the picture is cut short or damaged; there may be more codes'

# too large, and larger than it says
draw huge.png --plain 20000x20000
check "a picture of 20,000 x 20,000 pixels is a small file" test "$(wc -c <huge.png)" -lt 100000
refused "20,000 x 20,000 pixels" huge.png '20000 x 20000 pixels; wanted at most 12000 either way and 67108864 in all'
sanitized() { nm "$bin/yaopai-picture" 2>/dev/null | grep -q __asan_init; }
if sanitized; then
	echo "skip - memory limits mean nothing under a sanitizer"
else
	check "it is refused with 100 MB of memory in sight" sh -c 'ulimit -v 100000; "$0/yaopai-picture" <huge.png >/dev/null; test $? -eq 14' "$bin"
	frame=$(LC_ALL=C grep -obUaP '\xff\xc2' cmyk-progressive.jpg | head -1 | cut -d: -f1)
	cp cmyk-progressive.jpg bomb.jpg
	printf '\037\377\037\377' | dd of=bomb.jpg bs=1 seek=$((frame + 5)) conv=notrunc 2>/dev/null
	refused "a JPEG of a few kilobytes that claims 8,191 x 8,191 pixels in four colours" bomb.jpg 'more memory than is allowed'
	{ "$bin/yaopai-picture" <grey.png >to-a-file; } 2>/dev/null
	check "the reader writes no file, even one it was given" test $? -eq $((128 + 25)) -a ! -s to-a-file
fi

# what the reader is while it waits for its picture
mkfifo input output
cat output >reader.out &
"$bin/yaopai-picture" <input >output 9</dev/null &
reader=$!
exec 8>input
for _ in $(seq 50); do grep -q '^Seccomp:.*2' /proc/$reader/status 2>/dev/null && break; sleep 0.1; done
status() { grep -q "^$1:[[:space:]]*$2\$" "/proc/$reader/status"; }
bounded() { grep -qE "^$1 +$2 +$3 " "/proc/$reader/limits"; }
check "the reader waits with a filter of system calls" status Seccomp 2
check "it can gain no privilege" status NoNewPrivs 1
check "it has no capability" status CapEff 0000000000000000
check "and may have none" status CapPrm 0000000000000000
if [ "$(id -u)" -eq 0 ]; then
	check "started by root, it is nobody" status Uid "65534	65534	65534	65534"
	check "of no group" status Gid "65534	65534	65534	65534"
	check "and of no other" status Groups ' *'
	check "it has closed what it was left" test "$(find "/proc/$reader/fd" -mindepth 1 | wc -l)" -eq 3
else
	echo "skip - not root: there is no privilege to drop"
fi
check "its processor time is bounded" bounded 'Max cpu time' 20 21
check "it can write no file" bounded 'Max file size' 0 0
check "it can open no file" bounded 'Max open files' 0 0
check "it can start no process" bounded 'Max processes' 0 0
check "it leaves no core" bounded 'Max core file size' 0 0
sanitized || check "its memory is bounded" bounded 'Max address space' 536870912 536870912
cat grey.png >&8
exec 8>&-
wait $reader
check "and then it reads the picture" test $? -eq 0
wait
check "the answer is the text of the code" grep -qaF "$code" reader.out
exits 20 "the reader takes no options" "$bin/yaopai-picture" --help

# installed, and what the verifier itself is made of
check "it can be installed" cmake --install "$bin/.." --prefix "$work/usr"
check "the reader lies in libexec" test -x usr/libexec/yaopai/yaopai-picture
exits 0 "the installed verifier finds it" usr/bin/yaopai-verify -b "$bundle" -r "$root" --brief -p grey.png
mv usr/libexec/yaopai/yaopai-picture usr/away
exits 2 "without the reader a picture cannot be judged" usr/bin/yaopai-verify -b "$bundle" -r "$root" --brief -p grey.png
says "it says what is missing" 'the picture reader .*yaopai-picture cannot be started'
if ldd "$bin/yaopai-verify" | grep -E 'zbar|png|jpeg|seccomp|X11'; then not_ok "the verifier links no decoder"; else ok "the verifier links no decoder"; fi
finish
