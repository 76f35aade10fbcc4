#include <algorithm>
#include <limits>

#include "comm/mpi_calls.h"
#include "foldwave/core/errors.h"

namespace foldwave::comm {

Group::Group(std::shared_ptr<State> state) : state_(std::move(state)) {}

int Group::rank() const { return state_->rank; }
int Group::size() const { return state_->size; }

void Group::broadcast(std::string& bytes, int root) const {
  uint64_t length = bytes.size();
  MPI_Request request;
  check(MPI_Ibcast(&length, 1, MPI_UINT64_T, root, state_->comm, &request), "MPI_Ibcast");
  wait(request, "MPI_Ibcast");
  bytes.resize(length);
  constexpr uint64_t kPart = 1U << 30;  // MPI counts in int
  for (uint64_t begin = 0; begin < length; begin += kPart) {
    const int count = static_cast<int>(std::min(kPart, length - begin));
    check(MPI_Ibcast(bytes.data() + begin, count, MPI_CHAR, root, state_->comm, &request), "MPI_Ibcast");
    wait(request, "MPI_Ibcast");
  }
}

std::vector<std::string> Group::gather(const std::string& bytes, int root) const {
  const size_t ranks = rank() == root ? static_cast<size_t>(size()) : 0;
  if (bytes.size() > static_cast<size_t>(std::numeric_limits<int>::max()))
    throw SystemError("gathering more than 2 GiB from one rank");
  const int length = static_cast<int>(bytes.size());
  std::vector<int> lengths(ranks), offsets(ranks);
  MPI_Request request;
  check(MPI_Igather(&length, 1, MPI_INT, lengths.data(), 1, MPI_INT, root, state_->comm, &request), "MPI_Igather");
  wait(request, "MPI_Igather");
  int64_t total = 0;
  for (size_t i = 0; i < ranks; ++i) {
    offsets[i] = static_cast<int>(total);
    total += lengths[i];
  }
  if (total > std::numeric_limits<int>::max()) throw SystemError("gathering more than 2 GiB");
  std::string all(static_cast<size_t>(total), '\0');
  check(MPI_Igatherv(bytes.data(), length, MPI_CHAR, all.data(), lengths.data(), offsets.data(), MPI_CHAR, root,
                     state_->comm, &request),
        "MPI_Igatherv");
  wait(request, "MPI_Igatherv");
  std::vector<std::string> parts;
  for (size_t i = 0; i < ranks; ++i)
    parts.push_back(all.substr(static_cast<size_t>(offsets[i]), static_cast<size_t>(lengths[i])));
  return parts;
}

}  // namespace foldwave::comm
