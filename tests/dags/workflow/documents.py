"""An evaluation and a training report to test with."""

from penstock.documents import Candidate, Evaluation, HeldOut, TrainingReport
from workflow.evidence import of_recommender
from workflow.registry import CHECKS, Registration

EVALUATION = Evaluation(
    objective="ranking",
    model_uri="s3://bucket/new",
    split="random 0.2",
    k=10,
    relevance_threshold=0.0,
    held_out=HeldOut(rows=100, cold_start_rows=1, users=10, cold_start_users=0, fingerprint="f"),
    challenger={"ndcg_at_k": 0.3, "rmse": None},
    champion={"ndcg_at_k": 0.25, "rmse": None},
    champion_model_uri="s3://bucket/old",
    baselines={"popularity": {"ndcg_at_k": 0.18, "rmse": None}},
    fit_for=["ranking"],
    seconds=1.5,
    code_sha="c0ffee",
)
TRAINING = TrainingReport(
    objective="ranking",
    algorithm="als",
    model_uri="s3://bucket/new",
    metric="ndcg_at_k",
    candidates=[Candidate(params={"rank": 64}, metric=0.3)],
    best={"rank": 64, "regParam": 0.1},
    split="random 0.2",
    train_rows=80,
    validation_rows=8,
    test_rows=20,
    users=10,
    items=20,
    seed=42,
    seconds=12.5,
    fingerprint="f",
    code_sha="c0ffee",
)


def registration(
    name: str,
    *,
    training: TrainingReport = TRAINING,
    evaluation: Evaluation = EVALUATION,
    run: str = "movie_recommender/manual__1",
    version: int = 1,
) -> Registration:
    """A model that is ready to be registered."""
    uri = f"s3://bucket/models/{name}/{version}"
    return Registration(
        name=name,
        run=run,
        evidence=of_recommender(training, evaluation),
        version_uri=uri,
        model_uri=f"{uri}/sparkml",
        documents={"penstock.evaluation": f"{uri}/evaluation.json", CHECKS: f"{uri}/checks.json"},
    )
