"""The fleet: which terminals, where, and how they prove who they are."""
