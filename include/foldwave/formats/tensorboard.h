// TensorBoard event files: scalars over steps, as `tensorboard --logdir` reads them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

namespace foldwave::formats {

// One file a launch: `path` (events.out.tfevents.*) is made anew. Records are kept in memory until flush(), which
// writes whole records only, so that a reader beside it and a killed job see a good file. Throws SystemError.
class EventWriter {
 public:
  explicit EventWriter(const std::filesystem::path& path);
  ~EventWriter();  // flushes; a failure there is lost, so flush() before
  EventWriter(const EventWriter&) = delete;
  EventWriter& operator=(const EventWriter&) = delete;

  void scalar(const std::string& tag, int64_t step, float value, double wall_time_s);  // wall time: seconds since 1970
  // TensorBoard then forgets what earlier files of the directory say of this step and later ones: a launch resumes.
  void take_back_from(int64_t step, double wall_time_s);
  void flush();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace foldwave::formats
