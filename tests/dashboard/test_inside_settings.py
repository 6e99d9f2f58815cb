"""Settings of what runs inside: a team's own endpoints with what is wrong in their files, and the mail server."""

from pathlib import Path

from nicegui.testing import User

from dashboard.pages.settings import settings_page
from engine import Engine, LoadProblem
from tests.dashboard.conftest import MANAGER
from tests.dashboard.test_pages import STYLE, signed_in

FILE = """
from engine.actions.endpoint import endpoint

@endpoint("/celebrate", "Rings the bell.")
def celebrate(call):
    return {}
"""


async def test_admins_load_the_files_again_and_read_what_is_wrong(user: User, engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "good.py").write_text(FILE)
    (tmp_path / "wrong.py").write_text("x = 1\nraise ValueError('<b>no key</b>')")
    engine.own_endpoints.folder = tmp_path
    settings_page(engine, STYLE)
    await signed_in(user, engine)
    await user.open("/settings")
    await user.should_see("None. A hook can call a function of yours")

    user.find("Load again").click()

    await user.should_see("/celebrate")
    await user.should_see("Rings the bell.")
    await user.should_see("wrong.py, line 2: ValueError: <b>no key</b>")


async def test_others_see_them_and_change_nothing(user: User, engine: Engine, tmp_path: Path) -> None:
    engine.own_endpoints.folder = tmp_path
    engine.own_endpoints.problems = (LoadProblem(file="wrong.py", line=None, message="Broken."),)
    settings_page(engine, STYLE)
    await signed_in(user, engine, MANAGER.name)
    await user.open("/settings")

    await user.should_see("wrong.py: Broken.")
    await user.should_not_see("Load again")
    await user.should_see("No mail server is set")
