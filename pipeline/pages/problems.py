"""The codes of `PageProblem`, with what each means for who reads the page's rows (`pages`; used by status and docs)."""

from __future__ import annotations

PROBLEM_CODES = {
    "bad_bytes": "single bytes were not of the page's encoding and were read as windows-1252",
    "bad_xml": "an Ajax answer was no well-formed XML and was read by its marks",
    "binary": "the file is no page",
    "empty": "the page has no content",
    "encoding_mislabelled": "the page is labelled with an encoding that it is not in; the right one was used",
    "ids_missing": "none of the fields of a page of its kind was found: a new layout?",
    "late_content": "a part of the page is loaded by script later; sections can be missing",
    "no_agenda": "a meeting without any agenda row",
    "no_content": "not even the first fields of its kind could be read",
    "no_marks": "a text that is no text form of an ALLRIS page",
    "no_rows": "a list of persons without persons",
    "no_sections": "an excerpt's text form without any text section",
    "parser_failed": "a fault of this program; the page is kept and can be read again",
    "section_without_text": "the page names a section whose text is not on it",
    "too_deep": "the page nests deeper than can be read; its end is missing",
    "too_large": "the page is larger than can be read",
    "truncated": "the page ends in the middle; its last section is marked",
    "unfolded_item": "the text of an item unfolded in an agenda is only read from its own page",
    "unknown_kind": "an ALLRIS page of a kind that is not read",
}
