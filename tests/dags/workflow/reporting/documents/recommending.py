"""A recommender: trained, judged, asked for lists."""

from penstock.documents import (
    Candidate,
    Evaluation,
    HeldOut,
    Table,
    TrainingReport,
)
from penstock.scoring import SampleUser, ScoreReport
from tests.dags.workflow.reporting.documents.data import RUN
from tests.dags.workflow.reporting.documents.judgements import around

TRAINING = TrainingReport(
    objective="rating",
    algorithm="als",
    model_uri=f"{RUN}/model/movies",
    metric="rmse",
    candidates=[
        Candidate(params={"rank": 10.0, "regParam": 0.1}, metric=0.881),
        Candidate(params={"rank": 10.0, "regParam": 0.15}, metric=0.884),
    ],
    best={"rank": 10.0, "regParam": 0.1},
    split="random: test 0.2, validation 0.1 of the rest, seed 42",
    train_rows=72_500,
    validation_rows=8_100,
    test_rows=20_236,
    users=610,
    items=8_900,
    seed=42,
    seconds=38.9,
    fingerprint="f",
    code_sha="c0ffee0123456789",
)
EVALUATION = Evaluation(
    objective="rating",
    model_uri=f"{RUN}/model/movies",
    split=TRAINING.split,
    k=10,
    relevance_threshold=0.0,
    held_out=HeldOut(rows=20_236, cold_start_rows=801, users=608, fingerprint="g"),
    challenger={"rmse": 0.88, "mae": 0.67, "ndcg_at_k": 0.0021, "coverage": None},
    champion={"rmse": 0.87, "mae": 0.66, "ndcg_at_k": 0.0019},
    champion_model_uri="s3://bucket/prefix/models/movies/3",
    baselines={"global_mean": {"rmse": 1.042, "mae": 0.82}, "popularity": {"ndcg_at_k": 0.14}},
    intervals={"rmse": around(0.88, 0.01), "mae": around(0.67, 0.007)},
    gains={"rmse": around(0.01, 0.002)},
    fit_for=["rating"],
    seconds=22.0,
    code_sha="c0ffee0123456789",
)
SCRIPT = "<script>alert('film')</script> & Sons (1999)"
SCORES = ScoreReport(
    model_uri=EVALUATION.model_uri,
    table=Table(name="scores", uri=f"{RUN}/scores/movies", columns=[], rows=6_100),
    k=10,
    seen_items="exclude",
    users=610,
    users_with_fewer=0,
    users_without_scores=1,
    items_without_factors=12,
    samples=[
        SampleUser(
            user_id=414,
            ratings=2_698,
            liked=["Pulp Fiction (1994)", "Amélie (2001)"],
            recommended=[SCRIPT, "七人の侍 (1954)", "Dr. Strangelove or: How I Learned to Stop Worrying (1964)"],
        )
    ],
    seconds=9.4,
    code_sha="c0ffee0123456789",
)
