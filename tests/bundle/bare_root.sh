#!/usr/bin/env bash
# Makes a bundle of a build, moves it into a root that has little more than glibc and bash, and uses it there, with an
# emptied environment and no network:
#   bare_root.sh BUILD [ROOT [options of foldwave run]]
# ROOT is one of debootstrap's, to take instead; what was run there stays in ROOT/tmp. Exit code 77: cannot be tried here.
set -euo pipefail
repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

skip() {
  echo "skipped: $*"
  exit 77
}

# Copies programs and their libraries to where they are here; whatever is not named is missing in that root.
make_root() {  # make_root ROOT
  local commands=(basename bash cat dirname env grep head id mkdir nproc paste readlink rm sed sort wc) files command
  mkdir -p "$1"/{usr/bin,usr/lib,usr/lib64,tmp,dev,proc,sys,etc}
  for folder in bin lib lib64; do ln -s "usr/$folder" "$1/$folder"; done
  files=$(for command in "${commands[@]}"; do type -P "$command"; done)
  # LibTorch needs these of glibc beside the programs.
  files+=$'\n'$(ldd "$build/foldwave" | grep -oE '/[^ ]*/lib(m|dl|rt|util|pthread|resolv)\.so[^ ]*')
  # shellcheck disable=SC2086
  files+=$'\n'$(ldd $files 2>/dev/null | grep -oE '/[^ :]*\.so[^ :]*')
  while read -r file; do
    mkdir -p "$1$(dirname "$file")"
    cp -L "$file" "$1$file"
  done < <(sort -u <<<"$files")
}

# The namespaces' own part: the root gets /dev, /proc, /sys and LibTorch, and the checks run in it.
if [ "${1:-}" = --inside ]; then
  root=$2 torch=$3
  shift 3
  ip link set lo up
  mkdir -p "$root"/{torch,dev,proc,sys,tmp}
  mount --rbind "$torch" "$root/torch"
  for folder in dev sys; do mount --rbind "/$folder" "$root/$folder"; done
  mount -t proc proc "$root/proc"
  exec chroot "$root" env -i PATH=/usr/bin:/bin HOME=/ bash /opt/checks.sh "$@"
fi

[ $# -ge 1 ] || { echo "usage: bare_root.sh BUILD [ROOT [options of foldwave run]]" >&2; exit 2; }
build=$(cd "$1" && pwd)
[ "$(id -u)" -eq 0 ] || skip "a root of its own needs the rights of root."
for command in unshare chroot ip patchelf; do
  command -v "$command" >/dev/null || skip "no $command here."
done
unshare --mount --net --pid --fork true 2>/dev/null || skip "this machine makes no namespaces."

work=$(mktemp -d "${TMPDIR:-/tmp}/foldwave-bundle-XXXXXX")
trap 'rm -rf "$work"' EXIT
root=${2:-$work/root}
shift $(($# > 2 ? 2 : $#))
[ -d "$root" ] || make_root "$root"
"$repository/tools/bundle" "$work/made" --build "$build"
mkdir -p "$root/opt"
rm -rf "$root/opt/moved"
mv "$work/made" "$root/opt/moved"
cp "$repository/tests/bundle/checks.sh" "$root/opt/"

torch=$(ldd "$build/foldwave" | awk '$1 == "libtorch_cpu.so" {print $3}')
torch=$(dirname "$(readlink -f "$torch")")
if [ -d "$torch/../../nvidia" ]; then torch=$torch/../..; fi  # as in site-packages, whose nvidia/ LibTorch needs
unshare --mount --net --pid --fork --kill-child "${BASH_SOURCE[0]}" --inside "$root" "$(cd "$torch" && pwd)" "$@"
