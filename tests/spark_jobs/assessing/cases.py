"""A case and a contender from a tiny table, without saving anything."""

from pyspark.ml import Pipeline, PipelineModel

from penstock.recipe.rules import read_recipe
from spark_jobs.assessing.case import Case
from spark_jobs.assessing.contender import Contender
from spark_jobs.assessing.labels import check_truth
from spark_jobs.assessing.problems import JUDGES
from spark_jobs.assessing.rows import hold_out, training
from spark_jobs.columns import check_label
from spark_jobs.pipeline import build_estimator, feature_stages, label_stages


def contend(parts, recipe, *, resamples=0, segments=()):
    """The judge, the case and the contender of a recipe fitted on the training rows of a table with a column `part`."""
    recipe = read_recipe(recipe)
    learning = training(parts)
    classes = check_label(learning, recipe)
    forth, back = label_stages(recipe, classes)
    stages = [*forth, *feature_stages(recipe, learning.schema), build_estimator(recipe, {})]
    fitted = Pipeline(stages=stages).fit(learning)
    contender = Contender(uri="model", pipeline=PipelineModel([*fitted.stages, *back]))
    held_out = hold_out(parts, segments, "column: part")
    case = Case(
        recipe=recipe,
        held_out=held_out,
        training=learning,
        resamples=resamples,
        confidence=0.95,
        challenger=contender,
        classes=check_truth(held_out.table, recipe, contender.classes),
    )
    return JUDGES[recipe.kind], case, contender


def judge(parts, recipe, **values):
    """The judgement, and the trivial models' metrics."""
    judge, case, contender = contend(parts, recipe, **values)
    rows = judge.predict(case, contender).cache()
    return judge.judge(case, contender, rows).judgement, judge.baselines(case, contender, rows)
