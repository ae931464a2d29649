"""Every message of the page is one that the code says; a misquoted one is found."""

import re

import pytest

from tests.docs.messages import said
from tools.settings import REPOSITORY

PAGE = (REPOSITORY / "docs/troubleshooting.md").read_text(encoding="utf-8")
ENTRIES = re.split(r"^### ", PAGE, flags=re.MULTILINE)[1:]
SENTENCES = [entry.partition("\n")[0] for entry in ENTRIES]


@pytest.mark.parametrize("sentence", SENTENCES)
def test_the_code_says_it(sentence: str) -> None:
    assert len(re.sub(r"[^A-Za-z]", "", sentence)) >= 10, "too few words to be looked up"
    assert said(sentence)


def test_every_entry_has_a_cause_and_a_remedy() -> None:
    assert len(ENTRIES) >= 30
    assert [
        each.partition("\n")[0]
        for each in ENTRIES
        if not re.search(r"\*\*Cause\*\*: .+\n(?:.+\n)*\n\*\*Remedy\*\*: .+", each)
    ] == []


def test_no_sentence_is_there_twice() -> None:
    assert len(set(SENTENCES)) == len(SENTENCES)


@pytest.mark.parametrize(
    "sentence",
    [
        "Port … is used…. Free it, or set … to a free port.",
        "Subnet … is public: its routes go to ….",
        "Nobody says … this.",
    ],
)
def test_a_misquoted_message_is_found(sentence: str) -> None:
    assert not said(sentence)
