from email.message import Message
from importlib.metadata import Distribution
from typing import Any

import pytest

from tools.errors import ToolError
from tools.settings import REPOSITORY
from tools.supply.licences import PAGE, Row, page, parse, refused, rows, stated
from tools.supply.locks import Pin, read_all
from tools.supply.policy import Licensed, Policy, load

PIN = Pin(name="a", version="1")


def policy(**changes: Any) -> Policy:
    values = {"allowed": frozenset({"MIT", "Apache-2.0"}), "licensed": {}, "stated": {}, "accepted": []}
    return Policy(**{**values, **changes})


def row(licence: str) -> Row:
    return Row(pin=PIN, licence=licence, locks=("airflow",))


def metadata(*headers: tuple[str, str]) -> Distribution:
    class Fake(Distribution):
        def read_text(self, filename: str) -> str | None:
            message = Message()
            for name, value in (("Name", "a"), ("Version", "1"), *headers):
                message[name] = value
            return str(message) if filename == "METADATA" else None

        def locate_file(self, path: Any) -> Any:
            raise NotImplementedError

    return Fake()


def test_the_page_lists_exactly_what_is_locked() -> None:
    """After a change of a lock file: make licences."""
    listed = {
        (each.pin, lock) for each in parse((REPOSITORY / PAGE).read_text(encoding="utf-8")) for lock in each.locks
    }
    assert listed == {(pin, name) for name, pins in read_all().items() for pin in pins}


def test_every_licence_of_the_page_is_allowed_or_excused() -> None:
    found = parse((REPOSITORY / PAGE).read_text(encoding="utf-8"))
    assert refused(found, load()) == []


def test_the_page_is_what_its_own_rows_make() -> None:
    text = (REPOSITORY / PAGE).read_text(encoding="utf-8")
    assert "\n".join(page(parse(text), load())) + "\n" == text


def test_no_exception_is_left_of_a_package_that_has_gone() -> None:
    locked = {pin.name for pins in read_all().values() for pin in pins}
    assert {*load().licensed, *load().stated} <= locked


@pytest.mark.parametrize("licence", ["MIT", "MIT OR Apache-2.0", "MIT AND (Apache-2.0 OR MIT)"])
def test_allowed(licence: str) -> None:
    assert refused([row(licence)], policy()) == []


@pytest.mark.parametrize("licence", ["AGPL-3.0-only", "MIT AND AGPL-3.0-only", "Apache-2.0 WITH LLVM-exception"])
def test_one_name_that_is_not_on_the_list_refuses_the_whole(licence: str) -> None:
    assert refused([row(licence)], policy()) == [f"a==1 of airflow is under {licence}, which is not allowed."]


def test_an_exception_is_for_one_licence_of_one_package() -> None:
    excused = policy(licensed={"a": Licensed(package="a", licence="LGPL-3.0-only", reason="linked")})
    assert refused([row("LGPL-3.0-only")], excused) == []
    assert refused([row("GPL-3.0-only")], excused) == [
        "a==1 of airflow is under GPL-3.0-only, which requirements/policy.toml excuses for LGPL-3.0-only."
    ]


def test_the_expression_of_the_metadata_comes_before_classifiers_and_free_text() -> None:
    classifier = ("Classifier", "License :: OSI Approved :: MIT License")
    assert stated(metadata(("License-Expression", "ISC"), classifier)) == "ISC"
    assert stated(metadata(classifier, ("Classifier", "License :: OSI Approved"), ("License", "other"))) == "MIT"
    assert stated(metadata(("License", "Apache 2.0"))) == "Apache-2.0"
    assert stated(metadata()) == ""


def test_a_package_without_a_known_licence_is_named() -> None:
    with pytest.raises(ToolError) as caught:
        rows({"spark": {PIN}}, {}, policy())
    assert str(caught.value) == (
        "No licence is known of a==1. Make the environments (make environments), "
        "or state it under [licences.stated] in requirements/policy.toml."
    )
    assert rows({"spark": {PIN}}, {Pin(name="a", version="2"): "MIT"}, policy()) == [
        Row(pin=PIN, licence="MIT", locks=("spark",))
    ]
