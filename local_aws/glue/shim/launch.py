"""Run a Glue script with the Data Catalog in Spark's SQL (``--enable-glue-datacatalog``): launch.py <script> <args>."""

import runpy
import sys

from awsglue.session import register_at_start

register_at_start()
del sys.argv[0]
runpy.run_path(sys.argv[0], run_name="__main__")
