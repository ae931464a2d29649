"""The page of the documents: what every JSON document says, field by field."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator

import penstock
import tools.deploy
from penstock.deployment import Deployment
from penstock.documents import Document
from tools.docs import fields
from tools.docs.markdown import page, section

INTRO = (
    "Jobs talk through JSON documents on S3. Each is a frozen dataclass in `penstock/` (those of deployments: in "
    "`tools/deploy/`), carries its `kind` and `schema_version`, and is written after everything that it speaks of, so "
    "that its presence means that the job is done. Where each lies: [layout](layout.md). A document of another kind "
    "or version, an unknown or a missing key is an error that names the file and the key. The document of the "
    "platform, `deployment`, has [a page of its own](deployment.md)."
)
PARTS = "What documents are made of; `type` above names them."


def documents_page() -> str:
    """Every document, then what they hold."""
    kinds = sorted(every_document(), key=lambda each: each.kind)
    shown = [each for each in kinds if each is not Deployment]
    parts: dict[type, None] = {}
    for each in shown:
        parts |= dict.fromkeys(part for part in fields.nested(each) if part not in kinds)
    return page(
        "Documents",
        INTRO,
        *(fields.described(each, heading=f"`{each.kind}`, version {each.schema_version}") for each in shown),
        section("Parts", PARTS),
        *(fields.described(each, level=3) for each in sorted(parts, key=lambda each: each.__name__)),
    )


def deployment_page() -> str:
    """What a platform decides."""
    intro = (
        "What the platform decides about one environment, in the JSON file that `PENSTOCK_DEPLOYMENT` names. `make up` "
        "writes it for the local stack, to `$PENSTOCK_HOME/deployment.json`. It holds no secrets: passwords and keys "
        "are in Airflow's connections."
    )
    parts = [fields.described(each) for each in fields.nested(Deployment)]
    return page("Deployment", intro, fields.described(Deployment), *parts)


def every_document() -> Iterator[type[Document]]:
    """Every kind of document that penstock and the deploying tools define."""
    for package in (penstock, tools.deploy):
        for each in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            importlib.import_module(each.name)
    return (each for each in _below(Document) if hasattr(each, "kind"))


def _below(cls: type[Document]) -> Iterator[type[Document]]:
    for each in cls.__subclasses__():
        yield each
        yield from _below(each)
