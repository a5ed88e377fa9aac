#!/bin/sh
set -eu
. "$(dirname "$0")/contract.sh"

endpoint=$(input endpoint)
handler=$(input handler)
must_answer=$(input must_answer)
problems=""
problem() {
  echo "::error::$1"
  problems="$problems$1
"
}

echo "::progress 30 calling the handler::"
answer=$(sh "$handler" "$endpoint") || problem "the handler fails for $endpoint"
[ "$answer" = "$must_answer" ] || problem "the handler answers \"$answer\", not \"$must_answer\""
! sh "$handler" /elsewhere >/dev/null || problem "the handler answers paths that are not its own"

echo "::progress 70 reading the pages::"
for page in $(input pages); do
  grep -q "action=\"$endpoint\"" "$page" || problem "$page does not call $endpoint"
done

verdict=pass
[ -z "$problems" ] || verdict=fail
echo "verdict: $verdict"
output verdict "$verdict"
output problems "$(printf '%s' "$problems" | json_lines)"
