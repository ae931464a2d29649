"""Numbers as people read them."""

import pytest

from penstock.estimate import Estimate
from workflow.reporting import words


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, words.NONE),
        (0, "0"),
        (0.00012345, "0.0001234"),
        (0.86031, "0.8603"),
        (1234, "1,234"),
        (12345.6, "12,346"),
    ],
)
def test_number(value: float | None, text: str) -> None:
    assert words.number(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, words.NONE),
        (0.04, "0.0 s"),
        (9.94, "9.9 s"),
        (9.96, "10 s"),
        (59.4, "59 s"),
        (59.7, "1 min 00 s"),
        (60, "1 min 00 s"),
        (3599.7, "1 h 00 min"),
    ],
)
def test_seconds(value: float | None, text: str) -> None:
    assert words.seconds(value) == text


@pytest.mark.parametrize(("count", "text"), [(None, words.NONE), (0, "0 B"), (1023, "1023 B"), (1536, "1.5 KiB")])
def test_size(count: int | None, text: str) -> None:
    assert words.size(count) == text


def test_percent_tells_little_from_nothing() -> None:
    assert [words.percent(part, 10_000) for part in (0, 1, 6, 10_000)] == ["0.0%", "<0.1%", "0.1%", "100.0%"]
    assert words.percent(0, 0) == words.NONE


def test_estimate() -> None:
    assert words.estimate(Estimate(value=0.5, low=0.4, high=0.6)) == "0.5 [0.4, 0.6]"
    assert words.estimate(Estimate(value=0.0, low=-0.1, high=0.1), sign=True) == "+0 [-0.1, +0.1]"
    assert words.estimate(Estimate(value=None)) == words.estimate(None) == words.NONE


def test_label() -> None:
    names = ["roc_auc", "ndcg_at_k", "popularity_bias_at_k", "most_frequent", "weighted_f1"]
    assert [words.label(each) for each in names] == [
        "ROC AUC",
        "NDCG@k",
        "popularity bias@k",
        "most frequent",
        "weighted F1",
    ]
