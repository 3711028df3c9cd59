#!/usr/bin/env bash
# Builds the collector once and prints the path of the binary. Installs nothing: what is missing is told on stderr.
# It is kept under ${XDG_CACHE_HOME:-$HOME/.cache}/sidestream-collector/HASH, by the hash of what it is made of.
set -euo pipefail
cd "$(dirname "$0")"

key=$(
  { cat main.go go.mod go.sum build.sh && uname -sm; } |
    (sha256sum 2>/dev/null || shasum -a 256) | cut -c 1-16
)
binary=${XDG_CACHE_HOME:-$HOME/.cache}/sidestream-collector/$key/sidestream-collector
if [[ -x $binary ]]; then
  echo "$binary"
  exit
fi

# From 1.21 on, Go fetches the version that go.mod names. Older ones cannot read that go.mod.
export GOTOOLCHAIN=${GOTOOLCHAIN:-auto} GOWORK=off CGO_ENABLED=0
if ! complaint=$(go list -m 2>&1); then
  cat >&2 <<MISSING
The collector of the telemetry tests has to be built, and no Go here can do that:
  ${complaint//$'\n'/$'\n'  }
Install Go $(sed -n 's/^go //p' go.mod) or newer (https://go.dev/dl), or 1.21 or newer with access to proxy.golang.org.
On Debian, as root: PATH=\$(test/collector/find-go.sh):\$PATH
MISSING
  exit 1
fi

mkdir -p "$(dirname "$binary")"
unfinished=$(mktemp "$binary.XXXXXX")
trap 'rm -f "$unfinished"' EXIT
go build -trimpath -buildvcs=false -ldflags '-s -w' -o "$unfinished" . >&2
mv "$unfinished" "$binary" # whole or not at all, as others may build it at the same time
echo "$binary"
