import pytest

from serving.security.rates import RateLimit


def test_a_burst_then_a_steady_rate():
    limit = RateLimit(10, burst=3)
    assert [limit.wait("a", now=100) for _ in range(3)] == [0, 0, 0]
    assert limit.wait("a", now=100) == pytest.approx(0.1)
    assert limit.wait("a", now=100.05) == pytest.approx(0.05)
    assert limit.wait("a", now=100.1) == 0
    assert limit.wait("a", now=100.1) > 0


def test_the_bucket_fills_up_to_the_burst_only():
    limit = RateLimit(10, burst=3)
    for now in (0, 1000):
        assert [limit.wait("a", now=now) for _ in range(4)][:3] == [0, 0, 0]
        assert limit.wait("a", now=now) > 0


def test_a_refused_request_costs_nothing():
    limit = RateLimit(1, burst=1)
    assert limit.wait("a", now=0) == 0
    assert [limit.wait("a", now=0.5) for _ in range(50)] == pytest.approx([0.5] * 50)
    assert limit.wait("a", now=1) == 0


def test_callers_do_not_share():
    limit = RateLimit(1, burst=1)
    assert [limit.wait(caller, now=0) for caller in ("a", "b", "a")] == [0, 0, 1]


def test_no_limit():
    assert {RateLimit(0).wait("a", now=0) for _ in range(100)} == {0}


def test_workers_share_one_count(tmp_path):
    first, second = (RateLimit(1, tmp_path / "table", burst=2) for _ in range(2))
    assert [first.wait("a", now=0), second.wait("a", now=0)] == [0, 0]
    assert first.wait("a", now=0) == second.wait("a", now=0) == 1


def test_the_table_does_not_grow_with_the_callers(tmp_path):
    limit = RateLimit(1, tmp_path / "table", burst=1)
    size = (tmp_path / "table").stat().st_size
    for number in range(50_000):
        limit.wait(str(number), now=float(number))
    assert (tmp_path / "table").stat().st_size == size == 262_144
    assert limit.wait("49999", now=49_999.0) == 1


def test_a_table_of_an_earlier_start_keeps_nobody_out_for_long(tmp_path):
    RateLimit(1, tmp_path / "table", burst=2).wait("a", now=1e9)
    limit = RateLimit(1, tmp_path / "table", burst=2)
    assert limit.wait("a", now=0) == pytest.approx(1)
