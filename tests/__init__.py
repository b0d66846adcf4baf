"""Tests of : they mirror the house and read like its story."""
