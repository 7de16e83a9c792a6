"""The organisation from CSV files: read → check → apply, all or nothing, twice is once."""
