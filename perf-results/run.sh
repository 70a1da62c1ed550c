#!/usr/bin/env bash
# Takes all figures and lays them down in a dated folder beside this script; see README.md. The machine should be quiet.
#
#   perf-results/run.sh [options of peregrine bench, e.g. --quick or --seconds 20]
#
# AREAS="log ring" takes only some; PEERS= leaves the peers out; NAME=x names the folder.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
home=$(dirname "$here")
areas=${AREAS:-log ring topology store cache pipeline}
peers=${PEERS---peers}

java=${JAVA_HOME:+$JAVA_HOME/bin/}java
release=$("$java" -XshowSettings:properties -version 2>&1 | sed -n 's/^ *java.specification.version = //p')
folder=$here/${NAME:-$(date +%F)-jdk$release}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$folder"

machine() {
  echo "command: perf-results/run.sh $*"
  echo "areas: $areas; peers: ${peers:-none}"
  echo "commit: $(git -C "$home" rev-parse HEAD)$(git -C "$home" diff --quiet HEAD -- ':!perf-results' || echo ' and uncommitted changes')"
  echo "date: $(date -u +%FT%TZ)"
  echo "processor: $(sed -n 's/^model name[[:space:]]*: //p' /proc/cpuinfo | head -1), $(nproc) cores"
  echo "memory: $(awk '/^MemTotal/ {printf "%.0f GiB", $2 / 1048576}' /proc/meminfo)"
  echo "kernel: $(uname -sr)"
  echo "file system of the data: $(stat -f -c %T "$work")"
  echo "load before: $(cut -d' ' -f1-3 /proc/loadavg)"
  "$java" -version 2>&1
}
machine "$@" >"$folder/machine.txt"

failed=0
for area in $areas; do
  # a figure that fails is a row with its error; the rest goes on
  # shellcheck disable=SC2086 # peers may be nothing
  "$home/peregrine" bench "$area" $peers --json --data-dir "$work" "$@" >"$folder/$area.json" || failed=1
done

# The demo as a user runs it.
demo_events=10M rate_events=5M
case " $* " in *" --quick "*) demo_events=1M rate_events=1M ;; esac
"$home/peregrine" demo ads --events $demo_events --data-dir "$work/demo" --json >"$folder/demo-flat-out.json"
"$home/peregrine" demo ads --events $rate_events --rate 500k --data-dir "$work/demo-rate" --json \
  >"$folder/demo-500k.json"

for area in $areas; do
  "$java" -cp "$home/bench/target/dist/lib/*" dev.peregrine.bench.report.Plot \
    "$folder/$area.json" "$folder/$area.png" || failed=1
done

echo "load after: $(cut -d' ' -f1-3 /proc/loadavg)" >>"$folder/machine.txt"
echo "results are in $folder" >&2
exit $failed
