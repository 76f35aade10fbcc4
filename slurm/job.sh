# A job: one command of foldwave on all its nodes. The step is started again on what is left when a node was lost; exit code
# 75 (stopped early with everything saved) puts the job back into the queue. slurm/submit writes before this: what is asked
# of SLURM, the user's prologue, the values of the names used here.
# shellcheck shell=bash disable=SC2154
# Whatever the prologue has set. Not -u: bash before 4.4 takes an empty array for an unset name.
set +eu -o pipefail
shopt -u nullglob failglob
IFS=$' \t\n'
export OMP_NUM_THREADS=${SLURM_CPUS_PER_TASK:-1}
unset SLURM_GPUS        # of all nodes together: on those that are left there may be fewer
unset SLURM_EXPORT_ENV  # sbatch --export=NONE would keep the step from all that the prologue has set
if [ -z "$array" ]; then unset SLURM_ARRAY_TASK_ID SLURM_ARRAY_JOB_ID; fi  # those of a job that this was submitted from
# An array's number means all of its tasks.
me=$SLURM_JOB_ID
if [ -n "${SLURM_ARRAY_TASK_ID:-}" ]; then
  me=${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID
  name+=-$SLURM_ARRAY_TASK_ID
fi

say() { echo "job $me (start ${SLURM_RESTART_COUNT:-0}) at $(date -u +%FT%TZ): $*"; }

# ask COMMAND: of SLURM, again where it does not answer. A busy controller is no reason to lose a job.
ask() {
  local try
  for try in 1 2 3 4; do
    if "$@"; then return 0; fi
    [ "$try" -eq 4 ] || sleep 10
  done
  return 1
}

# So that no epoch is begun that would not end in time. Older SLURMs (22.05) do not tell a job its end, or tell that of the job
# that it was submitted from.
if [ "${SLURM_JOB_END_TIME:-0}" -le "$(date +%s)" ]; then
  unset SLURM_JOB_END_TIME
  end=$(SLURM_TIME_FORMAT=%s ask squeue --noheader --jobs="$me" --format=%e)
  if [[ $end =~ ^[0-9]+$ ]]; then export SLURM_JOB_END_TIME=$end; fi
fi

# The job's nodes without those that SLURM knows to be gone, one a line: where it does not answer, or hides its nodes, all of them.
# A star behind the state: the node does not answer.
nodes_left() {
  local list
  list=$(ask squeue --noheader --jobs="$me" --format=%N)
  if [ -z "$list" ]; then list=$SLURM_JOB_NODELIST; fi
  comm -23 <(scontrol show hostnames "$list" | sort -u) \
    <(ask sinfo --all --noheader --Node --nodes="$list" --format='%N %T' |
      awk '$2 ~ /^(down|fail|error|unknown)/ || $2 ~ /\*$/ {print $1}' | sort -u)
}

# Journals of this job: all of the run's, or those of a task's own part.
journals() {
  local all=("$run"/journal/*.jsonl)
  [ -e "${all[0]}" ] || return 0
  if [ -z "${SLURM_ARRAY_TASK_ID:-}" ]; then
    printf '%s\n' "${all[@]}"
  else
    grep -lE "^\{\"event\": ?\"launch\".*\"part\": ?\"$SLURM_ARRAY_TASK_ID-of-" "${all[@]}"
  fi
}

# Checkpoints and shards: all of them, or those of the trials that a task of an array has begun.
checkpoints() {
  if [ -z "${SLURM_ARRAY_TASK_ID:-}" ]; then
    find "$run" ${features:+"$features"} -name 'last-*.safetensors' -o -name 'shard-*.h5'
  else
    journals | xargs -r -d '\n' grep -hoE '"event": ?"started".*' | grep -oE '"trial": ?"[^"]+"' | sort -u |
      sed -E 's/.*"([^"]+)"$/\1/' | while read -r trial; do find "$run/trials/$trial" -name 'last-*.safetensors'; done
  fi 2>/dev/null | sort
}

# A line that changes with every epoch, checkpoint, prediction and shard: what a start of the job has brought.
progress() {
  {
    journals | xargs -r -d '\n' cat 2>/dev/null | grep -E '"event": ?"(epoch|finished|predicted)"'
    checkpoints
  } | cksum
}

note_progress() {  # note_progress STARTS_IN_VAIN LINE
  printf '%s\n%s\n' "$1" "$2" >"$run/slurm/$name.progress.new" && mv "$run/slurm/$name.progress.new" "$run/slurm/$name.progress"
}

# How many starts in a row, this one included, have brought nothing.
starts_in_vain() {
  local before=0 line="" now
  now=$(progress)
  if [ -f "$run/slurm/$name.progress" ]; then { read -r before && read -r line; } <"$run/slurm/$name.progress"; fi
  if [ "$line" = "$now" ]; then before=$((before + 1)); else before=0; fi
  note_progress "$before" "$now" || before=${SLURM_RESTART_COUNT:-0}  # where nothing can be noted, none may go on for ever
  echo "$before"
}

# Files are compared with one of the same file system: this node's clock may be another one's.
mark=$run/slurm/$name.began
written_since_mark() {  # written_since_mark FILE...
  local file
  for file in "$@"; do
    if [ -e "$file" ] && [ ! "$file" -ot "$mark" ]; then return 0; fi
  done
  return 1
}

# The rank that ended the step for another one that was silent, or lost to NCCL, has left a note.
a_rank_hung() { written_since_mark "$run/journal/silent" "$run/journal/lost-group"; }

give_up_in_vain() {
  local vain
  vain=$(starts_in_vain)
  if [ "$vain" -gt "$max_requeues" ]; then
    say "the last $vain starts have brought nothing (slurm.max_requeues = $max_requeues): given up"
    exit 1
  fi
}

queue_again() {
  give_up_in_vain
  say "$1: queued again"
  ask scontrol requeue "$me" || { say "scontrol requeue failed; slurm/submit as before goes on"; exit 75; }
  sleep 60  # SLURM ends this script
  exit 75
}

if [ -n "${FOLDWAVE_STAGED:-}" ]; then program[0]=$FOLDWAVE_STAGED; fi  # slurm/stage_program.sh

# Where this script's own node is lost nobody is left here to see it, and SLURM (--no-kill) keeps the job with nothing in it until its
# time is up. So another node keeps watch, in a step that takes nothing from foldwave's, and puts the job back.
watch_over() {  # watch_over JOB RESTARTS NODE LOG NOTE EVERY_S: all it needs, for it runs by itself
  trap '' USR1 USR2  # those are for foldwave
  local job=$1 restarts=$2 node=$3 log=$4 note=$5 every_s=$6 list gone now told=
  while sleep "$every_s"; do
    list=$(squeue --noheader --jobs="$job" --format=%N)
    if [ -z "$list" ]; then continue; fi
    now=$(scontrol show job "$job" | grep -oE 'Restarts=[0-9]+')
    if [ -n "$now" ] && [ "$now" != "Restarts=$restarts" ]; then return; fi  # this is not the start that it was to watch
    gone=$(sinfo --all --noheader --Node --nodes="$node" --format=%T | grep -cE '^(down|error)')
    if [ "$gone" -gt 0 ] || ! scontrol show hostnames "$list" | grep -qxF "$node"; then
      echo "$node" >"$note"
      # Said before, for who is queued again may be ended before it can say so.
      if [ -z "$told" ]; then
        echo "job $job at $(date -u +%FT%TZ): $node, the node of the job script itself, is lost: queued again by $SLURMD_NODENAME" >>"$log"
      fi
      told=yes
      if scontrol requeue "$job"; then return; fi
    fi
  done
}

# On the first or the last of the other nodes (head or tail), as long as there are any; of a job that has one alone SLURM takes
# care itself. Beside the loop below.
keep_watch() {  # keep_watch END EVERY_S
  local end=$1 every_s=$2 here=$SLURMD_NODENAME node said began failures=0 overlap=()
  unset "${!SLURM_GPU@}" "${!SLURM_MEM@}" SLURM_CPUS_PER_GPU SLURM_NTASKS_PER_GPU SLURM_TRES_PER_TASK  # what foldwave's step is given
  if srun --help 2>/dev/null | grep -q -e --overlap; then overlap=(--overlap); fi  # before 20.11 all steps do
  while [ $failures -lt 20 ]; do
    node=$(nodes_left | grep -vxF "$here" | "$end" -n 1)
    if [ -z "$node" ]; then return; fi
    began=$SECONDS
    if said=$(srun "${overlap[@]}" --mpi=none --job-name=watch --nodes=1 --ntasks=1 --ntasks-per-node=1 --cpus-per-task=1 --gres=none --mem=0 \
      --nodelist="$node" bash -c "$(declare -f watch_over); watch_over \"\$@\"" watch \
      "$me" "${SLURM_RESTART_COUNT:-0}" "$here" "$run/slurm/$me.log" "$lost" "$every_s" 2>&1); then
      return
    fi
    if [ $((SECONDS - began)) -lt "$every_s" ]; then failures=$((failures + 1)); fi
    sleep "$patience_s"
  done
  say "no other node can keep watch over $here: if it is lost, SLURM may keep the job with nothing in it. srun said: $said"
}

# Whether the step that has ended came as far as its journal.
a_launch_began() { written_since_mark "$run"/journal/*.jsonl; }

lost=$run/slurm/$name.lost  # left by the watch before it puts the job back
if [ "${SLURM_RESTART_COUNT:-0}" -eq 0 ]; then  # another submission begins to count anew
  note_progress 0 "$(progress)"
elif [ -e "$lost" ]; then
  say "the start before lost $(cat "$lost"), its first node"
  give_up_in_vain
fi
rm -f "$lost"
patience_s=${FOLDWAVE_LOSS_PATIENCE_S:-30}
# Two watch where there are nodes for them: one may be lost with this one.
if [ "${SLURM_JOB_NUM_NODES:-1}" -gt 1 ]; then keep_watch tail $((2 * patience_s)) </dev/null & fi
if [ "${SLURM_JOB_NUM_NODES:-1}" -gt 2 ]; then keep_watch head $((3 * patience_s)) </dev/null & fi
killed=0 unstarted=0  # steps in a row without progress that a rank was killed in, or lost a node; that did not come to life after one
while true; do
  mapfile -t nodes < <(nodes_left)
  if [ ${#nodes[@]} -lt "$min_nodes" ]; then queue_again "${#nodes[@]} nodes are left, slurm.min_nodes = $min_nodes"; fi
  list=$(IFS=,; echo "${nodes[*]}")
  before=$(progress)
  touch "$mark"
  say "${program[*]} on $list"
  srun --mpi="$mpi" --kill-on-bad-exit=1 --nodes=${#nodes[@]} --nodelist="$list" --ntasks=$((${#nodes[@]} * tasks_per_node)) \
    --ntasks-per-node="$tasks_per_node" --cpus-per-task="${SLURM_CPUS_PER_TASK:-1}" "${container[@]}" "${program[@]}"
  code=$?
  if [ $code -eq 0 ] && ! a_launch_began; then
    say "srun calls it a success, but no rank has begun"
    code=255
  fi
  say "exit code $code"
  # 2: a config or table that no node can do anything about; behind a lost node perhaps its rank, which still holds the run directory.
  if [ $code -eq 0 ] || { [ $code -eq 2 ] && [ $killed -eq 0 ]; }; then exit $code; fi
  if [ $code -eq 75 ]; then queue_again "stopped early with everything saved"; fi
  if [ "$(progress)" != "$before" ]; then killed=0 unstarted=0; fi
  sleep $((patience_s * (1 + unstarted)))  # so that SLURM knows of a node that is gone
  mapfile -t now < <(nodes_left)
  if [ ${#now[@]} -lt ${#nodes[@]} ] && [ $killed -lt 10 ]; then
    killed=$((killed + 1))
    say "lost: $(comm -23 <(printf '%s\n' "${nodes[@]}") <(printf '%s\n' "${now[@]}") | tr '\n' ' ')"
    continue
  fi
  # Behind a step that lost a rank one that does not even begin tells of a node that SLURM does not miss yet (SlurmdTimeout: minutes).
  if [ $killed -gt 0 ] && [ $code -le 128 ] && ! a_launch_began; then
    unstarted=$((unstarted + 1))
    if [ $unstarted -gt 4 ]; then queue_again "the step cannot be started on these nodes any more"; fi
    say "the step did not start; once more"
    continue
  fi
  # Of foldwave's own errors it ends. A rank that was killed by a signal, or hung, is worth two more tries: Open MPI may crash in MPI_Init
  # (4.1.4 under srun, one start in fifty), and the third leaves out a file that crashes its reader.
  if { [ $code -le 128 ] && ! a_rank_hung; } || [ $killed -ge 2 ]; then exit $code; fi
  killed=$((killed + 1))
  say "a rank was killed or hung, see above; once more"
done
