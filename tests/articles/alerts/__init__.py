"""Tests of warnings from outside."""
