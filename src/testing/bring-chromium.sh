#!/bin/sh
# The journeys of the pages need a browser. Where there is none, Debian's is installed, which only root may do: the one
# without windows, which is the same browser for half the processor time.
set -eu
is_program() { [ -f "$1" ] && [ -x "$1" ]; }
package=chromium-headless-shell
browser=${CHROMIUM:-/usr/bin/$package}
is_program "$browser" && exit 0
[ -z "${CHROMIUM:-}" ] && is_program /usr/bin/chromium && exit 0

give_up() {
  echo "there is no \"$browser\", which the tests of the pages need: $1. install Chromium as root" \
    "(apt-get update && apt-get install $package), or say where it is: CHROMIUM=/path/to/chromium npm test" >&2
  exit 1
}

[ -z "${CHROMIUM:-}" ] || give_up "CHROMIUM names it"
command -v apt-get >/dev/null || give_up "there is no apt-get to install it with"
as_root=
if [ "$(id -u)" != 0 ]; then
  command -v sudo >/dev/null && sudo -n true 2>/dev/null || give_up "you are not root, and sudo wants a password"
  as_root="sudo -n"
fi
# A fresh machine has no lists of packages; another apt may be at work.
patient="-qq -o DPkg::Lock::Timeout=600 -o Acquire::Retries=3"
$as_root apt-get update $patient || give_up "the lists of packages cannot be had"
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install $patient -y --no-install-recommends $package ||
  give_up "it cannot be installed"
is_program "$browser" || give_up "it was installed somewhere else"
