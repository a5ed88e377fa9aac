#!/bin/sh
set -eu
. "$(dirname "$0")/contract.sh"

endpoint=$(input endpoint)
mkdir -p "$built/backend"

# The owner is this stage of this execution, whatever its attempt: one that was killed does not lock itself out. For
# anybody else 75 says that the failure will pass, so the stage is tried again.
lock=$built/backend/.lock
owner=${SKILLMEAT_ATTEMPT_ID%/*}
if ! ln -s "$owner" "$lock" 2>/dev/null && [ "$(readlink "$lock")" != "$owner" ]; then
  echo "::warning::$built/backend is locked by $(readlink "$lock")"
  exit 75
fi
trap 'rm -f "$lock"' EXIT

cat >"$built/backend/handler.sh" <<PROGRAM
#!/bin/sh
# Answers one request; the path is the first argument.
case \${1:-} in
$endpoint) echo "ready" ;;
*) echo "not found"; exit 1 ;;
esac
PROGRAM
chmod +x "$built/backend/handler.sh"

echo "built $built/backend/handler.sh"
output changes "$(echo "$built/backend/handler.sh" | json_lines)"
output handler "$built/backend/handler.sh"
