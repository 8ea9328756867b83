#!/usr/bin/env bash
# A campaign through GNU parallel: here, or on the machines of a list. Ends as `campaign merge`.
#
#   tools/campaign/parallel.sh 8                     8 shards of seeds 1..1000000, one by one
#   HOSTS=FILE tools/campaign/parallel.sh 100 ARGS   on each machine of the file, through ssh
#
# SHARDS, then whatever `snowflk sim campaign run` takes. SNOWFLK is the command to run, the same on
# all machines; OUT a directory that all see; JOBS how many shards a machine runs at once: 1, for a
# shard has a worker for each core. Run it again, and it goes on.
set -u
shards=${1:?usage: parallel.sh SHARDS [ARGS...]}
shift
snowflk=${SNOWFLK:-snowflk}
out=${OUT:-campaigns}

mkdir -p "$out" || exit 2
hosts=(--sshlogin :)
[ -z "${HOSTS:-}" ] || hosts=(--sshloginfile "$HOSTS" --workdir "$PWD")

# A shard that is stopped has a minute to save where it stands. What shards end with, merge tells.
seq 0 $((shards - 1)) |
  parallel --quote "${hosts[@]}" --jobs "${JOBS:-1}" --line-buffer --termseq TERM,60000,KILL \
    "$snowflk" sim campaign run --shard "{}/$shards" --out "$out" "$@" >&2

"$snowflk" sim campaign merge "$out" --into "$out/merged.ndjson"
code=$?
"$snowflk" sim campaign report "$out" >&2
exit "$code"
