import csv
from collections import Counter
from math import exp
from pathlib import Path

import numpy as np

from penstock.tables import ADULT
from tools.datasets.census import Shape, generate, probability
from tools.datasets.dataset import sha256

SMALL = Shape(train=3000, test=2000)


def rows(path: Path) -> list[list[str]]:
    with path.open(newline="") as file:
        return [[cell.strip() for cell in row] for row in csv.reader(file) if len(row) > 1]


def test_equal_seeds_give_equal_bytes_and_another_seed_others(tmp_path: Path) -> None:
    shapes = {"first": SMALL, "second": SMALL, "other": Shape(train=3000, test=2000, seed=7)}
    for name, shape in shapes.items():
        generate(tmp_path / name, shape)
    first, second, other = (sha256(tmp_path / name / "adult.test") for name in shapes)
    assert first == second != other


def test_the_files_look_like_the_publishers(tmp_path: Path) -> None:
    generate(tmp_path, SMALL)
    train, test = ((tmp_path / name).read_text().split("\n") for name in ("adult.data", "adult.test"))
    assert test[0] == "|1x3 Cross validator"
    assert train[-2:] == test[-2:] == ["", ""]
    assert (len(train), len(test)) == (3000 + 2, 2000 + 3)
    assert {line.rpartition(", ")[2] for line in train[:-2]} == {"<=50K", ">50K"}
    assert {line.rpartition(", ")[2] for line in test[1:-2]} == {"<=50K.", ">50K."}


def test_a_row_has_the_columns_of_the_table_and_unknowns_where_the_census_has_them(tmp_path: Path) -> None:
    generate(tmp_path, SMALL)
    columns = [name for name in ADULT if name != "part"]
    found = rows(tmp_path / "adult.data")
    assert {len(row) for row in found} == {len(columns)}
    named = [dict(zip(columns, row, strict=True)) for row in found]
    assert all(each[name].isdigit() for each in named for name, kind in ADULT.items() if kind == "bigint")
    unknown = Counter(name for each in named for name, value in each.items() if value == "?")
    assert set(unknown) == {"workclass", "occupation", "native_country"}
    assert unknown["workclass"] == unknown["occupation"]
    levels = {(each["education"], each["education_num"]) for each in named}
    assert len(levels) == len({name for name, _ in levels})
    assert ("Bachelors", "13") in levels


def test_the_shares_are_those_of_the_census(tmp_path: Path) -> None:
    """A share of n rows is known to sqrt(p (1 - p) / n): 0.008 for these; three of them are allowed."""
    facts = generate(tmp_path, SMALL)
    found = rows(tmp_path / "adult.data")
    assert abs(sum(row[1] == "Private" for row in found) / len(found) - 0.697) < 0.025
    assert abs(sum(row[9] == "Male" for row in found) / len(found) - 0.669) < 0.025
    assert 0.2 < facts.positive < 0.3


def test_a_rule_without_force_is_a_coin_toss(tmp_path: Path) -> None:
    assert generate(tmp_path, Shape(train=10, test=4000, sharpness=0.0)).bayes_accuracy == 0.5


def test_a_rule_of_great_force_leaves_nothing_to_chance(tmp_path: Path) -> None:
    facts = generate(tmp_path, Shape(train=10, test=4000, sharpness=1e4))
    assert facts.bayes_accuracy > 0.999
    assert facts.rule_accuracy > 0.999


def test_the_drawn_labels_agree_with_the_rule_as_often_as_it_says(tmp_path: Path) -> None:
    """To three standard deviations of the share of 16,000 rows."""
    facts = generate(tmp_path, Shape(train=10, test=16_000))
    assert abs(facts.rule_accuracy - facts.bayes_accuracy) < 3 * (0.09 * 0.91 / 16_000) ** 0.5 + 0.0001


def test_the_rule_is_the_logistic_function_of_what_it_adds() -> None:
    person = {
        "age": 48,
        "marital_status": "Married-civ-spouse",
        "education_num": 13,
        "hours_per_week": 50,
        "occupation": "Exec-managerial",
        "capital_gain": 5000,
        "capital_loss": 0,
    }
    nobody = {**person, "marital_status": "Divorced", "education_num": 10, "hours_per_week": 40, "occupation": "?"}
    nobody["capital_gain"] = 4999
    found = probability({name: np.array([person[name], nobody[name]]) for name in person}, 0.5)
    for chance, score in zip(found, (-2.1 + 2.2 + 1.05 + 0.3 + 1.5 + 5.0, -2.1), strict=True):
        assert abs(chance - 1 / (1 + exp(-0.5 * score))) < 1e-12
