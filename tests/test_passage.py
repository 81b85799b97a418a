"""Passages: the normal form, the place, the hash, and what becomes of them in a changed copy."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from staffride.errors import InputError, StaffrideError
from staffride.evidence import Claim, Ledger, Source
from staffride.evidence.passage import Finding, Passage, find, fingerprint, locate, normalise, paragraphs
from staffride.evidence.verify import Check, verify

DOCUMENT = (
    "A heading\n\nThe first column left at noon. It was long.\n   \nOn the way “many” waited – for hours.\n"
)
WORDS = "It was long."


@given(st.text())
def test_normalising_twice_changes_nothing(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


@given(st.text())
def test_normal_form_has_single_spaces_and_no_curly_marks(text: str) -> None:
    normal = normalise(text)
    assert normal == normal.strip()
    assert "  " not in normal
    assert not set(normal) & set("\u2010\u2011\u2012\u2013\u2014\u2015\u2018\u2019\u201c\u201d\n\t\u00a0")


@given(st.lists(st.text(alphabet="abc-'\"", min_size=1), min_size=1), st.data())
def test_spelling_of_spaces_hyphens_and_quotes_does_not_matter(words: list[str], data: st.DataObject) -> None:
    spaces = st.sampled_from([" ", "\n", "\t ", "\u00a0", "\u2003"])
    dressed = "".join(word + data.draw(spaces) for word in words)
    for plain, fancy in (("-", "\u2013"), ("'", "\u2019"), ('"', "\u201d")):
        dressed = data.draw(st.sampled_from([dressed, dressed.replace(plain, fancy)]))
    assert fingerprint(dressed) == fingerprint(" ".join(words))


@given(st.text(alphabet="ab é", min_size=1))
def test_composed_and_decomposed_letters_are_the_same(text: str) -> None:
    assert fingerprint(unicodedata.normalize("NFD", text)) == fingerprint(unicodedata.normalize("NFC", text))


def test_all_hyphens_from_2010_to_2015_become_plain() -> None:
    assert normalise("".join(map(chr, range(0x2010, 0x2016)))) == "------"


def test_worked_hash() -> None:
    """By hand: printf '%s' followed by the normal form, into sha256sum."""
    worked = "02bf4fad8f125679befb3814ea7f9992b55fe11714beb8aaf71240beb14a01c4"
    assert normalise(" A\u00a0\u2014 \u201cb\u201d\n c\u2019s ") == 'A - "b" c\'s'
    assert fingerprint(" A\u00a0\u2014 \u201cb\u201d\n c\u2019s ") == worked


def test_a_paragraph_is_the_nth_line_that_is_not_empty() -> None:
    assert paragraphs(DOCUMENT) == (
        "A heading",
        "The first column left at noon. It was long.",
        'On the way "many" waited - for hours.',
    )


def test_locate_tells_paragraph_start_and_length() -> None:
    assert locate(DOCUMENT, "“many”  waited") == Passage(3, 11, 13, fingerprint('"many" waited'))


@pytest.mark.parametrize(
    "words", ["never said", "was longer", "as long", "", "noon. It was long. On the way"]
)
def test_locate_refuses_words_that_do_not_stand_there(words: str) -> None:
    with pytest.raises(StaffrideError, match="not found"):
        locate(DOCUMENT, words)


@given(st.data())
def test_every_run_of_words_is_found_where_it_was_located(data: st.DataObject) -> None:
    paragraph = data.draw(st.sampled_from(paragraphs(DOCUMENT)))
    words = paragraph.split(" ")
    first = data.draw(st.integers(0, len(words) - 1))
    last = data.draw(st.integers(first + 1, len(words)))
    passage = locate(DOCUMENT, " ".join(words[first:last]))
    assert find(paragraphs(DOCUMENT), passage) == Finding("found", passage.paragraph)


@pytest.mark.parametrize(
    ("copy", "finding"),
    [
        (DOCUMENT, Finding("found", 2)),
        (DOCUMENT.replace("noon", "about noon"), Finding("found", 2)),
        ("A new first line\n" + DOCUMENT, Finding("moved", 3)),
        (DOCUMENT.replace("It was long", "It was short"), Finding("changed")),
        ("A heading", Finding("changed")),
        ("", Finding("changed")),
    ],
)
def test_find_in_changed_copies(copy: str, finding: Finding) -> None:
    assert find(paragraphs(copy), locate(DOCUMENT, WORDS)) == finding


def small_ledger() -> Ledger:
    source = Source(
        id="document_007",
        title="A report",
        publisher="nobody",
        kind="document",
        side="none",
        terms="none",
        file="007_abc",
    )
    claims = [a_claim("claim.Q001", WORDS), a_claim("claim.Q002", "waited - for hours.")]
    return Ledger({source.id: source}, {}, {claim.id: claim for claim in claims})


def a_claim(name: str, words: str) -> Claim:
    passage = locate(DOCUMENT, words)
    return Claim(
        id=name,
        document="document_007",
        paragraph=passage.paragraph,
        start=passage.start,
        length=passage.length,
        sha256=passage.sha256,
        side="none",
        about="both",
        kind="count",
        subject="length",
        statement="The line of people had many in it.",
        elsewhere="No other source was found.",
        agreement="none found",
        test_class="record",
        reason="An example.",
        confidence="low",
    )


def statuses(checks: tuple[Check, ...]) -> list[str]:
    return [check.status for check in checks]


@pytest.mark.parametrize("name", ["007_abc.txt", "007_another-copy.txt", "my own notes.md"])
def test_a_document_is_found_by_name_or_by_content(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(DOCUMENT, encoding="utf-8-sig")
    (tmp_path / "other.txt").write_text("Nothing of it.", encoding="utf-8")
    checks = verify(small_ledger(), tmp_path)
    assert statuses(checks) == ["found", "found"]
    assert {check.file for check in checks} == {tmp_path / name}


def test_content_wins_over_a_name_that_holds_nothing(tmp_path: Path) -> None:
    (tmp_path / "007_abc.txt").write_text("Another text under the same name.", encoding="utf-8")
    (tmp_path / "renamed.txt").write_text(DOCUMENT, encoding="utf-8")
    assert {check.file for check in verify(small_ledger(), tmp_path)} == {tmp_path / "renamed.txt"}


def test_a_folder_without_the_document_says_missing(tmp_path: Path) -> None:
    assert statuses(verify(small_ledger(), tmp_path)) == ["missing", "missing"]


def test_one_changed_passage_does_not_hide_the_others(tmp_path: Path) -> None:
    (tmp_path / "007_abc.txt").write_text("New\n" + DOCUMENT.replace("hours", "days"), encoding="utf-8")
    checks = verify(small_ledger(), tmp_path)
    assert [(check.claim, check.status, check.found_in) for check in checks] == [
        ("claim.Q001", "moved", 3),
        ("claim.Q002", "changed", None),
    ]


def test_bytes_that_are_not_utf8_change_only_their_own_passage(tmp_path: Path) -> None:
    (tmp_path / "007_abc.txt").write_bytes(DOCUMENT.replace("–", "\xff").encode("latin-1", "replace"))
    assert statuses(verify(small_ledger(), tmp_path)) == ["found", "changed"]


def test_verify_refuses_what_is_no_folder(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such folder"):
        verify(small_ledger(), tmp_path / "absent")
