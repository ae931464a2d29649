"""The Spark environment of clusters: Python packages, with or without an interpreter, as one relocatable archive."""
