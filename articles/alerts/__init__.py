"""Warnings from outside: CAP and EBM are read, weighed and matched to our places; what is unclear is left to a person."""
