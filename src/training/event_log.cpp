#include "training/event_log.h"

#include <array>
#include <cstdio>
#include <string>

#include "foldwave/core/clock.h"

namespace foldwave::training {
namespace {

// TensorBoard reads a directory's files in the order of their names; several launches may begin in one second.
std::filesystem::path path_in(const std::filesystem::path& directory, double now) {
  std::array<char, 32> seconds{};
  std::snprintf(seconds.data(), seconds.size(), "%017.6f", now);
  return directory / ("events.out.tfevents." + std::string(seconds.data()) + ".foldwave");
}

}  // namespace

EventLog::EventLog(const std::filesystem::path& directory, int64_t first_step)
    : writer_(path_in(directory, unix_now_s())) {
  writer_.take_back_from(first_step, unix_now_s());
}

void EventLog::add(const StepRecord& step) {
  const double now = unix_now_s();
  writer_.scalar("lr", step.step, static_cast<float>(step.lr), now);
  writer_.scalar("train/loss_step", step.step, static_cast<float>(step.loss), now);
  writer_.flush();
}

void EventLog::add(const EpochRecord& e) {
  const double now = unix_now_s();
  std::vector<std::pair<const char*, double>> scalars{{"epoch", e.epoch},
                                                      {"train/loss", e.train_loss},
                                                      {"train/accuracy", e.train_accuracy},
                                                      {"train/macro_f1", e.train_macro_f1}};
  if (e.validated())
    scalars.insert(
        scalars.end(),
        {{"valid/loss", e.valid_loss}, {"valid/accuracy", e.valid_accuracy}, {"valid/macro_f1", e.valid_macro_f1}});
  scalars.insert(scalars.end(), {{"speed/samples_per_s", e.samples_per_s}, {"speed/wait_share", e.wait_share}});
  for (const auto& [tag, value] : scalars) writer_.scalar(tag, e.step, static_cast<float>(value), now);
  writer_.flush();
}

}  // namespace foldwave::training
