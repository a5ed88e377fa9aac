#!/bin/sh
# The journeys of the pages need a browser. Where there is none, Debian's is installed.
set -eu
browser=${CHROMIUM:-/usr/bin/chromium}
[ -x "$browser" ] && exit 0
as_root=
[ "$(id -u)" = 0 ] || as_root="sudo -n"
$as_root apt-get update -qq
DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends chromium
[ -x "$browser" ] && exit 0
echo "there is no $browser: install Chromium, or set CHROMIUM to where it is" >&2
exit 1
