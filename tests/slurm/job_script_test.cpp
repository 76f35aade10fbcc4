// slurm/job.sh by itself: SLURM's clients and srun are scripts that answer as they were told, and sleep takes no time.
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace foldwave::pipeline {
namespace {

namespace fs = std::filesystem;

class JobScript : public testing::Test {
 protected:
  void SetUp() override {
    fs::create_directories(run_ / "slurm");
    fs::create_directories(run_ / "journal");
    put("nodes", "n1 allocated\nn2 allocated\nn3 allocated\n");
    fake("sleep", "exit 0");
    fake("squeue", R"sh([ ! -e squeue-fails ] || exit 1
case "$*" in *%e*) echo $(($(date +%s) + 3600)) ;; *) echo 'n[1-3]' ;; esac)sh");
    fake("sinfo", "[ ! -e sinfo-fails ] || exit 1\ncat nodes");
    fake("scontrol", R"sh(if [ "$1" = show ]; then printf 'n1\nn2\nn3\n'; exit 0; fi
echo "$*" >>requeues
[ "$(wc -l <requeues)" -gt "$(cat refusals)" ])sh");
    put("refusals", "0");
    fake("srun", with_journal(R"sh(case "$*" in
  *--help*) echo --overlap; exit ;;
  *--job-name=watch*) [ -e watched ] || exit 0; while [ "$1" != bash ]; do shift; done; SLURMD_NODENAME=n3 exec "$@" ;;
esac
echo "$*" | grep -o 'nodelist=[^ ]*' >>steps
n=$(wc -l <steps)
if [ -e step-$n ]; then . ./step-$n; fi
code=$(sed -n "${n}p" codes)
if [ "$code" = 0 ] && [ ! -e empty ]; then echo '{"event": "launch"}' >'JOURNAL'/launch-$n.jsonl; fi
exit "$code")sh"));
  }
  void TearDown() override { fs::remove_all(folder_); }

  std::string with_journal(std::string script) const {
    return script.replace(script.find("JOURNAL"), 7, (run_ / "journal").string());
  }
  void put(const std::string& name, const std::string& text) const { std::ofstream(folder_ / name) << text; }
  void fake(const std::string& program, const std::string& body) const {
    fs::create_directories(folder_ / "bin");
    const fs::path path = folder_ / "bin" / program;
    std::ofstream(path) << "#!/bin/bash\ncd " << folder_.string() << "\n" << body << "\n";
    chmod(path.c_str(), 0755);
  }
  std::vector<std::string> lines_of(const std::string& name) const {
    std::vector<std::string> lines;
    std::ifstream file(folder_ / name);
    for (std::string line; std::getline(file, line);) lines.push_back(line);
    return lines;
  }

  // codes: that srun ends with, step by step. Returns the job's own.
  int job(const std::string& codes, const std::string& prologue = ":") const {
    put("codes", codes);
    std::ostringstream script;
    script << prologue << "\nrun=" << run_ << " features='' name=job\ntasks_per_node=2 min_nodes=1 max_requeues=3\n"
           << "mpi=pmix container=()\nprogram=(foldwave run)\n"
           << std::ifstream(std::string(FOLDWAVE_SOURCE) + "/slurm/job.sh").rdbuf();
    put("job.sh", script.str());
    const std::string command = "cd " + folder_.string() + " && PATH=" + folder_.string() +
                                "/bin:$PATH SLURM_JOB_ID=7 SLURM_JOB_NODELIST='n[1-3]' SLURM_JOB_NUM_NODES=3 "
                                "SLURMD_NODENAME=n1 bash job.sh > said 2>&1";
    const int status = std::system(command.c_str());
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }
  std::string said() const {
    std::ostringstream text;
    text << std::ifstream(folder_ / "said").rdbuf();
    return text.str();
  }
  std::string log() const {
    std::ostringstream text;
    text << std::ifstream(run_ / "slurm" / "7.log").rdbuf();
    return text.str();
  }

  const std::string all_ = "nodelist=n1,n2,n3", two_ = "nodelist=n1,n2";
  const fs::path folder_ = fs::temp_directory_path() / ("foldwave-job-" + std::to_string(getpid()));
  const fs::path run_ = folder_ / "the run";
};
using Steps = std::vector<std::string>;

TEST_F(JobScript, DoesNotBelieveASuccessInWhichNoRankHasBegun) {
  put("empty", "");
  EXPECT_NE(job("0\n0\n0\n"), 0);
  EXPECT_EQ(lines_of("steps").size(), 3U);
}

TEST_F(JobScript, EndsWithItsStep) {
  EXPECT_EQ(job("0"), 0) << said();
  EXPECT_EQ(lines_of("steps"), Steps{all_});
}

TEST_F(JobScript, StartsOnAllNodesWhereSlurmDoesNotAnswerOrHidesThem) {
  put("squeue-fails", "");
  put("sinfo-fails", "");
  EXPECT_EQ(job("0"), 0) << said();
  EXPECT_EQ(lines_of("steps"), Steps{all_});
  fs::remove(folder_ / "sinfo-fails");
  put("nodes", "");
  EXPECT_EQ(job("0\n0"), 0) << said();
  EXPECT_EQ(lines_of("steps"), (Steps{all_, all_}));
}

TEST_F(JobScript, EndsForAConfigThatNoNodeCanMend) {
  put("nodes", "n1 allocated\nn2 allocated\nn3 down*\n");
  EXPECT_EQ(job("2"), 2) << said();
  EXPECT_EQ(lines_of("steps"), Steps{two_});
  EXPECT_TRUE(lines_of("requeues").empty());
}

TEST_F(JobScript, IsQueuedAgainAfterAStopThoughSlurmIsBusy) {
  put("refusals", "2");
  EXPECT_EQ(job("75"), 75) << said();
  EXPECT_EQ(lines_of("requeues"), (Steps{"requeue 7", "requeue 7", "requeue 7"}));
}

TEST_F(JobScript, DoesAllThatWhateverThePrologueHasSet) {
  EXPECT_EQ(job("137\n75", "set -euo pipefail; shopt -s nullglob; IFS=,"), 75) << said();
  EXPECT_EQ(lines_of("steps"), (Steps{all_, all_}));
  EXPECT_EQ(lines_of("requeues"), Steps{"requeue 7"});
}

TEST_F(JobScript, GoesOnOnTheNodesThatAreLeft) {
  put("step-1", "printf 'n1 allocated\\nn2 allocated\\nn3 down*\\n' >nodes");
  EXPECT_EQ(job("137\n0"), 0) << said();
  EXPECT_EQ(lines_of("steps"), (Steps{all_, two_}));
}

// SLURM may miss a node minutes late: till then a step on it does not start.
TEST_F(JobScript, WaitsForSlurmToMissANode) {
  put("step-3", "printf 'n1 allocated\\nn2 allocated\\nn3 down*\\n' >nodes");
  EXPECT_EQ(job("137\n1\n1\n0"), 0) << said();
  EXPECT_EQ(lines_of("steps"), (Steps{all_, all_, all_, two_}));
}

TEST_F(JobScript, IsQueuedAgainWhereAStepCannotBeStartedAnyMore) {
  EXPECT_EQ(job("137\n1\n1\n1\n1\n1\n1"), 75) << said();
  EXPECT_EQ(lines_of("steps").size(), 6U);
  EXPECT_EQ(lines_of("requeues"), Steps{"requeue 7"});
}

TEST_F(JobScript, EndsForAnErrorOfFoldwavesOwn) {
  put("step-1", "touch 'the run/journal/1.jsonl'");
  EXPECT_EQ(job("1"), 1) << said();
  put("step-3", "touch -d '+5 seconds' 'the run/journal/2.jsonl'");
  EXPECT_EQ(job("\n137\n1"), 1) << said();
  EXPECT_EQ(lines_of("steps").size(), 3U);
}

TEST_F(JobScript, GoesOnAfterARankThatHungOrThatNcclLost) {
  for (const std::string note : {"silent", "lost-group"}) {
    fs::remove(folder_ / "steps");
    put("step-1", "touch 'the run/journal/" + note + "'");
    EXPECT_EQ(job("1\n0"), 0) << note << said();
    EXPECT_EQ(lines_of("steps").size(), 2U);
    fs::remove(run_ / "journal" / note);
  }
}

// By another node, for this script would be gone with its own.
TEST_F(JobScript, IsQueuedAgainWhereItsOwnNodeIsLost) {
  put("watched", "");
  put("step-1",
      "printf 'n1 down*\\nn2 allocated\\nn3 allocated\\n' >nodes; until [ -s 'the run/slurm/7.log' ]; do :; done");
  fake("sinfo", "case \"$*\" in *%N*) cat nodes ;; *) awk '$1 == \"n1\" {print $2}' nodes ;; esac");
  EXPECT_EQ(job("0"), 0) << said();
  EXPECT_EQ(lines_of("requeues").at(0), "requeue 7");  // perhaps by both that watch
  EXPECT_NE(log().find("n1, the node of the job script itself, is lost: queued again by n3"), std::string::npos)
      << log();
}

// A job that loses its node as it starts, each time: the watch leaves a note before it puts the job back.
TEST_F(JobScript, StartsInVainThatEndedWithTheirNodeAreCounted) {
  const std::string again = "export SLURM_RESTART_COUNT=1; echo n1 >'" + (run_ / "slurm" / "job.lost").string() + "'";
  job("1\n1\n1\n1\n1\n1");
  for (int start = 1; start < 5; ++start) job("1\n1\n1\n1\n1\n1", again);
  EXPECT_NE(said().find("the last 4 starts have brought nothing"), std::string::npos) << said();
  EXPECT_EQ(lines_of("steps").size(), 4U);
}

TEST_F(JobScript, ARankThatIsKilledAgainAndAgainEndsIt) {
  EXPECT_EQ(job("137\n137\n137\n0"), 137) << said();
  EXPECT_EQ(lines_of("steps").size(), 3U);
}

TEST_F(JobScript, ANodeThatComesAndGoesDoesNotKeepItForEver) {
  fake("sinfo", R"sh(echo >>asked; [ $(($(wc -l <asked) % 2)) -eq 1 ] && echo 'n3 mixed' || echo 'n3 mixed*')sh");
  EXPECT_NE(job("1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n0"), 0) << said();
  EXPECT_LE(lines_of("steps").size(), 20U);
}

}  // namespace
}  // namespace foldwave::pipeline
