"""The reference of the specs is what their models say now; `make reference` writes it anew."""

import re
from pathlib import Path
from typing import Annotated, Literal

import pytest
from pydantic import Field

from workflow.housekeeping.spec import Housekeeping
from workflow.learner.spec import Learner
from workflow.recommender.spec import Metric, MovieRecommender
from workflow.reference.comments import comments
from workflow.reference.page import KINDS, page, rows
from workflow.values import Values

PAGE = Path(__file__).parents[4] / "docs/reference/specs.md"
SPECS = Path(__file__).parents[4] / "dags/specs"


def test_the_page_is_what_the_models_say() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "make reference"


def test_every_shipped_spec_has_its_kind() -> None:
    kinds = {spec for _, spec in KINDS.values()}
    learners = {"conversion_model", "customer_segments", "topics"}
    assert {each.stem for each in SPECS.glob("*.yaml")} - learners == kinds


def test_every_key_has_a_type_and_a_meaning() -> None:
    lines = [line for line in page().splitlines() if line.startswith("| `")]
    assert len(lines) > 200
    assert [line for line in lines if line.endswith("|  |") or " |  | needed |  |" in line] == []


def test_keys_stand_with_range_default_and_meaning() -> None:
    found = {row[0]: row[1:] for row in rows(Learner, "income_classifier")}
    assert found["`judging.resamples`"] == (
        "whole number",
        "from 0, to 10,000",
        "needed",
        "Bootstrap resamples for the intervals; 0 for none *(form)*",
    )
    assert found["`models.<name>.gate[].beat_baseline`"] == (
        "true or false",
        "",
        "`true`",
        "Whether the trivial baselines must be beaten.",
    )
    assert found["`checks.drift.schema_change`"][:3] == ("`warn`, `fail`", "", "`warn`")
    assert "`cluster`" not in found


def test_a_workflow_without_shared_keys_says_all_of_its_own() -> None:
    assert [row[0] for row in rows(Housekeeping, "housekeeping")][:3] == ["`owner`", "`tags`", "`schedule`"]


def test_the_metrics_of_the_recommender_are_those_of_the_page_of_metrics() -> None:
    gate = next(row for row in rows(MovieRecommender, "movie_recommender") if row[0].endswith("gate[].metric`"))
    named = set(re.findall(r"`(\w+)`", gate[1]))
    text = (PAGE.parent / "metrics.md").read_text(encoding="utf-8").partition("## The recommender's lists")[2]
    assert named == set(re.findall(r"^\| `(\w+)`", text, re.MULTILINE)) == set(Metric.__args__)


class Odd(Values):
    """Kinds of fields that no spec has together."""

    choice: Literal["a", "b"] | None = None
    names: list[Annotated[str, Field(pattern="^x$")]] = Field(min_length=2)


def test_unions_and_elements_are_said_in_words() -> None:
    assert list(rows(Odd, "topics")) == [
        ("`choice`", "`a`, `b` or null", "", "`null`", ""),
        ("`names`", "list of text", "at least 2, `^x$`", "needed", ""),
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a: 1  # one\n", {"a": "one"}),
        ("a:   # above\n  b: 2 # two\nc: 3\n", {"a": "above", "a.b": "two"}),
        ("a:\n  - b: 1   # first\n    c: x#y\n", {"a.b": "first"}),
    ],
)
def test_comments_are_found_by_their_key(tmp_path: Path, text: str, found: dict[str, str]) -> None:
    (tmp_path / "spec.yaml").write_text(text, encoding="utf-8")
    assert comments(tmp_path / "spec.yaml") == found
