"""Exports: which columns, whose rows, how each copy differs, and whom a leaked piece leads to."""
