# Sourced by build and test: cargo with what this workspace needs, and with word of what it is at.
#
# SP1 itself is compiled once, into a folder outside the repository, so that a fresh clone does not
# pay again: $PRIVATE_PROVING_CARGO_TARGET, else private-proving/cargo-target in the user's cache.

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache=${XDG_CACHE_HOME:-${HOME:?HOME is not set}/.cache}
export CARGO_TARGET_DIR=${PRIVATE_PROVING_CARGO_TARGET:-$cache/private-proving/cargo-target}

say() { echo "native/${0##*/}: $*"; }
fail() { say "$*" >&2; exit 1; }

# A cargo installed by rustup is often not on the path of a build that an IDE or Maven starts.
command -v cargo >/dev/null || PATH=${CARGO_HOME:-$HOME/.cargo}/bin:$PATH
command -v cargo >/dev/null ||
  fail "cargo is missing, and the prover is written in Rust. Install Rust 1.91 or newer: https://rustup.rs"
[ "$(uname -sm)" = "Linux x86_64" ] || fail "SP1's executor needs Linux on x86_64; this is $(uname -sm)."
cd "$here"

# SP1's build scripts call protoc. The one that Cargo.lock pins comes from the crate registry.
if [ -z "${PROTOC:-}" ]; then
  cargo fetch --locked --quiet || fail "the crates that Cargo.lock names could not be fetched."
  manifest=$(cargo metadata --locked --offline --format-version 1 |
    grep -o '"manifest_path":"[^"]*/protoc-bin-vendored-linux-x86_64-[^"]*"' | head -n 1 | cut -d'"' -f4)
  export PROTOC=${manifest%/Cargo.toml}/bin/protoc
  [ -x "$PROTOC" ] || fail "protoc is not where the crate protoc-bin-vendored should have it. Set PROTOC."
fi

compiled() {
  find "$CARGO_TARGET_DIR/release/deps" -maxdepth 1 -name '*.rlib' 2>/dev/null | wc -l
}

# Cargo takes a crate of one checkout for that of another, and tells by time alone whether a source changed:
# an older checkout would be given what a newer one compiled. So what was compiled of other sources is
# thrown away first.
forget_other_sources() {
  local manifest crate stamp sources stale=()
  for manifest in */Cargo.toml; do
    crate=${manifest%/*}
    stamp=$CARGO_TARGET_DIR/private-proving-$crate.sources
    sources=$(find "$crate" -type f -exec cksum {} + | sort | cksum)
    [ ! -e "$stamp" ] || [ "$sources" = "$(cat "$stamp")" ] || stale+=(-p "private-proving-$crate")
    echo "$sources" >"$stamp.new"
  done
  [ ${#stale[@]} -eq 0 ] || cargo clean --release --locked --quiet "${stale[@]}" ||
    fail "cargo cannot clear what was compiled of other sources in $CARGO_TARGET_DIR."
  for stamp in "$CARGO_TARGET_DIR"/private-proving-*.sources.new; do
    mv "$stamp" "${stamp%.new}"
  done
}

# Runs cargo with these arguments; what it says is in $log, removed at the end. Its status is ours.
# From then on no other build of ours gets at the target folder, until this process ends.
watched_cargo() {
  started=$SECONDS
  mkdir -p "$CARGO_TARGET_DIR" && exec 9>"$CARGO_TARGET_DIR/private-proving.lock" ||
    fail "$CARGO_TARGET_DIR cannot be written."
  flock -n 9 || { say_waiting; flock 9; }
  if ! compgen -G "$CARGO_TARGET_DIR/release/deps/libsp1_sdk-*.rlib" >/dev/null; then
    say "SP1 is not yet compiled in $CARGO_TARGET_DIR."
    say "That takes about 20 minutes on two cores, once; later builds take seconds to minutes."
  fi
  forget_other_sources
  log=$(mktemp)
  CARGO_TERM_COLOR=never cargo "$@" >"$log" 2>&1 9>&- &
  build=$!
  trap 'kill "$build" 2>/dev/null || true; rm -f "$log"' EXIT
  local next=30 now elapsed waits=
  while kill -0 "$build" 2>/dev/null; do
    sleep 0.2
    elapsed=$((SECONDS - started))
    now=$(tail -n 1 "$log" | sed 's/^ *//')
    case $waits$now in
      'Blocking waiting for file lock'*) say_waiting; waits=told ;;
    esac
    if [ "$elapsed" -ge "$next" ]; then
      say "$((elapsed / 60)) min $((elapsed % 60)) s, $(compiled) libraries compiled, now: $now"
      next=$((elapsed + 30))
    fi
  done
  wait "$build"
}

say_waiting() {
  say "another build is at work in $CARGO_TARGET_DIR; this one waits for it."
}
