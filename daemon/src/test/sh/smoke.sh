#!/usr/bin/env bash
# Starts the launcher as a user would, with the JDK of JAVA_HOME, and looks at what it counts, prints and leaves behind:
# demo, export, resume, kill -9, bad input, then the daemon with redis-cli and curl. Ends within about a minute.
set -euo pipefail
home=$(cd "$(dirname "$0")/../../../.." && pwd)
work=$(mktemp -d)
# A user whose home, temporary and current directories are all empty: whatever is written outside shows.
mkdir "$work/home" "$work/tmp" "$work/run"
peregrine() { HOME=$work/home TMPDIR=$work/tmp PEREGRINE_JAVA_OPTS="-Duser.home=$work/home -Djava.io.tmpdir=$work/tmp" "$home/peregrine" "$@"; }
daemon= hung=
trap '[ -z "$daemon$hung" ] || kill -9 $daemon $hung 2>/dev/null || true; rm -rf "$work"' EXIT
cd "$work/run"

say() { echo "  $*"; }
fail() { echo "FAILED: $*" >&2; tail -n 20 "$work"/*.err >&2 || true; exit 1; }

# What is right, counted by awk from the shipped files: awk's own order and sums, nothing of the engine's.
data=$home/apps/src/main/resources/dev/peregrine/apps/ads/data
recount() {
  for file in bts-men bts-women random-men random-women; do
    awk -F, -v kind="${file#*-}" 'NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i; next }
      { time = $column["timestamp"]; if (time !~ /\./) sub(/\+/, ".000000+", time)
        print time "," kind "/" $column["item_id"] "," $column["click"] + 0 }' "$data/$file.csv"
  done | LC_ALL=C sort -s -t, -k1,1 | awk -F, -v events="$1" '
      { ad[NR] = $2; click[NR] = $3 }
      END { for (i = 0; i < events; i++) { row = i % NR + 1; n[ad[row]]++; c[ad[row]] += click[row] }
        for (a in n) printf "%s,%d,%d,%d\n", a, n[a], c[a] + 0, n[a] * 1000 + c[a] * 250000 }' | LC_ALL=C sort
}
equals_recount() {
  [ "$(head -1 "$1")" = ad,impressions,clicks,spend_micros ] || fail "$1 has another first line"
  diff <(recount "$2") <(tail -n +2 "$1" | LC_ALL=C sort) >"$work/diff.err" || fail "$1 is not what awk counts"
}
json() { grep -q "\"$2\" : $3\(,\|$\)" "$1" || fail "$1: $2 is not $3"; }

# The first use may build; everything after it must be silent.
"$home/peregrine" --version >"$work/version.out" 2>"$work/build.err" || fail "--version"
say "$(cat "$work/version.out")"
peregrine --help >"$work/help.out" 2>"$work/help.err" || fail "--help"
grep -q '^  demo ' "$work/help.out" || fail "--help does not name the demo"
[ ! -s "$work/help.err" ] || fail "--help says something on stderr"

say "demo, export and resume"
peregrine demo --events 100k --data-dir state --json --export one.csv >"$work/one.json" 2>"$work/one.err" || fail "demo"
json "$work/one.json" events 100000
json "$work/one.json" resumedFrom 0
equals_recount one.csv 100000
peregrine demo --no-warm-up --events 150k --data-dir state --json --export two.csv --threads 2 >"$work/two.json" 2>"$work/two.err" \
  || fail "demo, resumed"
json "$work/two.json" events 150000
json "$work/two.json" resumedFrom 100000
equals_recount two.csv 150000

say "demo, killed with kill -9"
for seconds in 1.2 1.8 2.4; do
  HOME=$work/home TMPDIR=$work/tmp "$home/peregrine" demo --no-warm-up --events 600k --rate 300k --data-dir killed >/dev/null 2>"$work/killed.err" &
  pid=$!
  sleep "$seconds"
  kill -9 $pid 2>/dev/null || true
  wait $pid 2>/dev/null || true
done
peregrine demo --no-warm-up --events 600k --data-dir killed --json --export killed.csv >"$work/last.json" 2>"$work/last.err" \
  || fail "demo, after kill -9"
json "$work/last.json" events 600000
equals_recount killed.csv 600000

say "demo, ended by Ctrl-C"
peregrine_pid() { HOME=$work/home TMPDIR=$work/tmp exec "$home/peregrine" "$@"; }
# bash lets its background children ignore SIGINT, so the JVM would too; SIGTERM takes the same way
peregrine_pid demo --no-warm-up --events 100M --rate 1k --data-dir state2 >/dev/null 2>"$work/int.err" &
pid=$!
for _ in $(seq 100); do grep -q events/s "$work/int.err" 2>/dev/null && break; grep -q '%' "$work/int.err" && break; sleep 0.1; done
kill -TERM $pid
code=0
wait $pid || code=$?
[ $code = 143 ] || fail "SIGTERM ended the demo with exit code $code"
grep -q "the same command goes on" "$work/int.err" || fail "the demo says nothing about resuming"

say "what is refused, with one line and an exit code"
refused() { # expected code, words of the line, arguments
  local code=0 want=$1 words=$2
  shift 2
  peregrine "$@" >"$work/bad.out" 2>"$work/bad.err" || code=$?
  [ $code = "$want" ] || fail "$*: exit code $code instead of $want"
  [ ! -s "$work/bad.out" ] || fail "$*: an error on stdout"
  [ "$(grep -c '^peregrine: ' "$work/bad.err")" = 1 ] || fail "$*: not one line"
  grep -q -- "$words" "$work/bad.err" || fail "$*: says nothing of '$words'"
  if grep -q '^[[:space:]]at ' "$work/bad.err"; then fail "$*: a stack trace"; fi
}
mkdir notours && touch notours/file
refused 1 "holds none of" demo --no-warm-up --input notours --data-dir none
refused 1 "cannot write to data directory" demo --no-warm-up --data-dir notours/file/d
refused 1 "is no file that can be written" demo --export notours --data-dir none
refused 2 "no whole number" demo --events many
refused 2 "above zero" demo --rate 0
refused 2 "Unknown option" demo --evnts 5
refused 2 "CONFIG" run
refused 1 "does not exist" run missing.conf
cp -r state corrupt
printf 'garbage' | dd of=corrupt/streams/impressions/partition-0/00000000000000000000.seg bs=1 seek=50000 conv=notrunc 2>/dev/null
refused 1 "position" demo --no-warm-up --events 200k --data-dir corrupt
printf 'peregrine {\n  data-dir = d\n  table.a {}\n}\n' >bad.conf
refused 1 "bad.conf: 3.*tables" run bad.conf
if [ "$(id -u)" = 0 ] && mkdir full && mount -t tmpfs -o size=24m none full 2>/dev/null; then
  refused 1 "full\|space" demo --events 2M --data-dir full/d
  umount full
else
  say "  (the full disk is left out: no right to mount one)"
fi

say "daemon"
http=$((20000 + $$ % 20000))
resp=$((http + 1))
sed "s|./data/ads|daemon-data|; s|:8080|:$http|; s|:6379|:$resp|" "$home/config/ads.conf" >ads.conf
start_daemon() {
  peregrine_pid run "${@:-ads.conf}" >"$work/daemon.out" 2>"$work/daemon.err" &
  daemon=$!
  for _ in $(seq 300); do
    grep -q "peregrine runs" "$work/daemon.err" && return
    kill -0 $daemon 2>/dev/null || fail "the daemon has ended"
    sleep 0.1
  done
  fail "the daemon does not start"
}
stop_daemon() {
  local code=0
  kill -TERM "$daemon"
  wait "$daemon" || code=$?
  daemon=
  [ $code = 0 ] || fail "SIGTERM ended the daemon with exit code $code"
  grep -q "has stopped" "$work/daemon.err" || fail "the daemon says nothing when it stops"
}
start_daemon
refused 1 "is in use by process" run ads.conf
sed 's|daemon-data|other-data|' ads.conf >other.conf
refused 1 "cannot listen on" run other.conf
if command -v curl >/dev/null; then
  [ "$(curl -s "localhost:$http/healthz")" = '{"status":"ok"}' ] || fail "/healthz"
  curl -s "localhost:$http/metrics" >"$work/metrics.out"
  grep -q '^peregrine_topology_events_committed_total{topology="ads"} [0-9]' "$work/metrics.out" || fail "/metrics"
  [ "$(curl -s -o /dev/null -w '%{http_code}' "localhost:$http/nothing")" = 404 ] || fail "404"
else
  say "  (no curl here: HTTP is left out)"
fi
if command -v redis-cli >/dev/null; then
  ask() { redis-cli -p $resp "$@"; }
  [ "$(ask PING)" = PONG ] || fail "PING"
  before=$(ask HGET ad:men/13 impressions)
  for _ in $(seq 100); do [ "$(ask HGET ad:men/13 impressions)" -gt "${before:-0}" ] && break; sleep 0.1; done
  [ "$(ask HGET ad:men/13 impressions)" -gt "${before:-0}" ] || fail "the count of men/13 does not rise"
  [ "$(ask HGETALL ad:men/13 | paste -sd' ' | sed 's/[0-9]*//g')" = "clicks  impressions  spend_micros " ] || fail "HGETALL"
  ask GET ad:men/13 | grep -q '^{"clicks":' || fail "GET"
  ask SET a b | grep -q read-only || fail "SET"
  redis-benchmark -p $resp -P 16 -n 20000 -q -t get >"$work/benchmark.out" 2>&1 || fail "redis-benchmark"
  grep -q 'GET: .*requests per second' "$work/benchmark.out" || fail "redis-benchmark"
  before=$(ask HGET ad:men/13 impressions)
else
  say "  (no redis-cli here: RESP is left out)"
fi
stop_daemon
cp "$work/daemon.err" "$work/daemon1.err"
start_daemon
if command -v redis-cli >/dev/null; then
  [ "$(ask HGET ad:men/13 impressions)" -ge "$before" ] || fail "the daemon has not gone on where it ended"
fi

say "take-over from a daemon that hangs"
hung=$daemon
kill -STOP "$hung"
mv "$work/daemon.err" "$work/hung.err" # it writes on into it
sed "s|:$http|:$((http + 2))|; s|:$resp|:$((resp + 2))|" ads.conf >over.conf
refused 1 "is in use by process $hung" run over.conf
start_daemon --take-over over.conf
kill -CONT "$hung"
if command -v curl >/dev/null; then
  for _ in $(seq 300); do curl -s "localhost:$http/healthz" | grep -qi "taken over" && break; sleep 0.1; done
  curl -s "localhost:$http/healthz" | grep -qi "taken over" || fail "the old daemon does not say that it was fenced"
  [ "$(curl -s "localhost:$((http + 2))/healthz")" = '{"status":"ok"}' ] || fail "/healthz after the take-over"
fi
kill -9 "$hung"
wait "$hung" 2>/dev/null || true
hung=
if command -v redis-cli >/dev/null; then
  [ "$(redis-cli -p $((resp + 2)) HGET ad:men/13 impressions)" -ge "$before" ] || fail "counts are lost in the take-over"
fi
stop_daemon

say "what is left behind"
if grep -i warning "$work"/*.err; then fail "something warns"; fi
left=$(cd "$work" && find home tmp run -mindepth 1 -maxdepth 1 | LC_ALL=C sort | paste -sd' ')
want="run/ads.conf run/bad.conf run/corrupt run/daemon-data run/killed run/killed.csv run/notours run/one.csv"
want="$want run/other-data run/other.conf run/over.conf run/state run/state2 run/two.csv"
[ "${left/ run\/full/}" = "$want" ] || fail "written outside the data directories: $left"
echo "smoke test passed"
