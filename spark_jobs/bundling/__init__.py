"""A model laid out for the service: arrays made partition by partition, files, and what of them is there already."""
