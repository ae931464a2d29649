"""The trigger form: its defaults fit, and what a job would refuse is refused before the run starts."""

from typing import Any

import pytest
from airflow.sdk import DAG
from airflow.sdk.exceptions import ParamValidationError


def test_the_defaults_are_the_spec(dag: DAG) -> None:
    assert dag.params.validate() == {
        "raw_uri": "s3://bucket/prefix/raw/movielens",
        "source_format": "csv",
        "max_bad_ratio": 0.05,
        "split_method": "random",
        "test_fraction": 0.2,
        "validation_fraction": 0.1,
        "seed": 42,
        "gate_mode": "enabled",
        "top_k": 10,
        "seen_items": "exclude",
    }


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("raw_uri", "/home/me"),
        ("raw_uri", "s3://bucket/folder/"),
        ("source_format", "parquet"),
        ("max_bad_ratio", 1.01),
        ("split_method", "timestamp"),
        ("test_fraction", 0),
        ("validation_fraction", 1),
        ("seed", 1.5),
        ("gate_mode", "approved"),
        ("top_k", 0),
        ("top_k", 1001),
        ("seen_items", "true"),
    ],
)
def test_a_bad_value_is_refused(dag: DAG, name: str, value: Any) -> None:
    with pytest.raises(ParamValidationError):
        dag.params.get_param(name).resolve(value=value)


def test_every_field_of_the_form_explains_itself(dag: DAG) -> None:
    for name in dag.params:
        field = dag.params.get_param(name)
        assert field.schema["title"]
        assert field.schema["section"]
        assert field.description.endswith(".")


def test_choices_and_ranges_are_the_jobs_own(dag: DAG) -> None:
    assert dag.params.get_param("split_method").schema["enum"] == ["random", "temporal", "timestamp_mod"]
    top_k = dag.params.get_param("top_k").schema
    assert (top_k["type"], top_k["minimum"], top_k["maximum"]) == ("integer", 1, 1000)
