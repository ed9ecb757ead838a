"""Takes the grader's timer away, waits, and would have all the time there is.

Expect: exit 3, the file was still running
"""

import signal
import time

signal.setitimer(signal.ITIMER_REAL, 0)
signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
while True:
    time.sleep(1000)
