"""Templates: whatever a value is, it stays a value where it stands."""

import json
import re
import tracemalloc
from datetime import UTC, datetime
from urllib.parse import parse_qs, unquote, urlsplit
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.expressions.template import (
    MOST_ADDRESS,
    MOST_BODY,
    MOST_HEADER,
    TemplateError,
    fill_body,
    fill_header,
    fill_headers,
    fill_url,
    is_json,
    template,
)

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)


@given(TEXT, TEXT)
def test_a_value_is_one_part_of_the_path_and_one_of_the_query(a: str, b: str) -> None:
    template_text = "https://api.example.com/x/{{ a }}/y?b={{ b }}&c=1"
    try:
        url = urlsplit(fill_url(template_text, {"a": a, "b": b}))
    except TemplateError:
        assert a in {".", ".."}
        return

    assert url.netloc == "api.example.com"
    assert list(map(unquote, url.path.split("/"))) == ["", "x", a, "y"]
    assert parse_qs(url.query, keep_blank_values=True) == {"b": [b], "c": ["1"]}
    assert not url.fragment


@given(JSON, TEXT)
def test_a_body_of_json_stays_json_with_the_very_values(value: object, text: str) -> None:
    body = '{"whole": {{ value }}, "inside": "a \\"{{ text }}\\" b {{ text }}", "list": [{{ text }}, 1]}'

    filled = json.loads(fill_body(body, {"value": value, "text": text}, "application/json"))

    assert filled == {"whole": value, "inside": f'a "{text}" b {text}', "list": [text, 1]}


JSON_TYPES = [
    "application/json", "Application/JSON; charset=utf-8", " application/json ;q=1", "text/json", "TEXT/JSON",
    "application/x-ndjson", "application/ndjson", "application/x-jsonlines", "application/jsonl",
    "application/json-seq",
    "application/vnd.api+json", "application/merge-patch+json", "application/json-patch+json; charset=utf-8",
    "application/problem+JSON", "application/ld+json", "application/cloudevents+json", "application/x-amz-json-1.1",
    "application/x-json", "text/x-json", "application/stream+json", "application/geo+json-seq", "application/json-rpc",
]  # fmt: skip


@given(st.sampled_from(JSON_TYPES), JSON, TEXT)
def test_json_of_any_kind_is_escaped(content_type: str, value: object, text: str) -> None:
    body = '{"whole": {{ value }}, "inside": "a {{ text }}"}\n{"next": "{{ text }}"}'

    lines = fill_body(body, {"value": value, "text": text}, content_type).split("\n")

    assert [json.loads(line) for line in lines] == [{"whole": value, "inside": f"a {text}"}, {"next": text}]


@pytest.mark.parametrize(
    ("content_type", "whole"),
    [
        ("application/json", True),
        ("text/json; charset=utf-8", True),
        ("application/hal+json", True),
        ("application/x-ndjson", False),
        ("text/plain", False),
        ("application/jsonp+xml", False),
    ],
)
def test_a_body_that_is_one_document_is_known_as_such(content_type: str, whole: bool) -> None:
    assert is_json(content_type) is whole


@given(TEXT)
def test_a_form_stays_one_field(text: str) -> None:
    filled = fill_body("a={{ a }}&b=1", {"a": text}, "application/x-www-form-urlencoded; charset=utf-8")

    assert parse_qs(filled, keep_blank_values=True) == {"a": [text], "b": ["1"]}


@given(
    TEXT,
    st.sampled_from(
        [
            "text/xml",
            "application/xml; charset=utf-8",
            "application/soap+xml",
            "text/html",
            "image/SVG+xml",
            "application/json+xml",
        ]
    ),
)
def test_markup_stays_one_element(text: str, content_type: str) -> None:
    try:
        filled = fill_body('<a b="{{ a }}">{{ a }}</a>', {"a": text}, content_type)
    except TemplateError as error:
        assert "which XML cannot carry" in str(error)
        return
    element = ElementTree.fromstring(filled)

    assert (element.tag, len(element)) == ("a", 0)
    assert (element.text or "") == re.sub("\r\n?", "\n", text)


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "application/octet-stream", "text/csv", "application/javascript", "application/a+yaml", ""],
)
def test_plain_text_stands_as_it_is(content_type: str) -> None:
    assert fill_body("a {{ a }}", {"a": '<"&%'}, content_type) == 'a <"&%'


@given(TEXT)
def test_a_header_is_one_line_or_refused(text: str) -> None:
    try:
        assert fill_header("x {{ a }}", {"a": text}) == f"x {text}"
    except TemplateError:
        assert not (text.isascii() and text.isprintable())
    else:
        assert "\n" not in text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{{ nosuch }}", "no field `nosuch` in this event"),
        ("{{ gone }}", 'it is null; `coalesce(…, "")` says what to write then.'),
        ("{{ n + name }}", "`{{ n + name }}`"),
    ],
)
def test_what_has_no_value_is_an_error_that_names_it(text: str, words: str) -> None:
    with pytest.raises(TemplateError) as caught:
        fill_header(text, {"gone": None, "n": 1, "name": "a"})

    assert words in str(caught.value)


def test_a_missing_field_may_be_given_another_value() -> None:
    assert fill_header('{{ coalesce(nosuch, "none") }}', {}) == "none"


@pytest.mark.parametrize("text", ["{{", "{{ a", "{{ }}", "{{ 1 + }}", "{{ a }} {{ b"])
def test_what_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(TemplateError):
        template(text)


def test_braces_of_json_are_no_expressions() -> None:
    assert fill_body('{"a": {"b": {"c": {{ n }}}}}', {"n": 5}, "application/json") == '{"a": {"b": {"c": 5}}}'


BIG = {"big": "x" * 100_000, "wide": "é" * 100_000, "list": ["y" * 1_000] * 1_000}


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ("{{ big }}" * 11, "text/plain"),
        ("{{ wide }}" * 6, "text/plain"),
        ("{{ wide }}" * 2, "application/x-www-form-urlencoded"),
        ('{"a": {{ list }}, "b": "{{ big }}"}', "application/json"),
        ("{{ huge }}", "text/plain"),
        ("z" * (MOST_BODY + 1), "text/plain"),
        ("{{ big }}" + "z" * MOST_BODY, "text/plain"),
    ],
)
def test_a_body_is_given_up_where_it_grows_too_large(body: str, content_type: str) -> None:
    with pytest.raises(TemplateError, match="the body would come to more than 1,024 KiB"):
        fill_body(body, {**BIG, "huge": "x" * (MOST_BODY + 1)}, content_type)


def test_a_body_may_be_just_as_large_as_allowed() -> None:
    filled = fill_body("{{ big }}é", {"big": "x" * (MOST_BODY - 2)}, "text/plain")

    assert len(filled.encode()) == MOST_BODY


def test_no_more_is_put_together_than_may_be_sent() -> None:
    names = {"transcript": "x" * (4 << 20)}
    tracemalloc.start()
    with pytest.raises(TemplateError):
        fill_body("{{ transcript }}" * 99, names, "application/json")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert peak < 1 << 20


def test_an_address_and_headers_are_bounded_too() -> None:
    with pytest.raises(TemplateError, match=r"with `\{\{ a \}\}` the address would come to more than 16 KiB"):
        fill_url("https://a.example/{{ a }}", {"a": "x" * MOST_ADDRESS})
    with pytest.raises(TemplateError, match="the headers would come to more than 64 KiB"):
        fill_headers({"X-A": "{{ a }}", "X-B": "{{ a }}"}, {"a": "x" * (MOST_HEADER // 2)})

    assert fill_headers({"X-A": "{{ a }}"}, {"a": "b"}) == {"x-a": "b"}


@pytest.mark.parametrize(
    ("content_type", "filled"),
    [
        ("application/x-www-form-urlencoded", "a=R%26D+%3C1%3E"),
        ("text/xml", "a=R&amp;D &lt;1&gt;"),
        ("application/xhtml+html", "a=R&amp;D &lt;1&gt;"),
        ("text/plain", "a=R&D <1>"),
    ],
)
def test_a_value_is_written_as_the_type_of_the_body_has_it(content_type: str, filled: str) -> None:
    assert fill_body("a={{ a }}", {"a": "R&D <1>"}, content_type) == filled


def test_what_xml_cannot_carry_is_named() -> None:
    with pytest.raises(TemplateError, match=r"it holds the character U\+0007, which XML cannot carry"):
        fill_body("<a>{{ a }}</a>", {"a": "ring \a"}, "text/xml")


@pytest.mark.parametrize("value", ["Zoë", "two\nlines"])
def test_what_a_header_cannot_carry_is_an_error(value: str) -> None:
    with pytest.raises(TemplateError, match="a header carries one line of plain ASCII text"):
        fill_header("{{ a }}", {"a": value})


def test_a_hundred_expressions_are_the_most() -> None:
    assert fill_header("{{ a }}" * 100, {"a": 7}) == "7" * 100
    with pytest.raises(TemplateError, match="At most 100 expressions"):
        template("{{ a }}" * 101)


@pytest.mark.parametrize("value", [".", ".."])
def test_no_value_leads_to_another_part_of_the_path(value: str) -> None:
    with pytest.raises(TemplateError, match="that would lead elsewhere"):
        fill_url("https://api.example.com/leads/{{ lead }}/notes", {"lead": value})


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (datetime(2025, 9, 9, 14, 27, tzinfo=UTC), "2025-09-09T14:27:00Z"),
        (True, "true"),
        (60.5, "60.5"),
        ([1, "a"], '[1,"a"]'),
        ({"a": None}, '{"a":null}'),
    ],
)
def test_what_is_no_text_is_written_as_json_has_it(value: object, text: str) -> None:
    assert fill_body("{{ a }}", {"a": value}, "text/plain") == text


def test_a_whole_number_of_more_than_64_bits_keeps_every_digit() -> None:
    large = 100_000_000_000_000_000_001
    names = {"x": large, "lead": {"ids": [large, -large, 1.5, None, datetime(2025, 9, 9, tzinfo=UTC)]}}

    assert fill_body("{{ x }}", names, "text/plain") == str(large)
    assert fill_url("https://example.com/{{ x }}", names) == f"https://example.com/{large}"
    assert fill_body("{{ lead }}", names, "application/json") == (
        f'{{"ids":[{large},-{large},1.5,null,"2025-09-09T00:00:00Z"]}}'
    )


def test_what_cannot_be_written_is_named() -> None:
    deep: list[object] = []
    for _ in range(2_000):
        deep = [deep]
    for value, problem in ((10**5000, "a number that is too large"), (deep, "nested too deeply")):
        with pytest.raises(TemplateError, match=problem):
            fill_body("{{ x }}", {"x": value}, "application/json")
