"""docs/faults.md from the outcomes of a whole run: `python -m tests.faults.harness.document <json> <md>`."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tests.faults.harness.matrix import AIRFLOW_FAULTS, CALL_FAULTS, CLUSTER_FAULTS, MATRIX, RUN_FAULTS
from tests.faults.harness.outcome import Outcome
from tests.faults.harness.pitfalls import PITFALLS

if TYPE_CHECKING:
    from tests.faults.harness.fault import Fault
    from tests.faults.harness.pitfalls import Pitfall

HEAD = """\
# What survives which fault

Written from the outcomes that the suite of `make test-faults` records; do not edit. Each fault strikes a real
Airflow (scheduler, LocalExecutor, triggerer, DAG processor, API server) that works on the local AWS. The workflow is
the same for both: create a cluster, run one step, terminate as teardown, with two retries. **Penstock** is built from
`dags/workflow/operators`, **plain** from the provider's own operators. Each cell tells both ways of waiting,
sync / deferrable, or once where they agree; n/a is where a fault cannot strike.

- **run**: Airflow's state of the run; `running` is a run that did not end.
- **left**: clusters that were still up after the run and, for Penstock, the reaper's next run.
- **twice**: how often the step ran to completion after it had done so once, by its own record.
- **safe**: seconds from the fault to the end of the run and of its last cluster; ∞ where a cluster was left.
- **the log says**: the first line of the run's logs that names the fault.
"""
SECTIONS = (
    ("Airflow's own processes", AIRFLOW_FAULTS),
    ("Clusters and steps", CLUSTER_FAULTS),
    ("Runs, people and S3", RUN_FAULTS),
    ("API calls", CALL_FAULTS),
)
COLUMNS = "| fault | Penstock: run | left | twice | safe | plain: run | left | twice | safe | the log says (Penstock) |"
LONGEST_REASON = 160
Found = Mapping[tuple[str, str], Outcome]


def read(path: Path) -> Found:
    """The outcomes by fault and variant."""
    outcomes = [Outcome(**each) for each in json.loads(path.read_text(encoding="utf-8"))]
    return {(each.fault, each.variant): each for each in outcomes}


def document(found: Found) -> str:
    """The whole page."""
    parts = [HEAD]
    for title, faults in SECTIONS:
        rows = [_row(fault, found) for fault in faults]
        parts.append("\n".join([f"## {title}\n", COLUMNS, "|---" * COLUMNS.count(" | ") + "|---|", *rows]) + "\n")
    return "\n".join([*parts, _pitfalls()])


def _pitfalls() -> str:
    rows = [f"| {each.story} | {'; '.join(_shown_by(each))} |" for each in PITFALLS]
    return "\n".join(["## What the provider's operators do\n", "| what | shown by |", "|---|---|", *rows]) + "\n"


def _shown_by(pitfall: Pitfall) -> list[str]:
    stories = {each.name: each.story for each in MATRIX}
    return [*(stories[each] for each in pitfall.faults), *(f"`{each}`" for each in pitfall.tests)]


def _row(fault: Fault, found: Found) -> str:
    cells = [f"{fault.story} <!-- {fault.name} -->"]
    for kind in ("penstock", "plain"):
        both = [found.get((fault.name, f"{kind}_{way}")) for way in ("sync", "deferrable")]
        cells += [_cell([_text(each, name) for each in both]) for name in ("run", "left", "twice", "safe")]
    reasons = [found[fault.name, each].log_reason for each in _ours(fault) if (fault.name, each) in found]
    cells.append(_shortened(next(filter(None, reasons), "")))
    return f"| {' | '.join(cells)} |"


def _ours(fault: Fault) -> Sequence[str]:
    return [each for each in ("penstock_sync", "penstock_deferrable") if fault.concerns(each)]


def _text(outcome: Outcome | None, column: str) -> str:
    if outcome is None:
        return "n/a"
    if column == "safe":
        return "∞" if outcome.seconds_until_safe is None else f"{outcome.seconds_until_safe:.0f}"
    numbers = {"left": outcome.clusters_left, "twice": outcome.duplicate_completions}
    return outcome.run_state if column == "run" else str(numbers[column])


def _cell(texts: Sequence[str]) -> str:
    return texts[0] if len(set(texts)) == 1 else " / ".join(texts)


def _shortened(line: str) -> str:
    plain = line.replace("|", "\\|").replace("<", "&lt;").replace("\n", " ")
    return plain if len(plain) <= LONGEST_REASON else f"{plain[:LONGEST_REASON]}…"


if __name__ == "__main__":
    record, page = map(Path, sys.argv[1:])
    page.write_text(document(read(record)), encoding="utf-8")
