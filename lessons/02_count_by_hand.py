# %% [markdown]
# # Count by hand, cut at the end
#
# | Lesson | |
# |---|---|
# | You will learn | to count a whole network before you build it, which width to cut first, and how narrow is too narrow |
# | You need | lesson[look_and_count] |
# | Time | 50 minutes; your computer works for about one of them, on a laptop or a GPU |
# | Points | 14 |
#
# The stock network of lesson[look_and_count] stores 6,379,786 numbers. In this lesson you bring that below 50,000
# by arithmetic alone. You change no kind of layer, and you train nothing until you know the bill.

# %%
from itertools import pairwise

import torch
import torch.nn as nn
import torch.nn.functional as F

from course import figures, lesson
from course.checking import equal, expect, plain, trying, whole
from course.ledger import ledger
from course.predictions import choice, number, outcome
from course.recipe import Recipe
from course.records import matching
from course.training import pixels, standardise

digits = lesson.digits()

# %% [markdown]
# ## Seven layers, eight numbers
#
# Lesson[look_and_count] called it width. Now precisely: a layer's maps are its **channels**, as PyTorch counts
# them. `nn.Conv2d(16, 32, 3)` takes 16 channels and makes 32. How many it makes is its **width**.
#
# All networks of this lesson are the stock network with other widths. So eight numbers describe
# one: the image's single channel, then the widths of `conv1` to `conv7`.

# %%
STOCK = [1, 32, 64, 128, 256, 512, 1024, 10]


class Seven(nn.Module):
    """The stock network's seven convolutions, as wide as you say."""

    def __init__(self, widths):
        super().__init__()
        a, b, c, d, e, f, g, h = widths
        self.conv1 = nn.Conv2d(a, b, 3, padding=1)  # b x 28 x 28
        self.conv2 = nn.Conv2d(b, c, 3, padding=1)  # c x 28 x 28, pooled to 14 x 14
        self.conv3 = nn.Conv2d(c, d, 3, padding=1)  # d x 14 x 14
        self.conv4 = nn.Conv2d(d, e, 3, padding=1)  # e x 14 x 14, pooled to 7 x 7
        self.conv5 = nn.Conv2d(e, f, 3)  # f x 5 x 5
        self.conv6 = nn.Conv2d(f, g, 3)  # g x 3 x 3
        self.conv7 = nn.Conv2d(g, h, 3)  # h x 1 x 1

    def to_conv5(self, x):
        """The first five layers: (N, 1, 28, 28) in, (N, f, 5, 5) out."""
        x = F.relu(self.conv2(F.relu(self.conv1(x))))
        x = F.relu(self.conv4(F.relu(self.conv3(F.max_pool2d(x, 2)))))
        return F.relu(self.conv5(F.max_pool2d(x, 2)))

    def forward(self, x):
        """Images in, scores (N, 10) out: no relu after the last layer."""
        return self.conv7(F.relu(self.conv6(self.to_conv5(x)))).flatten(1)


stock = ledger(Seven(STOCK))
print(f"{stock.parameters / len(digits.train_images):.0f} numbers for each training image")
figures.draw_layers(stock)

# %% [markdown]
# More than a hundred numbers for every single image that it is trained on: it could write each image
# down. You might think that it then reads new ones badly. It does not: no other of the course's
# first five networks reads more. Its trouble is the bill, for a task that needs a thousandth of it.
#
# ## Exercise 1: count a whole network
#
# *Goal: the bill of any row of convolutions, from its widths. Difficulty: ●○○. Time: 10 minutes.*
#
# In lesson[look_and_count] you counted one layer: for each channel it makes, a kernel over all channels it takes,
# and one bias. A network's bill is the sum over its layers. Each layer takes what the one before it
# makes.


# %% task="count"
def count(widths, kernel=3):
    """Return what a row of convolutions stores, biases included, as an int.

    widths: what goes into the first layer, then what each layer makes: [1, 8, 10] is two layers
    kernel: the side of every kernel
    """
    ### BEGIN SOLUTION
    return sum(b * (a * kernel * kernel + 1) for a, b in pairwise(widths))
    ### END SOLUTION


# %% check="check_count" points=2
hint = "one layer: 10 kernels of 3 x 3 on 1 channel, and 10 biases"
with trying("count([1, 10])", "pairwise(widths) gives each layer's two numbers"):
    found = count([1, 10])
equal(found, 100, "count([1, 10])", hint)
hint = "the second layer takes 10 channels, so each of its 20 kernels has 10 x 9 weights"
equal(count([1, 10, 20]), 100 + 1_820, "count([1, 10, 20])", hint)
equal(count(STOCK), 6_379_786, "count(STOCK)", "seven layers for eight numbers")
hint = "a kernel of 5 x 5 has 25 weights for each channel, one of 1 x 1 has one: use `kernel`"
equal(count([1, 10, 20], kernel=5), 260 + 5_020, "count([1, 10, 20], kernel=5)", hint)
equal(count([1, 10, 20], kernel=1), 20 + 220, "count([1, 10, 20], kernel=1)", hint)
given = [1, 8, 10]
count(given)
hint = "leave the list as it is: no pop, no insert"
equal(given, [1, 8, 10], "the widths after counting them", hint)
### BEGIN HIDDEN TESTS
for row in ([3, 5], [2, 2, 2, 2], [1, 7, 3, 11, 10], [1, 32, 64, 128, 256, 128, 16, 10]):
    for side in (1, 3, 5):
        layers = [nn.Conv2d(a, b, side) for a, b in pairwise(row)]
        real = sum(p.numel() for layer in layers for p in layer.parameters())
        equal(count(row, side), real, f"count({row}, kernel={side})")
given = [1, 8, 10]
count(given)
equal(given, [1, 8, 10], "the widths after counting them")
### END HIDDEN TESTS
print("✓ count agrees with PyTorch")

# %% [markdown]
# <details><summary>Hint 1: how do I get at two neighbours of a list?</summary>
#
# `pairwise([1, 10, 20])` gives `(1, 10)` and `(10, 20)`: a layer each.
#
# </details>
# <details><summary>Hint 2: what does one layer from a to b cost?</summary>
#
# `b * (a * kernel * kernel + 1)`: b kernels, each with a bias.
#
# </details>
# <details><summary>Passing the small networks but failing on STOCK?</summary>
#
# Then the first or last layer is counted twice or not at all. `STOCK` has eight numbers but seven
# layers: the first number is the image's channel, and nothing makes it.
#
# </details>

# %% [markdown]
# ## Which width is best to cut?
#
# You may halve one width. The image's 1 and the ten scores are fixed, so there are six to choose
# from. `conv6` stores 74% of everything. Which width, halved, saves the most? Guess first.
#
# - **A** that of `conv4`, from 256 to 128
# - **B** that of `conv5`, from 512 to 256
# - **C** that of `conv6`, from 1,024 to 512
# - **D** `conv5` and `conv6` save exactly the same

# %% task="predict_cut"
# cut = "A", "B", "C" or "D"
### BEGIN SOLUTION
cut = "C"
### END SOLUTION

# %% check="check_predict_cut" points=1
choice("count by hand, cut", cut, "A", "B", "C", "D")
print(f"✓ written down: {cut}; any answer gets the point")

# %% [markdown]
# ## Exercise 2: find the best cut
#
# *Goal: let arithmetic choose where to save. Difficulty: ●●○. Time: 15 minutes.*
#
# Try each of the inner widths, halved, and see what the whole network then stores. Halving rounds
# down, as `//` does: 7 becomes 3.


# %% task="best_to_halve"
def best_to_halve(widths):
    """Return the place in `widths` of the inner width that saves most when halved, as an int.

    The first and the last number are fixed. Where two save the same, return the earlier one.
    """
    ### BEGIN SOLUTION
    inner = range(1, len(widths) - 1)
    return min(inner, key=lambda i: count([*widths[:i], widths[i] // 2, *widths[i + 1 :]]))
    ### END SOLUTION


# %% check="check_best_to_halve" points=3
hint = (
    "halve one width, count the whole network, put the width back, try the next; return the place"
)
equal(best_to_halve([1, 8, 10]), 1, "only one width is inner: best_to_halve([1, 8, 10])", hint)
given = [1, 4, 64, 4, 10]
found = best_to_halve(given)
equal(given, [1, 4, 64, 4, 10], "the list after your function", "change a copy, not the list given")
equal(found, 2, "best_to_halve([1, 4, 64, 4, 10])", hint)
equal(best_to_halve([1, 8, 16, 10]), 2, "best_to_halve([1, 8, 16, 10])", hint)
hint = "count the whole network, biases and all: the layer that stores most is not the answer"
equal(best_to_halve(STOCK), 5, "best_to_halve(STOCK)", hint)
hint = "the ends are fixed, however much they would save"
equal(best_to_halve([1, 8, 8, 1000]), 2, "best_to_halve([1, 8, 8, 1000])", hint)
hint = "where two save the same, the earlier one: look for more saved, not for as much"
equal(best_to_halve([5, 4, 4, 5]), 1, "best_to_halve([5, 4, 4, 5]), where both save the same", hint)
hint = "halving rounds down: 3 becomes 3 // 2 = 1, and 4 becomes 2"
equal(best_to_halve([2, 3, 4, 2]), 1, "best_to_halve([2, 3, 4, 2])", hint)
hint = "a channel less is also a bias less: count the whole network, biases and all"
equal(best_to_halve([4, 3, 5, 3]), 2, "best_to_halve([4, 3, 5, 3])", hint)
### BEGIN HIDDEN TESTS
equal(best_to_halve([1, 32, 64, 128, 256, 512, 1024, 10]), 5, "the stock network")
equal(best_to_halve([5, 4, 4, 5]), 1, "two that save the same: the earlier")


def halved(row, i):
    return [*row[:i], row[i] // 2, *row[i + 1 :]]


def bill(row):
    return sum(b * (9 * a + 1) for a, b in pairwise(row))


generator = torch.Generator().manual_seed(2)
for most in [8] * 50 + [40] * 50:  # small widths, where rounding and biases decide
    row = torch.randint(2, most, (7,), generator=generator).tolist()
    bills = [bill(halved(row, i)) for i in range(1, 6)]
    equal(best_to_halve(row), 1 + bills.index(min(bills)), f"best_to_halve({row})")
### END HIDDEN TESTS
print("✓ best_to_halve finds the cheapest change")

# %% [markdown]
# <details><summary>Hint 1: which places are inner?</summary>
#
# `range(1, len(widths) - 1)`. For each of them make a changed copy, such as
# `[*widths[:i], widths[i] // 2, *widths[i + 1 :]]`.
#
# </details>
# <details><summary>Hint 2: how do I find the place, not the saving?</summary>
#
# The most saved is the least left. `min(places, key=…)` returns the place whose key is least, and
# the first of them where several are.
#
# </details>
# <details><summary>Passing [1, 8, 10] but failing on [1, 8, 16, 10]?</summary>
#
# If you return what is saved, or the width, you return another number than its place. If you look
# for the layer that stores the most, you answer another question.
#
# </details>

# %%
inner = range(1, 7)
saved = [count(STOCK) - count([*STOCK[:i], STOCK[i] // 2, *STOCK[i + 1 :]]) for i in inner]
stored = [row.parameters for row in stock.rows if row.parameters][:6]
print(f"best to halve: conv{best_to_halve(STOCK)}")
outcome("count by hand, cut", "B")
figures.draw_comparison(
    {
        "what the layer stores": [number / 1_000 for number in stored],
        "what halving its width saves": [number / 1_000 for number in saved],
    },
    [f"conv{i}" for i in inner],
    "layer",
    "thousands of parameters",
    "The layer that stores the most is not the best to cut",
)

# %% [markdown]
# Halving the width of `conv6` halves `conv6`. Halving the width of `conv5` halves `conv5`, *and*
# it halves `conv6` too, which takes those channels. A width is paid for twice: once by the layer
# that makes it, once by the layer that takes it. `conv7`, which takes those of `conv6`, is nearly
# free, since it makes only ten.

# %% [markdown] answer="explain_width" points=3
# **In your own words** (two or three sentences, 3 points): you halve *every* inner width at once.
# Why is about a quarter left, and for which two layers is it not a quarter?
#
# ### BEGIN SOLUTION
# A layer stores inputs times outputs times 9 weights. Halving every width halves both of them, so a
# quarter of its weights is left. Only one of the two is halved for the first layer, which always
# takes the one channel of the image, and for the last, which always makes ten scores: they keep a
# half. (Biases are halved, not quartered, but they are few.)
# ### END SOLUTION

# %% [markdown]
# ## All the way down
#
# Now do it again and again: always halve what saves the most, until fewer than 50,000 are left.

# %%
widths = list(STOCK)
while count(widths) >= 50_000:
    place = best_to_halve(widths)
    before, widths[place] = widths[place], widths[place] // 2
    print(f"conv{place}: {before:5,} to {widths[place]:3}   {count(widths):9,} left   {widths}")

# %% [markdown]
# The course's own networks were cut by hand instead. The first cut is made at the end alone: behind
# `conv4` the widths fall from 256 to 128 and 16. The second narrows everything, with 64 at most.

# %%
AT_THE_END = [1, 32, 64, 128, 256, 128, 16, 10]
EVERYWHERE = [1, 8, 16, 32, 64, 32, 16, 10]
shapes = {
    "stock": STOCK,
    "fewer at the end": AT_THE_END,
    "fewer everywhere": EVERYWHERE,
    "halved": widths,
}
for name, row in shapes.items():
    work = ledger(Seven(row)).multiply_adds
    print(f"{name:17} {count(row):9,} parameters  {work:11,} multiply-adds  {row}")
figures.draw_layers(ledger(Seven(EVERYWHERE)))

# %% [markdown]
# A hundred and thirty times fewer, by eight numbers. But what is lost? Both cuts were trained for
# 15 epochs on all 60,000 images. Take the first cut, which stores a ninth of the stock network.
# How many more of the 10,000 test digits does it misread? Write it down.
#
# - **A** fewer than 50 more
# - **B** 50 to 500 more
# - **C** more than 500 more

# %% task="predict_ninth"
# ninth = "A", "B" or "C"
### BEGIN SOLUTION
ninth = "B"
### END SOLUTION

# %% check="check_predict_ninth" points=1
choice("count by hand, ninth", ninth, "A", "B", "C")
print(f"✓ written down: {ninth}; any answer gets the point")

# %%
steps = matching("ladder/01_stock", "ladder/02_fewer_at_the_end", "ladder/03_fewer_everywhere")
for one in steps:
    counts = ", ".join(f"{10_000 * (1 - accuracy):.0f}" for accuracy in one.accuracies)
    print(f"{one.parameters:9,} parameters  misreads {counts} of 10,000  {one.title}")
more = round(10_000 * (steps[0].accuracy - steps[1].accuracy))
outcome("count by hand, ninth", "A" if more < 50 else "B" if more <= 500 else "C")

# %% [markdown]
# Read the list: first what each cut saves, then what it costs. Several numbers
# are several trainings of the same network; where there is one, a dozen digits may be luck. Then
# look at one training as it went. Where the dashed line is above the other one, the network reads
# the images it is trained on better than images it has never seen. Lesson[dropout] is about that.

# %%
drawn = steps[-1]
figures.draw_curves(drawn.runs, title=f"{drawn.title}: {drawn.parameters:,} parameters")

# %% [markdown]
# ## Cut to the bone
#
# Look back at the list of halvings. They begin by squeezing `conv5` again and again, between
# neighbours that stay wide. How far can you take that? Here is a small network whose `conv5` makes
# a single channel. Each image must pass through 5 x 5 = 25 numbers. That looks like plenty for ten
# digits.


# %%
def squeezed(width):
    """Return the widths of a small network with so many channels after conv5."""
    return [1, 8, 8, 16, 24, width, 16, 10]


few = lesson.few(digits, train=6_000, test=1_000)
# (200, 1, 28, 28): ink from 0 to 1, then in deviations from the mean, as lesson[look_and_count] wrote it out
sample = standardise(pixels(few.train_images[:200]), few)


def passes(seed, width):
    """Tell whether anything but 0 comes out of conv5 before training, from this random start."""
    torch.manual_seed(seed)
    network = Seven(squeezed(width)).to(sample.device)
    with torch.no_grad():
        return bool((network.to_conv5(sample) > 0).any())  # (200, width, 5, 5)


dead = {width: [seed for seed in range(20) if not passes(seed, width)] for width in (1, 2, 4, 8)}
for width, seeds in dead.items():
    print(f"{width} wide: from {len(seeds):2} of 20 random starts, nothing passes conv5 {seeds}")
figures.draw_comparison(
    {"starts from which nothing passes": [len(seeds) for seeds in dead.values()]},
    list(dead),
    "width of conv5",
    "of 20 random starts",
    "One channel is one chance",
)

# %% [markdown]
# From such a start, `conv5` gives 0 at all 25 places, for each of 200 images. What comes in is never
# negative, since it comes from a relu, and the negative weights of its one kernel happen to outweigh
# the others. So at every place the products add up to less than 0, and the relu that follows makes a 0
# of it.
#
# Will training mend it? Take the first such start, and train for two epochs on 6,000 images. How
# many of the first 1,000 test digits will it read?
#
# - **A** about 100: no better than guessing
# - **B** half of them: it recovers, but late
# - **C** about 850: training finds a way

# %% task="predict_squeezed"
# guess = "A", "B" or "C"
### BEGIN SOLUTION
guess = "B"
### END SOLUTION

# %% check="check_predict_squeezed" points=1
choice("count by hand, squeezed", guess, "A", "B", "C")
print(f"✓ written down: {guess}; any answer gets the point")

# %%
recipe = Recipe(
    epochs=2, batch_size=64, optimizer={"name": "Adam", "lr": 0.001}, scheduler=None, augment=[]
)
start = next(iter(dead[1]), 0)
torch.manual_seed(start)
broken = Seven(squeezed(1))
at_first = broken.conv5.weight.detach().clone()
broken_epochs = lesson.fit(broken, few, recipe)
moved = (broken.conv5.weight.detach().cpu() - at_first).abs().max().item()
print(f"start {start}: the weight of conv5 that moved most moved by {moved:.6f}")
read = broken_epochs[-1].test_correct
outcome("count by hand, squeezed", "A" if read < 250 else "B" if read < 750 else "C")

# %% [markdown]
# ### Something is broken
#
# You know this from lesson[look_and_count]. Where a relu gives 0, its slope is 0. Where it gives 0 for every
# image, the weights before it get a gradient of 0: those of `conv5`, and those of all layers
# before it. Only the layers after it can still move, and they see the same 25 zeros for each image.
# So they can only learn which digit is the most frequent.
#
# In lesson[look_and_count] this befell a digit's score, and other digits still moved the layers before it. Here it
# befalls the whole network, because everything passes through one channel. Among 8 channels, some live.
# That is the other side of the bill: a width is paid for twice, and each channel is also a chance.
#
# ## Exercise 3: a network of your own
#
# *Goal: spend 12,000 parameters without a squeeze. Difficulty: ●●○. Time: 10 minutes.*
#
# Choose eight widths. The first is 1, the last is 10. No inner width is below 8. The whole stores
# at most 12,000 numbers, and at least 8,000: use what you have. Your `count` tells the bill.

# %% task="mine"
# mine = [1, …, 10]
### BEGIN SOLUTION
mine = [1, 8, 8, 16, 24, 16, 12, 10]
### END SOLUTION

# %% check="check_mine" points=2
mine = plain(mine)  # numbers of numpy or torch are as good
expect(type(mine) is list, f"expected a list of eight numbers, found {type(mine).__name__}")
for width in mine:
    whole(width, 1, 100_000)
equal(len(mine), 8, "how many numbers", "what goes into conv1, and what each of seven layers makes")
equal(
    (mine[0], mine[-1]), (1, 10), "the first and the last", "one image channel in, ten scores out"
)
narrow = [f"conv{i}" for i in range(1, 7) if mine[i] < 8]
expect(not narrow, f"expected no inner width below 8, found one after {', '.join(narrow)}")
bill_of_mine = count(mine)
expect(
    bill_of_mine <= 12_000,
    f"expected at most 12,000, found {bill_of_mine:,}\nhalve conv{best_to_halve(mine)} first",
)
expect(bill_of_mine >= 8_000, f"expected at least 8,000, found {bill_of_mine:,}: widen something")
### BEGIN HIDDEN TESTS
real = ledger(Seven(mine))
expect(8_000 <= real.parameters <= 12_000, f"expected 8,000 to 12,000, found {real.parameters:,}")
### END HIDDEN TESTS
print(f"✓ {bill_of_mine:,} parameters, no layer squeezed")

# %% [markdown]
# <details><summary>Hint 1: where do I start?</summary>
#
# From `EVERYWHERE`. Halve what `best_to_halve` names, as long as that leaves 8, and look at `count`.
#
# </details>
# <details><summary>Hint 2: where do wide layers cost the least?</summary>
#
# Beside narrow ones: a width is paid for once with each neighbour's width. A gentle hill, such as
# 8, 8, 16, 24, 16, is cheaper than a peak.
#
# </details>
# <details><summary>Passing the limits but failing on the bill?</summary>
#
# Then wide stands beside wide. Halve what `best_to_halve` names; where that would fall below 8, halve
# the wider of its neighbours.
#
# </details>

# %% [markdown]
# Train it by the same recipe, from the same seed as the squeezed one. How many of 1,000?

# %% task="predict_mine"
# now = a whole number from 1 to 1,000
### BEGIN SOLUTION
now = 900
### END SOLUTION

# %% check="check_predict_mine" points=1
number("count by hand, mine", now, 1, 1_000)
print(f"✓ written down: {now}; any number gets the point")

# %%
torch.manual_seed(start)
network = Seven(mine)
my_epochs = lesson.fit(network, few, recipe)
outcome("count by hand, mine", my_epochs[-1].test_correct, within=20)
figures.draw_comparison(
    {
        "squeezed to one channel": [e.test_correct for e in broken_epochs],
        "yours": [e.test_correct for e in my_epochs],
    },
    [1, 2],
    "epoch",
    "of 1,000 read right",
    "The same start, with and without a squeeze",
)

# %% [markdown]
# ## Checkpoint
#
# Your network, trained for two epochs on a tenth of the images, beside the recorded networks of the
# course, which had 15 epochs on all of them.

# %%
yours = ledger(network)
accuracy = my_epochs[-1].test_correct / my_epochs[-1].test_total
print(f"{yours.parameters:,} parameters, {accuracy:.1%} of {my_epochs[-1].test_total:,} digits")
lesson.checkpoint("you", yours.parameters, accuracy, reached=3)

# %% [markdown]
# ## What to take away
#
# - Count before you build: outputs times (inputs times 9, plus 1), summed over the layers.
# - A width is paid for by the layer that makes it and by the layer that takes it. So the best width
#   to cut is the one between two greedy layers.
# - Halving all widths leaves a quarter. A quarter of all widths leaves a sixteenth.
# - A squeeze to very few channels can kill a network: what a relu cuts to 0 for every image is
#   never told anything.
#
# ## Five questions
#
# <details><summary>1. A layer goes from 64 to 64 channels. You double its outputs. What is its bill, and whose bill grows besides?</summary>
#
# From 36,928 to 73,856: doubled. The next layer takes 128 channels instead of 64, so its weights
# double as well.
#
# </details>
# <details><summary>2. Why do the halvings leave conv1 alone?</summary>
#
# It takes one channel. Its width is cheap to make, and only the bill of `conv2` depends on it
# besides: halving it in the stock network saves 9,376 of 6,379,786.
#
# </details>
# <details><summary>3. Does a network with fewer parameters always do less work?</summary>
#
# No. Work is parameters times places: weights of `conv1` and `conv2` are used at 28 x 28 places,
# those of `conv6` at 3 x 3. Cutting at the end saves parameters, cutting at the front saves work.
#
# </details>
# <details><summary>4. A network reads the same digit for every image. What do you look at first?</summary>
#
# Whether some layer gives the same for every image: no layer after it can tell two images apart.
# Look at what comes out of each layer, beginning with the narrowest.
#
# </details>
# <details><summary>5. Would a leaky relu, which keeps a little of what is negative, have helped?</summary>
#
# Yes: its slope is never 0, so the weights before it would have had a gradient. Wider layers
# and the normalisation of lesson[batchnorm] help as well.
#
# </details>
#
# ## Explore
#
# `shapes["halved"]` and `EVERYWHERE` store nearly the same and look quite different. Train both
# with `lesson.fit(Seven(…), few, recipe)` from a few seeds; that takes a minute or two. Is the
# difference larger than the one between two seeds of the same network?
#
# ## Where it comes from
#
# - PyTorch, [Conv2d](https://docs.pytorch.org/docs/stable/generated/torch.nn.Conv2d.html): what a
#   convolution stores, and its other arguments
# - Springenberg and others, [Striving for simplicity: the all convolutional
#   net](https://arxiv.org/abs/1412.6806) (2014): networks of nothing but convolutions
# - Lu and others, [Dying ReLU and initialization](https://arxiv.org/abs/1903.06733) (2019): the
#   narrower, the likelier to be born dead
