"""Tests of /broadcast: they mirror the house and read like its story."""
