"""Endpoints that run inside this process, addressed like any URL at the internal host, with no network in between.

One file an endpoint, each with a function marked by `engine.actions.endpoint.endpoint`; one that needs a part of the
engine is made by a function that is given it. `app` answers for all of them.
"""

from engine.actions.internal.app import InternalApp
from engine.actions.internal.parameters import Parameter, parameters_of
from engine.actions.internal.threads import Threads

__all__ = ["InternalApp", "Parameter", "Threads", "parameters_of"]
