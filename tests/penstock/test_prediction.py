from penstock.prediction import ModelEntry, parse_models


def test_an_entry_that_says_all_is_taken_as_it_is() -> None:
    text = (
        '[{"kind": "object", "uri": "s3://b/m.pkl", "qualified_name": "m", "inputs": {"x": "double"}, "call": "array"}]'
    )
    entry = ModelEntry(kind="object", uri="s3://b/m.pkl", qualified_name="m", inputs={"x": "double"}, call="array")
    assert parse_models(text) == [entry]
    assert parse_models("[]") == []
