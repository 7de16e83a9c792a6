"""How fast the real server answers, beside what others use (`make bench`)."""
