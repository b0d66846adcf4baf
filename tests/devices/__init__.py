"""Tests of /devices: they mirror the house and read like its story."""
