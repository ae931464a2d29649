"""Thin subclasses of the provider's operators, each for a defect that its docstring names."""
