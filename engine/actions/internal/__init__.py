"""Endpoints inside this process, addressed like any URL at the internal host, without a network in between.

One file per endpoint, each with a function decorated by `engine.actions.endpoint.endpoint`; one that needs part of the
engine is built by a function that takes it. `app` serves them all.
"""

from engine.actions.internal.app import InternalApp
from engine.actions.internal.parameters import Parameter, parameters_of
from engine.actions.internal.threads import Threads

__all__ = ["InternalApp", "Parameter", "Threads", "parameters_of"]
