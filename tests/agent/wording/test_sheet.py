"""prompt.md, there and back, and what a person is told who breaks a rule: the line and what is wanted."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from wordings import asked, kitchen

from agent.wording.proposal import Row, checked
from agent.wording.sheet import read_sheet, sheet
from exoactor.types import ConfigError, Wording

POINT = asked("point_at", target="red_chair")
PLAIN = sheet(POINT, POINT.actions, Wording.of(POINT.actions))
MOTION = "2. The person points at the red chair with the right arm"
HOW = "(right arm straight, held for about 2 s, then lowered)"


def edited(*changes, text=PLAIN):
    for before, after in changes:
        assert text.count(before) == 1, before
        text = text.replace(before, after)
    return text


def refused(text, of=POINT):
    with pytest.raises(ConfigError) as caught:
        read_sheet(text, of, of.actions, "prompt.md")
    return str(caught.value)


def test_untouched_it_says_what_the_skill_says():
    draft = read_sheet(PLAIN, POINT, POINT.actions)
    assert draft.wording == Wording(Wording.of(POINT.actions).steps, by="person") and draft.actions == POINT.actions


def test_words_pieces_settings_end_and_mishaps_are_taken():
    text = edited(
        ("seconds: 3.5, side: right", "seconds: 5, side: left"),
        (
            f"{MOTION} {HOW}.",
            "2a. The person raises the left arm slowly (from the side).\n"
            f"2b. The person points at the red chair with one finger (calmly; {HOW[1:]}.",
        ),
        ("unless a step uses them.", "unless a step uses them. What must not happen: stumbling; leaning back."),
        ("stands upright, both arms hanging,", "stands facing the red chair"),
    )
    draft = read_sheet(text, POINT, POINT.actions)
    assert (draft.actions[1].seconds, draft.actions[1].side) == (5.0, "left")
    assert [(p.text, p.manner) for p in draft.wording.steps[1]] == [
        ("raises the left arm slowly", "from the side"),
        ("points at the red chair with one finger", "calmly"),
    ]
    assert draft.wording.end == "stands facing the red chair" and draft.wording.avoid == ("stumbling", "leaning back")
    again = sheet(POINT, draft.actions, draft.wording)
    assert "(calmly; left arm straight, held for about 4 s, then lowered)" in again
    assert read_sheet(again, POINT, draft.actions) == draft


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ([("one continuous shot", "panning slowly")], "prompt.md:5: Shot cannot be changed"),
        ([("- a red chair", "- a green chair")], "Scene cannot be changed"),
        ([("## Motion", "## Movement")], "'Movement' given, the heading 'Motion' wanted"),
        ([("## Shot", "## Shot\n\n## Light")], "'Light' given, the heading 'Scene' wanted"),
        ([("## Shot", "Hello\n## Shot")], "prompt.md:4: before the heading 'Shot' nothing is said"),
        ([("1. The person", "1. A person")], "a line is '1. The person walks ... (manner).'"),
        ([("1. The person turns", "3. The person turns")], "an action is of no step"),
        ([("Stand still for half a second first.", "")], "only what must not happen can be added at the end"),
        ([("unless a step uses them.", "unless a step uses them. Be quick.")], "only what must not happen can be"),
        (
            [(" and holds still for half a second.", ".")],
            "'The person ... and holds still for half a second.' is wanted",
        ),
        ([("seconds: 3.5", "seconds: 60")], "prompt.md:2: '60' given, a number in 3.5..6.5 wanted"),
        ([("side: right", "side: up")], "'up' given, one of left, right wanted"),
        ([("{seconds", "{speed: 2, seconds")], "unknown key 'speed', allowed are seconds, side"),
        ([("2: {", "1: {")], "unknown key '1', allowed are 2"),
        ([("side: right}", "side: right")], "not YAML"),
        ([("---\n## Shot", "## Shot")], "the line '---' behind what is set is missing"),
        ([("side: right", "side: left")], "this is done with the left hand"),
        ([("points at the red chair with", "points at the sofa with")], "'sofa': no words for a point"),
        ([("points at the red chair with", "points at the red chair, {{ x }} with")], "must not be in it"),
        ([("held for about 2 s", "held for about 9 s")], "'9' must not be in it"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(changes, says):
    assert says in refused(edited(*changes))


def test_all_that_is_wrong_is_said_at_once_and_a_line_is_the_files_own():
    text = edited((MOTION, "2. The person waves"), ("stands upright, both arms hanging,", "sits down"))
    message = refused(text)
    line = next(n for n, told in enumerate(text.splitlines(), 1) if "waves" in told)
    assert f"prompt.md:{line}: 'waves': no words for a point" in message
    assert f"prompt.md:{len(text.splitlines())}: 'sits'" in message


def test_a_step_left_out_and_an_empty_file_are_refused():
    line = next(line for line in PLAIN.splitlines() if line.startswith("1. "))
    assert "step 1 is left out" in refused(edited((line + "\n", "")))
    assert "the heading 'Shot' is missing" in refused("")
    assert "characters, at most" in refused("x" * 30_000)


def test_windows_line_ends_are_no_change():
    assert read_sheet(PLAIN.replace("\n", "\r\n"), POINT, POINT.actions).actions == POINT.actions


WIPE = asked("wipe", kitchen(), surface="table")
WALKS = st.sampled_from(["walks up to the table", "takes a few steps to the table", "stops close to the table"])
WIPES = st.sampled_from(["lays the left palm on the table", "wipes the table", "slides the palm from side to side"])
MANNERS = st.sampled_from(["", "calmly", "with even steps", "arms relaxed; eyes ahead"])
ROWS = st.tuples(
    st.lists(st.builds(Row, st.just(1), WALKS, MANNERS), min_size=1, max_size=4),
    st.lists(st.builds(Row, st.just(2), WIPES, MANNERS), min_size=1, max_size=4),
)


@settings(max_examples=60, deadline=None)
@given(
    ROWS,
    st.integers(4, 6),
    st.sampled_from(["", "stands beside the table"]),
    st.lists(st.sampled_from(["stumbling", "touching the can"]), max_size=3),
)
def test_what_was_written_reads_back_as_it_was(rows, strokes, end, avoid):
    draft = checked(WIPE, [*rows[0], *rows[1]], {2: {"strokes": strokes}}, end, avoid, "person")
    if draft.problems:
        return
    assert read_sheet(sheet(WIPE, draft.actions, draft.wording), WIPE, draft.actions) == draft


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=300), st.integers(0, len(PLAIN)))
def test_no_file_whatever_breaks_the_reading(text, at):
    try:
        draft = read_sheet(PLAIN[:at] + text + PLAIN[at:], POINT, POINT.actions)
    except ConfigError:
        return
    assert draft.problems == ()
