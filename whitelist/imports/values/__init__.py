"""What one cell says: a normal form, or `Invalid` with the code of what is wrong with it."""
