"""People made up by a known rule, in the form of UCI Adult: its columns, its unknowns, its two files as published.

Whether a person earns more than 50,000 dollars is drawn with the probability that the rule gives; so the best possible
accuracy is known: the Bayes accuracy, of always saying what is more probable.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import numpy as np

from tools.datasets import census_shares as shares

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    People = dict[str, NDArray[np.generic]]

UNKNOWN = "?"
_UNKNOWN_COUNTRY = 0.018
_FIRST_LINE_OF_TEST = "|1x3 Cross validator"
"""The publisher's: its training file has no such line, and neither has a header."""
_OCCUPATIONS = {
    "Exec-managerial": 1.5,
    "Prof-specialty": 1.2,
    "Tech-support": 0.8,
    "Sales": 0.4,
    "Protective-serv": 0.5,
    "Other-service": -1.5,
    "Handlers-cleaners": -1.0,
    "Farming-fishing": -1.3,
    "Priv-house-serv": -2.0,
}
"""What the rule adds for them; 0 for all others, the unknown one included."""


@dataclass(frozen=True, kw_only=True)
class Shape:
    """How much, and how hard: the defaults resemble UCI Adult."""

    train: int = 32_561
    test: int = 16_281
    sharpness: float = 1.8
    """Factor of the rule's score: 0 is a coin toss, and the larger it is, the less is left to chance."""
    seed: int = 42


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What was generated; both accuracies are of the rule itself, in the test part."""

    shape: Shape
    positive: float
    """Share of the test part that earns more."""
    bayes_accuracy: float
    """Expected: the mean of the more probable answer's probability."""
    rule_accuracy: float
    """Of the labels as they were drawn."""


def generate(folder: Path, shape: Shape | None = None) -> Facts:
    """Write adult.data, adult.test and facts.json into `folder`; equal shapes give equal bytes."""
    shape = shape or Shape()
    random = np.random.default_rng(shape.seed)
    folder.mkdir(parents=True, exist_ok=True)
    train, test = _people(random, shape.train), _people(random, shape.test)
    chance = probability(test, shape.sharpness)
    earns, earned = _drawn(random, probability(train, shape.sharpness)), _drawn(random, chance)
    _write(folder / "adult.data", train, earns, stop="", first=())
    _write(folder / "adult.test", test, earned, stop=".", first=(_FIRST_LINE_OF_TEST,))
    facts = Facts(
        shape=shape,
        positive=round(float(earned.mean()), 4),
        bayes_accuracy=round(float(np.maximum(chance, 1 - chance).mean()), 4),
        rule_accuracy=round(float(((chance > 0.5) == earned).mean()), 4),  # noqa: PLR2004 - more probable than not
    )
    (folder / "facts.json").write_text(json.dumps(asdict(facts), indent=2) + "\n", encoding="utf-8")
    return facts


def probability(people: Mapping[str, NDArray[np.generic]], sharpness: float) -> NDArray[np.float64]:
    """The rule: the logistic function of a sum of what age, education, marriage, work and capital add."""
    age, hours = people["age"].astype(float), people["hours_per_week"].astype(float)
    score = (
        -2.1
        + 2.2 * (people["marital_status"] == "Married-civ-spouse")
        + 0.35 * (people["education_num"].astype(float) - 10)
        - np.minimum(3.0, ((age - 48) / 14) ** 2)
        + 0.03 * (hours - 40)
        + np.vectorize(lambda name: _OCCUPATIONS.get(name, 0.0), otypes=[float])(people["occupation"])
        + 5.0 * (people["capital_gain"].astype(float) >= 5000)  # noqa: PLR2004 - dollars
        + 2.0 * (people["capital_loss"].astype(float) >= 1800)  # noqa: PLR2004
    )
    # The logistic function, written so that it never overflows.
    chance: NDArray[np.float64] = (1 + np.tanh(sharpness * score / 2)) / 2
    return chance


def _drawn(random: np.random.Generator, chance: NDArray[np.float64]) -> NDArray[np.bool_]:
    return random.random(len(chance)) < chance


def _people(random: np.random.Generator, count: int) -> People:
    """Everything about them but what they earn, in the publisher's order of columns."""

    def pick(of: Mapping[str, float]) -> NDArray[np.str_]:
        weights = np.array(list(of.values()))
        return np.asarray(random.choice(list(of), size=count, p=weights / weights.sum()))

    def sometimes(share: float, of: tuple[int, ...]) -> NDArray[np.int64]:
        return np.where(random.random(count) < share, random.choice(of, size=count), 0)

    age = np.clip(np.round(17 + random.gamma(2.5, 8.6, count)), 17, 90).astype(int)
    workclass, education, sex = pick(shares.WORKCLASS), pick(shares.EDUCATION), pick(shares.SEX)
    levels = {name: level for level, name in enumerate(shares.LEVELS, start=1)}
    marital = _marital(random, age)
    return {
        "age": age,
        "workclass": workclass,
        "fnlwgt": np.clip(random.lognormal(12.02, 0.52, count), 12_285, 1_484_705).astype(int),
        "education": education,
        "education_num": np.array([levels[name] for name in education]),
        "marital_status": marital,
        "occupation": np.where(workclass == UNKNOWN, UNKNOWN, pick(shares.OCCUPATION)),
        "relationship": _relationship(random, age, marital, sex),
        "race": pick(shares.RACE),
        "sex": sex,
        "capital_gain": sometimes(0.083, shares.GAINS),
        "capital_loss": sometimes(0.047, shares.LOSSES),
        "hours_per_week": _hours(random, age),
        "native_country": np.where(random.random(count) < _UNKNOWN_COUNTRY, UNKNOWN, pick(shares.COUNTRY)),
    }


def _marital(random: np.random.Generator, age: NDArray[np.int64]) -> NDArray[np.str_]:
    """The younger, the more often never married; most others are married."""
    never = random.random(len(age)) < np.clip(np.exp(-(age - 18) / 13), 0.04, 0.98)
    others = random.choice(list(shares.MARRIED), size=len(age), p=list(shares.MARRIED.values()))
    return np.where(never, "Never-married", others)


def _relationship(
    random: np.random.Generator, age: NDArray[np.int64], marital: NDArray[np.str_], sex: NDArray[np.str_]
) -> NDArray[np.str_]:
    """To the householder: spouses by their sex, the young mostly children, others alone or with relatives."""
    alone = random.choice(["Not-in-family", "Unmarried", "Other-relative"], size=len(age), p=[0.66, 0.26, 0.08])
    child = (age < 28) & (marital == "Never-married") & (random.random(len(age)) < 0.7)  # noqa: PLR2004 - years
    spouse = np.where(sex == "Male", "Husband", "Wife")
    return np.where(marital == "Married-civ-spouse", spouse, np.where(child, "Own-child", alone))


def _hours(random: np.random.Generator, age: NDArray[np.int64]) -> NDArray[np.int64]:
    """Half of them 40; students and pensioners fewer."""
    usual = np.where((age < 22) | (age > 64), 26, 43)  # noqa: PLR2004 - years
    spread = np.clip(np.round(random.normal(usual, 12)), 1, 99).astype(int)
    return np.where(random.random(len(age)) < 0.45, 40, spread)  # noqa: PLR2004 - share


def _write(path: Path, people: People, earns: NDArray[np.bool_], *, stop: str, first: tuple[str, ...]) -> None:
    """As the publisher does: a blank after each comma, an empty last line, in the test part a full stop at the end."""
    labels = [f"{'>50K' if each else '<=50K'}{stop}" for each in earns.tolist()]
    rows = zip(*(column.tolist() for column in people.values()), labels, strict=True)
    lines = [*first, *(", ".join(map(str, row)) for row in rows), ""]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")
