// Groups of ranks for the trials of a plan.
#include <algorithm>
#include <numeric>

#include "foldwave/planning/planning.h"

namespace foldwave::planning {
namespace {

using Ranks = std::vector<int>;

std::vector<Ranks> ranks_of_nodes(const std::vector<int>& node_of) {
  std::vector<Ranks> nodes;
  std::vector<int> names;
  for (size_t rank = 0; rank < node_of.size(); ++rank) {
    const auto node = static_cast<size_t>(std::find(names.begin(), names.end(), node_of[rank]) - names.begin());
    if (node == names.size()) {
      names.push_back(node_of[rank]);
      nodes.emplace_back();
    }
    nodes[node].push_back(static_cast<int>(rank));
  }
  return nodes;
}

// Shares `units` out, at least one each: every further one goes where most work waits per unit.
std::vector<int> share_out(const std::vector<Demand>& trials, int units, int ranks_per_unit) {
  std::vector<int> share(trials.size(), 1);
  for (int left = units - static_cast<int>(trials.size()); left > 0; --left) {
    int neediest = -1;
    double most = 0;
    for (size_t i = 0; i < trials.size(); ++i) {
      const double load = trials[i].cost / share[i];
      if (share[i] * ranks_per_unit >= trials[i].most_ranks || load <= most) continue;
      most = load;
      neediest = static_cast<int>(i);
    }
    if (neediest < 0) break;
    ++share[static_cast<size_t>(neediest)];
  }
  return share;
}

std::vector<int> by_cost(const std::vector<Demand>& trials) {
  std::vector<int> order(trials.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](int a, int b) {
    return trials[static_cast<size_t>(a)].cost > trials[static_cast<size_t>(b)].cost;
  });
  return order;
}

class Arrangement {
 public:
  explicit Arrangement(const std::vector<Demand>& trials) : trials_(trials), group_of_(trials.size()) {}

  // Some trials side by side on one node.
  void share_node(const Ranks& node, const std::vector<int>& members) {
    std::vector<Demand> demands;
    for (const int trial : members) demands.push_back(trials_[static_cast<size_t>(trial)]);
    const std::vector<int> share = share_out(demands, static_cast<int>(node.size()), 1);
    auto next = node.begin();
    for (size_t i = 0; i < members.size(); ++i) {
      group_of_[static_cast<size_t>(members[i])] = Ranks(next, next + share[i]);
      next += share[i];
    }
  }

  // More nodes than trials: whole ones. The ranks of a node that a trial cannot use stay idle.
  void share_nodes(const std::vector<Ranks>& nodes) {
    const auto smallest = std::min_element(nodes.begin(), nodes.end(),
                                           [](const Ranks& a, const Ranks& b) { return a.size() < b.size(); });
    const std::vector<int> share =
        share_out(trials_, static_cast<int>(nodes.size()), static_cast<int>(smallest->size()));
    size_t node = 0;
    for (size_t trial = 0; trial < trials_.size(); ++trial) {
      Ranks& group = group_of_[trial];
      for (int i = 0; i < share[trial]; ++i, ++node) group.insert(group.end(), nodes[node].begin(), nodes[node].end());
      group.resize(std::min(group.size(), static_cast<size_t>(std::max(1, trials_[trial].most_ranks))));
    }
  }

  // Fewer nodes than trials: the biggest first, each to the node where least waits per rank, that has a rank left.
  void share_ranks(const std::vector<Ranks>& nodes) {
    std::vector<std::vector<int>> members(nodes.size());
    std::vector<double> load(nodes.size());
    for (const int trial : by_cost(trials_)) {
      size_t best = nodes.size();
      for (size_t node = 0; node < nodes.size(); ++node)
        if (members[node].size() < nodes[node].size() && (best == nodes.size() || load[node] < load[best])) best = node;
      members[best].push_back(trial);
      load[best] += trials_[static_cast<size_t>(trial)].cost / static_cast<double>(nodes[best].size());
    }
    for (size_t node = 0; node < nodes.size(); ++node) share_node(nodes[node], members[node]);
  }

  Layout layout() const {
    Layout layout;
    layout.groups = group_of_;
    std::sort(layout.groups.begin(), layout.groups.end());
    for (const Ranks& group : group_of_) layout.ranks_of.push_back(static_cast<int>(group.size()));
    return layout;
  }

 private:
  const std::vector<Demand>& trials_;
  std::vector<Ranks> group_of_;  // [trials]
};

Layout equal_groups(size_t trials, int world_size, int size) {
  Layout layout;
  for (int first = 0; first + size <= world_size; first += size) {
    layout.groups.emplace_back(static_cast<size_t>(size));
    std::iota(layout.groups.back().begin(), layout.groups.back().end(), first);
  }
  layout.ranks_of.assign(trials, size);
  return layout;
}

}  // namespace

Layout lay_out(const std::vector<Demand>& trials, const std::vector<int>& node_of, int ranks_per_trial) {
  const auto world_size = static_cast<int>(node_of.size());
  if (ranks_per_trial > 0) return equal_groups(trials.size(), world_size, std::min(ranks_per_trial, world_size));
  if (trials.size() >= node_of.size()) return equal_groups(trials.size(), world_size, 1);
  const std::vector<Ranks> nodes = ranks_of_nodes(node_of);
  Arrangement arrangement(trials);
  if (trials.size() < nodes.size())
    arrangement.share_nodes(nodes);
  else
    arrangement.share_ranks(nodes);
  return arrangement.layout();
}

bool may_have(const Layout& layout, int trial, int group) {
  return static_cast<int>(layout.groups[static_cast<size_t>(group)].size()) ==
         layout.ranks_of[static_cast<size_t>(trial)];
}

}  // namespace foldwave::planning
