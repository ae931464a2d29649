import pytest

from penstock.errors import ArgumentError
from penstock.jobs import Objective
from spark_jobs.als import estimator
from spark_jobs.grid import param_maps, parse_grid, point


def test_every_combination_the_last_parameter_varying_fastest(spark):
    als = estimator(Objective.RATING, blocks=1, seed=1)
    maps = param_maps(als, parse_grid('{"rank": [8, 12], "regParam": [0.1, 1]}'))
    assert [point(each) for each in maps] == [
        {"rank": 8, "regParam": 0.1},
        {"rank": 8, "regParam": 1.0},
        {"rank": 12, "regParam": 0.1},
        {"rank": 12, "regParam": 1.0},
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"ranks": [8]}', "--grid: unknown ALS parameter 'ranks'; did you mean 'rank'?"),
        ('{"lambda": [1]}', "--grid: unknown ALS parameter 'lambda'; known: alpha, maxIter, rank, regParam"),
        ('{"rank": 8}', "--grid: rank is 8; expected a list with at least one value"),
        ('{"rank": []}', "--grid: rank is []; expected a list with at least one value"),
        ('{"rank": [8, 0]}', "--grid: rank has 0; expected ints from 1 to 1000"),
        ('{"rank": [8.5]}', "--grid: rank has 8.5; expected ints from 1 to 1000"),
        ('{"rank": [true]}', "--grid: rank has true; expected ints from 1 to 1000"),
        ('{"regParam": [-0.1]}', "--grid: regParam has -0.1; expected floats from 0 to 1000"),
        ('{"regParam": [NaN]}', "--grid: regParam has NaN; expected floats from 0 to 1000"),
        ("{}", '--grid={}: expected a JSON object of parameter lists, e.g. {"rank": [64], "regParam": [0.05, 0.1]}'),
    ],
)
def test_a_wrong_grid_says_what_is_accepted(text, message):
    with pytest.raises(ArgumentError) as failure:
        parse_grid(text)
    assert str(failure.value) == message


def test_a_grid_that_is_not_json():
    with pytest.raises(ArgumentError, match=r"^--grid=rank=8: not JSON \(Expecting value"):
        parse_grid("rank=8")
