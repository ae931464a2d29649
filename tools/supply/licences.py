"""The licence of every locked package, as its own metadata state it; and which of them may be there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import Distribution, distributions
from pathlib import Path
from typing import TYPE_CHECKING, cast

from tools.errors import ToolError
from tools.supply.locks import RUNTIME, Pin, canonical

if TYPE_CHECKING:
    from email.message import Message

    from tools.supply.policy import Policy

PAGE = Path("docs/licences.md")
SPDX = {
    "MIT License": "MIT",
    "BSD License": "BSD",
    "BSD": "BSD",
    "3-Clause BSD License": "BSD-3-Clause",
    "Apache Software License": "Apache-2.0",
    "Apache 2.0": "Apache-2.0",
    "Apache License 2.0": "Apache-2.0",
    "MIT No Attribution License (MIT-0)": "MIT-0",
    "ISC License (ISCL)": "ISC",
    "Python Software Foundation License": "PSF-2.0",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "The Unlicense (Unlicense)": "Unlicense",
    "GNU General Public License v2 (GPLv2)": "GPL-2.0",
    "GNU Library or Lesser General Public License (LGPL)": "LGPL",
    "GNU General Public License (GPL)": "GPL",
    "GNU General Public License v2 or later (GPLv2+)": "GPL-2.0-or-later",
    "Artistic License": "Artistic",
}
"""Trove classifiers and free texts to SPDX; `BSD`, `GPL`, `LGPL` and `Artistic` where the metadata name no version."""
NOT_LICENCES = {"OSI Approved", "Freely Distributable", "DFSG approved"}
_WORDS = re.compile(r"\b(?:AND|OR|WITH)\b|[();]")
_ROW = re.compile(r"^\| ([\w.-]+) \| (\S+) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class Row:
    """One package in the page."""

    pin: Pin
    licence: str
    locks: tuple[str, ...]

    def __str__(self) -> str:
        return f"| {self.pin.name} | {self.pin.version} | {self.licence} | {', '.join(self.locks)} |"


def installed(site_packages: Iterable[Path]) -> dict[Pin, str]:
    """Licences by package, of environments that are there."""
    found: dict[Pin, str] = {}
    for folder in site_packages:
        for each in distributions(path=[str(folder)]):
            found[Pin(name=canonical(each.metadata["Name"]), version=each.version)] = stated(each)
    return found


def stated(distribution: Distribution) -> str:
    """The SPDX expression (PEP 639), else the classifiers, else the first line of the free text; empty if none."""
    metadata = cast("Message", distribution.metadata)
    if expression := metadata.get("License-Expression"):
        return str(expression)
    classifiers = [
        each.split(" :: ")[-1] for each in metadata.get_all("Classifier") or () if each.startswith("License")
    ]
    named = [each for each in classifiers if each not in NOT_LICENCES]
    free = str(metadata.get("License") or "").strip().partition("\n")[0]
    return " AND ".join(SPDX.get(each, each) for each in named or [free] if each)


def rows(locked: Mapping[str, set[Pin]], known: Mapping[Pin, str], policy: Policy) -> list[Row]:
    """A row for each locked package; raises ToolError naming those of which no licence is known."""
    found, missing = [], []
    for pin in sorted(set().union(*locked.values())):
        licence = policy.stated.get(pin.name) or known.get(pin) or _another_version(pin, known)
        if not licence:
            missing.append(str(pin))
        locks = tuple(name for name, pins in locked.items() if pin in pins)
        found.append(Row(pin=pin, licence=licence.replace("|", "/"), locks=locks))
    if missing:
        raise ToolError(
            f"No licence is known of {', '.join(missing)}. Make the environments (make environments), "
            "or state it under [licences.stated] in requirements/policy.toml."
        )
    return found


def refused(found: Iterable[Row], policy: Policy) -> list[str]:
    """Sentences on packages that may not be there: every licence that an expression names must be allowed."""
    sentences = []
    for row in found:
        names = {each.strip() for each in _WORDS.split(row.licence) if each.strip()}
        if names <= policy.allowed:
            continue
        excuse = policy.licensed.get(row.pin.name)
        if excuse is None or excuse.licence != row.licence:
            got = f"which requirements/policy.toml excuses for {excuse.licence}" if excuse else "which is not allowed"
            sentences.append(f"{row.pin} of {', '.join(row.locks)} is under {row.licence}, {got}.")
    return sentences


def page(found: Iterable[Row], policy: Policy) -> Iterator[str]:
    """docs/licences.md, line by line."""
    everything = list(found)
    runtime = [each for each in everything if set(each.locks) & set(RUNTIME)]
    others = [each for each in everything if each not in runtime]
    yield from (
        "# Licences",
        "",
        "Written by `make licences` from the metadata of installed packages; a test compares it with the lock files.",
        "What is allowed, and why the exceptions are there: [`requirements/policy.toml`](../requirements/policy.toml).",
        "`BSD` without a number is a package that does not say which. Penstock itself is Apache-2.0.",
        "",
        "The simulator of IAM policies among the tests (`tests/infra/simulator`, packages of Node.js, locked apart) is",
        "AGPL: `make test-infra` alone runs it, as a program of its own, and it is in nothing that is deployed.",
    )
    yield from _section(
        "Not on the list of allowed licences", [each for each in everything if each.pin.name in policy.licensed]
    )
    yield from ("", "| package | why it may be there |", "|---|---|")
    yield from (f"| {each.package} | {each.reason} |" for each in policy.licensed.values())
    yield from _section(f"What runs: {', '.join(RUNTIME)}", runtime)
    yield from _section("Tests, benchmarks and checks only", others)


def parse(text: str) -> list[Row]:
    """The rows of the page, each once."""
    found = {
        Pin(name=name, version=version): Row(
            pin=Pin(name=name, version=version), licence=licence, locks=tuple(locks.split(", "))
        )
        for name, version, licence, locks in _ROW.findall(text)
        if name != "package"
    }
    return sorted(found.values(), key=lambda each: each.pin)


def _section(title: str, found: Iterable[Row]) -> Iterator[str]:
    yield from ("", f"## {title}", "", "| package | version | licence | locked in |", "|---|---|---|---|")
    yield from map(str, found)


def _another_version(pin: Pin, known: Mapping[Pin, str]) -> str:
    return next((licence for each, licence in known.items() if each.name == pin.name), "")
