"""Tokens against the keys that an issuer in the test serves."""

import asyncio
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from serving.security import tokens
from serving.security.keys import Caller, Role
from serving.security.refusals import IssuerUnreachable, RefusedToken
from serving.security.tokens import Expected, Tokens
from serving.settings import Auth
from tests.serving.servers import error_of, running, settings_for

ISSUER, CLIENT = "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_abc", "4client"
FOREIGN = "It was issued for another client: neither aud nor client_id is this service's audience"
PRIVATE = {name: rsa.generate_private_key(public_exponent=65537, key_size=2048) for name in ("one", "two", "other")}


def as_jwk(name, **changes):
    key = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(PRIVATE[name].public_key()))
    return {**key, "kid": name, "use": "sig", "alg": "RS256", **changes}


class Issuer:
    """Serves its keys, and counts how often it is asked."""

    def __init__(self):
        self.names, self.asked, self.answer = ["one"], 0, 200
        issuer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                issuer.asked += 1
                self.send_response(issuer.answer)
                if issuer.answer == 302:
                    self.send_header("Location", "/elsewhere")
                self.end_headers()
                self.wfile.write(json.dumps({"keys": [as_jwk(name) for name in issuer.names]}).encode())

            def log_message(self, *_args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/.well-known/jwks.json"

    def expected(self):
        return Expected(jwks_url=self.url, issuer=ISSUER, audience=CLIENT, admin_claim="cognito:groups=admin")


@pytest.fixture
def issuer():
    found = Issuer()
    thread = threading.Thread(target=found.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield found
    found.server.shutdown()
    thread.join()
    found.server.server_close()


def token(key="one", *, kid=None, algorithm="RS256", **changes):
    """An access token of Cognito's shape; a claim that is None is left out."""
    now = int(time.time())
    own = {"iss": ISSUER, "client_id": CLIENT, "token_use": "access", "sub": "u-1", "exp": now + 60, "iat": now}
    claims = {name: value for name, value in {**own, **changes}.items() if value is not None}
    secret = PRIVATE[key] if algorithm == "RS256" else "s" * 64
    return jwt.encode(claims, secret, algorithm=algorithm, headers={"kid": kid or key})


def check(checker, text):
    return asyncio.run(checker.caller(text))


def test_an_access_token_and_an_id_token(issuer):
    checker = Tokens(issuer.expected())
    assert check(checker, token()) == Caller("jwt:u-1", Role.READER)
    assert check(checker, token(client_id=None, aud=CLIENT, token_use="id")) == Caller("jwt:u-1", Role.READER)
    assert check(checker, token(**{"cognito:groups": ["x", "admin"]})) == Caller("jwt:u-1", Role.ADMIN)
    assert issuer.asked == 1


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"exp": 1}, "It is refused: Signature has expired"),
        ({"exp": None}, 'It is refused: Token is missing the "exp" claim'),
        ({"iss": "https://evil.example"}, "It is refused: Invalid issuer"),
        ({"nbf": 4102444800}, "It is refused: The token is not yet valid (nbf)"),
        ({"client_id": "other"}, FOREIGN),
        ({"aud": "other"}, FOREIGN),
        ({"client_id": None}, FOREIGN),
        ({"token_use": "refresh"}, "Its token_use is neither access nor id"),
        ({"key": "other", "kid": "one"}, "It is refused: Signature verification failed"),
        ({"key": "other"}, "Its key is not one of the issuer's"),
        ({"algorithm": "HS256"}, "It is signed with HS256; expected RS256"),
    ],
)
def test_tokens_that_are_refused(issuer, changes, message):
    with pytest.raises(RefusedToken) as refused:
        check(Tokens(issuer.expected()), token(**changes))
    assert str(refused.value) == message


@pytest.mark.parametrize("text", ["", "a", "a.b.c", "....", "\udcff"])
def test_what_is_no_token(issuer, text):
    with pytest.raises(RefusedToken, match="It is no JSON web token"):
        check(Tokens(issuer.expected()), text)


def test_a_token_without_a_signature(issuer):
    text = jwt.encode({"iss": ISSUER, "client_id": CLIENT, "exp": time.time() + 60}, None, algorithm="none")
    with pytest.raises(RefusedToken, match="It is signed with none; expected RS256"):
        check(Tokens(issuer.expected()), text)


def test_a_signed_token_that_is_changed(issuer):
    head, _, signature = token().split(".")
    body = token(sub="admin").split(".")[1]
    with pytest.raises(RefusedToken, match="Signature verification failed"):
        check(Tokens(issuer.expected()), f"{head}.{body}.{signature}")


def test_a_new_key_of_the_issuer_is_found_and_unknown_ones_do_not_make_it_busy(issuer, monkeypatch):
    checker = Tokens(issuer.expected())
    check(checker, token())
    issuer.names = ["one", "two"]
    for _ in range(20):
        with pytest.raises(RefusedToken):
            check(checker, token("two"))
    assert issuer.asked == 1
    monkeypatch.setattr(tokens, "_UNKNOWN_KEY_SECONDS", 0.0)
    assert check(checker, token("two")).id == "jwt:u-1"
    assert issuer.asked == 2


def test_a_key_that_the_issuer_withdraws_is_refused_even_for_a_token_that_was_accepted(issuer, monkeypatch):
    checker, text = Tokens(issuer.expected()), token()
    check(checker, text)
    issuer.names = ["two"]
    assert check(checker, text).id == "jwt:u-1"
    monkeypatch.setattr(tokens, "_KEEP_SECONDS", 0.0)
    monkeypatch.setattr(tokens, "_UNKNOWN_KEY_SECONDS", 0.0)
    with pytest.raises(RefusedToken, match="Its key is not one of the issuer's"):
        check(checker, text)


def test_a_remembered_token_expires(issuer, monkeypatch):
    checker, now = Tokens(issuer.expected()), time.time()
    text = token(exp=int(now) + 60, iat=None)
    check(checker, text)
    monkeypatch.setattr(tokens, "_LEEWAY", -1000)  # from now on no token would be accepted
    assert check(checker, text).id == "jwt:u-1"
    monkeypatch.setattr(time, "time", lambda: now + 61)
    with pytest.raises(RefusedToken, match="expired"):
        check(checker, text)


@pytest.mark.parametrize("answer", [500, 302, 404])
def test_an_issuer_that_does_not_answer(issuer, answer):
    issuer.answer = answer
    with pytest.raises(IssuerUnreachable):
        check(Tokens(issuer.expected()), token())
    assert issuer.asked == 1


def test_only_keys_for_signing_that_are_long_enough():
    short = json.loads(
        jwt.algorithms.RSAAlgorithm.to_jwk(rsa.generate_private_key(public_exponent=65537, key_size=1024).public_key())
    )
    short = {**short, "kid": "short", "alg": "RS256"}
    keys = [as_jwk("one"), as_jwk("two", use="enc"), as_jwk("other", kid=None), short]
    assert list(tokens.public_keys({"keys": [{k: v for k, v in each.items() if v} for each in keys]})) == ["one"]


def test_over_http(issuer, tmp_path):
    changes = {"auth": Auth.JWT, "jwks_url": issuer.url, "issuer": ISSUER, "audience": CLIENT}
    with running(settings_for(tmp_path, **changes)) as (client, _):

        def ask(text):
            return client.get("/v1/models", headers={"Authorization": f"Bearer {text}"})

        assert ask(token()).json()["may_reload"] is False
        assert ask(token(**{"cognito:groups": ["admin"]})).json()["may_reload"] is True
        expected = "The token is not accepted. It is refused: Signature has expired"
        assert error_of(ask(token(exp=1))) == (401, "no_credentials", expected)
        assert error_of(client.get("/v1/models"))[0] == 401


def test_over_http_without_the_issuer(issuer, tmp_path):
    issuer.answer = 500
    changes = {"auth": Auth.JWT, "jwks_url": issuer.url, "issuer": ISSUER, "audience": CLIENT}
    with running(settings_for(tmp_path, **changes)) as (client, _):
        answer = client.get("/v1/models", headers={"Authorization": f"Bearer {token()}"})
        expected = f"The keys of the issuer cannot be read from {issuer.url}"
        assert error_of(answer) == (503, "not_loaded", expected)
        assert answer.headers["retry-after"] == "6"
