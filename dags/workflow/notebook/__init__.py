"""The workflow that explores a run in a notebook."""
