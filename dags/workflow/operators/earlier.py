"""What earlier attempts of a task have left at AWS: gone on with, or ended before anything is started beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from penstock_waits.wait import Outcome
    from workflow.operators.key import Key


@dataclass(frozen=True, kw_only=True)
class States:
    """AWS's names of the states of some work; in every other one it has failed or was ended."""

    going_on: frozenset[str]
    ending: frozenset[str]
    """Somebody has asked for its end: it may be over any moment, in either way."""
    done: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class Earlier:
    """A step or job run, and the key that it carries."""

    id: str
    key: str
    state: str


def take_over(
    found: Iterable[Earlier],
    key: Key,
    *,
    states: States,
    cancel: Callable[[list[str]], None],
    settle: Callable[[str], Outcome],
) -> Earlier | None:
    """The task's work with this key that goes on or is done, None if it has to be started.

    Work of the task with another key, which a user has cleared or changed, is cancelled. Whatever is being ended is
    waited for, because beside it new work would write to the same places.
    """
    own = [each for each in found if key.is_of_same_task(each.key)]
    outdated = [each.id for each in own if each.key != str(key) and each.state in states.going_on]
    if outdated:
        cancel(outdated)
    last = {
        each.id: settle(each.id).state if each.id in outdated or each.state in states.ending else each.state
        for each in own
    }
    usable = states.going_on | states.done
    return next(
        (
            Earlier(id=each.id, key=each.key, state=last[each.id])
            for each in own
            if each.key == str(key) and last[each.id] in usable
        ),
        None,
    )
