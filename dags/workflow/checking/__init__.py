"""The data check of a workflow: what rows must be like before a model learns from them."""
