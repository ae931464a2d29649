import json
from pathlib import Path

from tools.datasets.iris import IRIS, MEASURES


def test_fourteen_flowers_and_one_that_is_none_the_same_every_time(tmp_path: Path) -> None:
    IRIS.generate(tmp_path / "one")
    IRIS.generate(tmp_path / "two")
    text = (tmp_path / "one/input.ldjson").read_text()
    assert text == (tmp_path / "two/input.ldjson").read_text()
    *good, bad = [json.loads(line) for line in text.splitlines()]
    assert len(good) == 14
    assert all(list(each) == list(MEASURES) for each in [*good, bad])
    assert all(isinstance(value, float) and 0 < value < 10 for each in good for value in each.values())
    assert bad["petal_width"] == "asd"
