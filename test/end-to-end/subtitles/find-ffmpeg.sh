#!/usr/bin/env bash
# Prints the path of an ffmpeg: $FFMPEG, else the one on PATH. Where there is none, installs it, which needs Debian and root.
set -euo pipefail

if [[ -n ${FFMPEG:-} ]]; then
  echo "$FFMPEG"
  exit
fi
if ! command -v ffmpeg >/dev/null; then
  apt-get update >&2
  apt-get install --yes --no-install-recommends ffmpeg >&2
fi
command -v ffmpeg
