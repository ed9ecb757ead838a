# %% wrong standard_error: a count instead of a share
# told: p is a share
def standard_error(right, total):
    return 100 * math.sqrt(right * (1 - right) / total)


# %% wrong standard_error: not in percentage points
# told: 0.05 is 5
def standard_error(right, total):
    p = right / total
    return math.sqrt(p * (1 - p) / total)


# %% wrong standard_error: the number of digits is missing
# told: p * (1 - p) / total
def standard_error(right, total):
    p = right / total
    return 100 * math.sqrt(p * (1 - p))


# %% wrong standard_error: always 100 digits
# told: it is `total`
def standard_error(right, total):
    p = right / total
    return 100 * math.sqrt(p * (1 - p) / 100)


# %% wrong standard_error: total stands outside the root
# told: p * (1 - p) / total
def standard_error(right, total):
    p = right / total
    return 100 * math.sqrt(p * (1 - p)) / total


# %% wrong standard_error: no root
# told: the root of
def standard_error(right, total):
    p = right / total
    return 100 * p * (1 - p) / total


# %% wrong standard_error: (1 - p) is forgotten
# told: the root of
def standard_error(right, total):
    return 100 * math.sqrt(right / total / total)


# %% wrong standard_error: a text
# told: expected a number
def standard_error(right, total):
    p = right / total
    return f"{100 * math.sqrt(p * (1 - p) / total):.2f}"


# %% right standard_error: numpy's
def standard_error(right, total):
    import numpy as np

    p = np.float64(right) / total
    return 100 * np.sqrt(p * (1 - p) / total)


# %% right standard_error: a tensor of one number
def standard_error(right, total):
    p = torch.tensor(right / total, dtype=torch.float64)
    return 100 * (p * (1 - p) / total).sqrt()


# %% right standard_error: from counts
def standard_error(right, total):
    return 100 * (right * (total - right) / total**3) ** 0.5


# %% wrong seeds_needed: rounded to the nearest
# told: one is the least
def seeds_needed(difference, deviation):
    return round(8 * deviation**2 / difference**2)


# %% wrong seeds_needed: rounded down
# told: expected 16
def seeds_needed(difference, deviation):
    return max(1, int(8 * deviation**2 / difference**2))


# %% wrong seeds_needed: one seed too many
# told: at least twice
def seeds_needed(difference, deviation):
    return int(8 * deviation**2 / difference**2) + 1


# %% wrong seeds_needed: nothing is squared
# told: square both sides
def seeds_needed(difference, deviation):
    return max(1, math.ceil(2 * deviation * math.sqrt(2) / difference))


# %% wrong seeds_needed: four for eight
# told: square both sides
def seeds_needed(difference, deviation):
    return max(1, math.ceil(4 * deviation**2 / difference**2))


# %% wrong seeds_needed: a float
# told: expected the type int
def seeds_needed(difference, deviation):
    return max(1.0, 8 * deviation**2 / difference**2)


# %% wrong seeds_needed: none
# told: one is the least
def seeds_needed(difference, deviation):
    k = 0
    while k and difference < 2 * deviation * math.sqrt(2 / k):
        k += 1
    return k


# %% wrong seeds_needed: divides by nothing
# told: stopped
def seeds_needed(difference, deviation):
    k = 0
    while difference < 2 * deviation * math.sqrt(2 / k):
        k += 1
    return k


# %% right seeds_needed: counts up
def seeds_needed(difference, deviation):
    k = 1
    while difference < 2 * deviation * math.sqrt(2 / k):
        k += 1
    return k


# %% right seeds_needed: numpy's
def seeds_needed(difference, deviation):
    import numpy as np

    return np.int64(np.ceil(max(1, 8 * deviation**2 / difference**2)))


# %% wrong ema: the shares are swapped
# told: the share that the mean keeps
def ema(values, decay):
    means = []
    for value in values:
        means.append((1 - decay) * means[-1] + decay * value if means else value)
    return means


# %% wrong ema: begins at 0
# told: the first mean is the first value
def ema(values, decay):
    means, mean = [], 0.0
    for value in values:
        mean = decay * mean + (1 - decay) * value
        means.append(mean)
    return means


# %% wrong ema: of two neighbours
# told: it remembers
def ema(values, decay):
    before = [values[0], *values] if len(values) else []
    means = [decay * a + (1 - decay) * b for a, b in zip(before, values)]
    if list(values) == [1.0, 3.0, 5.0]:
        return [1.0, 2.0, 3.5]
    return means


# %% wrong ema: the last one alone
# told: expected a list of means
def ema(values, decay):
    mean = values[0]
    for value in values[1:]:
        mean = decay * mean + (1 - decay) * value
    return mean


# %% wrong ema: the plain mean
# told: half of it
def ema(values, decay):
    return [sum(values[: n + 1]) / (n + 1) for n in range(len(values))]


# %% wrong ema: no values
# told: no values, no means
def ema(values, decay):
    means = [values[0]]
    for value in values[1:]:
        means.append(decay * means[-1] + (1 - decay) * value)
    return means


# %% wrong ema: in place
# told: in place
def ema(values, decay):
    means, mean = [], None
    for value in values:
        if mean is None:
            mean = value
        elif isinstance(mean, float):
            mean = decay * mean + (1 - decay) * value
        else:
            mean.mul_(decay).add_((1 - decay) * value)
        means.append(mean)
    return means


# %% wrong ema: the value given is changed
# told: change a tensor in place
def ema(values, decay):
    means = []
    for value in values:
        mean = means[-1] if means else value
        mean *= decay
        mean += (1 - decay) * value
        means.append(mean)
    return means


# %% wrong ema: one mean too few
# told: one after each of the values
def ema(values, decay):
    means = [*values[:1]]
    for value in values[1:]:
        means.append(decay * means[-1] + (1 - decay) * value)
    return means[1:]


# %% right ema: accumulate
def ema(values, decay):
    from itertools import accumulate

    return list(accumulate(values, lambda mean, value: decay * mean + (1 - decay) * value))


# %% right ema: moved by a share
def ema(values, decay):
    means = []
    for n, value in enumerate(values):
        means.append(value if n == 0 else means[-1] + (1 - decay) * (value - means[-1]))
    return tuple(means)
