#!/bin/sh
set -eu
. "$(dirname "$0")/contract.sh"

endpoint=/api/$FEATURE
touches_auth=false
case $FEATURE in *auth* | *login* | *password* | *session* | *token*) touches_auth=true ;; esac

mkdir -p "$built"
{
  echo "# Plan for $FEATURE"
  echo
  echo "What is there: $(input summary)."
  echo
  input related_files | sed 's/^./- &/'
  echo
  echo "- the page calls \`$endpoint\`"
  echo "- touches authentication: $touches_auth"
} >"$built/plan.md"

echo "the plan is $built/plan.md; touches authentication: $touches_auth"
output plan_file "$built/plan.md"
output endpoint "$endpoint"
output touches_auth "$touches_auth"
