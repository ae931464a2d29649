"""The contract between Airflow, EMR, Glue and serving: standard library only, safe to ship everywhere."""

__version__ = "0.1.0"
