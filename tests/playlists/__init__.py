"""Tests of /playlists: they mirror the house and read like its story."""
