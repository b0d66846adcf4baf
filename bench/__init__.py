"""The figures the README claims, each with the command that reprints it."""
