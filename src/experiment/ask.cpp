#include "foldwave/experiment/ask.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <optional>

#include "foldwave/comm/share_work.h"
#include "foldwave/core/clock.h"
#include "foldwave/core/errors.h"
#include "foldwave/core/log.h"
#include "foldwave/core/whereabouts.h"
#include "foldwave/core/words.h"

namespace foldwave::experiment {
namespace {

constexpr size_t kSongs = 128;  // asked about together; some seconds of a large network on one core

// Item i is about part i % parts of the tracks and network i / parts.
struct Parts {
  size_t tracks = 0, parts = 0;

  explicit Parts(size_t tracks_) : tracks(tracks_), parts(std::max<size_t>(1, (tracks_ + kSongs - 1) / kSongs)) {}
  size_t network(int item) const { return static_cast<size_t>(item) / parts; }
  size_t begin(int item) const { return static_cast<size_t>(item) % parts * kSongs; }
  size_t end(int item) const { return std::min(begin(item) + kSongs, tracks); }
};

// Keeps the network that was asked last: the next part is mostly for the same one.
class Asker {
 public:
  Asker(const comm::World& world, const store::FeatureStore& store, const std::vector<Question>& questions)
      : world_(world), store_(store), questions_(questions) {}

  // The bytes of the probabilities.
  std::string operator()(size_t network, const std::vector<int>& tracks) {
    const Question& question = questions_[network];
    Whereabouts::say("predict, " + question.name);
    if (!predictor_ || network != loaded_) {
      predictor_.reset();
      predictor_.emplace(question.checkpoint, store_, question.threads, training::choose_device(world_.local_rank()));
      loaded_ = network;
    }
    const double began = monotonic_s();
    const std::vector<float> probability = (*predictor_)(tracks, question.how);
    Log::say(LogLevel::info, fmt::format("{}: asked about {} in {:.1f} s", question.name,
                                         counted(static_cast<int64_t>(tracks.size()), "song"), monotonic_s() - began));
    std::string bytes(probability.size() * sizeof(float), '\0');
    std::memcpy(bytes.data(), probability.data(), bytes.size());
    return bytes;
  }

 private:
  const comm::World& world_;
  const store::FeatureStore& store_;
  const std::vector<Question>& questions_;
  std::optional<training::Predictor> predictor_;
  size_t loaded_ = 0;
};

// On rank 0: the parts as they come in, of each network until it is complete.
class Answers {
 public:
  Answers(const Parts& parts, size_t networks) : parts_(parts), answer_(networks), missing_(networks, parts.parts) {}

  // True: that was the last part of its network.
  bool put(int item, const std::string& bytes) {
    const size_t network = parts_.network(item), songs = parts_.end(item) - parts_.begin(item);
    const size_t values = bytes.size() / sizeof(float), classes = songs > 0 ? values / songs : 0;
    std::vector<float>& answer = answer_[network];
    if (answer.empty()) answer.resize(parts_.tracks * classes);
    if (values > 0) std::memcpy(&answer[parts_.begin(item) * classes], bytes.data(), bytes.size());
    return --missing_[network] == 0;
  }

  std::vector<float> take(int item) { return std::move(answer_[parts_.network(item)]); }

 private:
  const Parts& parts_;
  std::vector<std::vector<float>> answer_;
  std::vector<size_t> missing_;
};

}  // namespace

void ask_networks(const comm::World& world, const store::FeatureStore& store, const std::vector<int>& tracks,
                  const std::vector<Question>& questions, ProgressSink& progress,
                  const std::function<void(int question, std::vector<float> probability)>& on_answer) {
  const Parts parts(tracks.size());
  const auto items = static_cast<int>(questions.size() * parts.parts);
  const auto total = static_cast<int64_t>(questions.size() * tracks.size());
  Asker ask(world, store, questions);
  Answers answers(parts, questions.size());
  int64_t done = 0;
  if (world.rank() == 0) progress.update({"predict", "answers", 0, total, ""});
  const auto work = [&](int item) {
    return ask(parts.network(item), {tracks.begin() + static_cast<std::ptrdiff_t>(parts.begin(item)),
                                     tracks.begin() + static_cast<std::ptrdiff_t>(parts.end(item))});
  };
  const auto on_outcome = [&](int item, int, const std::string& bytes) {
    const size_t network = parts.network(item);
    if (answers.put(item, bytes)) on_answer(static_cast<int>(network), answers.take(item));
    done += static_cast<int64_t>(parts.end(item) - parts.begin(item));
    progress.update({"predict", "answers", done, total, questions[network].name});
  };
  if (comm::share_work(world.all(), items, work, on_outcome) < items)
    throw Stopped("stopped while predicting; what was predicted is kept");
}

}  // namespace foldwave::experiment
