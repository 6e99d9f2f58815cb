"""Style sheets and assets, served with long-lived caching and linked by every page."""

from hashlib import sha256
from pathlib import Path
from typing import Final

from fastapi import FastAPI
from nicegui import ui
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

HERE = Path(__file__).parent
SHEETS: Final = (
    "base",
    "frame",
    "buttons",
    "chips",
    "tables",
    "hook_table",
    "feed",
    "execution",
    "settings",
    "notices",
    "modals",
    "replays",
    "tasks",
    "tables_narrow",
    "people",
    "keys",
    "sources",
    "audit",
    "leads",
    "metrics",
    "dialogs",
    "forms",
    "combobox",
    "editors",
    "rows",
    "test_dialog",
    "decisions",
    "hook_form",
    "insight",
    "times",
)
"""In the order in which they are put together: what is special comes after what is general."""

FAVICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><rect width="24" height="24" rx="6" fill="#4f46e5"/>'
    '<path d="M13.2 3.5 6 13.5h4.6L9.9 20.5 18 9.9h-5.2Z" fill="#fff"/></svg>'
)

_FONT = '<link rel="preload" href="/assets/InterVariable.woff2" as="font" type="font/woff2" crossorigin>'

# Runs before the first paint, so that a dark view never flashes white.
_EARLY = """
<script>
(() => {
  const asked = new URL(location.href).searchParams.get("theme");
  const mode = ["auto", "light", "dark"].includes(asked) ? asked : localStorage.getItem("theme") || "auto";
  const dark = mode === "dark" || (mode === "auto" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.style.background = dark ? "#0b0f17" : "#f5f7f9";
  document.documentElement.style.colorScheme = dark ? "dark" : "light";
  new MutationObserver((_, watch) => {
    if (!document.body) return;
    document.body.classList.toggle("body--dark", dark);
    watch.disconnect();
  }).observe(document.documentElement, { childList: true });
})();
</script>"""

# A connection lost during the handshake can take long to recover by itself.
_RECONNECT = '<script>addEventListener("online", () => window.socket?.connect());</script>'


class _Assets(StaticFiles):
    """Cached by the browser: a changed file gets a new name."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        answer = await super().get_response(path, scope)
        answer.headers["cache-control"] = "public, max-age=31536000, immutable"
        return answer


def serve_assets(app: FastAPI) -> None:
    app.mount("/assets", _Assets(directory=HERE / "assets"))


def style_sheet() -> str:
    return "\n".join((HERE / "styles" / f"{name}.css").read_text() for name in SHEETS)


def head(style_url: str) -> str:
    """Content of every page's head."""
    return f'{_FONT}<link rel="stylesheet" href="{style_url}">{_EARLY}'


def style_url_of(sheet: str) -> str:
    """Changes with the style sheet, so that it can be cached forever."""
    return f"/style-{sha256(sheet.encode()).hexdigest()[:12]}.css"


def dress(style_url: str) -> None:
    """The page being built."""
    ui.add_head_html(head(style_url) + _RECONNECT)
