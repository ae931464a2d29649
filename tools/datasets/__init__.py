"""The data that the shipped workflows run on: from a folder, from its publisher, or generated and said so."""
