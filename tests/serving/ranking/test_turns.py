"""Requests of one turn of the event loop share a product; each gets its own scores."""

import asyncio

import numpy as np
import pytest

from serving.ranking.turns import FEWEST, MOST, Turns


def factors(items=500, rank=7):
    return np.random.default_rng(1).normal(size=(items, rank)).astype(np.float32)


def asked_together(own, vectors):
    """The scores of all, asked for in one turn, and how many products that took."""
    products = []
    counted = own._products
    own._products = lambda waiting: products.append(len(waiting)) or counted(waiting)

    async def ask():
        return await asyncio.gather(*(own.scores(each) for each in vectors))

    return asyncio.run(ask()), products


@pytest.mark.parametrize("callers", [1, FEWEST - 1, FEWEST, MOST, MOST + 1, 2 * MOST + FEWEST])
def test_everyone_gets_their_own_scores(callers):
    rows, vectors = factors(), factors(callers, 7)
    found, products = asked_together(Turns(rows), vectors)
    for vector, scores in zip(vectors, found, strict=True):
        np.testing.assert_allclose(scores, rows.astype(float) @ vector, rtol=1e-4, atol=1e-5)
    assert products == [MOST] * (callers // MOST) + [callers % MOST] * (callers % MOST > 0)


def test_the_scores_are_the_callers_own_to_change():
    found, _ = asked_together(Turns(factors()), factors(MOST, 7))
    before = found[1].copy()
    found[0][:] = -np.inf
    assert (found[1] == before).all()


def test_one_who_has_gone_away_does_not_disturb_the_others():
    own, vectors = Turns(factors()), factors(2, 7)

    async def ask():
        gone, stays = (asyncio.ensure_future(own.scores(each)) for each in vectors)
        await asyncio.sleep(0)
        gone.cancel()
        return await stays, gone.cancelled()

    scores, cancelled = asyncio.run(ask())
    assert cancelled
    np.testing.assert_allclose(scores, factors() @ vectors[1], rtol=1e-5)


def test_a_vector_of_another_rank_is_an_error_of_those_who_asked_with_it():
    own = Turns(factors())

    async def ask():
        with pytest.raises(ValueError, match="matmul"):
            await own.scores(np.zeros(3, dtype=np.float32))
        return await own.scores(np.zeros(7, dtype=np.float32))

    assert (asyncio.run(ask()) == 0).all()
