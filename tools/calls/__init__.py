"""Which calls the workflows make of AWS: run on the local AWS with its record, and condensed to what a policy sees."""
