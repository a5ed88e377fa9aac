#!/bin/sh
set -eu

commits=$(node -p 'JSON.parse(require("fs").readFileSync(0, "utf8")).inputs.commits')
mkdir -p dist/notes
git log --format='- %s' -n "$commits" >dist/notes/draft.md
{
  echo "file=dist/notes/draft.md"
  echo "lines=$(wc -l <dist/notes/draft.md)"
} >>"$SKILLMEAT_OUTPUT_KV"
