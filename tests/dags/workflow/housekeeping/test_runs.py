"""Run ids from the names of folders."""

import pytest

from penstock.layout import run_key
from workflow.housekeeping.runs import run_ids


@pytest.mark.parametrize(
    "run_id",
    [
        "manual__2026-11-21T00:19:35+00:00",
        "manual__2026-11-21T00:19:35.123456+00:00_Ab3dE6gH",
        "scheduled__2026-11-21T00:19:35-05:30",
        "asset_triggered__2026-11-21T00:19:35.000001+00:00_x",
        "backfill-2026.11_21",
    ],
)
def test_airflows_ids_and_plain_ones_are_told_from_their_key(run_id: str) -> None:
    assert run_ids(run_key(run_id))[-1] == run_id


def test_the_key_itself_could_be_an_id() -> None:
    key = run_key("manual__2026-11-21T00:19:35+00:00")
    assert run_ids(key) == [key, "manual__2026-11-21T00:19:35+00:00"]


@pytest.mark.parametrize("key", ["manual__2026-11-21T00-19-35-00-00-00000000", run_key("mine:a"), "x-0123abcd"])
def test_what_cannot_be_undone_is_not_guessed(key: str) -> None:
    assert run_ids(key) == []
