"""The diagram is drawn from the DAG, and the README shows the current one."""

from pathlib import Path

from airflow.sdk import DAG

from workflow.picture import mermaid

README = Path(__file__).parents[3] / "README.md"


def test_every_edge_is_drawn(dag: DAG) -> None:
    lines = mermaid(dag).splitlines()
    arrows = [line for line in lines if "->" in line]
    assert len(arrows) == sum(len(task.downstream_task_ids) for task in dag.tasks)
    assert "    movie_ratings__gate --> movie_ratings__approve_model" in lines
    assert "    score_users -.-> terminate_cluster" in lines


def test_every_task_is_drawn_by_what_it_does(dag: DAG) -> None:
    lines = [line.strip() for line in mermaid(dag).splitlines()]
    assert "wait_for_ratings[wait_for_ratings]:::wait" in lines
    assert "score_users[score_users]:::aws" in lines
    assert "movie_ratings__gate{gate}:::python" in lines
    assert "terminate_cluster([terminate_cluster]):::aws" in lines
    assert len([line for line in lines if ":::" in line]) == len(dag.tasks)


def test_the_readme_shows_it(dag: DAG) -> None:
    assert f"```mermaid\n{mermaid(dag)}```" in README.read_text(encoding="utf-8")
