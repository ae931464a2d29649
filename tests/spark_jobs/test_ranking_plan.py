import pytest

from penstock.jobs import Catalogue
from spark_jobs.ranking_plan import HELD_BYTES, RankingPlan, bytes_per_user, plan_ranking


def plan(users, items, **values):
    return plan_ranking(users=users, items=items, **{"rank": 64, "k": 10, **values})


def test_a_small_ranking_is_one_file():
    assert plan(1, 1) == RankingPlan(catalogue=Catalogue.BROADCAST, shards=1, partitions=1)
    assert plan(610, 9_742) == RankingPlan(catalogue=Catalogue.BROADCAST, shards=1, partitions=1)


def test_movielens_20m_is_one_shard_of_four_files():
    assert plan(138_493, 26_744) == RankingPlan(catalogue=Catalogue.BROADCAST, shards=1, partitions=4)


def test_a_catalogue_of_more_than_256_mib_passes_by_in_blocks():
    assert plan(1, 2**20).catalogue is Catalogue.BROADCAST
    assert plan(1, 2**20 + 1).catalogue is Catalogue.BLOCKS
    assert plan(1, 2**20 + 1, rank=63).catalogue is Catalogue.BROADCAST


@pytest.mark.parametrize("k", [10, 1_000])
def test_users_who_are_held_fit(k):
    found = plan(10_000_000, 10_000_000, k=k)
    assert found.catalogue is Catalogue.BLOCKS
    assert 10_000_000 / found.shards * bytes_per_user(64, k) <= HELD_BYTES


def test_what_is_given_is_kept():
    assert plan(1_000, 1_000, catalogue=Catalogue.BLOCKS).catalogue is Catalogue.BLOCKS
    assert plan(1_000, 10**9, catalogue=Catalogue.BROADCAST).catalogue is Catalogue.BROADCAST
    assert plan(1_000, 1_000, shards=7).shards == 7
    assert plan(3, 1_000, shards=7).shards == 3
