#!/bin/sh
# The journeys of the pages need a browser. Where there is none, Debian's is installed, which only root may do.
set -eu
browser=${CHROMIUM:-/usr/bin/chromium}
[ -f "$browser" ] && [ -x "$browser" ] && exit 0

give_up() {
  echo "there is no \"$browser\", which the tests of the pages need: $1. install Chromium as root" \
    "(apt-get update && apt-get install chromium), or say where it is: CHROMIUM=/path/to/chromium npm test" >&2
  exit 1
}

command -v apt-get >/dev/null || give_up "there is no apt-get to install it with"
as_root=
if [ "$(id -u)" != 0 ]; then
  command -v sudo >/dev/null && sudo -n true 2>/dev/null || give_up "you are not root, and sudo wants a password"
  as_root="sudo -n"
fi
# A fresh machine has no lists of packages; another apt may be at work.
patient="-qq -o DPkg::Lock::Timeout=600 -o Acquire::Retries=3"
$as_root apt-get update $patient || give_up "the lists of packages cannot be had"
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install $patient -y --no-install-recommends chromium ||
  give_up "it cannot be installed"
[ -x "$browser" ] || give_up "it was installed somewhere else"
