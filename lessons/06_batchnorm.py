# %% [markdown]
# # BatchNorm: the same scale at every layer
#
# | Lesson | |
# |---|---|
# | You will learn | why a deep network starts out nearly silent, how bringing each map to one scale mends that, what the memory of BatchNorm is for, and what goes wrong when you forget it |
# | You need | the lessons before it; what a mean is |
# | Time | 45 minutes; your computer works for about one of them, on a laptop or a GPU |
# | Points | 12 |
#
# Lesson[the_last_layers_bill] ended at a light network: 10,790 parameters, and a last layer that looks at the whole
# map. It is small. In this lesson you look at the numbers that run through it before it has learned
# anything, write a layer that changes them, and see how that fails when it is used carelessly.

# %%
import copy

import torch
import torch.nn as nn
import torch.nn.functional as F

from course import figures, lesson
from course.checking import close, equal, expect, trying
from course.figures.activations import activation_statistics, draw_activations
from course.ledger import ledger
from course.predictions import choice, number, outcome
from course.recipe import Recipe
from course.records import matching
from course.training import pixels, standardise

digits = lesson.digits()
few = lesson.few(digits, train=4_000, test=1_000)

# %% [markdown]
# ## The network at hand
#
# Here it is again, with one addition: `norm` is a place between each convolution and its relu.
# For now it stays empty.


# %%
def block(inputs, outputs, kernel=3, norm=None):
    """A convolution, then `norm` where there is one, then a relu."""
    between = [norm(outputs)] if norm else []
    return nn.Sequential(nn.Conv2d(inputs, outputs, kernel, bias=False), *between, nn.ReLU())


class Light(nn.Module):
    """The network that lesson[the_last_layers_bill] ended with."""

    def __init__(self, norm=None):
        super().__init__()
        self.conv1 = block(1, 10, norm=norm)  # 10 x 26 x 26
        self.conv2 = block(10, 10, norm=norm)  # 10 x 24 x 24
        self.conv3 = block(10, 20, norm=norm)  # 20 x 22 x 22, pooled to 11 x 11
        self.conv4 = block(20, 10, kernel=1, norm=norm)  # 10 x 11 x 11
        self.conv5 = block(10, 10, norm=norm)  # 10 x 9 x 9
        self.conv6 = block(10, 20, norm=norm)  # 20 x 7 x 7
        self.conv7 = block(20, 10, kernel=1, norm=norm)  # 10 x 7 x 7
        self.head = nn.Conv2d(10, 10, 7, bias=False)  # 10 x 1 x 1

    def forward(self, x):
        x = F.max_pool2d(self.conv3(self.conv2(self.conv1(x))), 2)
        x = self.conv7(self.conv6(self.conv5(self.conv4(x))))
        return self.head(x).flatten(1)  # (N, 10)


plain = ledger(Light())
print(plain)
figures.draw_layers(plain)

# %% [markdown]
# The head is the greedy one now; lesson[average_and_squeeze] comes back to it. Here the trouble is another one.
#
# ## A signal that fades
#
# Send 256 digits through the untrained network and look at the numbers that each layer hands on.
# Two of them tell most of the story: their mean, and their **deviation**, which says how far from
# the mean a value typically lies. (Take each value's distance from the mean, square it, average
# the squares, take the root.)

# %%
x = standardise(pixels(few.train_images[:256]), few)  # (256, 1, 28, 28)
torch.manual_seed(0)
fading = activation_statistics(Light(), x)
for name, (mean, deviation) in fading.items():
    print(f"after {name:7} mean {mean:8.4f}   deviation {deviation:8.4f}")
draw_activations({"as it is": fading}, "The untrained network: a signal that fades")

# %% [markdown]
# The image comes in with a deviation near 1. (That is why it was standardised.) The ten scores
# leave with next to none. For this network at its start, all digits look the same.
#
# You can work out why. PyTorch starts a layer's weights small: the average of their squares is
# 1 / (3 n), where n is the number of weights in one kernel. A sum of n products then keeps about a
# third of the squares that came in, and the relu cuts half of that. So each layer leaves about
# a sixth. In seven layers:

# %%
print(f"the squares shrink about {6**7:,} times, the values themselves {6**3.5:,.0f} times")

# %% [markdown]
# So it begins with what lesson[one_step_by_hand] told you to expect, a loss of 2.303. Is anything wrong
# with that? Train it for two epochs on 4,000 images, in batches of 64, with a momentum of 0.9 and the
# rate of 0.01 that the first recordings of the course use. How many of 1,000 test digits will it read?
#
# - **A** fewer than 300: not far from guessing
# - **B** about 600
# - **C** more than 900

# %% task="predict_plain"
# guess = "A", "B" or "C"
### BEGIN SOLUTION
guess = "A"
### END SOLUTION

# %% check="check_predict_plain" points=1
choice("batchnorm, plain", guess, "A", "B", "C")
print(f"✓ written down: {guess}; any answer gets the point")


# %%
def slow(rate=0.01, epochs=2):
    """Return the recipe of this lesson: one learning rate from the first step to the last."""
    optimizer = {"name": "SGD", "lr": rate, "momentum": 0.9}
    return Recipe(epochs=epochs, batch_size=64, optimizer=optimizer, scheduler=None, augment=[])


torch.manual_seed(0)
network = Light()
plain_epochs = lesson.fit(network, few, slow())
print(f"loss {plain_epochs[-1].train_loss:.3f}; guessing gives {torch.tensor(10.0).log():.3f}")
read_plain = plain_epochs[-1].test_correct
outcome("batchnorm, plain", "A" if read_plain < 300 else "B" if read_plain < 800 else "C")

# %% [markdown]
# The loss of a network that gives all ten digits the same score is the natural logarithm of 10,
# 2.303. After two epochs this one has hardly left it. Silence on the way in is silence on the way
# back: a weight that seven such layers follow changes the scores by next to nothing, so its gradient
# is next to nothing, and training hardly moves it. The network is not too small, and it is not too
# deep: it has not begun. (In lesson[the_last_layers_bill] it did learn, by a recipe that hides this:
# Adam gives each weight a rate of its own, the larger the smaller its gradients are.)
#
# ## Exercise 1: the same scale, whatever comes in
#
# *Goal: bring each map to mean 0 and deviation 1. Difficulty: ●○○. Time: 10 minutes.*
#
# A layer cannot rely on what it is given. So do not ask it to. Before each relu, take the batch as
# it is, and shift and scale each map until its mean is 0 and its deviation is 1.
#
# *Each map* means: all images of the batch, all rows, all columns, but one map at a time. Ten maps
# have ten means and ten deviations. Divide by the root of (variance + `eps`), where the variance
# is the deviation squared: the average of the squared distances. The small `eps` is there for a
# map that is the same everywhere.


# %% task="normalise"
def normalise(x, eps=1e-5):
    """Return x, (N, maps, H, W), with mean 0 and deviation 1 in each map."""
    ### BEGIN SOLUTION
    mean = x.mean((0, 2, 3), keepdim=True)  # (1, maps, 1, 1)
    variance = x.var((0, 2, 3), correction=0, keepdim=True)
    return (x - mean) / (variance + eps).sqrt()
    ### END SOLUTION


# %% check="check_normalise" points=2
torch.manual_seed(0)
maps = torch.randn(6, 3, 5, 5) * torch.tensor([1.0, 20.0, 0.1]).view(1, 3, 1, 1) + 7
given = maps.clone()
with trying(
    "normalise of (6, 3, 5, 5)", "x.mean((0, 2, 3), keepdim=True) has the shape (1, 3, 1, 1)"
):
    found = normalise(maps)
expect(isinstance(found, torch.Tensor), f"expected a tensor, found {type(found).__name__}")
equal(maps, given, "what was given, afterwards", "return new maps: do not change x in place")
equal(tuple(found.shape), (6, 3, 5, 5), "the shape of what comes out", "use keepdim=True")
hint = "one mean for each map: average over dimensions 0, 2 and 3"
close(found.mean((0, 2, 3)), torch.zeros(3), "the mean of each map", hint, tolerance=1e-4)
deviations = found.std((0, 2, 3), correction=0)
hint = "divide by the root of the variance, and the variance divides by the count: correction=0"
close(deviations, torch.ones(3), "the deviation of each map", hint, tolerance=1e-3)
maps[0] += 100  # one image with more in every map: that must still show
apart = normalise(maps)[0].mean() - normalise(maps)[1:].mean()
expect(bool(apart > 1), "expected one mean for all images of the batch, not one for each image")
rows = given.clone()
rows[:, :, 0] += 100  # a row with more in every image: that must still show, too
apart = normalise(rows)[:, :, 0].mean() - normalise(rows)[:, :, 1:].mean()
expect(bool(apart > 1), "expected one mean for all places of a map, not one for each place")
hint = "the squares are divided by their number, not by one less: correction=0"
pair = torch.tensor([0.0, 2.0]).view(2, 1, 1, 1)  # two images of one pixel: mean 1, deviation 1
close(normalise(pair).flatten(), torch.tensor([-1.0, 1.0]), "a 0 and a 2", hint, 1e-4)
hint = "the root is taken of (variance + eps), and eps is what the function is given"
close(normalise(pair, eps=3.0).flatten(), torch.tensor([-0.5, 0.5]), "0 and 2, eps=3", hint, 1e-4)
hint = "a map that is the same everywhere has variance 0: that is what eps is for"
close(normalise(torch.full((2, 1, 2, 2), 5.0)), torch.zeros(2, 1, 2, 2), "fives", hint, 1e-2)
slopes = torch.randn(4, 2, 3, 3, requires_grad=True)
(normalise(slopes) ** 3).sum().backward()
wanted = slopes.detach().clone().requires_grad_()
(F.batch_norm(wanted, None, None, training=True) ** 3).sum().backward()
hint = "the mean and the variance depend on x as well: no detach(), no no_grad()"
close(slopes.grad, wanted.grad, "the gradient", hint, 1e-3)
### BEGIN HIDDEN TESTS
for shape in ((2, 4, 1, 1), (1, 2, 3, 3), (5, 1, 2, 7), (3, 3, 3, 3)):
    y = torch.randn(shape) * 3 - 2
    real = F.batch_norm(y, None, None, training=True)
    hint = "the squares are divided by their number, not by one less: correction=0"
    close(normalise(y.clone()), real, f"random values of the shape {shape}", hint, tolerance=1e-4)
real = F.batch_norm(maps, None, None, training=True, eps=1.0)
close(normalise(maps, eps=1.0), real, "eps=1", "the root is taken of (variance + eps)")
### END HIDDEN TESTS
print("✓ every map has mean 0 and deviation 1")

# %% [markdown]
# <details><summary>Hint 1: how do I average over three dimensions at once?</summary>
#
# `x.mean((0, 2, 3))` gives one number for each map. With `keepdim=True` its shape is
# `(1, maps, 1, 1)`, which fits beside `x`.
#
# </details>
# <details><summary>Hint 2: and the variance?</summary>
#
# `((x - mean) ** 2)`, averaged in the same way. Or `x.var(…, correction=0)`: without the
# `correction`, torch divides by one less than the number of values.
#
# </details>
# <details><summary>Passing the mean but failing the deviation?</summary>
#
# Then a root is missing, or the variance was taken over other dimensions than the mean. In a very
# small batch it also shows when the squares are divided by one less than their number.
#
# </details>

# %% [markdown]
# Put it between each convolution and its relu, and send the same 256 digits through. Nothing has
# been trained yet.


# %%
class BatchOnly(nn.Module):
    """Your `normalise`, as a layer."""

    def __init__(self, maps):
        super().__init__()

    def forward(self, x):
        return normalise(x)


torch.manual_seed(0)
steady = activation_statistics(Light(BatchOnly), x)
draw_activations({"as it is": fading, "normalised": steady}, "Before and after, untrained")

# %% [markdown]
# Now each layer gets what the one before it got. (The figure shows what leaves each relu, which makes
# 0 of all that is negative: so its means are near 0.4 and its deviations near 0.6, not 0 and 1.)
#
# Same start, same recipe, same 4,000 images. How many of the 1,000 test digits this time?

# %% task="predict_normalised"
# now = a whole number from 1 to 1,000
### BEGIN SOLUTION
now = 930
### END SOLUTION

# %% check="check_predict_normalised" points=1
number("batchnorm, normalised", now, 1, 1_000)
print(f"✓ written down: {now}; any number gets the point")

# %%
torch.manual_seed(0)
careless = Light(BatchOnly)
careless_epochs = lesson.fit(careless, few, slow())
outcome("batchnorm, normalised", careless_epochs[-1].test_correct, within=20)
figures.draw_comparison(
    {
        "as it is": [epoch.train_loss for epoch in plain_epochs],
        "normalised": [epoch.train_loss for epoch in careless_epochs],
    },
    [epoch.epoch for epoch in plain_epochs],
    "epoch",
    "training loss",
    "Not one parameter more, and another curve",
)

# %% [markdown]
# ## In other company
#
# Those 1,000 test digits were read in one batch, and each map's mean came from all of them. Take the
# same network and the same 1,000 digits, in ten batches: all zeros, all ones, all twos,
# and so on. How many does it read right?
#
# - **A** exactly as many: these are the same images
# - **B** clearly fewer
# - **C** more: each batch is all of a kind

# %% task="predict_company"
# company = "A", "B" or "C"
### BEGIN SOLUTION
company = "B"
### END SOLUTION

# %% check="check_predict_company" points=1
choice("batchnorm, company", company, "A", "B", "C")
print(f"✓ written down: {company}; any answer gets the point")

# %%
test_x = standardise(pixels(few.test_images), few)  # (1000, 1, 28, 28)
everything = torch.arange(1_000)
companies = {
    "all in one batch": [everything],
    "sorted by digit": [everything[few.test_labels.cpu() == digit] for digit in range(10)],
    "one at a time": list(everything.split(1)),
}


@torch.no_grad()
def read(network, batches):
    """Return how many digits are read right, when they are read in these batches."""
    return sum(
        int((network(test_x[some]).argmax(1) == few.test_labels[some]).sum()) for some in batches
    )


broken = {name: read(careless, batches) for name, batches in companies.items()}
for name, right in broken.items():
    print(f"{name:17} {right:5,} of 1,000")
fewer = broken["all in one batch"] - broken["sorted by digit"]
outcome("batchnorm, company", "A" if fewer == 0 else "B" if fewer > 0 else "C")

# %% [markdown]
# ### Something is broken
#
# The images are the same, the weights are the same, and the answers are not: what the network says
# about one image depends on the others that it happens to come with. Among nothing but
# threes, part of what makes them threes is in the mean of the batch, and `normalise` subtracts it.
# A reader of digits that must be shown a thousand at a time, well mixed, is of little use.
#
# ## Exercise 2: a layer that remembers
#
# *Goal: write BatchNorm, with its memory. Difficulty: ●●○. Time: 15 minutes.*
#
# **BatchNorm** is `normalise` and two additions.
#
# - *A memory.* While it trains, it normalises by the batch, as you did, and it keeps
#   **running statistics**: a mean and a variance for each map, moved a tenth of the way towards
#   those of each batch. In use, it normalises by what it has kept. The batch no longer matters.
# - *A scale and a shift.* Mean 0 and deviation 1 are a good start, and not always what the next
#   layer needs. Two parameters for each map, learned like weights, let the network choose:
#   here 180 in all. (They are the smaller part of the help. It has just learned without them.)
#
# Every layer of PyTorch knows which of the two it is doing: `self.training` is True after
# `network.train()` and False after `network.eval()`.
#
# The kept numbers are not parameters: they are measured, not learned from the loss. This course,
# like its autograder, does not count them.


# %% task="norm"
class Norm(nn.Module):
    """BatchNorm, by hand."""

    def __init__(self, maps, momentum=0.1, eps=1e-5):
        super().__init__()
        self.momentum, self.eps = momentum, eps
        self.scale = nn.Parameter(torch.ones(maps))
        self.shift = nn.Parameter(torch.zeros(maps))
        self.register_buffer("mean", torch.zeros(maps))  # kept, and never trained
        self.register_buffer("variance", torch.ones(maps))

    def forward(self, x):
        """(N, maps, H, W) in and out.

        In training: normalise by the batch, and move self.mean and self.variance towards it:
        kept = (1 - momentum) * kept + momentum * the batch's. As PyTorch does, keep the variance
        that x.var((0, 2, 3)) gives, but normalise by the one with correction=0.
        In use: normalise by self.mean and self.variance, and leave them alone.
        Both ways, multiply by self.scale and add self.shift at the end.
        """
        ### BEGIN SOLUTION
        if self.training:
            mean, variance = x.mean((0, 2, 3)), x.var((0, 2, 3), correction=0)
            with torch.no_grad():
                self.mean.lerp_(mean, self.momentum)
                self.variance.lerp_(x.var((0, 2, 3)), self.momentum)
        else:
            mean, variance = self.mean, self.variance
        x = (x - mean.view(1, -1, 1, 1)) / (variance.view(1, -1, 1, 1) + self.eps).sqrt()
        return x * self.scale.view(1, -1, 1, 1) + self.shift.view(1, -1, 1, 1)
        ### END SOLUTION


# %% check="check_norm" points=3
torch.manual_seed(0)
with trying("Norm(3)", "leave __init__ as it stands"):
    mine = Norm(3)
theirs = nn.BatchNorm2d(3)
first, second = torch.randn(8, 3, 4, 4) * 3 + 5, torch.randn(8, 3, 4, 4) - 2
with torch.no_grad():
    with trying("in training", "a tensor (maps,) fits beside x after .view(1, -1, 1, 1)"):
        made = mine(first)
    hint = "in training, as in exercise 1: by the batch's own mean, and variance with correction=0"
    close(made, theirs(first), "in training, the first batch", hint, 1e-4)
    mine(second), theirs(second)
    hint = (
        "nine tenths of what was kept, one tenth of the batch's; both are (maps,), without keepdim"
    )
    close(mine.mean.clone(), theirs.running_mean, "the kept mean after two batches", hint, 1e-4)
    hint = "keep x.var((0, 2, 3)), without correction=0"
    close(mine.variance.clone(), theirs.running_var, "the kept variance", hint, 1e-4)
    mine.eval(), theirs.eval()
    hint = "after eval(), self.training is False: use what was kept"
    close(mine(first), theirs(first), "in use", hint, 1e-4)
    hint = "in use, nothing is kept: move them in training alone"
    close(mine.mean.clone(), theirs.running_mean, "the kept mean after use", hint, 1e-4)
    close(mine.variance.clone(), theirs.running_var, "the kept variance after use", hint, 1e-4)
    hint = "in use an image is normalised by what was kept, alone or not"
    close(mine(first[:1]), theirs(first[:1]), "in use, one image alone", hint, 1e-4)
    for one in (mine.train(), theirs.train()):
        scale, shift = one.parameters()
        scale.copy_(torch.tensor([2.0, -1.0, 0.5]))
        shift.copy_(torch.tensor([0.5, 3.0, 0.0]))
    hint = "multiply by self.scale and add self.shift at the end, in training and in use"
    close(mine(first), theirs(first), "in training, another scale and shift", hint, 1e-4)
    close(mine.eval()(second), theirs.eval()(second), "in use, another scale and shift", hint, 1e-4)
sent = []  # what comes back through each of them to the same batch
for one in (mine.train(), theirs.train()):
    batch = first.clone().requires_grad_()
    with trying("the way back, in training", "only what is kept is out of sight of training"):
        (one(batch) ** 3).sum().backward()
    sent.append(batch.grad)
hint = "the batch's mean and variance depend on x too: no detach() and no no_grad() around them"
close(sent[0], sent[1], "the gradient", hint, 1e-3)
hint = "update what is kept inside torch.no_grad()"
expect(not mine.mean.requires_grad, f"expected the kept mean to be a plain tensor: {hint}")
hint = "use self.momentum and self.eps, not 0.1 and 0.00001"
mine, theirs = Norm(3, momentum=0.5, eps=2.0), nn.BatchNorm2d(3, momentum=0.5, eps=2.0)
with torch.no_grad():
    close(mine(first), theirs(first), "eps=2", hint, 1e-4)
    close(mine.mean.clone(), theirs.running_mean, "the kept mean, momentum=0.5", hint, 1e-4)
    close(mine.variance.clone(), theirs.running_var, "the kept variance, momentum=0.5", hint, 1e-4)
### BEGIN HIDDEN TESTS
mine, theirs = Norm(2, momentum=0.5, eps=0.1), nn.BatchNorm2d(2, momentum=0.5, eps=0.1)
for one in (mine, theirs):
    own = list(one.parameters())
    equal(len(own), 2, "how many parameters there are")
    with torch.no_grad():
        own[0].copy_(torch.tensor([2.0, -1.0]))
        own[1].copy_(torch.tensor([0.5, 3.0]))
for _ in range(3):  # and it must be possible to train it, step after step
    y = torch.randn(4, 2, 3, 3, requires_grad=True)
    sums = []
    for one in (mine, theirs):
        made = one(y)
        sums.append(made.detach())
        (made**3).sum().backward()
        sums.append(y.grad.clone())
        y.grad = None
    close(sums[0], sums[2], "in training, momentum=0.5, eps=0.1, another scale and shift", "", 1e-4)
    close(sums[1], sums[3], "the gradient", "the mean and the variance have gradients, too", 1e-3)
with torch.no_grad():
    close(mine.eval()(y), theirs.eval()(y), "in use, with another scale and shift", "", 1e-4)
expect(not mine.mean.requires_grad, "expected the kept mean to be a plain tensor: torch.no_grad()")
### END HIDDEN TESTS
print("✓ Norm does what nn.BatchNorm2d does")

# %% [markdown]
# <details><summary>Hint 1: how do the two modes share their code?</summary>
#
# `if self.training:` take mean and variance from the batch and update what is kept;
# `else:` take what is kept. After that, both go the same way. A tensor of shape `(maps,)` fits
# beside `x` after `.view(1, -1, 1, 1)`.
#
# </details>
# <details><summary>Hint 2: how is a buffer updated?</summary>
#
# In place, and out of sight of training:
# `with torch.no_grad(): self.mean.mul_(0.9).add_(0.1 * mean)`, with `self.momentum` for the 0.1.
#
# </details>
# <details><summary>Passing the first batch but failing the kept variance?</summary>
#
# Then you keep the variance that you normalise by. They differ: the kept one divides by one less
# than the number of values. On a batch of a few images that shows.
#
# </details>

# %% [markdown]
# Train the network with *your* layer in its seven places, then read the same digits in the same
# three ways. Twice: as it should be, and with `eval()` forgotten.

# %%
torch.manual_seed(0)
normed = Light(Norm)
normed_epochs = lesson.fit(normed, few, slow())
good = {name: read(normed.eval(), batches) for name, batches in companies.items()}
lent = copy.deepcopy(normed).train()  # so that nothing happens to yours yet
forgotten = {name: read(lent, batches) for name, batches in companies.items()}
print(f"{'':17} eval()   forgotten")
for name in companies:
    print(f"{name:17} {good[name]:6,} {forgotten[name]:11,}")

# %% [markdown]
# On the left the company makes no difference. Each image is read for itself.
#
# On the right `eval()` was forgotten, and the old fault is back: what is read depends on its
# company.

# %%
figures.draw_comparison(
    {
        "eval() forgotten": [1_000 - right for right in forgotten.values()],
        "with eval()": [1_000 - right for right in good.values()],
    },
    list(companies),
    "how the 1,000 digits are read",
    "misread",
    "The same weights, the same digits",
)

# %% [markdown]
# And there is a second harm. In training mode the layer goes on remembering, whoever is watching.
# Say you only want to look at the ones, thirty times, and leave `eval()` out. What has the layer
# kept then? Here are the ten deviations that `conv1` keeps (the roots of its variances), and what
# the network reads once `eval()` is back.

# %%
ones = companies["sorted by digit"][1]
for batches in ([], [ones] * 30):
    read(normed.train(), batches)
    kept = " ".join(f"{value:6.2f}" for value in normed.conv1[1].variance.sqrt().tolist())
    after = read(normed.eval(), companies["all in one batch"])
    print(f"{'after' if batches else 'before':6} {kept}   {after:5,} of 1,000")

# %% [markdown]
# A one has little ink, so what is kept has shrunk, and it no longer fits the other digits. No error,
# no warning. Only looking at how something is measured finds a mistake like this one.
# The habit: `network.eval()` before you judge, `network.train()` before you go on.
#
# ## Why no bias
#
# Look at `block`: its convolution has `bias=False`. A bias adds one number to a whole map. Add 5
# and see what arrives behind BatchNorm.

# %%
torch.manual_seed(0)
convolution, norm = nn.Conv2d(1, 10, 3), nn.BatchNorm2d(10)
with torch.no_grad():
    before = norm(convolution(x.cpu()))
    convolution.bias += 5
    after = norm(convolution(x.cpu()))
print(f"largest change of any of {after.numel():,} values: {(after - before).abs().max():.6f}")

# %% [markdown] answer="explain_bias" points=3
# **In your own words** (two or three sentences, 3 points): why does a bias before BatchNorm change
# nothing? What would it cost this network, and what takes its place?
#
# ### BEGIN SOLUTION
# A bias adds the same number to every value of a map, so the map's mean grows by just that number,
# and BatchNorm subtracts the mean. It would cost one parameter for each of the 90 maps, which
# store something and do nothing. BatchNorm's shift comes after the subtraction, so it does what the
# bias was meant to do.
# ### END SOLUTION

# %% [markdown]
# ## Six short trainings
#
# What would have helped without BatchNorm? Larger steps, perhaps. Six short trainings, one epoch of
# the 4,000 images each: three learning rates, without and with BatchNorm. From here on it is
# PyTorch's, which computes what yours does. What do you expect?
#
# - **A** at some rate the network without BatchNorm catches up; at the highest, not both fail
# - **B** with BatchNorm it reads more at every rate
# - **C** at some rate the network without BatchNorm catches up; at the highest, both fail
#
# To catch up is to read as many or more. To fail is to read fewer than 500 of the 1,000.

# %% task="predict_rates"
# rates_guess = "A", "B" or "C"
### BEGIN SOLUTION
rates_guess = "B"
### END SOLUTION

# %% check="check_predict_rates" points=1
choice("batchnorm, rates", rates_guess, "A", "B", "C")
print(f"✓ written down: {rates_guess}; any answer gets the point")

# %%
rates, read_right = (0.01, 0.03, 0.1), {}
for name, norm in (("without", None), ("with BatchNorm", nn.BatchNorm2d)):
    read_right[name] = []
    for rate in rates:
        torch.manual_seed(0)
        network = Light(norm)
        epochs = lesson.fit(network, few, slow(rate, epochs=1))
        read_right[name].append(epochs[-1].test_correct)
        if norm and rate == 0.1:
            trained, trained_epochs = network, epochs
without, with_norm = read_right.values()
better = all(b > a for a, b in zip(without, with_norm, strict=True))
outcome(
    "batchnorm, rates", "B" if better else "C" if max(without[-1], with_norm[-1]) < 500 else "A"
)
figures.draw_comparison(
    read_right, rates, "learning rate", "of 1,000 test digits", "One epoch, three rates"
)

# %% [markdown]
# BatchNorm does not care how large the weights before it are: twice the weights, twice the
# deviation, and the division takes it out again. So a step that is too long does less harm there,
# and you may take longer ones. (Not any length. The head has no BatchNorm behind it, and nothing
# protects it.)
#
# And with all 60,000 images? These are the recorded trainings of both networks, 15 epochs at the
# rate 0.01: the mean of all seeds after some of their epochs.

# %%
steps = matching("ladder/05_whole_map_head", "ladder/06_batch_norm")
for one in steps:
    after = {
        epoch: sum(
            run[epoch - 1]["test_correct"] / run[epoch - 1]["test_total"] for run in one.runs
        )
        for epoch in (1, 2, 5, 15)
    }
    said = ", ".join(f"{total / len(one.runs):.2%} after {n}" for n, total in after.items())
    print(f"{one.title} ({one.parameters:,} parameters): {said}")
figures.draw_curves(steps[-1].runs, title=f"Recorded: {steps[-1].title}")

# %% [markdown]
# The dashed line is the training set, the thick one the test set. Keep an eye on the distance between
# the two. It is the next lesson.
#
# ## Checkpoint
#
# The network with BatchNorm, after one epoch on 4,000 images, beside the recorded networks.

# %%
yours = ledger(trained)
last = trained_epochs[-1]
print(f"{yours.parameters:,} parameters, {last.test_correct:,} of {last.test_total:,} digits")
lesson.checkpoint("you", yours.parameters, last.test_correct / last.test_total, reached=6)

# %% [markdown]
# ## What to take away
#
# - Before you blame a network's size, look at the numbers that run through it. A signal can fade
#   to nothing in seven layers.
# - BatchNorm brings each map to mean 0 and deviation 1, over all images and places of the batch,
#   then applies a scale and a shift that are learned: two parameters for each map.
# - While training it uses the batch, in use what it has kept. Forget `eval()`, and images are
#   judged by their company.
# - No bias before BatchNorm: it would be subtracted again.
#
# ## Five questions
#
# <details><summary>1. Five convolutions make 8, 12, 16, 16 and 16 maps, with BatchNorm behind each. What does it store?</summary>
#
# A scale and a shift for each map: 2 * (8 + 12 + 16 + 16 + 16) = 136 parameters. The running
# statistics are as many numbers again, and are not counted.
#
# </details>
# <details><summary>2. Why is the mean not taken over each image alone?</summary>
#
# It can be, and that layer has another name: instance norm. It would hide how much of something an
# image has, compared with other images, which is often what tells digits apart.
#
# </details>
# <details><summary>3. You double all weights of a convolution in front of BatchNorm. What changes behind it?</summary>
#
# Nothing but the share of `eps`: mean and deviation double as well.
#
# </details>
# <details><summary>4. Your test accuracy differs between a batch size of 1,000 and one of 10. What did you forget?</summary>
#
# `network.eval()`.
#
# </details>
# <details><summary>5. Why does the last layer, the head, have no BatchNorm here?</summary>
#
# Its ten values are the scores. BatchNorm would give every digit the same mean score in a batch,
# however many there are of it, and the same deviation, however sure the network is.
#
# </details>
#
# ## Explore: make it disappear
#
# In use, BatchNorm multiplies each map by a fixed number and adds another. So does a convolution: it
# can have larger weights, and a bias. Write `fold(convolution, norm)`: it returns *one* `nn.Conv2d`
# that does what the two do in use. In `nn.BatchNorm2d` the scale is called `weight`, the shift
# `bias`, and what is kept `running_mean` and `running_var`. Fold all seven of `trained`, and compare
# the scores of 1,000 digits: they should differ in the sixth place.
#
# <details><summary>Hint: what is BatchNorm in use, as one line?</summary>
#
# `(y - mean) / root * scale + shift`, where `root = (variance + eps).sqrt()`. Sort it into
# `y * factor + something`: `factor = scale / root` goes into the weights, each output map's own, and
# `shift - mean * factor` is the bias.
#
# </details>
#
# So BatchNorm is help for learning. Once the network has learned, its work can be done by what was
# there before. (This course counts a network as it is trained: the 180 numbers stay on the bill.)
#
# BatchNorm needs a batch. Train `Light(nn.BatchNorm2d)` with `batch_size=2` and `batch_size=512`
# in the recipe, and compare. Find the rate at which even BatchNorm does not save it. Then put the
# norm after the relu instead of before it. One of the reference networks does that: look for it
# in `solutions/seeds/`.
#
# ## Where it comes from
#
# - Ioffe and Szegedy, [Batch normalization](https://arxiv.org/abs/1502.03167) (2015): the layer,
#   and why its authors made it
# - Santurkar and others, [How does batch normalization help
#   optimization?](https://arxiv.org/abs/1805.11604) (2018): why it helps is another question
# - He and others, [Delving deep into rectifiers](https://arxiv.org/abs/1502.01852) (2015): weights
#   that begin large enough, so that no signal fades
