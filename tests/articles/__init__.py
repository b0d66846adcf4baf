"""Tests of /articles: they mirror the house and read like its story."""
