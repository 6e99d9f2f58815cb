import pytest


@pytest.fixture(scope="session", autouse=True)
def _servers(quick_servers: None) -> None:
    """Before any fixture of a module that starts one."""
