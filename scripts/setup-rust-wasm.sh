#!/bin/bash
# Teaches Debian 12's Rust to build WebAssembly components, so that a plain
#
#     /usr/bin/cargo build --release --target wasm32-wasip2
#
# makes one. Debian ships the compiler (rustc-web), the sources of its standard library with every dependency, and
# wasm-component-ld, but no standard library for WebAssembly: this script compiles it once, with the same profile that
# rustc's own builds use. For machines where `rustup target add wasm32-wasip2` is not an option.
#
# Needs root, apt, and npm where the wasi-libc package cannot be fetched. Takes about a minute on two cores and 100 MB
# in /usr/lib/rustlib; safe to repeat, and done in 0.1 s when there is nothing to do.
set -euo pipefail

TARGET=wasm32-wasip2
RECIPE=1                        # raise it when the outcome of this script changes
YOWASP=@yowasp/clang@22.0.0-git20542-10
RUSTC=/usr/bin/rustc
CARGO=/usr/bin/cargo
LIBRARY=/usr/lib/rustlib/$TARGET/lib
STAMP=$LIBRARY/.setup-rust-wasm # "<rustc -V> | recipe <n> | <wasi-libc>"

export LC_ALL=C DEBIAN_FRONTEND=noninteractive
unset RUSTUP_TOOLCHAIN RUSTFLAGS CARGO_ENCODED_RUSTFLAGS CARGO_BUILD_TARGET CARGO_TARGET_DIR

main() {
  install_packages
  local version; version="$($RUSTC -V) | recipe $RECIPE"
  if [[ "$(cat "$STAMP" 2>/dev/null)" == "$version"* ]]; then
    say "up to date: $TARGET"
    return
  fi
  WORK=$(mktemp -d "${TMPDIR:-/tmp}/rust-wasm.XXXXXX")
  trap 'rm -rf "$WORK"' EXIT
  local libc=debian
  wasi_libc_from_debian || { say "no wasi-libc from Debian: taking $YOWASP"; libc=yowasp; wasi_libc_from_npm; }
  compile_std
  install_std "$version | $libc"
  say "installed $TARGET in ${LIBRARY%/lib} (wasi-libc: $libc)"
}

say() { echo "setup-rust-wasm: $*" >&2; }

install_packages() {
  local missing=() name
  for name in rustc-web cargo-web rust-web-src rust-web-llvm lld-22; do
    [[ -e /var/lib/dpkg/info/$name.list ]] || missing+=("$name")
  done
  ((${#missing[@]})) || return 0
  say "apt-get install ${missing[*]}"
  apt-get update -qq
  apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

# Debian 13's wasi-libc implements WASI 0.2 natively; Debian 12's does not. It holds only WebAssembly, so the newer
# package fits; it is fetched with an apt state of its own, so that the machine's sources stay as they are.
wasi_libc_from_debian() {
  local apt=$WORK/apt mirror
  mirror=$(awk '/^URIs:/ { print $2; exit }' /etc/apt/sources.list.d/debian.sources 2>/dev/null) || true
  mirror=${mirror:-http://deb.debian.org/debian}
  mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial"
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror trixie main" >"$apt/sources.list"
  cat >"$apt/apt.conf" <<-CONF
	Dir::Etc::SourceList "$apt/sources.list";
	Dir::Etc::SourceParts "/dev/null";
	Dir::State::lists "$apt/lists";
	Dir::Cache "$apt/cache";
	Acquire::Languages "none";
	APT::Sandbox::User "root";
	CONF
  (cd "$apt" && export APT_CONFIG=$apt/apt.conf && apt-get update -qq && apt-get download -qq wasi-libc/trixie) ||
    return 1
  dpkg-deb -x "$apt"/wasi-libc_*.deb "$apt/unpacked" || return 1
  local from=$apt/unpacked/usr/lib/$TARGET
  mkdir -p "$WORK/libc"
  cp "$from"/crt1-{command,reactor}.o "$WORK/libc/" || return 1
  # std refers to pthread_create, which this libc.a keeps in a library of its own.
  printf 'create %s\naddlib %s\naddlib %s\nsave\nend\n' \
    "$WORK/libc/libc.a" "$from/libc.a" "$from/libwasi-emulated-pthread.a" | llvm-ar-22 -M
}

# The fallback speaks WASI 0.1, which wasm-component-ld adapts: everything but sockets works.
wasi_libc_from_npm() {
  mkdir -p "$WORK/npm" "$WORK/libc"
  echo '{}' >"$WORK/npm/package.json"
  (cd "$WORK/npm" && npm install --silent --no-audit --no-fund --ignore-scripts "$YOWASP" >/dev/null)
  tar -C "$WORK/npm" -xf "$WORK/npm/node_modules/@yowasp/clang/gen/llvm-resources.tar" lib/wasm32-wasip1
  cp "$WORK"/npm/lib/wasm32-wasip1/{libc.a,crt1-command.o,crt1-reactor.o} "$WORK/libc/"
}

# What `x.py build library/std` does, without the bootstrap.
compile_std() {
  say "compiling the standard library for $TARGET"
  cp -r "$(readlink -f /usr/lib/rustlib/src/rust)/library" "$WORK/library"
  # wit-bindgen's build script copies an archive that Debian leaves out. It would hold a weak cabi_realloc, which std
  # defines itself for this target, so an empty archive is right.
  local runtime
  for runtime in "$WORK"/library/vendor/wit-bindgen-*/src/rt; do
    [[ -e $runtime/libwit_bindgen_cabi.a ]] || printf '!<arch>\n' >"$runtime/libwit_bindgen_cabi.a"
  done
  mkdir "$WORK/library/.cargo"
  cat >"$WORK/library/.cargo/config.toml" <<-CONF
	[source.crates-io]
	replace-with = "vendored"
	[source.vendored]
	directory = "$WORK/library/vendor"
	CONF
  local commit; commit=$($RUSTC -vV | sed -n 's/^commit-hash: //p')
  (
    cd "$WORK/library/sysroot"
    export RUSTC RUSTC_BOOTSTRAP=1 CARGO_HOME=$WORK/cargo CARGO_TARGET_DIR=$WORK/target CARGO_INCREMENTAL=0
    export CARGO_PROFILE_DIST_DEBUG=line-tables-only __CARGO_DEFAULT_LIB_METADATA=setup-rust-wasm
    export RUSTFLAGS="-Zforce-unstable-if-unmarked --remap-path-prefix=$WORK=/rustc/$commit"
    $CARGO build --quiet --offline -Zavoid-dev-deps -Zroot-dir="$WORK" --profile dist --features backtrace \
      --target "$TARGET" >"$WORK/cargo.log" 2>&1 || { cat "$WORK/cargo.log" >&2; return 1; }
  )
}

install_std() {
  rm -rf "$LIBRARY"
  mkdir -p "$LIBRARY/self-contained"
  cp "$WORK/target/$TARGET/dist/deps/"lib*.rlib "$LIBRARY/"
  rm -f "$LIBRARY"/libsysroot-*.rlib
  cp "$WORK/libc/"* "$LIBRARY/self-contained/"
  echo "$1" >"$STAMP"           # last: a run that was interrupted starts over
}

main
