#!/bin/sh
# Compiles supervisor.c for each processor into this folder. The bytes follow from the source and Debian 12's compilers:
# apt-get install musl-tools gcc-aarch64-linux-gnu. Musl for arm64 is unpacked beside, not installed.
set -eu
cd "$(dirname "$0")"
out=${1:-.}
tools=$(mktemp -d)
trap 'rm -rf "$tools"' EXIT
flags="-std=gnu11 -Wall -Wextra -Werror -Os -static -s -fno-ident -ffunction-sections -fno-asynchronous-unwind-tables"
links="-Wl,--build-id=none,-z,noseparate-code,-z,norelro,--gc-sections"
# shellcheck disable=SC2086
musl-gcc $flags $links supervisor.c -o "$out/supervisor-x64.bin"

dpkg --print-foreign-architectures | grep -qx arm64 || { dpkg --add-architecture arm64; apt-get update -qq; }
(cd "$tools" && apt-get download -qq musl-dev:arm64 && dpkg -x musl-dev_*_arm64.deb .)
root=$tools/usr
lib=$root/lib/aarch64-linux-musl
gcc=$(aarch64-linux-gnu-gcc -print-libgcc-file-name)
# shellcheck disable=SC2086
aarch64-linux-gnu-gcc $flags $links -mno-outline-atomics -nostdinc -nostdlib -isystem "$root/include/aarch64-linux-musl" \
  "$lib/crt1.o" "$lib/crti.o" supervisor.c "$lib/libc.a" "$gcc" "$lib/libc.a" "$lib/crtn.o" -o "$out/supervisor-arm64.bin"
(cd "$out" && sha256sum supervisor-x64.bin supervisor-arm64.bin) >"$out/supervisor.sha256"
sha256sum supervisor.c >>"$out/supervisor.sha256"
