"""Batch prediction with any model: everything between a line of input and a prediction, a reason, and their counts."""
