# Sourced by tools/bundle and by the start of a bundle's programs: what a folder with LibTorch is.
# shellcheck shell=bash

# The folder of libtorch_cpu.so: given itself, as an unpacked zip or as site-packages. Links are resolved, for LibTorch
# finds CUDA from its own place.
torch_libraries() {  # torch_libraries FOLDER
  local folder
  for folder in "$1" "$1/lib" "$1/torch/lib"; do
    if [ -e "$folder/libtorch_cpu.so" ]; then
      (cd "$folder" && pwd -P)
      return
    fi
  done
  return 1
}

# The version as LibTorch's own files tell it, without what follows a "+"; empty where none does.
torch_version() {  # torch_version FOLDER_OF_LIBRARIES
  local top=$1/.. header
  if [ -f "$top/version.py" ]; then
    sed -n "s/^__version__ = ['\"]\([^+'\"]*\).*/\1/p" "$top/version.py" | head -n 1
  elif [ -f "$top/build-version" ]; then
    sed -n '1s/+.*//p; 1{/+/!p}' "$top/build-version"
  else
    for header in "$top/include/torch/headeronly/version.h" "$top/include/torch/csrc/api/include/torch/version.h"; do
      [ -f "$header" ] || continue
      sed -n 's/^#define TORCH_VERSION_\(MAJOR\|MINOR\|PATCH\) \([0-9]*\)$/\2/p' "$header" | paste -s -d .
      return
    done
  fi
}
