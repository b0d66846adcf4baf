"""Tests of /station: they mirror the house and read like its story."""
