"""Tests of /terminal: they mirror the house and read like its story."""
