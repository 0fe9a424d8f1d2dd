#!/usr/bin/env bash
# Prints the folder of a node that is new enough to build the dashboard, and gets one where it is
# missing: Debian's packages as root, and where these are older than needed, node's own npm package.
set -euo pipefail
here="$(cd "$(dirname "$0")/.." && pwd)"
own="$here/build/node/node_modules/node/bin"
wanted="20.19"

is_new_enough() {
  "$1" -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 22 || (a === 22 && b >= 12) || (a === 20 && b >= 19) ? 0 : 1)' 2>/dev/null
}

if command -v node >/dev/null && command -v npm >/dev/null && is_new_enough node; then
  dirname "$(command -v node)"
  exit 0
fi
if [ -x "$own/node" ] && is_new_enough "$own/node" && command -v npm >/dev/null; then
  echo "$own"
  exit 0
fi
if ! command -v npm >/dev/null; then
  if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    echo "npm is missing: install node $wanted or newer with npm (Debian: sudo apt-get install nodejs npm), or build without the dashboard: cargo build" >&2
    exit 1
  fi
  apt-get update -qq >&2
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends nodejs npm >&2
fi
if is_new_enough node; then
  dirname "$(command -v node)"
  exit 0
fi
npm install --silent --no-audit --no-fund --prefix "$here/build/node" node@22 >&2
is_new_enough "$own/node" || { echo "node is older than $wanted, and a newer one could not be installed" >&2; exit 1; }
echo "$own"
