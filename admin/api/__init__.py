"""The same acts for machines: REST under /api with bearer tokens, described by /api/openapi.json; one module per room."""

from __future__ import annotations

from admin.api import articles, broadcast, devices, hours, lexicon, notices, people, playlists, presentation, speech, voices  # noqa: F401  (each adds its doors)
from admin.api.door import describe, doors

__all__ = ["describe", "doors"]
