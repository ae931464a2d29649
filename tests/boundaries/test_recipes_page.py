"""docs/recipes.md lists exactly the estimators, stages and metrics that there are, and its recipes are recipes."""

import re

import yaml

from penstock.mllib.estimators import ESTIMATORS
from penstock.mllib.problems import Problem, judged_by
from penstock.mllib.stages import STAGES
from penstock.recipe.rules import read_recipe
from tools.settings import REPOSITORY

PAGE = (REPOSITORY / "docs/recipes.md").read_text(encoding="utf-8").splitlines()


def table(heading: str) -> list[str]:
    """The rows of the table below a heading."""
    start = PAGE.index(heading)
    rows = [line for line in PAGE[start:] if line.startswith(("|", "#"))]
    end = next((index for index, line in enumerate(rows[1:], 1) if line.startswith("#")), len(rows))
    return rows[3:end]


def names(known: object) -> str:
    return ", ".join(f"`{name}`" for name in known) or "none"


def test_every_estimator_is_listed_with_its_problems_and_parameters() -> None:
    assert table("## Estimators") == [
        f"| `{each.name}` | {', '.join(sorted(each.problems))} | {names(each.params)} |" for each in ESTIMATORS.values()
    ]


def test_every_stage_is_listed_with_what_it_takes_and_gives() -> None:
    assert table("## Feature stages") == [
        f"| `{each.name}` | {', '.join(sorted(each.takes))} | {each.gives.value} | {names(each.params)} |"
        for each in STAGES.values()
    ]


def test_every_metric_is_listed() -> None:
    assert table("## Metrics") == [
        f"| {problem.value} | {names(judged_by(problem))} |" for problem in Problem if judged_by(problem)
    ]


def test_the_recipes_are_recipes() -> None:
    blocks = [yaml.safe_load(each) for each in re.findall(r"```yaml\n(.*?)```", "\n".join(PAGE), re.DOTALL)]
    spec = yaml.safe_load((REPOSITORY / "dags/specs/income_classifier.yaml").read_text(encoding="utf-8"))
    boosted = spec["models"]["income_boosted"]["recipe"]
    found = [read_recipe(each.get("recipe") or {**boosted, **each}) for each in blocks]
    assert [each.estimator.name for each in found] == ["GBTClassifier", "SparkXGBClassifier"]
