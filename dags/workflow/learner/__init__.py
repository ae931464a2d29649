"""Workflows that learn from a table by a recipe: any estimator of MLlib."""
