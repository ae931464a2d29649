import re

import pytest

from tools.errors import UNUSABLE, ToolError
from tools.runs.params import check_params, parse_params


def test_values_are_yaml() -> None:
    given = ["gate_mode=approval", "resamples=50", "share=0.1", "dry=true", "note=", "where=a=b", "of=[1, x]"]
    assert parse_params(given) == {
        "gate_mode": "approval",
        "resamples": 50,
        "share": 0.1,
        "dry": True,
        "note": None,
        "where": "a=b",
        "of": [1, "x"],
    }
    assert parse_params([]) == {}


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (["resamples"], "'resamples' is no parameter; expected name=value"),
        (["=5"], "'=5' is no parameter; expected name=value"),
        (["a=1", "a=2"], "The parameter 'a' is given twice"),
        (["a=[1"], "The value of a=[1 is no YAML: while parsing a flow sequence"),
    ],
)
def test_what_is_no_parameter_is_refused(given: list[str], message: str) -> None:
    with pytest.raises(ToolError, match=f"^{re.escape(message)}") as raised:
        parse_params(given)
    assert raised.value.status == UNUSABLE


def test_a_name_that_the_workflow_does_not_have_is_refused_with_the_nearest() -> None:
    known = ["gate_mode", "resamples"]
    check_params("income_classifier", known, known)
    with pytest.raises(ToolError) as raised:
        check_params("income_classifier", {"resample": 50}, known)
    assert str(raised.value) == "income_classifier has no parameter 'resample'; did you mean 'resamples'?"
    with pytest.raises(ToolError, match=r"'x'; known: gate_mode, resamples$"):
        check_params("income_classifier", {"x": 1}, known)
    with pytest.raises(ToolError, match=r"'x'; it has none$"):
        check_params("plain", {"x": 1}, [])
