"""The voice: every approved article becomes one rendition per dialect."""
