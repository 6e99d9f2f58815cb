"""Who may call what, as one table: every route of the API, every page, and every command of the engine.

A test for each kind holds that the table names all that there is, and nothing that there is not.
"""

from engine import Permission, Role

P = Permission

ROUTES: dict[tuple[str, str], Permission] = {
    ("POST", "/events"): P.INGEST,
    ("GET", "/events"): P.VIEW,
    ("GET", "/events/{event_id}"): P.VIEW,
    ("GET", "/events/{event_id}/decisions"): P.VIEW,
    ("GET", "/event-types"): P.CATALOGUE,
    ("GET", "/event-types/{type}/fields"): P.VIEW,
    ("GET", "/hooks"): P.VIEW,
    ("POST", "/hooks"): P.MANAGE_HOOKS,
    ("POST", "/hooks/backtest"): P.VIEW,
    ("GET", "/hooks/{hook_id}"): P.VIEW,
    ("PUT", "/hooks/{hook_id}"): P.MANAGE_HOOKS,
    ("DELETE", "/hooks/{hook_id}"): P.MANAGE_HOOKS,
    ("POST", "/hooks/{hook_id}/duplicate"): P.MANAGE_HOOKS,
    ("POST", "/hooks/{hook_id}/rotate-secret"): P.ADMINISTER,
    ("POST", "/hooks/{hook_id}/test"): P.TEST,
    ("GET", "/hooks/{hook_id}/versions"): P.VIEW,
    ("GET", "/hooks/{hook_id}/cases"): P.VIEW,
    ("POST", "/hooks/{hook_id}/cases"): P.MANAGE_HOOKS,
    ("DELETE", "/hooks/{hook_id}/cases/{case_id}"): P.MANAGE_HOOKS,
    ("GET", "/executions"): P.VIEW,
    ("GET", "/executions/{execution_id}"): P.VIEW,
    ("GET", "/executions/{execution_id}/chain"): P.VIEW,
    ("POST", "/executions/{execution_id}/replay"): P.REPLAY,
    ("GET", "/replays"): P.VIEW,
    ("POST", "/replays"): P.REPLAY,
    ("GET", "/replays/{replay_id}"): P.VIEW,
    ("DELETE", "/replays/{replay_id}"): P.REPLAY,
    ("GET", "/tasks"): P.VIEW,
    ("POST", "/tasks"): P.MANAGE_TASKS,
    ("GET", "/tasks/{task_id}"): P.VIEW,
    ("PATCH", "/tasks/{task_id}"): P.MANAGE_TASKS,
    ("DELETE", "/tasks/{task_id}"): P.MANAGE_TASKS,
    ("GET", "/lanes"): P.VIEW,
    ("PUT", "/lanes/{type}"): P.ADMINISTER,
    ("GET", "/audit"): P.ADMINISTER,
    ("GET", "/keys"): P.ADMINISTER,
    ("POST", "/keys"): P.ADMINISTER,
    ("GET", "/keys/{key_id}"): P.ADMINISTER,
    ("PATCH", "/keys/{key_id}"): P.ADMINISTER,
    ("DELETE", "/keys/{key_id}"): P.ADMINISTER,
    ("POST", "/keys/{key_id}/roll"): P.ADMINISTER,
    ("GET", "/endpoints"): P.VIEW,
    ("GET", "/users"): P.ADMINISTER,
    ("POST", "/users"): P.ADMINISTER,
    ("PATCH", "/users/{user_id}"): P.ADMINISTER,
    ("DELETE", "/users/{user_id}"): P.ADMINISTER,
    ("POST", "/users/{user_id}/reset"): P.ADMINISTER,
}
"""Under /api/v1."""

NOBODY: frozenset[Role] = frozenset()
ALL_PEOPLE = frozenset({Role.ADMIN, Role.MANAGER, Role.USER})
ADMINS = frozenset({Role.ADMIN})

PAGES: dict[str, frozenset[Role]] = {
    "/": ALL_PEOPLE,
    "/events": ALL_PEOPLE,
    "/events/{event_id}": ALL_PEOPLE,
    "/executions": ALL_PEOPLE,
    "/executions/{execution_id}": ALL_PEOPLE,
    "/tasks": ALL_PEOPLE,
    "/people": ADMINS,
    "/account": ALL_PEOPLE,
    "/settings": ALL_PEOPLE,
}
"""Path → who sees it; whoever is not signed in is led to the door."""

OPEN: frozenset[tuple[str, str]] = frozenset(
    {
        ("GET", "/setup"),
        ("POST", "/setup"),
        ("GET", "/sign-in"),
        ("POST", "/sign-in"),
        ("GET", "/sign-in/code"),
        ("POST", "/sign-in/code"),
        ("GET", "/welcome"),
        ("POST", "/welcome"),
        ("POST", "/sign-out"),
        ("GET", "/favicon.svg"),
        ("GET", "/style.css"),
        ("GET", "/assets/{path}"),
        ("GET", "/healthz"),
        ("GET", "/readyz"),
        ("GET", "/api/docs"),
        ("GET", "/api/docs/assets/{path}"),
        ("GET", "/api/openapi.json"),
        ("GET", "/docs/oauth2-redirect"),
    }
)
"""What asks nobody who they are: it tells nothing of the team, and changes nothing but a browser's own session."""

COMMANDS: dict[str, Permission] = {
    "Engine.accept": P.INGEST,
    "Engine.test": P.TEST,
    "Keys.create": P.ADMINISTER,
    "Keys.change": P.ADMINISTER,
    "Keys.get": P.ADMINISTER,
    "Keys.page": P.ADMINISTER,
    "Keys.revoke": P.ADMINISTER,
    "Keys.roll": P.ADMINISTER,
    "People.change": P.ADMINISTER,
    "People.invite": P.ADMINISTER,
    "People.page": P.ADMINISTER,
    "People.reset": P.ADMINISTER,
    "People.withdraw": P.ADMINISTER,
    "Audit.entries": P.ADMINISTER,
    "Cases.keep": P.MANAGE_HOOKS,
    "Cases.forget": P.MANAGE_HOOKS,
    "Hooks.delete": P.MANAGE_HOOKS,
    "Hooks.duplicate": P.MANAGE_HOOKS,
    "Hooks.restore": P.MANAGE_HOOKS,
    "Hooks.rotate_secret": P.ADMINISTER,
    "Hooks.save": P.MANAGE_HOOKS,
    "Hooks.set_enabled": P.MANAGE_HOOKS,
    "Hooks.set_shadow": P.MANAGE_HOOKS,
    "Hooks.show_secret": P.ADMINISTER,
    "Hooks.with_secrets": P.ADMINISTER,
    "AllLaneSettings.save": P.ADMINISTER,
    "Sensitive.look": P.VIEW,
    "Sensitive.save": P.ADMINISTER,
    "OwnEndpoints.load_again": P.ADMINISTER,
    "Replays.begin": P.REPLAY,
    "Replays.one": P.REPLAY,
    "Replays.preview": P.REPLAY,
    "Replays.stop": P.REPLAY,
    "Tasks.add": P.MANAGE_TASKS,
    "Tasks.change": P.MANAGE_TASKS,
    "Tasks.delete": P.MANAGE_TASKS,
    "Tasks.restore": P.MANAGE_TASKS,
}
"""Whatever the engine does for an `actor`: by this, every handler of every page ends in a check of the role."""

OWN: frozenset[str] = frozenset(
    {
        "Notices.newest",
        "Notices.unread",
        "Notices.mark_read",
        "OwnAccount.change_password",
        "OwnAccount.codes_left",
        "OwnAccount.end_others",
        "OwnAccount.end_session",
        "OwnAccount.new_codes",
        "OwnAccount.sessions",
        "OwnAccount.turn_off",
        "OwnAccount.turn_on",
        "OwnAccount.user",
    }
)
"""What concerns the actor alone, and so takes no permission."""

READS: frozenset[str] = frozenset(
    {
        "Accounts.actor_of",
        "Accounts.first_key",
        "Accounts.needs_admin",
        "AllLaneSettings.of",
        "Cases.run",
        "Catalogue.label",
        "Engine.chain",
        "Engine.check_condition",
        "Engine.check_template",
        "Engine.describe_target",
        "Engine.disk_use",
        "Engine.execution",
        "Engine.executions",
        "Engine.mail_waiting",
        "Engine.explain",
        "Engine.paused_targets",
        "Engine.preview",
        "Feed.join",
        "Feed.recent",
        "Hooks.all",
        "Hooks.check",
        "Hooks.get",
        "Hooks.raw",
        "Hooks.read",
        "Hooks.stats",
        "Hooks.subscribe",
        "Hooks.versions",
        "Insight.decisions",
        "Insight.event",
        "Insight.events",
        "Insight.explain",
        "Insight.profile",
        "Notices.subscribe",
        "OwnAccount.offer",
        "OwnAccount.session_id",
        "Replays.newest",
        "Replays.subscribe",
        "Sensitive.sight",
        "Sessions.subscribe",
        "Tasks.get",
        "Tasks.list",
        "Tasks.people",
        "Tasks.subscribe",
        "Vault.key_for",
    }
)
"""What pages ask without an actor: it changes nothing, and all who may see the page may know it."""

DOORS: frozenset[str] = frozenset(
    {
        "Accounts.link",
        "Accounts.set_up",
        "Accounts.sign_in",
        "Accounts.sign_in_with_code",
        "Accounts.sign_out",
        "Accounts.welcome",
    }
)
"""What the doors do for whoever stands before them."""
