"""What analysis tests share: the count of compared numbers, said at the end of the run."""

import pytest

COMPARED = "numbers compared with R"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """One line a file of R's results, from what its test recorded."""
    reports = terminalreporter.getreports("passed") + terminalreporter.getreports("failed")
    lines = [text for report in reports for name, text in report.user_properties if name == COMPARED]
    if lines:
        terminalreporter.section(COMPARED)
        for text in sorted(lines):
            terminalreporter.line(text)
