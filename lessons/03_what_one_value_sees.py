# %% [markdown]
# # What one value sees
#
# | Lesson | |
# |---|---|
# | You will learn | to compute how much of the image a value sees, what a pool costs and gains, where to put pools and padding |
# | You need | lesson[count_by_hand] |
# | Time | 60 minutes; your computer works for about one of them, on a laptop or a GPU |
# | Points | 15 |
#
# Lesson[count_by_hand] left 48,922 parameters. This lesson stores not one number more or less. It moves what
# stores nothing at all, and asks what each layer gets to see.

# %%
from itertools import pairwise

import torch
import torch.nn as nn

from course import figures, lesson
from course.checking import equal, expect, plain, trying
from course.kept import finished
from course.ledger import ledger
from course.predictions import choice, number, outcome
from course.recipe import Recipe
from course.records import matching
from course.training import pixels, standardise

digits = lesson.digits()

# %% [markdown]
# ## A network as a plan
#
# Three numbers say how a layer moves over its map, be it a convolution or a pool:
#
# - its kernel: how many rows it looks at;
# - its **stride**: how many rows it moves on from one place to the next;
# - its **padding**: how many rows of zeros are put around the map before, so that a window can
#   stand at the very edge.
#
# `(3, 1, 1)` is a convolution of 3 x 3 that keeps the map's size, `(3, 1, 0)` is one that loses a
# row on each side, and `(2, 2, 0)` is a pool of 2 x 2. A list of them is a plan. This is the plan of
# lesson[count_by_hand]'s networks, and a network built from any plan.

# %%
CONV, PADDED, POOL = (3, 1, 0), (3, 1, 1), (2, 2, 0)
UNMOVED = [PADDED, PADDED, POOL, PADDED, PADDED, POOL, CONV, CONV, CONV]


def layer_names(plan):
    """Name the layers of a plan: conv1, conv2, pool1, …"""
    counts, found = {"conv": 0, "pool": 0}, []
    for window in plan:
        kind = "pool" if window == POOL else "conv"
        counts[kind] += 1
        found.append(f"{kind}{counts[kind]}")
    return found


class Built(nn.Sequential):
    """Seven convolutions, a relu behind each but the last, and the pools of a plan."""

    def __init__(self, plan, widths):
        super().__init__()
        pairs = pairwise(widths)
        for name, (kernel, stride, padding) in zip(layer_names(plan), plan, strict=True):
            if name.startswith("pool"):
                self.add_module(name, nn.MaxPool2d(kernel, stride))
                continue
            self.add_module(name, nn.Conv2d(*next(pairs), kernel, stride, padding))
            if name != "conv7":
                self.add_module(f"relu{name[4:]}", nn.ReLU())

    def forward(self, x):
        """Images (N, 1, 28, 28) in, scores (N, 10) out: the value in the middle of each last map."""
        x = super().forward(x)
        return x[:, :, x.shape[2] // 2, x.shape[3] // 2]


WIDTHS = [1, 8, 16, 32, 64, 32, 16, 10]
before = ledger(Built(UNMOVED, WIDTHS))
print(before)
figures.draw_layers(before)

# %% [markdown]
# You know the parameters. Look at the column "sees" this time: the receptive field. It says how many
# rows of the image one value of that layer can depend on. Here it is over a digit, for the value in
# the middle of each map. What is faded cannot matter to that value at all.

# %%
three = digits.test_images[(digits.test_labels == 3).nonzero()[0, 0]]
figures.draw_fields(
    three, UNMOVED, layer_names(UNMOVED), "What the middle value of each layer sees"
)

# %% [markdown]
# `conv1` sees a dot of ink and `conv2` a piece of a stroke. `conv4` sees where strokes meet. Only the
# last three layers can know a whole digit.
#
# ### What learned kernels look for
#
# The kernel of lesson[look_and_count] was written by hand. These were learned: the eight of the first layer of the network at
# the end of the course, and under each the map that it makes of the same 3. Red weights want ink, blue
# ones paper.

# %%
network = finished.network()  # trained once, with `python -m solutions.finished`
with torch.no_grad():
    x = standardise(pixels(three.unsqueeze(0).cpu()), digits)  # (1, 1, 28, 28)
    first = network.strokes[0]
    maps = first(x)[0]  # (8, 26, 26)
figures.draw_kernels(first[0].weight, maps, "Eight learned kernels, and what each finds in a 3")

# %% [markdown]
# Nobody asked for edges, and here they are: upper and lower ones, left and right ones, slanted ones. With
# three rows in sight there is not much else to look for, so few kernels are enough.
#
# ### How much must be seen?
#
# Ask the reader of lesson[look_and_count], which knows nothing but the average of each digit. Let it look at the
# middle of the image alone, through a square hole.

# %%
averages = torch.stack(
    [digits.train_images[digits.train_labels == d].float().mean(0) for d in range(10)]
)  # (10, 28, 28)


def through_a_hole(images, side):
    """Keep the middle `side` rows and columns: (N, 28, 28) in, (N, side * side) out."""
    edge = (28 - side) // 2
    return images[:, edge : edge + side, edge : edge + side].float().flatten(1)


sides_of_hole = (3, 5, 7, 11, 15, 21, 28)
shares = []
for hole in sides_of_hole:
    distances = torch.cdist(
        through_a_hole(digits.test_images, hole), through_a_hole(averages, hole)
    )
    right = (distances.argmin(1) == digits.test_labels).float().mean().item()
    shares.append(100 * right)
figures.draw_comparison(
    {"read right by the ten averages": shares},
    sides_of_hole,
    "rows of the image to be seen",
    "% of the test digits",
    "Whoever sees little reads little",
)

# %% [markdown]
# ## Exercise 1: compute the receptive field
#
# *Goal: say what a layer sees before you build it. Difficulty: ●●○. Time: 15 minutes.*
#
# Go through the ledger's column "sees" once more. One pixel sees itself: 1 row. A value of `conv1`
# sees 3. A value of `conv2` looks at three neighbours in `conv1`'s map, each a row further on:
# 3 + 2 = 5. The pool looks at two neighbours: 6.
#
# Behind the pool something changes. Its values stand two rows of the image apart, since its stride is
# 2. This distance is the **jump**. So three neighbours there reach four rows further than one: `conv3`
# sees 10. A stride multiplies the jump for everything behind it.


# %% task="receptive_field"
def receptive_field(plan):
    """Return how many rows of an endless image one value behind the plan sees, as an int.

    plan: a list of (kernel, stride, padding), the first layer first
    """
    ### BEGIN SOLUTION
    sees, jump = 1, 1
    for kernel, stride, _ in plan:
        sees += (kernel - 1) * jump
        jump *= stride
    return sees
    ### END SOLUTION


# %% check="check_receptive_field" points=3
with trying("receptive_field([])", "a pixel sees itself: begin with 1, then go layer by layer"):
    found = receptive_field([])
equal(found, 1, "no layer at all", "a pixel sees itself")
hint = "a kernel of 3 looks at three neighbours: the last one is two places beyond the first"
equal(receptive_field([CONV]), 3, "one convolution", hint)
hint = "each adds two rows, with padding or without: the zeros around a map change no window's size"
equal(receptive_field([PADDED, PADDED]), 5, "two convolutions", hint)
equal(receptive_field([PADDED, PADDED, POOL]), 6, "and a pool", "a pool looks at two neighbours")
hint = "behind a pool, neighbours stand two rows of the image apart"
equal(receptive_field([PADDED, PADDED, POOL, CONV]), 10, "and a convolution behind it", hint)
hint = "behind two pools, they stand four rows apart"
equal(receptive_field(UNMOVED[:7]), 24, "the plan of lesson[count_by_hand], as far as conv5", hint)
hint = "multiply the jump by the layer's own stride: 3 as well as 2, and a convolution's as well as a pool's"
equal(receptive_field([CONV, (3, 3, 0), CONV]), 11, "a pool of 3 x 3 between two", hint)
equal(receptive_field([(3, 2, 1), (3, 1, 0)]), 7, "a convolution with stride 2, and another", hint)
hint = "a kernel of 5 looks at five neighbours, one of 1 at itself: use the kernel of the plan"
equal(receptive_field([(5, 1, 2), (1, 1, 0), (5, 1, 2)]), 9, "5 x 5, 1 x 1 and 5 x 5", hint)
hint = "the image is taken as endless: padding does not matter, and 28 is no limit"
equal(receptive_field(UNMOVED), 40, "the whole plan of lesson[count_by_hand]", hint)
hint = "the layer's own neighbours stand as far apart as before it: first look, then multiply"
equal(receptive_field([(3, 2, 0), (2, 2, 0), (2, 1, 0)]), 9, "windows that overlap", hint)
### BEGIN HIDDEN TESTS
cases = {
    "the whole plan of lesson[count_by_hand]": (UNMOVED, 40),
    "a stride of its own": ([(3, 2, 1), (3, 1, 0)], 7),
    "5 x 5 and 1 x 1": ([(5, 1, 2), (1, 1, 0), (5, 1, 2)], 9),
    "a pool of 3 x 3": ([CONV, (3, 3, 0), CONV], 11),
    "a pool whose windows overlap": ([(3, 2, 0), (2, 2, 0), (2, 1, 0)], 9),
    "seven convolutions": ([CONV] * 7, 15),
}
for name, (plan, expected) in cases.items():
    equal(receptive_field(plan), expected, name)
### END HIDDEN TESTS
print("✓ receptive_field sees what the layers see")

# %% [markdown]
# <details><summary>Hint 1: what do I carry along from layer to layer?</summary>
#
# Two numbers: how much is seen so far, and the jump. Both begin at 1.
#
# </details>
# <details><summary>Hint 2: what does one layer do to them?</summary>
#
# It sees `(kernel - 1) * jump` rows more. *Then* the jump is multiplied by the stride.
#
# </details>
# <details><summary>Passing the pool but failing on what stands behind it?</summary>
#
# If the pool itself sees too much, the jump is multiplied too early: the pool's own two neighbours
# still stand as far apart as before it. If the next layer sees too little, it is never multiplied.
#
# </details>

# %%
for many in (7, 14):
    print(f"{many:2} convolutions of 3 x 3 and no pool see {receptive_field([CONV] * many)} rows")
print(f"the plan of lesson[count_by_hand] sees {receptive_field(UNMOVED)}: more than there are")

# %% [markdown]
# Convolutions alone add two rows each. Two pools among seven convolutions gain more than seven
# convolutions more.
#
# ## What a pool costs
#
# A pool stores nothing, and it gains sight. It saves work too: a quarter of the places are left for
# all layers behind it. The price is this: of four neighbours one is kept, and nobody will ever know
# which of the four it was. Here are a few digits, pooled once, twice and three times.

# %%
samples = digits.test_images[:8].float()
stages = [samples]
for _ in range(3):
    stages.append(nn.functional.max_pool2d(stages[-1], 2))  # 14 x 14, 7 x 7, 3 x 3
shown = [
    nn.functional.interpolate(stage.unsqueeze(1), size=(28, 28), mode="nearest") for stage in stages
]
figure = figures.draw_digits(
    torch.cat(shown), title="As drawn; then 14 x 14, 7 x 7 and 3 x 3 of the strongest", columns=8
)
figure.alt = "Eight digits; pooled to 14 x 14 they can be read, to 7 x 7 some, to 3 x 3 none."
figure

# %% [markdown]
# Which row could you still read? A map of 3 x 3 is fine for a network only if something has looked
# at the strokes before, and put into its channels what it saw.
#
# ## Exercise 2: follow the map's side
#
# *Goal: know each map's size, and so the work. Difficulty: ●●○. Time: 10 minutes.*
#
# With padding, a map has so many more rows on both sides. A window then stands at the first row,
# moves by its stride, and must fit as a whole: rows left over at the end are lost.


# %% task="sides"
def sides(plan, side=28):
    """Return the side of the map after each layer of the plan, as a list of ints.

    plan: a list of (kernel, stride, padding), the first layer first
    side: the image's own
    """
    ### BEGIN SOLUTION
    found = []
    for kernel, stride, padding in plan:
        side = (side + 2 * padding - kernel) // stride + 1
        found.append(side)
    return found
    ### END SOLUTION


# %% check="check_sides" points=2
hint = "a window of 3 without padding fits at two places fewer than there are rows"
with trying("sides([CONV])", "a plan is a list of (kernel, stride, padding)"):
    found = sides([CONV])
equal(found, [26], "sides([CONV])", "a list of whole numbers, one after each layer: " + hint)
hint = "padding 1 puts a row on each side: 30 rows, 28 places"
equal(sides([PADDED, CONV]), [28, 26], "sides([PADDED, CONV])", hint)
hint = "a stride of 2: (26 - 2) // 2 moves, and then add the place it started from"
equal(sides([CONV, POOL]), [26, 13], "sides([CONV, POOL])", hint)
hint = "padding 2 puts two rows on each side; the image's side is given, and not always 28"
equal(sides([(5, 1, 2)], 9), [9], "sides([(5, 1, 2)], 9)", hint)
hint = "7 rows hold three windows of 2, and the seventh row is left over: round down"
equal(sides([POOL] * 3), [14, 7, 3], "sides([POOL] * 3)", hint)
hint = "count the moves, (rows - kernel) // stride, then add the place it started from"
equal(sides([(5, 2, 2), (3, 2, 0)], 31), [16, 7], "sides([(5, 2, 2), (3, 2, 0)], 31)", hint)
equal(sides([]), [], "no layer at all: sides([])", "a list with nothing in it")
equal(sides(UNMOVED), [28, 28, 14, 14, 14, 7, 5, 3, 1], "sides(UNMOVED)", "one for each layer")
### BEGIN HIDDEN TESTS
equal(sides([]), [], "no layer at all")
equal(sides([POOL] * 3), [14, 7, 3], "three pools: a seventh row is left over")
equal(sides([(5, 2, 2), (3, 2, 0), (4, 3, 1)], 31), [16, 7, 2], "odd ones")
equal(sides(UNMOVED), [28, 28, 14, 14, 14, 7, 5, 3, 1], "the plan of lesson[count_by_hand]")
for window in ((3, 1, 1), (3, 2, 1), (5, 3, 2), (2, 2, 0), (7, 1, 0)):
    for side in (9, 12, 28):
        kernel, stride, padding = window
        real = nn.Conv2d(1, 1, kernel, stride, padding)(torch.zeros(1, 1, side, side)).shape[2]
        equal(sides([window], side), [real], f"sides([{window}], {side})")
### END HIDDEN TESTS
print("✓ sides agrees with PyTorch")

# %% [markdown]
# <details><summary>Hint 1: how many places has a window of 3 on 28 rows?</summary>
#
# 26: it may begin at any row but the last two. In general `rows - kernel + 1`, with stride 1.
#
# </details>
# <details><summary>Hint 2: and with a stride?</summary>
#
# Count the moves first, then the place it started from: `(rows - kernel) // stride + 1`, where `rows`
# has the padding of both sides in it.
#
# </details>
# <details><summary>Passing [CONV, POOL] but failing on a map of 7 rows?</summary>
#
# A pool of 2 on 7 rows fits three times. Rounding up would need a row that is not there.
#
# </details>

# %% [markdown]
# ## Two plans
#
# Here are two plans for the same seven convolutions. One has no pool. The other pools at once, three
# times, so that everything is seen from the start. To train within seconds, they are narrow: 4,562
# parameters, both of them.

# %%
NARROW = [1, 4, 8, 8, 16, 8, 8, 10]
NO_POOL = [CONV] * 7
POOLS_FIRST = [POOL] * 3 + [PADDED] * 6 + [CONV]
for name, plan in {"no pool": NO_POOL, "pools first": POOLS_FIRST}.items():
    book = ledger(Built(plan, NARROW))
    print(
        f"{name:11}  {book.parameters:,} parameters  sees {book.receptive_field}"
        f"  {book.multiply_adds:9,} multiply-adds  maps {sides(plan)}"
    )
figures.draw_fields(
    three, NO_POOL, layer_names(NO_POOL), "No pool: what the middle value of each layer sees", 7
)

# %% [markdown]
# Without pools, the middle value sees strokes in every detail, but 15 rows of 28. With pools first,
# it sees everything there is, of an image of 3 x 3, for a small part of the work. Each is trained on
# 6,000 images, for three epochs. Which reads more?
#
# - **A** no pool: detail is what matters
# - **B** pools first: the whole is what matters
# - **C** the same, within 20 of 1,000

# %% task="predict_broken"
# better = "A", "B" or "C"
### BEGIN SOLUTION
better = "B"
### END SOLUTION

# %% check="check_predict_broken" points=1
choice("what one value sees, broken", better, "A", "B", "C")
print(f"✓ written down: {better}; any answer gets the point")

# %%
few = lesson.few(digits, train=6_000, test=1_000)
recipe = Recipe(
    epochs=3, batch_size=64, optimizer={"name": "Adam", "lr": 0.001}, scheduler=None, augment=[]
)
torch.manual_seed(0)
no_pool_epochs = lesson.fit(Built(NO_POOL, NARROW), few, recipe)
torch.manual_seed(0)
pools_first_epochs = lesson.fit(Built(POOLS_FIRST, NARROW), few, recipe)
ahead = pools_first_epochs[-1].test_correct - no_pool_epochs[-1].test_correct
outcome("what one value sees, broken", "C" if abs(ahead) <= 20 else "B" if ahead > 0 else "A")

# %% [markdown]
# ### Something is broken, twice
#
# Neither is good, and for opposite reasons. One never sees the whole, the other has nothing to see.
# (Some of the difference is in how they are read: only the value in the middle counts, so the one
# without pools loses what lies outside its 15 rows, whatever its other 195 places have found.)
#
# ## The dead border
#
# Before you mend it, look at one more waste. How much ink is in each row of the training images?

# %%
ink = 100 * (digits.train_images > 0).float().mean(0)  # (28, 28), % of the images
figures.draw_comparison(
    {"pixels with ink": ink.mean(1).tolist()},
    range(28),
    "row of the image",
    "% of pixels",
    "The border is nearly empty",
)

# %% [markdown]
# Padding keeps the map's size, so that its edge is looked at as well. In the middle of a network
# that is worth it: a map of 7 x 7 without padding loses nearly half of its values to one
# convolution. At the image's own border it buys a frame of paper. Compare the first two layers of
# lesson[count_by_hand]'s plan with the same two without padding.

# %%
for name, plan in {"padded": [PADDED] * 2, "not padded": [CONV] * 2}.items():
    print(f"{name:10}  maps {sides(plan)}, so {sum(side**2 for side in sides(plan)):,} places")
edge = (digits.train_images[:, [0, 1, -2, -1], :] > 0).float().mean().item()
print(f"of the two rows at the top and at the bottom, {edge:.1%} of the pixels have ink")

# %% [markdown]
# ## Exercise 3: where to pool
#
# *Goal: a plan that sees strokes first and the whole at last. Difficulty: ●●●. Time: 15 minutes.*
#
# Write a plan of seven convolutions, `CONV` or `PADDED`, and as many `POOL` as you like, such that
#
# - two convolutions have looked at the image before the first pool;
# - the last map is 1 x 1, and its value sees all 28 rows;
# - at the widths of `NARROW`, it takes at most 600,000 multiply-adds, where the one without pools
#   takes 1,591,632.
#
# Your two functions tell all but the last. For that one, `ledger(Built(plan, NARROW)).multiply_adds`.

# %% task="mended"
# mended = [CONV, …]
### BEGIN SOLUTION
mended = [CONV, CONV, POOL, PADDED, PADDED, POOL, PADDED, PADDED, POOL, CONV]
### END SOLUTION

# %% check="check_mended" points=3
found = plain(mended)
expect(type(found) is list, f"expected a list of CONV, PADDED and POOL, found {mended!r}")
for window in found:
    known = window in ([3, 1, 0], [3, 1, 1], [2, 2, 0])
    hint = "these three names, without quotes, and no layer of your own"
    expect(known, f"expected CONV, PADDED or POOL, found {window!r}\nLook again: {hint}")
mended = [tuple(window) for window in found]
equal(len([w for w in mended if w != POOL]), 7, "how many convolutions", "pools are extra")
expect(
    POOL not in mended[:2],
    "expected two convolutions before the first pool, found a pool among the first two layers\n"
    "Look again: they are there to see the strokes",
)
sofar, rows = [], 28
for name, window in zip(layer_names(mended), mended, strict=True):
    kernel, stride, padding = window
    found = (rows + 2 * padding - kernel) // stride + 1
    expect(found >= 1, f"{name} finds a map of {rows} x {rows}: too small for it\nso far: {sofar}")
    rows = found
    sofar.append(rows)
expect(rows == 1, f"expected a last map of 1 x 1, found {rows} x {rows}\nthe maps' sides: {sofar}")
mended_book = ledger(Built(mended, NARROW))
seen, work = mended_book.receptive_field, mended_book.multiply_adds
expect(seen == 28, f"expected all 28 rows to be seen, found {seen}: pool earlier, or once more")
expect(work <= 600_000, f"expected at most 600,000 multiply-adds, found {work:,}: pool earlier")
### BEGIN HIDDEN TESTS
mended_sees, mended_jump = 1, 1
for window in mended:
    mended_sees += (window[0] - 1) * mended_jump
    mended_jump *= window[1]
expect(mended_sees >= 28, f"expected 28 rows or more, found {mended_sees}")
real_out = Built(mended, NARROW)(torch.zeros(2, 1, 28, 28))
equal(tuple(real_out.shape), (2, 10), "the shape of the scores")
### END HIDDEN TESTS
print(f"✓ {mended_book.parameters:,} parameters as before, sees {seen}, {work:,} multiply-adds")

# %% [markdown]
# <details><summary>Hint 1: how do I get from 28 to 1?</summary>
#
# Go backwards. The last convolution needs a map of 3 to make 1. A pool makes 3 from 6, and 6 from 12,
# and 12 from 24. And 28 becomes 24 by two convolutions without padding.
#
# </details>
# <details><summary>Hint 2: which layers then keep the size?</summary>
#
# All that stand between the first pool and the last: `PADDED`. Two convolutions fit between two
# pools.
#
# </details>
# <details><summary>Passing the map's size but failing on the work?</summary>
#
# Print `ledger(Built(mended, NARROW))`: which layer does the most? Every place counts there, so a
# pool before it leaves a quarter of its work.
#
# </details>

# %%
figures.draw_fields(
    three, mended, layer_names(mended), "Your plan: what the middle value of each sees"
)

# %% [markdown]
# The same 4,562 parameters, in the same order, by the same recipe. How many of 1,000 now?

# %% task="predict_mended"
# now = a whole number from 1 to 1,000
### BEGIN SOLUTION
now = 850
### END SOLUTION

# %% check="check_predict_mended" points=1
number("what one value sees, mended", now, 1, 1_000)
print(f"✓ written down: {now}; any number gets the point")

# %%
torch.manual_seed(0)
network = Built(mended, NARROW)
my_epochs = lesson.fit(network, few, recipe)
outcome("what one value sees, mended", my_epochs[-1].test_correct, within=20)
three_plans = {"no pool": no_pool_epochs, "yours": my_epochs, "pools first": pools_first_epochs}
figures.draw_comparison(
    {name: [e.test_correct for e in epochs] for name, epochs in three_plans.items()},
    [1, 2, 3],
    "epoch",
    "of 1,000 read right",
    "4,562 parameters, three plans",
)

# %% [markdown] answer="explain_pool" points=3
# **In your own words** (two or three sentences, 3 points): a pool stores nothing. Name two things it
# gains and one that it costs, and say why its place among the layers matters.
#
# ### BEGIN SOLUTION
# It doubles the jump, so each layer behind it adds twice as many rows to what is seen, and it
# leaves a quarter of the places, so a quarter of the work. It costs the exact position: which of
# the four neighbours was the strongest. Before any layer has looked at the strokes, that position
# is all there is; behind a few layers, what matters about the strokes stands in the channels and
# survives.
# ### END SOLUTION

# %% [markdown]
# ## The recorded step
#
# The course's own fourth network makes this change at 48,922 parameters: no padding in the first two
# layers, padding in the four behind, and a third pool before the end.

# %%
MOVED = [CONV, CONV, POOL, PADDED, PADDED, POOL, PADDED, PADDED, POOL, CONV]
for name, plan in {"lesson[count_by_hand]": UNMOVED, "padding moved": MOVED}.items():
    book = ledger(Built(plan, WIDTHS))
    print(f"{name:13} {book.parameters:,} parameters, {book.multiply_adds:,} multiply-adds")
    print("              maps:", " ".join(str(side) for side in sides(plan)))

# %% [markdown]
# Before you look: both were trained for 15 epochs on all training images, with several seeds. Which
# one reads more of the test digits?
#
# - **A** the plan of lesson[count_by_hand], by more than its own seeds differ among themselves
# - **B** the one with the padding moved, by more than that
# - **C** you could not tell: the seeds differ more than the two means do

# %% task="predict_recorded"
# moved = "A", "B" or "C"
### BEGIN SOLUTION
moved = "B"
### END SOLUTION

# %% check="check_predict_recorded" points=2
choice("what one value sees, recorded", moved, "A", "B", "C")
print(f"✓ written down: {moved}; any answer gets the points")

# %%
two = matching("ladder/03_fewer_everywhere", "ladder/04_padding_moved")
for one in two:
    each = ", ".join(f"{accuracy:.2%}" for accuracy in one.accuracies)
    print(f"{one.title:17} {one.accuracy:.2%}; each seed: {each}")
ahead = two[1].accuracy - two[0].accuracy
apart = max(max(one.accuracies) - min(one.accuracies) for one in two)
outcome("what one value sees, recorded", "C" if abs(ahead) <= apart else "B" if ahead > 0 else "A")

# %% [markdown]
# A mean without its seeds says little: compare the difference of the two means with the differences
# within one of them. Lesson[luck_and_skill] makes that exact.
#
# ## Checkpoint
#
# Your plan, narrow and briefly trained, beside the recorded networks of the course.

# %%
yours = ledger(network)
accuracy = my_epochs[-1].test_correct / my_epochs[-1].test_total
print(f"{yours.parameters:,} parameters, {accuracy:.1%} of {my_epochs[-1].test_total:,} digits")
lesson.checkpoint("you", yours.parameters, accuracy, reached=4)

# %% [markdown]
# ## What to take away
#
# - A layer sees `(kernel - 1)` times the jump more than the one before it. A stride multiplies the
#   jump for all layers behind.
# - The layer that decides does well to see the whole digit, and the first layers to see strokes.
# - A pool stores nothing, doubles the jump and quarters the work. It costs position, so pool behind
#   layers that have looked.
# - Padding at the image's own border buys paper. In the middle, it keeps small maps from vanishing.
#
# ## Five questions
#
# <details><summary>1. What does a value see behind three convolutions of 3 x 3, and what behind one of 7 x 7?</summary>
#
# Both see 7 rows. From 8 to 8 channels, three of 3 x 3 store 1,728 weights and one of 7 x 7 stores
# 3,136.
#
# </details>
# <details><summary>2. Two layers see the same, but one's map is 7 x 7 and the other's is 14 x 14. What differs?</summary>
#
# The jump: values of the first stand twice as far apart. It knows less exactly where something is,
# and costs a quarter of the work.
#
# </details>
# <details><summary>3. The receptive field of conv7 was 40 rows, of an image of 28. Is that wrong?</summary>
#
# No. The rest lies in the padding, which is all zeros. The ledger shows 28, since more than the image
# cannot be seen.
#
# </details>
# <details><summary>4. Is a zero of the padding the same as paper?</summary>
#
# Not here. Before training, pixels are shifted so that their mean is 0: paper becomes a negative
# number, and 0 is a light grey. So padding also shows a network where the border is.
#
# </details>
# <details><summary>5. Could a convolution with stride 2 replace a pool?</summary>
#
# Yes: it doubles the jump as well, and learns what to keep. But as a layer of its own it stores
# weights, and a pool does not.
#
# </details>
#
# ## Explore
#
# A value in the middle does not use all it sees alike: its edge is reached by one path, its middle by
# many. Take `MOVED`, set the image to a tensor with `requires_grad=True`, call `backward()` on the
# highest score, and show `abs()` of the gradient with `figures.draw_digits`. How much of it lies on
# ink?
#
# ## Where it comes from
#
# - Araujo, Norris and Sim, [Computing receptive fields of convolutional neural
#   networks](https://distill.pub/2019/computing-receptive-fields/) (2019): the jump, with pictures
# - Dumoulin and Visin, [A guide to convolution arithmetic for deep
#   learning](https://arxiv.org/abs/1603.07285) (2016): stride and padding, drawn
# - Luo and others, [Understanding the effective receptive field](https://arxiv.org/abs/1701.04128)
#   (2016): what Explore asks about
