"""The tables and partitions that a crawl has found, as the Data Catalog's shapes."""

import re
from dataclasses import dataclass
from typing import Any

from local_aws.glue.crawlers.groups import Group, Tree

ALIKE = 0.7  # the share of columns that folders must have in common to be partitions of one table
VERSION = "1.0"


@dataclass(kw_only=True)
class Inferred:
    """What Spark says of a group: columns with types, and how Hive reads such files."""

    columns: list[dict[str, str]]
    storage: dict[str, Any]


@dataclass(kw_only=True)
class Found:
    """A table: its TableInput and its PartitionInputs."""

    definition: dict[str, Any]
    partitions: list[dict[str, Any]]


def merge(tree: Tree, inferred: dict[str, Inferred]) -> list[Group]:
    """Return the tree's tables, with sibling folders that are alike as partitions of their parent."""
    if tree.groups:
        return tree.groups
    below = [merge(child, inferred) for child in tree.children]
    singles = [groups[0] for groups in below if len(groups) == 1]
    if len(singles) < max(2, len(below)) or not all(_alike(singles[0], other, inferred) for other in singles[1:]):
        return [group for groups in below for group in groups]
    return [_as_partitions(tree.place, singles)]


def _alike(one: Group, other: Group, inferred: dict[str, Inferred]) -> bool:
    if one.kind.format != other.kind.format or one.keys != other.keys:
        return False
    first, second = ({(c["Name"], c["Type"]) for c in inferred[group.place].columns} for group in (one, other))
    return len(first & second) >= ALIKE * max(len(first), len(second))


def _as_partitions(place: str, groups: list[Group]) -> Group:
    keys = ["partition_0"]
    for key in groups[0].keys:
        number = re.fullmatch(r"partition_(\d+)", key)
        keys.append(f"partition_{int(number[1]) + 1}" if number else key)
    folders: dict[str, list[str]] = {}
    for group in groups:
        name = group.place.rpartition("/")[2]
        folders |= {folder: [name, *values] for folder, values in (group.folders or {group.place: []}).items()}
    files = [path for group in groups for path in group.files]
    return Group(place=place, kind=groups[0].kind, files=files, keys=keys, folders=folders)


def table_name(place: str, prefix: str) -> str:
    """Return the name that Glue gives a table: the last part of its place, lower-case, letters, digits and ``_``."""
    return prefix + re.sub(r"[^a-z0-9_]", "_", place.rstrip("/").rpartition("/")[2].lower())


def describe(group: Group, inferred: Inferred, *, bucket: str, prefix: str, crawler: str) -> Found:
    """Return a group as a table."""
    size = sum(path.stat().st_size for path in group.files)
    parameters = {
        "classification": group.kind.format,
        "compressionType": "gzip" if group.kind.compressed else "none",
        "objectCount": str(len(group.files)),
        "sizeKey": str(size),
        "typeOfData": "file",
        "UPDATED_BY_CRAWLER": crawler,
        "CrawlerSchemaSerializerVersion": VERSION,
        "CrawlerSchemaDeserializerVersion": VERSION,
    }
    if group.kind.format == "csv":
        parameters |= {"delimiter": group.kind.delimiter, "columnsOrdered": "true", "areColumnsQuoted": "false"}
    if group.kind.header:
        parameters["skip.header.line.count"] = "1"
    location = f"s3://{bucket}/{group.place}" + ("" if group.files[0].as_posix().endswith(group.place) else "/")
    storage = {"Columns": inferred.columns, "Location": location, "Parameters": parameters, **inferred.storage}
    storage |= {"Compressed": group.kind.compressed, "NumberOfBuckets": -1, "StoredAsSubDirectories": False}
    definition = {
        "Name": table_name(group.place or bucket, prefix),
        "Owner": "owner",
        "TableType": "EXTERNAL_TABLE",
        "Parameters": parameters,
        "PartitionKeys": [{"Name": key.lower(), "Type": "string"} for key in group.keys],
        "StorageDescriptor": storage,
    }
    partitions = [
        {"Values": values, "StorageDescriptor": storage | {"Location": f"s3://{bucket}/{folder}/"}}
        for folder, values in group.folders.items()
    ]
    return Found(definition=definition, partitions=partitions)
