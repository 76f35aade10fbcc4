// Every key that foldwave reads: declared once with default, unit, range and effect; given in an INI file or as
// --section.key; read as typed values. A room declares its own keys and turns Settings into its own config struct.
#pragma once

#include <cstdint>
#include <filesystem>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace foldwave {

// What a key decides. result: the outcome; layout: where and on how much it runs; display: only what is shown.
enum class Effect { result, layout, display };

enum class ValueKind { text, path, integer, real, flag };

struct Option {
  std::string key;                 // "features.n_fft"; "augment.*.time_masks": one for each named section
  std::string default_value = "";  // as it would be written in the file; may be empty
  std::string help = "";
  ValueKind kind = ValueKind::text;
  std::string unit = "";  // "samples", "Hz", ...
  double min = -std::numeric_limits<double>::infinity();
  double max = std::numeric_limits<double>::infinity();
  std::vector<std::string> choices = {};  // if not empty: one of these (each item of a list)
  bool list = false;                      // comma-separated
  Effect effect = Effect::result;
  bool usual = false;  // one of those that most users set: what is shown where not all fit
};

class OptionRegistry {
 public:
  void add(Option option);
  void usual(const std::vector<std::string>& keys);  // of those added before
  // The option that declares `key`, through "augment.*.x", "backbone.NAME.KEY" and "grid.KEY" too; nullptr if none
  // does.
  const Option* find(const std::string& key) const;
  const std::vector<Option>& all() const { return options_; }
  // The declared key that an unknown one is most like, for "is ... meant?"; empty where none is near.
  std::string nearest(const std::string& key) const;

 private:
  std::vector<Option> options_;  // in order of declaration
};

// Resolved values. Text is kept as written; every value has been checked against its declaration.
class Settings {
 public:
  struct Value {
    std::string text;
    std::string origin;  // "demo.ini line 12", "command line", "default"
  };

  explicit Settings(const OptionRegistry& registry);  // all defaults; `registry` must outlive it

  void set(const std::string& key, const std::string& text, const std::string& origin);  // throws InputError
  bool given(const std::string& key) const;                                              // by the user, not by default
  std::string where(const std::string& key) const;  // "demo.ini line 12: train.lr": how an error about it begins

  const std::string& text(const std::string& key) const;
  int64_t integer(const std::string& key) const;
  double real(const std::string& key) const;
  bool flag(const std::string& key) const;
  std::vector<std::string> list(const std::string& key) const;

  std::vector<std::string> names(const std::string& section) const;  // NAME of every [section.NAME]
  // Keys of [grid] that name a train or model key: {"train.lr", {"0.001", "0.01"}}, in the order of their names.
  std::vector<std::pair<std::string, std::vector<std::string>>> grid_axes() const;
  Settings for_backbone(const std::string& name) const;  // [backbone.NAME] laid over train.* and model.*

  // "key = value" lines of the keys of `sections` whose effect is the result, in one spelling, sorted: an identity.
  std::string identity(const std::vector<std::string>& sections) const;
  std::string to_ini() const;  // everything, resolved; parses back to the same

 private:
  const OptionRegistry* registry_;
  std::map<std::string, Value> values_;
};

// Reads `config` (if any), then `arguments` ("--section.key", "value" pairs), over the defaults. Unknown or abbreviated
// keys, a '#' inside a value, a key given twice, values out of range: InputError that names file, line and key.
Settings resolve(const OptionRegistry& registry, const std::optional<std::filesystem::path>& config,
                 const std::vector<std::string>& arguments);

}  // namespace foldwave
