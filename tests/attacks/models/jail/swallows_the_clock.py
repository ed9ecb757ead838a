"""Never ends, and catches whatever tries to stop it.

Seen: jobs stuck for hours. The parent kills what does not listen.
Expect: exit 3, the file was still running
"""

import signal

signal.signal(signal.SIGALRM, signal.SIG_IGN)
while True:
    try:
        while True:
            pass
    except BaseException:
        pass
