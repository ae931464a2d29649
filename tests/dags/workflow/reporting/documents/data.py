"""What was read, and what the check found."""

from penstock.checks import ChecksReport, ColumnProfile, Drift, Outcome
from penstock.documents import (
    Column,
    DataReport,
    Repeats,
    RowCounts,
    Table,
)

RUN = "s3://bucket/prefix/runs/income_classifier/manual__2026-11-21"
INCOME = Table(name="adult", uri=f"{RUN}/clean/adult", columns=[Column(name="age", type="int")], rows=48_790)

DATA = DataReport(
    sources={
        "train": RowCounts(read=32_562, good=32_537, quarantined=1, superseded=24),
        "test": RowCounts(read=16_282, good=16_253, quarantined=24, superseded=5),
    },
    quarantined_by_reason={"15 values expected": 1, "unknown income": 24},
    tables=[INCOME],
    quarantine_uri=f"{RUN}/quarantine",
    repeats=Repeats(duplicates={"train": 24, "test": 5}, test_rows_in_train=23),
    fingerprint="9a1c",
    code_sha="c0ffee0123456789",
)
CHECKS = ChecksReport(
    table=INCOME,
    read=48_795,
    quarantined=5,
    quarantine_uri=f"{RUN}/checked/quarantine",
    outcomes=[
        Outcome(name="adult", expression="age BETWEEN 16 AND 100", action="quarantine", violations=5),
        Outcome(name="known_income", expression="income IN ('<=50K', '>50K')", action="fail", violations=0),
    ],
    profile=[ColumnProfile(name="age", type="int", rows=32_537, nulls=0, edges=[22.0], counts=[5_000, 27_537])],
    reference_uri="s3://bucket/prefix/models/income_classifier/1/checks.json",
    schema_changes=["column `education_num` came since the champion was trained"],
    drift=[
        Drift(column="hours_per_week", psi=0.2731, worst_bin="[40, 45): 47.0 % now, 31.0 % then"),
        Drift(column="age", psi=0.1204, worst_bin="[28, 33): 14.1 % now, 9.9 % then"),
        Drift(column="workclass", psi=0.0021, worst_bin="Private: 69.7 % now, 69.4 % then"),
    ],
    warnings=["hours_per_week has drifted: 0.2731 is more than 0.1"],
    failures=[],
    seconds=31.5,
    code_sha="c0ffee0123456789",
)
