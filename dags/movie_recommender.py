"""Ratings in, ten movies for every user out: clean, train, judge, promote, score.

### What it does

Waits for MovieLens ratings and movies on S3, cleans them with a Glue job, holds the ratings to the expectations of the
spec and compares them with what the champion was trained on, then starts an EMR cluster, trains two models side by
side (one that ranks movies, one that predicts ratings), judges each against its champion and trivial baselines on the
same held-out rows, promotes what passes the gate in the model registry, and writes the top movies for every user. The
cluster ends whatever happens. A rejected model is no failure: promotion and what depends on it are skipped.

### Where the outputs are

Everything of a run lies below `<root>/runs/movie_recommender/<run>/`.

| what | where |
|---|---|
| clean tables, also in the Glue Data Catalog | `clean/ratings`, `clean/movies`, `clean/histories` |
| refused rows with their reason | `quarantine/` |
| ratings that may be learnt from, and those that broke an expectation | `checked/ratings`, `checked/quarantine` |
| row counts | `report/data.json` |
| models | `model/<model>` |
| how a model was trained and judged | `metrics/<model>/training.json`, `metrics/<model>/evaluation.json` |
| why a model was promoted or not | `metrics/<model>/verdict.json` |
| recommendations, also in the Data Catalog | `scores/movie_recommender` |
| the report of all of it | `report/index.html`, `report/run.json` |
| champions | MLflow: registered model of the same name, alias `champion` |

### When it fails

The failed task's log names the cause; a Spark job's own log lies below `<root>/logs/<cluster>/steps/<step>/`. Fix the
cause and clear the failed task: Airflow brings up a new cluster for it. Values are in `specs/movie_recommender.yaml`.
"""

from airflow.sdk import chain

from workflow.compute.choice import on_compute
from workflow.models import report
from workflow.recommender.flow import RecommenderFlow
from workflow.recommender.tasks import (
    catalogue_scores,
    catalogue_tables,
    check_ratings,
    clean_ratings,
    find_champions,
    score_users,
    train_and_judge,
    wait_for_ratings,
)

flow = RecommenderFlow.load(__file__)

with flow.dag(__doc__) as dag:
    known, checked = [catalogue_tables(flow), find_champions(flow)], check_ratings(flow)
    models = {model: train_and_judge(flow, model) for model in flow.spec.models}
    chosen, scored, published = models[flow.spec.scoring.model], score_users(flow), catalogue_scores(flow)

    chain(wait_for_ratings(flow), clean_ratings(flow), known, checked)
    trained, judged = [each.trains for each in models.values()], [each.judges for each in models.values()]
    measured = on_compute(flow, after=[checked], first=trained, last=[*judged, scored])
    chain(chosen.gate, scored)
    chain([chosen.promotes, scored], published)
    report(flow, after=[*measured, *(each.promotes for each in models.values()), published])
