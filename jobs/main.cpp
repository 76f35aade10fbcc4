// foldwave COMMAND --config FILE [--section.key value ...]: reads the command line, starts MPI where it is needed,
// turns exceptions into one sentence and an exit code.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <optional>
#include <thread>

#include "foldwave/core/errors.h"
#include "foldwave/core/stop.h"
#include "foldwave/core/whereabouts.h"
#include "jobs/commands.h"
#include "jobs/options.h"
#include "jobs/progress_line.h"

namespace foldwave::jobs {
namespace {

constexpr int kDone = 0, kFailed = 1, kInput = 2, kStopped = 75;

std::string usage() {
  std::string text =
      "usage: foldwave COMMAND [--config FILE] [--section.key value ...]      (mpirun -n RANKS foldwave ...)\n\n";
  for (const Command& command : commands()) text += fmt::format("  {:<10}{}\n", command.name, command.summary);
  return text + "\n  foldwave --help lists every key; foldwave --version tells the version\n";
}

struct Arguments {
  const Command* command = nullptr;
  std::optional<std::filesystem::path> config;
  std::vector<std::string> settings;  // what is left
};

// --input and --output are a command's own: those of forward stand for --forward.input and --forward.output. So is
// --watch, which needs no value.
std::string with_section(const std::string& word, const Command& command) {
  for (const char* own : {"--input", "--output"})
    if (word == own || word.starts_with(std::string(own) + "="))
      return fmt::format("--{}.{}", command.name, word.substr(2));
  if (word == "--watch") return fmt::format("--{}.watch=2", command.name);
  return word;
}

Arguments parse(const std::vector<std::string>& words) {
  Arguments arguments;
  if (words.size() < 2) throw InputError("no command given\n" + usage());
  for (const Command& command : commands())
    if (command.name == words[1]) arguments.command = &command;
  if (arguments.command == nullptr) throw InputError(fmt::format("'{}' is not a command\n{}", words[1], usage()));
  for (size_t i = 2; i < words.size(); ++i) {
    const bool joined = words[i].starts_with("--config=");
    if (words[i] != "--config" && !joined) {
      arguments.settings.push_back(with_section(words[i], *arguments.command));
      continue;
    }
    if (arguments.config) throw InputError("command line: --config is given twice");
    if (!joined && i + 1 == words.size()) throw InputError("command line: --config needs a file");
    arguments.config = joined ? words[i].substr(9) : words[++i];
  }
  return arguments;
}

comm::ExitVerdict guarded(const std::function<void()>& work) {
  try {
    work();
    return {kDone, "", 0};
  } catch (const Stopped& stopped) {
    return {kStopped, stopped.what(), 0};
  } catch (const InputError& error) {
    return {kInput, error.what(), 0};
  } catch (const std::exception& error) {
    return {kFailed, error.what(), 0};
  }
}

void print(const comm::ExitVerdict& verdict) {
  if (verdict.code == kStopped)
    fmt::print(stderr, "foldwave: {}; the same command goes on\n", verdict.message);
  else if (verdict.code != kDone)
    fmt::print(stderr, "foldwave: {}\n", verdict.message);
}

// Every rank comes here at its end. Rank 0 speaks and returns the code; a rank whose peers do not come ends them all.
int leave(const comm::World& world, const comm::ExitVerdict& mine) {
  constexpr double kPatience_s = 30, kAlways = 1e9;  // who has no error to tell waits for the others' work
  const auto verdict = world.agree_on_exit(mine, mine.code == kDone ? kAlways : kPatience_s);
  if (!verdict) {
    fmt::print(stderr, "foldwave: rank {}: {}\n", world.rank(), mine.message);
    std::fflush(stderr);
    world.abort(mine.code);
  }
  if (world.rank() != 0) return kDone;
  print(*verdict);
  return verdict->code;
}

// Of a task that has no others to agree with: the first one speaks, and is given the time to.
int leave_alone(const launch::LaunchEnvironment& environment, const comm::ExitVerdict& verdict) {
  if (environment.srun_task == 0)
    print(verdict);
  else
    std::this_thread::sleep_for(std::chrono::seconds(1));
  return verdict.code;
}

int start_command(const std::vector<std::string>& words, int argc, char** argv) {
  const launch::LaunchEnvironment environment = launch::read_environment(words);
  Arguments arguments;
  comm::ExitVerdict verdict = guarded([&] { arguments = parse(words); });
  const bool needs_world = environment.by_launcher ||
                           (arguments.command != nullptr && arguments.command->on_all_ranks && verdict.code == kDone);
  std::optional<comm::World> world;
  Whereabouts::answer_signals("foldwave");
  StopFlag::raise_on_signals();  // already here, for a signal may come while MPI starts; and again, for MPI may undo it
  if (needs_world) {
    const comm::ExitVerdict joined = guarded([&] {
      launch::require_pmi(environment);
      launch::mpi_begins(environment);
      world.emplace(argc, argv);
      launch::mpi_has_begun();
      launch::require_one_world(environment, world->size());
    });
    if (joined.code != kDone) return leave_alone(environment, joined);
  }
  if (world) Whereabouts::answer_signals(fmt::format("foldwave: rank {} on {}", world->rank(), environment.host));
  StopFlag::raise_on_signals();
  const bool is_rank_0 = !world || world->rank() == 0;
  if (verdict.code == kDone && (is_rank_0 || arguments.command->on_all_ranks)) {
    std::unique_ptr<ProgressSink> progress;
    if (is_rank_0)
      progress = std::make_unique<ProgressLine>();
    else
      progress = std::make_unique<SilentProgress>();
    verdict = guarded([&] {
      const OptionRegistry registry = all_options();
      const Settings settings = resolve(registry, arguments.config, arguments.settings);
      arguments.command->run({settings, environment, world ? &*world : nullptr, *progress});
    });
  }
  if (world) return leave(*world, verdict);
  print(verdict);
  return verdict.code;
}

}  // namespace
}  // namespace foldwave::jobs

int main(int argc, char** argv) {
  using namespace foldwave::jobs;
  const std::vector<std::string> words(argv, argv + argc);
  const auto asked = [&](const char* what) { return std::find(words.begin(), words.end(), what) != words.end(); };
  if (asked("--help") || asked("-h")) {
    fmt::print("{}{}", usage(), all_options().help());
    return 0;
  }
  if (asked("--version")) {
    fmt::print("foldwave {}\n", FOLDWAVE_VERSION);
    return 0;
  }
  return start_command(words, argc, argv);
}
