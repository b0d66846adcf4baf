"""Tests of the house itself: the floor plan, the tools, the promises of the documents."""
