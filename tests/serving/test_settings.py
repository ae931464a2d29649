from pathlib import Path

import pytest

from penstock.errors import PenstockError
from serving.settings import Auth, Settings

JWT = {"JWKS_URL": "https://i.example/k", "ISSUER": "https://i.example", "AUDIENCE": "a"}


def read(**variables):
    return Settings.from_environment({f"PENSTOCK_SERVING_{name}": value for name, value in variables.items()})


def test_defaults_listen_to_this_machine_only():
    settings = read()
    assert (settings.host, settings.port, settings.auth, settings.roots) == ("127.0.0.1", 8480, Auth.NONE, ())


def test_values_by_their_types():
    settings = read(
        ROOTS="s3://a/b/, /data", CORS_ORIGINS="https://a.example", RATE_LIMIT="2.5", CACHE="/c", ACCESS_LOG="false"
    )
    assert settings.roots == ("s3://a/b", "/data")
    assert settings.cors_origins == ("https://a.example",)
    assert (settings.rate_limit, settings.cache, settings.access_log) == (2.5, Path("/c"), False)


@pytest.mark.parametrize(
    ("bundle", "roots"), [("s3://a/bundles/als/7/", ("s3://a/bundles/als",)), ("/data/b/7", ("/data/b",)), ("", ())]
)
def test_the_root_is_beside_the_bundle_unless_it_is_set(bundle, roots):
    assert read(BUNDLE=bundle).roots == roots
    assert read(BUNDLE=bundle, ROOTS="s3://x").roots == ("s3://x",)


def test_a_folder_by_a_relative_path(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    settings = read(BUNDLE="b/7")
    assert (settings.bundle, settings.roots) == (f"{tmp_path}/b/7", (f"{tmp_path}/b",))


def test_an_interpreter_is_no_setting():
    assert read(PYTHON="/usr/bin/python") == read()


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.0.0.1", "recommend.example"])
def test_without_keys_it_listens_to_this_machine_only(host):
    with pytest.raises(PenstockError) as refused:
        read(HOST=host)
    begins = f"PENSTOCK_SERVING_AUTH=none with PENSTOCK_SERVING_HOST={host} would let anyone"
    assert str(refused.value).startswith(begins)
    assert read(HOST=host, AUTH="keys", KEYS_FILE="/k").host == host
    assert read(HOST=host, AUTH="jwt", **JWT).host == host


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({"PORT": "http"}, "PENSTOCK_SERVING_PORT=http: expected a number"),
        ({"PORT": "65536"}, "PENSTOCK_SERVING_PORT=65536: expected a number from 0 to 65535"),
        ({"RATE_LIMIT": "-1"}, "PENSTOCK_SERVING_RATE_LIMIT=-1.0: expected a number from 0 to 1e+09"),
        ({"RATE_LIMIT": "nan"}, "PENSTOCK_SERVING_RATE_LIMIT=nan: expected a number from 0 to 1e+09"),
        ({"AUTH": "basic"}, "PENSTOCK_SERVING_AUTH=basic: expected none, keys or jwt"),
        ({"ACCESS_LOG": "yes"}, "PENSTOCK_SERVING_ACCESS_LOG=yes: expected true or false"),
        (
            {"AUTH": "keys"},
            "PENSTOCK_SERVING_AUTH=keys needs PENSTOCK_SERVING_KEYS_FILE: write one with `python -m serving make-key`",
        ),
        ({"AUTH": "jwt", **JWT, "ISSUER": ""}, "PENSTOCK_SERVING_AUTH=jwt needs PENSTOCK_SERVING_ISSUER"),
        (
            {"AUTH": "jwt", **JWT, "JWKS_URL": "http://i.example/k"},
            (
                "PENSTOCK_SERVING_JWKS_URL=http://i.example/k: expected https://..., since who can change the keys on "
                "their way can sign for anyone"
            ),
        ),
        (
            {"AUTH": "jwt", **JWT, "ADMIN_CLAIM": "admin"},
            "PENSTOCK_SERVING_ADMIN_CLAIM=admin: expected claim=value, as cognito:groups=admin",
        ),
        (
            {"CORS_ORIGINS": "*"},
            (
                "PENSTOCK_SERVING_CORS_ORIGINS has '*'; expected origins such as https://example.com, without a path "
                "and without *"
            ),
        ),
    ],
)
def test_what_does_not_go_together(variables, message):
    with pytest.raises(PenstockError) as refused:
        read(**variables)
    assert str(refused.value) == message


def test_a_setting_that_there_is_not():
    with pytest.raises(PenstockError, match="PENSTOCK_SERVING_BUNDEL is no setting; known: BUNDLE, ROOTS, AUTH, "):
        read(BUNDEL="/x")
