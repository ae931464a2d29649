from datetime import UTC, datetime

import pytest

from tools.console import console
from tools.runs.view import RunView, answer_url

RUN = "http://127.0.0.1:8080/dags/d/runs/r"
LINK = f"{RUN}/tasks/m.approve_model/required_actions?map_index=-1"


def task(state: str | None) -> dict[str, object]:
    return {"task_id": "m.approve_model", "state": state, "start_date": None, "end_date": None, "map_index": -1}


def view() -> RunView:
    return RunView(title="d  r", began=datetime.now(UTC), url=RUN)


@pytest.fixture(autouse=True)
def _narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(console, "width", 80)


def test_the_page_of_an_answer_is_that_of_the_task_instance() -> None:
    assert answer_url(RUN, task("awaiting_input")) == LINK
    assert answer_url(RUN, {**task("awaiting_input"), "map_index": 2}).endswith("?map_index=2")


def test_a_question_is_drawn_with_its_link_and_only_while_it_is_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(console, "width", 200)
    live = view()
    with console.capture() as captured:
        live.tasks = [task("awaiting_input")]
        console.print(live)
        live.tasks = [task("success")]
        console.print(live)
    shown = captured.get()
    assert f"? waits for your answer: {LINK}" in shown
    assert shown.count(LINK) == 1


def test_where_there_is_no_terminal_a_question_is_printed_once_and_on_one_line() -> None:
    live = view()
    with console.capture() as captured:
        for state in ("running", "awaiting_input", "awaiting_input", "success"):
            live.update([task(state)], [])
    words = [line.split("  ", 2)[-1].strip() for line in captured.get().splitlines()]
    assert [each.partition("m.approve_model: ")[2] for each in words] == [
        "running",
        f"waits for your answer: {LINK}",
        "done",
    ]
