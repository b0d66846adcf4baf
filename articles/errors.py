"""What the articles room refuses: each message names the thing and the next step."""

from __future__ import annotations


class Refused(ValueError):
    """Something about an article that cannot be; ``field`` names the field of the form, "" when it is none of them."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class Empty(Refused):
    """There is nothing to say in it."""


class TooLong(Refused):
    """More than can be spoken, stored or read in one piece."""


class NotText(Refused):
    """Bytes that are no text, or characters that no voice could read."""


class BrokenFile(Refused):
    """A file that is not what its name says."""


class UnknownKind(Refused):
    """A kind of file, article or language that the station does not know."""


class Conflict(Refused):
    """Somebody else changed the article meanwhile."""


class NotNow(Refused):
    """The article is not in a state that allows this."""


class OwnWork(Refused):
    """A reviewer cannot approve an article of their own."""


class BadFeed(Refused):
    """A feed that cannot be read: its address, the way there, or what came back."""
