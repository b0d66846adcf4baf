"""Many terminals at once get a new want: one UPDATE, and where they are many, at a pace that leaves the line and the station room."""

from __future__ import annotations

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from devices.models import Terminal

# More than this many at once wait in the row of those that are told again: what is new for a few is told before them.
AT_ONCE = 400


def new_wants(session: Session, *which: ColumnElement[bool]) -> int:
    """What is wanted of these active terminals has changed; how many they are. Each asks and reports when it is told, so a county is not
    told in one second: the publisher counts a ``want_sent_rev`` of 0 among those that wait for their turn."""
    session.flush()
    those = (Terminal.state == "active", *which)
    many = (session.scalar(select(func.count()).select_from(Terminal).where(*those)) or 0) > AT_ONCE
    values = {Terminal.want_rev: Terminal.want_rev + 1} | ({Terminal.want_sent_rev: 0} if many else {})
    result = session.execute(update(Terminal).where(*those).values(values).execution_options(synchronize_session=False))
    for each in session.identity_map.values():
        if isinstance(each, Terminal):
            session.expire(each, ["want_rev", "want_sent_rev"])
    return int(result.rowcount)  # type: ignore[attr-defined]


def may_be_lost(session: Session) -> None:
    """The broker had the newest want of these terminals and may have forgotten it. Said by a ``want_sent_rev`` below zero, which names that want:
    a newer one is new all the same."""
    had = (Terminal.state == "active", Terminal.want_sent_rev == Terminal.want_rev)
    session.execute(update(Terminal).where(*had).values(want_sent_rev=-1 - Terminal.want_rev).execution_options(synchronize_session=False))


def only_again() -> ColumnElement[bool]:
    """SQL condition: nothing but what may have been forgotten is to be said to the terminal."""
    return Terminal.want_sent_rev == -1 - Terminal.want_rev


def holds(terminal: Terminal, rev: int) -> bool:
    """The terminal has said which want it holds. Whether it is the newest, which then needs not be said again."""
    if rev < terminal.want_rev:
        terminal.want_sent_rev = 0
        return False
    if terminal.want_sent_rev <= 0:
        terminal.want_sent_rev = terminal.want_rev
    return True
