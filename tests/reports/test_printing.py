"""Documents printed side by side are the same files, and what stops one of them is told to whoever asked."""

import os
import signal
from pathlib import Path

import pytest

from reports import printing
from reports.document import Document
from reports.errors import ReportError
from reports.printing import PrinterDiedError, print_document, print_side_by_side

PAGE = "<html lang='{language}'><head><title>{language}</title></head><body><p>{words}</p></body></html>"
FORBIDDEN = (
    "<html lang='en'><head><title>a</title></head><body><img alt='x' src='file:///etc/x.svg'></body></html>"
)


def document(language: str) -> Document:
    return Document(PAGE.format(language=language, words=f"Бет {language}"), language.encode())


def test_each_file_holds_the_bytes_that_this_process_prints(tmp_path):
    made = {tmp_path / "deep" / f"{name}.pdf": document(name) for name in ("kk", "ru", "uz")}
    heard = []
    assert print_side_by_side(made.items(), printed=heard.append) == list(made)
    assert sorted(heard) == sorted(made)
    for path, each in made.items():
        assert path.read_bytes() == print_document(each)
    assert not list(tmp_path.rglob("*.part"))


def test_what_printing_refuses_is_raised_as_it_is(tmp_path):
    with pytest.raises(ReportError, match=r"may not fetch file:///etc/x\.svg"):
        print_side_by_side([(tmp_path / "a.pdf", Document(FORBIDDEN, b"a"))])
    assert not list(tmp_path.iterdir())


def test_what_making_a_document_raises_ends_the_printing(tmp_path):
    def making():
        yield tmp_path / "a.pdf", document("kk")
        raise KeyError("no second one")

    with pytest.raises(KeyError, match="no second one"):
        print_side_by_side(making())


def test_a_process_that_is_killed_is_told(tmp_path, monkeypatch):
    started = []
    start = printing._pressroom
    monkeypatch.setattr(printing, "_pressroom", lambda: started.append(start()) or started[-1])

    def making():
        yield tmp_path / "a.pdf", document("kk")
        os.kill(started[0].pid, signal.SIGKILL)
        started[0].wait()
        yield tmp_path / "b.pdf", document("ru")

    with pytest.raises(PrinterDiedError):
        print_side_by_side(making())
    assert not Path(tmp_path / "b.pdf").exists()


def test_a_fork_that_is_killed_is_told(tmp_path):
    class Deadly(Document):
        """Ends the process that reads it."""

        def __reduce__(self):
            return os.abort, ()

    with pytest.raises(PrinterDiedError, match="was ended"):
        print_side_by_side([(tmp_path / "a.pdf", Deadly("", b""))])


def test_a_file_that_cannot_be_written_is_told_with_its_name(tmp_path):
    (tmp_path / "taken").write_text("a file, where a folder is needed", "utf-8")
    with pytest.raises(OSError, match="taken") as found:
        print_side_by_side([(tmp_path / "taken" / "a.pdf", document("kk"))])
    assert found.value.filename


def test_a_fault_of_ours_is_told_as_one(tmp_path):
    with pytest.raises(RuntimeError, match="AttributeError"):
        print_side_by_side([(tmp_path / "a.pdf", "no document")])
