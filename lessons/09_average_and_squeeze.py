# %% [markdown]
# # Averages, squeezes, and where to pool
#
# | Lesson | |
# |---|---|
# | You will learn | to decide by an average instead of by place, what that costs, how to expand and squeeze within a budget, and how four students' networks spend their numbers |
# | You need | the lessons before it; the receptive field of lesson[what_one_value_sees] above all |
# | Time | 60 minutes; your computer works for about one of them, on a laptop or a GPU |
# | Points | 13 |
#
# The light network learns fast and has a gap you can measure. What it still has is a head that
# holds nearly half of everything. In this lesson the head goes, and you see what goes with it.

# %%
import torch
import torch.nn as nn
import torch.nn.functional as F

from course import figures, lesson
from course.checking import close, equal, expect, trying
from course.ledger import ledger
from course.predictions import choice, outcome
from course.recipe import Recipe
from course.records import matching
from course.training import pixels, standardise

digits = lesson.digits()
few = lesson.few(digits, train=4_000, test=1_000)

# %% [markdown]
# ## The network at hand


# %%
def block(inputs, outputs, kernel=3):
    """A convolution, BatchNorm, a relu."""
    layers = [nn.Conv2d(inputs, outputs, kernel, bias=False), nn.BatchNorm2d(outputs), nn.ReLU()]
    return nn.Sequential(*layers)


class Light(nn.Module):
    """The light network of lesson[the_last_layers_bill] to lesson[dropout]; `head` turns its 10 x 7 x 7 into ten scores."""

    def __init__(self, head):
        super().__init__()
        self.strokes = nn.Sequential(block(1, 10), block(10, 10), block(10, 20))  # 20 x 22 x 22
        self.squeeze = block(20, 10, kernel=1)  # 10 x 11 x 11, behind a pool
        self.parts = nn.Sequential(block(10, 10), block(10, 20))  # 20 x 7 x 7
        self.last = block(20, 10, kernel=1)  # 10 x 7 x 7
        self.head = head

    def forward(self, x):
        x = self.squeeze(F.max_pool2d(self.strokes(x), 2))
        return self.head(self.last(self.parts(x))).flatten(1)  # (N, 10)


def whole_map():
    """The head of lesson[the_last_layers_bill]: a weight for each place of each map."""
    return nn.Conv2d(10, 10, 7, bias=False)


with_head = ledger(Light(whole_map()))
figures.draw_layers(with_head)

# %% [markdown]
# 4,900 of 10,970 numbers make the decision, and each is tied to a place. Lesson[the_last_layers_bill] showed what that
# means for a digit that stands a little to the right.
#
# ## An average has no place
#
# There are ten maps in the end, as many as digits. Let each map stand for one digit, and let the
# digit's score be the mean of its map. This is **global average pooling**: one number for each map,
# the mean of all its places. It stores nothing.


# %%
class Mean(nn.Module):
    """Global average pooling: (N, maps, H, W) in, (N, maps) out."""

    def forward(self, x):
        return x.mean((2, 3))


averaged = ledger(Light(Mean()))
print(f"whole map: {with_head.parameters:6,} parameters")
print(f"average:   {averaged.parameters:6,} parameters")

# %% [markdown]
# Under 8,000, by leaving something out. Train both, three epochs on 4,000
# images. How many of the 1,000 test digits will the averaged one read, beside the other?
#
# - **A** more: fewer numbers learn faster
# - **B** as many, within ten
# - **C** clearly fewer

# %% task="predict_average"
# guess = "A", "B" or "C"
### BEGIN SOLUTION
guess = "C"
### END SOLUTION

# %% check="check_predict_average" points=1
choice("average and squeeze, average", guess, "A", "B", "C")
print(f"✓ written down: {guess}; any answer gets the point")

# %%
optimizer = {"name": "SGD", "lr": 0.05, "momentum": 0.9}
recipe = Recipe(epochs=3, batch_size=64, optimizer=optimizer, scheduler=None, augment=[])
trained = {}
for name, head in (("whole map", whole_map), ("average", Mean)):
    torch.manual_seed(0)
    network = Light(head())
    trained[name] = network, lesson.fit(network, few, recipe)
reads = {name: epochs[-1].test_correct for name, (_, epochs) in trained.items()}
more = reads["average"] - reads["whole map"]
outcome("average and squeeze, average", "B" if abs(more) <= 10 else "A" if more > 0 else "C")


# %%
@torch.no_grad()
def moved_right(network, columns):
    """Return how many test digits are read right when each stands some columns further right."""
    ink = F.pad(few.test_images, (columns, 0))[:, :, :28]  # paper comes in from the left
    x = standardise(pixels(ink), few)  # (N, 1, 28, 28)
    return int((network.eval()(x).argmax(1) == few.test_labels).sum())


read_right = {
    name: [moved_right(network, columns) for columns in range(5)]
    for name, (network, _) in trained.items()
}
figures.draw_comparison(
    read_right,
    range(5),
    "columns moved to the right",
    "of 1,000 read right",
    "Tied to places, or not",
)

# %% [markdown]
# Two things at once. Where the digits stand as they always do, the average reads fewer. But move
# them, and the head that knows places falls far behind, while the average loses less. Its scores do
# not ask where in a map the large values stand. (They still depend on the border a little: a digit that is
# moved out of the image has lost a stroke.)
#
# ## Something is broken
#
# So what was lost? Not only 4,900 numbers. Look at what one value of the last map sees.

# %%
for row in averaged.rows:
    if row.operation == "batch_norm":
        continue  # sees what the layer before it sees
    shape = " x ".join(map(str, row.shape))
    print(f"{row.name:12} {row.operation:16} {shape:12} sees {row.receptive_field:2} of 28 rows")

# %% [markdown]
# Up to the average, nothing sees more than 16 rows of 28. The whole-map head looked at all places at
# once and could say: a loop at the top *and* a stroke below it. The average only counts opinions,
# and each opinion comes from somebody who has seen a part of the digit. A 9 and a 4 differ in little,
# and a person with a small window would confuse them, too.
#
# And one more thing you have met before. These scores are means of maps behind a relu:

# %%
with torch.no_grad():
    images = standardise(pixels(few.test_images), few)  # (1000, 1, 28, 28)
    scores = trained["average"][0].eval()(images)
print(f"the lowest of {scores.numel():,} scores: {scores.min():.2f}")

# %% [markdown]
# Not one of them is negative. "This is surely not a 5" cannot be said, as in lesson[look_and_count].
#
# ## Exercise 1: first the average, then the scores
#
# *Goal: write a head that has no places and scores of either sign. Difficulty: ●○○. Time: 10 minutes.*
#
# The better order: let the last maps be whatever is useful, as many as you like, average each of
# them, and make ten scores from the averages by a convolution of 1 x 1, with a bias. There is one
# place left, so this is a sum for each digit: how much does each finding speak for it, or against?


# %% task="average_head"
class AverageHead(nn.Module):
    """Global average pooling, then ten scores from a convolution of 1 x 1."""

    def __init__(self, maps):
        super().__init__()
        self.scores = nn.Conv2d(maps, 10, 1)

    def forward(self, x):
        """(N, maps, H, W) in, for any H and W; (N, 10) out."""
        ### BEGIN SOLUTION
        x = x.mean((2, 3), keepdim=True)  # (N, maps, 1, 1)
        return self.scores(x).flatten(1)
        ### END SOLUTION


# %% check="check_average_head" points=2
torch.manual_seed(0)
head, maps = AverageHead(3), torch.randn(5, 3, 7, 7)
with torch.no_grad():
    hint = (
        "nn.Conv2d takes four dimensions: keepdim=True keeps rows and columns, with one place each"
    )
    with trying("the scores of five images", hint):
        made = head(maps)
    expect(isinstance(made, torch.Tensor), f"expected a tensor, found {type(made).__name__}")
    equal(tuple(made.shape), (5, 10), "the shape of the scores", "ten for each image: flatten(1)")
    even = torch.tensor([1.0, -2.0, 0.5]).view(1, 3, 1, 1).expand(2, 3, 7, 7)
    hint = "the mean of a map that is the same everywhere is that number, and no relu cuts mean or score"
    weights, bias = head.scores.weight.flatten(1), head.scores.bias
    close(head(even)[0], weights @ torch.tensor([1.0, -2.0, 0.5]) + bias, "even maps", hint)
    hint = "each map is averaged for itself, over its rows and its columns, and nothing is cut at 0"
    close(head(maps), maps.mean((2, 3)) @ weights.T + bias, "random maps", hint)
    hint = "flatten(1), not squeeze(): with a single image that takes away one dimension too many"
    equal(tuple(head(maps[:1]).shape), (1, 10), "the shape of the scores of one image", hint)
    hint = "any number of rows and columns: mean((2, 3)), not a pool of 7 x 7"
    with trying("maps of 5 x 9", hint):
        wide = head(torch.ones(2, 3, 5, 9))
    close(wide, (weights.sum(1) + bias).expand(2, 10), "maps of 5 x 9, all ones", hint)
### BEGIN HIDDEN TESTS
with torch.no_grad():
    for shape in ((1, 3, 7, 7), (2, 3, 1, 1), (4, 3, 5, 9), (1, 3, 1, 6)):
        y = torch.randn(shape) - 1
        equal(tuple(head(y).shape), (shape[0], 10), f"maps of the shape {shape}")
        close(head(y), y.mean((2, 3)) @ weights.T + bias, f"maps of the shape {shape}")
    close(head(maps.flip(3)), head(maps), "maps turned left to right", "an average has no places")
equal(sum(p.numel() for p in head.parameters()), 40, "what the head stores for 3 maps")
### END HIDDEN TESTS
print("✓ an average, then ten scores of either sign")

# %% [markdown]
# <details><summary>Hint 1: which dimensions are averaged?</summary>
#
# Rows and columns: 2 and 3. `keepdim=True` keeps them, with one place each, and `nn.Conv2d` needs
# four dimensions.
#
# </details>
# <details><summary>Hint 2: and how do ten maps of one place become (N, 10)?</summary>
#
# `.flatten(1)` joins all but the first dimension.
#
# </details>
# <details><summary>Passing the shape but failing on random maps?</summary>
#
# Then a maximum stands where the mean should, or a relu came between, or the mean was taken over
# the images as well. And do not use `squeeze()`: with a single image it takes away one dimension
# too many.
#
# </details>

# %% [markdown]
# Is it a trick to average first? No. Where no relu comes between, averaging first and scoring each
# place first give the same ten numbers. But the first is one sum for each digit instead of 49.

# %%
torch.manual_seed(0)
head, maps = AverageHead(20), torch.randn(100, 20, 7, 7)
with torch.no_grad():
    difference = (head(maps) - head.scores(maps).mean((2, 3))).abs().max()
print(f"largest difference between 1,000 scores: {difference:.7f}")

# %% [markdown]
# (That is why a dense layer of 32 to 10 behind an average, as in reference 001, is the same
# arithmetic as a convolution of 1 x 1. Lesson[the_last_layers_bill] turned one into the other.)
#
# ## Exercise 2: expand and squeeze
#
# *Goal: build a block that is as wide as a budget allows. Difficulty: ●●○. Time: 15 minutes.*
#
# Where do the other numbers go? A convolution of 3 x 3 costs nine numbers for each pair of an input
# and an output map. Two wide layers in a row cost wide times wide. The way out is to be wide only
# for a moment. **Expand and squeeze**: a 3 x 3 makes many maps from few, and a 1 x 1 right behind
# it makes few from many, at a ninth of the price for each pair. A squeeze that stands between two
# parts of a network, often beside a pool, is called a **transition**.

# %%
for wide in (16, 32, 64):
    direct = 8 * wide * 9 + wide * 8 * 9
    squeezed = 8 * wide * 9 + wide * 8
    print(
        f"8 to {wide} to 8 maps: {direct:6,} with two 3 x 3, {squeezed:6,} with a 3 x 3 and a 1 x 1"
    )

# %% [markdown]
# Build one. In this order: a convolution of 3 x 3 without bias or padding from `inputs` maps to some
# width, BatchNorm, a relu, and a convolution of 1 x 1 without bias to `outputs` maps. Make it as wide
# as the budget allows: not one parameter above it, and not one map less than would fit.


# %% task="expand_and_squeeze"
def expand_and_squeeze(inputs, outputs, budget):
    """Return nn.Sequential(3 x 3, BatchNorm, relu, 1 x 1), as wide as fits in the budget.

    budget: how many parameters it may store; at least enough for a width of 1
    """
    ### BEGIN SOLUTION
    width = budget // (9 * inputs + 2 + outputs)  # what one map of the width costs
    return nn.Sequential(
        nn.Conv2d(inputs, width, 3, bias=False),
        nn.BatchNorm2d(width),
        nn.ReLU(),
        nn.Conv2d(width, outputs, 1, bias=False),
    )
    ### END SOLUTION


# %% check="check_expand_and_squeeze" points=3
hint = "width = budget // cost, and then the four layers in an nn.Sequential"
with trying("expand_and_squeeze(8, 8, 2_640)", hint):
    made = expand_and_squeeze(8, 8, 2_640)
expect(isinstance(made, nn.Sequential), f"expected nn.Sequential, found {type(made).__name__}")
kinds = [type(part).__name__ for part in made]
equal(kinds, ["Conv2d", "BatchNorm2d", "ReLU", "Conv2d"], "the four layers")
hint = "3 x 3 without padding first, then 1 x 1"
with torch.no_grad(), trying("what becomes of (2, 8, 12, 12)", hint):
    shape = tuple(made(torch.randn(2, 8, 12, 12)).shape)
equal(shape, (2, 8, 10, 10), "what becomes of (2, 8, 12, 12)", hint)
kernels = [made[0].kernel_size, made[3].kernel_size]
equal(kernels, [(3, 3), (1, 1)], "the kernels of the two convolutions", hint)
biases = [made[place].bias is not None for place in (0, 3)]
equal(biases, [False, False], "whether the two convolutions have a bias", "bias=False in both")
hint = "each map of the width costs 9 * inputs, two for BatchNorm, and outputs"
for inputs, outputs, budget, wide in ((8, 8, 2_640, 32), (16, 8, 154, 1), (3, 20, 4_999, 102)):
    said = f"{inputs} to {outputs} maps and a budget of {budget:,}"
    with trying(said, hint):
        made = expand_and_squeeze(inputs, outputs, budget)
    stored = sum(p.numel() for p in made.parameters())
    cost = 9 * inputs + 2 + outputs
    expect(stored <= budget, f"{said}: found {stored:,} parameters, too many\nLook again: {hint}")
    equal(made[0].out_channels, wide, f"{said}: the width", hint)
### BEGIN HIDDEN TESTS
for inputs, outputs, budget in ((1, 4, 100), (8, 10, 3_000), (16, 8, 154), (3, 20, 4_999)):
    made, what = expand_and_squeeze(inputs, outputs, budget), f"{inputs}, {outputs}, {budget}"
    cost = 9 * inputs + 2 + outputs
    equal(made[0].out_channels, budget // cost, f"the width for {what}")
    stored = sum(p.numel() for p in made.parameters())
    equal(stored, budget // cost * cost, f"the parameters for {what}", "no bias anywhere")
    equal((made[0].kernel_size, made[3].kernel_size), ((3, 3), (1, 1)), f"the kernels for {what}")
    y = torch.randn(2, inputs, 7, 9)
    equal(tuple(made(y).shape), (2, outputs, 5, 7), f"the output for {what}")
### END HIDDEN TESTS
print("✓ as wide as the budget allows")

# %% [markdown]
# <details><summary>Hint 1: what does one map of the width cost?</summary>
#
# A kernel of 3 x 3 for each input, a scale and a shift, and one weight in each of the `outputs`
# kernels behind it.
#
# </details>
# <details><summary>Hint 2: how many of them fit?</summary>
#
# `budget // cost`: division that leaves the rest out.
#
# </details>
# <details><summary>Passing the shape but failing on the width?</summary>
#
# Probably BatchNorm's two parameters for each map are missing from the cost, or a convolution still
# has its bias.
#
# </details>

# %% [markdown]
# ## Four students' networks
#
# These are reference networks that other students handed in, rebuilt to the exact number of
# parameters they stated. They report 99.4% and more, each reached in its own way. Read them from left
# to right: where does each expand, where does it squeeze, where does it pool?

# %%
references = matching("seeds/000_*", "seeds/001_conv*", "seeds/002_*", "seeds/003_*")
books = {one.title[:3]: one.ledger for one in references}
figures.draw_network(books, "Four students' networks, as the grader found them")

# %%
for name, book in books.items():
    before = [row for row in book.rows if row.shape[-2:] != (1, 1) and row.receptive_field][-1]
    seen = f"{before.receptive_field} rows before the average"
    print(f"{name}: {book.parameters:6,} parameters, {book.multiply_adds:9,} multiply-adds, {seen}")

# %% [markdown]
# 000 and 001 expand and squeeze twice, 002 has a transition behind each of its two pools, 003 has one
# in the middle. All of them average before they decide. (001 does it with a dense layer; its sibling
# with a convolution of 1 x 1 stores the same. And 003 has its BatchNorm behind the relu.)
#
# What they read, trained by the course's grader:

# %%
for one in matching("seeds/*"):
    verdict = f"{one.accuracy:.2%} over the last three epochs, {len(one.runs)} seeds"
    print(f"{one.title:26} {one.parameters:6,} parameters: {verdict}")

# %% [markdown] answer="explain_transition" points=3
# **In your own words** (with numbers, 3 points): 001 squeezes 24 maps to 8 before the next 3 x 3
# makes 16. Count weights: what do the squeeze and that layer store, and what would a 3 x 3 straight
# from 24 to 16 store? What is the price that does not stand in the ledger?
#
# ### BEGIN SOLUTION
# Squeezed: 24 * 8 = 192 and 8 * 16 * 9 = 1,152, together 1,344. Straight: 24 * 16 * 9 = 3,456, more
# than twice as much. The price: everything that 24 maps have found at a place must pass through eight
# numbers. What the squeeze does not let through is lost to all layers behind it.
# ### END SOLUTION

# %% [markdown]
# ## Exercise 3: see the digit
#
# *Goal: place two pools so that the last kernels see the digit. Difficulty: ●●○. Time: 15 minutes.*
#
# Back to what was broken: no layer before the average saw more than 16 rows. Lesson[what_one_value_sees] has the remedy.
# Behind a pool, neighbours stand twice as far apart, so every kernel after it adds twice as many rows
# to what is seen. And the maps are smaller, so it costs less work. Pools store nothing.
#
# Here are five blocks of 3 x 3 and the head, 7,578 parameters. Write `forward`: all five blocks in
# their order, two max pools of 2 x 2 somewhere among them, then the average of each map, then the
# head. `five` must see at least 24 rows and leave more than one place to average, and all of it
# together may cost at most 900,000 multiply-adds.


# %% task="seeing"
class Seeing(nn.Module):
    """Five blocks, two pools, an average, ten scores."""

    def __init__(self):
        super().__init__()
        self.one, self.two = block(1, 8), block(8, 12)
        self.three, self.four, self.five = block(12, 16), block(16, 16), block(16, 16)
        self.head = nn.Conv2d(16, 10, 1)

    def forward(self, x):
        """Images (N, 1, 28, 28) in, scores (N, 10) out."""
        ### BEGIN SOLUTION
        x = F.max_pool2d(self.two(self.one(x)), 2)  # (N, 12, 12, 12)
        x = F.max_pool2d(self.four(self.three(x)), 2)  # (N, 16, 4, 4)
        x = self.five(x)  # (N, 16, 2, 2)
        return self.head(x.mean((2, 3), keepdim=True)).flatten(1)
        ### END SOLUTION


# %% check="check_seeing" points=3
torch.manual_seed(0)
net = Seeing()
hint = (
    "is a map too small for its kernel, pool later; at the end x.mean((2, 3), keepdim=True), self.head,"
    " flatten(1)"
)
with torch.no_grad(), trying("the scores of two images", hint):
    shape = tuple(net(torch.randn(2, 1, 28, 28)).shape)
equal(shape, (2, 10), "the shape of the scores", hint)
book = ledger(net)
by_name = {row.name: row for row in book.rows}
used = [name for name in ("one", "two", "three", "four", "five") if f"{name}.0" in by_name]
equal(used, ["one", "two", "three", "four", "five"], "the blocks that are used")
sees = by_name["five.0"].receptive_field
expect(sees >= 24, f"expected `five` to see 24 rows or more, found {sees}: pool earlier")
left = by_name["five.0"].shape[1:]  # its map's sides
expect(
    max(left) > 1,
    "expected `five` to leave more than one place to average, found one\n"
    "Look again: its kernel covers the whole 3 x 3 map, as a dense layer would; pool one block later",
)
work = book.multiply_adds
expect(work <= 900_000, f"expected at most 900,000 multiply-adds, found {work:,}: pool earlier")
equal(book.parameters, 7_578, "the parameters", "leave __init__ as it stands")
pools = sum(row.operation == "max_pool2d 2x2" for row in book.rows)
equal(pools, 2, "how many max pools of 2 x 2", "F.max_pool2d(x, 2), twice")
places = [row.name.removesuffix(".0") for row in book.rows if row.name.endswith(".0")]
equal(places, used, "the order of the blocks", "one, two, three, four, five, each once")
kept = {}
net.eval()
watch = net.five.register_forward_hook(lambda module, given, made: kept.update(five=made))
with torch.no_grad():
    for side in (28, 44):
        y = torch.randn(3, 1, side, side)
        hint = "average whatever places there are, also of a larger image: x.mean((2, 3), keepdim=True)"
        with trying(f"images of {side} x {side}", hint):
            scores = net(y)
        equal(tuple(scores.shape), (3, 10), f"the scores of images of {side} x {side}", hint)
        mean = kept["five"].mean((2, 3), keepdim=True)
        hint = "the mean of all places that `five` gives, then the head, and nothing else"
        close(scores, net.head(mean).flatten(1), "the scores", hint, 1e-4)
    hint = "flatten(1), no squeeze(): it takes away the only image's dimension as well"
    equal(tuple(net(y[:1]).shape), (1, 10), "the scores of a single image", hint)
watch.remove()
### BEGIN HIDDEN TESTS
with torch.no_grad():
    alike = net(torch.randn(1, 1, 28, 28).expand(2, 1, 28, 28))
close(alike[0], alike[1], "the same image twice", "", 1e-4)
### END HIDDEN TESTS
print(f"✓ sees {sees} rows, for {work:,} multiply-adds")

# %% [markdown]
# <details><summary>Hint 1: where do I start?</summary>
#
# With no pool at all: block after block, average, head. Then ask the check what is missing, and put
# in one pool at a time.
#
# </details>
# <details><summary>Hint 2: where do they go?</summary>
#
# After the second block, the first pool makes three blocks see twice as far. The other goes behind
# the third or behind the fourth. One of the two leaves `five` a map of 3 x 3: its kernel covers that
# whole, as a dense layer would (lesson[the_last_layers_bill]), and there is nothing left to average.
#
# </details>
# <details><summary>Passing the multiply-adds but failing on the 24 rows?</summary>
#
# A pool behind `five` saves nothing and lets nobody see farther: what counts is how many blocks come
# after a pool. And if torch complains that a kernel is larger than its map, you pooled too early.
#
# </details>

# %% [markdown]
# The averaged network stored 6,070 numbers and read fewer than the whole-map head. Yours stores
# 7,578, has no squeeze, decides by no place, and does about half the work or less. Where will it
# land, on the 1,000 test digits?
#
# - **A** below the averaged one
# - **B** above the averaged one
# - **C** the same, within five digits

# %% task="predict_seeing"
# landing = "A", "B" or "C"
### BEGIN SOLUTION
landing = "B"
### END SOLUTION

# %% check="check_predict_seeing" points=1
choice("average and squeeze, seeing", landing, "A", "B", "C")
print(f"✓ written down: {landing}; any answer gets the point")

# %%
torch.manual_seed(0)
seeing = Seeing()
seeing_epochs = lesson.fit(seeing, few, recipe)
more = seeing_epochs[-1].test_correct - reads["average"]
outcome("average and squeeze, seeing", "C" if abs(more) <= 5 else "B" if more > 0 else "A")
read_right["yours"] = [moved_right(seeing, columns) for columns in range(5)]
for name, counts in read_right.items():
    print(
        f"{name:10}", "  ".join(f"{right:4}" for right in counts), "  by columns moved to the right"
    )
figures.draw_comparison(
    read_right,
    range(5),
    "columns moved to the right",
    "of 1,000 read right",
    "Three ways to decide",
)

# %% [markdown]
# Yours decides by an average too, and still it loses digits when they move: a pool that finds a
# stroke one column further on may keep another number, and what is moved over the border is gone.
# Having no weight for a place is not the same as not caring where something is.

# %% [markdown]
# ## The recorded steps
#
# Steps 7 to 10 of the ladder go the way of this lesson, on all 60,000 digits and for 15 epochs.
# Step 8 averages in place of the head. Step 9 spends the squeezes' numbers on 3 x 3, scores the averages,
# and leaves dropout out, so its training digits are read without a handicap. Step 10 moves the pools.

# %%
steps = matching("ladder/07_*", "ladder/08_*", "ladder/09_*", "ladder/10_*")
for one in steps:
    costs = f"{one.parameters:6,} parameters   {one.multiply_adds:9,} multiply-adds"
    print(f"{one.title:18} {costs}   train {one.train_accuracy:.2%}   test {one.accuracy:.2%}")
figures.draw_curves(steps[-1].runs, title=f"Recorded: {steps[-1].title}")

# %% [markdown]
# Read train and test together. Where both are low, the network is too small or sees too little, and
# dropout has nothing to cure. Between steps 9 and 10 no parameter is added, and the work is halved.
#
# ## Checkpoint
#
# Your network with its pools in place, after three epochs on 4,000 digits, beside the recorded ones.

# %%
yours, last = ledger(seeing), seeing_epochs[-1]
print(f"{yours.parameters:,} parameters, {last.test_correct:,} of {last.test_total:,} digits")
lesson.checkpoint("you", yours.parameters, last.test_correct / last.test_total, reached=10)

# %% [markdown]
# ## What to take away
#
# - Global average pooling stores nothing, and its scores belong to no place. What is averaged should
#   have seen much of the digit. (002 and 003 get by with 16 rows, above 8,000 parameters and with 19
#   or 20 epochs.)
# - Average first, then make scores with a 1 x 1: as many maps as you like, and scores of either sign.
# - Expand with 3 x 3, squeeze with 1 x 1: be wide only for a moment.
# - Moving a pool changes no parameter. It changes what every later layer sees, and what it costs.
#
# ## Five questions
#
# <details><summary>1. How many parameters has global average pooling of 64 maps of 7 x 7?</summary>
#
# None. The 1 x 1 that makes ten scores from 64 averages has 650: 640 weights and ten biases.
#
# </details>
# <details><summary>2. Why not pool five times, so that everything sees everything?</summary>
#
# 28 rows can be halved four times at most, and each pool throws away where in its square the
# strongest value stood. Strokes must be found before their places are given up.
#
# </details>
# <details><summary>3. What does a 1 x 1 convolution see of the image that the layer before it did not?</summary>
#
# Nothing. It mixes maps at one place. Its receptive field is that of the layer before.
#
# </details>
# <details><summary>4. A 3 x 3 from 10 to 20 maps, then a 1 x 1 from 20 to 10. What do both store, without bias and BatchNorm?</summary>
#
# 10 * 20 * 9 = 1,800 and 20 * 10 = 200.
#
# </details>
# <details><summary>5. Can the network of Exercise 3 read a page of two digits, 28 rows and 56 columns?</summary>
#
# It gives ten scores, but for the page as a whole: the average runs over both digits. The head of
# lesson[the_last_layers_bill] gave scores for each place.
#
# </details>
#
# ## Explore
#
# Build a network of `expand_and_squeeze` blocks, with pools between them and an `AverageHead`, that
# stays under 8,000. Train it with this lesson's recipe. Can it beat yours from Exercise 3?
#
# ## Where it comes from
#
# - Lin, Chen and Yan, [Network in network](https://arxiv.org/abs/1312.4400) (2013): global average
#   pooling
# - Iandola and others, [SqueezeNet](https://arxiv.org/abs/1602.07360) (2016): squeeze, then expand
# - Huang and others, [Densely connected convolutional networks](https://arxiv.org/abs/1608.06993)
#   (2016): transitions
# - Azulay and Weiss, [Why do deep convolutional networks generalize so poorly to small image
#   transformations?](https://arxiv.org/abs/1805.12177) (2018): why an average is still not
#   indifferent to place
