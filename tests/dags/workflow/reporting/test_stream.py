"""What the page says about a stream."""

from penstock.run_report import RunReport
from tests.dags.workflow.reporting.documents.data import STREAM
from tests.dags.workflow.reporting.documents.reports import STREAMED
from workflow.reporting.page import render
from workflow.reporting.stream import batches, reasons, totals


def test_events_are_told_for_this_run_and_since_the_beginning() -> None:
    assert totals(STREAM).rows == [
        ["this run", "1,250", "1,200", "30", "20"],
        ["since the beginning", "9,000", "8,900", "60", "40"],
    ]
    assert reasons(STREAM).rows == [["no action", "20", "40"], ["older than the watermark", "30", "60"]]


def test_a_batch_is_a_row() -> None:
    grid = batches(STREAM)
    assert grid.caption == "The latest of 1 batch"
    assert grid.rows == [["7", "1,250", "1,200", "30", "20", "8", "4", "2024-03-01 02:48:50", "1.5 s"]]


def test_the_page_shows_it_in_place_of_a_data_report() -> None:
    page = render(STREAMED)
    assert "the run ended because there were no more events" in page
    assert "Table event_counts, 64 rows" in page
    assert "There is no report of the data." not in page
    assert RunReport.from_json(STREAMED.to_json(), "run.json") == STREAMED
