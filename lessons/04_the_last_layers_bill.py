# %% [markdown]
# # The last layer's bill
#
# | Lesson | |
# |---|---|
# | You will learn | what a dense layer costs, why a kernel as large as its map is one, how to pay for it, and what it ties down |
# | You need | lesson[what_one_value_sees] |
# | Time | 60 minutes; your computer works for about one of them, on a laptop or a GPU |
# | Points | 14 |
#
# Lesson[what_one_value_sees] moved pools and padding and left 48,922 parameters. Here the way of deciding changes: one
# layer looks at a whole map at once. You bring the network to 10,790, and see what is still wrong
# with it.

# %%
import torch
import torch.nn as nn
import torch.nn.functional as F

from autograder.assignment import load
from autograder.capture.entry import capture
from autograder.checks.network import interface, no_dense, parameters
from autograder.checks.places.measure import measure
from autograder.checks.study import Study
from course import figures, lesson
from course.checking import close, equal, expect, trying
from course.ledger import ledger
from course.predictions import choice, number, outcome
from course.recipe import Recipe
from course.records import matching
from course.training import pixels, standardise

digits = lesson.digits()

# %% [markdown]
# ## The greediest layer of all
#
# A network's **head** is the layer that turns what was found into ten scores. In most tutorials the
# head is built of dense layers. A **dense layer** has a weight for each pair of a number that goes in
# and a number that comes out: everything is joined to everything. (Elsewhere it is called
# linear, or fully connected.) It knows no map, so maps are flattened into one long row before it.
#
# This may be the most copied network for MNIST.


# %%
class Copied(nn.Module):
    """Two convolutions, a pool, and two dense layers, as in many tutorials."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 32, 3)
        self.conv2 = nn.Conv2d(32, 64, 3)
        self.dense1 = nn.Linear(64 * 12 * 12, 128)
        self.dense2 = nn.Linear(128, 10)

    def forward(self, x):
        x = F.relu(self.conv2(F.relu(self.conv1(x))))  # 64 x 24 x 24
        x = F.max_pool2d(x, 2).flatten(1)  # 9,216 numbers
        return self.dense2(F.relu(self.dense1(x)))


copied = ledger(Copied())
print(copied)
figures.draw_layers(copied)

# %% [markdown]
# One layer of four holds 98%. Both convolutions together, which do all the looking and most of the
# work, are less than 2%.
#
# ## Exercise 1: the bill of a dense layer
#
# *Goal: see the bill coming while you draw the map. Difficulty: ●○○. Time: 5 minutes.*
#
# For a convolution, the size of the map did not matter. Here it is what matters most.


# %% task="dense_parameters"
def dense_parameters(channels, side, outputs, bias=True):
    """Return what a dense layer stores behind a map of channels x side x side, as an int."""
    ### BEGIN SOLUTION
    return outputs * (channels * side * side + (1 if bias else 0))
    ### END SOLUTION


# %% check="check_dense_parameters" points=2
hint = "every number of the map has a weight for each output; each output has one bias"
with trying("dense_parameters(1, 1, 10)", hint):
    found = dense_parameters(1, 1, 10)
equal(found, 20, "a single number, ten scores", hint)
equal(dense_parameters(32, 1, 10), 330, "32 channels of one number each", hint)
hint = "a map has `side` rows and `side` columns: side * side numbers in each channel"
equal(dense_parameters(64, 12, 128), 1_179_776, "dense1 of the copied network", hint)
hint = "with bias=False, only the weights are left"
equal(dense_parameters(10, 7, 10, bias=False), 4_900, "10 x 7 x 7 to 10, bias=False", hint)
### BEGIN HIDDEN TESTS
for channels, side, outputs in ((1, 28, 10), (10, 7, 10), (16, 3, 10), (5, 4, 3)):
    for with_bias in (True, False):
        layer = nn.Linear(channels * side * side, outputs, bias=with_bias)
        real = sum(p.numel() for p in layer.parameters())
        found = dense_parameters(channels, side, outputs, bias=with_bias)
        equal(found, real, f"{channels} x {side} x {side} to {outputs}, bias={with_bias}")
### END HIDDEN TESTS
print("✓ dense_parameters agrees with PyTorch")

# %% [markdown]
# <details><summary>Hint 1: how many numbers go in?</summary>
#
# `channels * side * side`: the flattened map.
#
# </details>
# <details><summary>Hint 2: and how many weights has each output?</summary>
#
# One for each number that goes in, and one bias if there is one.
#
# </details>
# <details><summary>Passing the single numbers but failing on dense1?</summary>
#
# A map has `side` rows *and* `side` columns.
#
# </details>

# %% [markdown]
# The last layer of lesson[what_one_value_sees]'s network is a convolution of 3 x 3 on a map of 16 x 3 x 3. Lesson[count_by_hand]'s
# function gave it `10 * (16 * 9 + 1)`. Compare.

# %%
conv7 = nn.Conv2d(16, 10, 3)
print("conv7 stores           ", sum(p.numel() for p in conv7.parameters()))
print("a dense layer there has", dense_parameters(16, 3, 10))

# %% [markdown]
# That is no accident. The kernel is as large as the map, so there is one place where it fits. It has
# a weight for each number of the map, for each output. That *is* a dense layer.
#
# ## Exercise 2: turn one into the other
#
# *Goal: show that both compute the same, number for number. Difficulty: ●●○. Time: 15 minutes.*
#
# Take a dense layer that stands behind a map of channels x side x side, flattened. Return a
# convolution that gives the same scores from the map itself.


# %% task="as_convolution"
def as_convolution(dense, channels, side):
    """Return an nn.Conv2d that computes on maps what `dense` computes on the flattened maps.

    dense: an nn.Linear with channels * side * side inputs, with or without a bias
    The convolution takes (N, channels, side, side) and gives (N, outputs, 1, 1).
    """
    ### BEGIN SOLUTION
    convolution = nn.Conv2d(channels, dense.out_features, side, bias=dense.bias is not None)
    with torch.no_grad():
        convolution.weight.copy_(dense.weight.view(-1, channels, side, side))
        if dense.bias is not None:
            convolution.bias.copy_(dense.bias)
    return convolution
    ### END SOLUTION


# %% check="check_as_convolution" points=3
torch.manual_seed(0)
a_dense, a_map = nn.Linear(4 * 5 * 5, 10), torch.randn(3, 4, 5, 5)
kept = a_dense.weight.detach().clone()
hint = "each output of the dense layer is a kernel of 4 x 5 x 5"
put = "view gives the weights that shape, and copy_ puts them in, inside torch.no_grad()"
with trying("as_convolution(dense, 4, 5)", f"{hint}: {put}"):
    a_convolution = as_convolution(a_dense, 4, 5)
expect(isinstance(a_convolution, nn.Conv2d), f"expected an nn.Conv2d, found {a_convolution!r}")
equal(tuple(a_convolution.weight.shape), (10, 4, 5, 5), "the shape of the weights", hint)
equal(a_dense.weight.detach(), kept, "the dense layer afterwards", "leave it as it is")
hint = "the dense layer has a bias, so the convolution has one as well, with the same ten numbers"
expect(a_convolution.bias is not None, f"expected a bias, found none\nLook again: {hint}")
close(a_convolution.bias.detach(), a_dense.bias.detach(), "the bias", hint)
hint = "the kernel is as large as the map and fits at one place: no padding"
with torch.no_grad(), trying("the scores of three random maps", hint):
    equal(tuple(a_convolution(a_map).shape), (3, 10, 1, 1), "the shape of three maps' scores", hint)
hint = "flatten runs through the columns first, then the rows, then the channels; so does view"
with torch.no_grad():
    wanted = a_dense(a_map.flatten(1))
    close(a_convolution(a_map).flatten(1), wanted, "the scores of three random maps", hint)
hint = "a dense layer without a bias becomes a convolution without one: bias=dense.bias is not None"
bare = nn.Linear(3 * 2 * 2, 7, bias=False)
with trying("a dense layer of 12 to 7 without a bias", f"{hint}; and not always ten outputs"):
    bare_convolution = as_convolution(bare, 3, 2)
expect(
    bare_convolution.bias is None, f"a dense layer without a bias: found one\nLook again: {hint}"
)
hint = "as many kernels as the dense layer has outputs, here 7: not always ten"
equal(tuple(bare_convolution.weight.shape), (7, 3, 2, 2), "the shape of its weights", hint)
hint = "the weights are copied with a bias or without one: only the bias belongs under the `if`"
given = bare.weight.detach().view(7, 3, 2, 2)
close(bare_convolution.weight.detach(), given, "the weights where there is no bias", hint)
### BEGIN HIDDEN TESTS
torch.manual_seed(1)
for channels, side, outputs, with_bias in ((1, 1, 10, True), (3, 2, 4, False), (10, 7, 10, False)):
    one = nn.Linear(channels * side * side, outputs, bias=with_bias)
    other, maps = as_convolution(one, channels, side), torch.randn(5, channels, side, side)
    about = f"{channels} x {side} x {side} to {outputs}, bias={with_bias}"
    equal(
        sum(p.numel() for p in other.parameters()), sum(p.numel() for p in one.parameters()), about
    )
    with torch.no_grad():
        close(other(maps).flatten(1), one(maps.flatten(1)), about)
### END HIDDEN TESTS
print("✓ the same scores, from as many numbers")

# %% [markdown]
# <details><summary>Hint 1: what has which shape?</summary>
#
# `dense.weight` is `(outputs, channels * side * side)`. The weight of the convolution is
# `(outputs, channels, side, side)`. As many numbers, in the same order.
#
# </details>
# <details><summary>Hint 2: how do I put weights into a layer?</summary>
#
# Inside `with torch.no_grad():`, by `layer.weight.copy_(…)`. The bias likewise, if there is one:
# `dense.bias` is `None` otherwise, and `nn.Conv2d` takes `bias=False`.
#
# </details>
# <details><summary>Passing the shape but failing on the scores?</summary>
#
# Then the bias is still the convolution's own random one, or the weights were transposed on the way.
#
# </details>

# %%
with torch.no_grad():
    dense_scores = a_dense(a_map.flatten(1))[0]
    convolution_scores = a_convolution(a_map).flatten(1)[0]
for name, scores in {"dense layer": dense_scores, "convolution": convolution_scores}.items():
    print(f"{name}  " + "".join(f"{score:8.4f}" for score in scores.tolist()))

# %% [markdown]
# So a big kernel is not a trick that makes the head cheap. It has the same bill, and the same
# problem: the bill grows with the *square* of the map's side.
#
# ## Exercise 3: pay for the head
#
# *Goal: find the widest squeeze that a budget allows. Difficulty: ●●○. Time: 15 minutes.*
#
# The body of this lesson's network ends in a map of 20 x 7 x 7. A kernel over the whole of it would
# store 20 * 49 * 10 = 9,800 numbers. Before the head, squeeze the channels: a convolution of 1 x 1
# from 20 channels to fewer mixes the channels of each place, and looks at no neighbour.
#
# Two bills, neither with a bias: the squeeze stores `channels * width`, and the head behind it a
# kernel of `width` x `side` x `side` for each of ten scores. How wide may the squeeze be?


# %% task="widest_squeeze"
def widest_squeeze(channels, side, budget):
    """Return the largest width, as an int, with which squeeze and head fit into the budget together.

    The width is at most `channels`; it is 0 where not even a width of 1 fits.
    """
    ### BEGIN SOLUTION
    return min(channels, budget // (channels + side * side * 10))
    ### END SOLUTION


# %% check="check_widest_squeeze" points=3
hint = (
    "each channel of the squeeze costs `channels` weights in it and 10 * side * side in the head,"
    " and nothing has a bias"
)
with trying("widest_squeeze(20, 7, 510)", hint):
    found = widest_squeeze(20, 7, 510)
equal(found, 1, "a budget for exactly one: widest_squeeze(20, 7, 510)", hint)
equal(widest_squeeze(20, 7, 5_100), 10, "widest_squeeze(20, 7, 5_100)", hint)
equal(widest_squeeze(20, 7, 500), 0, "not even one: widest_squeeze(20, 7, 500)", hint)
hint = "round down: what is a number short of ten channels pays for nine"
equal(widest_squeeze(20, 7, 5_099), 9, "widest_squeeze(20, 7, 5_099)", hint)
hint = "the bill depends on the channels and on the side: 16 + 90 for each"
equal(widest_squeeze(16, 3, 1_060), 10, "widest_squeeze(16, 3, 1_060)", hint)
hint = "a squeeze is never wider than what it squeezes: at most `channels`"
equal(widest_squeeze(16, 3, 1_000_000), 16, "more than enough: never wider than the map", hint)
### BEGIN HIDDEN TESTS
equal(widest_squeeze(20, 7, 5_099), 9, "a number too little for ten")
equal(widest_squeeze(16, 3, 1_000_000), 16, "more than enough: never wider than the map")
for channels in (8, 20, 64):
    for side in (1, 3, 6, 12):
        for budget in (10, 300, 1_000, 4_321):
            costs = [channels * w + 10 * w * side * side for w in range(channels + 1)]
            best = max(w for w, cost in enumerate(costs) if cost <= budget)
            found = widest_squeeze(channels, side, budget)
            equal(found, best, f"widest_squeeze({channels}, {side}, {budget})")
### END HIDDEN TESTS
print("✓ widest_squeeze spends what there is")

# %% [markdown]
# <details><summary>Hint 1: what does one channel more cost?</summary>
#
# `channels + 10 * side * side`. Both bills grow evenly with the width.
#
# </details>
# <details><summary>Hint 2: how often does it fit?</summary>
#
# `budget // cost` times, rounded down. Then look at the limit: `min`.
#
# </details>
# <details><summary>Passing 5_100 but failing on a large budget?</summary>
#
# Squeezing 16 channels to 30 is no squeeze: the width is at most `channels`.
#
# </details>

# %%
for side in (3, 5, 7, 9, 12):
    print(
        f"behind 20 x {side:2} x {side:2}: a whole-map kernel {20 * side * side * 10:6,}; "
        f"for 5,100 the squeeze may be {widest_squeeze(20, side, 5_100):2} wide"
    )

# %% [markdown]
# ## The network at hand
#
# This body is light: 10 or 20 channels, squeezed by 1 x 1 wherever they are about to be paid for
# twice. No layer has a bias. Its last squeeze leaves 10 x 7 x 7, and the head looks at all of that.
# For now the head is written as a dense layer, so that you can see what this changes.


# %%
def block(inputs, outputs, kernel=3):
    """A convolution without a bias, and a relu."""
    return nn.Sequential(nn.Conv2d(inputs, outputs, kernel, bias=False), nn.ReLU())


class Light(nn.Module):
    """A light body and a dense head."""

    def __init__(self, squeeze=10):
        super().__init__()
        self.strokes = nn.Sequential(block(1, 10), block(10, 10), block(10, 20))  # 20 x 22 x 22
        self.squeeze = nn.Sequential(nn.MaxPool2d(2), block(20, 10, 1))  # 10 x 11 x 11
        self.parts = nn.Sequential(block(10, 10), block(10, 20))  # 20 x 7 x 7
        self.squeeze_again = block(20, squeeze, 1)  # 10 x 7 x 7
        self.head = nn.Linear(squeeze * 7 * 7, 10, bias=False)

    def body(self, x):
        """Everything before the head: (N, 1, 28, 28) in, (N, 10, 7, 7) out."""
        return self.squeeze_again(self.parts(self.squeeze(self.strokes(x))))

    def forward(self, x):
        return self.head(self.body(x).flatten(1))  # (N, 10)


light = ledger(Light(widest_squeeze(20, 7, 5_100)))
print(light)
figures.draw_layers(light)

# %% [markdown]
# Less than a quarter of lesson[what_one_value_sees]'s 48,922, and still the head is the greediest: 45% for one decision.
#
# Train it on 6,000 images for three epochs. How many of the first 1,000 test digits will it read?

# %% task="predict_light"
# guess = a whole number from 1 to 1,000
### BEGIN SOLUTION
guess = 900
### END SOLUTION

# %% check="check_predict_light" points=1
number("the last layers bill, light", guess, 1, 1_000)
print(f"✓ written down: {guess}; any number gets the point")

# %%
few = lesson.few(digits, train=6_000, test=1_000)
recipe = Recipe(
    epochs=3, batch_size=64, optimizer={"name": "Adam", "lr": 0.002}, scheduler=None, augment=[]
)
torch.manual_seed(0)
network = Light(10)
my_epochs = lesson.fit(network, few, recipe)
outcome("the last layers bill, light", my_epochs[-1].test_correct, within=20)

# %% [markdown]
# ## A page
#
# Real digits do not come one by one. Here are two of them. Put side by side they make a page of 28
# rows and 56 columns.

# %%
pair = few.test_images[:2]
page = torch.cat(list(pair), dim=1)  # (28, 56)
figures.draw_digits(pair, few.test_labels[:2], title="The two digits of the page")

# %% [markdown]
# What will the network say to the page?
#
# - **A** it reads the digit on the left
# - **B** it gives ten scores for both together
# - **C** it gives no scores at all

# %% task="predict_page"
# answer = "A", "B" or "C"
### BEGIN SOLUTION
answer = "B"
### END SOLUTION

# %% check="check_predict_page" points=1
choice("the last layers bill, page", answer, "A", "B", "C")
print(f"✓ written down: {answer}; any answer gets the point")

# %%
x = standardise(pixels(page[None]), few)  # (1, 1, 28, 56)
network.eval()
try:
    with torch.no_grad():
        print(network(x))
except RuntimeError as error:
    print("broken:", error)
outcome("the last layers bill, page", "C")

# %% [markdown]
# ### Something is broken
#
# The body has no objection: convolutions and pools slide over whatever there is, and give a map of
# 7 x 21. The head has a weight for each of 490 numbers, and here are 1,470.
#
# Mend it without training anything: put your convolution in the head's place. First the proof that
# nothing else has changed.

# %%
head = as_convolution(network.head, 10, 7).to(x.device)
with torch.no_grad():
    images = standardise(pixels(few.test_images), few)  # (1000, 1, 28, 28)
    with_dense, mended = network(images), head(network.body(images)).flatten(1)  # (1000, 10)
    along = head(network.body(x))  # (1, 10, 1, 15): scores at each of 15 places
difference = (with_dense - mended).abs().max().item()
same = int((with_dense.argmax(1) == mended.argmax(1)).sum())
print(f"1,000 test images: {same} readings are the same, scores differ by {difference:.7f} at most")
print("the page, place by place:", *along[0, :, 0].argmax(0).tolist())
print("labels:", few.test_labels[:2].tolist())

# %% [markdown]
# The same 4,900 numbers, but now they slide. At the first place they see exactly the left digit, at
# the last one exactly the right one, and in between something of both. What a convolution computes
# does not depend on where its window stands; a dense layer is tied to one place.
#
# ## What the grader says
#
# The course's final task forbids dense layers. This is system 001, a student's network, kept in
# `solutions/seeds/`. (What is new in it, lesson[batchnorm], lesson[dropout] and
# lesson[average_and_squeeze] explain.) It ends in a dense layer: `nn.Linear(32, 10)`, behind a map of
# 32 x 1 x 1. Beside it is the same network with a convolution of 1 x 1 in that place, and then one that
# leaves out the averaging before it and lets a kernel of 6 x 6 look at the whole map. In a terminal,
# `autograde check model.py` runs every check that needs no training. Here is the one on dense layers
# alone. (The grader reads a `model.py` as text, so the network stands in quotes.)

# %%
SYSTEM_001 = """
import torch.nn as nn


def layer(inputs, outputs, kernel, padding=0):
    convolution = nn.Conv2d(inputs, outputs, kernel, padding=padding, bias=False)
    return nn.Sequential(convolution, nn.BatchNorm2d(outputs), nn.ReLU(), nn.Dropout2d(0.05))


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.strokes = nn.Sequential(layer(1, 8, 3, 1), layer(8, 24, 3, 1))
        self.pool = nn.Sequential(nn.MaxPool2d(2), layer(24, 8, 1))
        self.parts = nn.Sequential(layer(8, 16, 3), layer(16, 24, 3), layer(24, 8, 1))
        self.digit = nn.Sequential(layer(8, 16, 3), layer(16, 32, 3))
        self.average = nn.AvgPool2d(6)
        self.head = nn.Linear(32, 10)

    def forward(self, x):
        x = self.average(self.digit(self.parts(self.pool(self.strokes(x)))))
        return self.head(x.flatten(1))
"""
convolution_001 = SYSTEM_001.replace("nn.Linear(32, 10)", "nn.Conv2d(32, 10, 1)").replace(
    "self.head(x.flatten(1))", "self.head(x).flatten(1)"
)
whole_map_001 = convolution_001.replace("nn.AvgPool2d(6)", "nn.Identity()").replace(
    "nn.Conv2d(32, 10, 1)", "nn.Conv2d(32, 10, 6)"
)


def about_dense_layers(source):
    """Return how many numbers a model.py stores, and what the grader finds on dense layers."""
    study = Study(capture(source.encode()), load("under-8k"), torch.device("cpu"))
    interface(study)  # each check needs what those before it found out
    parameters(study)
    found = no_dense(study)
    return study.parameters, found.status, found.message


sources = {
    "dense": SYSTEM_001,
    "convolution 1 x 1": convolution_001,
    "convolution 6 x 6": whole_map_001,
}
for name, source in sources.items():
    stored, status, said = about_dense_layers(source)
    print(f"{name:17} {stored:6,} parameters  {status}  {said}")

# %% [markdown]
# The first two store the same 13,154 numbers and compute the same. The rule is not about
# arithmetic. It is about the habit: flatten, and each number is tied to its place, and the bill
# grows with the map. The last one keeps the rule and has that habit all the same. The grader lets
# it pass and says so. Its bill says it more clearly.
#
# ## How it knows
#
# Names prove nothing: a dense layer can be written in many ways, without `nn.Linear` and without
# `flatten`. So the grader measures what each number does. It changes the image, one block of 4 x 4
# pixels after the other, 49 in all, and looks at which numbers have something else to multiply. A
# number of a small kernel slides, and answers to many blocks, strongly or faintly. A number of a dense
# layer behind a map waits at its place. A block that it answers to faintly counts for little.


# %%
def places(source):
    """Return, for each layer, at what share of the image's places one of its numbers works."""
    graph = capture(source.encode()).graph
    found = measure(graph).shares
    layers = {name: share for name, share in found.items() if graph.tensors[name].dim() > 1}
    return {name.removesuffix(".weight"): share for name, share in layers.items()}


flattened_001 = SYSTEM_001.replace("nn.AvgPool2d(6)", "nn.Identity()").replace(
    "nn.Linear(32, 10)", "nn.Linear(32 * 6 * 6, 10)"
)
figures.draw_places(
    {"averaged, then 1 x 1": places(convolution_001), "flattened": places(flattened_001)}
)

# %% [markdown]
# The same network but for its end. With the average, the numbers of every layer work at a good part of
# the image. Without it, each of the 11,520 numbers of the head works at its own place, a block or two,
# and no other number knows what it has learned there.
#
# ## What is still wrong
#
# A head over the whole map has a weight for each place. What does it do with a digit that stands
# elsewhere? Move the test digits to the right, by up to four columns, and read them again.

# %%
moved = []
with torch.no_grad():
    for columns in range(5):
        ink = F.pad(few.test_images, (columns, 0))[:, :, :28]  # paper comes in from the left
        x = standardise(pixels(ink), few)
        moved.append(int((network(x).argmax(1) == few.test_labels).sum()))
print("read right, moved by 0 to 4 columns:", *moved)
figures.draw_comparison(
    {"read right": moved},
    range(5),
    "columns moved to the right",
    "of 1,000 read right",
    "A head that is tied to places",
)

# %% [markdown] answer="explain_head" points=3
# **In your own words** (two or three sentences, 3 points): the convolution of 7 x 7 reads the page of
# two digits, and yet it stores as much as the dense layer and is tied to places within its window.
# What does it share with a dense layer, and what with a small convolution?
#
# ### BEGIN SOLUTION
# Like a dense layer it has a weight for each place of the 7 x 7 map in each channel: its bill grows
# with the square of the side, and what it learned about one place says nothing about the next. Like
# every convolution it can slide: on a larger map the same weights are used at each place where the
# window fits.
# ### END SOLUTION

# %% [markdown]
# ## The recorded step
#
# The course's fifth network is `Light` with the convolution as its head: 10,790 parameters, where
# the fourth has 48,922. Both were trained for 15 epochs by one recipe, on all training images. What
# did it cost? Write it down.
#
# - **A** nothing: it misreads no more of the 10,000 test digits
# - **B** up to 50 more of them
# - **C** more than 50

# %% task="predict_recorded"
# cost = "A", "B" or "C"
### BEGIN SOLUTION
cost = "C"
### END SOLUTION

# %% check="check_predict_recorded" points=1
choice("the last layers bill, recorded", cost, "A", "B", "C")
print(f"✓ written down: {cost}; any answer gets the point")

# %%
steps = matching("ladder/04_padding_moved", "ladder/05_whole_map_head")
for one in steps:
    each = ", ".join(f"{accuracy:.2%}" for accuracy in one.accuracies)
    print(f"{one.title:15} {one.parameters:6,} parameters  {one.accuracy:.2%}; each seed: {each}")
more = round(10_000 * (steps[0].accuracy - steps[1].accuracy))
outcome("the last layers bill, recorded", "A" if more <= 0 else "B" if more <= 50 else "C")
drawn = steps[-1]
figures.draw_curves(drawn.runs, title=f"{drawn.title}: {drawn.parameters:,} parameters")

# %% [markdown]
# Look at the dashed line: how well does a network read the very images it is trained on? Where that
# is still low after 15 epochs, it is not short of images. It has not learned yet what it could.
# Lesson[batchnorm] makes it learn faster.
#
# ## Checkpoint
#
# Your network, trained for three epochs on a tenth of the images, beside the recorded ones.

# %%
yours = ledger(network)
accuracy = my_epochs[-1].test_correct / my_epochs[-1].test_total
print(f"{yours.parameters:,} parameters, {accuracy:.1%} of {my_epochs[-1].test_total:,} digits")
lesson.checkpoint("you", yours.parameters, accuracy, reached=5)

# %% [markdown]
# ## What to take away
#
# - A dense layer stores outputs times channels times rows times columns. The map's side is squared
#   in its bill.
# - A kernel that covers its whole map is a dense layer's arithmetic, and its bill. But it can slide.
# - To pay less: a smaller map, or fewer channels by a squeeze of 1 x 1 just before the head.
# - A weight for each place learns each place apart.
#
# ## Five questions
#
# <details><summary>1. The body's map grows from 7 x 7 to 14 x 14. What happens to a head that covers it?</summary>
#
# It stores four times as much: 10 channels and ten scores go from 4,900 to 19,600.
#
# </details>
# <details><summary>2. Why does 001's dense layer store only 330 numbers?</summary>
#
# It stands behind an average over the whole map: 32 channels of one number each. Its bill is 10 * 33.
#
# </details>
# <details><summary>3. Does the page of two digits cost more parameters than one digit?</summary>
#
# Not with a convolution: the same weights are used at 15 places. It costs more work.
#
# </details>
# <details><summary>4. A network takes images of any size. Which head can it not have?</summary>
#
# A dense layer behind flattened maps: it has a weight for each number, and their count changes with
# the image. A convolution takes any map that its kernel fits on.
#
# </details>
# <details><summary>5. Could you squeeze from 20 channels to 1?</summary>
#
# The bill would be 20 + 490. But lesson[count_by_hand] showed the danger: everything would pass through one
# channel, and some random starts let nothing through.
#
# </details>
#
# ## Explore
#
# Let the page be longer: ten digits beside each other, 280 columns. Print the readings place by
# place, and the highest score at each. Can you find, from the scores alone, where one digit ends
# and the next begins?
#
# ## Where it comes from
#
# - Lin, Chen and Yan, [Network in network](https://arxiv.org/abs/1312.4400) (2013): the 1 x 1
#   convolution
# - Long, Shelhamer and Darrell, [Fully convolutional networks for semantic
#   segmentation](https://arxiv.org/abs/1411.4038) (2014): dense layers turned into convolutions, so
#   that they slide
