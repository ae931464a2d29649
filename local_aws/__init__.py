"""S3, EMR and Glue on this machine: real object storage, real Spark, on Python packages alone."""
