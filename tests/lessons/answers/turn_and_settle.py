# %% wrong shift: plain slices that end at -0
# told: a slice that ends at -0 is empty
def shift(images, right, down):
    moved = torch.zeros_like(images)
    moved[:, down:, right:] = images[:, :-down, :-right]
    return moved


# %% wrong shift: right and down are swapped
# told: rows run down
def shift(images, right, down):
    padded = F.pad(images, (27, 27, 27, 27))
    return padded[:, 27 - right : 55 - right, 27 - down : 55 - down]


# %% wrong shift: the other way
# told: rows run down
def shift(images, right, down):
    padded = F.pad(images, (27, 27, 27, 27))
    return padded[:, 27 + down : 55 + down, 27 + right : 55 + right]


# %% wrong shift: rolled round
# told: must not come back on the left
def shift(images, right, down):
    return images.roll((down, right), (1, 2))


# %% wrong shift: slices that end at -0
# told: moved by nothing
def shift(images, right, down):
    moved = torch.zeros_like(images)
    moved[:, down:, right:] = (
        images[:, :-down, :-right] if right and down else images[:, :0, :0].sum()
    )
    if right and not down:
        moved = torch.zeros_like(images)
        moved[:, :, right:] = images[:, :, :-right]
    if down and not right:
        moved = torch.zeros_like(images)
        moved[:, down:] = images[:, :-down]
    return moved


# %% wrong shift: in place
# told: return new images
def shift(images, right, down):
    padded = F.pad(images, (27, 27, 27, 27))
    images.copy_(padded[:, 27 - down : 55 - down, 27 - right : 55 - right])
    return images


# %% wrong shift: the images grow
# told: expected (2, 28, 28)
def shift(images, right, down):
    return F.pad(images, (right, 0, down, 0))


# %% wrong shift: paper above and on the left alone
# told: on the right and below as well
def shift(images, right, down):
    return F.pad(images, (right, 0, down, 0))[:, :28, :28]


# %% wrong shift: room for four pixels
# told: stopped
def shift(images, right, down):
    padded = F.pad(images, (4, 4, 4, 4))
    moved = padded[:, 4 - down : 32 - down, 4 - right : 32 - right]
    return moved.reshape(len(images), 28, 28)


# %% wrong shift: negative moves do nothing
# told: goes to the left and up
def shift(images, right, down):
    right, down = max(0, right), max(0, down)
    padded = F.pad(images, (27, 27, 27, 27))
    return padded[:, 27 - down : 55 - down, 27 - right : 55 - right]


# %% right shift: a new tensor and four slices
def shift(images, right, down):
    moved = torch.zeros_like(images)
    rows, columns = 28 - abs(down), 28 - abs(right)
    to_row, to_column = max(0, down), max(0, right)
    row, column = max(0, -down), max(0, -right)
    part = images[:, row : row + rows, column : column + columns]
    moved[:, to_row : to_row + rows, to_column : to_column + columns] = part
    return moved


# %% right shift: pad with negative numbers
def shift(images, right, down):
    return F.pad(images, (right, -right, down, -down))


# %% wrong mild: pixels instead of shares
# told: a number from 0 to 1
mild = [{"name": "RandomAffine", "degrees": 9, "translate": (1.5, 1.5), "scale": (0.91, 1.09)}]

# %% wrong mild: percent instead of shares
# told: a share of the image's width
mild = [{"name": "RandomAffine", "degrees": 9, "translate": (0.015, 0.015), "scale": (0.91, 1.09)}]

# %% wrong mild: no scale
# told: 9% smaller is 0.91
mild = [
    {
        "name": "RandomAffine",
        "degrees": 9,
        "translate": (1.5 / 28, 1.5 / 28),
        "interpolation": "bilinear",
    }
]

# %% wrong mild: torn strokes
# told: tears thin strokes
mild = [
    {"name": "RandomAffine", "degrees": 9, "translate": (1.5 / 28, 1.5 / 28), "scale": (0.91, 1.09)}
]

# %% wrong mild: to one side
# told: 9 alone means from -9 to 9
mild = [
    {
        "name": "RandomAffine",
        "degrees": (0, 9),
        "translate": (1.5 / 28, 1.5 / 28),
        "scale": (0.91, 1.09),
        "interpolation": "bilinear",
    }
]

# %% wrong mild: only turned
# told: RandomAffine turns, shifts and scales
mild = [{"name": "RandomRotation", "degrees": 9, "interpolation": "bilinear"}]

# %% wrong mild: two transforms
# told: expected one transform
mild = [
    {"name": "RandomRotation", "degrees": 9, "interpolation": "bilinear"},
    {
        "name": "RandomAffine",
        "degrees": 0,
        "translate": (1.5 / 28, 1.5 / 28),
        "scale": (0.91, 1.09),
    },
]

# %% wrong mild: a slant too
# told: nobody asked for a slant
mild = [
    {
        "name": "RandomAffine",
        "degrees": 9,
        "translate": (1.5 / 28, 1.5 / 28),
        "scale": (0.91, 1.09),
        "shear": 9,
        "interpolation": "bilinear",
    }
]

# %% right mild: as dict() writes it
mild = [
    dict(
        name="RandomAffine",
        degrees=(-9, 9),
        translate=[0.0536, 0.0536],
        scale=[0.91, 1.09],
        interpolation="bilinear",
    )
]

# %% right mild: rounded, in a tuple
mild = (
    {
        "name": "RandomAffine",
        "degrees": 9.0,
        "translate": (0.054, 0.054),
        "scale": (0.91, 1.09),
        "interpolation": "bilinear",
        "shear": None,
    },
)


# %% wrong schedule: begins at 0
# told: the first step moves too
def schedule(steps, warm, peak):
    up = [peak * step / warm for step in range(warm)]
    return up + [peak * (steps - 1 - s) / (steps - warm) for s in range(warm, steps)]


# %% wrong schedule: the peak stands twice
# told: the last one is 0
def schedule(steps, warm, peak):
    up = [peak * (step + 1) / warm for step in range(warm)]
    return up + [peak * (steps - s) / (steps - warm) for s in range(warm, steps)]


# %% wrong schedule: one step too many
# told: one for each step
def schedule(steps, warm, peak):
    up = [peak * (step + 1) / warm for step in range(warm)]
    return up + [peak * (steps - s) / (steps - warm) for s in range(warm, steps + 1)]


# %% wrong schedule: halves instead of an even fall
# told: the last one is 0
def schedule(steps, warm, peak):
    up = [peak * (step + 1) / warm for step in range(warm)]
    return up + [peak / 2 ** (s - warm + 1) for s in range(warm, steps)]


# %% wrong schedule: reaches 0 and stays there
# told: evenly down
def schedule(steps, warm, peak):
    up = [peak * (step + 1) / warm for step in range(warm)]
    down = [max(0.0, peak * (1 - (s - warm + 1) / (steps - warm - 1))) for s in range(warm, steps)]
    return up + down


# %% wrong schedule: no warm steps
# told: the first rate
def schedule(steps, warm, peak):
    return [peak * (steps - 1 - s) / (steps - 1) for s in range(steps)]


# %% wrong schedule: always the same peak
# told: not always 8, 2 and 0.6
def schedule(steps, warm, peak):
    up = [0.6 * (step + 1) / warm for step in range(warm)]
    return up + [0.6 * (steps - 1 - s) / (steps - warm) for s in range(warm, steps)]


# %% wrong schedule: one rate
# told: expected a list of rates
def schedule(steps, warm, peak):
    return peak / warm


# %% wrong schedule: divided by one stair too few
# told: not always 8, 2 and 0.6
def schedule(steps, warm, peak):
    up = [peak * (step + 1) / warm for step in range(warm)]
    fall = steps - warm - 1 or 1
    if steps == 8:
        fall += 1
    return (
        up
        + [peak * (steps - 1 - s) / fall for s in range(warm, steps)][:-1]
        + [0.0]
        + [0.0] * (steps == 3)
    )


# %% right schedule: a tensor
def schedule(steps, warm, peak):
    up = peak * torch.arange(1, warm + 1) / warm
    return torch.cat([up, peak * torch.arange(steps - warm - 1, -1, -1) / (steps - warm)])


# %% right schedule: a list of tensors
def schedule(steps, warm, peak):
    up = [torch.tensor(peak * (step + 1) / warm) for step in range(warm)]
    return up + [torch.tensor(peak * s / (steps - warm)) for s in reversed(range(steps - warm))]


# %% right schedule: numpy's
def schedule(steps, warm, peak):
    import numpy as np

    up = np.linspace(peak / warm, peak, warm)
    return np.concatenate([up, np.linspace(peak, 0, steps - warm + 1)[1:]])
