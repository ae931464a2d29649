"""The page, read back: what it says."""

from dataclasses import replace

import pytest

from penstock.assessment import ConfusionMatrix, Judgement
from penstock.run_report import RunReport
from tests.dags.workflow.reporting.documents.data import DATA
from tests.dags.workflow.reporting.documents.recommending import SCRIPT
from tests.dags.workflow.reporting.documents.reports import FAILED, REPORT, unlabelled
from tests.dags.workflow.reporting.reading import Element, facts, read, table
from workflow.reporting.page import render
from workflow.reporting.words import NONE


@pytest.fixture(scope="module")
def text() -> str:
    return render(REPORT)


@pytest.fixture(scope="module")
def page(text: str) -> Element:
    return read(text)


def test_it_begins_with_what_came_of_the_run(page: Element) -> None:
    assert page.all("h1")[0].text == "income_classifier ✓ success"
    assert page.all("p", **{"class": "lead"})[0].text == (
        "The run did all its work. 1 of 2 models promoted: income_classifier."
    )
    found = facts(page)
    assert found["Started"] == "2026-11-21 10:00:00 UTC"
    assert (found["Took"], found["Cost"]) == ("10 min 13 s", "at least $0.14 on AWS; simulated here")


def test_rows_by_source_and_reason(page: Element) -> None:
    assert table(page, "Rows by source") == [
        ["train", "32,562", "32,537", "24", "1", "<0.1%"],
        ["test", "16,282", "16,253", "5", "24", "0.1%"],
    ]
    assert table(page, "Quarantined rows by reason") == [["unknown income", "24"], ["15 values expected", "1"]]
    assert page.all("p", **{"class": "notice"})[0].text.startswith("⚠ 23 test rows equal a row of train.")


def test_expectations_and_drift(page: Element) -> None:
    assert table(page, "Expectations of 48,795 rows") == [
        ["adult", "age BETWEEN 16 AND 100", "quarantine", "5 (<0.1%)"],
        ["known_income", "income IN ('<=50K', '>50K')", "fail", "none"],
    ]
    assert [row[:2] for row in table(page, "Drift by column")] == [
        ["hours_per_week", "0.2731 major"],
        ["age", "0.1204 moved"],
        ["workclass", "0.0021"],
    ]


def test_candidates_with_the_chosen_one(page: Element) -> None:
    assert table(page, "Candidates") == [
        ["1", "3", "0.1", "0.9008", "0.0021"],
        ["2", "3", "0.2", "0.9061", "0.0019"],
        ["3", "5", "0.1", "0.9102", "0.0024"],
        ["4 (chosen)", "5", "0.2", "0.9127", "0.0017"],
    ]


def test_metrics_beside_champion_and_baselines_with_what_the_gain_means(page: Element) -> None:
    found = {row[0]: row[1:] for row in table(page, "Metrics, with intervals in brackets")}
    assert found["ROC AUC"] == [
        "higher",
        "0.9057 [0.9008, 0.9106]",
        "0.8857 [0.8808, 0.8906]",
        "+0.02 [+0.016, +0.024]",
        "better",
        "0.5",  # of the baseline `prior`; `most_frequent` has none
        NONE,
    ]
    assert [found[name][4] for name in ("accuracy", "log loss", "recall", "F1")] == [
        "within noise",
        "better",  # the gain is below 0, and lower is better
        "worse",
        NONE,
    ]


def test_a_recommender_is_compared_by_the_direction_of_its_metrics(page: Element) -> None:
    second = read_section(page, "model-2")
    found = {row[0]: row[1:] for row in table(second, "Metrics, with intervals in brackets")}
    assert found["RMSE"] == ["lower", "0.88 [0.87, 0.89]", "0.87", "+0.01 [+0.008, +0.012]", "worse", "1.042", NONE]
    assert found["NDCG@k"][:3] == ["higher", "0.0021", "0.0019"]
    assert found["coverage"][1] == NONE


def test_errors_thresholds_and_segments(page: Element) -> None:
    assert table(page, "Rows by true class (down) and prediction (across)") == [
        ["<=50K", "11,735", "680", "12,415"],
        [">50K", "1,551", "2,287", "3,838"],
    ]
    thresholds = {row[0]: row[1:] for row in table(page, "Thresholds")}
    assert list(thresholds["0.3 (in use)"]) == ["0.6421", "0.7781", "0.7036", "0.8427", "0.3703"]
    assert table(page, "Metrics by sex")[1] == ["Female", "5,411", "0.52 [0.499, 0.541]", "0.92 [0.9095, 0.9305]"]
    caption = next(each.text for each in page.all("figcaption") if each.text.startswith("Segments by sex"))
    assert "Recall runs from 0.52 for Female to 0.61 for Male, a difference of 0.09; their intervals do not" in caption
    assert len(table(page, "Calibration by bins")) == 10


def test_gate_time_and_money(page: Element) -> None:
    checks = [each.text for each in page.all("ul", **{"class": "checks"})[1].all("li")]
    assert checks == [
        "✓ passed rmse 0.8800 meets the bound 1.0000",
        "✕ failed rmse 0.8800 against the champion's 0.8700: -1.15%, needs +0.00%",
    ]
    tasks = table(page, "Tasks, in the order in which they began")
    assert tasks[2] == ["create_cluster", "success", "3 min 10 s", "44 s", "2"]
    assert tasks[-1] == ["movies.promote_model", "skipped", NONE, NONE, NONE]
    assert table(page, "Measured by charge")[2] == ["core: EBS gp9", "2", "64.000 GB month", "unknown", "unknown"]
    assert table(page, "Cost")[-1] == ["measured", "$0.1364"]


def test_the_tree(page: Element) -> None:
    nodes = table(page, "Nodes of the drawn levels")
    asked = "marital_status in {Married-civ-spouse, Married-AF-spouse}"
    assert nodes[0] == ["0", asked, "1", "2", "<=50K 76%", "32,537", "0.3", "0.05"]
    assert nodes[7] == ["7", "leaf", NONE, NONE, "<=50K 70%", "9,979", "0.3", NONE]
    drawn = next(each for each in page.all("figure") if each.all("figcaption")[0].text.startswith("The tree"))
    words = [each.text for each in drawn.all("text")]
    assert words.count("yes") == words.count("no") == 6
    assert {"capital_gain <= 7139.5", ">50K 96%", "311 rows, 1.0%", "9,979 rows, 30.7%, more below"} <= set(words)
    assert [each.all("pre")[0].text for each in page.all("details", **{"class": "text"})] == [
        "If (marital_status in {...})"
    ]


def test_what_spark_did(page: Element) -> None:
    found = facts(read_section(page, "time"))
    assert found["Stages"] == "257 ran, 131 skipped, 0 failed"
    assert found["Executors"] == "5 min 11 s busy, 4 min 20 s on the CPU, 4.1 s collecting garbage"
    assert found["Shuffled"] == "86.8 MiB written, 86.8 MiB read"
    assert table(page, "Slowest stages of metrics/income_classifier/fit")[1][:6] == [
        "4: count at DecisionTreeMetadata.scala:125",
        "COMPLETE",
        "2.4 s",
        "7.2 s",
        "4",
        "1",
    ]


def test_what_the_run_was_told(page: Element) -> None:
    found = facts(read_section(page, "values"))
    assert found == {"raw uri": "s3://bucket/prefix/raw/adult", "gate mode": "enabled", "max bad ratio": "0.05"}


def test_clusters_and_topics() -> None:
    page = read(render(unlabelled()))
    assert table(page, "Clusters")[0] == ["cluster 0", "4,200", "59.4%"]
    assert [row[0] for row in table(page, "Mean of each column")] == [
        "age",
        "income",
        "visits_per_month",
        "days_since_purchase",
    ]
    assert table(page, "Topics and their terms, the heaviest first")[1] == [
        "topic 1",
        "35.0%",
        "love, wedding, paris, friends",
    ]


def test_a_run_that_failed_says_where_and_what_is_missing() -> None:
    page = read(render(FAILED))
    assert page.all("h1")[0].text == "income_classifier ✕ failed"
    assert (
        page.all("p", **{"class": "lead"})[0].text == "The run failed in clean_adult. income_classifier has no verdict."
    )
    missing = [each.text for each in page.all("ul", **{"class": "plain"})[0].all("li")]
    assert missing == FAILED.missing


def test_a_title_is_no_markup(text: str, page: Element) -> None:
    assert SCRIPT in [each.text for each in page.all("li")]
    assert not page.all("script")
    assert "<script" not in text


WORDS = ["<b>&'\"", "$x^2$ $", "\x00\x07\ud800", "七人", "a" * 500, "{{ 7 * 7 }}", "__proto__", ""]


def test_no_name_breaks_the_page() -> None:
    """Columns, classes, segments, features, reasons, models and parameters are called what they like."""
    record = REPORT.models["income_classifier"]
    judged, fit = record.assessment, record.fit
    assert judged
    assert fit
    challenger = Judgement(
        metrics=judged.challenger.metrics,
        confusion=ConfusionMatrix(labels=WORDS, counts=[[1] * len(WORDS)] * len(WORDS)),
        classes=[replace(judged.challenger.classes[0], label=each) for each in WORDS],
        segments=[replace(judged.challenger.segments[0], column=WORDS[0], value=each) for each in WORDS],
    )
    named = replace(
        record,
        fit=replace(fit, weights=[replace(fit.weights[0], name=each) for each in WORDS]),
        assessment=replace(judged, challenger=challenger, champion=None),
    )
    reasons = replace(DATA, quarantined_by_reason=dict.fromkeys(WORDS, 1))
    odd = replace(FAILED, data=reasons, models={WORDS[0]: named}, params={each: each for each in WORDS})
    text = render(odd)
    page = read(text)
    assert page.all("h3")[0].text == f"<b>&'\" {NONE} not promoted yet"
    assert all(each.text[0] in f"{NONE}0123456789" for each in page.all("b"))  # the tiles' numbers
    assert facts(read_section(page, "values"))["{{ 7 * 7 }}"] == "{{ 7 * 7 }}"
    text.encode()


def test_equal_reports_give_equal_pages(text: str) -> None:
    assert render(RunReport.from_json(REPORT.to_json(), "here")) == text


def read_section(page: Element, heading: str) -> Element:
    found: Element = page.all("section", **{"aria-labelledby": heading})[0]
    return found
