"""Nothing is served without Airflow's login and permissions."""

from typing import Any

import pytest
from airflow.api_fastapi.auth.managers.simple.simple_auth_manager import SimpleAuthManager

from tests.plugins.penstock_ui.server import DAG_ID, RUN_ID, Browser, penstock_ui

PATHS = {
    "/runs/{dag_id}/{run_id}/report": {"GET"},
    "/runs/{dag_id}/{run_id}/run.json": {"GET"},
    "/runs/{dag_id}/{run_id}/log": {"GET"},
    "/models": {"GET"},
    "/models/rollback": {"GET", "POST"},
    "/models/rollback/started": {"GET"},
}
EVERY = [(method, path) for path, methods in PATHS.items() for method in sorted(methods)]


def address(path: str) -> str:
    query = "?task_id=train_model&model=income&version=1&run_id=1"
    return path.format(dag_id=DAG_ID, run_id=RUN_ID.replace("+", "%2B")) + query


def test_these_are_all_routes() -> None:
    found: dict[str, set[str]] = {}
    for route in penstock_ui.app.create_app().routes:
        found.setdefault(route.path, set()).update(route.methods)
    assert found == PATHS


@pytest.mark.parametrize(("method", "path"), EVERY)
def test_without_a_login_there_is_only_the_way_to_it(browser: Browser, method: str, path: str) -> None:
    answer = browser.send(method, address(path), None)
    assert answer.status_code == 401
    assert "You are not logged in" in answer.text
    assert 'href="/auth/login?next=%2Fpenstock%2F' in answer.text


@pytest.mark.parametrize(("method", "path"), EVERY)
def test_a_user_without_permission_is_refused(browser: Browser, method: str, path: str) -> None:
    answer = browser.send(method, address(path), "nobody")
    assert answer.status_code == 403
    assert "You may not see this" in answer.text


@pytest.mark.parametrize(("method", "path"), EVERY)
def test_a_forged_token_is_refused(browser: Browser, method: str, path: str) -> None:
    header, claims, signature = browser.token("admin").split(".")
    forged = Browser(browser.app, lambda _: f"{header}.{claims}.{signature[::-1]}")
    assert forged.send(method, address(path), "admin").status_code in {401, 403}


@pytest.mark.parametrize("path", [path for path in PATHS if path.startswith("/runs/")])
def test_permission_is_asked_for_the_dag_of_the_address(
    browser: Browser, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SimpleAuthManager knows no permissions on single DAGs, so its answer is narrowed to one."""
    asked = []

    def only_another(self: Any, *, details: Any, access_entity: Any, **_: Any) -> bool:
        asked.append((details.id, access_entity.value))
        return details.id == "another"

    monkeypatch.setattr(SimpleAuthManager, "is_authorized_dag", only_another)
    assert browser.get(f"{address(path)}&dag_id=another", "admin").status_code == 403
    assert asked == [(DAG_ID, "TASK_LOGS" if path.endswith("log") else "RUN")]


@pytest.mark.parametrize("path", ["/models/rollback", "/models/rollback/started"])
def test_who_may_only_read_changes_no_champion(browser: Browser, path: str) -> None:
    assert browser.get(address(path), "viewer").status_code == 403
    assert browser.post(address("/models/rollback"), "viewer").status_code == 403


@pytest.mark.parametrize("path", ["/docs", "/openapi.json", "/static/style.css", "/%2E%2E/penstock_plugin.py"])
def test_there_is_nothing_else(browser: Browser, path: str) -> None:
    answer = browser.get(path, "admin")
    assert answer.status_code == 404
    assert "There is no such page" in answer.text


@pytest.mark.parametrize("headers", [{"sec_fetch_site": "cross-site"}, {"origin": "https://elsewhere.example"}])
def test_a_form_of_another_site_is_refused(browser: Browser, headers: dict[str, str]) -> None:
    answer = browser.post(address("/models/rollback"), "admin", **headers)
    assert answer.status_code == 403
    assert "This form was sent from another site" in answer.text
