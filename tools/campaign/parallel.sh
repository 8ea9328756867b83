#!/usr/bin/env bash
# A campaign through GNU parallel: here, or on the machines of a list. Ends as `campaign merge` of
# its shards does, or with 2 where no failure was found and a machine or the command was not there.
#
#   tools/campaign/parallel.sh 8                     8 shards of seeds 1..1000000, one by one
#   HOSTS=FILE tools/campaign/parallel.sh 100 ARGS   on each machine of the file, through ssh
#
# SHARDS, then whatever `snowflk sim campaign run` takes. SNOWFLK is the command to run, the same on
# all machines; OUT a directory that all see; JOBS how many shards a machine runs at once: 1, for a
# shard has a worker for each core. Run it again, and it goes on.
set -u
stop() { echo "parallel.sh: $2" >&2; exit "$1"; }
[[ ${1:-} =~ ^[1-9][0-9]{0,4}$ ]] || stop 1 "usage: parallel.sh SHARDS [ARGS...], of 1 to 99999"
shards=$1; shift
snowflk=${SNOWFLK:-snowflk} out=${OUT:-campaigns}
for each in parallel "$snowflk"; do
  command -v "$each" >/dev/null || stop 2 "there is no command $each"
done
mkdir -p "$out" || exit 2
run=("$snowflk" sim campaign run --out "$out" "$@")
campaign=$("${run[@]}" --shard "0/$shards" --print-directory) || exit # it says what is wrong
jobs=$(mktemp) && trap 'rm -f "$jobs"' EXIT || exit 2
hosts=(--sshlogin :)
[ -z "${HOSTS:-}" ] || hosts=(--sshloginfile "$HOSTS" --workdir "$PWD")
# A shard that is stopped has a minute to save where it stands. What shards end with, merge tells.
seq 0 $((shards - 1)) |
  parallel --quote "${hosts[@]}" --jobs "${JOBS:-1}" --line-buffer --termseq TERM,60000,KILL \
    --joblog "$jobs" "${run[@]}" --shard "{}/$shards" >&2
# Column 2 is the machine, 7 what a job ended with: 255 of ssh, 127 of a shell without the command.
lost=$(awk -F '\t' 'NR > 1 && $7 !~ /^(0|8|42)$/ {print $2 ": " $7}' "$jobs" | sort -u | paste -sd,)
why=2; [[ ! $lost =~ ': 1'(,|$) ]] || why=1
[ -d "$campaign" ] || stop $why "nothing is in $campaign; what machines said: ${lost:-nothing}"
parts=("$campaign"/shard-*-of-"$(printf %05d "$shards")")
"$snowflk" sim campaign merge "${parts[@]}" --into "$out/merged.ndjson"; code=$?
"$snowflk" sim campaign report "${parts[@]}" --into "$out/report.html" >&2
[ -z "$lost" ] || [ $code = 42 ] || stop $why "some shards could not be run: $lost"
exit $code
