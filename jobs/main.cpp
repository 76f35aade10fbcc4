// foldwave COMMAND --config FILE [--section.key value ...]: reads the command line, starts MPI where it is needed,
// turns exceptions into one sentence and an exit code.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <optional>
#include <thread>

#include "foldwave/core/errors.h"
#include "foldwave/core/stop.h"
#include "foldwave/core/whereabouts.h"
#include "jobs/commands.h"
#include "jobs/help.h"
#include "jobs/options.h"
#include "jobs/progress_line.h"
#include "jobs/terminal.h"

namespace foldwave::jobs {
namespace {

constexpr int kDone = 0, kFailed = 1, kInput = 2, kStopped = 75;

struct Arguments {
  const Command* command = nullptr;
  std::optional<std::filesystem::path> config;
  std::vector<std::string> settings;  // what is left
};

// --input, --output and --format are a command's own: those of forward stand for --forward.input and --forward.output.
// So is --watch, which needs no value, as --quiet, which all commands have as they have --log-level.
std::string with_section(const std::string& word, const Command& command) {
  for (const char* own : {"--input", "--output", "--format"})
    if (word == own || word.starts_with(std::string(own) + "="))
      return fmt::format("--{}.{}", command.name, word.substr(2));
  if (word == "--watch") return fmt::format("--{}.watch=2", command.name);
  if (word == "--quiet") return "--log.quiet=true";
  if (word.starts_with("--quiet=")) return "--log." + word.substr(2);
  if (word == "--log-level" || word.starts_with("--log-level=")) return "--log.level" + word.substr(11);
  return word;
}

Arguments parse(const std::vector<std::string>& words) {
  Arguments arguments;
  const size_t place = place_of_command(words);
  if (place >= words.size()) throw InputError("no command given\n" + overview());
  arguments.command = &command_named(words[place]);
  for (size_t i = 1; i < words.size(); ++i) {
    if (i == place) continue;
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
  if (verdict.code == kDone) return;
  const bool stopped = verdict.code == kStopped;
  const std::string name = painted(stopped ? Paint::yellow : Paint::red, "foldwave:", shows_colour(STDERR_FILENO));
  fmt::print(stderr, "{} {}{}\n", name, verdict.message, stopped ? "; the same command goes on" : "");
}

// What was printed has to have arrived: a disk that is full makes a failure of it. A command that has failed may have
// said so itself.
int with_output_written(int code) {
  errno = 0;
  if ((std::fflush(stdout) == 0 && std::ferror(stdout) == 0) || code == kFailed) return code;
  const std::string cause = errno == 0 ? "" : std::string(": ") + std::strerror(errno);
  print({kFailed, "standard output could not be written" + cause, 0});
  return code == kDone ? kFailed : code;
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
  Log::say(LogLevel::info, fmt::format("ends with exit code {}{}", verdict->code,
                                       verdict->code == kDone ? "" : fmt::format(", as rank {} asks", verdict->rank)));
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

std::unique_ptr<ProgressSink> progress_for(const Settings& settings, bool is_rank_0) {
  const LogLevel least = log_level(settings.text("log.level"));
  Log::keep_from(least);
  if (!is_rank_0) return std::make_unique<SilentProgress>();
  return std::make_unique<ProgressLine>(settings.flag("log.quiet") ? LogLevel::error : least);
}

void obey(const Arguments& arguments, const launch::LaunchEnvironment& environment, const comm::World* world) {
  const OptionRegistry registry = all_options();
  const Settings settings = resolve(registry, arguments.config, arguments.settings);
  const auto progress = progress_for(settings, world == nullptr || world->rank() == 0);
  arguments.command->run({settings, environment, world, *progress});
}

int start_command(const std::vector<std::string>& words, int argc, char** argv) {
  const launch::LaunchEnvironment environment = launch::read_environment(words);
  Arguments arguments;
  comm::ExitVerdict verdict = guarded([&] { arguments = parse(words); });
  // A lone task of srun may be a shell, in which MPI starts but once: what only looks does without it.
  const bool needs_world = (environment.by_launcher && environment.srun_tasks != 1) ||
                           (arguments.command != nullptr && arguments.command->on_all_ranks && verdict.code == kDone);
  std::optional<comm::World> world;
  Whereabouts::answer_signals("foldwave");
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
    verdict = guarded([&] { obey(arguments, environment, world ? &*world : nullptr); });
    if (verdict.code != kDone)
      Log::say(verdict.code == kStopped ? LogLevel::warning : LogLevel::error, verdict.message);
  }
  if (world) return leave(*world, verdict);
  print(verdict);
  return verdict.code;
}

}  // namespace
}  // namespace foldwave::jobs

#ifndef __SANITIZE_ADDRESS__
// Before the libraries' own initialisers, which take most of a second: who stops the program in that time stops it as
// well as later, and who asks where it is does not end it.
static void hear_signals() {
  foldwave::StopFlag::raise_on_signals();
  std::signal(SIGUSR1, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);  // a file over ulimit -f is an error of that write, which is told
}
__attribute__((section(".preinit_array"), used)) void (*const hears_signals)() = hear_signals;
#endif

int main(int argc, char** argv) {
  using namespace foldwave::jobs;
  const std::vector<std::string> words(argv, argv + argc);
  std::optional<std::string> text;
  const auto verdict = guarded([&] { text = answer(words); });
  if (!text && verdict.code == kDone) return with_output_written(start_command(words, argc, argv));
  if (foldwave::launch::rank_by_launcher() != 0) return kDone;  // the first one speaks for all
  if (text) std::fwrite(text->data(), 1, text->size(), stdout);
  print(verdict);
  return with_output_written(verdict.code);
}
