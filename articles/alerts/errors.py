"""Why a file is no warning: each message names the thing and the next step."""

from __future__ import annotations


class BadAlert(ValueError):
    """A file that cannot be read as a warning, or that looks like an attack."""
