"""Faults on demand: what can go wrong on AWS goes wrong here when asked to, a stated number of times."""
