"""Where the television sets are: set-top boxes at or below a place."""

from __future__ import annotations

from sqlalchemy import ColumnElement, exists
from sqlalchemy.orm import InstrumentedAttribute, aliased

from devices.models import Terminal
from station.models import Area


def boxes_below(path: InstrumentedAttribute[str]) -> ColumnElement[bool]:
    """Whether an active set-top box hangs in the branch of the area with this path."""
    home = aliased(Area)
    return exists().where(
        Terminal.area_id == home.id, Terminal.kind == "stb", Terminal.state == "active", home.path.startswith(path)
    )
