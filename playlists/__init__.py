"""The programme: what, in which order, where, when."""
