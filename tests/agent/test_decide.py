from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from agent.decide import POINTLESS, Budgets, Result, Situation, decide
from agent.second_opinion import VETOED

CODES = st.sampled_from(["too_far", "not_facing", "vanish", "lost_person", "no_free_place"])
FAILED = st.builds(Result, st.sampled_from(["not_done", "error"]), CODES, st.just("check"))
ANY = st.one_of(
    FAILED,
    st.builds(Result, st.sampled_from(["done", "cannot_tell", "interrupted", "unsafe"]), CODES, st.just("check")),
)
SITUATIONS = st.builds(
    Situation,
    ANY,
    st.lists(CODES, max_size=4).map(tuple),
    st.booleans(),
    st.integers(0, 4),
    st.floats(0, 10_000),
    st.booleans(),
    st.booleans(),
)


@settings(max_examples=300, derandomize=True)
@given(SITUATIONS)
def test_the_iron_rules(situation):
    decision = decide(situation)
    kind = situation.result.kind
    assert (decision.do == "safety_stop") == (kind == "unsafe")
    if kind == "done":
        assert decision.do == "next"
    if situation.closed_loop and kind != "done":
        assert decision.do != "next", "only a verdict moves a closed loop on"
    if decision.do == "look":
        assert kind == "cannot_tell" and not situation.looked_again
    if decision.do == "retry" and kind != "interrupted":
        assert situation.failures.count(situation.result.code) == 0, "not a third time in the same way"
        assert len(situation.failures) < Budgets().attempts
        assert situation.result.code not in POINTLESS
        assert situation.seconds < Budgets().seconds
    if decision.do == "replan":
        assert situation.replans < Budgets().replans
    assert decision.why


def test_a_load_that_a_model_does_not_see_is_not_thrown_away_for_another_attempt():
    vetoed = Result("cannot_tell", VETOED)
    assert decide(Situation(vetoed, holding=True)).do == "look"
    assert decide(Situation(vetoed, looked_again=True, holding=True)).do == "ask"
    assert decide(Situation(vetoed, looked_again=True)).do == "retry"
    assert decide(Situation(Result("not_done", "not_lifted"), looked_again=True, holding=True)).do == "retry"


class Job(RuleBasedStateMachine):
    """Whatever happens, a subtask ends: done, with a person, or out of budget."""

    def __init__(self):
        super().__init__()
        self.failures, self.replans, self.looked, self.attempts, self.over = (), 0, False, 1, False

    @precondition(lambda self: not self.over)
    @rule(result=st.one_of(FAILED, st.just(Result("cannot_tell", "robot_not_seen"))))
    def fails(self, result):
        decision = decide(Situation(result, self.failures, self.looked, self.replans))
        if decision.do == "look":
            self.looked = True
            return
        self.looked = False
        if decision.do == "retry":
            self.failures = (*self.failures, result.code)
            self.attempts += 1
        elif decision.do == "replan":
            self.failures, self.replans, self.attempts = (), self.replans + 1, self.attempts + 1
        else:
            assert decision.do == "ask"
            self.over = True

    @precondition(lambda self: self.over)
    @rule()
    def a_person_answers(self):
        self.failures, self.replans, self.attempts, self.over = (), 0, 1, False

    @invariant()
    def bounded(self):
        budgets = Budgets()
        assert self.attempts <= budgets.attempts * (budgets.replans + 1)
        assert self.replans <= budgets.replans


TestJob = Job.TestCase
TestJob.settings = settings(max_examples=50, stateful_step_count=40, deadline=None, derandomize=True)
