#!/usr/bin/env bash
# Prints a Python that can make virtual environments. Where there is none, installs one, which needs Debian and root.
set -euo pipefail

if ! python3 -c 'import ensurepip, venv' 2>/dev/null; then
  apt-get update >&2
  DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends \
    python3 python3-venv ca-certificates >&2
fi
command -v python3
