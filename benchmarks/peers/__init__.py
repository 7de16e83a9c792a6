"""What others use, on the same rows, in a Django project of its own (bench only)."""
