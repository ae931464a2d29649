"""Logs where EMR Serverless leaves them: gzipped below the monitoring configuration's logUri.

https://docs.aws.amazon.com/emr/latest/EMR-Serverless-UserGuide/logging.html
"""

import gzip
import shutil
from collections.abc import Mapping
from typing import Any

from local_aws.runtime import Workspace
from local_aws.s3 import ObjectStore, ObjectStoreError


def log_uri(*configurations: Mapping[str, Any] | None) -> str | None:
    """Return the address that the first monitoring configuration with one names."""
    for configuration in configurations:
        address = ((configuration or {}).get("s3MonitoringConfiguration") or {}).get("logUri")
        if address:
            return str(address)
    return None


def publish(store: ObjectStore, uri: str | None, application_id: str, run_id: str, workspace: Workspace) -> None:
    """Write the driver's stdout.gz and stderr.gz; what cannot be written is noted in the workspace."""
    if uri is None:
        return
    address = "/".join([uri.rstrip("/"), "applications", application_id, "jobs", run_id, "SPARK_DRIVER"])
    try:
        folder, bucket_exists = store.file(address), store.bucket_exists(address)
    except ObjectStoreError as error:
        workspace.note(f"ERROR no logs are kept: {error}")
        return
    if not bucket_exists:
        workspace.note(f"ERROR no logs are kept: there is no bucket for {address}")
        return
    folder.mkdir(parents=True, exist_ok=True)
    for log in (workspace.stdout, workspace.stderr):
        if log.exists():
            with log.open("rb") as plain, gzip.open(folder / f"{log.name}.gz", "wb", compresslevel=5) as packed:
                shutil.copyfileobj(plain, packed)
            store.note("PutObject", f"{address}/{log.name}.gz", workspace.role)
