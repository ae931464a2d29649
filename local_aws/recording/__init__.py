"""A record of every call: who asked which service for what, with which tags, and how it was answered."""
