#!/usr/bin/env bash
# Starts the launcher as a user would and looks at what it prints. Any warning of the JVM is a failure.
set -euo pipefail
home=$(cd "$(dirname "$0")/../../../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

fail() { echo "FAILED: $*" >&2; cat "$work"/*.err >&2 || true; exit 1; }

"$home/peregrine" --help >help.out 2>build.err || fail "--help"
grep -q "demo" help.out || fail "--help does not name the demo"

"$home/peregrine" demo --events 100k --data-dir state --json >demo.json 2>demo.err || fail "demo"
grep -q '"events" : 100000' demo.json || fail "demo counted something else"
"$home/peregrine" demo --events 150k --data-dir state --json >demo2.json 2>demo2.err || fail "demo, resumed"
grep -q '"resumedFrom" : 100000' demo2.json || fail "demo did not resume"
if grep -i "warning" demo.err demo2.err; then fail "the JVM warns"; fi

mkdir notours; touch notours/file
if "$home/peregrine" demo --input notours >bad.out 2>bad.err; then fail "a directory without data was taken"; fi
[ "$(grep -c . bad.err)" = 1 ] || fail "an error is more than one line"
echo "smoke test passed"
