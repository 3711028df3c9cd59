"""Versions of what is installed."""

from importlib.metadata import PackageNotFoundError, version
from typing import Dict


def versions(*packages: str) -> Dict[str, str]:
    """By name; a package that is missing is left out."""
    found = {}
    for package in packages:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found
