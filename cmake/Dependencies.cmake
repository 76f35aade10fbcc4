# Imported targets for everything foldwave stands on, one name each.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(Boost REQUIRED COMPONENTS program_options)
find_package(fmt REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(MPI REQUIRED COMPONENTS CXX)

pkg_check_modules(SNDFILE REQUIRED IMPORTED_TARGET sndfile)
pkg_check_modules(SOXR REQUIRED IMPORTED_TARGET soxr)
pkg_check_modules(FFTW REQUIRED IMPORTED_TARGET fftw3f fftw3)
pkg_check_modules(ISAL REQUIRED IMPORTED_TARGET libisal)
pkg_check_modules(PNG REQUIRED IMPORTED_TARGET libpng)
add_library(sndfile ALIAS PkgConfig::SNDFILE)
add_library(soxr ALIAS PkgConfig::SOXR)
add_library(fftw ALIAS PkgConfig::FFTW)
add_library(isal ALIAS PkgConfig::ISAL)
add_library(png ALIAS PkgConfig::PNG)

# Serial HDF5, also where a parallel one is installed beside it.
set(HDF5_PREFER_PARALLEL OFF)
find_package(HDF5 REQUIRED COMPONENTS C)
add_library(hdf5 INTERFACE)
target_include_directories(hdf5 SYSTEM INTERFACE ${HDF5_C_INCLUDE_DIRS})
target_link_libraries(hdf5 INTERFACE ${HDF5_C_LIBRARIES})

# Open MPI without its C++ bindings, which MPI 3 removed.
add_library(mpi INTERFACE)
target_link_libraries(mpi INTERFACE MPI::MPI_CXX)
target_compile_definitions(mpi INTERFACE OMPI_SKIP_MPICXX)

find_path(LIBCSV_INCLUDE_DIR csv.h REQUIRED)
find_library(LIBCSV_LIBRARY csv REQUIRED)
add_library(libcsv INTERFACE)
target_include_directories(libcsv SYSTEM INTERFACE ${LIBCSV_INCLUDE_DIR})
target_link_libraries(libcsv INTERFACE ${LIBCSV_LIBRARY})

find_path(RANDOM123_INCLUDE_DIR Random123/philox.h REQUIRED)
add_library(random123 INTERFACE)
target_include_directories(random123 SYSTEM INTERFACE ${RANDOM123_INCLUDE_DIR})

find_path(PROTOZERO_INCLUDE_DIR protozero/pbf_writer.hpp REQUIRED)
add_library(protozero INTERFACE)
target_include_directories(protozero SYSTEM INTERFACE ${PROTOZERO_INCLUDE_DIR})

add_library(foldwave_warnings INTERFACE)
target_compile_options(foldwave_warnings INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Werror
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>  # false alarms of g++ 12 on std::string (bug 105651)
  $<$<CXX_COMPILER_ID:Clang>:-Wno-pass-failed>)  # clang warns of `omp simd` loops that sanitizers keep from being vectorised

# For rooms with arithmetic in their loops: lets them be vectorised and changes no value. `omp simd` needs no library.
add_library(vector_loops INTERFACE)
target_compile_options(vector_loops INTERFACE -fopenmp-simd -fno-math-errno -fno-trapping-math)

if(FOLDWAVE_SANITIZE)
  add_library(foldwave_sanitizers INTERFACE)
  target_compile_options(foldwave_sanitizers INTERFACE -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer)
  target_link_options(foldwave_sanitizers INTERFACE -fsanitize=address,undefined)
endif()

if(FOLDWAVE_FUZZ)
  include(CheckCXXSourceCompiles)
  set(CMAKE_REQUIRED_FLAGS -fsanitize=fuzzer)
  check_cxx_source_compiles("#include <cstddef>\nextern \"C\" int LLVMFuzzerTestOneInput(const unsigned char*, size_t) { return 0; }"
                            FOLDWAVE_HAS_LIBFUZZER)
  unset(CMAKE_REQUIRED_FLAGS)
  if(NOT FOLDWAVE_HAS_LIBFUZZER OR NOT FOLDWAVE_SANITIZE)
    message(FATAL_ERROR "FOLDWAVE_FUZZ needs FOLDWAVE_SANITIZE=ON and a clang++ with libFuzzer; the compiler is ${CMAKE_CXX_COMPILER}.")
  endif()
  target_compile_options(foldwave_sanitizers INTERFACE -fsanitize=fuzzer-no-link)
endif()

# torch's precompiled header needs ccache to look through it.
find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros ${CCACHE})
endif()

set(FOLDWAVE_WITH_NCCL FALSE)
if(FOLDWAVE_TORCH)
  include(cmake/FoldwaveTorch.cmake)
endif()

# torch/torch.h costs about 9 s a file: once per room.
function(foldwave_precompile_torch target)
  target_compile_options(${target} PRIVATE -fpch-preprocess)
  target_precompile_headers(${target} PRIVATE <torch/torch.h>)
endfunction()
