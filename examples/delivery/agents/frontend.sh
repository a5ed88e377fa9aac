#!/bin/sh
set -eu
. "$(dirname "$0")/contract.sh"

endpoint=$(input endpoint)
mkdir -p "$built/frontend"
cat >"$built/frontend/index.html" <<PAGE
<!doctype html>
<title>$FEATURE</title>
<form action="$endpoint"><button>Ask</button></form>
PAGE

echo "built $built/frontend/index.html"
output changes "$(echo "$built/frontend/index.html" | json_lines)"
