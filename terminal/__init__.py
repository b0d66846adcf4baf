"""The loudspeaker at the far end: it follows signed plans by its own clock, plays them, and says what was heard."""

__version__ = "0.1.0"
