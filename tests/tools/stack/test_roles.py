"""Keys of roles, which only a stack that records calls gives out."""

import json
from dataclasses import replace
from pathlib import Path

from tools.credentials import Credentials
from tools.serve import variables
from tools.settings import Settings
from tools.stack.airflow import connection
from tools.stack.programs import LOCAL_AWS, programs
from tools.stack.roles import AIRFLOW_ROLE, ROLES, SERVING_ROLE, role_keys, signing_as


def recording(home: Path) -> Settings:
    return replace(Settings(), home=home, aws_record=home / "calls.jsonl")


def test_every_role_has_keys_of_its_own_that_stay_the_same(tmp_path: Path) -> None:
    credentials = Credentials()
    found = [signing_as(role, recording(tmp_path), credentials) for role in ROLES]
    assert len({each.aws_access_key_id for each in [credentials, *found]}) == len(ROLES) + 1
    assert len({each.aws_secret_access_key for each in [credentials, *found]}) == len(ROLES) + 1
    assert found == [signing_as(role, recording(tmp_path), credentials) for role in ROLES]
    pairs = (f"{each.aws_access_key_id}:{each.aws_secret_access_key}" for each in found)
    assert role_keys(credentials).split() == [f"{role}={pair}" for role, pair in zip(ROLES, pairs, strict=True)]


def test_airflow_and_the_service_sign_as_their_roles_and_only_then(tmp_path: Path) -> None:
    credentials = Credentials()
    for settings in (recording(tmp_path), replace(Settings(), home=tmp_path)):
        airflow = signing_as(AIRFLOW_ROLE, settings, credentials)
        assert json.loads(connection(settings, credentials))["login"] == airflow.aws_access_key_id
        service = signing_as(SERVING_ROLE, settings, credentials)
        assert variables(settings, credentials, {})["AWS_ACCESS_KEY_ID"] == service.aws_access_key_id
        assert (airflow == credentials) is (settings.aws_record is None)


def test_the_local_aws_is_told_to_record_and_whose_keys_are_whose(tmp_path: Path) -> None:
    credentials = Credentials()
    for settings in (recording(tmp_path), replace(Settings(), home=tmp_path)):
        (server,) = (each for each in programs(settings, credentials) if each.name == LOCAL_AWS)
        recorded = settings.aws_record is not None
        assert (server.command[-4:-2] == ("--record", str(settings.aws_record))) is recorded
        assert ("LOCAL_AWS_ROLE_KEYS" in server.environment) is recorded
