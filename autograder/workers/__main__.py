"""Where a worker starts: it is bound to its parent before it loads anything heavy.

Run as `python -m autograder.workers PARENT`, with the parent's process id.
"""

import sys

from autograder.workers import bonds

if __name__ == "__main__":
    bonds.bind(int(sys.argv[1]))

    from autograder.workers.worker import main  # loads torch, for seconds

    main()
