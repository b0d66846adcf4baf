"""Tests of /journeys: they mirror the house and read like its story."""
