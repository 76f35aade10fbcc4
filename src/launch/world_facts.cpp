#include "foldwave/launch/world_facts.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "foldwave/core/errors.h"
#include "foldwave/core/words.h"

namespace foldwave::launch {

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Disk, path, kind, free_gb)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(RankFacts, host, local_rank, local_size, cores, core_list, node_cores, threads,
                                   memory_gb, gpus_given, gpus, driver, nccl, interface, clock_ahead_s, work_per_s,
                                   scratch, sees_run)

namespace {

// What is too far from the others to be chance.
constexpr double kClocksApart_s = 2, kSlowNode = 0.7, kNearlyFull_gb = 1, kSlowSums_gb_per_s = 0.1;
constexpr size_t kNamesShown = 8;

// A node as its first rank describes it, with the slowest of its ranks.
struct Node {
  RankFacts first;
  double work_per_s = 0;
  std::set<int> cores;         // that any of its ranks may use; empty: not told
  std::set<std::string> gpus;  // what its ranks were given, each way of it once
};

// "0-3,8"
std::set<int> cores_in(const std::string& list) {
  std::set<int> cores;
  std::istringstream words(list);
  for (std::string word; std::getline(words, word, ',');) {
    int first = 0, last = 0;
    const int found = std::sscanf(word.c_str(), "%d-%d", &first, &last);
    for (int core = first; found > 0 && core <= (found == 2 ? last : first); ++core) cores.insert(core);
  }
  return cores;
}

std::vector<Node> nodes_of(const WorldFacts& world) {
  std::vector<Node> nodes;
  std::map<std::string, size_t> known;
  for (const RankFacts& rank : world.rank) {
    const auto [at, fresh] = known.emplace(rank.host, nodes.size());
    if (fresh) nodes.push_back({rank, rank.work_per_s, {}, {}});
    Node& node = nodes[at->second];
    node.cores.merge(cores_in(rank.core_list));
    node.gpus.insert(rank.gpus_given);
    node.work_per_s = std::min(node.work_per_s, rank.work_per_s);
  }
  return nodes;
}

std::string some_of(const std::vector<std::string>& names) {
  if (names.size() <= kNamesShown) return fmt::format("{}", fmt::join(names, ", "));
  return fmt::format("{}, ... {}", fmt::join(names.begin(), names.begin() + kNamesShown - 1, ", "), names.back());
}

std::string words_of(const Disk& disk) {
  return disk.free_gb < 0 ? fmt::format("{} (none)", disk.path)
                          : fmt::format("{} ({}, {:.1f} GB free)", disk.path, disk.kind, disk.free_gb);
}

std::string gpus_of(const RankFacts& node) {
  std::string text;
  if (!node.gpus_given.empty()) text = fmt::format("; CUDA_VISIBLE_DEVICES {}", node.gpus_given);
  if (node.gpus.empty()) return text.empty() ? "" : text + ", no GPU found";
  text += fmt::format("; {} ({}), driver {}", counted(static_cast<int64_t>(node.gpus.size()), "GPU"), node.gpus.front(),
                      node.driver);
  const auto ranks = static_cast<size_t>(node.local_size);
  text += ranks == 1 ? ", its rank takes GPU 0"
                     : fmt::format(", rank 0 of the node takes GPU 0, rank {} GPU {}", ranks - 1,
                                   (ranks - 1) % node.gpus.size());
  return text + fmt::format("; NCCL {}, network interface {}", node.nccl, node.interface);
}

// What nodes have in common that are alike.
std::string line_of(const RankFacts& node) {
  return fmt::format("{} of {}, {} of {} each; {:.0f} GB of memory{}", counted(node.local_size, "rank"),
                     counted(node.threads, "thread"), node.cores, counted(node.node_cores, "core"), node.memory_gb,
                     gpus_of(node));
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values.empty() ? 0 : values[values.size() / 2];
}

std::pair<const RankFacts*, const RankFacts*> clocks(const WorldFacts& world) {
  const auto earlier = [](const RankFacts& a, const RankFacts& b) { return a.clock_ahead_s < b.clock_ahead_s; };
  return {&*std::min_element(world.rank.begin(), world.rank.end(), earlier),
          &*std::max_element(world.rank.begin(), world.rank.end(), earlier)};
}

double clocks_apart_s(const WorldFacts& world) {
  const auto [behind, ahead] = clocks(world);
  return ahead->clock_ahead_s - behind->clock_ahead_s;
}

std::string unlike(const std::vector<Node>& nodes, const std::string& what, const auto& value_of) {
  std::map<std::string, std::vector<std::string>> hosts;
  for (const Node& node : nodes) hosts[fmt::format("{}", value_of(node.first))].push_back(node.first.host);
  if (hosts.size() < 2) return "";
  std::string text;
  for (const auto& [value, names] : hosts)
    text += fmt::format("{}{} on {}", text.empty() ? "" : "; ", value.empty() ? "none" : value, some_of(names));
  return fmt::format("{} differ: {}", what, text);
}

std::string too_few_cores(const Node& node) {
  const RankFacts& first = node.first;
  const auto allowed = node.cores.empty() ? first.node_cores : static_cast<int>(node.cores.size());
  const int wanted = first.local_size * first.threads;
  if (wanted <= std::min(first.node_cores, allowed)) return "";
  return fmt::format("{}: {} ranks of {} keep {} threads busy on {}{}; start fewer ranks, or set train.threads",
                     first.host, first.local_size, counted(first.threads, "thread"), wanted,
                     counted(std::min(first.node_cores, allowed), "core"),
                     allowed < first.node_cores ? ", all that they are bound to" : "");
}

std::string wrong_gpus(const Node& of_node) {
  const RankFacts& node = of_node.first;
  if (node.gpus.empty() && !node.gpus_given.empty() && node.gpus_given != "NoDevFiles")
    return fmt::format("{}: was given GPUs ({}), but CUDA finds none: {}", node.host, node.gpus_given,
                       node.driver.empty() ? "there is no NVIDIA driver, or this foldwave was built without NCCL"
                                           : "driver " + node.driver + " may be too old for this LibTorch");
  if (of_node.gpus.size() > 1) return "";  // each rank was given its own (--gpus-per-task)
  const auto gpus = static_cast<int>(node.gpus.size());
  if (gpus > node.local_size)
    return fmt::format("{}: {} of its {} GPUs are left idle by {}; start one rank a GPU", node.host,
                       gpus - node.local_size, gpus, counted(node.local_size, "rank"));
  if (gpus > 0 && node.local_size > gpus)
    return fmt::format("{}: {} ranks share {}; start one rank a GPU", node.host, node.local_size, counted(gpus, "GPU"));
  return "";
}

std::string slow(const Node& node, double usual) {
  if (node.work_per_s >= kSlowNode * usual) return "";
  return fmt::format("{} computes at {:.0f} % of the speed of the others; is something else running there?",
                     node.first.host, 100 * node.work_per_s / usual);
}

// Somebody forgot srun.
std::string unstarted_tasks(const WorldFacts& world) {
  if (world.rank.size() > 1 || world.job_tasks < 2) return "";
  return fmt::format("the job has {} tasks, but this launch is one rank: start it with srun --mpi=pmix, or mpirun",
                     world.job_tasks);
}

std::string nearly_full(const Disk& disk, const std::string& what) {
  if (disk.free_gb < 0 || disk.free_gb >= kNearlyFull_gb) return "";
  return fmt::format("{} {} is nearly full", what, words_of(disk));
}

}  // namespace

std::string to_text(const RankFacts& facts) { return nlohmann::json(facts).dump(); }

RankFacts rank_facts_from(const std::string& text) { return nlohmann::json::parse(text).get<RankFacts>(); }

std::vector<std::string> describe(const WorldFacts& world) {
  const std::vector<Node> nodes = nodes_of(world);
  std::vector<std::string> lines{fmt::format("world    {} on {}, looked at in {:.1f} s",
                                             counted(static_cast<int64_t>(world.rank.size()), "rank"),
                                             counted(static_cast<int64_t>(nodes.size()), "node"), world.seconds)};
  std::vector<std::pair<std::string, std::vector<std::string>>> kinds;
  for (const Node& node : nodes) {
    const std::string line = line_of(node.first);
    auto kind = std::find_if(kinds.begin(), kinds.end(), [&](const auto& known) { return known.first == line; });
    if (kind == kinds.end()) kind = kinds.insert(kind, {line, {}});
    kind->second.push_back(node.first.host);
  }
  for (const auto& [line, hosts] : kinds) lines.push_back(fmt::format("         {}: {}", some_of(hosts), line));
  std::string line =
      fmt::format("         run directory {}; scratch {}", words_of(world.run), words_of(world.rank[0].scratch));
  if (nodes.size() > 1) line += fmt::format("; clocks within {:.3f} s", clocks_apart_s(world));
  if (world.sum_gb_per_s > 0) line += fmt::format("; sums over all ranks at {:.2f} GB/s", world.sum_gb_per_s);
  lines.push_back(line);
  return lines;
}

std::vector<std::string> warnings(const WorldFacts& world) {
  const std::vector<Node> nodes = nodes_of(world);
  std::vector<double> speeds;
  for (const Node& node : nodes) speeds.push_back(node.work_per_s);
  std::vector<std::string> all{
      unlike(nodes, "ranks a node", [](const RankFacts& n) { return n.local_size; }),
      unlike(nodes, "GPUs a node", [](const RankFacts& n) { return n.gpus.size(); }),
      unlike(nodes, "NVIDIA drivers", [](const RankFacts& n) { return n.driver; }),
      nearly_full(world.run, "the run directory"),
      unstarted_tasks(world),
  };
  for (const Node& node : nodes)
    for (const std::string& warning : {too_few_cores(node), wrong_gpus(node), slow(node, median(speeds)),
                                       nearly_full(node.first.scratch, node.first.host + ": its scratch")})
      all.push_back(warning);
  if (clocks_apart_s(world) > kClocksApart_s) {
    const auto [behind, ahead] = clocks(world);
    all.push_back(fmt::format("the clock of {} is {:.1f} s ahead of that of {}", ahead->host, clocks_apart_s(world),
                              behind->host));
  }
  if (nodes.size() > 1 && world.sum_gb_per_s > 0 && world.sum_gb_per_s < kSlowSums_gb_per_s)
    all.push_back(
        fmt::format("a sum over all ranks makes {:.3f} GB/s: MPI may be using the wrong network", world.sum_gb_per_s));
  std::erase(all, "");
  return all;
}

void require_one_run_directory(const WorldFacts& world) {
  for (const RankFacts& rank : world.rank)
    if (!rank.sees_run)
      throw InputError(
          fmt::format("run.dir '{}' is not the same folder on {} as on {}: it must be on a file system "
                      "that all nodes share",
                      world.run.path, rank.host, world.rank[0].host));
}

std::string environment_json(const LaunchEnvironment& environment, const WorldFacts& world,
                             const std::vector<Library>& libraries) {
  nlohmann::ordered_json json;
  json["command"] = environment.command;
  std::error_code gone;  // as the folder may be that the command was given in
  json["given_in"] = std::filesystem::current_path(gone).string();
  std::vector<std::string> hosts;
  for (const RankFacts& rank : world.rank) hosts.push_back(rank.host);
  json["host_of_rank"] = hosts;
  json["slurm_job_id"] = environment.job_id;
  json["slurm_restart_count"] = environment.restart_count;
  json["processor"] = environment.processor;
  json["run_directory"] = nlohmann::json(world.run);
  json["sum_gb_per_s"] = world.sum_gb_per_s;
  json["warnings"] = warnings(world);
  for (const Library& library : libraries) json["versions"][library.name] = library.version;
  json["ranks"] = nlohmann::json(world.rank);
  return json.dump(2) + "\n";
}

}  // namespace foldwave::launch
