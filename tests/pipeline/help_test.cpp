// What the program says of itself: help that fits a screen, examples that work as pasted, versions, the manual page and
// the completion for bash.
#include <regex>

#include "pipeline/program.h"

namespace foldwave::pipeline {
namespace {

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

class Help : public Program {
 protected:
  static std::vector<std::string> commands() {
    std::vector<std::string> names;
    for (const std::string& line : lines_of(alone({"--help"}).out))
      if (line.starts_with("  ") && !line.starts_with("  foldwave") && !line.starts_with("  --"))
        names.push_back(line.substr(2, line.find(' ', 2) - 2));
    return names;
  }
  static Ending bash(const std::string& script) { return finish({"/bin/bash", "-c", script}); }
  // What bash offers behind these words of a command line, the last of which is being typed.
  static std::vector<std::string> offered(const std::vector<std::string>& words) {
    std::string array;
    for (const std::string& word : words) array += " '" + word + "'";
    const Ending ending =
        bash("source <(" + foldwave_program() + " completion bash)\ncd " + root_.string() + "\nCOMP_WORDS=(" + array +
             ")\nCOMP_CWORD=" + std::to_string(words.size() - 1) + "\n_foldwave\nprintf '%s\\n' \"${COMPREPLY[@]}\"");
    EXPECT_EQ(ending.err, "");
    std::vector<std::string> all = lines_of(ending.out);
    std::sort(all.begin(), all.end());
    return all;
  }
};

bool has(const std::vector<std::string>& words, const std::string& word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

TEST_F(Help, OfEachCommandFitsAScreenWithDefaultsUnitsAndAnExample) {
  const auto names = commands();
  for (const char* name :
       {"run", "plan", "prepare", "explore", "train", "predict", "stack", "report", "status", "bench", "forward"})
    EXPECT_TRUE(has(names, name)) << name;
  for (const std::string& name : names) {
    const Ending ending = alone({name, "--help"});
    EXPECT_EQ(ending.code, 0) << ending.err;
    const auto lines = lines_of(ending.out);
    EXPECT_LE(lines.size(), 50u) << ending.out;
    for (const std::string& line : lines)
      EXPECT_TRUE(line.size() <= 100 || line.find(foldwave_program()) != std::string::npos) << name << ": " << line;
    EXPECT_NE(ending.out.find("\nExample:\n"), std::string::npos) << ending.out;
  }
  EXPECT_EQ(alone({"help", "status"}).out, alone({"status", "--help"}).out);
  EXPECT_NE(alone({"train", "--help"}).out.find("[20 epochs; 1 to 100000]"), std::string::npos);
  EXPECT_NE(alone({"status", "--help"}).out.find("[text; text | json]"), std::string::npos);
  const Ending slip = alone({"trian", "--help"});
  EXPECT_EQ(slip.code, 2);
  EXPECT_NE(slip.err.find("'trian' is not a command; is 'train' meant?"), std::string::npos) << slip.err;
}

TEST_F(Help, AllListsEveryKeyThatConcernsTheCommand) {
  const std::string all = alone({"train", "--help", "--all"}).out, keys = alone({"help", "keys"}).out;
  for (const char* key : {"--train.ema_decay", "--augment.NAME.time_masks", "--run.nccl_step_s", "--grid.KEY"}) {
    EXPECT_NE(all.find(key), std::string::npos) << key;
    EXPECT_NE(keys.find(key), std::string::npos) << key;
  }
  EXPECT_EQ(all.find("--slurm."), std::string::npos);
  const std::string slurm = alone({"help", "keys", "slurm"}).out;
  EXPECT_NE(slurm.find("--slurm.partition"), std::string::npos);
  EXPECT_EQ(slurm.find("--train."), std::string::npos);
  EXPECT_EQ(alone({"help", "keys", "tarin"}).code, 2);
}

TEST_F(Help, WhatCannotBePrintedIsNoSuccess) {
  for (const std::string words : {"--version", "help keys", "completion bash"}) {
    const Ending ending = bash(foldwave_program() + " " + words + " > /dev/full");
    EXPECT_EQ(ending.code, 1) << words;
    EXPECT_EQ(ending.err.rfind("foldwave: standard output could not be written", 0), 0U) << words << ending.err;
  }
}

// One after the other in one folder: what one has made, the next need not make again.
TEST_F(Help, ExamplesWorkAsPasted) {
  const fs::path folder = root_ / "examples";
  fs::create_directories(folder);
  for (const std::string& name : commands()) {
    const std::string help = alone({name, "--help"}).out;
    const Ending ending = bash("set -e; cd " + folder.string() + "\n" + help.substr(help.find("\nExample:\n") + 10));
    EXPECT_EQ(ending.code, 0) << name << ": " << ending.err;
  }
}

TEST_F(Help, UnderMpirunIsPrintedOnceAndAsksNoMpi) {
  const Ending ending = finish(under_mpirun(3, {"--help"}));
  EXPECT_EQ(ending.code, 0) << ending.err;
  EXPECT_EQ(ending.out, alone({"--help"}).out);
}

TEST_F(Help, VersionNamesEveryLibrary) {
  const Ending ending = alone({"--version"});
  EXPECT_EQ(ending.code, 0) << ending.err;
  const auto lines = lines_of(ending.out);
  for (const std::string library :
       {"foldwave", "LibTorch", "MPI",       "NCCL",      "CUDA",     "HDF5", "libsndfile",
        "soxr",     "FFTW",     "libpng",    "gnuplot",   "Boost",    "fmt",  "nlohmann-json",
        "libcsv",   "isa-l",    "protozero", "Random123", "compiler", "glibc"}) {
    const bool named = std::any_of(lines.begin(), lines.end(), [&](const std::string& line) {
      return line.starts_with(library + " ") && line.find_first_not_of(' ', library.size()) != std::string::npos;
    });
    EXPECT_TRUE(named) << library << " in\n" << ending.out;
  }
}

TEST_F(Help, ManualPageIsCleanAndHasEveryKey) {
  const fs::path page = root_ / "foldwave.1";
  std::ofstream(page) << alone({"man"}).out;
  if (std::system("command -v man groff > /dev/null") != 0) GTEST_SKIP() << "there is no man here";
  const Ending shown =
      bash("LC_ALL=C.UTF-8 MANWIDTH=100 man --warnings -E UTF-8 -l -Tutf8 " + page.string() + " | col -b");
  EXPECT_EQ(shown.code, 0);
  EXPECT_EQ(shown.err, "");
  for (const char* word : {"--train.ema_decay", "--augment.NAME.time_masks", "foldwave status --run.dir first",
                           "[20 epochs; 1 to 100000]", "stopped early with everything saved"})
    EXPECT_NE(shown.out.find(word), std::string::npos) << word;
}

TEST_F(Help, BashCompletesCommandsKeysAndValues) {
  EXPECT_EQ(offered({"foldwave", "st"}), (std::vector<std::string>{"stack", "status"}));
  EXPECT_EQ(offered({"foldwave", "train", "--train.weight_decay"}),
            (std::vector<std::string>{"--train.weight_decay", "--train.weight_decay_on"}));
  EXPECT_EQ(offered({"foldwave", "train", "--train.precision", ""}),
            (std::vector<std::string>{"auto", "bf16", "fp32"}));
  EXPECT_EQ(offered({"foldwave", "train", "--train.precision=b"}),
            (std::vector<std::string>{"--train.precision=bf16"}));
  EXPECT_EQ(offered({"foldwave", "train", "--train.precision", "=", "b"}), (std::vector<std::string>{"bf16"}));
  EXPECT_EQ(offered({"foldwave", "run", "--grid.backbones", "mfcc_mlp,resnet1"}),
            (std::vector<std::string>{"mfcc_mlp,resnet18"}));
  EXPECT_EQ(offered({"foldwave", "run", "--grid.optimiser", "adamw,s"}), (std::vector<std::string>{"adamw,sgd"}));
  EXPECT_EQ(offered({"foldwave", "run", "--grid.ema"}), (std::vector<std::string>{"--grid.ema_decay"}));
  EXPECT_EQ(offered({"foldwave", "run", "--backbone.resnet18.head"}),
            (std::vector<std::string>{"--backbone.resnet18.head_epochs"}));
  EXPECT_EQ(offered({"foldwave", "run", "--augment.loud.gain_p"}),
            (std::vector<std::string>{"--augment.loud.gain_probability"}));
  EXPECT_EQ(offered({"foldwave", "run", "--data.train", "da"}), (std::vector<std::string>{"data"}));
  EXPECT_EQ(offered({"foldwave", "run", "--config=da"}), (std::vector<std::string>{"--config=data"}));
  EXPECT_EQ(offered({"foldwave", "help", "keys", "slu"}), (std::vector<std::string>{"slurm"}));
  EXPECT_TRUE(has(offered({"foldwave", "status", "--"}), "--status.watch"));
  EXPECT_EQ(offered({"foldwave", "status", "--wa"}), (std::vector<std::string>{"--watch"}));
  EXPECT_EQ(offered({"foldwave", "report", "--format", ""}), (std::vector<std::string>{"html", "text"}));
  EXPECT_EQ(offered({"foldwave", "status", "--format", ""}), (std::vector<std::string>{"json", "text"}));
  EXPECT_FALSE(has(offered({"foldwave", "status", "--"}), "--train.lr"));
  EXPECT_EQ(offered({"foldwave", "--quiet", "st"}), (std::vector<std::string>{"stack", "status"}));
  EXPECT_EQ(offered({"foldwave", "--log-level", ""}), (std::vector<std::string>{"debug", "error", "info", "warning"}));
  EXPECT_EQ(offered({"foldwave", "--log-level", "debug", "st"}), (std::vector<std::string>{"stack", "status"}));
  EXPECT_EQ(offered({"foldwave", "--log-level", "=", "debug", "status", "--wa"}),
            (std::vector<std::string>{"--watch"}));
  EXPECT_EQ(offered({"foldwave", "--l"}), (std::vector<std::string>{"--log-level"}));
}

// As the completion offers them.
TEST_F(Help, OptionsOfAllCommandsMayStandBeforeTheCommand) {
  const std::string status = alone({"help", "status"}).out;
  for (const std::vector<std::string>& before :
       {std::vector<std::string>{"--quiet"}, {"--quiet=true", "--log-level", "debug"}, {"--log-level=warning"}}) {
    std::vector<std::string> words = before;
    words.emplace_back("status");
    Ending ending = alone(words);
    EXPECT_EQ(ending.code, 2);
    EXPECT_EQ(ending.err.find("is not a command"), std::string::npos) << ending.err;
    EXPECT_NE(ending.err.find("run.dir"), std::string::npos) << ending.err;
    words.insert(words.end() - 1, "help");
    EXPECT_EQ(alone(words).out, status);
  }
  const Ending level = alone({"--log-level", "loud", "status", "--run.dir", root_.string()});
  EXPECT_EQ(level.code, 2);
  EXPECT_NE(level.err.find("loud"), std::string::npos) << level.err;
}

}  // namespace
}  // namespace foldwave::pipeline
