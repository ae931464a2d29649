"""What runs on Glue: one script per ETL; the logic is in `transforms`."""
