#include "jobs/commands.h"

#include <algorithm>

namespace foldwave::jobs {
namespace {

// The examples share one folder of music and one run, so that they can be pasted one after the other too.
const std::string kMusic = "foldwave-demo-data --out music --tracks 60 --seconds 3\n";
const std::string kTables =
    "--run.dir first --data.train music/train.csv --data.test music/test.csv \\\n    --data.group track --folds.count "
    "2";
const std::string kPrepared = kMusic + "foldwave prepare " + kTables + "\n";
const std::string kTrained = kPrepared + "foldwave train " + kTables + " --grid.backbones mfcc_mlp\n";
const std::string kWholeRun = kMusic + "foldwave run " + kTables + " --grid.backbones mfcc_mlp\n";

const std::vector<std::string> kWhatIsTrained{"run.dir", "run",   "data",  "folds",   "features", "grid",
                                              "augment", "model", "train", "predict", "log"};

std::vector<std::string> with(std::vector<std::string> first, const std::vector<std::string>& then) {
  first.insert(first.end(), then.begin(), then.end());
  return first;
}

std::vector<Command> stages() {
  return {
      {.name = "run",
       .summary = "prepare, train, predict, stack, report; skips what is already done",
       .on_all_ranks = true,
       .run = run_command,
       .reads = with(kWhatIsTrained, {"stack"}),
       .about = "From a folder of music and a table of labels to RUN/ensemble/submission.csv and the report. The same "
                "command goes on after any stop. On more ranks: mpirun -n 8 foldwave run ..., or srun.",
       .example = kWholeRun},
      {.name = "prepare",
       .summary = "audio to feature store",
       .on_all_ranks = true,
       .run = prepare_command,
       .reads = {"run.dir", "run", "data", "features", "folds", "log"},
       .about = "Reads every file of the tables once, trims silence, and writes waveform, mel spectrogram, MFCC and "
                "summaries into HDF5 shards, which the ranks share out among them. Files that cannot be used are "
                "listed in quarantine.csv.",
       .example = kPrepared},
      {.name = "train",
       .summary = "every trial of the grid",
       .on_all_ranks = true,
       .run = train_command,
       .reads = kWhatIsTrained,
       .about =
           "Trains each model with each augmentation on each fold, on as many ranks as there are; goes on where an "
           "earlier launch stopped. The feature store must be there.",
       .example = kTrained},
      {.name = "predict",
       .summary = "test probabilities of every trained trial, or of checkpoints alone",
       .on_all_ranks = true,
       .run = predict_command,
       .reads = with({"predict", "stack.method"}, kWhatIsTrained),
       .about = "Asks every trained trial about the songs of data.test and writes test.h5 beside its checkpoint. With "
                "predict.checkpoints it asks those about songs they have never seen, with nothing else of their run "
                "there, and writes submission.csv and probabilities.csv to RUN/ensemble.",
       .example = kTrained + "foldwave predict --run.dir asked --data.test music/test.csv \\\n"
                             "    --predict.checkpoints 'first/trials/*/seed-*/fold-*/final.safetensors'\n"},
      {.name = "stack",
       .summary = "out-of-fold predictions to meta-model and submission.csv",
       .on_all_ranks = true,
       .run = stack_command,
       .reads = with({"stack"}, kWhatIsTrained),
       .about = "Combines the models' out-of-fold predictions, by logistic regression or an average, and writes "
                "submission.csv, scores.json and the meta-model to RUN/ensemble. With stack.inputs those of other "
                "programs too, or alone.",
       .example =
           kWholeRun + "foldwave stack " + kTables + " \\\n    --grid.backbones mfcc_mlp --stack.method logistic\n"},
  };
}

std::vector<Command> onlookers() {
  return {
      {.name = "plan",
       .summary = "the trials that the config means, and which are done; starts nothing",
       .on_all_ranks = false,
       .run = plan_command,
       .reads = with({"plan"}, kWhatIsTrained),
       .about = "Lists the trials with their state and, once a launch has timed each model in this run directory, how "
                "long what is left will take on so many ranks.",
       .example =
           kMusic + "foldwave plan " + kTables + " \\\n    --grid.backbones mfcc_mlp,resnet18 --grid.lr 0.001,0.01\n"},
      {.name = "status",
       .summary = "what is done, running, pending, failed in a run directory",
       .on_all_ranks = false,
       .run = status_command,
       .reads = {"status", "run.dir", "log"},
       .about = "Reads the journal of a run directory, also while a run is going on. --watch shows it again every two "
                "seconds.",
       .example = kWholeRun + "foldwave status --run.dir first\n"},
      {.name = "report",
       .summary = "report/index.html of a run directory",
       .on_all_ranks = false,
       .run = report_command,
       .reads = {"report", "run.dir", "log"},
       .about = "Writes the report of a run directory, also while a run is going on: one file that loads nothing.",
       .example = kWholeRun + "foldwave report --run.dir first\n"},
      {.name = "explore",
       .summary = "pictures of the music: genres, durations, mel spectrograms",
       .on_all_ranks = true,
       .run = explore_command,
       .reads = {"explore", "run.dir", "data", "features", "log"},
       .about = "Draws how many songs each genre has and, once the feature store is there, durations and mel "
                "spectrograms of chosen tracks, as PNG files in RUN/report.",
       .example = kPrepared + "foldwave explore --run.dir first --explore.per_genre 2\n"},
  };
}

std::vector<Command> instruments() {
  return {
      {.name = "bench",
       .summary = "what this machine does, a JSON object a line",
       .on_all_ranks = true,
       .run = bench_command,
       .reads = {"bench", "model", "train", "features", "data", "run", "stack", "log"},
       .about = "Measures a part of the work here, on made-up data or, for features, the files of the tables.",
       .example = "foldwave bench --bench.what train --model.backbone cnn_small --train.batch 8 --bench.steps 2\n"},
      {.name = "forward",
       .summary = "logits of a backbone for given inputs, to check it against other libraries",
       .on_all_ranks = false,
       .run = forward_command,
       .reads = {"forward", "model", "log"},
       .about = "Reads /x, float32 [n, channels, height, width], from one HDF5 file and writes /logits, float32 "
                "[n, classes], to another.",
       .example = kMusic + "foldwave run " + kTables +
                  " \\\n    --grid.backbones cnn_small --backbone.cnn_small.epochs 1\n"
                  "head -c 262144 /dev/zero > x.bin\n"
                  "h5import x.bin -d 2,1,128,256 -p x -t FP -s 32 -o x.h5\n"
                  "foldwave forward --model.backbone cnn_small --model.classes 6 --input x.h5 --output logits.h5 \\\n"
                  "    --model.weights first/trials/cnn_small+none/seed-1/fold-0/final.safetensors\n"},
  };
}

}  // namespace

const std::vector<Command>& commands() {
  static const std::vector<Command> all = [] {
    std::vector<Command> list = stages();
    for (const auto& more : {onlookers(), instruments()}) list.insert(list.end(), more.begin(), more.end());
    return list;
  }();
  return all;
}

const Command* find_command(const std::string& name) {
  const auto found =
      std::find_if(commands().begin(), commands().end(), [&](const Command& c) { return c.name == name; });
  return found == commands().end() ? nullptr : &*found;
}

}  // namespace foldwave::jobs
