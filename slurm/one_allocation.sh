# One allocation for everything. The step is started again on what is left when a node was lost; exit code 75 (stopped early
# with everything saved) puts the job back into the queue.
set -uo pipefail
cd "$submitted_from" || exit 1
# shellcheck disable=SC1090  # the user's
if [ -n "$prologue" ]; then . "$prologue"; fi
export OMP_NUM_THREADS=${SLURM_CPUS_PER_TASK:-1}

say() { echo "job ${SLURM_JOB_ID} (start ${SLURM_RESTART_COUNT:-0}) at $(date -u +%FT%TZ): $*"; }

# Those of the job that answer, one a line. A star behind the state: it does not.
nodes_left() {
  sinfo --noheader --Node --nodes="$(squeue --noheader --jobs="$SLURM_JOB_ID" --format=%N)" --format='%N %T' | sort -u |
    awk '$2 !~ /^(down|fail|error|unknown)/ && $2 !~ /\*$/ {print $1}'
}

# A line that changes with every epoch, checkpoint, prediction and shard: what a start of the job has brought.
progress() {
  {
    cat "$run"/journal/*.jsonl 2>/dev/null | grep -E '"event": ?"(epoch|finished|predicted|paused)"'
    find "$run" -name 'last-*.safetensors' -o -name 'shard-*.h5' 2>/dev/null | sort
  } | cksum
}

# How many starts in a row, this one included, have brought nothing.
starts_in_vain() {
  local before=0 line="" now
  now=$(progress)
  if [ -f "$run/slurm/progress" ]; then { read -r before && read -r line; } <"$run/slurm/progress"; fi
  if [ "$line" = "$now" ]; then before=$((before + 1)); else before=0; fi
  printf '%s\n%s\n' "$before" "$now" >"$run/slurm/progress.new" && mv "$run/slurm/progress.new" "$run/slurm/progress"
  echo "$before"
}

queue_again() {
  local vain
  vain=$(starts_in_vain)
  if [ "$vain" -gt "$max_requeues" ]; then
    say "the last $vain starts have brought nothing (slurm.max_requeues = $max_requeues): given up"
    exit 1
  fi
  say "$1: queued again"
  scontrol requeue "$SLURM_JOB_ID" || { say "scontrol requeue failed; sbatch $run/slurm/job.sh goes on"; exit 75; }
  sleep 60  # SLURM ends this script
  exit 75
}

while true; do
  mapfile -t nodes < <(nodes_left)
  if [ ${#nodes[@]} -lt "$min_nodes" ]; then queue_again "${#nodes[@]} nodes are left, slurm.min_nodes = $min_nodes"; fi
  list=$(IFS=,; echo "${nodes[*]}")
  say "${program[*]} on $list"
  srun --mpi=pmix --kill-on-bad-exit=1 --nodes=${#nodes[@]} --nodelist="$list" --ntasks=$((${#nodes[@]} * tasks_per_node)) \
    --ntasks-per-node="$tasks_per_node" --cpus-per-task="${SLURM_CPUS_PER_TASK:-1}" "${container[@]}" "${program[@]}"
  code=$?
  say "exit code $code"
  if [ $code -eq 0 ]; then exit 0; fi
  if [ $code -eq 75 ]; then queue_again "stopped early with everything saved"; fi
  sleep "${FOLDWAVE_LOSS_PATIENCE_S:-30}"  # so that SLURM knows of a node that is gone
  mapfile -t now < <(nodes_left)
  if [ ${#now[@]} -ge ${#nodes[@]} ]; then exit $code; fi  # no node was lost: the error is foldwave's own
  say "lost: $(comm -23 <(printf '%s\n' "${nodes[@]}") <(printf '%s\n' "${now[@]}") | tr '\n' ' ')"
done
