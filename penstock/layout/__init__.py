"""Every S3 location of Penstock, each written once.

<root>/code/<sha>/...                 immutable: jobs.zip, the scripts, bootstrap actions
<root>/packages/<sha>/models.zip      immutable: what the models of batch prediction import
<root>/releases/<sha>/...             immutable: what Airflow and Lambda take; its manifest names code and packages
<root>/deployments/...                one document a deployment, and current.json
<root>/environments/<sha>/...         immutable: the Python packages of every Spark job, see docs/packaging.md
<root>/raw/<dataset>/...              as it arrived
<root>/logs/...                       EMR's logs
<root>/models/<model>/<version>/...   immutable: what the model registry points at
<root>/bundles/<model>/<version>/...  immutable: what the service loads, see penstock/bundle.py
<root>/runs/<dag_id>/<run>/...        written once by one run, safe to overwrite on retry
<root>/streams/<dag_id>/...           a stream's checkpoint and outputs, see penstock/layout/stream.py
<root>/housekeeping/<run>/...         what a run of housekeeping did to clusters
<root>/housekeeping/retention/...     what was removed, one document a day
"""

from __future__ import annotations

from penstock.layout.addresses import run_key, split_uri
from penstock.layout.code import INSTALLER, JOBS_ZIP, LAUNCHER, Code
from penstock.layout.root import PACKAGES, Layout
from penstock.layout.run import Run
from penstock.layout.shards import Shards
from penstock.layout.stream import Stream

__all__ = [
    "INSTALLER",
    "JOBS_ZIP",
    "LAUNCHER",
    "PACKAGES",
    "Code",
    "Layout",
    "Run",
    "Shards",
    "Stream",
    "run_key",
    "split_uri",
]
