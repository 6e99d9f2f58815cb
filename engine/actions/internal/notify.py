"""/notify: shows a notification in every open view and keeps it behind the bell; by e-mail too, if a mail server is
set."""

from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, Field

from engine.actions.endpoint import Call, Effects, Endpoint, Params, Refused, endpoint
from engine.messages.mail import addresses_in
from engine.model import NewMail, NewNotice, Role
from engine.model.text.names import name_problem

MOST_ADDRESSES = 10


class Tone(StrEnum):
    INFO = "info"
    GOOD = "good"
    WARNING = "warning"
    BAD = "bad"


class Audience(StrEnum):
    EVERYONE = "everyone"
    ADMIN = "admin"
    MANAGER = "manager"
    USER = "user"


def _a_title(text: str) -> str:
    if problem := name_problem(text, "title"):
        raise ValueError(problem)
    return text


def _address_of_page(link: str) -> str:
    if link and not (link.startswith(("https://", "http://", "/")) and not link.startswith("//")):
        raise ValueError("A link is a page of the dashboard, such as /events, or begins with https://.")
    if not link.isprintable():
        raise ValueError("This is one line of text, without line breaks.")
    return link


class Notify(Params):
    title: Annotated[str, AfterValidator(_a_title)] = Field(
        min_length=1, max_length=200, description="What happened, in one line"
    )
    text: str = Field(default="", max_length=2_000, description="More about it")
    tone: Tone = Field(default=Tone.INFO, description="How it is meant, and so its colour")
    link: Annotated[str, AfterValidator(_address_of_page)] = Field(
        default="", max_length=2_000, description="A page that says more; without one, that of the execution"
    )
    to: Audience = Field(default=Audience.EVERYONE, description="Who is told: everyone, or those of one role")
    email: str = Field(
        default="", max_length=2_000, description="E-mail addresses to tell as well, up to ten, by commas"
    )


def notify(public_url: str, *, mails: bool) -> Endpoint:
    """`mails`: a mail server is configured."""

    @endpoint("/notify", "Tells people: in every open view, behind the bell, and by e-mail if you like.")
    async def run(call: Call, params: Notify) -> Effects:
        link = params.link or f"/executions/{call.execution.id}"
        title = f"Test: {params.title}" if call.execution.test else params.title
        role = None if params.to is Audience.EVERYONE else Role(params.to)
        notice = NewNotice(tone=params.tone, title=title, text=params.text, link=link, to=role)
        addresses = _addresses(params.email, mails=mails)
        page = public_url + link if link.startswith("/") else link
        body = "\n\n".join(part for part in (params.text, page) if part)
        mail = tuple(NewMail(address=one, subject=title, text=body) for one in addresses)
        return Effects(answer={"told": params.to, "mails": len(mail)}, changes=(notice, *mail))

    return run


def _addresses(text: str, *, mails: bool) -> tuple[str, ...]:
    try:
        addresses = addresses_in(text)
    except ValueError as error:
        raise Refused({"email": str(error)}) from None
    if len(addresses) > MOST_ADDRESSES:
        raise Refused({"email": f"At most {MOST_ADDRESSES} addresses; these are {len(addresses)}."})
    if addresses and not mails:
        raise Refused({"email": "No mail server is set. TRIGGER_HOOKS_SMTP_URL and TRIGGER_HOOKS_SMTP_FROM name one."})
    return addresses
