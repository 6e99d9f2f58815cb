"""People and keys: who they are, what they may see, and how they get in."""

from dataclasses import dataclass
from time import monotonic

from engine.people.accounts import Accounts
from engine.people.alerts import Alerts
from engine.people.api_keys import Keys
from engine.people.credentials import Credentials
from engine.people.directory import People
from engine.people.factor_rule import FactorRule
from engine.people.issuer import Issuer
from engine.people.own_account import OwnAccount
from engine.people.passwords import Passwords
from engine.people.refusals import Refusals
from engine.people.second_factor import SecondFactor
from engine.people.sessions import Sessions
from engine.people.single_sign_on import BACK_PATH, SingleSignOn
from engine.people.sso_settings import SsoSettings
from engine.privacy.sensitive import Sensitive
from engine.wiring.ground import Ground


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleParts:
    """`single_sign_on` is None where it is not set up."""

    rule: FactorRule
    refusals: Refusals
    sensitive: Sensitive
    sessions: Sessions
    keys: Keys
    accounts: Accounts
    people: People
    own_account: OwnAccount
    single_sign_on: SingleSignOn | None


def build_people(ground: Ground) -> PeopleParts:
    store, audit, now = ground.store, ground.audit, ground.now
    refusals = Refusals(audit, ground.supervisor, monotonic)
    rule = FactorRule(store)
    sessions, passwords, factor = Sessions(store, rule, now), Passwords(), SecondFactor(store, ground.vault, now)
    credentials = Credentials(store, passwords, factor, audit, monotonic)
    alerts = Alerts(store, ground.notices, now, mails=ground.settings.smtp is not None)
    keys = Keys(store, ground.catalogue, audit, alerts, refusals, now, monotonic)
    sso = ground.settings.sso
    people = People(
        store, sessions, rule, audit, alerts, now, ground.settings.public_url, by_password=_by_password(sso)
    )
    accounts = Accounts(
        store, sessions, credentials, passwords, keys, audit, alerts, now, monotonic, by_password=_by_password(sso)
    )
    return PeopleParts(
        rule=rule,
        refusals=refusals,
        sensitive=Sensitive(store, ground.catalogue, audit, now),
        sessions=sessions,
        keys=keys,
        accounts=accounts,
        people=people,
        single_sign_on=sso and build_sso(ground, sso, sessions, passwords, people, alerts),
        own_account=OwnAccount(store, sessions, credentials, passwords, factor, audit, alerts),
    )


def build_sso(
    ground: Ground, settings: SsoSettings, sessions: Sessions, passwords: Passwords, people: People, alerts: Alerts
) -> SingleSignOn:
    back = f"{ground.settings.public_url}{BACK_PATH}"
    issuer = Issuer(settings, redirect_uri=back, now=ground.now, clock=monotonic)
    return SingleSignOn(
        settings, issuer, ground.store, sessions, passwords, people, ground.audit, alerts, ground.now, monotonic
    )


def _by_password(sso: SsoSettings | None) -> bool:
    return sso is None or sso.passwords
