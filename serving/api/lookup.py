"""Names and ids as callers write them, to places in the bundle."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from serving.web.problem import Problem

if TYPE_CHECKING:
    from serving.served import Served

_NEAREST = 3


def genre_of(served: Served, name: str | None) -> tuple[int | None, str | None]:
    """Place and spelling of a genre, in any case and otherwise exactly; no genre for an empty name.

    Raises Problem 404 with the nearest names for one that no item has.
    """
    if not name:
        return None, None
    place = served.genres_by_name.get(name.casefold())
    if place is not None:
        return place, served.bundle.genres[place]
    near = difflib.get_close_matches(name.casefold(), served.genres_by_name, n=_NEAREST, cutoff=0.4)
    nearest = tuple(served.bundle.genres[served.genres_by_name[each]] for each in near)
    hint = f"did you mean {' or '.join(map(repr, nearest))}?" if nearest else "GET /v1/genres lists them"
    raise Problem("not_found", f"There is no genre {name!r}; {hint}", nearest)


def item_place(served: Served, item_id: int) -> int:
    """The position of an item; raises Problem 404."""
    place = served.bundle.item_position(item_id)
    if place is None:
        raise Problem("not_found", f"There is no item {item_id} in version {served.version} of the model")
    return place
