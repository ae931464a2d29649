"""Both directions of a job's command line."""

from dataclasses import dataclass, fields
from typing import Any, ClassVar

import pytest

from penstock.arguments import EMR_ARGUMENT_LIMIT, JobArgs, arg
from penstock.errors import ArgumentError
from penstock.jobs import ALL_JOBS, CleanLibsvmArgs, CleanRatingsArgs, FitArgs, TrainArgs


@dataclass(frozen=True, kw_only=True)
class Example(JobArgs):
    script: ClassVar[str] = "example.py"

    name: str = arg("a name")
    count: int = arg("a count", default=3, minimum=1, maximum=9)
    share: float = arg("a share", default=0.5, minimum=0, maximum=1)
    colour: str = arg("a colour", default="red", choices=("red", "green"))


def test_every_field_is_rendered_in_order() -> None:
    assert Example(name="a b").to_argv() == ["--name=a b", "--count=3", "--share=0.5", "--colour=red"]


@pytest.mark.parametrize(("count", "share"), [(9, 1e-3), (1, 0.0), (5, 1.0)])
def test_round_trip(count: int, share: float) -> None:
    args = Example(name="x=--y", count=count, share=share, colour="green")
    assert Example.from_argv(args.to_argv()) == args


@pytest.mark.parametrize("value", ["", " ", "-1", "--name=z", "ünï {“json”: 1}", '{"a": [1, 2]}', "a\nb"])
def test_any_text_survives_the_round_trip(value: str) -> None:
    assert Example.from_argv(Example(name=value).to_argv()).name == value


def test_templates_pass_through_untouched() -> None:
    count: int = "{{ params.count }}"  # type: ignore[assignment]
    assert "--count={{ params.count }}" in Example(name="x", count=count).to_argv()


def test_glue_arguments_parse_as_glue_passes_them() -> None:
    glue = Example(name="x").to_glue()
    assert glue == {"--name": "x", "--count": "3", "--share": "0.5", "--colour": "red"}
    argv = [part for pair in glue.items() for part in pair]
    assert Example.from_argv(argv) == Example(name="x")


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        ([], "example.py: the following arguments are required: --name"),
        (["--name=x", "--cuont=1"], "example.py: unknown argument '--cuont=1'; did you mean 'count'?"),
        (["--name=x", "--coun=1"], "example.py: unknown argument '--coun=1'; did you mean 'count'?"),
        (["--name=x", "--count=two"], "example.py: --count=two: expected int"),
        (["--name=x", "--count=1.0"], "example.py: --count=1.0: expected int"),
        (["--name=x", "--count=10"], "example.py: --count=10: expected 1 to 9"),
        (["--name=x", "--share=nan"], "example.py: --share=nan: expected a finite number"),
        (["--name=x", "--share=inf"], "example.py: --share=inf: expected a finite number"),
        (["--name=x", "--colour=grean"], "example.py: --colour=grean: did you mean 'green'?"),
        (["--name=x", "--colour=blue"], "example.py: --colour=blue: known: green, red"),
        (["--name=x", "--count={{ params.count }}"], "example.py: --count={{ params.count }}: expected int"),
    ],
)
def test_a_bad_command_line_says_what_is_wrong(argv: list[str], message: str) -> None:
    with pytest.raises(ArgumentError) as caught:
        Example.from_argv(argv)
    assert str(caught.value) == message


def test_a_one_sided_range_says_its_side() -> None:
    with pytest.raises(ArgumentError, match="--blocks=-1: expected at least 0"):
        TrainArgs.from_argv([*_train().to_argv(), "--blocks=-1"])


def test_an_argument_over_emrs_limit_is_refused_with_the_remedy() -> None:
    longest = "x" * (EMR_ARGUMENT_LIMIT - len("--name="))
    assert Example(name=longest).to_argv()[0] == f"--name={longest}"
    with pytest.raises(ArgumentError) as caught:
        Example(name=longest + "x").to_argv()
    assert str(caught.value) == (
        "example.py --name has 10,281 characters; EMR takes 10,280. "
        "Put the value into a document on S3 and pass its location."
    )


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({}, "column: part"),
        ({"holdout": "random", "test_fraction": 0.25, "holdout_seed": 7}, "random: test 0.25, seed 7"),
        ({"holdout": "temporal", "time_column": "sold_at"}, "temporal: test 0.2 by sold_at"),
    ],
)
def test_a_holdout_in_words(values: dict[str, Any], words: str) -> None:
    args = FitArgs(table_uri="s3://b/t", recipe="{}", model_uri="s3://b/m", report_uri="s3://b/r", **values)
    assert FitArgs.from_argv(args.to_argv()).describe_holdout() == words


def test_only_glue_jobs_tolerate_options_of_their_runtime() -> None:
    args = CleanRatingsArgs(
        ratings_uri="s3://b/r",
        movies_uri="s3://b/m",
        clean_uri="s3://b/c",
        quarantine_uri="s3://b/q",
        report_uri="s3://b/d",
    )
    assert CleanRatingsArgs.from_argv([*args.to_argv(), "--JOB_NAME", "etl", "--enable-metrics=true"]) == args
    with pytest.raises(ArgumentError, match="unknown argument '--JOB_NAME'"):
        TrainArgs.from_argv([*_train().to_argv(), "--JOB_NAME", "train"])


@pytest.mark.parametrize("job", ALL_JOBS)
def test_every_job_documents_each_argument_and_uses_plain_types(job: type[JobArgs]) -> None:
    for field in fields(job):
        assert field.metadata["help"], f"{job.__name__}.{field.name}"
        assert field.type in {"str", "int", "float"}, f"{job.__name__}.{field.name}"


def test_features_fit_a_vector() -> None:
    args = CleanLibsvmArgs(
        train_uri="s3://b/a",
        test_uri="s3://b/e",
        clean_uri="s3://b/c",
        quarantine_uri="s3://b/q",
        report_uri="s3://b/d",
    )
    assert CleanLibsvmArgs.from_argv([*args.to_argv(), "--features=2147483647"]).features == 2_147_483_647
    with pytest.raises(ArgumentError) as caught:
        CleanLibsvmArgs.from_argv([*args.to_argv(), "--features=2147483648"])
    assert str(caught.value) == "glue_scripts/clean_libsvm.py: --features=2147483648: expected 0 to 2147483647"


def test_glue_jobs_are_those_in_its_folder() -> None:
    assert {job.script for job in ALL_JOBS if job.foreign} == {
        job.script for job in ALL_JOBS if job.script.startswith("glue_scripts/")
    }


def test_scripts_are_distinct() -> None:
    assert len({job.script for job in ALL_JOBS}) == len(ALL_JOBS)


def _train() -> TrainArgs:
    return TrainArgs(ratings_uri="s3://b/r", model_uri="s3://b/m", report_uri="s3://b/t", grid='{"rank": [8]}')
