"""Spark settings that fit a step to its input, chosen when the task runs: before the ETL its size is not known."""

from __future__ import annotations

import itertools
import logging
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from penstock.layout import split_uri
from penstock.spark_settings import nodes, submit_settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from penstock.spark_settings import Nodes, Settings
    from workflow.compute.spec import Cluster

Step = dict[str, Any]
log = logging.getLogger(__name__)


def executor_nodes(cluster: Cluster | None) -> Nodes | None:
    """Where a cluster's executors run; None for a cluster that is not the workflow's own, or has nodes of two types."""
    if cluster is None or (cluster.task and cluster.task.instance_type != cluster.core.instance_type):
        return None
    return nodes(cluster.core.instance_type, cluster.core.count + (cluster.task.count if cluster.task else 0))


def settings_for(s3: Any, input_uris: Iterable[str], on: Nodes | None, *, in_python: bool = False) -> Settings:
    """The settings for inputs on S3: none for a job without inputs, or whose inputs are not seen from here."""
    uris = list(input_uris)
    if not uris:
        return {}
    try:
        sizes = [_bytes(s3, uri) for uri in uris]
    except (ClientError, BotoCoreError, OSError) as error:
        log.warning("The size of %s cannot be asked, so Spark's defaults stay: %s", ", ".join(uris), error)
        return {}
    if 0 in sizes:
        log.warning("Nothing is seen in %s, so Spark's defaults stay", uris[sizes.index(0)])
        return {}
    size = sum(sizes)
    settings = submit_settings(size, on, in_python=in_python)
    log.info("Input of %s bytes: %s", f"{size:,}", settings or "Spark's defaults stay")
    return settings


def with_settings(step: Step, settings: Mapping[str, str]) -> Step:
    """The step with these options of spark-submit; one that it has, from the spec, stays as it is."""
    if not settings:
        return step
    jar = step["HadoopJarStep"]
    command, *rest = jar["Args"]
    given = {value.partition("=")[0] for option, value in itertools.pairwise(rest) if option == "--conf"}
    options = [part for name, value in settings.items() if name not in given for part in ("--conf", f"{name}={value}")]
    return {**step, "HadoopJarStep": {**jar, "Args": [command, *options, *rest]}}


def _bytes(s3: Any, uri: str) -> int:
    """Of the object, or of all below the folder."""
    bucket, key = split_uri(uri.rstrip("/"))
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=key)
    found = (each for page in pages for each in page.get("Contents", []))
    return sum(each["Size"] for each in found if each["Key"] == key or each["Key"].startswith(f"{key}/"))
