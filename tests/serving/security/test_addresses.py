import pytest

from serving.security.addresses import host_name, is_loopback, is_origin, is_safe_url


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.8.9.1", "::1", "[::1]"])
def test_this_machine(host):
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.0.0.1", "example.com", "localhost.evil", "127.0.0.1.evil", ""])
def test_other_machines(host):
    assert not is_loopback(host)


@pytest.mark.parametrize(
    ("header", "name"), [("A.b:80", "a.b"), ("[::1]:80", "[::1]"), ("[::1]", "[::1]"), ("x", "x"), ("", "")]
)
def test_a_host_without_its_port(header, name):
    assert host_name(header) == name


@pytest.mark.parametrize("text", ["https://a.example", "http://localhost:3000"])
def test_origins(text):
    assert is_origin(text)


@pytest.mark.parametrize("text", ["*", "null", "https://a.example/", "https://a.example/x", "a.example", "ftp://a", ""])
def test_what_is_no_origin(text):
    assert not is_origin(text)


def test_urls_that_nobody_can_change_on_their_way():
    assert is_safe_url("https://issuer.example/keys")
    assert is_safe_url("http://127.0.0.1:9000/keys")
    assert not is_safe_url("http://issuer.example/keys")
    assert not is_safe_url("file:///etc/passwd")
