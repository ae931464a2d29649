"""Example models for batch prediction, with the packages of requirements/models.txt; they travel in one archive."""
