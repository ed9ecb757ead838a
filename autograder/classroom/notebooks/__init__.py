"""A class with nbgrader: students' notebooks run in the jail, and verdicts become points."""
