import pytest

from tests import spark_session


def pytest_configure(config: pytest.Config) -> None:
    """MLflow's own warnings, of type hints inside MLflow."""
    spark_session.pytest_configure(config)
    config.addinivalue_line("filterwarnings", "ignore:.*Any type hint is inferred as AnyType:UserWarning")
    config.addinivalue_line("filterwarnings", "ignore:.*Add type hints to the `predict` method:UserWarning")
