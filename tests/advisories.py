"""Published advisories on libraries that we stand on, and the first release without each fault.

A check by what is written here needs no network. Where there is one, `pip-audit -r constraints.txt` asks for newer.
"""

FIXED_IN: dict[str, dict[str, str]] = {
    "aiohttp": {"CVE-2024-23334": "3.9.2", "CVE-2024-52304": "3.10.11", "CVE-2025-53643": "3.12.14"},
    "cryptography": {"CVE-2023-50782": "42.0.0", "CVE-2024-26130": "42.0.4"},
    "h11": {"CVE-2025-43859": "0.16.0"},
    "httpx": {"CVE-2021-41945": "0.23.0"},
    "idna": {"CVE-2024-3651": "3.7"},
    "jinja2": {"CVE-2024-56326": "3.1.5", "CVE-2025-27516": "3.1.6"},
    "mako": {"CVE-2022-40023": "1.2.2"},
    "nicegui": {
        "CVE-2025-53354": "3.0.0",
        "CVE-2025-66470": "3.4.0",
        "CVE-2026-21871": "3.5.0",
        "CVE-2026-21872": "3.5.0",
        "CVE-2026-21873": "3.5.0",
        "CVE-2026-21874": "3.5.0",
        "CVE-2026-25516": "3.7.0",
        "CVE-2026-27156": "3.8.0",
        "CVE-2026-33332": "3.9.0",
        "CVE-2026-39844": "3.10.0",
        "CVE-2026-45554": "3.12.0",
    },
    "orjson": {"CVE-2024-27454": "3.9.15"},
    "pydantic": {"CVE-2024-3772": "2.4.0"},
    "pygments": {"CVE-2022-40896": "2.15.1"},
    "python-multipart": {"CVE-2024-24762": "0.0.7", "CVE-2024-53981": "0.0.18"},
    "python-socketio": {"CVE-2025-61765": "5.14.0", "CVE-2026-48804": "5.16.2"},
    "simpleeval": {"CVE-2026-32640": "1.0.5"},
    "starlette": {
        "CVE-2024-47874": "0.40.0",
        "CVE-2025-54121": "0.47.2",
        "CVE-2025-62727": "0.49.1",
        "CVE-2026-48710": "1.0.1",
        "CVE-2026-54283": "1.3.1",
    },
}
