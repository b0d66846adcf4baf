"""Tests of /admin: page by page, it works, refuses GET, strangers, read-only roles, and the second time."""
