"""Upgrades the database to this version's schema at startup."""

from importlib.resources import files

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Engine

from engine.errors import StoreUnavailable


def upgrade(engine: Engine, to: str = "head") -> None:
    """Runs in one transaction, so an interrupted upgrade restarts from scratch. Raises StoreUnavailable."""
    config = Config()
    config.set_main_option("script_location", str(files("storage") / "migrations"))
    config.set_main_option("path_separator", "os")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, to)
        except CommandError as error:
            newest = ScriptDirectory.from_config(config).get_current_head()
            message = f"The database is of a newer version of Trigger Hooks than this one, which knows up to {newest}."
            raise StoreUnavailable(message) from error
