#!/bin/sh
set -eu
. "$(dirname "$0")/contract.sh"

case $FEATURE in
"" | -* | *[!a-z0-9-]*)
  printf '{"class":"invalid_request","message":"a feature has lower case letters, digits and hyphens"}' >"$SKILLMEAT_ERROR"
  exit 64
  ;;
esac

word=${FEATURE%%-*}
related=$(grep -rliI --exclude-dir=.git --exclude-dir=node_modules --exclude-dir=build -e "$word" . 2>/dev/null |
  sed 's|^\./||' | sort | head -n 50 || true)
count=$(printf '%s' "$related" | grep -c . || true)

echo "searched the working directory for \"$word\": $count files"
output summary "$count files mention $word"
output related_files "$(printf '%s\n' "$related" | json_lines)"
