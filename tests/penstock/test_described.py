"""What classes say of their fields is read from their source."""

from dataclasses import dataclass
from enum import StrEnum

from penstock.described import field_docs, summary


@dataclass
class Parent:
    """The first sentence,
    on two lines.

    And more.
    """

    said: int
    """What it
    means."""
    unsaid: int = 0
    inherited: str = ""
    """Of the parent."""


@dataclass
class Child(Parent):
    """A child."""

    said: int
    """Otherwise."""


class Choice(StrEnum):
    """Members are assignments."""

    ONE = "one"
    """The first."""
    TWO = "two"


def test_the_string_below_a_field_is_its_meaning() -> None:
    assert field_docs(Parent) == {"said": "What it means.", "inherited": "Of the parent."}


def test_a_child_says_what_its_parent_said_unless_it_says_otherwise() -> None:
    assert field_docs(Child) == {"said": "Otherwise.", "inherited": "Of the parent."}


def test_members_of_an_enum_are_described_too() -> None:
    assert field_docs(Choice) == {"ONE": "The first."}


def test_a_summary_is_the_first_paragraph_on_one_line() -> None:
    assert summary(Parent) == "The first sentence, on two lines."
