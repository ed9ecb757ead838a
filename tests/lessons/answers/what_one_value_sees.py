# %% wrong receptive_field: the jump is never multiplied
# told: two rows of the image apart
def receptive_field(plan):
    return 1 + sum(kernel - 1 for kernel, _, _ in plan)


# %% wrong receptive_field: the jump is multiplied too early
# told: a pool looks at two neighbours
def receptive_field(plan):
    sees, jump = 1, 1
    for kernel, stride, _ in plan:
        jump *= stride
        sees += (kernel - 1) * jump
    return sees


# %% wrong receptive_field: strides are added
# told: four rows apart
def receptive_field(plan):
    sees, jump = 1, 1
    for kernel, stride, _ in plan:
        sees += (kernel - 1) * jump
        jump += stride - 1
    return sees


# %% wrong receptive_field: padding is subtracted
# told: with padding or without
def receptive_field(plan):
    sees, jump = 1, 1
    for kernel, stride, padding in plan:
        sees += (kernel - 1 - 2 * padding) * jump
        jump *= stride
    return sees


# %% wrong receptive_field: never more than the image
# told: 28 is no limit
def receptive_field(plan):
    sees, jump = 1, 1
    for kernel, stride, _ in plan:
        sees += (kernel - 1) * jump
        jump *= stride
    return min(28, sees)


# %% wrong receptive_field: every kernel is 3
# told: a pool looks at two neighbours
def receptive_field(plan):
    sees, jump = 1, 1
    for _, stride, _ in plan:
        sees += 2 * jump
        jump *= stride
    return sees


# %% wrong receptive_field: every pool is 2 x 2
# told: 3 as well as 2
def receptive_field(plan):
    sees, jump = 1, 1
    for kernel, stride, _ in plan:
        sees += (kernel - 1) * jump
        jump *= 2 if stride > 1 else 1
    return sees


# %% wrong receptive_field: begins at 0
# told: a pixel sees itself
def receptive_field(plan):
    sees, jump = 0, 1
    for kernel, stride, _ in plan:
        sees += (kernel - 1) * jump
        jump *= stride
    return sees


# %% wrong receptive_field: no layer is not thought of
# told: a pixel sees itself
def receptive_field(plan):
    kernel, stride, _ = plan[0]
    sees, jump = kernel, stride
    for kernel, stride, _ in plan[1:]:
        sees += (kernel - 1) * jump
        jump *= stride
    return sees


# %% right receptive_field: from the last layer to the first
def receptive_field(plan):
    rows = 1
    for kernel, stride, _ in reversed(plan):
        rows = (rows - 1) * stride + kernel
    return rows


# %% right receptive_field: numpy's
def receptive_field(plan):
    import numpy as np

    kernels = np.array([kernel for kernel, _, _ in plan], dtype=int)
    strides = np.array([1, *(stride for _, stride, _ in plan)], dtype=int)
    return 1 + ((kernels - 1) * np.cumprod(strides)[:-1]).sum()


# %% wrong sides: padding is forgotten
# told: 30 rows, 28 places
def sides(plan, side=28):
    found = []
    for kernel, stride, _ in plan:
        side = (side - kernel) // stride + 1
        found.append(side)
    return found


# %% wrong sides: padding on one side only
# told: a row on each side
def sides(plan, side=28):
    found = []
    for kernel, stride, padding in plan:
        side = (side + padding - kernel) // stride + 1
        found.append(side)
    return found


# %% wrong sides: rounded up
# told: round down
def sides(plan, side=28):
    found = []
    for kernel, stride, padding in plan:
        side = -(-(side + 2 * padding - kernel) // stride) + 1
        found.append(side)
    return found


# %% wrong sides: divided too early
# told: add the place it started from
def sides(plan, side=28):
    found = []
    for kernel, stride, padding in plan:
        side = (
            (side + 2 * padding - kernel + 1) // stride
            if stride > 1
            else side + 2 * padding - kernel + 1
        )
        found.append(side)
    return found


# %% wrong sides: only the last one
# told: a list of whole numbers, one after each layer
def sides(plan, side=28):
    for kernel, stride, padding in plan:
        side = (side + 2 * padding - kernel) // stride + 1
    return side


# %% wrong sides: the image as well
# told: expected [26]
def sides(plan, side=28):
    found = [side]
    for kernel, stride, padding in plan:
        found.append((found[-1] + 2 * padding - kernel) // stride + 1)
    return found


# %% wrong sides: floats
# told: a list of whole numbers
def sides(plan, side=28):
    found = []
    for kernel, stride, padding in plan:
        side = (side + 2 * padding - kernel) / stride + 1
        found.append(side)
    return found


# %% wrong sides: the image is always 28
# told: and not always 28
def sides(plan, side=28):
    side, found = 28, []
    for kernel, stride, padding in plan:
        side = (side + 2 * padding - kernel) // stride + 1
        found.append(side)
    return found if found != [28] else [28]


# %% right sides: a tuple
def sides(plan, side=28):
    if not plan:
        return ()
    kernel, stride, padding = plan[0]
    side = (side + 2 * padding - kernel) // stride + 1
    return (side, *sides(plan[1:], side))


# %% right sides: asks PyTorch
def sides(plan, side=28):
    x, found = torch.zeros(1, 1, side, side), []
    for kernel, stride, padding in plan:
        x = nn.Conv2d(1, 1, kernel, stride, padding)(x)
        found.append(x.shape[2])
    return found


# %% right sides: numpy's numbers
def sides(plan, side=28):
    import numpy as np

    found = np.zeros(len(plan), dtype=int)
    for place, (kernel, stride, padding) in enumerate(plan):
        side = (side + 2 * padding - kernel) // stride + 1
        found[place] = side
    return found


# %% wrong mended: a pool at once
# told: two convolutions before the first pool
mended = [POOL, CONV, CONV, PADDED, PADDED, POOL, PADDED, PADDED, POOL, CONV]

# %% wrong mended: eight convolutions
# told: how many convolutions
mended = [CONV, CONV, POOL, PADDED, PADDED, PADDED, POOL, PADDED, PADDED, POOL, CONV]

# %% wrong mended: the last map is 3 x 3
# told: expected a last map of 1 x 1
mended = [CONV, CONV, POOL, PADDED, PADDED, POOL, PADDED, PADDED, POOL, PADDED]

# %% wrong mended: pooled away
# told: too small for it
mended = [CONV, CONV, POOL, POOL, POOL, POOL, CONV, CONV, CONV, CONV, CONV]

# %% wrong mended: too much work
# told: pool earlier
mended = [PADDED, PADDED, PADDED, PADDED, PADDED, POOL, POOL, PADDED, POOL, CONV]

# %% wrong mended: names in quotes
# told: without quotes
mended = ["CONV", "CONV", "POOL", "PADDED", "PADDED", "POOL", "PADDED", "PADDED", "POOL", "CONV"]

# %% wrong mended: a kernel of its own
# told: no layer of your own
mended = [CONV, CONV, POOL, (5, 1, 2), PADDED, POOL, PADDED, PADDED, POOL, CONV]

# %% right mended: a tuple of lists
mended = ([3, 1, 0], [3, 1, 0], [2, 2, 0], [3, 1, 1], [3, 1, 1], [2, 2, 0]) + (
    [3, 1, 1],
    [3, 1, 1],
    [2, 2, 0],
    [3, 1, 0],
)

# %% right mended: another plan
mended = [CONV, CONV, POOL, PADDED, POOL, PADDED, PADDED, PADDED, POOL, CONV]
