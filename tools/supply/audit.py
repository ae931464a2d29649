"""Known vulnerabilities of everything that is locked, by pip-audit; a package that nobody knows fails as well."""

from __future__ import annotations

import json
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tools.errors import ToolError
from tools.supply.locks import Pin, rounds

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from tools.supply.policy import Accepted

SERVICES = ("pypi", "osv")
NOT_ASKED = 5
"""How many of the packages that could not be looked up a message names."""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One known vulnerability of one pin."""

    pin: Pin
    id: str
    names: frozenset[str]
    """The id and its aliases: CVE, GHSA and PYSEC name the same thing."""
    fixed: tuple[str, ...]

    def __str__(self) -> str:
        fixed = f"fixed in {', '.join(self.fixed)}" if self.fixed else "no fix yet"
        return f"{self.pin}: {self.id} ({', '.join(sorted(self.names - {self.id})) or 'no other name'}), {fixed}"


@dataclass(frozen=True, kw_only=True)
class Audit:
    """What was asked and what is known."""

    findings: list[Finding]
    unknown: list[str]
    """Packages that the service could not tell about, with its reason."""


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """What fails an audit, and what was accepted. All sentences."""

    failures: list[str]
    accepted: list[str]


def audit(python: Path, pins: Iterable[Pin], *, service: str = "pypi", osv_url: str | None = None) -> Audit:
    """Ask the service about every pin; raises ToolError if pip-audit itself fails."""
    reports = [_ask(python, each, service, osv_url) for each in rounds(pins)]
    return parse([row for report in reports for row in report["dependencies"]])


def parse(rows: Iterable[Mapping[str, Any]]) -> Audit:
    """pip-audit's JSON: a row for each package, either skipped or with its vulnerabilities."""
    findings, unknown = [], []
    for row in rows:
        if "skip_reason" in row:
            unknown.append(str(row["skip_reason"]))
            continue
        pin = Pin(name=row["name"], version=row["version"])
        findings += [
            Finding(
                pin=pin,
                id=each["id"],
                names=frozenset({each["id"], *each.get("aliases", ())}),
                fixed=tuple(each.get("fix_versions", ())),
            )
            for each in row["vulns"]
        ]
    return Audit(findings=findings, unknown=unknown)


def judge(found: Audit, accepted: Sequence[Accepted], today: date) -> Judgement:
    """Everything that is found fails unless it is accepted; what is accepted and no longer found fails too."""
    failures, tolerated, used = [], [], set()
    for finding in found.findings:
        excuse = next(
            (each for each in accepted if each.package == finding.pin.name and each.id in finding.names), None
        )
        if excuse is None:
            failures.append(
                f"{finding}. Raise the pin, or accept it in requirements/policy.toml with a reason and a date."
            )
            continue
        used.add(excuse)
        if excuse.expires < today:
            failures.append(f"{finding}. It was accepted until {excuse.expires} only: {excuse.reason}")
        else:
            tolerated.append(f"{finding}. Accepted until {excuse.expires}: {excuse.reason}")
    if found.unknown:
        failures.append(_unasked(found.unknown))
        return Judgement(failures=failures, accepted=tolerated)
    failures += [
        f"requirements/policy.toml accepts {each.id} of {each.package}, which is not found any more: remove it."
        for each in accepted
        if each not in used
    ]
    return Judgement(failures=failures, accepted=tolerated)


def _unasked(unknown: Sequence[str]) -> str:
    shown = "; ".join(unknown[:NOT_ASKED]) + (
        f"; and {len(unknown) - NOT_ASKED} more" if len(unknown) > NOT_ASKED else ""
    )
    return (
        f"Nothing is known of {len(unknown)} of the packages, because they were not found: {shown}. "
        "A mirror of PyPI often has no vulnerabilities: run it where pypi.org answers, or with --service osv."
    )


def _ask(python: Path, pins: Sequence[Pin], service: str, osv_url: str | None) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        asked, answer = Path(folder) / "pins.txt", Path(folder) / "answer.json"
        asked.write_text("".join(f"{each}\n" for each in pins), encoding="utf-8")
        command = [str(python), "-m", "pip_audit", "--requirement", str(asked), "--no-deps", "--disable-pip"]
        command += ["--vulnerability-service", service, *(["--osv-url", osv_url] if osv_url else [])]
        command += ["--format", "json", "--desc", "off", "--aliases", "on", "--progress-spinner", "off"]
        done = subprocess.run([*command, "--output", str(answer)], capture_output=True, text=True, check=False)  # noqa: S603
        if not answer.exists():
            last = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
            raise ToolError(f"pip-audit ended with {done.returncode} and no answer from {service}: {last}")
        report: dict[str, Any] = json.loads(answer.read_text(encoding="utf-8"))
        return report
