"""The very address that is connected to is judged: names that move inside are refused, and no connection is made."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from tests.server import ROOT


@pytest.fixture(scope="module")
def found() -> dict[str, Any]:
    """In a network of its own, with a name server of its own: no packet leaves the machine."""
    command = ["unshare", "-n", "-m", sys.executable, "-m", "tests.faults.rebinding"]
    if os.geteuid() != 0 or subprocess.run(["unshare", "-n", "true"], check=False).returncode:
        pytest.skip("a network of its own takes root")
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_a_name_that_moves_inside_is_refused_once_it_has_moved(found: dict[str, Any]) -> None:
    assert (found["rebinds, call 1"], found["rebinds, call 2"]) == ("200", "address_refused")
    assert (found["inside.test"], found["metadata.test"]) == ("address_refused", "address_refused")
    assert found["nobody.test"] == "dns_error"


def test_no_connection_went_inside_however_the_address_is_spelled(found: dict[str, Any]) -> None:
    assert set(found["called"]) == {"93.184.216.34"}
    assert "200" not in found["spellings"].values()
    odd = {"localhost.", "127.0.0.1."}  # these are names, and there are none such
    assert {came for host, came in found["spellings"].items() if host not in odd} == {"address_refused"}


def test_one_network_that_is_opened_opens_no_other(found: dict[str, Any]) -> None:
    assert found["opened"] == ["200", "200", "address_refused"]
