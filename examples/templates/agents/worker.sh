#!/bin/sh
set -eu

task=$(sed -n 's/.*"task": *"\([^"]*\)".*/\1/p' | head -n 1)
echo "doing: $task"
echo "summary=done: $task" >>"$SKILLMEAT_OUTPUT_KV"
