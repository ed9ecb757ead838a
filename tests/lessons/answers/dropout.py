# %% wrong gap: a share instead of percentage points
# told: a point is one percent
def gap(epochs, last=3):
    taken = epochs[-last:]
    return sum(
        e["train_correct"] / e["train_total"] - e["test_correct"] / e["test_total"] for e in taken
    ) / len(taken)


# %% wrong gap: divided by three, whatever there is
# told: expected 2, found 0.6666667
def gap(epochs, last=3):
    gaps = [
        100 * (e["train_correct"] / e["train_total"] - e["test_correct"] / e["test_total"])
        for e in epochs[-last:]
    ]
    return sum(gaps) / last


# %% wrong gap: all epochs
# told: only the last three count
def gap(epochs, last=3):
    gaps = [
        100 * (e["train_correct"] / e["train_total"] - e["test_correct"] / e["test_total"])
        for e in epochs
    ]
    return sum(gaps) / len(gaps)


# %% wrong gap: always three
# told: use `last`
def gap(epochs, last=3):
    gaps = [
        100 * (e["train_correct"] / e["train_total"] - e["test_correct"] / e["test_total"])
        for e in epochs[-3:]
    ]
    return sum(gaps) / len(gaps)


# %% wrong gap: without its sign
# told: no abs()
def gap(epochs, last=3):
    gaps = [
        100 * abs(e["train_correct"] / e["train_total"] - e["test_correct"] / e["test_total"])
        for e in epochs[-last:]
    ]
    return sum(gaps) / len(gaps)


# %% wrong gap: an epoch taken for an object
# told: an epoch is a dictionary
def gap(epochs, last=3):
    gaps = [
        100 * (e.train_correct / e.train_total - e.test_correct / e.test_total)
        for e in epochs[-last:]
    ]
    return sum(gaps) / len(gaps)


# %% wrong gap: counts are added up first
# told: do not add up counts first
def gap(epochs, last=3):
    taken = epochs[-last:]
    train = sum(e["train_correct"] for e in taken) / sum(e["train_total"] for e in taken)
    test = sum(e["test_correct"] for e in taken) / sum(e["test_total"] for e in taken)
    return 100 * (train - test)


# %% wrong gap: the same total for both
# told: expected 2, found -95
def gap(epochs, last=3):
    gaps = [
        100 * (e["train_correct"] - e["test_correct"]) / e["train_total"] for e in epochs[-last:]
    ]
    return sum(gaps) / len(gaps)


# %% wrong gap: the last epoch alone
# told: the gaps are 2, 0.5 and 6
def gap(epochs, last=3):
    e = epochs[-1]
    return 100 * (e["train_correct"] / e["train_total"] - e["test_correct"] / e["test_total"])


# %% right gap: numpy's mean
def gap(epochs, last=3):
    import numpy as np

    share = lambda e, kind: e[f"{kind}_correct"] / e[f"{kind}_total"]
    return 100 * np.mean([share(e, "train") - share(e, "test") for e in epochs[-last:]])


# %% right gap: a tensor of one number
def gap(epochs, last=3):
    gaps = [
        e["train_correct"] / e["train_total"] - e["test_correct"] / e["test_total"]
        for e in epochs[-last:]
    ]
    return 100 * torch.tensor(gaps, dtype=torch.float64).mean()


# %% right gap: two means
def gap(epochs, last=3):
    taken = epochs[-last:]
    train = sum(e["train_correct"] / e["train_total"] for e in taken) / len(taken)
    test = sum(e["test_correct"] / e["test_total"] for e in taken) / len(taken)
    return 100 * (train - test)


# %% wrong dropout: the scale is missing
# told: what makes their mean 1 again?
def dropout(x, p, training):
    if not training:
        return x
    return x * (torch.rand_like(x) >= p)


# %% wrong dropout: divided by p
# told: what makes their mean 1 again?
def dropout(x, p, training):
    if not training:
        return x
    return x * (torch.rand_like(x) >= p) / p


# %% wrong dropout: the others are dropped
# told: the ones to drop
def dropout(x, p, training):
    if not training:
        return x
    return x * (torch.rand_like(x) < p) / p


# %% wrong dropout: in use as well
# told: in use, return what came in
def dropout(x, p, training):
    return x * (torch.rand_like(x) >= p) / (1 - p)


# %% wrong dropout: scaled in use
# told: in use, return what came in
def dropout(x, p, training):
    if not training:
        return x * (1 - p)
    return x * (torch.rand_like(x) >= p)


# %% wrong dropout: the same places in all images
# told: chances of its own
def dropout(x, p, training):
    if not training:
        return x
    return x * (torch.rand_like(x[0]) >= p) / (1 - p)


# %% wrong dropout: whole images
# told: chances of its own
def dropout(x, p, training):
    if not training:
        return x
    kept = torch.rand(len(x), *[1] * (x.dim() - 1)) >= p
    return x * kept / (1 - p)


# %% wrong dropout: always the same places
# told: draw anew at each call
def dropout(x, p, training):
    if not training:
        return x
    generator = torch.Generator().manual_seed(0)
    return x * (torch.rand(x.shape, generator=generator) >= p) / (1 - p)


# %% wrong dropout: in place
# told: do not change x in place
def dropout(x, p, training):
    if not training:
        return x
    with torch.no_grad():
        x[torch.rand_like(x) < p] = 0
    return x / (1 - p)


# %% wrong dropout: detached
# told: no detach()
def dropout(x, p, training):
    if not training:
        return x
    return (x * (torch.rand_like(x) >= p) / (1 - p)).detach()


# %% right dropout: PyTorch's own
def dropout(x, p, training):
    return F.dropout(x, p, training)


# %% right dropout: bernoulli
def dropout(x, p, training):
    if not training:
        return x
    return x * torch.bernoulli(torch.full_like(x, 1 - p)) / (1 - p)


# %% right dropout: where
def dropout(x, p, training):
    return torch.where(torch.rand_like(x) < p, 0.0, x / (1 - p)) if training else x.clone()


# %% wrong count_in_use: eval() is forgotten
# told: eval() switches dropout off
def count_in_use(network, x, labels):
    with torch.no_grad():
        return int((network(x).argmax(1) == labels).sum())


# %% wrong count_in_use: left in use
# told: put back the mode
def count_in_use(network, x, labels):
    network.eval()
    with torch.no_grad():
        return int((network(x).argmax(1) == labels).sum())


# %% wrong count_in_use: always back to training
# told: a network that was in use is left in training mode
def count_in_use(network, x, labels):
    network.eval()
    with torch.no_grad():
        right = int((network(x).argmax(1) == labels).sum())
    network.train()
    return right


# %% wrong count_in_use: a share
# told: a count, no share
def count_in_use(network, x, labels):
    mode = network.training
    network.eval()
    with torch.no_grad():
        right = (network(x).argmax(1) == labels).float().mean()
    network.train(mode)
    return right.item()


# %% wrong count_in_use: looks once in training mode
# told: BatchNorm keeps something
def count_in_use(network, x, labels):
    mode = network.training
    with torch.no_grad():
        network(x)
        network.eval()
        right = int((network(x).argmax(1) == labels).sum())
    network.train(mode)
    return right


# %% wrong count_in_use: how many there are
# told: labels that are all one off
def count_in_use(network, x, labels):
    return len(labels)


# %% right count_in_use: a tensor of one number
def count_in_use(network, x, labels):
    mode = network.training
    network.eval()
    right = (network(x).detach().argmax(1) == labels).sum()
    network.train(mode)
    return right


# %% right count_in_use: a copy is asked
def count_in_use(network, x, labels):
    import copy

    with torch.inference_mode():
        return (copy.deepcopy(network).eval()(x).argmax(1) == labels).sum().item()
