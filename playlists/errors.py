"""What the playlists room refuses: each message names the thing and the next step."""

from __future__ import annotations


class PlaylistError(ValueError):
    """Something about a playlist or its schedule that cannot be; ``field`` names the field of the form."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class VersionConflict(PlaylistError):
    """Somebody else changed the playlist meanwhile."""


class RuleRefused(PlaylistError):
    """A rule outside the calendar's vocabulary, or one that never happens."""


class NotNow(PlaylistError):
    """Too late, or already done."""
