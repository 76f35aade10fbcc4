// A copy of the finished feature store on a node's own disk, so that training does not read it over the network again
// and again.
#pragma once

#include <filesystem>
#include <string>

#include "foldwave/comm/group.h"

namespace foldwave::preparation {

class StagedStore {
 public:
  // Collective over the ranks of one node, which share the copying; what is there already and whole is kept. `where`: a
  // folder, or $NAME of a variable that names one; empty: no copy is made. Where there is no such folder, no room in
  // it, or a copy that does not match its checksums, the store itself is read on, and outcome() says why.
  StagedStore(std::filesystem::path store, const std::string& where, const comm::Group& node);
  // The last rank of the node that uses the copy, of this launch or of another, takes it away.
  ~StagedStore();
  StagedStore(const StagedStore&) = delete;
  StagedStore& operator=(const StagedStore&) = delete;

  const std::filesystem::path& directory() const { return directory_; }  // to read from
  const std::string& outcome() const { return outcome_; }                // the same on all ranks of the node

 private:
  void copy_share(const std::filesystem::path& store, const std::filesystem::path& folder, const comm::Group& node);
  void let_go();

  std::filesystem::path directory_, folder_;
  std::string outcome_;
  int in_use_ = -1;  // the file whose lock says that the copy is used
};

}  // namespace foldwave::preparation
