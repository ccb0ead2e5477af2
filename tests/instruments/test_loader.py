"""Files: every problem at once with its line; harmful ones refused quickly; fielded ones never changed."""

import copy
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from instruments import (
    FileProblem,
    InstrumentError,
    Questionnaire,
    check,
    library_path,
    load,
    load_library,
    lock_version,
)

BROKEN = Path(__file__).resolve().parent / "broken"
ProblemsIn = Callable[[Path], tuple[FileProblem, ...]]
Edited = Callable[[str, str, str], Path]


def marked(path: Path) -> set[tuple[str, int, str]]:
    """File, line and rule of each `# ! rule rule` comment."""
    lines = enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
    return {
        (path.name, number, rule)
        for number, line in lines
        if (mark := re.search(r"# ! ([a-z_ ]+)$", line))
        for rule in mark[1].split()
    }


def test_every_problem_of_all_files_is_reported_at_once_with_its_line(problems_in: ProblemsIn) -> None:
    expected = marked(BROKEN / "many.yaml") | marked(BROKEN / "many.ru.yaml")
    found = {(Path(p.file).name, p.line, p.rule) for p in problems_in(BROKEN / "many.yaml")}
    assert found == expected
    assert len({rule for _, _, rule in found}) >= 20


def test_each_problem_says_what_was_expected_what_was_found_and_what_to_do(problems_in: ProblemsIn) -> None:
    for problem in problems_in(BROKEN / "many.yaml"):
        assert problem.expected and problem.found and problem.hint and problem.path, problem


def test_problems_come_in_file_order(problems_in: ProblemsIn) -> None:
    problems = problems_in(BROKEN / "many.yaml")
    assert [(p.file, p.line) for p in problems] == sorted((p.file, p.line) for p in problems)


@pytest.mark.parametrize(
    ("text", "rule", "line"),
    [
        ("a: &x [1]\nb: *x\n", "alias", 1),
        ("a: 1\nb: !!python/object/apply:os.system [ls]\n", "tag", 2),
        ("a: !include other.yaml\n", "tag", 1),
        ("a: " + "[" * 50 + "]" * 50 + "\n", "depth", 1),
        ("a:\n  - 1\n - 2\n", "yaml", 3),
        ("a: 'open\n", "yaml", 2),
        ("- just\n- a list\n", "yaml", 1),
        ("", "yaml", 1),
        ("---\na: 1\n---\nb: 2\n", "yaml", 3),
        ("? [a, b]\n: 1\n", "key", 1),
    ],
)
def test_what_is_no_plain_yaml_is_refused(tmp_path: Path, text: str, rule: str, line: int) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InstrumentError) as refused:
        load(path)
    assert [(p.rule, p.line, p.file) for p in refused.value.problems] == [(rule, line, str(path))]


def test_a_bomb_of_aliases_is_refused_in_under_a_second(tmp_path: Path) -> None:
    lines = ["a0: &a0 [x, x]"] + [f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 60)]
    (tmp_path / "bomb.yaml").write_text("\n".join(lines), encoding="utf-8")
    began = time.process_time()
    with pytest.raises(InstrumentError, match="alias"):
        load(tmp_path / "bomb.yaml")
    assert time.process_time() - began < 1


def test_a_file_of_fifty_megabytes_is_refused_in_under_a_second(tmp_path: Path) -> None:
    path = tmp_path / "large.yaml"
    with path.open("wb") as file:
        file.truncate(50_000_000)
    began = time.process_time()
    with pytest.raises(InstrumentError, match="50,000,000 bytes"):
        load(path)
    assert time.process_time() - began < 1


def test_a_file_that_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(InstrumentError, match="no such file"):
        load(tmp_path / "none.yaml")


def test_a_file_in_another_encoding_names_the_line(tmp_path: Path) -> None:
    path = tmp_path / "cp1251.yaml"
    path.write_bytes('instrument: x\ntitle: "Опрос"\n'.encode("cp1251"))
    with pytest.raises(InstrumentError) as refused:
        load(path)
    assert [(p.rule, p.line) for p in refused.value.problems] == [("encoding", 2)]


def test_a_declared_language_without_a_file_is_refused(edited: Edited) -> None:
    path = edited("info", "languages: [en]", "languages: [en, kk]")
    with pytest.raises(InstrumentError) as refused:
        load(path)
    problem = next(p for p in refused.value.problems if p.rule == "missing_file")
    assert problem.line == 8
    assert "info.kk.yaml" in problem.expected


def test_a_wording_file_of_an_undeclared_language_is_refused(edited: Edited) -> None:
    path = edited("languages", "languages: [kk, ru, uz, en]", "languages: [kk, ru, en]")
    with pytest.raises(InstrumentError) as refused:
        load(path)
    assert {p.rule for p in refused.value.problems} == {"language"}


def test_a_fielded_version_that_was_edited_is_refused(edited: Edited) -> None:
    path = edited("info", '"Blue"', '"Green"')
    original = load(Path(__file__).resolve().parent.parent / "library" / "info.yaml")
    lock = path.with_name("fielded.lock")
    lock.write_text(f"# comment\n1 {original.fingerprint}\n", encoding="utf-8")
    with pytest.raises(InstrumentError, match="as fielded") as refused:
        load(path)
    assert [p.rule for p in refused.value.problems] == ["fielded"]
    lock.write_text(f"1 {load_unlocked(path).fingerprint}\n", encoding="utf-8")
    assert load(path).version == "1"


def load_unlocked(path: Path) -> Questionnaire:
    """The questionnaire of a file whose folder has no lock."""
    lock = path.with_name("fielded.lock")
    kept = lock.read_text(encoding="utf-8")
    lock.unlink()
    questionnaire = load(path)
    lock.write_text(kept, encoding="utf-8")
    return questionnaire


def test_a_version_is_locked_once_and_its_line_is_never_touched(edited: Edited) -> None:
    path = edited("info", "minutes: 1", "minutes: 3")
    lock = path.with_name("fielded.lock")
    lock.unlink(missing_ok=True)
    questionnaire = load(path)
    assert lock_version(questionnaire, path)
    line = f"{questionnaire.version} {questionnaire.fingerprint}"
    written = lock.read_text(encoding="utf-8")
    assert written.splitlines()[-1] == line
    assert load(path).fingerprint == questionnaire.fingerprint
    assert not lock_version(load(path), path)
    assert lock.read_text(encoding="utf-8") == written
    path.write_text(path.read_text(encoding="utf-8").replace("minutes: 3", "minutes: 2"), encoding="utf-8")
    with pytest.raises(InstrumentError, match="as fielded"):
        load(path)


@pytest.mark.parametrize(
    "line",
    ["1", "1 abc", "1: {sha}", "1 {sha} 2", "1 {sha}\n1 " + "0" * 64],
)
def test_a_lock_line_that_locks_nothing_is_a_problem(edited: Edited, line: str) -> None:
    """A slip of the pen must not open a fielded version to editing."""
    path = edited("info", "minutes: 1", "minutes: 3")
    lock = path.with_name("fielded.lock")
    lock.unlink(missing_ok=True)
    lock.write_text(line.replace("{sha}", load(path).fingerprint) + "\n", encoding="utf-8")
    with pytest.raises(InstrumentError) as refused:
        load(path)
    assert {problem.rule for problem in refused.value.problems} == {"fielded"}
    assert {problem.file for problem in refused.value.problems} >= {str(lock)}


def test_every_fielded_version_of_the_library_is_unchanged() -> None:
    """`load_library` raises when a version listed in fielded.lock has another hash."""
    folders = [folder for folder in library_path("kz_thb_core").parent.parent.iterdir() if folder.is_dir()]
    assert folders
    for folder in folders:
        for path in folder.glob("*.yaml"):
            if not re.search(r"\.[a-z]{2,3}$", path.stem):
                assert load(path).version == path.stem


def test_the_library_gives_the_newest_version_and_names_what_it_has() -> None:
    assert load_library("kz_thb_core").version == library_path("kz_thb_core").stem
    with pytest.raises(InstrumentError, match="kz_thb_core") as unknown:
        load_library("kz_thb")
    assert [problem.rule for problem in unknown.value.problems] == ["unknown_instrument"]
    with pytest.raises(InstrumentError, match=r"2026\.1"):
        load_library("kz_thb_core", "1999.1")


def test_json_that_is_no_questionnaire_is_refused() -> None:
    with pytest.raises(InstrumentError):
        Questionnaire.from_json("{}")


def places(value: Any, place: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Every place in plain data, as the keys that lead there."""
    children = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    for key, child in children:
        yield (*place, key)
        yield from places(child, (*place, key))


TINY = {
    path.stem: yaml.safe_load(path.read_text(encoding="utf-8"))
    for path in sorted((BROKEN.parent.parent / "library").glob("*.yaml"))
    if path.stem != "languages" and "." not in path.stem
}
PLACES = [(name, place) for name, data in TINY.items() for place in places(data)]
ODD = [None, 5, -1, 1.5, True, "x", "{", "<b>", [1], ["x"], [[1]], [], {}, {"a": 1}, {"item": "x"}]


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(where=st.sampled_from(PLACES), odd=st.sampled_from(ODD))
def test_whatever_stands_anywhere_is_read_or_refused_in_words(
    tmp_path: Path, where: tuple[str, tuple[str | int, ...]], odd: Any
) -> None:
    name, place = where
    data = copy.deepcopy(TINY[name])
    target = data
    for key in place[:-1]:
        target = target[key]
    target[place[-1]] = odd
    path = tmp_path / "odd.yaml"
    path.write_text(yaml.safe_dump(data, allow_unicode=True, sort_keys=False), encoding="utf-8")
    try:
        questionnaire = load(path)
    except InstrumentError as error:
        assert error.problems
        assert all(problem.expected and problem.found for problem in error.problems)
    else:
        check(questionnaire)
        assert Questionnaire.from_json(questionnaire.to_json()) == questionnaire
        questionnaire.draw("b").variables()
