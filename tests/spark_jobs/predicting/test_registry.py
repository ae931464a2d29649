import json

import pytest

from penstock.codec import CodecError
from penstock.errors import DataError
from penstock.prediction import parse_models
from spark_jobs.predicting.interface import load_interface
from spark_jobs.predicting.objects import load_object
from spark_jobs.predicting.registry import find_entry
from tests.spark_jobs.predicting.zoo import MODULE, interface, plain

MODELS = [interface("Doubling"), interface("Batching"), plain("Length")]


def entries(*data):
    return parse_models(json.dumps(data))


def test_a_model_is_found_by_the_name_it_says_itself():
    assert find_entry(entries(*MODELS), "batching").class_name == "Batching"
    assert find_entry(entries(*MODELS), "length").class_name == "Length"


def test_an_unknown_name_is_answered_by_the_nearest():
    with pytest.raises(DataError) as failure:
        find_entry(entries(*MODELS), "doublin")
    assert str(failure.value) == "'doublin' not found in ModelManager instance. Did you mean 'doubling'?"
    with pytest.raises(DataError, match=r"^'x' not found in ModelManager instance\. The registry is empty$"):
        find_entry([], "x")


def test_a_named_model_is_found_beside_a_broken_one():
    broken = {"module_name": "no.such.module", "class_name": "X"}
    assert find_entry(entries(broken, plain("Length")), "length").class_name == "Length"
    with pytest.raises(DataError, match=r"^the module 'no.such.module' of a model cannot be imported: No module named"):
        find_entry(entries(broken), "length")


def test_a_name_that_two_models_have():
    with pytest.raises(DataError, match=r"^the registry has 2 models of the qualified name 'length'; expected one$"):
        find_entry(entries(plain("Length"), plain("Sums", qualified_name="length")), "length")


def test_what_is_no_model_is_refused_in_the_model_managers_words():
    (entry,) = entries(interface("Answer"))
    with pytest.raises(DataError) as failure:
        load_interface(entry)
    assert str(failure.value) == (
        "The ModelManager can only hold references to objects of type MLModel. "
        f"{MODULE}.Answer has no qualified_name, description, input_schema, output_schema, predict, version"
    )


def test_the_old_interfaces_version_has_two_parts():
    (entry,) = entries(interface("Doubling"))
    description = load_interface(entry).description
    assert (description.qualified_name, description.version, description.vectorised) == ("doubling", "1.2", False)
    (entry,) = entries(interface("Batching"))
    assert load_interface(entry).description.vectorised


def test_a_model_of_another_version_than_the_registry_says():
    (entry,) = entries({**interface("Doubling"), "version": "2.0"})
    with pytest.raises(DataError, match=r"Doubling says version '1.2'; the registry says '2.0'$"):
        load_interface(entry)


def test_an_object_takes_what_the_registry_says():
    (entry,) = entries(plain("Sums", call="array", inputs={"a": "double", "b": "double"}))
    model = load_object(entry, None)
    assert model.predict([{"a": 1, "b": 2.5}, {"b": 1.0, "a": 0.0}]) == [3.5, 1.0]
    (failure,) = model.predict([{"a": True, "b": 1.0}])
    assert (failure.error_type, failure.message) == ("ValueError", "a: expected a number, got True")
    (failure,) = model.predict([{"a": 1}])
    assert failure.message == "missing b"


def test_an_array_needs_the_names_of_its_columns():
    (entry,) = entries(plain("Sums", call="array"))
    with pytest.raises(DataError, match="Sums does not say what its columns are: name them in the registry's inputs"):
        load_object(entry, None)


def test_an_object_without_predict():
    (entry,) = entries(plain("Answer"))
    with pytest.raises(DataError, match=r"Answer is of type Answer and has no predict: it is no model$"):
        load_object(entry, None)


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        ({"kind": "mlmodl"}, r"models[0].kind: got 'mlmodl'; did you mean 'mlmodel'?"),
        ({"modul": "x"}, "models[0].modul: unknown key; did you mean 'module_name'?"),
        ({"module_name": "x"}, "models[0]: a model of kind 'mlmodel' needs module_name and class_name"),
        ({"kind": "spark"}, "models[0]: a model of kind 'spark' needs uri, the folder it was saved in"),
        ({"kind": "object"}, "models[0]: a model of kind 'object' needs either uri, or module_name and class_name"),
        (
            {"kind": "mlflow", "uri": "s3://b/m"},
            "models[0]: a model of kind 'mlflow' does not say its name: give it a qualified_name",
        ),
        (plain("Sums", inputs={"a": "float"}), "models[0].inputs.a: got the type"),
    ],
)
def test_an_entry_that_cannot_be_loaded_is_refused(entry, problem):
    with pytest.raises(CodecError) as failure:
        entries(entry)
    assert str(failure.value).startswith(problem.replace("got the type", "got 'float'"))
