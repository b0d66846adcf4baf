"""Tests of /admin: they mirror the house and read like its story."""
