"""The judgement of canary answers: limits first."""

from collections.abc import Mapping
from typing import Any

import pytest

from workflow.publishing.canary import Answered, Limits, Scored, agreement, judge

LIMITS = Limits(version="v2", exclude_seen=True, min_agreement=0.99, max_same_list=0.5)


def scored(user: int = 1, *, k: int = 3) -> Scored:
    """Every user has items of their own."""
    return Scored(
        user_id=user, items=[100 * user + rank for rank in range(k)], scores=[1 - rank / 10 for rank in range(k)]
    )


def body_of(user: Scored) -> dict[str, Any]:
    """What a sound service answers."""
    items = [
        {"rank": rank, "item_id": item, "score": score, "seen": False}
        for rank, (item, score) in enumerate(zip(user.items, user.scores, strict=True), 1)
    ]
    return {"user_id": user.user_id, "model_version": "v2", "reason": "personal", "items": items}


def sound(user: int = 1, **changed: Any) -> Answered:
    return Answered(user=scored(user), body={**body_of(scored(user)), **changed})


def with_item(place: int, **changed: Any) -> dict[str, Any]:
    body = body_of(scored())
    items = [each | changed if at == place else each for at, each in enumerate(body["items"])]
    return {**body, "items": items}


def test_the_scores_themselves_are_sound() -> None:
    assert judge([sound(user) for user in range(1, 21)], LIMITS) == []


def test_one_user_is_enough_and_has_nobody_to_resemble() -> None:
    assert judge([sound()], LIMITS) == []


def test_nobody_to_ask_is_no_success() -> None:
    assert judge([], LIMITS) == ["nobody was scored, so there is no user to ask for"]


def test_a_user_without_scores_may_get_nothing() -> None:
    nothing = Scored(user_id=1, items=[], scores=[])
    assert judge([Answered(user=nothing, body=body_of(nothing))], LIMITS) == []


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (with_item(0, item_id=101), "got item 101 more than once"),
        (with_item(1, seen=True), "got an item that the user has seen"),
        (with_item(1, score=float("nan")), "got a score that is no finite number"),
        (with_item(2, score=float("-inf")), "got a score that is no finite number"),
        (with_item(2, score=5.0), "got scores that do not descend"),
        (with_item(1, score=None), "the answer cannot be read: TypeError: "),
        (with_item(1, item_id="Alien"), "the answer cannot be read: ValueError: "),
        ({**body_of(scored()), "items": body_of(scored())["items"][:2]}, "got 2 items instead of 3"),
        ({**body_of(scored()), "items": []}, "got 0 items instead of 3"),
        ({**body_of(scored()), "model_version": "v1"}, "answered by version v1"),
        (
            {**body_of(scored()), "reason": "unknown_user"},
            "got recommendations for reason 'unknown_user', but is known",
        ),
        ({}, "the answer cannot be read: KeyError: 'items'"),
    ],
)
def test_nonsense_is_named(body: Mapping[str, Any], problem: str) -> None:
    (found,) = judge([Answered(user=scored(), body=body)], LIMITS)
    assert found.startswith(f"1 of 1 canary users got errors or nonsense: user 1: {problem}")


def test_an_error_is_told_as_it_was() -> None:
    failed = Answered(user=scored(), body=None, error="http://movies answered 500: out of memory")
    assert judge([failed, sound(2)], LIMITS) == [
        "1 of 2 canary users got errors or nonsense: user 1: http://movies answered 500: out of memory"
    ]


def test_many_problems_are_counted_and_three_told() -> None:
    failed = [Answered(user=scored(user), body=None, error="no answer") for user in range(1, 6)]
    (found,) = judge(failed, LIMITS)
    assert found.startswith("5 of 5 canary users got errors or nonsense: user 1: no answer; user 2: no answer; ")
    assert found.endswith("; user 3: no answer; and 2 more")


def test_seen_items_are_no_matter_where_they_are_kept() -> None:
    kept = Limits(version="v2", exclude_seen=False, min_agreement=0.99, max_same_list=0.5)
    assert judge([Answered(user=scored(), body=with_item(1, seen=True))], kept) == []


@pytest.mark.parametrize(
    ("last_score", "item", "share"),
    [
        (0.8, 102, 1.0),  # the very item
        (0.8, 999, 1.0),  # another one that ties with the last
        (0.79999, 999, 1.0),  # within float32's noise
        (0.79, 999, 2 / 3),  # another one that is worse
        (0.79, 102, 2 / 3),  # the item, with another score
    ],
)
def test_agreement_is_up_to_ties(last_score: float, item: int, share: float) -> None:
    assert agreement(Answered(user=scored(), body=with_item(2, item_id=item, score=last_score))) == pytest.approx(share)


def test_too_little_agreement_names_the_worst_user() -> None:
    other = {
        **body_of(scored()),
        "items": [
            each | {"item_id": each["item_id"] + 50, "score": each["score"] + 1} for each in body_of(scored())["items"]
        ],
    }
    assert judge([Answered(user=scored(), body=other), *(sound(user) for user in (2, 3, 4))], LIMITS) == [
        "75.0% of what is recommended are the scores' items, at least 99.0% must be; worst is user 1 with 0%"
    ]


def test_agreement_is_not_asked_where_the_scores_were_filtered() -> None:
    filtered = Limits(version="v2", exclude_seen=True, min_agreement=0.99, max_same_list=0.5, comparable=False)
    assert judge([Answered(user=scored(), body=with_item(2, item_id=999, score=0.1))], filtered) == []


@pytest.mark.parametrize(("same", "refused"), [(2, False), (3, True), (4, True)])
def test_everybodys_list_is_refused(same: int, refused: bool) -> None:
    popular = body_of(scored(9))["items"]
    answers = [sound(user, items=popular) if user <= same else sound(user) for user in range(1, 5)]
    loose = Limits(version="v2", exclude_seen=True, min_agreement=0, max_same_list=0.5)
    expected = [f"{same} of 4 users get the same list, and the scores give one list to 1 at most"]
    assert judge(answers, loose) == (expected if refused else [])


def test_one_list_for_all_is_right_where_the_scores_say_so() -> None:
    """A catalogue of no more items than are recommended."""
    everything = scored(9)
    users = [Scored(user_id=user, items=everything.items, scores=everything.scores) for user in range(1, 5)]
    assert judge([Answered(user=each, body=body_of(each)) for each in users], LIMITS) == []
