"""Ratings in, ten movies for every user out: clean, train, judge, promote, score, publish.

### What it does

Waits for MovieLens ratings and movies on S3, cleans them with a Glue job, holds the ratings to the expectations of the
spec and compares them with what the champion was trained on, then starts an EMR cluster, trains two models side by
side (one that ranks movies, one that predicts ratings), judges each against its champion and trivial baselines on the
same held-out rows, promotes what passes the gate in the model registry, and writes the top movies for every user. The
cluster ends whatever happens. A rejected model is no failure: promotion and what depends on it are skipped.

What is promoted is published: the services of the deployment load its bundle, a few canary users try it, and the
application's table is replaced by the scores. If a service cannot load it or gives the canary users nonsense, every
service and the registry go back to the version before. What the deployment does not name is skipped.

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
| the same in SQL, and the history of all metrics | tables `recommendations` and `model_metrics` |
| what services load | `<root>/bundles/movie_recommender/<version>` |
| the report of all of it | `report/index.html`, `report/run.json` |
| champions | MLflow: registered model of the same name, alias `champion` |

### When it fails

The failed task's log names the cause; a Spark job's own log lies below `<root>/logs/<cluster>/steps/<step>/`. Fix the
cause and clear the failed task: Airflow brings up a new cluster for it. Values are in `specs/movie_recommender.yaml`.
"""

from airflow.sdk import chain, cross_downstream

from workflow.compute.choice import on_compute
from workflow.models import report
from workflow.recommender.flow import RecommenderFlow
from workflow.recommender.tasks import (
    bundle_model,
    catalogue_scores,
    catalogue_tables,
    check_ratings,
    clean_ratings,
    deploy_model,
    find_champions,
    load_scores,
    score_users,
    train_and_judge,
    wait_for_ratings,
)

flow = RecommenderFlow.load(__file__)

with flow.dag(__doc__) as dag:
    known, checked = [catalogue_tables(flow), find_champions(flow)], check_ratings(flow)
    models = {model: train_and_judge(flow, model) for model in flow.spec.models}
    chosen, scored, bundled = models[flow.spec.scoring.model], score_users(flow), bundle_model(flow)
    deployed, published = deploy_model(flow, chosen), [catalogue_scores(flow), load_scores(flow)]

    chain(wait_for_ratings(flow), clean_ratings(flow), known, checked)
    trained, judged = [each.trains for each in models.values()], [each.judges for each in models.values()]
    measured = on_compute(flow, after=[checked], first=trained, last=[*judged, scored, bundled])
    chain(chosen.gate, [scored, bundled])
    chain([chosen.promotes, scored, bundled], deployed.begins)
    cross_downstream([chosen.promotes, deployed.tried], published)
    ends = [end for each in models.values() for end in each.ends]
    report(flow, after=[*measured, *ends, *deployed.ends, *published])
