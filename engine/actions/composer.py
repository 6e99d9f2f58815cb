"""Builds the requests of hooks: rendered, signed, and previewed before they are sent."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from engine.actions.preview import WouldSend, would_send
from engine.actions.request import reads_names, render, unfilled
from engine.events.catalogue import Catalogue
from engine.expressions.template import TemplateError
from engine.hooks.commands import Hooks
from engine.model import Action, Attempt, Event, Job, Json, Request, Response, Role, Run
from engine.rules.sequence import names_of
from engine.secrets.chain_marks import ChainMarks
from engine.secrets.headers import as_kept, opened
from engine.secrets.responses import SealedResponses
from engine.secrets.vault import Vault


class Composer:
    def __init__(
        self, hooks: Hooks, catalogue: Catalogue, vault: Vault, *, version: str, now: Callable[[], datetime]
    ) -> None:
        """`version` is the product's, which receivers see."""
        self._hooks, self._catalogue, self._vault = hooks, catalogue, vault
        self._version, self._now = version, now
        self._chain_marks, self._sealed = ChainMarks(vault), SealedResponses(vault)

    def names(self, event: Event, at: datetime, attempts: Sequence[Attempt] = ()) -> dict[str, Json]:
        """The names that templates and action conditions can read after these attempts."""
        return names_of(event, at, self._catalogue.aliases_of(event.type), self._sealed.opened(attempts))

    def kept(self, request: Request, action: Action, attempts: Sequence[Attempt]) -> Request:
        """A request as stored and shown, also without the secrets that earlier actions were answered."""
        return as_kept(request, action, self._sealed.secrets_in(attempts))

    def kept_response(self, response: Response) -> Response:
        """A response as stored and shown; what was masked in it stays readable for the actions after it."""
        return self._sealed.kept(response)

    def request(self, job: Job, index: int, at: datetime) -> Request:
        """The request of one action at a given moment. Raises TemplateError, SecretLost."""
        action = opened(job.hook.definition.actions[index], self._vault.open)
        return render(
            action,
            job.event,
            self.names(job.event, at, job.execution.attempts) if reads_names(action) else {},
            webhook_id=job.execution.id,
            at=at,
            version=self._version,
            test=job.event.test,
            secret=self._hooks.secret_of(job.hook.id),
            chain=self._chain_marks.mark(job.execution.id, index),
        )

    def foreseen(self, job: Job, at: datetime) -> tuple[tuple[Request, ...], Mapping[int, str]]:
        """The requests of all actions before any has run, as stored, and by index why one cannot be rendered."""
        requests: list[Request] = []
        problems: dict[int, str] = {}
        for index, action in enumerate(job.hook.definition.actions):
            try:
                request = self.request(job, index, at)
            except TemplateError as error:
                request, problems[index] = unfilled(action), str(error)
            requests.append(as_kept(request, action))
        return tuple(requests), problems

    def preview(self, draft: Mapping[str, Json], index: int, event: Event | None = None) -> WouldSend:
        """What one action of a draft would send for the event, or for the sample of the draft's type; checked while
        typing.

        A draft carries the `id` of its hook, if it has one.
        """
        event = event or self._sample(str(draft["trigger"]))
        return would_send(
            draft["actions"][: index + 1],
            event,
            in_turn=draft["run"] != Run.PARALLEL,
            at=self._now(),
            aliases=self._catalogue.aliases_of(event.type),
            version=self._version,
            secret=self._hooks.secret_of(draft.get("id", 0)),
        )

    def _sample(self, type: str) -> Event:
        known, at = self._catalogue.by_name.get(type), self._now()
        data: Mapping[str, Json] = known.sample if known else {}
        return Event(id="evt_…", type=type, role=Role.AGENT, occurred_at=at, received_at=at, data=data)
