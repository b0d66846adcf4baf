"""The small Flask admin on top: thin pages, doors for machines, commands."""
