# %% [markdown]
# # A small assignment, with everything that a lesson may hold

# %% task="add"
def add(a, b):
    ### BEGIN SOLUTION
    return a + b
    ### END SOLUTION


# %% check="check_add" points=2
assert add(1, 2) == 3
### BEGIN HIDDEN TESTS
assert add(-1, 1) == 0
### END HIDDEN TESTS
print("✓")


# %% task="double"
def double(a):
    ### BEGIN SOLUTION
    return 2 * a
    ### END SOLUTION


# %% check="check_double" points=3
assert double(4) == 8
print("✓")

# %% [markdown] answer="why" points=4
# ### BEGIN SOLUTION
# Because.
# ### END SOLUTION

# %% [markdown] verdict="under-8k" points=10
# Hand in `model.py` beside this notebook. The autograder grades it.
