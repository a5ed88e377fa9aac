#!/bin/sh
# The newest commits and the files they changed, uncommitted changes included. Where there is no history to compare
# with (a single commit, an unpacked archive), every file.
set -eu

asked=$(node -p 'JSON.parse(require("fs").readFileSync(process.env.SKILLMEAT_INPUT, "utf8")).inputs.commits')

# Lines on stdin become one JSON array. Names that git had to quote are left out.
json_lines() {
  tr -d '\001-\010\013-\037' | awk '
    /^"/ || $0 == "" { next }
    { gsub(/[\\"]/, "\\\\&"); printf "%s\"%s\"", n++ ? "," : "[", $0 }
    END { print n ? "]" : "[]" }'
}

every_file() {
  find . -type f ! -path '*/.git/*' ! -path '*/node_modules/*' ! -path './dist/*' | sed 's|^\./||' | sort
}

commits='[]'
if ! known=$(git rev-list --count --first-parent HEAD 2>&1); then
  echo "::notice::no history here: $known"
  basis="every file"
  files=$(every_file | head -n 2000 | json_lines)
else
  commits=$(git log --first-parent --format='%h %s' -n "$asked" | json_lines)
  back=$asked
  [ "$back" -lt "$known" ] || back=$((known - 1))
  if [ "$back" -lt 1 ]; then
    basis="every file (there is one commit only)"
    files=$(git -c core.quotePath=false ls-files | head -n 2000 | json_lines)
  else
    basis="what the newest $back commits changed"
    files=$(git -c core.quotePath=false diff --name-only --diff-filter=d "HEAD~$back" -- | head -n 2000 | json_lines)
  fi
fi

echo "looking at $basis"
{
  printf 'basis=%s\n' "$basis"
  printf 'commits=%s\n' "$commits"
  printf 'files=%s\n' "$files"
} >"$SKILLMEAT_OUTPUT_KV"
