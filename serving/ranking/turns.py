"""Requests that arrive together are scored together: one product of matrices reads the items' factors once for all.

A product of a matrix and a vector is bound by memory: reading the factors is most of it. So whoever asks during one
turn of the event loop waits for its end, and nobody waits for anybody later: there is no timer, and a request that is
alone is answered as quickly as without.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Vector = NDArray[np.float32]

MOST = 8
"""Vectors of one product: all others wait while it is made, for some 45 ms at a million items of rank 64."""
FEWEST = 4
"""With fewer vectors a product for each is as fast: BLAS rearranges a matrix before it multiplies matrices."""
WORTH_BYTES = 8 * 2**20
"""Factors up to this size stay in the processor's cache, so that a turn gains no more than the waiting costs."""


class Turns:
    """The scores of all items, for callers in one event loop."""

    def __init__(self, factors: NDArray[np.float32]) -> None:
        """`factors` of shape (items, rank)."""
        self._factors = factors
        self._waiting: list[tuple[Vector, asyncio.Future[Vector]]] = []

    async def scores(self, vector: Vector) -> Vector:
        """The inner product with every item, of shape (items,), the caller's own.

        The last bit may depend on who else asks: BLAS adds up in another order.
        """
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Vector] = loop.create_future()
        if not self._waiting:
            loop.call_soon(self._answer)
        self._waiting.append((vector, future))
        return await future

    def _answer(self) -> None:
        waiting, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
        if self._waiting:
            asyncio.get_running_loop().call_soon(self._answer)
        try:
            found = self._products([vector for vector, _ in waiting])
        except (ValueError, MemoryError) as error:
            for _, future in waiting:
                if not future.done():
                    future.set_exception(error)
            return
        for (_, future), scores in zip(waiting, found, strict=True):
            if not future.done():
                future.set_result(scores)

    def _products(self, vectors: list[Vector]) -> list[Vector]:
        if len(vectors) < FEWEST:
            return [self._factors @ each for each in vectors]
        return list(np.stack(vectors) @ self._factors.T)
