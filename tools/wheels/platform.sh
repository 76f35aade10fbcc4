# Sourced by pin and fetch: which wheels are meant, fixed here so that another Python or glibc does not bring others.
# pip takes each --platform literally, so every manylinux tag that a 2.28 machine runs is named.
# shellcheck shell=bash

wheel_options=(--only-binary=:all: --implementation cp --python-version 3.11 --disable-pip-version-check)
for glibc_minor in {28..5}; do wheel_options+=(--platform "manylinux_2_${glibc_minor}_x86_64"); done
wheel_options+=(--platform manylinux2014_x86_64 --platform manylinux2010_x86_64 --platform manylinux1_x86_64)

# The first python3 that has pip; fails where none has.
python_with_pip() {
  local candidate
  for candidate in python3 /usr/bin/python3; do
    if "$candidate" -m pip --version >/dev/null 2>&1; then
      echo "$candidate"
      return 0
    fi
  done
  return 1
}
