"""Failpoints break things when a test says so, and are nothing otherwise."""

import signal
import subprocess
import sys
import time

import pytest

from kernel.failpoints import FailpointRaised, arm, declared_in, failpoint, visits


@pytest.fixture(autouse=True)
def disarmed():
    yield
    arm("")


def test_an_unarmed_failpoint_does_nothing_and_counts_nothing():
    failpoint("deposit.after_gateway")

    assert visits() == {}


def test_an_armed_failpoint_raises_and_others_do_not():
    arm("deposit.after_gateway=raise")

    failpoint("deposit.before_gateway")
    with pytest.raises(FailpointRaised, match=r"deposit\.after_gateway"):
        failpoint("deposit.after_gateway")

    assert visits() == {"deposit.before_gateway": 1, "deposit.after_gateway": 1}


def test_an_order_may_wait_for_a_later_visit_and_then_act_once():
    arm("close.before_award=raise@2")

    failpoint("close.before_award")
    with pytest.raises(FailpointRaised):
        failpoint("close.before_award")
    failpoint("close.before_award")

    assert visits() == {"close.before_award": 3}


def test_a_failpoint_may_be_slow():
    arm("x=sleep:30,y=raise")
    before = time.monotonic()

    failpoint("x")

    assert time.monotonic() - before >= 0.03


def test_a_failpoint_may_kill_the_process_without_warning():
    program = (
        "from kernel.failpoints import arm, failpoint\n"
        "arm('deposit.after_gateway=kill9@2')\n"
        "try:\n"
        "    for number in range(3):\n"
        "        print(number, flush=True)\n"
        "        failpoint('deposit.after_gateway')\n"
        "finally:\n"
        "    print('never', flush=True)\n"
    )

    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)

    assert ended.returncode == -signal.SIGKILL
    assert ended.stdout.split() == ["0", "1"]


@pytest.mark.parametrize(
    "spec", ["x", "x=", "x=explode", "x=kill9@", "x=sleep", "x=sleep:99999", "X=raise", "x..y=raise", "x=raise;y"]
)
def test_an_order_that_is_not_understood_is_refused_and_changes_nothing(spec):
    arm("z=raise")

    with pytest.raises(ValueError, match="failpoint"):
        arm(spec)

    with pytest.raises(FailpointRaised):
        failpoint("z")


def test_the_names_in_the_source_can_be_listed(tmp_path):
    (tmp_path / "closing.py").write_text('failpoint("close.before_award")\nfailpoint("close.after_award")\n')
    (tmp_path / "desk.py").write_text('def f() -> None:\n    failpoint("close.before_award")\n')

    found = declared_in(tmp_path)

    assert set(found) == {"close.before_award", "close.after_award"}
    assert len(found["close.before_award"]) == 2


@pytest.mark.parametrize("source", ["failpoint(name)", "failpoint('Not A Name')", "failpoint('a', 'b')", "failpoint()"])
def test_a_failpoint_without_a_literal_name_is_found_out(tmp_path, source):
    (tmp_path / "closing.py").write_text(source)

    with pytest.raises(ValueError, match="literal name"):
        declared_in(tmp_path)
