#!/bin/sh
set -eu

echo "planning"
echo "summary=one half shows it, the other keeps it" >>"$SKILLMEAT_OUTPUT_KV"
