from datetime import UTC, datetime

import pytest

from penstock_ui.chart import charts
from penstock_ui.registry import Model, Version


def model(*values: dict[str, float]) -> Model:
    """Versions from the oldest to the newest."""
    made = [
        Version(number=str(number), created=datetime.now(UTC), champion=False, dag_id="d", run_id="r", metrics=metrics)
        for number, metrics in enumerate(values, start=1)
    ]
    return Model(name="model", versions=made[::-1])


@pytest.mark.parametrize("values", [[], [{}], [{"rmse": 1.0}], [{"rmse": 1.0}, {}]])
def test_what_is_no_series_is_not_drawn(values: list[dict[str, float]]) -> None:
    assert charts(model(*values)) == []


def test_equal_values_lie_in_the_middle() -> None:
    (chart,) = charts(model({"rmse": 1.0}, {"rmse": 1.0}))
    assert chart.line == "28,59 272,59"


def test_the_line_goes_from_the_oldest_to_the_newest_and_fills_the_height() -> None:
    (chart,) = charts(model({"rmse": 3.0}, {"rmse": 2.0}, {"rmse": 1.0}))
    assert chart.line == "28,22 150,59 272,96"
    assert chart.words == "rmse by version. version 1: 3, version 2: 2, version 3: 1."


def test_a_version_without_the_metric_leaves_no_gap() -> None:
    (chart,) = charts(model({"rmse": 1.0}, {"mae": 5.0}, {"rmse": 2.0}))
    assert [point.version.number for point in chart.points] == ["1", "3"]
