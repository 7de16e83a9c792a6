"""`make torture`: what the product promises, each shown by an attack on it."""
