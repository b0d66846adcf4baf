"""The same acts for machines: REST under /api with bearer tokens, described by /api/openapi.json; one module per room."""

from __future__ import annotations

from admin.api import (  # noqa: F401  (each adds its doors)
    alerts,
    articles,
    backups,
    broadcast,
    calendars,
    days,
    desk,
    devices,
    duty,
    emergency,
    heard,
    hours,
    lexicon,
    notices,
    people,
    playlists,
    presentation,
    speech,
    talks,
    voices,
    webhooks,
    week,
)
from admin.api.door import describe, doors

__all__ = ["describe", "doors"]
