import numpy as np

from spark_jobs.predicting.outcome import Failure, ask_all, ask_each, plain


def halves(calls):
    def ask_many(records):
        calls.append(len(records))
        if 0 in records:
            raise ZeroDivisionError
        return [1 / record for record in records]

    return ask_many


def test_no_records_are_not_asked_for():
    assert ask_all(halves([]), None, []) == []


def test_many_good_records_take_one_call():
    calls = []
    assert ask_all(halves(calls), None, [1, 2, 4]) == [1.0, 0.5, 0.25]
    assert calls == [3]


def test_one_bad_record_among_1024_costs_twenty_calls_and_says_why():
    calls, records = [], list(range(1023, -1, -1))
    found = ask_all(halves(calls), lambda record: 1 / record, records)
    assert found[:-1] == [1 / record for record in records[:-1]]
    assert found[-1] == Failure("ZeroDivisionError", "division by zero")
    assert len(calls) == 19  # halves of 1024, 512, ... 2, the good one and the bad one; the last records alone


def test_an_exception_in_a_predictions_place_is_that_records_failure_and_costs_one_call_more():
    asked = []

    def one(record):
        asked.append(record)
        raise KeyError(record)

    found = ask_all(lambda records: [ValueError("x") if each == 2 else each for each in records], one, [1, 2, 3])
    assert found == [1, Failure("KeyError", "2"), 3]
    assert asked == [2]
    assert ask_each(lambda record: ValueError("returned"), [1]) == [Failure("ValueError", "returned")]


def test_too_few_predictions_are_no_predictions():
    found = ask_all(lambda records: records[:-1], lambda record: record, [1, 2, 3])
    assert found == [1, 2, 3]


def test_nothing_and_nan_are_no_predictions():
    failures = [Failure("NoPrediction", "the model returned None"), Failure("NoPrediction", "the model returned nan")]
    assert ask_each(lambda record: record, [None, float("nan"), 0.0, ""]) == [*failures, 0.0, ""]
    assert ask_all(list, None, [None, float("nan"), 0.0, ""]) == [*failures, 0.0, ""]


def test_predictions_become_values_of_json():
    given = {"a": np.float32(0.5), "b": np.arange(2), 3: (np.int64(1), "x")}
    assert plain(given) == {"a": 0.5, "b": [0, 1], "3": [1, "x"]}
    assert type(plain(np.float64(0.5))) is float


def test_a_message_is_one_line():
    assert Failure.of(ValueError("one\n  two")) == Failure("ValueError", "one two")
