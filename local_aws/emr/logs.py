"""Logs where EMR leaves them: gzipped under the cluster's LogUri, once the command has ended."""

import gzip
import shutil

from local_aws.runtime import Workspace
from local_aws.s3 import ObjectStore, ObjectStoreError


def log_address(log_uri: str | None, *parts: str) -> str | None:
    """Return the address of a log under the cluster's LogUri; nothing if the cluster has none."""
    return "/".join([log_uri.rstrip("/"), *parts]) if log_uri else None


def publish(store: ObjectStore, address: str | None, workspace: Workspace) -> None:
    """Write controller.gz, stdout.gz and stderr.gz into the folder; without its bucket they are lost, as on AWS."""
    if address is None:
        return
    try:
        folder = store.file(address)
    except ObjectStoreError as error:
        workspace.note(f"ERROR no logs are kept: {error}")
        return
    if not store.bucket_exists(address):
        workspace.note(f"ERROR no logs are kept: there is no bucket for {address}")
        return
    folder.mkdir(parents=True, exist_ok=True)
    for log in (workspace.controller, workspace.stdout, workspace.stderr):
        if log.exists():
            with log.open("rb") as plain, gzip.open(folder / f"{log.name}.gz", "wb", compresslevel=5) as packed:
                shutil.copyfileobj(plain, packed)
            store.note("PutObject", f"{address}/{log.name}.gz", workspace.role)
