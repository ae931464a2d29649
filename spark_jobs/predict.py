"""EMR step: a model's prediction for every record of a folder, whatever the model and the records are."""

from __future__ import annotations

import sys
from collections import Counter
from typing import TYPE_CHECKING

from pyspark.errors import PythonException

from penstock.errors import DataError
from penstock.jobs import PredictArgs
from penstock.prediction import FinishedGroup, PredictionReport
from spark_jobs.entry import launch
from spark_jobs.predicting.finishing import SAMPLES, finish_group
from spark_jobs.predicting.groups import Group, Places, finished_groups, make_groups
from spark_jobs.predicting.output import packets_of
from spark_jobs.predicting.plan import Plan, make_plan
from spark_jobs.progress import Progress
from spark_jobs.storage import discard_document, write_document

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyspark.sql import SparkSession


def main(argv: Sequence[str]) -> None:
    """Run as a job."""
    launch(PredictArgs, run, argv)


def run(spark: SparkSession, args: PredictArgs) -> PredictionReport:
    """Predict what is not finished, report, then fail if too many records went without (DataError)."""
    progress = Progress()
    discard_document(spark, args.report_uri)
    spark.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", str(args.batch_rows))
    plan = make_plan(spark, args)
    places = Places(
        predictions_uri=args.predictions_uri,
        quarantine_uri=args.quarantine_uri,
        groups_uri=args.groups_uri,
        table_uri=args.table_uri,
    )
    done = finished_groups(spark, places, plan.files, plan.settings)
    skipped = {file.uri for group in done for file in group.files}
    left = [each for each in plan.files if each.uri not in skipped]
    progress(f"{len(plan.files):,} files, {len(skipped):,} of them finished before; model: {args.model}")
    for group in make_groups(left, settings=plan.settings, group_bytes=args.group_bytes):
        done.append(_finish(spark, plan, group, places))
        progress(f"{sum(len(each.files) for each in done):,} of {len(plan.files):,} files finished")
    report = describe(args, plan, done, skipped=len(skipped), seconds=progress.seconds)
    write_document(spark, report, args.report_uri)
    if report.failures:
        raise DataError(" ".join(report.failures))
    return report


def describe(
    args: PredictArgs, plan: Plan, done: list[FinishedGroup], *, skipped: int, seconds: float
) -> PredictionReport:
    """Everything that is known about the run, from the documents of its groups."""
    files = [file for group in done for file in group.files]
    records, bad = sum(each.records for each in files), sum(each.quarantined for each in files)
    ratio = bad / records if records else 0.0
    by_error = sum((Counter(group.by_error) for group in done), Counter())
    samples = sorted((each for group in done for each in group.samples), key=lambda each: (each.file, each.line))
    return PredictionReport(
        model=plan.description,
        input_uri=args.input_uri,
        input_format=args.input_format,
        output_format=args.output_format,
        predictions_uri=args.predictions_uri,
        quarantine_uri=args.quarantine_uri,
        files=len(files),
        files_skipped=skipped,
        records=records,
        predicted=sum(each.predicted for each in files),
        quarantined=bad,
        by_error=dict(sorted(by_error.items())),
        samples=samples[:SAMPLES],
        bad_ratio=ratio,
        max_bad_ratio=args.max_bad_ratio,
        failures=_failures(args, records=records, bad=bad, ratio=ratio, by_error=by_error),
        seconds=seconds,
        code_sha=args.code_sha,
    )


def _failures(args: PredictArgs, *, records: int, bad: int, ratio: float, by_error: Counter[str]) -> list[str]:
    if not records:
        return [f"{args.input_uri}: its files have no records; expected at least one."]
    if ratio <= args.max_bad_ratio:
        return []
    kinds = ", ".join(f"{count:,} {kind}" for kind, count in by_error.most_common(3))
    sentence = (
        f"{args.input_uri}: {bad:,} of {records:,} records have no prediction ({ratio:.2%}, most: {kinds}); "
        f"expected at most {args.max_bad_ratio:.2%}. They are in {args.quarantine_uri}. "
        "Mend the input or raise max_bad_ratio."
    )
    return [sentence]


def _finish(spark: SparkSession, plan: Plan, group: Group, places: Places) -> FinishedGroup:
    """One group; raises DataError for what a worker died of."""
    try:
        with packets_of(spark, plan.work, group.files) as packets:
            return finish_group(spark, group, packets, places, plan.work.output_format)
    except PythonException as error:
        reason = str(error).strip().splitlines()[-1]
        files = f"{group.files[0].uri} and {len(group.files) - 1:,} more files"
        raise DataError(f"{files}: a Python worker failed: {reason}") from error


if __name__ == "__main__":
    main(sys.argv[1:])
