"""What most servers of tests begin with, made in one process: run as a module, with the settings of a server.

The administrator whom the settings name, and a key of each role, printed as JSON.
"""

import asyncio
import json

import main
from engine import SYSTEM, Role, scopes_of


async def prepare() -> dict[str, str]:
    settings = main.Settings()
    await main._prepare(settings)
    async with main._opened(settings) as engine:
        return {
            role: (
                await engine.keys.create(
                    {"name": f"{role} of a test", "role": role, "scopes": [*scopes_of(role)]}, actor=SYSTEM
                )
            )[1]
            for role in Role
        }


if __name__ == "__main__":
    print(json.dumps(asyncio.run(prepare())))
