"""One run of any workflow on the local stack: found, started, followed and summed up."""
