import copy
import json
from pathlib import Path
from typing import Any

import pytest

from tools.console import console
from tools.demo.report import load, show
from tools.errors import ToolError


def test_no_summary_yet_names_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(ToolError, match=r"no demo has ended yet\. Run one with: make demo"):
        load(tmp_path / "demo-summary.json")


def test_a_failed_demo_has_no_summary(tmp_path: Path) -> None:
    path = tmp_path / "demo-summary.json"
    path.write_text(json.dumps({"state": "failed"}))
    with pytest.raises(ToolError, match="The last demo ended as failed"):
        load(path)


METRICS = {"ndcg_at_k": 0.36, "rmse": None}
SUMMARY: dict[str, Any] = {
    "data": {"detail": "the folder /data/[/old]"},
    "rows": {"ratings": {"read": 1200, "good": 1199, "quarantined": 1, "superseded": 0}},
    "quarantined_by_reason": {"rating is no number": 1},
    "models": {
        "ranker": {
            "objective": "ranking",
            "fit_for": ["ranking"],
            "promoted": True,
            "checks": [],
            "split": "random, seed [42]",
            "k": 10,
            "held_out": {"rows": 240, "users": 6, "cold_start_rows": 2},
            "challenger": METRICS,
            "baselines": {"popularity": METRICS},
            "scores": {"seen_items": "exclude"},
        }
    },
    "recommendations": {"model": "ranker", "user": 7, "items": [{"rank": 1, "title": "Heat [1995]", "score": 0.9}]},
    "cost": {
        "usd": 0.02978,
        "unknown": ["EMR fee of r7g.xlarge"],
        "simulated": True,
        "prices_source": "snapshot",
        "prices_date": "2026-09-21",
    },
    "timing": {
        "wall_seconds": 60.0,
        "aws_seconds": 45.0,
        "orchestration_seconds": 15.0,
        "orchestration_share": 0.25,
        "stack_seconds": 20.0,
        "total_seconds": 85.0,
    },
    "tasks": [],
}


def printed(scores: dict[str, Any]) -> list[str]:
    summary = copy.deepcopy(SUMMARY)
    summary["models"]["ranker"]["scores"] = scores
    with console.capture() as captured:
        show(summary)
    return [line.rstrip() for line in captured.get().splitlines()]


def test_what_looks_like_markup_is_shown_as_it_is() -> None:
    lines = printed({"seen_items": "exclude"})
    assert "Data  the folder /data/[/old]" in lines
    assert "Split   random, seed [42]" in lines
    assert any("Heat [1995]" in line for line in lines)


def test_only_films_that_were_filtered_are_called_unseen() -> None:
    assert "Recommended to user 7, who has not rated any of these" in printed({"seen_items": "exclude"})
    assert "Recommended to user 7" in printed({"seen_items": "keep"})


def test_users_without_scores_are_counted() -> None:
    assert "Users without recommendations: 1,003" in printed({"seen_items": "keep", "users_without_scores": 1003})
    assert not any("without" in line for line in printed({"seen_items": "keep", "users_without_scores": 0}))


def test_the_time_is_that_of_the_command_the_stack_and_the_run() -> None:
    lines = printed({"seen_items": "keep"})
    assert "Time  1 min 25 s from command to summary, 20.0 s of it to start the stack" in lines
    assert "The run: 1 min 00 s, 45.0 s in Spark and Glue, 15.0 s (25%) around them" in lines
    assert max(map(len, lines)) <= 80


def test_the_cost_is_a_bound_where_a_price_is_not_known() -> None:
    lines = printed({"seen_items": "keep"})
    assert "Cost  on AWS it would have cost at least $0.0298" in lines
    assert "      no known price: EMR fee of r7g.xlarge" in lines
