#include <fmt/format.h>

#include <algorithm>

#include "foldwave/core/help.h"
#include "jobs/help.h"

namespace foldwave::jobs {
namespace {

// Text as roff takes it: "-" is a minus that can be pasted, and no line is a request.
std::string roff(const std::string& text) {
  std::string safe;
  for (const char c : text) {
    if (c == '-')
      safe += "\\-";
    else if (c == '\\')
      safe += "\\e";
    else if (c == '\'')
      safe += "\\(aq";
    else
      safe += c;
    if (c == '\n') safe += "\\&";
  }
  return "\\&" + safe;
}

std::string commands_part() {
  std::string text = ".SH COMMANDS\n";
  for (const Command& command : commands()) {
    std::string example = command.example;
    example.pop_back();
    text += fmt::format(".SS {}\n{}.\n.PP\n{}\n.PP\n.EX\n{}\n.EE\n", command.name, roff(command.summary),
                        roff(command.about), roff(example));
  }
  return text;
}

std::string keys_part(const OptionRegistry& registry) {
  std::string text = fmt::format(
      ".SH KEYS\nIn brackets a key's default with its unit, and what is allowed. In a file, a key stands as\n.I key = "
      "value\nbelow its\n.IR [section] .\n");
  std::vector<const Option*> keys;
  for (const Option& option : registry.all()) keys.push_back(&option);
  for (const Option& open : open_keys()) keys.push_back(&open);
  std::vector<std::string> sections;
  for (const Option* option : keys)
    if (const std::string section = section_of(*option);
        std::find(sections.begin(), sections.end(), section) == sections.end())
      sections.push_back(section);
  for (const std::string& section : sections) {
    text += fmt::format(".SS {}\n", roff("[" + section + "]"));
    for (const Option* option : keys)
      if (section_of(*option) == section)
        text += fmt::format(".TP\n.B {}\n{}\n", roff("--" + written(*option)),
                            roff(option->help + " " + in_brackets(*option)));
  }
  return text;
}

constexpr const char* kRest = R"roff(.SH EXIT STATUS
.TP
.B 0
done
.TP
.B 1
failed: one line on stderr says what and where
.TP
.B 2
bad command line, config or input table
.TP
.B 75
stopped early with everything saved; the same command goes on
.SH FILES
.TP
.I RUN/ensemble/submission.csv
the outcome
.TP
.I RUN/report/index.html
the report
.TP
.I RUN/config.ini
every setting as it was resolved
.TP
.I RUN/logs/LAUNCH/rank\-00000.log
what each rank did, on which host
.SH ENVIRONMENT
.TP
.B NO_COLOR
if it is not empty, nothing is coloured
.TP
.B OMP_NUM_THREADS
threads of a rank, if they are fewer than its share of the cores
.SH SEE ALSO
.BR mpirun (1),
.BR srun (1)
)roff";

}  // namespace

std::string manual_page(const OptionRegistry& registry) {
  return fmt::format(
             ".TH FOLDWAVE 1 \"\" \"foldwave {}\" \"User Commands\"\n.SH NAME\nfoldwave \\- from a folder of music to "
             "a "
             "stacked submission, on MPI\n.SH SYNOPSIS\n.B foldwave\n.I COMMAND\n[\\fB\\-\\-config\\fR \\fIFILE\\fR] "
             "[\\fB\\-\\-section.key\\fR \\fIVALUE\\fR ...]\n.SH DESCRIPTION\nfoldwave shards audio into a feature "
             "store, "
             "trains every trial of a grid on its own group of ranks, gathers the out\\-of\\-fold predictions, stacks "
             "them, and writes a submission and a report. A run can be killed anywhere: the same command goes "
             "on.\n.PP\n"
             "Every key can be given on the command line or in an INI file (\\fB\\-\\-config\\fR). Before a command or "
             "behind it,\n"
             ".B \\-\\-quiet\nshows errors and the outcome alone, and\n.B \\-\\-log\\-level\ntakes debug, info, "
             "warning or "
             "error.\n",
             FOLDWAVE_VERSION) +
         commands_part() + keys_part(registry) + kRest;
}

}  // namespace foldwave::jobs
