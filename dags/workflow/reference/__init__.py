"""The reference of the specs: every key, written from the models that check it. `python -m workflow.reference`."""
