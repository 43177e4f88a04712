"""Benchmarks: ratios measured side by side in one run, never timed tests. `make bench` runs the quick ones."""
