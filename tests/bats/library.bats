#!/usr/bin/env bats
# library.bats - the library as others use it: installed, found by pkg-config, linked.
load helper

root=$BATS_TEST_DIRNAME/../..

install_lib() {
	# Of the make that runs the tests nothing but the build directory is meant.
	env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS make -s -C "$root" -o "$BUILD/libml.a" BUILD="$BUILD" \
		DESTDIR="$PWD/root" PREFIX=/opt/ml install-lib
}

setup() {
	cd "$BATS_TEST_TMPDIR"
	BUILD=$(cd "$BIN/.." && pwd)
}

@test "install-lib: library, headers and mlutils.pc, and uninstall takes all away" {
	install_lib
	[ -s root/opt/ml/lib/libml.a ]
	[ -s root/opt/ml/lib/pkgconfig/mlutils.pc ]
	[ -s root/opt/ml/include/mlutils/core/train.h ]
	run ! grep -r 'tools/' root/opt/ml/include
	env -u MAKEFLAGS make -s -C "$root" BUILD="$BUILD" DESTDIR="$PWD/root" PREFIX=/opt/ml uninstall
	[ -z "$(find root -type f)" ]
}

@test "install-lib: each header compiles alone" {
	install_lib
	cd root/opt/ml/include/mlutils
	find . -name '*.h' | sed 's|^\./||' | sort >"$BATS_TEST_TMPDIR/headers"
	while read -r h; do
		echo "#include \"$h\"" | gcc -std=c11 -fsyntax-only -I. -x c - || fail "$h"
	done <"$BATS_TEST_TMPDIR/headers"
}

@test "the example compiles against the installed tree, fits, and predicts with the model it kept" {
	command -v pkg-config >/dev/null || skip "no pkg-config"
	install_lib
	export PKG_CONFIG_PATH=$PWD/root/opt/ml/lib/pkgconfig PKG_CONFIG_SYSROOT_DIR=$PWD/root
	san=
	nm "$BUILD/libml.a" 2>/dev/null | grep -q __asan_init && san=-fsanitize=address,undefined
	nm "$BUILD/libml.a" 2>/dev/null | grep -q __tsan_init && san=-fsanitize=thread
	nm "$BUILD/libml.a" 2>/dev/null | grep -q __ubsan_ && san=${san:--fsanitize=undefined}
	nm "$BUILD/libml.a" 2>/dev/null | grep -q __gcov_init && san=--coverage
	# shellcheck disable=SC2046
	gcc -std=c11 -Wall -Wextra -Werror $san -o example "$root/tests/lib_example.c" \
		$(pkg-config --cflags --libs mlutils)
	printf 'a,b,y\n1,x,no\n2,x,no\n3,z,no\n4,x,yes\n5,z,yes\n6,z,yes\n' >t.csv
	run -0 ./example t.csv y m.mls
	[ "$output" = "6 rows, 6 right" ]
	# The tools and the library make the same of it.
	ml-check -q m.mls
	[ "$(ml-predict -q --only -m m.mls t.csv | sed 1d | tr '\n' ' ')" = "no no no yes yes yes " ]
	run ./example none.csv y m.mls
	[ "$status" -eq 66 ]
}
