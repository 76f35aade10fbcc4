#include "foldwave/launch/disk.h"

#include <sys/statfs.h>

#include <algorithm>
#include <cstdio>
#include <iterator>

#include "foldwave/core/host.h"

namespace foldwave::launch {
namespace {

// statfs(2), and the sources of Lustre, GPFS, BeeGFS and FUSE.
constexpr struct {
  unsigned kind;
  const char* name;
} kinds[] = {{0xEF53, "ext4"},        {0x58465342, "xfs"},  {0x9123683E, "btrfs"},  {0x2FC12FC1, "zfs"},
             {0x01021994, "tmpfs"},   {0x6969, "nfs"},      {0x0BD00BD0, "lustre"}, {0x47504653, "gpfs"},
             {0x19830326, "beegfs"},  {0xFF534D42, "cifs"}, {0xFE534D42, "smb2"},   {0x00C36400, "ceph"},
             {0x794C7630, "overlay"}, {0x65735546, "fuse"}, {0x01021997, "9p"},     {0x73717368, "squashfs"},
             {0xAAD7AAEA, "panfs"},   {0x5346414F, "afs"},  {0x7461636F, "ocfs2"},  {0x01161970, "gfs2"}};

std::string kind_of(unsigned number) {
  const auto* known = std::find_if(std::begin(kinds), std::end(kinds), [&](const auto& k) { return k.kind == number; });
  if (known != std::end(kinds)) return known->name;
  char text[16];
  std::snprintf(text, sizeof text, "0x%X", number);
  return text;
}

}  // namespace

Disk disk_of(const std::filesystem::path& folder) {
  struct statfs found {};
  if (::statfs(folder.c_str(), &found) != 0) return {folder.string(), "", -1};
  return {folder.string(), kind_of(static_cast<unsigned>(found.f_type)),
          static_cast<double>(found.f_bavail) * static_cast<double>(found.f_bsize) / 1e9};
}

std::filesystem::path node_scratch() {
  for (const char* name : {"SLURM_TMPDIR", "TMPDIR"}) {
    const std::string folder = environment_variable(name);
    std::error_code error;
    if (std::filesystem::is_directory(folder, error)) return folder;
  }
  return "/tmp";
}

}  // namespace foldwave::launch
