"""The page of the metrics: which one each kind of problem reports, what it is, and whose definition that is."""

from __future__ import annotations

from collections.abc import Iterator

from penstock.mllib.problems import METRICS, Problem, judged_by
from tools.docs.markdown import code, page, section, table

HEAD = ("metric", "better", "what it is", "definition")
INTRO = (
    "Every metric is measured on held-out rows that no model has learnt from, the same for challenger, champion and "
    "baselines. With `judging.resamples` above 0 each has a bootstrap interval (Efron 1979) over the same resamples; "
    "gains over the champion are paired. A metric that is undefined is null, never 0. A gate may ask for any metric "
    "of its problem; candidates of a search are compared by those with an evaluator of MLlib."
)
MEANINGS = {
    "roc_auc": "The chance that a positive row scores above a negative one; ties count half. Of scores in bins.",
    "pr_auc": "Area under precision by recall, by trapezia, from recall 0 at the first precision on.",
    "log_loss": "Mean of -ln(probability of the row's class), clipped at 1e-15.",
    "accuracy": "Share of rows whose class is predicted.",
    "f1": "2 precision recall / (precision + recall), of the positive class.",
    "precision": "Share of predicted positive rows that are positive.",
    "recall": "Share of positive rows that are predicted positive.",
    "weighted_f1": "F1 of each class, weighted by its rows.",
    "weighted_precision": "Precision of each class, weighted by its rows.",
    "weighted_recall": "Recall of each class, weighted by its rows.",
    "brier": "Mean of (probability - truth)². Brier 1950.",
    "cost": "Mean cost of a row, by the recipe's `costs`; a right answer costs nothing.",
    "rmse": "Square root of the mean squared error.",
    "mae": "Mean absolute error.",
    "r2": "1 - squared error / squared distance from the mean label.",
    "silhouette": "Mean of (b - a) / max(a, b): mean squared distance to the own cluster (a), the nearest other (b).",
    "log_perplexity": "Upper bound on the negative log likelihood of a word, in nats.",
}
RANKING = {
    "ndcg_at_k": (
        "more",
        "Gain 1 / log2(rank + 1) of each hit over the best that k places allow. Järvelin and Kekäläinen 2002.",
        "MLlib's `ndcgAtK`",
    ),
    "precision_at_k": ("more", "Share of the k places that hold a relevant item.", "MLlib's `precisionAtK`"),
    "recall_at_k": ("more", "Share of the relevant items that are among the k.", "MLlib's `recallAtK`"),
    "map_at_k": (
        "more",
        "Mean over users of the precisions at each hit, over the hits that k places allow.",
        "MLlib's `meanAveragePrecisionAtK`",
    ),
    "mrr_at_k": ("more", "Mean of 1 / rank of the first hit; 0 without one.", "Voorhees 1999"),
    "coverage": ("more", "Share of the known items that are in anybody's list.", "`spark_jobs/evaluate.py`"),
    "diversity_at_k": (
        "more",
        "Mean of 1 - cosine of genres over all pairs of a list.",
        "Smyth and McClave 2001; Vargas and Castells 2011",
    ),
    "novelty_at_k": ("more", "Mean of -log2(share of trained users who rated the item), in bits.", "Zhou et al. 2010"),
    "popularity_bias_at_k": (
        "less",
        "How much more popular the list is than the user's own profile: (q - p) / p. 0 is unbiased.",
        "Abdollahpouri et al. 2020",
    ),
    "rmse": (
        "less",
        "Of predicted ratings; rows whose user or item has no training row are counted apart.",
        "MLlib's `rmse`",
    ),
    "mae": ("less", "Of predicted ratings, likewise.", "MLlib's `mae`"),
}
"""Of `movie_recommender`, whose job `evaluate` measures lists and ratings; `spark_jobs/transforms/lists.py` has the
formulas."""
RECOMMENDER = (
    "Ranking metrics are means over users with training rows and a relevant held-out item; items that a user has seen "
    "are left out of the list, and every held-out item rated at least `relevance_threshold` is relevant."
)


def metrics_page() -> str:
    """A table for each kind of problem."""
    rows = [(code(name), *about) for name, about in RANKING.items()]
    parts = [section(each.value, table(HEAD, _rows(each))) for each in Problem if judged_by(each)]
    return page("Metrics", INTRO, *parts, section("The recommender's lists", RECOMMENDER, table(HEAD, rows)))


def _rows(problem: Problem) -> Iterator[tuple[str, ...]]:
    for name, more in judged_by(problem).items():
        yield code(name), "more" if more else "less", MEANINGS[name], _definition(problem, name)


def _definition(problem: Problem, name: str) -> str:
    metric = METRICS[problem].get(name)
    if metric is None:
        return "`spark_jobs/assessing/binary.py`"
    owner = f"MLlib's `{metric.evaluator}`, " if metric.evaluator else "the model's own "
    return f"{owner}`{metric.name}`"
