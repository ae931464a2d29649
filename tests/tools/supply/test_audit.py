"""Reports as pip-audit writes them; one that asks nobody must not count as clean."""

from datetime import date
from typing import Any

import pytest

from tools.supply.audit import Finding, Judgement, judge, parse
from tools.supply.locks import Pin
from tools.supply.policy import Accepted

CLEAN = {"name": "rich", "version": "15.0.0", "vulns": []}
KNOWN = {
    "name": "urllib3",
    "version": "2.8.0",
    "vulns": [{"id": "PYSEC-1", "fix_versions": ["2.8.1"], "aliases": ["CVE-2026-1", "GHSA-1"]}],
}
SKIPPED = {"name": "boto3", "skip_reason": "Dependency not found on PyPI and could not be audited: boto3 (1.44.5)"}
TODAY = date(2026, 11, 21)
SENTENCE = "urllib3==2.8.0: PYSEC-1 (CVE-2026-1, GHSA-1), fixed in 2.8.1"


def accepted(**changes: Any) -> Accepted:
    values = {"id": "CVE-2026-1", "package": "urllib3", "reason": "not reachable", "expires": TODAY}
    return Accepted(**{**values, **changes})


def test_nothing_found_is_clean() -> None:
    assert judge(parse([CLEAN]), [], TODAY) == Judgement(failures=[], accepted=[])


def test_a_package_that_was_not_looked_up_fails() -> None:
    found = judge(parse([CLEAN, SKIPPED]), [], TODAY)
    assert "".join(found.failures) == (
        f"Nothing is known of 1 of the packages, because they were not found: {SKIPPED['skip_reason']}. A mirror of "
        "PyPI often has no vulnerabilities: run it where pypi.org answers, or with --service osv."
    )


def test_only_some_of_many_that_were_not_looked_up_are_named() -> None:
    rows = [{"name": str(each), "skip_reason": f"no {each}"} for each in range(7)]
    assert (
        "they were not found: no 0; no 1; no 2; no 3; no 4; and 2 more. " in judge(parse(rows), [], TODAY).failures[0]
    )


def test_a_vulnerability_fails_with_all_of_its_names() -> None:
    report = parse([KNOWN])
    names = frozenset({"PYSEC-1", "CVE-2026-1", "GHSA-1"})
    pin = Pin(name="urllib3", version="2.8.0")
    assert report.findings == [Finding(pin=pin, id="PYSEC-1", names=names, fixed=("2.8.1",))]
    assert judge(report, [], TODAY).failures == [
        f"{SENTENCE}. Raise the pin, or accept it in requirements/policy.toml with a reason and a date."
    ]


def test_a_vulnerability_without_fix_and_alias_says_so() -> None:
    row = {"name": "a", "version": "1", "vulns": [{"id": "PYSEC-2", "fix_versions": [], "aliases": []}]}
    assert str(parse([row]).findings[0]) == "a==1: PYSEC-2 (no other name), no fix yet"


@pytest.mark.parametrize("name", ["PYSEC-1", "CVE-2026-1", "GHSA-1"])
def test_an_accepted_one_passes_by_any_of_its_names_until_its_day(name: str) -> None:
    found = judge(parse([KNOWN]), [accepted(id=name)], TODAY)
    assert found == Judgement(failures=[], accepted=[f"{SENTENCE}. Accepted until 2026-11-21: not reachable"])


def test_an_accepted_one_fails_after_its_day() -> None:
    found = judge(parse([KNOWN]), [accepted(expires=date(2026, 11, 20))], TODAY)
    assert found == Judgement(
        failures=[f"{SENTENCE}. It was accepted until 2026-11-20 only: not reachable"], accepted=[]
    )


def test_accepting_it_for_one_package_accepts_it_for_no_other() -> None:
    assert len(judge(parse([KNOWN]), [accepted(package="requests")], TODAY).failures) == 2


def test_what_is_accepted_and_not_found_must_go() -> None:
    assert judge(parse([CLEAN]), [accepted()], TODAY).failures == [
        "requirements/policy.toml accepts CVE-2026-1 of urllib3, which is not found any more: remove it."
    ]
