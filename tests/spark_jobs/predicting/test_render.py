import json

import pytest

from spark_jobs.predicting.outcome import Failure
from spark_jobs.predicting.records import exact_loads, parse_json
from spark_jobs.predicting.render import classic_line

VALUES = [
    {"a": [1, 2.5, None, True], "é": 'q"\\\n\u2028', "nested": {"x": {}}},
    "text é",
    1e22,
    float("inf"),
    float("nan"),
    -0.0,
    2**70,
    [],
    {1: "a", None: "b"},
    {"set": {1}},
]


@pytest.mark.parametrize("value", VALUES, ids=str)
def test_classic_lines_are_pythons_own_json(value):
    line = json.dumps(value, default=str)
    assert classic_line(value, value) == f"{line}\t{line}".encode()
    assert classic_line(value, Failure("x", "y")) == f"{line}\tnull".encode()


@pytest.mark.parametrize(
    "line", ["123456789012345678901", "[-9223372036854775809]", "-0.0", "1e999", "[NaN]", '{"a": 1, "a": 2}', "0.1"]
)
def test_classic_reading_is_pythons_own(line):
    def fast(text):
        if b"NaN" in text or b"e999" in text:
            raise ValueError
        return json.loads(text, parse_int=float if len(text) > 18 else int)  # as orjson: too long is a float

    lines = [b'{"plain": 1}', line.encode()]
    assert repr(parse_json(lines, exact_loads(lines, fast))) == repr([json.loads(each) for each in lines])
