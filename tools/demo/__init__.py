"""One run of the workflow, followed live and summed up."""
