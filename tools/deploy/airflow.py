"""What Airflow reads: MWAA's bucket with dags/, plugins.zip, requirements.txt, and deployment.json, switched last.

MWAA copies dags/ to its machines every few seconds, object by object. So files come before the `deployment.json` that
speaks of their release, and files that are gone are removed after it.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

from botocore.exceptions import ClientError

from penstock.deployment import FILE, Deployment
from tools.bundle import stored_zip
from tools.errors import ToolError

DAGS_FOLDER = "dags/"
"""DagS3Path of infra/airflow.yaml."""
DEPLOYMENT = f"{DAGS_FOLDER}{FILE}"
_DIGEST = "sha256"
_SIDE_BY_SIDE = 8


@dataclass(frozen=True, kw_only=True)
class Bucket:
    """MWAA's bucket."""

    s3: Any
    name: str

    def version(self, key: str, content: bytes) -> str:
        """The S3 version of an object if that is its content already, else empty."""
        there = self._head(key)
        if there is None or there["Metadata"].get(_DIGEST) != _sha256(content):
            return ""
        return _version(there)

    def put(self, key: str, content: bytes) -> str:
        """Put an object if it is not so; its S3 version. Raises ToolError if the bucket keeps none."""
        if found := self.version(key, content):
            return found
        answer = self.s3.put_object(Bucket=self.name, Key=key, Body=content, Metadata={_DIGEST: _sha256(content)})
        if not (found := _version(answer)):
            raise ToolError(
                f"s3://{self.name} keeps no versions, by which MWAA is told what to install. Enable its versioning"
            )
        return found

    def put_dags(self, archive: bytes) -> list[str]:
        """Put each file of the archive below dags/ that is not so; the keys that were put."""
        files = _unpacked(archive)

        def differs(key: str) -> bool:
            there = self._head(key)
            return there is None or there["Metadata"].get(_DIGEST) != _sha256(files[key])

        with ThreadPoolExecutor(_SIDE_BY_SIDE) as pool:
            changed = [key for key, each in zip(files, pool.map(differs, files), strict=True) if each]
            list(pool.map(lambda key: self.put(key, files[key]), changed))
        return changed

    def gone(self, archive: bytes) -> list[str]:
        """Keys below dags/ that the archive has not."""
        files = _unpacked(archive)
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=self.name, Prefix=DAGS_FOLDER)
        keys = [each["Key"] for page in pages for each in page.get("Contents", ())]
        return [key for key in keys if key not in files and key != DEPLOYMENT]

    def remove(self, keys: list[str]) -> None:
        """Delete objects; the bucket keeps their versions."""
        for key in keys:
            self.s3.delete_object(Bucket=self.name, Key=key)

    def _head(self, key: str) -> Any:
        try:
            return self.s3.head_object(Bucket=self.name, Key=key)
        except ClientError as error:
            if error.response["Error"]["Code"] in ("404", "NoSuchKey"):
                return None
            raise


def _version(answer: Any) -> str:
    """Empty for an object from before its bucket kept versions, which has the version `null`."""
    found = str(answer.get("VersionId") or "")
    return "" if found == "null" else found


def with_document(plugins: bytes, document: Deployment) -> bytes:
    """plugins.zip with the deployment for the web server, which may have no dags/.

    Without what changes from release to release: a new plugins.zip takes MWAA half an hour, and pages ask for neither.
    Approvers stay: a worker that has this file before its dags/ must not take a deployment for one without any.
    """
    lasting = replace(document, code_sha="", packages_sha="", environment_sha="", notify=[])
    with zipfile.ZipFile(io.BytesIO(plugins)) as packed:
        files = {each: packed.read(each) for each in packed.namelist() if not each.endswith("/")}
    return stored_zip({**files, FILE: lasting.to_json().encode()})


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _unpacked(archive: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(archive)) as packed:
        names = sorted(each.filename for each in packed.infolist() if not each.is_dir())
        return {f"{DAGS_FOLDER}{name}": packed.read(name) for name in names}
