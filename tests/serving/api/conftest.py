import pytest

from tests.serving.servers import running, settings_for


@pytest.fixture(scope="package")
def client(tmp_path_factory):
    """A service of the small bundle, without keys; tests of this folder only read from it."""
    with running(settings_for(tmp_path_factory.mktemp("service"))) as (client, _service):
        yield client
