"""Tests of /browser: they mirror the house and read like its story."""
