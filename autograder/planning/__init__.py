"""A network before it is written: a line of words in, its sizes out, or a model.py.

    from autograder.planning import plan
    plan("c8 c12 p c16 c16 p c16 gap").parameters        # 7,578

It runs in the process that you start, with whole numbers alone: nothing here loads torch.
"""

from autograder.planning.planned import Plan as Plan
from autograder.planning.planned import plan as plan
