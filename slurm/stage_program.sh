# Puts the program and its libraries on every node's own disk, so that a start on many nodes does not have each of them read
# gigabytes from the shared file system. For the file that slurm.prologue names:
#
#   . /path/of/slurm/stage_program.sh /shared/foldwave.tar [FOLDER]      (FOLDER: of the node's own, default /tmp)
#
# The tar is made once, of what tools/bundle makes and of a LibTorch (without its headers: 0.5 GB for CPUs, 3 GB with CUDA):
#
#   tools/bundle bundle && tar -cf foldwave.tar --exclude=include bundle -C SITE_PACKAGES torch nvidia
#
# Where it cannot be done the job runs the program that it was submitted with, and says so. The folder goes with the job,
# but for jobs that SLURM kills.
# shellcheck shell=bash

stage_program() {
  local tar=$1 folder=${2:-/tmp}/foldwave-$SLURM_JOB_ID started=$SECONDS nodes=$SLURM_JOB_NUM_NODES
  # shellcheck disable=SC2016  # expanded on the node
  local unpack='mkdir -p "$1" && tar -xf "$1.tar" -C "$1"; code=$?; rm -f "$1.tar"; exit $code'
  if sbcast --force "$tar" "$folder.tar" && on_each_node 1800 sh -c "$unpack" sh "$folder" &&
    on_each_node 60 test -x "$folder/bundle/bin/foldwave"; then
    export FOLDWAVE_STAGED=$folder/bundle/bin/foldwave FOLDWAVE_TORCH=$folder
    echo "staged: $(($(stat -c %s "$tar") >> 20)) MiB of $tar in $folder of $nodes nodes, in $((SECONDS - started)) s"
  else
    echo "staged: $tar could not be unpacked in $folder of $nodes nodes; the program is read from where it was submitted"
  fi
  # shellcheck disable=SC2064  # now
  trap "on_each_node 60 rm -rf '$folder'" EXIT
}

# on_each_node SECONDS COMMAND: on those that are left (%D of them), for a step on more would wait for ever.
on_each_node() {
  local limit=$1 nodes
  shift
  nodes=$(squeue --noheader --jobs="$SLURM_JOB_ID" --format=%D)
  timeout "$limit" srun --mpi=none --nodes="${nodes:-$SLURM_JOB_NUM_NODES}" --ntasks="${nodes:-$SLURM_JOB_NUM_NODES}" --ntasks-per-node=1 "$@"
}

stage_program "$@"
