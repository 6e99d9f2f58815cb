"""People and keys: who they are, what they may see, and how they get in."""

from dataclasses import dataclass
from time import monotonic

from engine.people.accounts import Accounts
from engine.people.alerts import Alerts
from engine.people.api_keys import Keys
from engine.people.credentials import Credentials
from engine.people.directory import People
from engine.people.factor_rule import FactorRule
from engine.people.own_account import OwnAccount
from engine.people.passwords import Passwords
from engine.people.refusals import Refusals
from engine.people.second_factor import SecondFactor
from engine.people.sessions import Sessions
from engine.privacy.sensitive import Sensitive
from engine.wiring.ground import Ground


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleParts:
    rule: FactorRule
    refusals: Refusals
    sensitive: Sensitive
    sessions: Sessions
    keys: Keys
    accounts: Accounts
    people: People
    own_account: OwnAccount


def build_people(ground: Ground) -> PeopleParts:
    store, audit, now = ground.store, ground.audit, ground.now
    refusals = Refusals(audit, ground.supervisor, monotonic)
    rule = FactorRule(store)
    sessions, passwords, factor = Sessions(store, rule, now), Passwords(), SecondFactor(store, ground.vault, now)
    credentials = Credentials(store, passwords, factor, audit, monotonic)
    alerts = Alerts(store, ground.notices, now, mails=ground.settings.smtp is not None)
    keys = Keys(store, ground.catalogue, audit, alerts, refusals, now, monotonic)
    return PeopleParts(
        rule=rule,
        refusals=refusals,
        sensitive=Sensitive(store, ground.catalogue, audit, now),
        sessions=sessions,
        keys=keys,
        accounts=Accounts(store, sessions, credentials, passwords, keys, audit, alerts, now, monotonic),
        people=People(store, sessions, rule, audit, alerts, now, ground.settings.public_url),
        own_account=OwnAccount(store, sessions, credentials, passwords, factor, audit, alerts),
    )
