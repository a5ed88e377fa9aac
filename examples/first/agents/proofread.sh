#!/bin/sh
set -eu

file=$(node -p 'JSON.parse(require("fs").readFileSync(0, "utf8")).inputs.file')
remarks=0
while IFS= read -r line; do
  echo "reading: $line"
  if [ "${#line}" -gt 72 ]; then
    echo "::warning::too long: $line"
    remarks=$((remarks + 1))
  fi
  sleep 1
done <"$file"
echo "remarks=$remarks" >>"$SKILLMEAT_OUTPUT_KV"
