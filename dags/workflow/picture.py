"""A DAG as a Mermaid diagram, drawn from its own structure: `python -m workflow.picture movie_recommender`."""

from __future__ import annotations

import importlib
import sys
from typing import TYPE_CHECKING

from airflow.sdk import TaskGroup

if TYPE_CHECKING:
    from collections.abc import Iterator

    from airflow.sdk import DAG

COLOURS = {
    "aws": "fill:#fdebd0,stroke:#d68910,color:#222",
    "wait": "fill:#d6eaf8,stroke:#2e86c1,color:#222",
    "python": "fill:#e8f8f5,stroke:#17a589,color:#222",
}
SHAPES = {"create_cluster": ("([", "])"), "terminate_cluster": ("([", "])"), "gate": ("{", "}")}


def mermaid(dag: DAG) -> str:
    """The whole graph: groups as boxes, gates as diamonds, the cluster's two ends rounded, teardown dotted."""
    lines = ["flowchart LR", *_nodes(dag.task_group, "    ")]
    lines += [f"    classDef {name} {style}" for name, style in COLOURS.items()]
    order = {each.task_id: place for place, each in enumerate(dag.topological_sort())}  # type: ignore[no-untyped-call]
    for name in order:
        task = dag.get_task(name)
        for target in sorted(task.downstream_task_ids, key=lambda each: order[each]):
            arrow = "-.->" if dag.get_task(target).is_teardown else "-->"
            lines.append(f"    {_id(task.task_id)} {arrow} {_id(target)}")
    return "\n".join(lines) + "\n"


def _nodes(group: TaskGroup, indent: str) -> Iterator[str]:
    for child in group.topological_sort():
        name = str(child.node_id)
        if isinstance(child, TaskGroup):
            yield f"{indent}subgraph {_id(name)}[{name}]"
            yield from _nodes(child, indent + "    ")
            yield f"{indent}end"
        else:
            label = name.rpartition(".")[2]
            left, right = SHAPES.get(label, ("[", "]"))
            yield f"{indent}{_id(name)}{left}{label}{right}:::{_kind(child)}"


def _id(name: str) -> str:
    return name.replace(".", "__")


def _kind(task: object) -> str:
    if type(task).__name__.endswith("Sensor"):
        return "wait"
    return "aws" if any(".amazon." in each.__module__ for each in type(task).__mro__) else "python"


def main(dag_file: str) -> None:
    """Print the diagram of the DAG that a file of this folder defines."""
    module = importlib.import_module(dag_file)
    sys.stdout.write(mermaid(module.dag))


if __name__ == "__main__":
    main(sys.argv[1])
