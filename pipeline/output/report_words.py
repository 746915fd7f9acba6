"""The report's texts in German and English, and how dates and numbers are written in each.

Part of `output`; the texts are in templates/words.toml. In the page a text is German and carries its English
in `data-en`; report.js exchanges them.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from markupsafe import Markup, escape

Value = str | int | float | dt.date | None
LANGUAGES = ("de", "en")
TEMPLATES = Path(__file__).with_name("templates")
MINUS = "\N{MINUS SIGN}"


@lru_cache(maxsize=1)
def words() -> Mapping[str, tuple[str, str]]:
    """Every text by its key: German, English."""
    loaded = tomllib.loads((TEMPLATES / "words.toml").read_text("utf-8"))
    return {key: (german, english) for key, (german, english) in loaded.items()}


def say(key: str, language: str = "de", **values: Value) -> str:
    """The text of `key` in a language, with `values` filled in as that language writes them."""
    text = words()[key][LANGUAGES.index(language)]
    if not values:
        return text
    return text.format(**{name: written(value, language) for name, value in values.items()})


def written(value: Value, language: str) -> str:
    """A value as a language writes it; None: a question mark. A text that is a key of `words` is not translated."""
    if value is None:
        return "?"
    if isinstance(value, dt.date):
        return value.strftime(say("date_format", language))
    if isinstance(value, float):
        text = f"{value:.2f}".replace("-", MINUS)
        return text.replace(".", ",") if language == "de" else text
    if isinstance(value, int):
        return f"{value:,}".replace(",", "." if language == "de" else ",")
    return value


def both(german: str, english: str) -> Markup:
    """A text in the page that exists in both languages."""
    if german == english:
        return escape(german)
    return Markup('<span data-en="{}">{}</span>').format(english, german)


def text(key: str, **values: Value) -> Markup:
    """The text of `key` in the page. A value `$key` stands for the text of that key."""
    return both(*(say(key, language, **_translated(values, language)) for language in LANGUAGES))


def attribute(name: str, key: str, **values: Value) -> Markup:
    """`name="German" data-en-name="English"` for texts in attributes."""
    german, english = (say(key, language, **_translated(values, language)) for language in LANGUAGES)
    return Markup('{0}="{1}" data-en-{0}="{2}"').format(name, german, english)


def number(value: float | int | None) -> Markup:
    """A number in both ways of writing."""
    return both(*(written(value, language) for language in LANGUAGES))


def share(value: float | None) -> Markup:
    """A share as a percentage."""
    return escape("?") if value is None else both(f"{value * 100:.0f} %", f"{value * 100:.0f}%")


def day(date: dt.date | None) -> Markup:
    """A date with its machine-readable form."""
    if date is None:
        return text("no_date")
    german, english = (written(date, language) for language in LANGUAGES)
    return Markup('<time datetime="{}" data-en="{}">{}</time>').format(f"{date:%Y-%m-%d}", english, german)


def _translated(values: Mapping[str, Value], language: str) -> dict[str, Value]:
    def translated(value: Value) -> Value:
        is_key = isinstance(value, str) and value.startswith("$") and value[1:] in words()
        return say(str(value)[1:], language) if is_key else value

    return {name: translated(value) for name, value in values.items()}
