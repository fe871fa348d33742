from __future__ import annotations

import logging

import pytest

from ontograft.pipeline.console import TerminalReporter
from ontograft.pipeline.progress import LogReporter, Pace


@pytest.mark.parametrize(
    ("total", "done", "seconds", "line"),
    [
        (1000, 300, 12.0, "predicting: 300 of 1,000 (25/s, 0:00:28 left)"),
        (None, 2500, 2.0, "predicting: 2,500 (1,250/s)"),
        (10, 1, 20.0, "predicting: 1 of 10 (0.05/s, 0:03:00 left)"),
        (10, 0, 20.0, "predicting: 0 of 10"),
        (10, 12, 1.0, "predicting: 12 of 10 (12/s, 0:00:00 left)"),
        (None, 1, 0.0, "predicting: 1"),
    ],
)
def test_a_line_tells_how_far_a_stage_is(
    total: int | None, done: int, seconds: float, line: str
) -> None:
    assert Pace("predicting", total, 100.0, done).line(100.0 + seconds) == line


def test_the_log_has_stages_and_notes(caplog: pytest.LogCaptureFixture) -> None:
    reporter = LogReporter()
    with caplog.at_level(logging.INFO), reporter.stage("predicting", 3) as progress:
        progress(1)
    reporter.note("look here")
    assert [record.message for record in caplog.records] == ["predicting (3)", "look here"]


def test_without_a_terminal_a_long_stage_says_a_line_a_minute(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = iter([0.0, 30.0, 61.0, 62.0, 130.0])
    monkeypatch.setattr("ontograft.pipeline.console.time.monotonic", lambda: next(clock))
    with TerminalReporter() as reporter, reporter.stage("predicting", 100) as progress:
        for _ in range(4):
            progress(10)
    assert capsys.readouterr().err.splitlines() == [
        "predicting: 20 of 100 (0.33/s, 0:04:04 left)",
        "predicting: 40 of 100 (0.31/s, 0:03:15 left)",
    ]
