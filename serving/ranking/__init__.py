"""What the service computes: the best items for a vector, similar items, a vector for an unknown user."""
