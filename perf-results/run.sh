#!/usr/bin/env bash
# Takes all figures and lays them down in a dated folder beside this script; see README.md. The machine should be quiet.
#
#   perf-results/run.sh [--area AREA]... [options of peregrine bench, e.g. --quick or --seconds 20]
#
# Where areas are named, only they are taken, without the demo. PEERS= leaves the peers out; NAME=x names the folder.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
home=$(dirname "$here")
command="perf-results/run.sh $*"
areas=
options=()
while [ $# -gt 0 ]; do
  case $1 in
    --area) areas="$areas ${2:?--area needs a name}"; shift ;;
    *) options+=("$1") ;;
  esac
  shift
done
demo=false
if [ -z "$areas" ]; then areas="log ring operators topology scaling store cache pipeline nexmark" demo=true; fi
peers=${PEERS---peers}

java=${JAVA_HOME:+$JAVA_HOME/bin/}java
release=$("$java" -XshowSettings:properties -version 2>&1 | sed -n 's/^ *java.specification.version = //p')
folder=$here/${NAME:-$(date +%F)-jdk$release}
work=$(mktemp -d)
child=
# What runs is told to stop, and has stopped, before its files go.
# shellcheck disable=SC2317 # the trap calls it
stop() {
  if [ -n "$child" ]; then kill "$child" 2>/dev/null || true; wait "$child" 2>/dev/null || true; fi
  rm -rf "$work"
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
# In the background, since a shell acts on a signal only when what it waits for by "wait" is interrupted.
run() {
  "$@" &
  child=$!
  local code=0
  wait "$child" || code=$?
  child=
  return $code
}
mkdir -p "$folder"

machine() {
  echo "command: $command"
  echo "areas:$areas; peers: ${peers:-none}"
  echo "commit: $(git -C "$home" rev-parse HEAD)$(git -C "$home" diff --quiet HEAD -- ':!perf-results' || echo ' and uncommitted changes')"
  echo "date: $(date -u +%FT%TZ)"
  echo "processor: $(sed -n 's/^model name[[:space:]]*: //p' /proc/cpuinfo | head -1), $(nproc) cores"
  echo "memory: $(awk '/^MemTotal/ {printf "%.0f GiB", $2 / 1048576}' /proc/meminfo)"
  echo "kernel: $(uname -sr)"
  echo "file system of the data: $(stat -f -c %T "$work")"
  echo "load before: $(cut -d' ' -f1-3 /proc/loadavg)"
  "$java" -version 2>&1
}
machine >"$folder/machine.txt"

failed=0
for area in $areas; do
  # a figure that fails is a row with its error; the rest goes on
  # shellcheck disable=SC2086 # peers may be nothing
  run "$home/peregrine" bench "$area" $peers --json --data-dir "$work" ${options[@]+"${options[@]}"} \
    >"$folder/$area.json" || failed=1
done

# The demo as a user runs it.
if $demo; then
  demo_events=10M rate_events=5M
  case " ${options[*]-} " in *" --quick "*) demo_events=1M rate_events=1M ;; esac
  run "$home/peregrine" demo ads --events $demo_events --data-dir "$work/demo" --json >"$folder/demo-flat-out.json"
  run "$home/peregrine" demo ads --events $rate_events --rate 500k --data-dir "$work/demo-rate" --json \
    >"$folder/demo-500k.json"
fi

for area in $areas; do
  "$java" -cp "$home/bench/target/dist/lib/*" dev.peregrine.bench.report.Plot \
    "$folder/$area.json" "$folder" || failed=1
done

echo "load after: $(cut -d' ' -f1-3 /proc/loadavg)" >>"$folder/machine.txt"
echo "results are in $folder" >&2
exit $failed
