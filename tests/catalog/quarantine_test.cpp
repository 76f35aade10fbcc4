#include "foldwave/catalog/quarantine.h"

#include <gtest/gtest.h>

#include "tables.h"

namespace foldwave::catalog {
namespace {

using QuarantineTable = Tables;

TEST_F(QuarantineTable, NamesSongFileAndReasonInTrackOrder) {
  const Catalog catalog = catalog_of({0, 1, 0}, 2);
  write_quarantine(folder / "quarantine.csv", catalog, {{2, "no such file"}, {0, "empty, 0 bytes"}});
  EXPECT_EQ(read_file(folder / "quarantine.csv"),
            "song_id,filepath,reason\ns0,s0.ogg,\"empty, 0 bytes\"\ns2,s2.ogg,no such file\n");
}

}  // namespace
}  // namespace foldwave::catalog
