"""One lead for one number, however it was written"""

import json
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from alembic import op
from phonenumbers import NumberParseException, PhoneNumberFormat, format_number, is_possible_number, parse

from storage.texts import indexed, searchable

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

FIELD = "phone_number:"
FEWEST_DIGITS = 11
MOST_FIELDS = 100
STEP = 500
SEARCHED = ("lead_id", "contact_id", "phone_number", "email", "first_name", "last_name")


def upgrade() -> None:
    """Leads whose numbers are the same become one: the one seen last, with the history and events of both."""
    after = 0
    asked = sa.text("SELECT id, key FROM lead WHERE id > :after AND key LIKE 'phone_number:%' ORDER BY id LIMIT :most")
    while rows := op.get_bind().execute(asked, {"after": after, "most": STEP}).all():
        for lead_id, key in rows:
            if (one := _one_way(key)) != key:
                _rename(lead_id, one)
        after = rows[-1].id


def downgrade() -> None:
    """The numbers stay as they are: earlier versions read them too."""


def _one_way(key: str) -> str:
    written = key.removeprefix(FIELD)
    if written.startswith("00"):
        plain = f"+{written[2:]}"
    elif written.isascii() and written.isdigit() and len(written) >= FEWEST_DIGITS and written[0] != "0":
        plain = f"+{written}"
    else:
        plain = written
    if not plain.startswith(("+", "tel:+")):
        return key
    try:
        parsed = parse(plain)
    except NumberParseException:
        return key
    return FIELD + format_number(parsed, PhoneNumberFormat.E164) if is_possible_number(parsed) else key


def _rename(lead_id: int, key: str) -> None:
    connection = op.get_bind()
    other = connection.execute(sa.text("SELECT id FROM lead WHERE key = :key"), {"key": key}).scalar()
    if other is None:
        connection.execute(sa.text("UPDATE lead SET key = :key WHERE id = :id"), {"key": key, "id": lead_id})
    else:
        _merge(lead_id, other, key)


def _merge(one: int, other: int, key: str) -> None:
    connection = op.get_bind()
    asked = sa.text("SELECT * FROM lead WHERE id IN (:one, :other) ORDER BY last_seen_at, id")
    earlier, later = connection.execute(asked, {"one": one, "other": other}).mappings()
    ids = {"gone": earlier["id"], "kept": later["id"]}
    for statement in (
        "UPDATE lead_change SET lead_id = :kept WHERE lead_id = :gone",
        "INSERT OR IGNORE INTO lead_event SELECT :kept, event_seq FROM lead_event WHERE lead_id = :gone",
        "DELETE FROM lead_event WHERE lead_id = :gone",
        "DELETE FROM lead_text WHERE rowid = :gone",
        "DELETE FROM lead WHERE id = :gone",
    ):
        names = [name for name in ids if f":{name}" in statement]
        connection.execute(sa.text(statement), {name: ids[name] for name in names})
    _save(later["id"], key, earlier, later)


def _save(kept: int, key: str, earlier: Mapping[str, Any], later: Mapping[str, Any]) -> None:
    """What was known last counts; a status that a person set stays."""
    newest, oldest = json.loads(later["fields"]), json.loads(earlier["fields"])
    fields = dict(
        list({**newest, **{name: oldest[name] for name in oldest if name not in newest}}.items())[:MOST_FIELDS]
    )
    by_person = earlier if earlier["status_by"] and not later["status_by"] else later
    values = {
        "id": kept,
        "key": key,
        "version": max(earlier["version"], later["version"]) + 1,
        "name": later["name"] or earlier["name"],
        "status": by_person["status"],
        "status_by": by_person["status_by"],
        "fields": json.dumps(fields, ensure_ascii=False, separators=(",", ":")),
        "first_seen_at": min(earlier["first_seen_at"], later["first_seen_at"]),
    }
    put = ", ".join(f"{name} = :{name}" for name in values if name != "id")
    connection = op.get_bind()
    connection.execute(sa.text(f"UPDATE lead SET {put} WHERE id = :id"), values)  # noqa: S608
    known = [str(fields[name]) for name in SEARCHED if fields.get(name)]
    text = indexed(searchable([key.removeprefix(FIELD), *known]))
    connection.execute(
        sa.text("INSERT OR REPLACE INTO lead_text (rowid, text) VALUES (:id, :text)"), {"id": kept, "text": text}
    )
