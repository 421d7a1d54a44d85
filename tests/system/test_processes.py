"""Whether another process has ended."""

import subprocess
import sys
import threading

from wattfare_desktop.system.processes import OtherProcess

WAITS = [sys.executable, "-c", "input()"]


def test_it_is_waited_for() -> None:
    with subprocess.Popen(WAITS, stdin=subprocess.PIPE) as child:
        assert child.stdin is not None
        process = OtherProcess(child.pid)
        assert not process.ends_within(0.1)

        ending = threading.Timer(0.1, child.stdin.close)
        ending.start()

        # It ends, and nobody has looked after it yet: with us it has ended all the same.
        assert process.ends_within(20)
        assert child.returncode is None
        ending.join()


def test_one_that_was_gone_before_has_ended() -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as child:
        child.wait()

    assert OtherProcess(child.pid).ends_within(0)
