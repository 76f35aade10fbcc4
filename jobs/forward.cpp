#include <fmt/format.h>

#include "foldwave/core/errors.h"
#include "foldwave/core/files.h"
#include "foldwave/formats/hdf5.h"
#include "foldwave/models/logits.h"
#include "jobs/commands.h"

namespace foldwave::jobs {
namespace {

std::string required(const Settings& settings, const std::string& key, const std::string& option) {
  if (settings.text(key).empty()) throw InputError(fmt::format("foldwave forward needs --{}", option));
  return settings.text(key);
}

models::Pictures read_pictures(const std::filesystem::path& path, int channels) {
  const auto file = formats::Hdf5File::open(path);
  if (!file.has("/x")) throw InputError(fmt::format("{} has no /x", path.string()));
  const std::vector<uint64_t> shape = file.shape("/x");
  if (shape.size() != 4 || shape[1] != static_cast<uint64_t>(channels))
    throw InputError(fmt::format("{}: /x has shape [{}], expected [n, {}, height, width]", path.string(),
                                 fmt::join(shape, ", "), channels));
  const auto size = [&shape](int dimension) { return static_cast<int64_t>(shape[dimension]); };
  return {file.read<float>("/x"), size(0), size(1), size(2), size(3)};
}

void write_logits(const std::filesystem::path& path, const std::vector<float>& logits, int64_t n, int classes) {
  PendingFile pending(path);
  auto file = formats::Hdf5File::create(pending.temporary());
  file.write<float>("/logits", logits, {static_cast<uint64_t>(n), static_cast<uint64_t>(classes)});
  file.close();
  pending.commit();
}

}  // namespace

void forward_command(const Call& call) {
  const Settings& settings = call.settings;
  const std::string backbone = required(settings, "model.backbone", "model.backbone"),
                    weights = required(settings, "model.weights", "model.weights"),
                    input = required(settings, "forward.input", "input"),
                    output = required(settings, "forward.output", "output");
  if (!models::takes_mel(backbone))
    throw InputError(fmt::format("{} = {} is no backbone on spectrograms", settings.where("model.backbone"), backbone));
  const auto classes = static_cast<int>(settings.integer("model.classes"));
  if (classes < 1) throw InputError("foldwave forward needs --model.classes");
  const auto config = models::model_config(settings, backbone, classes, 0);
  const models::Pictures pictures = read_pictures(input, config.channels);
  write_logits(output, models::logits_of(config, weights, pictures), pictures.n, classes);
  call.progress.note(fmt::format("forward  {} inputs through {}: {}", pictures.n, backbone, output));
}

}  // namespace foldwave::jobs
