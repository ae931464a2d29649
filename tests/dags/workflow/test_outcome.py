"""A run that somebody ended is no success."""

import pytest

from workflow.outcome import hidden_failures


@pytest.mark.parametrize(
    ("states", "found"),
    [
        ({"create": "success", "train": "success", "score": "success"}, []),
        ({"create": "success", "train": "success", "score": "skipped"}, []),
        ({"create": "success", "train": "failed", "score": "upstream_failed"}, []),
        ({"create": "success", "train": "success", "score": "failed"}, []),
        ({"create": "success", "train": "failed", "score": "skipped"}, ["train"]),
        ({"create": "failed", "train": "skipped", "score": None}, ["create"]),
    ],
)
def test_only_a_failure_that_no_leaf_tells_is_hidden(states: dict[str, str | None], found: list[str]) -> None:
    assert hidden_failures(states, leaves=["score"]) == found
