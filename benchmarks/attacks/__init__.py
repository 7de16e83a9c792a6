"""Known attack tools against the running product, as each role. See attack.py."""
