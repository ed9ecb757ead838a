# %% wrong average_head: the highest instead of the mean
# told: each map is averaged
class AverageHead(nn.Module):
    def __init__(self, maps):
        super().__init__()
        self.scores = nn.Conv2d(maps, 10, 1)

    def forward(self, x):
        return self.scores(x.amax((2, 3), keepdim=True)).flatten(1)


# %% wrong average_head: keepdim is forgotten
# told: keepdim=True
class AverageHead(nn.Module):
    def __init__(self, maps):
        super().__init__()
        self.scores = nn.Conv2d(maps, 10, 1)

    def forward(self, x):
        return self.scores(x.mean((2, 3))).flatten(1)


# %% wrong average_head: squeeze()
# told: not squeeze()
class AverageHead(nn.Module):
    def __init__(self, maps):
        super().__init__()
        self.scores = nn.Conv2d(maps, 10, 1)

    def forward(self, x):
        return self.scores(x.mean((2, 3), keepdim=True)).squeeze()


# %% wrong average_head: not flattened
# told: flatten(1)
class AverageHead(nn.Module):
    def __init__(self, maps):
        super().__init__()
        self.scores = nn.Conv2d(maps, 10, 1)

    def forward(self, x):
        return self.scores(x.mean((2, 3), keepdim=True))


# %% wrong average_head: a relu before the scores
# told: the mean of a map
class AverageHead(nn.Module):
    def __init__(self, maps):
        super().__init__()
        self.scores = nn.Conv2d(maps, 10, 1)

    def forward(self, x):
        return self.scores(F.relu(x.mean((2, 3), keepdim=True))).flatten(1)


# %% wrong average_head: a relu on the scores
# told: no relu
class AverageHead(nn.Module):
    def __init__(self, maps):
        super().__init__()
        self.scores = nn.Conv2d(maps, 10, 1)

    def forward(self, x):
        return F.relu(self.scores(x.mean((2, 3), keepdim=True))).flatten(1)


# %% wrong average_head: a pool of 7 x 7
# told: not a pool of 7 x 7
class AverageHead(nn.Module):
    def __init__(self, maps):
        super().__init__()
        self.scores = nn.Conv2d(maps, 10, 1)

    def forward(self, x):
        return self.scores(F.avg_pool2d(x, 7)).flatten(1)


# %% wrong average_head: the maps are averaged too
# told: averaged for itself
class AverageHead(nn.Module):
    def __init__(self, maps):
        super().__init__()
        self.scores = nn.Conv2d(maps, 10, 1)

    def forward(self, x):
        mean = x.mean((2, 3), keepdim=True)
        mean = 0.5 * mean + 0.5 * x.mean((0, 2, 3), keepdim=True)
        return self.scores(mean).flatten(1)


# %% right average_head: scores first
class AverageHead(nn.Module):
    def __init__(self, maps):
        super().__init__()
        self.scores = nn.Conv2d(maps, 10, 1)

    def forward(self, x):
        return self.scores(x).mean((2, 3))


# %% right average_head: adaptive pooling
class AverageHead(nn.Module):
    def __init__(self, maps):
        super().__init__()
        self.scores = nn.Conv2d(maps, 10, 1)

    def forward(self, x):
        return torch.flatten(self.scores(F.adaptive_avg_pool2d(x, 1)), 1)


# %% wrong expand_and_squeeze: BatchNorm is free
# told: two for BatchNorm
def expand_and_squeeze(inputs, outputs, budget):
    width = budget // (9 * inputs + outputs)
    return nn.Sequential(
        nn.Conv2d(inputs, width, 3, bias=False),
        nn.BatchNorm2d(width),
        nn.ReLU(),
        nn.Conv2d(width, outputs, 1, bias=False),
    )


# %% wrong expand_and_squeeze: the biases are still there
# told: bias=False in both
def expand_and_squeeze(inputs, outputs, budget):
    width = (budget - outputs) // (9 * inputs + 3 + outputs)
    return nn.Sequential(
        nn.Conv2d(inputs, width, 3), nn.BatchNorm2d(width), nn.ReLU(), nn.Conv2d(width, outputs, 1)
    )


# %% wrong expand_and_squeeze: padded
# told: 3 x 3 without padding
def expand_and_squeeze(inputs, outputs, budget):
    width = budget // (9 * inputs + 2 + outputs)
    return nn.Sequential(
        nn.Conv2d(inputs, width, 3, padding=1, bias=False),
        nn.BatchNorm2d(width),
        nn.ReLU(),
        nn.Conv2d(width, outputs, 1, bias=False),
    )


# %% wrong expand_and_squeeze: no relu
# told: the four layers
def expand_and_squeeze(inputs, outputs, budget):
    width = budget // (9 * inputs + 2 + outputs)
    return nn.Sequential(
        nn.Conv2d(inputs, width, 3, bias=False),
        nn.BatchNorm2d(width),
        nn.Conv2d(width, outputs, 1, bias=False),
    )


# %% wrong expand_and_squeeze: squeezes first
# told: the kernels of the two convolutions
def expand_and_squeeze(inputs, outputs, budget):
    width = budget // (inputs + 2 + 9 * outputs)
    return nn.Sequential(
        nn.Conv2d(inputs, width, 1, bias=False),
        nn.BatchNorm2d(width),
        nn.ReLU(),
        nn.Conv2d(width, outputs, 3, bias=False),
    )


# %% wrong expand_and_squeeze: one map less than fits
# told: the width
def expand_and_squeeze(inputs, outputs, budget):
    width = max(1, budget // (9 * inputs + 2 + outputs) - 1)
    return nn.Sequential(
        nn.Conv2d(inputs, width, 3, bias=False),
        nn.BatchNorm2d(width),
        nn.ReLU(),
        nn.Conv2d(width, outputs, 1, bias=False),
    )


# %% wrong expand_and_squeeze: always 32
# told: too many
def expand_and_squeeze(inputs, outputs, budget):
    return nn.Sequential(
        nn.Conv2d(inputs, 32, 3, bias=False),
        nn.BatchNorm2d(32),
        nn.ReLU(),
        nn.Conv2d(32, outputs, 1, bias=False),
    )


# %% wrong expand_and_squeeze: a width that is no whole number
# told: budget // cost
def expand_and_squeeze(inputs, outputs, budget):
    width = budget / (9 * inputs + 2 + outputs)
    return nn.Sequential(
        nn.Conv2d(inputs, width, 3, bias=False),
        nn.BatchNorm2d(width),
        nn.ReLU(),
        nn.Conv2d(width, outputs, 1, bias=False),
    )


# %% right expand_and_squeeze: tries wider and wider
def expand_and_squeeze(inputs, outputs, budget):
    def build(width):
        return nn.Sequential(
            nn.Conv2d(inputs, width, (3, 3), bias=False),
            nn.BatchNorm2d(width),
            nn.ReLU(inplace=True),
            nn.Conv2d(width, outputs, (1, 1), bias=False),
        )

    width = 1
    while sum(p.numel() for p in build(width + 1).parameters()) <= budget:
        width += 1
    return build(width)


# %% right expand_and_squeeze: appended
def expand_and_squeeze(inputs, outputs, budget):
    width = int(budget / (9 * inputs + 2 + outputs))
    made = nn.Sequential()
    made.append(nn.Conv2d(inputs, width, 3, bias=False))
    made.append(nn.BatchNorm2d(width))
    made.append(nn.ReLU())
    made.append(nn.Conv2d(width, outputs, 1, bias=False))
    return made


# %% wrong seeing: no pool
# told: pool earlier
class Seeing(nn.Module):
    def __init__(self):
        super().__init__()
        self.one, self.two = block(1, 8), block(8, 12)
        self.three, self.four, self.five = block(12, 16), block(16, 16), block(16, 16)
        self.head = nn.Conv2d(16, 10, 1)

    def forward(self, x):
        x = self.five(self.four(self.three(self.two(self.one(x)))))
        return self.head(x.mean((2, 3), keepdim=True)).flatten(1)


# %% wrong seeing: a block is left out
# told: the blocks that are used
class Seeing(nn.Module):
    def __init__(self):
        super().__init__()
        self.one, self.two = block(1, 8), block(8, 12)
        self.three, self.four, self.five = block(12, 16), block(16, 16), block(16, 16)
        self.head = nn.Conv2d(16, 10, 1)

    def forward(self, x):
        x = F.max_pool2d(self.two(self.one(x)), 2)
        x = self.five(F.max_pool2d(self.three(x), 2))
        return self.head(x.mean((2, 3), keepdim=True)).flatten(1)


# %% wrong seeing: pooled too often
# told: pool later
class Seeing(nn.Module):
    def __init__(self):
        super().__init__()
        self.one, self.two = block(1, 8), block(8, 12)
        self.three, self.four, self.five = block(12, 16), block(16, 16), block(16, 16)
        self.head = nn.Conv2d(16, 10, 1)

    def forward(self, x):
        x = F.max_pool2d(self.one(x), 2)
        x = F.max_pool2d(self.two(x), 2)
        x = F.max_pool2d(self.three(x), 2)
        x = self.five(self.four(x))
        return self.head(x.mean((2, 3), keepdim=True)).flatten(1)


# %% wrong seeing: the highest instead of the mean
# told: the mean of all places
class Seeing(nn.Module):
    def __init__(self):
        super().__init__()
        self.one, self.two = block(1, 8), block(8, 12)
        self.three, self.four, self.five = block(12, 16), block(16, 16), block(16, 16)
        self.head = nn.Conv2d(16, 10, 1)

    def forward(self, x):
        x = F.max_pool2d(self.two(self.one(x)), 2)
        x = F.max_pool2d(self.four(self.three(x)), 2)
        return self.head(self.five(x).amax((2, 3), keepdim=True)).flatten(1)


# %% wrong seeing: average pools
# told: how many max pools
class Seeing(nn.Module):
    def __init__(self):
        super().__init__()
        self.one, self.two = block(1, 8), block(8, 12)
        self.three, self.four, self.five = block(12, 16), block(16, 16), block(16, 16)
        self.head = nn.Conv2d(16, 10, 1)

    def forward(self, x):
        x = F.avg_pool2d(self.two(self.one(x)), 2)
        x = F.avg_pool2d(self.four(self.three(x)), 2)
        return self.head(self.five(x).mean((2, 3), keepdim=True)).flatten(1)


# %% wrong seeing: squeeze()
# told: no squeeze()
class Seeing(nn.Module):
    def __init__(self):
        super().__init__()
        self.one, self.two = block(1, 8), block(8, 12)
        self.three, self.four, self.five = block(12, 16), block(16, 16), block(16, 16)
        self.head = nn.Conv2d(16, 10, 1)

    def forward(self, x):
        x = F.max_pool2d(self.two(self.one(x)), 2)
        x = F.max_pool2d(self.four(self.three(x)), 2)
        return self.head(self.five(x).mean((2, 3), keepdim=True)).squeeze()


# %% wrong seeing: ends in a pool of 2 x 2
# told: of a larger image
class Seeing(nn.Module):
    def __init__(self):
        super().__init__()
        self.one, self.two = block(1, 8), block(8, 12)
        self.three, self.four, self.five = block(12, 16), block(16, 16), block(16, 16)
        self.head = nn.Conv2d(16, 10, 1)

    def forward(self, x):
        x = F.max_pool2d(self.two(self.one(x)), 2)
        x = F.max_pool2d(self.four(self.three(x)), 2)
        return self.head(F.avg_pool2d(self.five(x), 2)).flatten(1)


# %% wrong seeing: a relu behind the head
# told: and nothing else
class Seeing(nn.Module):
    def __init__(self):
        super().__init__()
        self.one, self.two = block(1, 8), block(8, 12)
        self.three, self.four, self.five = block(12, 16), block(16, 16), block(16, 16)
        self.head = nn.Conv2d(16, 10, 1)

    def forward(self, x):
        x = F.max_pool2d(self.two(self.one(x)), 2)
        x = F.max_pool2d(self.four(self.three(x)), 2)
        return F.relu(self.head(self.five(x).mean((2, 3), keepdim=True))).flatten(1)


# %% wrong seeing: one place is left
# told: more than one place to average
class Seeing(nn.Module):
    def __init__(self):
        super().__init__()
        self.one, self.two = block(1, 8), block(8, 12)
        self.three, self.four, self.five = block(12, 16), block(16, 16), block(16, 16)
        self.head = nn.Conv2d(16, 10, 1)

    def forward(self, x):
        x = F.max_pool2d(self.two(self.one(x)), kernel_size=2)
        x = F.max_pool2d(self.three(x), kernel_size=2)
        x = F.adaptive_avg_pool2d(self.five(self.four(x)), 1)
        return torch.flatten(self.head(x), start_dim=1)


# %% right seeing: the pool as a layer
class Seeing(nn.Module):
    def __init__(self):
        super().__init__()
        self.one, self.two = block(1, 8), block(8, 12)
        self.three, self.four, self.five = block(12, 16), block(16, 16), block(16, 16)
        self.head = nn.Conv2d(16, 10, 1)
        self.pool = nn.MaxPool2d(2)

    def forward(self, x):
        x = self.pool(self.two(self.one(x)))
        x = self.pool(self.four(self.three(x)))
        return self.head(self.five(x).mean((2, 3))[:, :, None, None])[:, :, 0, 0]


# %% right seeing: written with torch's functions
class Seeing(nn.Module):
    def __init__(self):
        super().__init__()
        self.one, self.two = block(1, 8), block(8, 12)
        self.three, self.four, self.five = block(12, 16), block(16, 16), block(16, 16)
        self.head = nn.Conv2d(16, 10, 1)

    def forward(self, x):
        x = F.max_pool2d(self.two(self.one(x)), kernel_size=2)
        x = F.max_pool2d(self.four(self.three(x)), kernel_size=2)
        x = F.adaptive_avg_pool2d(self.five(x), 1)
        return torch.flatten(self.head(x), start_dim=1)
