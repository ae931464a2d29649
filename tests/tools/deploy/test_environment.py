"""The files of the environments, and what is said of a wrong one."""

from pathlib import Path

import pytest

from tools.deploy.environment import Environment, check, load
from tools.deploy.templates import load as load_templates
from tools.errors import ToolError
from tools.settings import REPOSITORY


def written(folder: Path, text: str) -> Path:
    (folder / "environments").mkdir(exist_ok=True)
    (folder / "environments" / "dev.yaml").write_text(text, encoding="utf-8")
    return folder / "environments"


def refusal(folder: Path, text: str) -> str:
    with pytest.raises(ToolError) as caught:
        load("dev", written(folder, text))
    assert caught.value.status == 2
    return str(caught.value)


def test_a_region_is_enough(tmp_path: Path) -> None:
    assert load("dev", written(tmp_path, "region: eu-central-1\n")) == Environment(name="dev", region="eu-central-1")


def test_values_are_what_cloudformation_takes(tmp_path: Path) -> None:
    text = (
        "region: us-east-1\nparameters: {network: {Nat: true, Cidr: 10.0.0.0/16}, budget: {Usd: 5}}\ngiven: {A: no}\n"
    )
    found = load("dev", written(tmp_path, text))
    assert found.values_of("network") == {"Nat": "true", "Cidr": "10.0.0.0/16"}
    assert found.values_of("budget") == {"Usd": "5"}
    assert found.values_of("key") == {}
    assert found.given_values == {"A": "false"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("region: [", "environments/dev.yaml is not YAML"),
        ("", "environments/dev.yaml holds no mapping; it begins with `region:`"),
        ("regoin: us-east-1", "environments/dev.yaml: regoin is not a field; did you mean region?"),
        ("region: us-east-1\naccount: 12", "environments/dev.yaml: account: Input should be a valid string; got 12"),
        ("region: mars", "environments/dev.yaml: region: String should match pattern"),
        (
            "region: us-east-1\nspark_environment: off",
            "spark_environment: Input should be 'packages', 'interpreter' or 'none'; got False",
        ),
        (
            "region: us-east-1\ndeployment: {approvers: [3]}",
            "environments/dev.yaml: deployment.approvers.0: Input should be a valid string; got 3",
        ),
    ],
)
def test_a_wrong_file_is_named_with_its_key(tmp_path: Path, text: str, said: str) -> None:
    assert said in refusal(tmp_path, text)


def test_an_environment_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ToolError) as caught:
        load("prd", written(tmp_path, "region: us-east-1"))
    assert str(caught.value) == "There is no environments/prd.yaml; environments are: dev"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"without": {"mlflw"}}, "without: there is no infra/mlflw.yaml; did you mean mlflow?"),
        ({"parameters": {"keys": {}}}, "parameters: there is no infra/keys.yaml; did you mean key?"),
        (
            {"parameters": {"airflow": {"Sice": 1}}},
            "parameters.airflow: infra/airflow.yaml takes no Sice; did you mean Size?",
        ),
    ],
)
def test_a_name_that_no_template_knows(fields: dict[str, object], said: str) -> None:
    with pytest.raises(ToolError) as caught:
        check(Environment(name="dev", region="us-east-1", **fields), load_templates(REPOSITORY / "infra"))
    assert str(caught.value) == f"environments/dev.yaml: {said}"


def test_what_a_promoted_release_holds_is_not_said_again(tmp_path: Path) -> None:
    found = load("dev", written(tmp_path, "region: us-east-1\npromotes_from: test\narchitecture: arm64\n"))
    with pytest.raises(ToolError) as caught:
        check(found, load_templates(REPOSITORY / "infra"))
    assert str(caught.value) == (
        "environments/dev.yaml: architecture: dev takes what test runs, as it was built. "
        "Say it in environments/test.yaml"
    )


@pytest.mark.parametrize("name", ["dev", "staging", "prod"])
def test_what_ships_is_sound(name: str) -> None:
    check(load(name, REPOSITORY / "environments"), load_templates(REPOSITORY / "infra"))


def test_releases_go_from_dev_by_staging_to_prod() -> None:
    found = {name: load(name, REPOSITORY / "environments") for name in ("dev", "staging", "prod")}
    assert {name: each.promotes_from for name, each in found.items()} == {
        "dev": "",
        "staging": "dev",
        "prod": "staging",
    }
    assert found["prod"].confirm == "name"
