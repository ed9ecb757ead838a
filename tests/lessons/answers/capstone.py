# %% wrong net: too many parameters
# told: the most is in
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Conv2d(1, 16, 3)
        self.b = nn.Conv2d(16, 32, 3)
        self.c = nn.Conv2d(32, 32, 3)
        self.head = nn.Conv2d(32, 10, 1)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.b(F.max_pool2d(F.relu(self.a(x)), 2))), 2)
        return self.head(F.adaptive_avg_pool2d(F.relu(self.c(x)), 1)).flatten(1)


# %% wrong net: a dense layer
# told: expected no dense layer
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Conv2d(1, 8, 3)
        self.b = nn.Conv2d(8, 8, 3)
        self.head = nn.Linear(8 * 5 * 5, 10)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.b(F.max_pool2d(F.relu(self.a(x)), 2))), 2)
        return self.head(x.flatten(1))


# %% wrong net: a 1 x 1 convolution and a mean
# told: before the mean
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.head = nn.Conv2d(1, 10, 1)

    def forward(self, x):
        return F.adaptive_avg_pool2d(self.head(x), 1).flatten(1)


# %% wrong net: two layers and a mean see too little
# told: found 5
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b = nn.Conv2d(1, 8, 3), nn.Conv2d(8, 16, 3)
        self.head = nn.Conv2d(16, 10, 1)

    def forward(self, x):
        x = F.relu(self.b(F.relu(self.a(x))))
        return self.head(x.mean((2, 3), keepdim=True)).flatten(1)


# %% wrong net: not flattened
# told: flatten(1) leaves (N, 10)
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b = nn.Conv2d(1, 8, 5, 2), nn.Conv2d(8, 16, 5, 2)
        self.head = nn.Conv2d(16, 10, 4)

    def forward(self, x):
        return self.head(F.relu(self.b(F.relu(self.a(x)))))


# %% wrong net: squeeze()
# told: not squeeze()
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b = nn.Conv2d(1, 8, 5, 2), nn.Conv2d(8, 8, 5, 2)
        self.c = nn.Conv2d(8, 16, 3)
        self.head = nn.Conv2d(16, 10, 1)

    def forward(self, x):
        x = F.relu(self.c(F.relu(self.b(F.relu(self.a(x))))))
        return self.head(F.adaptive_avg_pool2d(x, 1)).squeeze()


# %% wrong net: a layer that is not used
# told: unused
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b = nn.Conv2d(1, 8, 5, 2), nn.Conv2d(8, 8, 5, 2)
        self.c = nn.Conv2d(8, 16, 3)
        self.spare = nn.Conv2d(8, 8, 3)
        self.head = nn.Conv2d(16, 10, 1)

    def forward(self, x):
        x = F.relu(self.c(F.relu(self.b(F.relu(self.a(x))))))
        return self.head(F.adaptive_avg_pool2d(x, 1)).flatten(1)


# %% wrong net: images that know each other
# told: the other images
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b = nn.Conv2d(1, 8, 5, 2), nn.Conv2d(8, 8, 5, 2)
        self.c = nn.Conv2d(8, 16, 3)
        self.head = nn.Conv2d(16, 10, 1)

    def forward(self, x):
        x = F.relu(self.c(F.relu(self.b(F.relu(self.a(x))))))
        x = x - x.mean(0, keepdim=True)
        return self.head(F.adaptive_avg_pool2d(x, 1)).flatten(1)


# %% wrong net: shapes that do not fit
# told: follow the shape
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b = nn.Conv2d(1, 8, 3), nn.Conv2d(16, 16, 3)

    def forward(self, x):
        return self.b(self.a(x)).mean((2, 3))


# %% right net: a kernel as large as its map
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b = nn.Conv2d(1, 8, 5, 2), nn.Conv2d(8, 12, 5, 2)
        self.head = nn.Conv2d(12, 10, 4)

    def forward(self, x):
        return self.head(F.relu(self.b(F.relu(self.a(x))))).flatten(1)


# %% right net: that of luck and skill
class Net(nn.Sequential):
    def __init__(self):
        def block(a, b):
            return [nn.Conv2d(a, b, 3, bias=False), nn.BatchNorm2d(b), nn.ReLU()]

        super().__init__(
            *[*block(1, 8), *block(8, 12), nn.MaxPool2d(2)],
            *[*block(12, 16), *block(16, 16), nn.MaxPool2d(2), *block(16, 16)],
            *[nn.AdaptiveAvgPool2d(1), nn.Conv2d(16, 10, 1), nn.Flatten()],
        )


# %% wrong choose: tries them on the test set
# told: not on digits
def choose(recipes, digits, trial, count):
    right = {name: trial(digits, recipe) for name, recipe in recipes.items()}
    return max(right, key=right.get)


# %% wrong choose: holds out always as many
# told: images to train on
def choose(recipes, digits, trial, count):
    split = digits.hold_out(10)
    right = {name: trial(split, recipe) for name, recipe in recipes.items()}
    return max(right, key=right.get)


# %% wrong choose: the recipe instead of its name
# told: return the name
def choose(recipes, digits, trial, count):
    split = digits.hold_out(count)
    return max(recipes.values(), key=lambda recipe: trial(split, recipe))


# %% wrong choose: the count instead of the name
# told: return the name
def choose(recipes, digits, trial, count):
    split = digits.hold_out(count)
    return max(trial(split, recipe) for recipe in recipes.values())


# %% wrong choose: the one that reads fewest
# told: reads most
def choose(recipes, digits, trial, count):
    split = digits.hold_out(count)
    right = {name: trial(split, recipe) for name, recipe in recipes.items()}
    return min(right, key=right.get)


# %% wrong choose: the last of equals
# told: of equal recipes the first
def choose(recipes, digits, trial, count):
    split, best, most = digits.hold_out(count), None, -1
    for name, recipe in recipes.items():
        right = trial(split, recipe)
        if right >= most:
            best, most = name, right
    return best


# %% wrong choose: nothing where none is read
# told: begin with the first recipe
def choose(recipes, digits, trial, count):
    split, best, most = digits.hold_out(count), None, 0
    for name, recipe in recipes.items():
        right = trial(split, recipe)
        if right > most:
            best, most = name, right
    return best


# %% wrong choose: trains each twice
# told: once for each recipe
def choose(recipes, digits, trial, count):
    split, best = digits.hold_out(count), None
    for name, recipe in recipes.items():
        if best is None or trial(split, recipe) > trial(split, recipes[best]):
            best = name
    return best


# %% right choose: a loop
def choose(recipes, digits, trial, count):
    split = digits.hold_out(count)
    best, most = None, None
    for name in recipes:
        right = trial(split, recipes[name])
        if most is None or right > most:
            best, most = name, right
    return best


# %% right choose: held out for each, the same ones
def choose(recipes, digits, trial, count):
    names = list(recipes)
    right = [trial(digits.hold_out(count), recipes[name]) for name in names]
    return names[right.index(max(right))]


# %% wrong recipe: sixteen epochs
# told: expected at most 15 epochs
RECIPE = {"epochs": 16}

# %% wrong recipe: a name of its own
# told: your RECIPE
RECIPE = {"epoch": 15}

# %% wrong recipe: a Recipe instead of a dict
# told: expected RECIPE to be a dict
RECIPE = Recipe(epochs=15)

# %% wrong recipe: an optimizer that is not there
# told: torch's own names
RECIPE = {"epochs": 15, "optimizer": {"name": "Sgd", "lr": 0.1}}

# %% right recipe: nothing said
RECIPE = {}

# %% right recipe: dict()
RECIPE = dict(epochs=12, batch_size=128, optimizer=dict(name="Adam", lr=0.002), scheduler=None)


# %% wrong passes: the mean of the last three
# told: not their mean
def passes(runs, total=10_000):
    return bool(runs) and all(sum(run[-3:]) / 3 >= 0.994 * total for run in runs)


# %% wrong passes: the last one alone
# told: not the last one alone
def passes(runs, total=10_000):
    return bool(runs) and all(10_000 * run[-1] >= 9_940 * total for run in runs)


# %% wrong passes: all epochs
# told: only the last three count
def passes(runs, total=10_000):
    return bool(runs) and all(10_000 * c >= 9_940 * total for run in runs for c in run)


# %% wrong passes: one good seed is enough
# told: every seed
def passes(runs, total=10_000):
    return any(all(10_000 * c >= 9_940 * total for c in run[-3:]) for run in runs)


# %% wrong passes: only the first seed
# told: every seed
def passes(runs, total=10_000):
    for run in runs:
        return all(10_000 * c >= 9_940 * total for c in run[-3:])
    return False


# %% wrong passes: none at all passes
# told: no training at all
def passes(runs, total=10_000):
    return all(10_000 * c >= 9_940 * total for run in runs for c in run[-3:])


# %% wrong passes: always of 10,000
# told: which need not be 10,000
def passes(runs, total=10_000):
    return bool(runs) and all(c >= 9_940 for run in runs for c in run[-3:])


# %% wrong passes: rounded
# told: what is rounded passes too easily
def passes(runs, total=10_000):
    return bool(runs) and all(round(c / total, 4) >= 0.994 for run in runs for c in run[-3:])


# %% wrong passes: more than 9,940
# told: 9,940 is enough
def passes(runs, total=10_000):
    return bool(runs) and all(10_000 * c > 9_940 * total for run in runs for c in run[-3:])


# %% wrong passes: a list instead of True or False
# told: expected the type bool
def passes(runs, total=10_000):
    return [10_000 * c >= 9_940 * total for run in runs for c in run[-3:]]


# %% right passes: numpy's
def passes(runs, total=10_000):
    import numpy as np

    last = np.array([run[-3:] for run in runs], dtype=np.int64)
    return np.all(10_000 * last >= 9_940 * total) & (last.size > 0)


# %% right passes: the worst of them
def passes(runs, total=10_000):
    worst = min((min(run[-3:]) for run in runs), default=0)
    return worst * 1_000 >= 994 * total


# %% right passes: a tensor of one bool
def passes(runs, total=10_000):
    last = torch.tensor([count for run in runs for count in run[-3:]])
    return (10_000 * last >= 9_940 * total).all() & torch.tensor(len(last) > 0)
