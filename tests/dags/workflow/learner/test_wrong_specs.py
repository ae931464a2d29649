"""Every row of docs/wrong-specs.md: the message that a data scientist gets, word for word."""

import importlib
from pathlib import Path
from typing import Any

import pytest
import yaml

from penstock.deployment import Deployment
from penstock.errors import SpecError
from tests.dags.workflow.learner.wrong import Wrong, rows
from workflow.spec_file import load_spec

WRONG = rows()


def message(wrong: Wrong, folder: Path, deployment: Deployment) -> str:
    """What is said, without the first line, which names the file."""
    path = folder / f"{wrong.workflow}.yaml"
    path.write_text(yaml.safe_dump(wrong.spec()), encoding="utf-8")
    flow: Any = importlib.import_module(wrong.workflow).flow
    more = {"etl": flow.etl} if hasattr(flow, "etl") else {}
    with pytest.raises(SpecError) as caught:
        type(flow)(dag_id=wrong.workflow, spec=load_spec(path, flow.values), deployment=deployment, **more)
    return " / ".join(line.strip() for line in str(caught.value).split("\n")[1:])


def test_the_table_is_long_enough_to_be_worth_reading() -> None:
    assert len(WRONG) >= 30
    assert len(set(map(str, WRONG))) > 25


@pytest.mark.parametrize("wrong", WRONG, ids=str)
def test_the_message(wrong: Wrong, tmp_path: Path, deployment: Deployment) -> None:
    assert message(wrong, tmp_path, deployment) == wrong.message
