#include "fuzz/safetensors_fuzz.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <set>
#include <span>
#include <string>
#include <string_view>

#include "foldwave/core/errors.h"
#include "foldwave/formats/safetensors.h"
#include "formats/temporary_folder.h"

namespace foldwave::fuzz {
namespace {

using formats::SafetensorsFile;
using formats::TensorBytes;

void require(bool kept, const char* promise) {
  if (kept) return;
  std::fprintf(stderr, "the reader of safetensors broke a promise: %s\n", promise);
  std::abort();
}

// The reader opens files by name; one in memory takes thousands of inputs a second.
class MemoryFile {
 public:
  MemoryFile() : file_(memfd_create("safetensors", 0)) { require(file_ >= 0, "(memfd_create failed)"); }
  ~MemoryFile() { close(file_); }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  std::filesystem::path holding(std::string_view bytes) const {
    const bool whole =
        ftruncate(file_, 0) == 0 && pwrite(file_, bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size());
    require(whole, "(no room in memory for the input)");
    return "/proc/self/fd/" + std::to_string(file_);
  }

 private:
  int file_;
};

// A file that is published is synced, which is quick in memory only.
const TemporaryFolder& folder_in_memory() {
  if (access("/dev/shm", W_OK) == 0) setenv("TMPDIR", "/dev/shm", 0);
  static const TemporaryFolder folder;
  return folder;
}

// From its name, not from the reader's table: "BF16" has 16.
uint64_t bits_of(const std::string& dtype) {
  if (dtype == "BOOL") return 8;
  const size_t digits = dtype.find_first_of("0123456789");
  require(digits != std::string::npos, "a dtype has a known size");
  return std::strtoull(dtype.c_str() + digits, nullptr, 10);
}

void require_bytes_of_shape(const TensorBytes& tensor) {
  uint64_t left = tensor.bytes.size();
  require(left * 8 % bits_of(tensor.dtype) == 0, "a tensor holds whole elements");
  left = left * 8 / bits_of(tensor.dtype);
  int64_t stride = 1;
  for (const int64_t size : tensor.shape) {
    require(size >= 0, "no size is negative");
    if (size > 0) require(!__builtin_mul_overflow(stride, size, &stride), "no stride overflows, not even of nothing");
  }
  const bool empty = std::ranges::count(tensor.shape, 0) > 0;
  require(left == (empty ? 0 : static_cast<uint64_t>(stride)), "a tensor has the bytes of its shape");
}

// JSON as the format wants it: an object from the first byte on, and no byte that a lenient parser would stop at.
std::string_view checked_header(std::string_view bytes) {
  uint64_t length = 0;
  require(bytes.size() >= sizeof length, "a file has a header's length");
  std::memcpy(&length, bytes.data(), sizeof length);
  require(length <= bytes.size() - sizeof length, "the header lies in the file");
  const auto header = bytes.substr(sizeof length, length);
  require(header.starts_with('{'), "a header begins with {");
  require(header.find('\0') == header.npos, "a header has no null bytes");
  return header;
}

void require_tensors_of(std::string_view bytes, const SafetensorsFile& file) {
  const auto payload = bytes.substr(sizeof(uint64_t) + checked_header(bytes).size());
  std::set<std::string> names;
  size_t end = 0;
  for (const TensorBytes& tensor : file.tensors()) {
    require(names.insert(tensor.name).second, "a name is there once");
    require(file.find(tensor.name) == &tensor, "a tensor is found by its name");
    require(tensor.bytes.data() == file.tensors()[0].bytes.data() + end, "tensors lie side by side");
    require(tensor.bytes.size() <= payload.size() - end, "tensors lie in the file");
    require(std::equal(tensor.bytes.begin(), tensor.bytes.end(), std::as_bytes(std::span(payload)).begin() + end),
            "a tensor's bytes are the file's");
    require_bytes_of_shape(tensor);
    end += tensor.bytes.size();
  }
  require(end == payload.size(), "tensors fill the file");
}

// But for the order of the tensors, which writing may change.
void require_same(const SafetensorsFile& read, const SafetensorsFile& again) {
  require(again.metadata() == read.metadata(), "metadata stay when written and read again");
  require(again.tensors().size() == read.tensors().size(), "there are as many tensors when written and read again");
  for (const TensorBytes& tensor : read.tensors()) {
    const TensorBytes* const same = again.find(tensor.name);
    require(same != nullptr, "names stay when written and read again");
    require(same->dtype == tensor.dtype && same->shape == tensor.shape, "shapes stay when written and read again");
    require(std::ranges::equal(same->bytes, tensor.bytes), "bytes stay when written and read again");
  }
}

void require_message(std::string_view message, const std::string& path) {
  require(message.starts_with(path + ": "), "a message names the file");
  require(message.size() < path.size() + 500, "a message is short");
  const auto printable = [](char c) { return c >= ' ' && c <= '~'; };
  require(std::ranges::all_of(message, printable), "a message can be printed");
}

long accepted = 0;

void read_and_write_again(std::string_view bytes) {
  static const MemoryFile file;
  const auto path = file.holding(bytes);
  try {
    const SafetensorsFile read(path);
    ++accepted;
    require_tensors_of(bytes, read);
    const auto written = folder_in_memory() / "again.safetensors";
    formats::write_safetensors(written, read.tensors(), read.metadata());
    require_same(read, SafetensorsFile(written));
  } catch (const InputError& error) {
    require_message(error.what(), path.string());
  }
}

}  // namespace

long accepted_safetensors() { return accepted; }

}  // namespace foldwave::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  foldwave::fuzz::read_and_write_again({reinterpret_cast<const char*>(data), size});
  return 0;
}
