"""Tests of /tts: they mirror the house and read like its story."""
