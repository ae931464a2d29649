"""The tree that penstock/errors.py draws is the tree there is."""

import re

from penstock import errors
from tools.settings import REPOSITORY

FOLDERS = ("penstock", "tools", "dags", "spark_jobs", "glue_scripts", "serving")


def test_every_error_is_drawn_below_what_it_is() -> None:
    drawn, parents = {}, ["Exception"]
    for indent, name in re.findall(r"^([│├└─ ]*)(\w+Error|(?<=─ )\w+)\b", errors.__doc__ or "", re.MULTILINE):
        depth = len(indent) // 4
        parents[depth + 1 :] = [name]
        drawn[name] = parents[depth]
    classes = [
        found
        for folder in FOLDERS
        for path in (REPOSITORY / folder).rglob("*.py")
        for found in re.findall(r"^class (\w+)\((\w*(?:Error|Exception))\):", path.read_text(), re.MULTILINE)
    ]
    assert drawn == dict(classes)
