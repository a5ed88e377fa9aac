#!/bin/sh
if [ "$SKILLMEAT_ATTEMPT" -lt 3 ]; then
  printf '{"class":"rate_limited","message":"slow down"}' >"$SKILLMEAT_ERROR"
  exit 1
fi
echo "tries=$SKILLMEAT_ATTEMPT" >>"$SKILLMEAT_OUTPUT_KV"
