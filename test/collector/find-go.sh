#!/usr/bin/env bash
# Prints the folder of a `go` that build.sh can use, for PATH. Where there is none, gets one, which on a bare machine
# needs Debian and root: its own Go, which may be years old, fetches the wanted one from the Go proxy and checks it
# against the checksum database.
set -euo pipefail
cd "$(dirname "$0")"
version=1.26.8

suits() {
  command -v go >/dev/null && GOTOOLCHAIN=auto go list -m >/dev/null 2>&1
}
folder=${XDG_CACHE_HOME:-$HOME/.cache}/sidestream-collector/go$version
if [[ -x $folder/bin/go ]]; then
  echo "$folder/bin"
  exit
fi
if ! command -v go >/dev/null; then
  apt-get update >&2
  apt-get install --yes --no-install-recommends golang-go ca-certificates >&2
fi
if suits; then
  dirname "$(command -v go)"
  exit
fi

cd / # an old Go cannot read our go.mod
module=golang.org/toolchain@v0.0.1-go$version.$(go env GOOS)-$(go env GOARCH)
go mod download "$module" >&2
mkdir -p "$(dirname "$folder")"
unfinished=$(mktemp -d "$folder.XXXXXX")
cp -r "$(go env GOMODCACHE)/$module/." "$unfinished"
# What newer ones do with it: a module holds no programs, and no modules of others.
chmod -R u+w "$unfinished"
chmod -R +x "$unfinished/bin" "$unfinished/pkg/tool"
for module in src src/cmd; do mv "$unfinished/$module/_go.mod" "$unfinished/$module/go.mod"; done
mv "$unfinished" "$folder"
echo "$folder/bin"
