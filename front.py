"""The bell at the door: a question that needs no station is answered at once; everything else opens the house (``app.py``)."""

from __future__ import annotations

import sys


def main() -> int:
    """The command line ``xiangyin``; the exit code."""
    if sys.argv[1:2] == ["alert"]:
        from admin.alert_commands import alert

        return int(alert.main(sys.argv[2:], prog_name="xiangyin alert") or 0)
    import app

    return app.main()


if __name__ == "__main__":
    sys.exit(main())
