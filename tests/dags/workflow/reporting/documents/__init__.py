"""Documents of runs, as their jobs write them: of the documents' own classes, with plausible values."""
