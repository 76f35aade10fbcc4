#!/usr/bin/env bash
# What bare_root.sh does with a bundle in its new place: every refusal, the demo on two ranks, and a run on two machines.
#   checks.sh [options of foldwave run]
set -euo pipefail
bin=/opt/moved/bin
cd /tmp
rm -rf demo

fail() {
  echo "FAILED: $*" >&2
  exit 1
}

# Passes if the command fails with exit code 2 and one line that holds `words`.
refused() {  # refused WORDS COMMAND...
  local words=$1 code=0
  shift
  "$@" >/dev/null 2>/tmp/complaint || code=$?
  [ "$code" -eq 2 ] || fail "exit code $code of: $* ($(cat /tmp/complaint))"
  [ "$(wc -l </tmp/complaint)" -eq 1 ] || fail "more than one line: $(cat /tmp/complaint)"
  grep -qF -- "$words" /tmp/complaint || fail "'$words' is not in: $(cat /tmp/complaint)"
}

echo "== Refusals"
version=$(sed -n 's/^torch=//p' /opt/moved/bundle.txt)
refused "FOLDWAVE_TORCH is not set; it must name a folder with LibTorch $version" "$bin/foldwave" --help
refused "FOLDWAVE_TORCH is /tmp, which has no libtorch_cpu.so" env FOLDWAVE_TORCH=/tmp "$bin/foldwave" --help
mkdir -p /tmp/other/torch/lib
cat </dev/null >/tmp/other/torch/lib/libtorch_cpu.so
refused "/tmp/other/torch/lib/libtorch_cpu.so: file too short" env FOLDWAVE_TORCH=/tmp/other "$bin/foldwave" --help
echo "__version__ = '1.13.1+cu117'" >/tmp/other/torch/version.py
refused "which is LibTorch 1.13.1; this bundle was built against $version" env FOLDWAVE_TORCH=/tmp/other "$bin/foldwave" --help
# LibTorch of which nothing but half of its libraries is there.
rm -rf /tmp/other && mkdir -p /tmp/other
cat /torch/torch/lib/libtorch_cpu.so >/tmp/other/libtorch_cpu.so
refused "libc10.so" env FOLDWAVE_TORCH=/tmp/other "$bin/foldwave" --help
rm -rf /tmp/other

echo "== Demo"
export FOLDWAVE_TORCH=/torch
"$bin/demo" "$@" >/tmp/demo.log 2>&1 || { cat /tmp/demo.log; fail "the demo"; }
sed -n '/^The run took/,$p' /tmp/demo.log
grep -q 'OOF macro F1' /tmp/demo.log || fail "no table of scores"
[ "$(wc -l </tmp/demo/run-1/ensemble/submission.csv)" -eq 40 ] || fail "the submission has not 39 songs"

echo "== Without mpirun"
settings=(--config /opt/moved/configs/demo.ini --data.root /tmp/demo/music "$@")
"$bin/foldwave" run --run.dir /tmp/demo/run-1 "${settings[@]}" >/tmp/one.log 2>&1 || { cat /tmp/one.log; fail "the run on one rank"; }

# Another machine's ranks are started as ssh would, with nothing of this environment.
echo "== Two machines"
cat >/tmp/agent <<'AGENT'
#!/usr/bin/env bash
echo "$1" >>/tmp/agent.log
shift
cd / && exec env -i PATH=/usr/bin:/bin HOME=/ bash -c "$*"
AGENT

export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 OMP_NUM_THREADS=1
rm -f /tmp/agent.log
"$bin/mpirun" --host "$(cat /proc/sys/kernel/hostname):1,elsewhere:1" -n 2 --bind-to none \
  --mca plm_rsh_agent "bash /tmp/agent" --mca btl_tcp_if_include lo \
  "$bin/foldwave" run --run.dir /tmp/demo/run-2 "${settings[@]}" >/tmp/two.log 2>&1 ||
  { cat /tmp/two.log; fail "the run on two machines"; }
grep -qx elsewhere /tmp/agent.log || fail "no rank was started on the other machine"
grep -q 'OOF macro F1' /tmp/two.log || fail "no table of scores of two machines"
echo "== All well"
