#include "foldwave/formats/tensorboard.h"

#include <bit>
#include <protozero/pbf_writer.hpp>

#include "foldwave/core/clock.h"
#include "foldwave/core/errors.h"
#include "foldwave/formats/crc32c.h"
#include "formats/output_file.h"

namespace foldwave::formats {
namespace {

// Field numbers of tensorflow/core/util/event.proto and framework/summary.proto.
namespace event {
enum : uint32_t { wall_time = 1, step = 2, file_version = 3, summary = 5, session_log = 7 };
}
namespace summary {
enum : uint32_t { value = 1 };
}
namespace value {
enum : uint32_t { tag = 1, simple_value = 2 };
}
namespace session_log {
enum : uint32_t { status = 1 };
constexpr int32_t start = 1;
}  // namespace session_log

std::string version_event(double wall_time_s) {
  std::string bytes;
  protozero::pbf_writer writer(bytes);
  writer.add_double(event::wall_time, wall_time_s);
  writer.add_string(event::file_version, "brain.Event:2");
  return bytes;
}

std::string scalar_event(const std::string& tag, int64_t step, float number, double wall_time_s) {
  std::string bytes;
  protozero::pbf_writer writer(bytes);
  writer.add_double(event::wall_time, wall_time_s);
  writer.add_int64(event::step, step);
  protozero::pbf_writer summary_writer(writer, event::summary);
  protozero::pbf_writer value_writer(summary_writer, summary::value);
  value_writer.add_string(value::tag, tag);
  value_writer.add_float(value::simple_value, number);
  value_writer.commit();
  summary_writer.commit();
  return bytes;
}

std::string start_event(int64_t step, double wall_time_s) {
  std::string bytes;
  protozero::pbf_writer writer(bytes);
  writer.add_double(event::wall_time, wall_time_s);
  writer.add_int64(event::step, step);
  protozero::pbf_writer session_writer(writer, event::session_log);
  session_writer.add_enum(session_log::status, session_log::start);
  session_writer.commit();
  return bytes;
}

template <class T>
std::string little_endian(T number) {
  static_assert(std::endian::native == std::endian::little);
  return {reinterpret_cast<const char*>(&number), sizeof number};
}

// A checksum of bytes that hold checksums is hard to trust, so TFRecord turns and shifts it.
std::string masked_crc(const std::string& bytes) {
  const uint32_t crc = crc32c(std::as_bytes(std::span(bytes)));
  return little_endian(std::rotr(crc, 15) + 0xa282ead8u);
}

std::string record(const std::string& payload) {
  const std::string length = little_endian(static_cast<uint64_t>(payload.size()));
  return length + masked_crc(length) + payload + masked_crc(payload);
}

}  // namespace

struct EventWriter::State {
  OutputFile file;
  std::string pending;
};

EventWriter::EventWriter(const std::filesystem::path& path)
    : state_(new State{OutputFile(path), record(version_event(unix_now_s()))}) {
  flush();
}

EventWriter::~EventWriter() {
  try {
    flush();
  } catch (const Error&) {  // a destructor cannot report it
  }
}

void EventWriter::scalar(const std::string& tag, int64_t step, float value, double wall_time_s) {
  state_->pending += record(scalar_event(tag, step, value, wall_time_s));
}

void EventWriter::take_back_from(int64_t step, double wall_time_s) {
  state_->pending += record(start_event(step, wall_time_s));
}

void EventWriter::flush() {
  if (state_->pending.empty()) return;
  state_->file.write(state_->pending);
  state_->pending.clear();
}

}  // namespace foldwave::formats
