import errno
import json
import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.journal import Journal, read_events


def test_events_come_back_in_order(tmp_path):
    journal = Journal(tmp_path / "journal.jsonl")
    for i in range(5):
        journal.write("step", number=i)
    assert [e["number"] for e in read_events(tmp_path / "journal.jsonl")] == list(range(5))


def test_a_key_is_written_once_also_by_another_process(tmp_path):
    first = Journal(tmp_path / "journal.jsonl").write("done", key="a", value=1)
    again = Journal(tmp_path / "journal.jsonl").write("done", key="a", value=2)
    assert again == first
    assert len(list(read_events(tmp_path / "journal.jsonl"))) == 1


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.integers(0, 400))
def test_cut_off_anywhere_what_was_whole_is_kept_and_writing_goes_on(tmp_path_factory, cut):
    path = tmp_path_factory.mktemp("j") / "journal.jsonl"
    journal = Journal(path)
    for i in range(6):
        journal.write("step", number=i, text="é\n" * i)
    data = path.read_bytes()[:cut]
    path.write_bytes(data)
    whole = data.count(b"\n")
    resumed = Journal(path)
    assert [e["number"] for e in resumed.events] == list(range(whole))
    resumed.write("step", number=99)
    assert [e["number"] for e in read_events(path)] == [*range(whole), 99]
    for line in path.read_text().splitlines():
        json.loads(line)


def test_a_full_disk_leaves_the_journal_as_it_was(tmp_path, monkeypatch):
    path = tmp_path / "journal.jsonl"
    journal = Journal(path)
    journal.write("step", number=0)
    before = path.read_bytes()

    def full(fd):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        journal.write("step", number=1)
    assert path.read_bytes() == before
    assert len(journal.events) == 1


def test_numbers_that_json_does_not_know_are_refused(tmp_path):
    with pytest.raises(ValueError, match="not JSON compliant"):
        Journal(tmp_path / "journal.jsonl").write("step", value=float("nan"))
