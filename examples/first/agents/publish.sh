#!/bin/sh
set -eu

file=$(node -p 'JSON.parse(require("fs").readFileSync(0, "utf8")).inputs.file')
cp "$file" dist/notes/RELEASE-NOTES.md
echo "published=dist/notes/RELEASE-NOTES.md" >>"$SKILLMEAT_OUTPUT_KV"
