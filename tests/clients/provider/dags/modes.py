"""How a task waits: in its process, in the triggerer, or by being run again and again."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

CONNECTION = "local_aws"


@dataclass(frozen=True, kw_only=True)
class Mode:
    """One of Airflow's ways to wait."""

    name: str
    deferrable: bool = False
    sensor: Literal["poke", "reschedule"] = "poke"

    @property
    def seconds(self) -> int:
        """How long work takes: unless a sensor pokes on, longer than it takes to its first look."""
        return 1 if self.name == "sync" else 3

    @property
    def operator_waits(self) -> bool:
        """Whether operators wait for what they start; otherwise a sensor behind them does."""
        return self.sensor == "poke"

    def sensing(self) -> dict[str, Any]:
        """Return what a deferrable sensor takes."""
        return {**self.poking(), "deferrable": self.deferrable}

    def poking(self) -> dict[str, Any]:
        """Return what every sensor takes."""
        return {"mode": self.sensor, "poke_interval": 1, "timeout": timedelta(minutes=2), "aws_conn_id": CONNECTION}

    def operating(self, **more: Any) -> dict[str, Any]:
        """Return what every deferrable operator takes."""
        return {"deferrable": self.deferrable, "aws_conn_id": CONNECTION, **more}


MODES = (Mode(name="sync"), Mode(name="deferrable", deferrable=True), Mode(name="reschedule", sensor="reschedule"))
