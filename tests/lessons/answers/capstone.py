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


# %% wrong net: a relu on the scores
# told: scores of either sign
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b = nn.Conv2d(1, 8, 5, 2), nn.Conv2d(8, 12, 5, 2)
        self.head = nn.Conv2d(12, 10, 4)

    def forward(self, x):
        return F.relu(self.head(F.relu(self.b(F.relu(self.a(x))))).flatten(1))


# %% wrong net: a softmax on the scores
# told: scores of either sign
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b = nn.Conv2d(1, 8, 5, 2), nn.Conv2d(8, 12, 5, 2)
        self.head = nn.Conv2d(12, 10, 4)

    def forward(self, x):
        return F.softmax(self.head(F.relu(self.b(F.relu(self.a(x))))).flatten(1), 1)


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


# %% wrong designs: two of them
# told: how many designs
DESIGNS = {
    "late": ("8 8 p 12 16 p 24 gap", "spend it where digits are told apart"),
    "early": ("8 p 16 p 16 24 gap", "all layers see far at once"),
}


# %% wrong designs: a list of lines
# told: expected a dict
DESIGNS = ["8 8 p 12 16 p 24 gap", "8 p 16 p 16 24 gap", "8 12 p 16 16 p 16 gap"]


# %% wrong designs: no reasons
# told: expected a line and a reason
DESIGNS = {"a": "8 8 p 12 16 p 24 gap", "b": "8 p 16 p 16 24 gap", "c": "8 12 p 16 16 p 16 gap"}


# %% wrong designs: reasons that are none
# told: expected a reason for 'b', found 1 words
DESIGNS = {
    "a": ("8 8 p 12 16 p 24 gap", "spend it where digits are told apart"),
    "b": ("8 p 16 p 16 24 gap", "better"),
    "c": ("8 12 p 16 16 p 16 gap", "the one of the course"),
}


# %% wrong designs: too many parameters
# told: too many
DESIGNS = {
    "a": ("8 8 p 12 16 p 24 gap", "spend it where digits are told apart"),
    "b": ("16 32 p 32 p 32 gap", "wide layers can hold more"),
    "c": ("8 12 p 16 16 p 16 gap", "the one of the course"),
}


# %% wrong designs: a word that is none
# told: expected a word such as c16
DESIGNS = {
    "a": ("8 8 p 12 16 p 24 gap", "spend it where digits are told apart"),
    "b": ("8 maxpool 16 gap", "all layers see far at once"),
    "c": ("8 12 p 16 16 p 16 gap", "the one of the course"),
}


# %% wrong designs: no scores at the end
# told: end the line with gap
DESIGNS = {
    "a": ("8 8 p 12 16 p 24 gap", "spend it where digits are told apart"),
    "b": ("8 p 16 p 16 24", "all layers see far at once"),
    "c": ("8 12 p 16 16 p 16 gap", "the one of the course"),
}


# %% wrong designs: too little is seen
# told: before the mean that sees 20
DESIGNS = {
    "a": ("8 8 p 12 16 p 24 gap", "spend it where digits are told apart"),
    "b": ("16 16 gap", "few layers learn more quickly"),
    "c": ("8 12 p 16 16 p 16 gap", "the one of the course"),
}


# %% wrong designs: one network with another dropout
# told: different networks
DESIGNS = {
    "a": ("8 8 p 12 16 p 24 gap", "spend it where digits are told apart"),
    "b": ("8 8 p 12 16 p do5 24 gap", "the same, but with dropout"),
    "c": ("8 12 p 16 16 p 16 gap", "the one of the course"),
}


# %% right designs: lists, and words in capitals
DESIGNS = {
    "a": ["8 8 P 12 16 P 24 GAP", "spend it where digits are told apart"],
    "b": ["8, P, 16, P, 16, 24, GAP", "all layers see far at once"],
    "c": ["8 12 p 16 16 p 16 gap", "the one of the course"],
}


# %% right designs: residual, depthwise, a kernel as large as its map
DESIGNS = dict(
    residual=("8 p r12 p r16 gap", "what came in need not be learned again"),
    depthwise=("12 d24 p d32 d32 p d48 gap", "room for three times as many channels"),
    direct=("8 p 12 16 p c10k4", "ten maps that are the scores"),
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
# told: did you mean
RECIPE = {"epochs": 15, "optimizer": {"name": "Sgd", "lr": 0.1}}

# %% right recipe: nothing said
RECIPE = {}

# %% right recipe: dict()
RECIPE = dict(epochs=12, batch_size=128, optimizer=dict(name="Adam", lr=0.002), scheduler=None)
