"""Tests of /wire: they mirror the house and read like its story."""
