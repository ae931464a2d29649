"""The workflow that asks a model for a prediction of every record."""
