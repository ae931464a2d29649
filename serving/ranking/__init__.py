"""What the service computes: the best items for a vector, similar items, a vector for an unknown user, searches."""

from __future__ import annotations

from serving.ranking.ranker import Ranked, Ranker
from serving.ranking.search import users_like

__all__ = ["Ranked", "Ranker", "users_like"]
