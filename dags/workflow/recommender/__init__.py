"""Workflows that recommend: ratings in, the best items for every user out."""
