# %% wrong count: the biases are forgotten
# told: 10 biases
def count(widths, kernel=3):
    return sum(b * a * kernel * kernel for a, b in pairwise(widths))


# %% wrong count: the kernel is always 3 x 3
# told: use `kernel`
def count(widths, kernel=3):
    return sum(b * (a * 9 + 1) for a, b in pairwise(widths))


# %% wrong count: each pair of widths is taken twice
# told: expected 1920
def count(widths, kernel=3):
    return sum(b * (a * kernel**2 + 1) for a, b in [*pairwise(widths), *pairwise(widths[1:])])


# %% wrong count: the layers do not take what the one before makes
# told: takes 10 channels
def count(widths, kernel=3):
    return sum(b * (kernel * kernel + 1) for b in widths[1:])


# %% wrong count: the list is used up
# told: leave the list as it is
def count(widths, kernel=3):
    total, a = 0, widths.pop(0)
    while widths:
        b = widths.pop(0)
        total, a = total + b * (a * kernel**2 + 1), b
    return total


# %% wrong count: only one side of the kernel
# told: 10 kernels of 3 x 3
def count(widths, kernel=3):
    return sum(b * (a * kernel + 1) for a, b in pairwise(widths))


# %% wrong count: a layer too many
# told: stopped
def count(widths, kernel=3):
    return sum(widths[i + 1] * (widths[i] * kernel**2 + 1) for i in range(len(widths)))


# %% right count: numpy's
def count(widths, kernel=3):
    import numpy as np

    w = np.array(widths)
    return (w[1:] * (w[:-1] * kernel**2 + 1)).sum()


# %% right count: zip
def count(widths, kernel=3):
    return sum(b * a * kernel**2 + b for a, b in zip(widths, widths[1:]))


# %% right count: asks PyTorch
def count(widths, kernel=3):
    layers = nn.ModuleList(nn.Conv2d(a, b, kernel) for a, b in pairwise(widths))
    return sum(p.numel() for p in layers.parameters())


# %% wrong best_to_halve: the widest
# told: best_to_halve(
def best_to_halve(widths):
    inner = range(1, len(widths) - 1)
    return max(inner, key=lambda i: widths[i])


# %% wrong best_to_halve: the layer that stores most
# told: the layer that stores most is not the answer
def best_to_halve(widths):
    return max(range(1, len(widths) - 1), key=lambda i: widths[i - 1] * widths[i])


# %% wrong best_to_halve: the width itself
# told: return the place
def best_to_halve(widths):
    inner = range(1, len(widths) - 1)
    i = min(inner, key=lambda i: count([*widths[:i], widths[i] // 2, *widths[i + 1 :]]))
    return widths[i]


# %% wrong best_to_halve: how many are saved
# told: return the place
def best_to_halve(widths):
    inner = range(1, len(widths) - 1)
    left = [count([*widths[:i], widths[i] // 2, *widths[i + 1 :]]) for i in inner]
    return count(widths) - min(left)


# %% wrong best_to_halve: the list is changed
# told: change a copy
def best_to_halve(widths):
    left = {}
    for i in range(1, len(widths) - 1):
        widths[i] //= 2
        left[i] = count(widths)
    return min(left, key=left.get)


# %% wrong best_to_halve: the ends may be halved
# told: the ends are fixed
def best_to_halve(widths):
    places = range(len(widths))
    return min(places, key=lambda i: count([*widths[:i], widths[i] // 2, *widths[i + 1 :]]))


# %% wrong best_to_halve: the later of two equals
# told: the earlier one
def best_to_halve(widths):
    inner = reversed(range(1, len(widths) - 1))
    return min(inner, key=lambda i: count([*widths[:i], widths[i] // 2, *widths[i + 1 :]]))


# %% wrong best_to_halve: halves are not rounded
# told: halving rounds down
def best_to_halve(widths):
    inner = range(1, len(widths) - 1)
    return min(inner, key=lambda i: count([*widths[:i], widths[i] / 2, *widths[i + 1 :]]))


# %% wrong best_to_halve: the weights alone
# told: a bias less
def best_to_halve(widths):
    def weights(row):
        return sum(9 * a * b for a, b in pairwise(row))

    inner = range(1, len(widths) - 1)
    return min(inner, key=lambda i: weights([*widths[:i], widths[i] // 2, *widths[i + 1 :]]))


# %% wrong best_to_halve: a place too early
# told: best_to_halve([1, 8, 10])
def best_to_halve(widths):
    inner = range(1, len(widths) - 1)
    left = [count([*widths[:i], widths[i] // 2, *widths[i + 1 :]]) for i in inner]
    return left.index(min(left))


# %% right best_to_halve: numpy's argmin
def best_to_halve(widths):
    import numpy as np

    inner = range(1, len(widths) - 1)
    return 1 + np.argmin([count([*widths[:i], widths[i] // 2, *widths[i + 1 :]]) for i in inner])


# %% right best_to_halve: put back afterwards
def best_to_halve(widths):
    best, least = 0, count(widths) + 1
    for i in range(1, len(widths) - 1):
        kept = widths[i]
        widths[i] = kept // 2
        if count(widths) < least:
            best, least = i, count(widths)
        widths[i] = kept
    return best


# %% wrong mine: seven numbers
# told: how many numbers: expected 8, found 7
mine = [1, 8, 8, 16, 24, 16, 10]

# %% wrong mine: too narrow
# told: below 8, found one after conv5
mine = [1, 8, 8, 16, 24, 4, 12, 10]

# %% wrong mine: too many
# told: expected at most 12,000
mine = [1, 8, 16, 32, 64, 32, 16, 10]

# %% wrong mine: too few
# told: widen something
mine = [1, 8, 8, 8, 8, 8, 8, 10]

# %% wrong mine: halves of a map
# told: expected a whole number
mine = [1, 8, 8, 16, 24.5, 16, 12, 10]

# %% wrong mine: eleven scores
# told: ten scores out
mine = [1, 8, 8, 16, 24, 16, 12, 11]

# %% wrong mine: a text
# told: expected a list
mine = "1, 8, 8, 16, 24, 16, 12, 10"

# %% right mine: a tuple
mine = (1, 8, 8, 16, 24, 16, 12, 10)

# %% right mine: numpy's
import numpy as np

mine = np.array([1, 8, 10, 16, 22, 16, 12, 10])

# %% right mine: halved from EVERYWHERE
mine = [1, 8, 8, 16, 24, 16, 8, 10]
