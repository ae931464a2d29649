"""Which engines there are, and the one that needs nothing of its own."""

from collections.abc import Mapping

LOCAL, STANDALONE = "local", "standalone"
ENGINES = (LOCAL, STANDALONE)
TAG = "local-aws:engine"


class EngineError(Exception):
    """An engine did not start."""


class LocalEngine:
    """``local[N]``: each application is one process, driver and executors at once. The base of other engines."""

    def start(self) -> None:
        """Get ready for applications; return when they can run. Raise EngineError if they never will."""

    def reconcile(self) -> None:
        """Follow the cluster's instances, some of which have come or gone."""

    def runs_on(self, instance_id: str) -> bool:
        """Whether an instance is a process of its own."""
        del instance_id
        return False

    def properties(self) -> Mapping[str, str]:
        """Return Spark properties that no application may choose otherwise."""
        return {}

    def close(self) -> None:
        """End every process of the engine."""
