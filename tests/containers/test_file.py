"""What docker-compose.yaml and its image recipe promise of every service."""

import re
from typing import Any

import pytest

from tests.containers.compose import COMPLETED, FILE, HEALTHY, RECIPE, REPOSITORY, Service, environment_of, read

SERVICES = read({})
ONE_SHOTS = {"secrets", "serving-key", "migrate", "prepare", "demo"}
every_service = pytest.mark.parametrize("service", SERVICES.values(), ids=SERVICES)
TAG = re.compile(r"[\w./-]+:\d+\.\d+(\.\d+)?-[\w.-]+")
"""A version to its last digit and a distribution: what a digest can be put behind."""


@every_service
def test_nobody_is_root_or_may_become_it_or_write_to_the_image(service: Service) -> None:
    said: dict[str, Any] = dict(service.said)
    assert said["user"] == "10001:10001"
    assert said["read_only"] is True
    assert said["cap_drop"] == ["ALL"]
    assert said["security_opt"] == ["no-new-privileges:true"]
    assert said["init"] is True
    assert "privileged" not in said
    assert "cap_add" not in said


@every_service
def test_memory_cpus_and_processes_are_limited(service: Service) -> None:
    assert re.fullmatch(r"\d+g", service.said["mem_limit"])
    assert 0 < float(service.said["cpus"]) <= 2
    assert 0 < int(service.said["pids_limit"]) <= 4096


@every_service
def test_ports_are_published_to_this_machine_only(service: Service) -> None:
    assert all(each.startswith("127.0.0.1:") for each in service.said.get("ports", ()))


@every_service
def test_a_server_has_a_health_check_and_is_started_again_and_a_one_shot_is_not(service: Service) -> None:
    one_shot = service.name in ONE_SHOTS
    assert (service.health is None) is one_shot
    assert service.said["restart"] == ("no" if one_shot else "unless-stopped")


def test_what_comes_first_is_waited_for_until_it_can_be_used() -> None:
    for service in SERVICES.values():
        for name, condition in service.dependencies.items():
            assert condition == (COMPLETED if name in ONE_SHOTS else HEALTHY), (service.name, name)


def test_every_one_shot_is_waited_for_by_another_because_up_wait_fails_otherwise() -> None:
    waited = {name for each in SERVICES.values() for name, how in each.dependencies.items() if how == COMPLETED}
    assert waited == {name for name in ONE_SHOTS if not SERVICES[name].profiles}


def test_base_images_are_arguments_with_tags_that_a_digest_can_follow() -> None:
    [recipe] = re.findall(r"^ARG PYTHON_IMAGE=(.+)$", RECIPE.read_text(), re.MULTILINE)
    bases = {service.said["build"]["args"]["PYTHON_IMAGE"] for service in SERVICES.values() if service.target}
    assert bases == {recipe}
    assert TAG.fullmatch(recipe)
    assert TAG.fullmatch(SERVICES["postgres"].said["image"])
    pinned = f"{recipe}@sha256:{'0' * 64}"
    assert read({"PYTHON_IMAGE": pinned})["mlflow"].said["build"]["args"]["PYTHON_IMAGE"] == pinned
    stages = re.findall(r"^FROM (\S+)", RECIPE.read_text(), re.MULTILINE)
    assert set(stages) == {"${PYTHON_IMAGE}", "builder", "runtime"}


def test_every_stage_is_installed_from_a_lock_file_by_hash_and_ends_as_the_user() -> None:
    text = RECIPE.read_text()
    for target in {service.target for service in SERVICES.values() if service.target}:
        stage = text.partition(f" AS {target}\n")[2].partition("\nFROM ")[0].strip()
        assert stage.splitlines()[-1] == "USER 10001:10001"
        name = environment_of(target)
        assert f"COPY --from={name}-packages " in stage
        assert f"--require-hashes --compile-bytecode --python .venv/{name}/bin/python requirements/{name}.txt" in text
        assert (REPOSITORY / "requirements" / f"{name}.txt").is_file()


def test_what_the_recipe_copies_is_let_through_and_nothing_else() -> None:
    ignored = (REPOSITORY / ".dockerignore").read_text().splitlines()
    let_through = {each[1:] for each in ignored if each.startswith("!")}
    copied = set(re.findall(r"^COPY (?!--from)(\S+) ", RECIPE.read_text(), re.MULTILINE))
    assert "*" in ignored
    assert {each for each in copied if not each.startswith("requirements/")} | {"requirements/*.txt"} == let_through


def test_who_gets_which_secrets() -> None:
    mounted = {
        name: {place.rpartition("/")[2] for place in each.volumes if place.startswith("/secrets/")}
        for name, each in SERVICES.items()
    }
    airflow = {"aws", "airflow", "database", "login"}
    assert {name: found for name, found in mounted.items() if found != airflow} == {
        "serving-key": {"login", "serving"},
        "postgres": {"database"},
        "local-aws": {"aws"},
        "mlflow": set(),
        "serving": {"aws", "serving"},
    }
    makers = {"secrets", "serving-key"}
    for name, each in SERVICES.items():
        for volume in each.said.get("volumes", ()):
            assert ("secrets" in volume.partition(":")[0]) <= (volume.endswith(":ro") or name in makers), (name, volume)


def test_no_secret_is_written_in_the_file() -> None:
    values = {name: value for each in SERVICES.values() for name, value in each.environment.items()}
    assert {name for name in values if re.search("PASSWORD|SECRET|KEY|TOKEN", name)} == {"POSTGRES_PASSWORD_FILE"}
    assert not re.search(r"://[^/\s]*:[^/\s]*@", FILE.read_text())
