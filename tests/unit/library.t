#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# libsandboxctl as it is installed: what it shows, and that programs can be built with it.
# shellcheck source-path=SCRIPTDIR source=../tap.sh
. "${0%/*}/../tap.sh"

repo=$(cd "${0%/*}/../.." && pwd -P)
prefix=$repo/build/installed
header=$prefix/include/sandboxctl/sandboxctl.h
library=$prefix/lib/libsandboxctl.so
example=$repo/docs/example/run.c
export PKG_CONFIG_PATH=$prefix/lib/pkgconfig
dir=$(mktemp -d) || bail "mktemp"
trap 'rm -rf "$dir"' EXIT

declared=$(sed -n 's/^[a-z].*[ *]\(sandboxctl_[a-z_]*\)(.*/\1/p' "$header" | sort)
is "the header declares functions" "$([[ $(wc -l <<<"$declared") -ge 18 ]] && echo yes)" yes
is "what it shows is what the header declares" \
	"$(nm -D --defined-only "$library" | awk '$2 != "A" { sub(/@.*/, "", $3); print $3 }' | sort)" \
	"$declared"
is "so it is of the archive" \
	"$(nm -g --defined-only "$prefix/lib/libsandboxctl.a" | awk 'NF == 3 { print $3 }' | sort)" \
	"$declared"
is "its version" "$(pkg-config --modversion sandboxctl)" \
	"$("$prefix/bin/sandboxctl" --version | sed 's/sandboxctl //')"
is "it is found by its soname" "$(readelf -d "$library" | sed -n 's/.*soname: \[\(.*\)\]/\1/p')" \
	"$(readlink "$library")"
is "it needs no library of the launcher's" \
	"$(readelf -d "$library" | grep -c 'NEEDED.*lib\(bpf\|elf\|mnl\|z\)\.')" 0
is "each function is in the manual" \
	"$(for f in $declared; do grep -q "^\.Fn \(.* \)\?\"\?$f\|^\.Fo $f\|^\.Nm $f" \
		"$prefix/share/man/man3/sandboxctl.3" || echo "$f"; done)" ""
is "modes" "$(cd "$prefix" && stat -c '%a %n' lib/libsandboxctl.so.[0-9]*.* lib/libsandboxctl.a \
	lib/pkgconfig/sandboxctl.pc include/sandboxctl/sandboxctl.h | sed 's/so\.[0-9.]*/so/')" \
	"755 lib/libsandboxctl.so
644 lib/libsandboxctl.a
644 lib/pkgconfig/sandboxctl.pc
644 include/sandboxctl/sandboxctl.h"

warnings=(-Wall -Wextra -pedantic -Werror)
read -ra cflags <<<"$(pkg-config --cflags sandboxctl)"
read -ra libs <<<"$(pkg-config --libs sandboxctl)"
read -ra static <<<"$(pkg-config --static --libs sandboxctl)"

# Without anything before it, and with all that a header may trip over.
echo '#include <sandboxctl/sandboxctl.h>
struct sandboxctl_run_options options = SANDBOXCTL_RUN_OPTIONS_INIT;' >"$dir/header.c"
cp "$dir/header.c" "$dir/header.cc"
cxx=$(command -v g++ clang++ | head -n 1)
for compiler in "gcc -std=c99" "gcc -std=c17" "clang -std=c99" "clang -std=c2x"; do
	# shellcheck disable=SC2086 # a compiler and its option
	ok "$compiler takes the header" $compiler "${warnings[@]}" -Wstrict-prototypes "${cflags[@]}" \
		-c "$dir/header.c" -o "$dir/header.o"
done
for standard in c++11 c++20; do
	ok "C++ takes the header, $standard" "$cxx" -std="$standard" "${warnings[@]}" "${cflags[@]}" \
		-x c++ -c "$dir/header.cc" -o "$dir/header.o"
done

# Names that are also used inside the library.
echo 'int policy_free(void); int error_set(void); int fs_read(void);
int policy_free(void) { return 1; } int error_set(void) { return 2; } int fs_read(void) { return 3; }' \
	>"$dir/names.c"
for kind in shared static; do
	flags=("${libs[@]}" "-Wl,-rpath,$prefix/lib")
	[[ $kind == shared ]] || flags=(-static "${static[@]}")
	ok "the example, $kind" gcc -std=c99 "${warnings[@]}" "${cflags[@]}" "$example" "$dir/names.c" \
		-o "$dir/$kind" "${flags[@]}"
	status=0
	out=$("$dir/$kind" no-such-tenant /bin/true 2>&1) || status=$?
	like "it finds the library, and what it says is the library's" "$status:$out" \
		"125:*no-such-tenant*"
done
is "the example has 40 lines of code" \
	"$([[ $(grep -vc '^ \*\|^/\*\|^$' "$example") -le 40 ]] && echo yes)" yes

in_stage() {
	make -s -C "$repo" SAN='' FAILPOINTS='' MAKEFLAGS='' MAKELEVEL=1 L="$dir/lib" \
		DESTDIR="$dir/stage" prefix=/usr libdir=/usr/lib/x "$1" >/dev/null
}
ok "it can be staged" in_stage install
is "and its file says where it will be" \
	"$(grep -e '^prefix=' -e '^libdir=' "$dir/stage/usr/lib/x/pkgconfig/sandboxctl.pc")" \
	"prefix=/usr
libdir=/usr/lib/x"
like "so does the library" "$(grep -ao '/usr/bin/sandboxctl' "$dir/stage/usr/lib/x/libsandboxctl.so")" \
	"/usr/bin/sandboxctl*"
in_stage uninstall || bail "uninstall"
is "nothing of it is left where it was" "$(find "$dir/stage" ! -type d)" ""
plan
