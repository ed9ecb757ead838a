"""A class through nbgrader: students' notebooks run in a jail, verdicts become points."""
