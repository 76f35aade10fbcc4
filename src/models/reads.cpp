#include "foldwave/models/backbones.h"

namespace foldwave::models {

bool reads(const std::string& name, const std::string& key) {
  if (key == "run.seed") return name != "logistic";  // which draws nothing
  if (key == "model.hidden" || key == "model.hidden_norm") return name == "mfcc_mlp";
  if (key == "model.dropout") return name == "mfcc_mlp" || name == "cnn_small";
  if (key == "model.cnn_channels") return name == "cnn_small";
  if (key == "model.c") return is_shallow(name);
  if (key == "model.gamma" || key == "model.landmarks") return name == "rbf";
  if (key == "model.weights") return !is_shallow(name);
  for (const char* of_summaries : {"model.summary", "model.descriptors", "model.window_s", "model.normalisation"})
    if (key == of_summaries) return !takes_mel(name);
  for (const char* of_spectrograms :
       {"model.channels", "model.drop_rate", "model.drop_path_rate", "train.crop_frames", "train.short_songs"})
    if (key == of_spectrograms) return takes_mel(name);
  if (is_shallow(name) && key.starts_with("train.")) return key == "train.class_weights" || key == "train.refit_all";
  return true;
}

}  // namespace foldwave::models
