#!/usr/bin/env bash
# Prints the path of an ffmpeg: $FFMPEG, else the one on PATH. Where there is none, installs it, which needs Debian, and
# root or a sudo that does not ask. Waits for another apt-get that is at work.
set -euo pipefail

if [[ -n ${FFMPEG:-} ]]; then
  echo "$FFMPEG"
  exit
fi
if ! command -v ffmpeg >/dev/null; then
  as_root=()
  [[ $EUID -eq 0 ]] || as_root=(sudo --non-interactive)
  apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300)
  "${apt[@]}" update >&2
  "${apt[@]}" install --yes --no-install-recommends ffmpeg </dev/null >&2
fi
command -v ffmpeg
