#!/bin/sh
set -eu
. "$(dirname "$0")/contract.sh"

released=released/$(input branch)/$FEATURE
plan_file=$(input plan_file)
[ -f "$plan_file" ] || exit 66

# Copied beside and renamed: whoever reads the release folder never sees half a release.
rm -rf "$released.new"
mkdir -p "$released.new"
cp -R "$built/." "$released.new/"
rm -rf "$released"
mv "$released.new" "$released"

files=$(find "$released" -type f | wc -l | tr -d ' ')
echo "released $files files to $released"
output released "$released"
output files "$files"
