"""What EMR demands of StartNotebookExecution beyond the shape of its members."""

import json
import re
from collections.abc import Mapping
from typing import Any

from moto.emr.exceptions import InvalidRequestException

from local_aws.s3 import ObjectStore, ObjectStoreError

UP = ("RUNNING", "WAITING")
EDITOR = re.compile(r"e-[A-Z0-9]+")


def parameters(request: Mapping[str, Any]) -> dict[str, Any]:
    """Return the notebook's parameters; raise InvalidRequestException for what is no JSON object."""
    text = request.get("NotebookParams") or "{}"
    try:
        found = json.loads(text)
    except ValueError as error:
        raise InvalidRequestException(f"NotebookParams is not valid JSON: {error}.") from error
    if not isinstance(found, dict):
        raise InvalidRequestException("NotebookParams must be a JSON object: the parameters by their names.")
    return found


def source(request: Mapping[str, Any], store: ObjectStore) -> str:
    """Return where the notebook lies; raise InvalidRequestException if the request does not name one that is there."""
    location = request.get("NotebookS3Location")
    editor, path = request.get("EditorId") or "", request.get("RelativePath") or ""
    if (location is None) == (not editor):
        raise InvalidRequestException("Specify either EditorId with RelativePath, or NotebookS3Location.")
    if editor and not path:
        raise InvalidRequestException("RelativePath is required with EditorId.")
    found = _address(location, "NotebookS3Location") if location is not None else _in_workspace(editor, path, store)
    if not _is_there(found, store):
        raise InvalidRequestException(f"There is no notebook at {found}.")
    return found


def output_folder(request: Mapping[str, Any], notebook: str, execution_id: str) -> str:
    """Return where the executed notebook goes, under its own name: the prefix asked for, or beside the workspace's.

    Raise InvalidRequestException if a notebook outside of a workspace is given no place.
    """
    location, editor = request.get("OutputNotebookS3Location"), request.get("EditorId")
    if location:
        return _address(location, "OutputNotebookS3Location").rstrip("/")
    if not editor:
        raise InvalidRequestException("OutputNotebookS3Location is required with NotebookS3Location.")
    workspace = notebook.partition(f"/{editor}/")[0]
    return f"{workspace}/{editor}/executions/{execution_id}"


def check_cluster_state(cluster_id: str, state: str) -> None:
    """Raise InvalidRequestException for a cluster on which nothing can be started."""
    if state not in UP:
        raise InvalidRequestException(
            f"Cluster {cluster_id} is in state {state}. It must be in one of the states {', '.join(UP)}."
        )


def _address(location: Mapping[str, str], name: str) -> str:
    if not location.get("Bucket") or not location.get("Key"):
        raise InvalidRequestException(f"{name} needs a Bucket and a Key.")
    return f"s3://{location['Bucket']}/{location['Key']}"


def _is_there(address: str, store: ObjectStore) -> bool:
    try:
        return store.file(address).is_file()
    except ObjectStoreError:
        return False


def _in_workspace(editor: str, path: str, store: ObjectStore) -> str:
    """A workspace is a folder of the editor's id, wherever a Studio keeps its workspaces."""
    for bucket in store.bucket_names() if EDITOR.fullmatch(editor) else ():
        root = store.file(f"s3://{bucket}/")
        for folder in sorted(root.rglob(editor)):
            if folder.is_dir():
                return f"s3://{bucket}/{folder.relative_to(root).as_posix()}/{path}"
    raise InvalidRequestException(f"Editor id '{editor}' is not valid.")
