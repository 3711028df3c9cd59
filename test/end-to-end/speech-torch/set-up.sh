#!/usr/bin/env bash
# Prints a folder that holds what the tests here need: `venv`, with torch, funasr and FSMN-VAD, and `data`, with models
# that are made out of packages. What is missing is made first, which takes minutes, and on a bare machine Debian 12 and
# root: torch is Debian's, a tenth of the size of PyPI's.
set -euo pipefail
cd "$(dirname "$0")"
folder=${XDG_CACHE_HOME:-$HOME/.cache}/sidestream-speech/torch
venv=$folder/venv
data=$folder/data
mkdir -p "$folder"
exec 9>"$folder/lock"
flock 9

# is_made NAME FILE…, made NAME FILE…: of which files a folder is made is written down when it is whole.
is_made() { [[ $(cat "$folder/$1.made" 2>/dev/null) == "$(sums "${@:2}")" ]]; }
made() { sums "${@:2}" >"$folder/$1.made"; }
sums() { sha256sum "$@"; }

if ! /usr/bin/python3 -c 'import torch, torchaudio, ensurepip' 2>/dev/null; then
  apt-get update >&2
  apt-get install --yes --no-install-recommends \
    python3-torch python3-torchaudio python3-venv ca-certificates >&2
fi
if ! is_made venv requirements.txt; then
  rm -rf "$venv"
  /usr/bin/python3 -m venv --system-site-packages "$venv"
  "$venv/bin/pip" install --no-cache-dir --no-deps --requirement requirements.txt >&2
  made venv requirements.txt
fi
if ! is_made data requirements.txt models/*.py; then
  rm -rf "$data"
  "$venv/bin/python" models/make.py "$data" >&2
  made data requirements.txt models/*.py
fi
echo "$folder"
