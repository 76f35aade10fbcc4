// The file system that a folder is on.
#pragma once

#include <filesystem>
#include <string>

namespace foldwave::launch {

struct Disk {
  std::string path;
  std::string kind;     // "ext4", "nfs", "lustre", "tmpfs"; "0x..." where the kernel's number has no name here
  double free_gb = -1;  // for this user; -1: it does not say, or there is no such folder
};
Disk disk_of(const std::filesystem::path& folder);

// Where this node keeps files of its own: SLURM_TMPDIR, TMPDIR, or /tmp, the first that there is.
std::filesystem::path node_scratch();

}  // namespace foldwave::launch
