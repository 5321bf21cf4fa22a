#!/bin/sh
# A step of a pipeline: does the branch need more memory than main? Both are run several times by turns, because two runs of the
# same program differ too. Ends with 0 (no regression is seen), 1 (the branch surely holds more than LIMIT more) or 3 (nothing could be
# compared: a program was not seen). Few runs of what wanders show only great differences: the verdict says where it can't be told.
#
#   NAME=shop-server LIMIT=5% ci-memory-test.sh "./main/shop-server --bench" "./branch/shop-server --bench"
set -eu

main=${1:?the command of main}
branch=${2:?the command of the branch}
name=${NAME:?the name of the process, as psstop lists it}
limit=${LIMIT:-5%}
runs=${RUNS:-3}
seconds=${SECONDS_EACH:-60}
kept=${KEEP:-memory}

mkdir -p "$kept/main" "$kept/branch"

# measure COMMAND FILE: records the command while it runs; it is ended when its time is over.
measure() {
  sh -c "exec $1" >/dev/null 2>&1 &
  pid=$!
  psstop record --name "$name" --interval "${INTERVAL:-1s}" --for "${seconds}s" --output "$2"
  kill "$pid" 2>/dev/null || echo "$1 ended before its time was over" >&2
  wait "$pid" 2>/dev/null || true
}

run=1
while [ "$run" -le "$runs" ]; do
  measure "$main" "$kept/main/$run.ndjson.gz"
  measure "$branch" "$kept/branch/$run.ndjson.gz"
  run=$((run + 1))
done

psstop compare "$kept/main" "$kept/branch" --name "$name" --fail-over "$limit"
