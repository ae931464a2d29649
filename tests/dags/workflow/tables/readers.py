"""Readers who ask again and again while something else goes on."""

import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any

READERS = 2


@contextmanager
def reading(connect: Callable[[], Any], statement: str) -> Iterator[list[list[tuple[Any, ...]]]]:
    """The answers of all of them, until the block ends; then none of them may have failed."""
    answers: list[list[tuple[Any, ...]]] = []
    problems: list[BaseException] = []
    over = threading.Event()

    def read() -> None:
        try:
            with closing(connect()) as connection:
                while not over.is_set():
                    answers.append([tuple(each) for each in connection.execute(statement).fetchall()])
        except BaseException as error:  # noqa: BLE001 - told below
            problems.append(error)

    threads = [threading.Thread(target=read) for _ in range(READERS)]
    for each in threads:
        each.start()
    try:
        yield answers
    finally:
        over.set()
        for each in threads:
            each.join()
    assert problems == []
