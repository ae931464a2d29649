"""Housekeeping's documents travel whole."""

from penstock.housekeeping import ClusterVerdict, HousekeepingReport, Removed, RetentionReport


def test_a_report_round_trips_with_its_clusters() -> None:
    cluster = ClusterVerdict(
        id="j-1",
        name="test-movie_recommender-r1",
        dag="movie_recommender",
        run="r1",
        state="WAITING",
        age_hours=1.5,
        action="terminated",
        reason="its run ended (failed)",
        cost_usd=0.25,
        cost_without=["EMR fee of m7g.xlarge"],
    )
    report = HousekeepingReport(moment="2026-11-21T00:00:00+00:00", dry_run=False, clusters=[cluster], problems=["x"])
    assert HousekeepingReport.from_json(report.to_json(), "s3://b/report.json") == report


def test_what_was_removed_round_trips() -> None:
    removed = Removed(what="run", uri="s3://b/runs/d/r", objects=3, bytes=5_000_000_000, reason="91 days old")
    report = RetentionReport(moment="2026-11-21T00:00:00+00:00", dry_run=True, removed=[removed], problems=[])
    assert RetentionReport.from_json(report.to_json(), "s3://b/2026-11-21.json") == report
