from dataclasses import replace

import pytest

from serving.fleet.board import Board, Member, State, advanced, asked, failed, got_ready
from serving.fleet.membership import Membership, pid_of

TWO = frozenset({"1-a", "2-b"})


def serving(generation):
    return {name: Member(pid=pid_of(name), generation=generation) for name in TWO}


def moved(state, *, living=TWO, now=0.0):
    return advanced(state, living, now=now, deadline=100)


@pytest.fixture
def begun():
    """Two workers that serve the first bundle and were asked to load /b/2."""
    state = asked(State(bundle_uri="/b/1", generation=1, members=serving(1)), "/b/2", "2")
    return moved(state.with_last(replace(state.last, requested=0.0)))


def test_a_reload_waits_for_every_worker(begun):
    assert begun.last.status == "loading"
    one = moved(got_ready(begun, begun.last.id, "1-a"))
    assert (one.last.status, one.bundle_uri, one.generation) == ("loading", "/b/1", 1)
    both = moved(got_ready(one, begun.last.id, "2-b"))
    assert (both.last.status, both.bundle_uri, both.generation) == ("switching", "/b/2", 2)


def test_it_is_loaded_when_every_worker_serves_it(begun):
    both = moved(got_ready(got_ready(begun, begun.last.id, "1-a"), begun.last.id, "2-b"))
    half = replace(both, members={**both.members, "1-a": Member(pid=1, generation=2)})
    assert moved(half).last.status == "switching"
    assert moved(replace(both, members=serving(2))).last.status == "loaded"


def test_one_that_cannot_load_it_keeps_all_on_the_old_one(begun):
    state = failed(got_ready(begun, begun.last.id, "1-a"), begun.last.id, "torn")
    state = moved(got_ready(state, begun.last.id, "2-b"))
    assert (state.last.status, state.last.error, state.bundle_uri, state.generation) == ("failed", "torn", "/b/1", 1)


def test_what_was_agreed_on_does_not_fail_any_more(begun):
    both = moved(got_ready(got_ready(begun, begun.last.id, "1-a"), begun.last.id, "2-b"))
    assert failed(both, begun.last.id, "late") == both


def test_a_worker_that_died_is_not_waited_for(begun):
    state = moved(got_ready(begun, begun.last.id, "1-a"), living=frozenset({"1-a"}))
    assert (state.last.status, list(state.members)) == ("switching", ["1-a"])


def test_a_worker_that_came_meanwhile_is_waited_for(begun):
    ready = got_ready(got_ready(begun, begun.last.id, "1-a"), begun.last.id, "2-b")
    assert moved(ready, living=TWO | {"3-c"}).last.status == "loading"


def test_it_does_not_wait_for_ever(begun):
    assert moved(begun, now=100).last.status == "loading"
    late = moved(begun, now=100.1)
    assert (late.last.status, late.last.error) == ("failed", "After 100 s not every worker had it ready")
    assert late.bundle_uri == "/b/1"


def test_a_worker_that_never_serves_what_was_agreed_on_is_named(begun):
    both = moved(got_ready(got_ready(begun, begun.last.id, "1-a"), begun.last.id, "2-b"))
    half = replace(both, members={**both.members, "1-a": Member(pid=1, generation=2)})
    assert moved(half, now=101).last.error == "After 100 s the workers [2] do not serve it yet"


def test_the_board_is_shared_and_survives_damage(tmp_path):
    first, second = Board(tmp_path), Board(tmp_path)
    mark = second.mark()
    first.change(lambda state: replace(state, bundle_uri="/b/1", generation=1))
    assert second.mark() != mark
    assert second.read() == State(bundle_uri="/b/1", generation=1)
    mark = second.mark()
    first.change(lambda state: state)
    assert second.mark() == mark
    (tmp_path / "board.json").write_text("{")
    assert second.read() == State()


def test_only_the_last_twenty_reloads_are_remembered():
    state = State()
    for number in range(25):
        state = asked(state, f"/b/{number}", str(number))
    assert [each.version for each in state.reloads] == [str(number) for number in range(5, 25)]


def test_workers_live_as_long_as_they_hold_their_lock(tmp_path):
    first, second = Membership(tmp_path), Membership(tmp_path)
    assert first.living() == (frozenset({first.name, second.name}), frozenset())
    (tmp_path / "999-dead.worker").touch()
    assert second.living() == (frozenset({first.name, second.name}), frozenset({"999-dead"}))
    first.leave()
    assert second.living() == (frozenset({second.name}), frozenset())
