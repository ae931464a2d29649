"""The service's equation for a user gives back the factors that MLlib and `implicit` found for its trained users."""

import numpy as np
import pytest

from penstock.jobs import Objective
from serving.ranking.fold_in import UserEquation, gram
from spark_jobs.als import estimator, feedback


def factors(table):
    rows = sorted(table.collect())
    return [row.id for row in rows], np.array([row.features for row in rows], dtype=np.float32)


@pytest.mark.parametrize("objective", list(Objective))
@pytest.mark.parametrize(("alpha", "reg_param"), [(1.0, 0.1), (5.0, 0.02)])
def test_a_trained_users_own_items_give_their_factors(spark, two_tastes, objective, alpha, reg_param):
    ratings = feedback(spark.read.parquet(two_tastes), objective).cache()
    als = estimator(objective, blocks=1, seed=3).setParams(rank=6, maxIter=4, alpha=alpha, regParam=reg_param)
    model = als.fit(ratings)
    item_ids, items = factors(model.itemFactors)
    user_ids, users = factors(model.userFactors)
    implicit = objective is Objective.RANKING
    equation = UserEquation(factors=items, gram=gram(items) if implicit else None, alpha=alpha, reg_param=reg_param)
    rated = ratings.toPandas().groupby("user_id")
    for user, expected in zip(user_ids, users, strict=True):
        own = rated.get_group(user)
        positions = np.searchsorted(item_ids, own["item_id"])
        assert equation.solve(positions, own["rating"].to_numpy()) == pytest.approx(expected, abs=1e-4)
