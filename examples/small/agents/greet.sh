#!/bin/sh
echo "about to greet"
echo "greeting=hello from $SKILLMEAT_STAGE_ID" >>"$SKILLMEAT_OUTPUT_KV"
