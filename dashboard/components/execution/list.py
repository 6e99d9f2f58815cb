"""Stored executions, newest first, page by page."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from nicegui.element import Element
from nicegui.events import GenericEventArguments

from dashboard.components.basics.esm import SHARED
from dashboard.components.basics.search_words import seal
from dashboard.live import row_of
from engine import LABELS, Actor, Engine, Execution, ExecutionQuery, HookType, InvalidQuery, Page, Sight, Status

PAGE = 50
MOST_TEXT = 200


@dataclass(frozen=True, slots=True)
class Filters:
    """Reads filters from the URL; invalid values are ignored."""

    hook: str = ""
    status: str = ""
    type: str = ""
    test: str = ""
    q: str = ""

    @classmethod
    def read(cls, words: Mapping[str, Any]) -> "Filters":
        """`hook_id`, which the API and notices use, is an alias of `hook`."""
        hook, status, type, test = (str(words.get(name, "")) for name in ("hook", "status", "type", "test"))
        hook = hook or str(words.get("hook_id", ""))
        return cls(
            hook=hook if hook.isascii() and hook.isdigit() and len(hook) < 10 else "",
            status=status if status in set(Status) else "",
            type=type if type in set(HookType) else "",
            test=test if test in {"yes", "no"} else "",
            q=str(words.get("q", ""))[:MOST_TEXT],
        )

    def query(self, sight: Sight) -> ExecutionQuery:
        return ExecutionQuery(
            limit=PAGE,
            hook_id=int(self.hook) if self.hook else None,
            status=Status(self.status) if self.status else None,
            type=HookType(self.type) if self.type else None,
            test=self.test == "yes" if self.test else None,
            text=self.q,
            view=sight.or_none(sight.event),
        )

    def words(self) -> dict[str, str]:
        return {"hook": self.hook, "status": self.status, "type": self.type, "test": self.test, "q": self.q}


class ExecutionList(Element, component="execution_list.js", esm=SHARED):
    def __init__(self, engine: Engine, filters: Filters, page: Page[Execution], actor: Actor) -> None:
        super().__init__()
        self._engine, self._actor = engine, actor
        self.props["initial"] = self._view(filters, page)
        hooks = {str(one.id): f"{one.id} · {one.definition.title}" for one in engine.hooks.all()}
        if filters.hook:
            hooks.setdefault(filters.hook, f"{filters.hook} · deleted")
        self.props["hooks"] = [{"value": id, "label": label} for id, label in hooks.items()]
        self.props["types"] = [{"value": str(one), "label": LABELS[one]} for one in HookType]
        self.on("query", self._on_query)
        self.on("more", self._on_more)

    def _view(self, filters: Filters, page: Page[Execution]) -> dict[str, Any]:
        sight = self._engine.sensitive.sight(self._actor)
        rows = [row_of(execution, self._engine.catalogue, sight) for execution in page.items]
        return {"rows": rows, "next": page.next, "query": filters.words()}

    def _query(self, filters: Filters) -> ExecutionQuery:
        return filters.query(self._engine.sensitive.sight(self._actor))

    async def _on_query(self, event: GenericEventArguments) -> None:
        filters = Filters.read(event.args)
        self.run_method("keep", seal(self._engine, filters.words()))
        self.run_method("show", self._view(filters, await self._engine.executions.page(self._query(filters))))

    async def _on_more(self, event: GenericEventArguments) -> None:
        filters = Filters.read(event.args)
        try:
            page = await self._engine.executions.page(
                replace(self._query(filters), cursor=str(event.args.get("cursor")))
            )
        except InvalidQuery:
            return
        self.run_method("append", self._view(filters, page))
