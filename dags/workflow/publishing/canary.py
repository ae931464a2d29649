"""Whether what a service recommends to the canary users is sound: a pure judgement, every reason a sentence."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

TIE = 1e-4
"""Scores of float32 that differ by less, relative to the larger one, are a tie: Spark and the service add in another
order, and at rank 64 that is about 1e-6."""
NAMED = 3
"""Problems of users that a message tells in full; the rest is counted."""


@dataclass(frozen=True, kw_only=True)
class Scored:
    """A user's rows of the scores, best first."""

    user_id: int
    items: list[int]
    scores: list[float]


@dataclass(frozen=True, kw_only=True)
class Answered:
    """What a service said for a user: the body of its answer, or why there is none."""

    user: Scored
    body: Mapping[str, Any] | None
    error: str = ""


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What an answer must be."""

    version: str
    exclude_seen: bool
    min_agreement: float
    max_same_list: float
    comparable: bool = True
    """Whether the scores were made of all items, as the service's answers are."""


def judge(answers: Sequence[Answered], limits: Limits) -> list[str]:
    """Every problem as a sentence; none means that the version may stay."""
    if not answers:
        return ["nobody was scored, so there is no user to ask for"]
    problems = [problem_of(each, limits) for each in answers]
    sound = [each for each, problem in zip(answers, problems, strict=True) if not problem]
    found = _told([problem for problem in problems if problem], len(answers))
    if sound and limits.comparable:
        found += _disagreement(sound, limits.min_agreement)
    return [*found, *_sameness(sound, limits.max_same_list)]


def problem_of(answered: Answered, limits: Limits) -> str:
    """The first thing that is wrong with one answer by itself; empty for none."""
    if answered.body is None:
        return f"user {answered.user.user_id}: {answered.error}"
    try:
        problem = next(_problems(answered.user, answered.body, limits), "")
    except (KeyError, TypeError, ValueError) as error:
        problem = f"the answer cannot be read: {type(error).__name__}: {error}"
    return f"user {answered.user.user_id}: {problem}" if problem else ""


def agreement(answered: Answered) -> float:
    """The share of the recommended items that are among the user's scores, or tie with the last of them.

    An item of both must have the same score, up to a tie.
    """
    expected = dict(zip(answered.user.items, answered.user.scores, strict=True))
    got = {int(each["item_id"]): float(each["score"]) for each in _items(answered)}
    if not got:
        return 1.0
    last = min(expected.values(), default=-math.inf)
    return sum(_tied(score, expected.get(item, last)) for item, score in got.items()) / len(got)


def _problems(user: Scored, body: Mapping[str, Any], limits: Limits) -> Iterator[str]:
    items = body["items"]
    ids, scores = [int(each["item_id"]) for each in items], [float(each["score"]) for each in items]
    if str(body["model_version"]) != limits.version:
        yield f"answered by version {body['model_version']}"
    if body["reason"] != "personal":
        yield f"got recommendations for reason {body['reason']!r}, but is known to the model"
    if len(ids) != len(user.items):
        yield f"got {len(ids)} items instead of {len(user.items)}"
    if twice := [item for item, count in Counter(ids).items() if count > 1]:
        yield f"got item {twice[0]} more than once"
    if limits.exclude_seen and any(each["seen"] for each in items):
        yield "got an item that the user has seen"
    if not all(map(math.isfinite, scores)):
        yield "got a score that is no finite number"
    if any(after > before and not _tied(after, before) for before, after in pairwise(scores)):
        yield "got scores that do not descend"


def _disagreement(answers: Sequence[Answered], least: float) -> list[str]:
    shares = {each.user.user_id: agreement(each) for each in answers}
    mean = sum(shares.values()) / len(shares)
    if mean >= least:
        return []
    worst = min(shares, key=lambda user: shares[user])
    sentence = f"{mean:.1%} of what is recommended are the scores' items, at least {least:.1%} must be"
    return [f"{sentence}; worst is user {worst} with {shares[worst]:.0%}"]


def _sameness(answers: Sequence[Answered], most: float) -> list[str]:
    """A recommender that says the same to everybody ranks by something else than the user."""
    if len(answers) < 2:  # noqa: PLR2004 - one user's list is everybody's
        return []
    got = _commonest([[int(each["item_id"]) for each in _items(answered)] for answered in answers])
    scored = _commonest([each.user.items for each in answers])
    if got <= max(most * len(answers), scored):
        return []
    return [f"{got} of {len(answers)} users get the same list, and the scores give one list to {scored} at most"]


def _commonest(lists: list[list[int]]) -> int:
    """How many have the list that most have."""
    return Counter(map(tuple, lists)).most_common(1)[0][1]


def _items(answered: Answered) -> list[Any]:
    return list((answered.body or {}).get("items", ()))


def _tied(one: float, other: float) -> bool:
    return math.isclose(one, other, rel_tol=TIE, abs_tol=TIE / 100)


def _told(troubled: Sequence[str], asked: int) -> list[str]:
    if not troubled:
        return []
    more = f"; and {len(troubled) - NAMED} more" if len(troubled) > NAMED else ""
    return [f"{len(troubled)} of {asked} canary users got errors or nonsense: {'; '.join(troubled[:NAMED])}{more}"]
