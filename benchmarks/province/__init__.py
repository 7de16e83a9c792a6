"""A made-up bank of one province, at any size: what the benchmarks measure on."""
