// The fuzz target of safetensors where there is no libFuzzer:   spoilt_inputs [COUNT SEED]   or   spoilt_inputs FILE
// The input at hand is kept in a file of the working directory, which stays if it ends the program.
#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "formats/temporary_folder.h"
#include "fuzz/safetensors_fuzz.h"
#include "fuzz/spoilt_safetensors.h"

namespace foldwave::fuzz {
namespace {

// In a file before it is tried: whatever kills the program, nobody has to catch it.
class InputAtHand {
 public:
  explicit InputAtHand(std::string name) : name_(std::move(name)), file_(creat(name_.c_str(), 0644)) {
    if (file_ < 0) throw std::runtime_error("cannot write " + name_);
  }
  ~InputAtHand() {
    close(file_);
    unlink(name_.c_str());
  }
  InputAtHand(const InputAtHand&) = delete;
  InputAtHand& operator=(const InputAtHand&) = delete;

  void put(const std::string& bytes) const {
    if (ftruncate(file_, 0) != 0 || pwrite(file_, bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size()))
      throw std::runtime_error("cannot write " + name_);
  }

 private:
  std::string name_;
  int file_;
};

void try_input(const std::string& bytes) {
  LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size());
}

// The seeds as they are, then in turn a seed that is spoilt, a sound file, and one that is spoilt.
std::string next_input(long i, Random& random) {
  const auto& seeds = safetensors_seeds();
  const auto at = static_cast<size_t>(i);
  if (at < seeds.size()) return seeds[at];
  if (i % 3 == 0) return spoilt_safetensors(seeds[random() % seeds.size()], random);
  const std::string sound = sound_safetensors(random);
  return i % 3 == 1 ? sound : spoilt_safetensors(sound, random);
}

int try_spoilt(long count, uint64_t seed) {
  const std::string name = "spoilt-" + std::to_string(seed) + ".safetensors";
  std::printf("%ld inputs of seed %lu; one that fails stays in %s\n", count, seed,
              std::filesystem::absolute(name).c_str());
  std::fflush(stdout);
  const InputAtHand at_hand(name);
  Random random(seed);
  for (long i = 0; i < count; ++i) {
    const std::string input = next_input(i, random);
    at_hand.put(input);
    try_input(input);
  }
  const long accepted = accepted_safetensors();
  std::printf("%ld accepted, %ld refused\n", accepted, count - accepted);
  if (accepted > count / 10 && accepted < count / 2) return 0;
  std::printf("between a tenth and a half should be accepted, or one side of the promise is not tried\n");
  return 1;
}

}  // namespace
}  // namespace foldwave::fuzz

int main(int argc, char** argv) {
  using namespace foldwave;
  if (argc == 2) {
    fuzz::try_input(bytes_of(argv[1]));
    return 0;
  }
  const long count = argc == 3 ? std::strtol(argv[1], nullptr, 10) : 20000;
  return fuzz::try_spoilt(count, argc == 3 ? std::strtoull(argv[2], nullptr, 10) : 1);
}
