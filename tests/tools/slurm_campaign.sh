#!/usr/bin/env bash
# tools/campaign/slurm.sbatch under a real Slurm: munged, slurmctld and slurmd of this machine, on
# ports of their own, in a directory of their own, ended by their process ids.
#
# usage: slurm_campaign.sh SNOWFLK       the command to run; as root, as slurmd must run
#
# An array of four shards, of which one is told that its time is over and one is requeued while it
# runs: both go on, and in the end the results are those of a campaign that Slurm had no hand in. An
# array that finds failures ends with 42 and is not run again.
# Exit: 0 so it is, 1 it is not, 77 there is no Slurm here, or this is not root.
set -u
snowflk=$(readlink -f "${1:?usage: slurm_campaign.sh SNOWFLK}")
top=$(cd "$(dirname "$(readlink -f "$0")")/../.." && pwd)
[ "$(id -u)" = 0 ] || { echo "not root" >&2; exit 77; }
for needed in munged slurmctld slurmd sbatch; do
  PATH=$PATH:/usr/sbin command -v "$needed" >/dev/null || { echo "no $needed here" >&2; exit 77; }
done
PATH=$PATH:/usr/sbin
work=$(mktemp -d /tmp/snowflk-slurm-XXXXXX)
chmod 755 "$work"
daemons=()

end() {
  local i
  for ((i = ${#daemons[@]} - 1; i >= 0; i--)); do
    kill "${daemons[i]}" 2>/dev/null
    wait "${daemons[i]}" 2>/dev/null
  done
  rm -rf "$work"
}
trap end EXIT

fail() {
  echo "slurm_campaign: $*" >&2
  tail -n 20 "$work"/*.log "$work"/jobs/* >&2 2>/dev/null
  exit 1
}

# wait_for SECONDS COMMAND...: until it succeeds.
wait_for() {
  local until=$((SECONDS + $1))
  shift
  until "$@" >/dev/null 2>&1; do
    [ "$SECONDS" -lt "$until" ] || return 1
    sleep 0.2
  done
}

start_slurm() {
  local host port
  host=$(hostname -s)
  port=$((20000 + $$ % 20000))
  mkdir "$work/state" "$work/spool" "$work/jobs"
  head -c 1024 /dev/urandom >"$work/munge.key"
  chmod 400 "$work/munge.key"
  munged --foreground --force --key-file "$work/munge.key" --socket "$work/munge.socket" \
    --pid-file "$work/munge.pid" --seed-file "$work/munge.seed" --log-file "$work/munge.log" \
    >"$work/munge.out" 2>&1 &
  daemons+=($!)
  cat >"$work/slurm.conf" <<CONF
ClusterName=try
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$port
SlurmdPort=$((port + 1))
AuthType=auth/munge
AuthInfo=socket=$work/munge.socket
CredType=cred/munge
SlurmUser=$(id -un)
SlurmdUser=$(id -un)
StateSaveLocation=$work/state
SlurmdSpoolDir=$work/spool
SlurmctldPidFile=$work/slurmctld.pid
SlurmdPidFile=$work/slurmd.pid
SlurmctldLogFile=$work/slurmctld.log
SlurmdLogFile=$work/slurmd.log
ProctrackType=proctrack/pgid
TaskPlugin=task/none
SwitchType=switch/none
MpiDefault=none
ReturnToService=2
SchedulerType=sched/builtin
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
KillWait=5
JobRequeue=1
NodeName=$host NodeAddr=127.0.0.1 CPUs=$(nproc) State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE OverSubscribe=NO State=UP
CONF
  export SLURM_CONF=$work/slurm.conf
  wait_for 20 test -S "$work/munge.socket" || fail "munged does not come up"
  slurmctld -D -f "$SLURM_CONF" >"$work/slurmctld.out" 2>&1 &
  daemons+=($!)
  slurmd -D -f "$SLURM_CONF" >"$work/slurmd.out" 2>&1 &
  daemons+=($!)
  wait_for 60 sh -c 'sinfo --noheader --format=%T | grep -q idle' || fail "no node becomes idle"
}

# What `scontrol show job` says of member $2 of task $1 of the array: JobState, ExitCode, Restarts.
member() {  # member TASK NAME
  scontrol --oneliner show job "${array}_$1" | tr ' ' '\n' | sed -n "s/^$2=//p"
}

running() {  # running TASK CAMPAIGN
  [ "$(member "$1" JobState)" = RUNNING ] && [ -s "$2/shard-0000$1-of-00004/results.ndjson" ]
}

# Slurm lets two minutes pass before a task that was requeued may start: they are not waited for.
ended() {  # ended TASK
  case $(member "$1" JobState) in
    COMPLETED|FAILED) return 0 ;;
    PENDING)
      [ "$(member "$1" Reason)" != BeginTime ] ||
        scontrol update "JobId=${array}_$1" StartTime=now
      ;;
  esac
  return 1
}

submit() {  # submit ARGS of sbatch and of the script...
  array=$(sbatch --parsable --cpus-per-task=1 --array=0-3 --chdir="$work" \
    --output="$work/jobs/%A_%a.log" "$@") || fail "sbatch refuses"
}

timeless() { sed -E 's/"(wall_ns|begun_s)":[0-9]+/"\1":0/g' "$1"; }

start_slurm
export SNOWFLK=$snowflk OUT=$work/slurm

campaign=(--mode lite --count 16000 --name try)
submit "$top/tools/campaign/slurm.sbatch" "${campaign[@]}"
wait_for 60 running 0 "$OUT/try" || fail "task 0 does not run"
# scancel tries again for minutes when the task is gone, which is what it is to bring about.
timeout 5 scancel --batch --signal=TERM "${array}_0"
wait_for 60 test -e "$OUT/try/shard-00000-of-00004/state.json" || fail "task 0 saves nothing"
wait_for 60 running 1 "$OUT/try" || fail "task 1 does not run"
scontrol requeue "${array}_1" || fail "task 1 cannot be requeued"
for task in 0 1 2 3; do
  wait_for 240 ended "$task" || fail "task $task does not end"
  [ "$(member "$task" ExitCode)" = 0:0 ] || fail "task $task: $(member "$task" ExitCode)"
done
[ "$(member 0 Restarts)" = 1 ] || fail "task 0 was started again $(member 0 Restarts) times"
[ "$(member 1 Restarts)" = 1 ] || fail "task 1 was started again $(member 1 Restarts) times"

for task in 0 1 2 3; do
  "$snowflk" sim campaign run "${campaign[@]}" --shard "$task/4" --out "$work/here" >/dev/null ||
    fail "shard $task without Slurm"
  results=try/shard-0000$task-of-00004/results.ndjson
  [ "$(timeless "$OUT/$results")" = "$(timeless "$work/here/$results")" ] ||
    fail "shard $task differs from one without Slurm"
done

cat >"$work/sometimes.json" <<'JSON'
{"story": "Node 1 leads.", "nodes": 3,
 "script": [{"until": "leader", "as": "a"}], "expect": {"leader": 1}}
JSON
submit "$top/tools/campaign/slurm.sbatch" "$work/sometimes.json" --count 40 --name fails
for task in 0 1 2 3; do
  wait_for 60 ended "$task" || fail "task $task does not end"
  [ "$(member "$task" ExitCode) $(member "$task" Restarts)" = "42:0 0" ] ||
    fail "task $task: $(member "$task" ExitCode), $(member "$task" Restarts) restarts"
done
"$snowflk" sim campaign merge "$OUT" --into "$work/merged.ndjson"
[ $? = 42 ] || fail "merged, it is no 42"
echo "slurm_campaign: holds"
