"""What Glue scripts import as ``awsglue``, over plain Spark: AWS's names and arguments, none of AWS's code."""
