# %% [markdown]
# # One step by hand
#
# | Lesson | |
# |---|---|
# | You will learn | what a training does in one step: scores, probabilities, loss, gradient and update; and the whole loop around it, which you write yourself |
# | You need | the lessons before it; what a slope is |
# | Time | 60 minutes; your computer works for less than one of them, on a laptop or a GPU |
# | Points | 16 |
#
# Until here a training was one line, `lesson.fit(…)`, and what it did was told in a few words. Now you
# open it. You write one step with plain tensors, then the loop, in about thirty lines. At the end you
# set it beside the course's own loop, which the autograder grades with. Both give the same numbers:
# there is nothing else in it.

# %%
import math
import warnings
from itertools import pairwise

import torch
import torch.nn as nn
import torch.nn.functional as F

from course import figures, lesson
from course.checking import close, equal, expect, plain, trying
from course.data import Digits
from course.ledger import ledger
from course.predictions import choice, number, outcome
from course.recipe import Recipe
from course.training import pixels, standardise, train

digits = lesson.digits()
few = lesson.few(digits, train=6_000, test=1_000)
x = standardise(pixels(few.train_images), few)  # (6000, 1, 28, 28)
y = few.train_labels  # (6000,)
test_x = standardise(pixels(few.test_images), few)  # (1000, 1, 28, 28)

# %% [markdown]
# ## The smallest network that learns
#
# The ten averages of lesson[look_and_count] store 7,840 numbers, a picture for each digit, and nothing
# about them was learned. Here is their nearest relative: a weight for each pixel and each digit, and
# ten biases. A digit's score is the sum of all pixels times that digit's weights. (It is a dense
# layer, with the bill that lesson[the_last_layers_bill] warned of. It makes up for it by being small
# enough to work out by hand.)


# %%
class Reader(nn.Module):
    """One layer: 784 pixels in, ten scores out."""

    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(28 * 28, 10)  # a weight for each pixel and digit, and ten biases

    def forward(self, x):
        return self.linear(x.flatten(1))  # (N, 784) to (N, 10)


def reader():
    """Return a Reader with the random start of this lesson."""
    torch.manual_seed(0)
    return Reader()


def read_right(network):
    """Return how many of the 1,000 test digits a network reads right."""
    network.eval()
    with torch.no_grad():
        return int((network(test_x).argmax(1) == few.test_labels).sum())


network = reader().to(x.device)
with torch.no_grad():
    scores = network(x)  # (6000, 10)
print(f"before the first step it reads {read_right(network)} of 1,000 test digits")
figures.draw_layers(ledger(reader()))

# %% [markdown]
# ## Ten scores, ten probabilities
#
# Take the first training image. The network gives scores, and they may be any numbers. Softmax makes
# probabilities of them: e to the power of each, divided by the sum of all ten.

# %%
print("digit         " + "".join(f"{digit:7}" for digit in range(10)))
powers = scores[0].exp()
for name, row in (
    ("score", scores[0]),
    ("e to the score", powers),
    ("probability", powers / powers.sum()),
):
    print(f"{name:14}" + "".join(f"{value:7.2f}" for value in row.tolist()))
print(f"\nthe probability of its label, {int(y[0])}, is {float((powers / powers.sum())[y[0]]):.3f}")

# %% [markdown]
# The loss of one image is minus the logarithm of the probability of its label: 0 where that
# probability is 1, and higher the less probable the label is. The loss of many images is the mean of theirs.
#
# ## Exercise 1: how wrong is it?
#
# *Goal: write softmax and cross-entropy, in one function that no score can break. Difficulty: ●●○. Time: 10 minutes.*
#
# Mind one thing. A float holds numbers up to about e to the power of 88. A score of 1,000 is allowed,
# and its power is not: `inf / inf` is no number. But softmax stays the same when the same number is
# taken from all scores of an image, so take the highest of them away first. And a probability that
# rounds to 0 has no logarithm. So do not divide first and take the logarithm then: the logarithm of
# (power / sum) is the score minus the logarithm of the sum.


# %% task="cross_entropy"
def cross_entropy(scores, labels):
    """Return the mean loss of some images, as a tensor with one number.

    scores: (N, 10), labels: (N,)
    """
    ### BEGIN SOLUTION
    scores = scores - scores.max(dim=1, keepdim=True).values  # (N, 10), none above 0
    log_sums = scores.exp().sum(dim=1).log()  # (N,)
    of_label = scores[torch.arange(len(labels)), labels]  # (N,)
    return (log_sums - of_label).mean()
    ### END SOLUTION


# %% check="check_cross_entropy" points=2
hint = "log(sum of e to each score) minus the score of the label, and the mean over images"
even = torch.zeros(4, 10)  # four images, all ten digits equally likely
highest = "scores.max(dim=1, keepdim=True).values has each image's highest score"
with trying("four images with ten scores of 0", f"{hint}; {highest}"):
    found = cross_entropy(even, torch.tensor([0, 3, 3, 9]))
expect(isinstance(found, torch.Tensor), f"expected a tensor, found {type(found).__name__}")
equal(tuple(found.shape), (), "the shape of the loss", "one number for all images: their mean")
hint = "each image's loss is log(10): softmax along dim=1, natural logarithm, the mean over images"
close(found, torch.tensor(math.log(10)), "ten scores of 0", hint)
two = torch.tensor([[2.0, 1.0, 0.0], [0.0, 0.0, 4.0]])  # two images, three digits
given, labels = two.clone(), torch.tensor([0, 1])
hint = (
    "softmax runs along an image's own scores, dim=1, and the label says which of them counts;"
    " what is taken away from the scores is taken away from the label's score too"
)
close(cross_entropy(two, labels), torch.tensor((0.4076 + 4.0360) / 2), "two images", hint, 1e-3)
equal(two, given, "the scores afterwards", "leave what you are given as it is: scores - …, not -=")
hint = (
    "take each image's highest score away first: e to the power of 1,000 is more than a float holds"
)
close(cross_entropy(two + 1_000, labels), torch.tensor(2.2218), "scores above 1,000", hint, 1e-3)
hint = "a probability that rounds to 0 has no logarithm: log(sum) - score, without dividing first"
far = torch.tensor([[0.0, 1_000.0]])
close(cross_entropy(far, torch.tensor([0])), torch.tensor(1_000.0), "scores of 0 and 1,000", hint)
hint = (
    "take each image's own highest score away: with that of all images, the others' powers become 0"
)
apart = torch.tensor([[0.0, 1.0], [500.0, 500.0]])
wanted = torch.tensor((1.3133 + 0.6931) / 2)
close(cross_entropy(apart, torch.tensor([0, 1])), wanted, "one image far above another", hint, 1e-3)
hint = "training goes back through it: no .item(), no detach(), no no_grad()"
slopes = torch.randn(5, 10, requires_grad=True)
expect(cross_entropy(slopes, torch.arange(5)).requires_grad, f"expected a gradient\n{hint}")
### BEGIN HIDDEN TESTS
torch.manual_seed(0)
for size in (1, 7, 64):
    some, their = 5 * torch.randn(size, 10), torch.randint(10, (size,))
    close(cross_entropy(some, their), F.cross_entropy(some, their), f"{size} random images")
real = slopes.detach().clone().requires_grad_()
cross_entropy(slopes, torch.arange(5)).backward()
F.cross_entropy(real, torch.arange(5)).backward()
close(slopes.grad, real.grad, "the gradient of five random images")
### END HIDDEN TESTS
print("✓ the same loss as F.cross_entropy")

# %% [markdown]
# <details><summary>Hint 1: how do I take the highest of each row away?</summary>
#
# `scores.max(dim=1, keepdim=True).values` has the shape `(N, 1)` and fits beside `(N, 10)`.
#
# </details>
# <details><summary>Hint 2: how do I pick the score of each label?</summary>
#
# `scores[torch.arange(len(labels)), labels]`: from row 0 the place of label 0, from row 1 that of
# label 1, and so on. `scores.gather(1, labels.unsqueeze(1))` does it as well.
#
# </details>
# <details><summary>Passing the small scores but failing those above 1,000?</summary>
#
# Then the highest score is still there when you take the powers. Subtract it first; the loss does not
# change, since the logarithm of the sum falls by as much as the score of the label.
#
# </details>

# %%
start = cross_entropy(scores, y)
print(
    f"the untrained network's loss: {start:.3f}; of one that gives every digit a tenth: {math.log(10):.3f}"
)

# %% [markdown]
# Remember 2.303. A network that has learned nothing should begin near it. One that begins far above
# is sure of something, and wrong.
#
# ## Which way?
#
# The scores of the first image are to change so that its loss falls. Its label's score should rise. And
# the other nine? A step moves each score against its gradient. How many of the nine will it lower?
#
# - **A** none: only the label's score is moved
# - **B** one: that of the digit which it takes the image for
# - **C** all nine

# %% task="predict_lowered"
# lowered = "A", "B" or "C"
### BEGIN SOLUTION
lowered = "B"
### END SOLUTION

# %% check="check_predict_lowered" points=1
choice("one step by hand, lowered", lowered, "A", "B", "C")
print(f"✓ written down: {lowered}; any answer gets the point")

# %% [markdown]
# PyTorch can work out any gradient: it has kept how each number was made. Here are the ten
# probabilities of that image once more, and the gradient of its loss for each of its ten scores.

# %%
one = scores[:1].clone().requires_grad_()
cross_entropy(one, y[:1]).backward()
label, slope = int(y[0]), one.grad[0].tolist()
print(f"a {label}      " + "".join(f"{digit:7}" for digit in range(10)))
print("probability" + "".join(f"{value:7.3f}" for value in scores[0].softmax(0).tolist()))
print("gradient   " + "".join(f"{value:7.3f}" for value in slope))
falling = sum(value > 0 for digit, value in enumerate(slope) if digit != label)
outcome("one step by hand, lowered", "A" if falling == 0 else "B" if falling == 1 else "C")

# %% [markdown]
# Compare the two rows. The gradient of a score *is* its probability; at the label it is the
# probability minus 1. So every digit pushes, each as much as it is believed, and the ten pushes add up
# to 0. An image that is read right with a probability of 0.99 moves almost nothing. One that is misread
# moves a lot.
#
# From there to the weights it is one more thought. A score is the sum of pixels times weights. Where a
# weight grows a little, its score grows by as much times the pixel. So a weight's gradient is the
# score's gradient times the pixel, averaged over all images.
#
# ## Exercise 2: the gradient of 7,850 numbers
#
# *Goal: write down each weight's gradient, without PyTorch's help. Difficulty: ●●○. Time: 10 minutes.*
#
# `pixels` has a row for each image, `scores` too. The loss is the *mean* over the images, so divide by
# their number.


# %% task="gradient"
def gradient(pixels, scores, labels):
    """Return the gradients of the weights, (10, 784), and of the biases, (10,).

    pixels: (N, 784), scores: (N, 10), labels: (N,)
    """
    ### BEGIN SOLUTION
    pushes = scores.softmax(dim=1)  # (N, 10)
    pushes[torch.arange(len(labels)), labels] -= 1
    pushes = pushes / len(labels)
    return pushes.T @ pixels, pushes.sum(dim=0)
    ### END SOLUTION


# %% check="check_gradient" points=3
# One image of two pixels, three digits, equally likely: each is pushed by 1/3, the label by 1/3 - 1.
hint = "the probability of each score (softmax along dim=1), minus 1 at the label, times each pixel"
with trying("an image of two pixels", hint):
    found = gradient(torch.tensor([[3.0, 6.0]]), torch.zeros(1, 3), torch.tensor([1]))
pair = type(found) in (tuple, list) and len(found) == 2
kind = type(found).__name__
expect(pair, f"expected two tensors, for the weights and for the biases, found a {kind}")
to_weight, to_bias = found
expect(isinstance(to_weight, torch.Tensor), "expected two tensors: weights, then biases")
equal(
    tuple(to_weight.shape), (3, 2), "the weights' shape", "a row for each digit: pushes.T @ pixels"
)
close(
    to_weight, torch.tensor([[1.0, 2.0], [-2.0, -4.0], [1.0, 2.0]]), "3 and 6 as pixels", hint, 1e-4
)
hint = "a bias is a weight whose pixel is always 1: its gradient is the push itself"
close(to_bias, torch.tensor([1 / 3, -2 / 3, 1 / 3]), "the biases", hint, 1e-4)
torch.manual_seed(0)
some, their = torch.randn(6, 5), torch.tensor([0, 1, 2, 3, 3, 1])
layer = nn.Linear(5, 4)
given = layer(some).detach()
kept = given.clone()
with trying("six images of five pixels", "one row of pushes for each image"):
    to_weight, to_bias = gradient(some, given, their)
equal(
    given,
    kept,
    "the scores afterwards",
    "subtract the 1 from the probabilities, not from the scores",
)
wiggled = layer.weight.detach().clone()
wiggled[2, 1] += 0.01  # one weight a little larger: how much more is the loss?
with torch.no_grad():
    before, after = (
        F.cross_entropy(some @ w.T + layer.bias, their) for w in (layer.weight, wiggled)
    )
told = f"one weight grows by 0.01, the loss by {float(after - before):.6f}"
hint = (
    f"{told}: take 1 from each image's own label, add up over the images, divide by their number, 6"
)
close(
    plain(to_weight[2, 1]), float(after - before) / 0.01, "the gradient of that weight", hint, 0.02
)
F.cross_entropy(layer(some), their).backward()
hint = "the sum over all images of push times pixel, divided by the number of images"
close(to_weight, layer.weight.grad, "the weights, six images", hint, 1e-4)
close(to_bias, layer.bias.grad, "the biases, six images", "the sum of pushes over all images", 1e-4)
### BEGIN HIDDEN TESTS
for images in (1, 3, 100):
    some, their = torch.randn(images, 7), torch.randint(10, (images,))
    layer = nn.Linear(7, 10)
    F.cross_entropy(layer(some), their).backward()
    to_weight, to_bias = gradient(some, layer(some).detach(), their)
    close(to_weight, layer.weight.grad, f"the weights, {images} images", "", 1e-4)
    close(to_bias, layer.bias.grad, f"the biases, {images} images", "", 1e-4)
### END HIDDEN TESTS
print("✓ what PyTorch works out, you can too")

# %% [markdown]
# <details><summary>Hint 1: how do I subtract 1 at the labels alone?</summary>
#
# `F.one_hot(labels, scores.shape[1])` has a 1 at each image's label and 0 elsewhere. Subtract it from
# `scores.softmax(dim=1)`.
#
# </details>
# <details><summary>Hint 2: how do the pushes meet the pixels?</summary>
#
# Each image's ten pushes times its 784 pixels, added up over the images: that is the product of two
# matrices, `pushes.T @ pixels`, (10, N) times (N, 784).
#
# </details>
# <details><summary>Passing one image but failing six?</summary>
#
# With one image a sum and a mean are the same. Divide the pushes by the number of images.
#
# </details>

# %% [markdown]
# Look at it. A step goes *against* the gradient, so here is minus the gradient of all 6,000 images:
# what one step adds to the weights of each digit, as ten pictures. Dark adds to a weight,
# light takes away from it, and the grey of the border does neither.

# %%
to_weight, to_bias = gradient(x.flatten(1), scores, y)
figures.draw_digits(
    -to_weight.view(10, 28, 28), range(10), title="What the first step adds to each digit's weights"
)

# %% [markdown]
# You have seen such pictures: the averages of lesson[look_and_count], less what the other digits have
# in common with them. Nobody told the network to take averages. It is what makes the loss fall fastest.
#
# ## How far?
#
# The gradient says which way. The **learning rate** says how far: each weight is moved by the rate times its
# gradient. Take that one step, from the same start, with rates from 0.01 to 3. What happens to the
# loss?
#
# - **A** the longer the step, the lower the loss
# - **B** longer steps help at first, and the longest leave it higher than it was
# - **C** it falls by about the same: the direction is what counts

# %% task="predict_far"
# far = "A", "B" or "C"
### BEGIN SOLUTION
far = "A"
### END SOLUTION

# %% check="check_predict_far" points=1
choice("one step by hand, far", far, "A", "B", "C")
print(f"✓ written down: {far}; any answer gets the point")

# %%
rates, losses = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0), []
for rate in rates:
    moved = reader().to(x.device)
    with torch.no_grad():
        moved.linear.weight -= rate * to_weight
        moved.linear.bias -= rate * to_bias
        losses.append(float(cross_entropy(moved(x), y)))
    print(
        f"rate {rate:4}: loss {start:.2f} becomes {losses[-1]:5.2f}, reads {read_right(moved)} of 1,000"
    )
ever_lower = all(later < earlier for earlier, later in pairwise(losses))
outcome("one step by hand, far", "A" if ever_lower else "B" if losses[-1] > start else "C")
figures.draw_comparison(
    {"before": [float(start)] * len(rates), "after one step": losses},
    rates,
    "learning rate",
    "loss",
    "One step in the same direction, six lengths",
)

# %% [markdown]
# A gradient is a promise about *small* steps. Further out the slope is another one, and a step that is
# too long lands on the far side, higher up. One step with a good rate, though, and a network that knew
# nothing reads half of the digits. (So may a step that is too long. The loss counts more than digits:
# also how sure the network is where it is wrong.)
#
# ## With less to look at
#
# To look at all 6,000 images for one step is thorough, and slow. A **batch** of a few gives a gradient that
# is wrong in detail and right on the whole. How right? Here is the cosine of the angle between the two:
# 1 is the same direction, 0 has nothing to do with it.

# %%
for images in (1, 4, 16, 64, 256):
    cosines = []
    for first in range(0, 20 * images, images):  # twenty batches
        batch = slice(first, first + images)
        rough, _ = gradient(x[batch].flatten(1), scores[batch], y[batch])
        cosines.append(F.cosine_similarity(rough.flatten(), to_weight.flatten(), dim=0).item())
    print(f"{images:4} images: {sum(cosines) / len(cosines):.2f}")

# %% [markdown]
# 64 images of 6,000 already point most of the way, for a hundredth of the work. So a training goes in
# **steps**: one batch, its loss, and each weight moved a little. Once through all images is an epoch: with
# 6,000 images and batches of 64 that is 93 steps. (48 images are left over. This course leaves them
# out, other ones in each epoch, since each epoch takes the images in a new order.)
#
# ## Three refinements
#
# Everything that is added to such a step in this course fits in a line each.
#
# **Momentum**: batches disagree, and a valley may be steep across and flat along. So do not step
# along the gradient alone: keep a share of the step before and add the gradient to it.
#
# ```python
# velocity = momentum * velocity + gradient
# weight = weight - rate * velocity
# ```
#
# What batches agree on adds up; what they disagree on cancels. Say a gradient is 1 at every step, the
# momentum is 0.9, and the velocity begins at 0. What is the velocity after 50 steps, to the nearest
# whole number?

# %% task="predict_velocity"
# velocity_guess = a whole number from 0 to 100
### BEGIN SOLUTION
velocity_guess = 2
### END SOLUTION

# %% check="check_predict_velocity" points=1
number("one step by hand, velocity", velocity_guess, 0, 100)
print(f"✓ written down: {velocity_guess}; any number gets the point")

# %%
velocity = 0.0
for _ in range(50):
    velocity = 0.9 * velocity + 1
outcome("one step by hand, velocity", round(velocity), within=1)


def slide(rate, momentum, steps=60):
    """Return how high a point lies after each step, in a valley ten times as steep across as along."""
    place, velocity, heights = torch.tensor([1.0, 10.0]), torch.zeros(2), []
    steep = torch.tensor([10.0, 1.0])  # across, along: the height is half of steep * place squared
    for _ in range(steps):
        velocity = momentum * velocity + steep * place  # that is the gradient of the height
        place = place - rate * velocity
        heights.append(float((steep * place**2).sum() / 2))
    return heights


figures.draw_lines(
    {
        "rate 0.02": slide(0.02, 0),
        "rate 0.02, momentum 0.9": slide(0.02, 0.9),
        "rate 0.2": slide(0.2, 0),
    },
    "step",
    "height above the valley's floor",
    "A valley that is steep across and flat along",
)

# %% [markdown]
# At a small rate it creeps along the valley. At a large one it is thrown from one side to the other and
# never gets down; a little more, and it is thrown out. The steep direction sets the limit. With momentum
# the small rate is enough, since along the valley the steps add up to ten times their length. That is why a rate of 0.1 *with* momentum 0.9 is
# as much as a rate of 1 without.
#
# **Weight decay**: of two networks that read alike, the one with smaller weights is usually the better
# guess: it makes less of each pixel. So each step also pulls every weight a little towards 0. That pull
# is added to the gradient.
#
# ```python
# gradient = gradient + weight_decay * weight
# ```
#
# A **schedule**: long steps get there, short ones settle. So the rate may be another one in each step,
# and all of them are decided before training begins. Here it falls evenly to 0, which the last step
# does not quite reach. (Lesson[turn_and_settle] shows what that is good for, and you write a better one.)

# %%
EPOCHS, BATCH = 3, 64
STEPS = EPOCHS * (len(x) // BATCH)


def falling_to_zero(peak, steps=STEPS):
    """Return the learning rate of every step: from `peak` evenly down to 0."""
    return [peak * (1 - step / steps) for step in range(steps)]


figures.draw_learning_rate(
    falling_to_zero(0.01), len(x) // BATCH, "Every step's rate, before any is taken"
)

# %% [markdown]
# ## Exercise 3: the whole loop
#
# *Goal: train any network, with nothing of torch.optim. Difficulty: ●●●. Time: 20 minutes.*
#
# Now put it together. Begin with `network.train()`: some layers act otherwise while they
# learn, and a network that was read from before is still in `eval()`. For every step:
#
# 1. at the start of an epoch, draw a new order: `torch.randperm(len(x), generator=generator,
#    device=x.device)`, from one generator that is made once;
# 2. take the next `batch_size` images of that order; what does not fill a batch at the end is left out;
# 3. the network's scores, and your `cross_entropy`;
# 4. the gradient of every parameter. Any network now, so let PyTorch work it out. With
#    `parameters = list(network.parameters())`, `torch.autograd.grad(loss, parameters)` returns one
#    for each;
# 5. for each parameter: weight decay, momentum, update, in this order, inside `torch.no_grad()`.
#
# Change the parameters in place (`parameter -= …`, or `parameter.sub_(…)`): the network holds on to
# them.


# %% task="train_by_hand"
def train_by_hand(network, x, y, rates, batch_size=64, momentum=0.9, weight_decay=1e-4, seed=0):
    """Train `network` in place, a step for each of `rates`; return the loss of every step, as floats.

    x: (N, 1, 28, 28), y: (N,)
    """
    generator = torch.Generator(x.device).manual_seed(seed)
    ### BEGIN SOLUTION
    parameters = list(network.parameters())
    velocities = [torch.zeros_like(parameter) for parameter in parameters]
    per_epoch = len(x) // batch_size
    losses = []
    network.train()
    for step, rate in enumerate(rates):
        if step % per_epoch == 0:
            order = torch.randperm(len(x), generator=generator, device=x.device)
        first = step % per_epoch * batch_size
        chosen = order[first : first + batch_size]
        loss = cross_entropy(network(x[chosen]), y[chosen])
        gradients = torch.autograd.grad(loss, parameters)
        with torch.no_grad():
            for parameter, velocity, slope in zip(parameters, velocities, gradients, strict=True):
                slope = slope + weight_decay * parameter
                velocity.mul_(momentum).add_(slope)
                parameter.sub_(rate * velocity)
        losses.append(loss.item())
    return losses
    ### END SOLUTION


# %% check="check_train_by_hand" points=4
torch.manual_seed(0)
noise = torch.randint(256, (70, 28, 28), dtype=torch.uint8)
tiny = Digits("noise", noise, torch.arange(70) % 10, noise[:10], torch.arange(10))
tiny_x = standardise(pixels(tiny.train_images), tiny)
every = "list(network.parameters()) holds every parameter of any network"


def both(epochs, batch_size, momentum, weight_decay, decay, make=reader):
    """Return the weights and losses of your loop, and those of the course's, from the same start."""
    optimizer = {"name": "SGD", "lr": 0.02, "momentum": momentum, "weight_decay": weight_decay}
    steps = epochs * (70 // batch_size)
    falls = {"name": "LinearLR", "start_factor": 1.0, "end_factor": decay, "total_iters": steps}
    asked = Recipe(epochs, batch_size, optimizer, falls | {"interval": "step"}, [])
    rates = [0.02 * (1 - (1 - decay) * step / steps) for step in range(steps)]
    mine, theirs = make(), make()
    settings = {"batch_size": batch_size, "momentum": momentum, "weight_decay": weight_decay}
    about, quiet = f"{steps} steps on 70 images, batches of {batch_size}", warnings.catch_warnings
    # float(loss) warns, and is as good as loss.item()
    with (
        trying(about, f"{every}; each has its own velocity, and is changed inside torch.no_grad()"),
        quiet(action="ignore"),
    ):
        losses = plain(train_by_hand(mine, tiny_x, tiny.train_labels, rates, **settings))
    real = [epoch.train_loss for epoch in train(theirs, tiny, asked, seed=0)]
    kind = type(losses).__name__
    expect(type(losses) is list, f"expected a list of losses, one for each step, found {kind}")
    hint = "append one loss for each of `rates`: loss.item()"
    equal(len(losses), steps, "how many losses there are", hint)
    expect(all(type(loss) is float for loss in losses), f"expected losses that are floats: {hint}")
    per_epoch = steps // epochs
    means = [sum(losses[i : i + per_epoch]) / per_epoch for i in range(0, steps, per_epoch)]
    weights = [
        torch.cat([p.detach().flatten() for p in net.parameters()]) for net in (mine, theirs)
    ]
    return weights, means, real


def same(what, hint, *epochs_and_batch, momentum=0, weight_decay=0, decay=1, losses="", **how):
    """Expect the same parameters from both loops; where `losses` names them, the same losses too."""
    settings = {"momentum": momentum, "weight_decay": weight_decay, "decay": decay}
    (mine, theirs), means, real = both(*epochs_and_batch, **settings, **how)
    if losses:
        close(means, real, losses, hint, 1e-3)
    close(mine, theirs, f"the parameters {what}", hint, 1e-4)


hint = "subtract rate * gradient from every parameter, in place"
same("after one step on all 70 images", hint, 1, 70)
hint = "a new gradient in each step: what .grad held before must not be added to it"
same("after three such steps", hint, 3, 70)
hint = (
    "an order is drawn at the start of every epoch, from the one generator; batches follow it,"
    " and the 6 images that do not fill a third one are left out"
)
losses = "the mean loss of each of two epochs, batches of 32 of 70"
same("after two epochs, batches of 32 of 70", hint, 2, 32, losses=losses)
hint = (
    "velocity = momentum * velocity + gradient, one velocity for each parameter, kept between steps"
)
same("with momentum 0.9", hint, 3, 32, momentum=0.9)
hint = "gradient + weight_decay * parameter, before the momentum, for weights and biases alike"
same("with weight decay 0.5", hint, 3, 32, momentum=0.9, weight_decay=0.5)
hint = "each step has its own rate, and it multiplies the velocity when the parameter is moved"
same("with a rate that falls to 0", hint, 3, 32, momentum=0.9, weight_decay=0.5, decay=0)


def with_dropout():  # a layer that leaves out what it is given, at random, while it learns
    return nn.Sequential(reader(), nn.Dropout(0.5)).eval()


hint = "network.train() before the first step: the network may have been read from before"
torch.manual_seed(0)
with trying("a network with another layer", every):
    found = train_by_hand(with_dropout(), tiny_x, tiny.train_labels, [0.0] * 2, batch_size=70)
learns = abs(found[0] - found[1]) > 0.001  # what dropout leaves out is drawn again in each step
expect(learns, f"expected the network in training mode, found it in eval()\n{hint}")


### BEGIN HIDDEN TESTS
def two_layers():
    torch.manual_seed(1)
    return nn.Sequential(nn.Conv2d(1, 2, 5, stride=3), nn.ReLU(), nn.Flatten(), nn.Linear(128, 10))


losses, how = "the mean loss of each epoch, two layers", {"momentum": 0.8, "weight_decay": 0.01}
same("of two layers after 16 steps", "", 4, 16, **how, decay=0.1, losses=losses, make=two_layers)
### END HIDDEN TESTS
print("✓ your loop and the course's take the same steps")

# %% [markdown]
# <details><summary>Hint 1: where does a batch begin?</summary>
#
# An epoch has `per_epoch = len(x) // batch_size` steps. Step `s` of all is step `s % per_epoch` of its
# epoch; its batch is `order[first : first + batch_size]`, where `first = s % per_epoch * batch_size`.
#
# </details>
# <details><summary>Hint 2: how do I keep a velocity for each parameter?</summary>
#
# Make a list before the loop: `[torch.zeros_like(p) for p in parameters]`. In each step go through both
# together with `zip`, and change each in place: `velocity.mul_(momentum).add_(slope)`.
#
# </details>
# <details><summary>Passing one step but failing three?</summary>
#
# Then something is left over from the step before. After `loss.backward()` gradients are *added* to
# what `.grad` holds: set them to `None` before, or use `torch.autograd.grad`, which adds nothing.
#
# </details>

# %% [markdown]
# ## The two loops side by side
#
# Train the smallest network on the 6,000 images, three times through. The ten averages read more
# than eight of ten test digits. This network has about as many numbers, all of them learned. How many
# of the first 1,000 will it read?

# %% task="predict_learned"
# learned = a whole number from 1 to 1,000
### BEGIN SOLUTION
learned = 890
### END SOLUTION

# %% check="check_predict_learned" points=1
number("one step by hand, learned", learned, 1, 1_000)
print(f"✓ written down: {learned}; any number gets the point")

# %%
by_hand = reader().to(x.device)
losses = train_by_hand(by_hand, x, y, falling_to_zero(0.01))
outcome("one step by hand, learned", read_right(by_hand), within=20)

optimizer = {"name": "SGD", "lr": 0.01, "momentum": 0.9, "weight_decay": 1e-4}
scheduler = {"name": "LinearLR", "start_factor": 1.0, "end_factor": 0.0, "total_iters": STEPS}
recipe = Recipe(EPOCHS, BATCH, optimizer, scheduler | {"interval": "step"}, augment=[])
by_course = reader()
epochs = lesson.fit(by_course, few, recipe)

print("loss of each epoch        yours     the course's")
for epoch in epochs:
    mine = losses[(epoch.epoch - 1) * STEPS // EPOCHS : epoch.epoch * STEPS // EPOCHS]
    print(f"{epoch.epoch:17} {sum(mine) / len(mine):14.7f} {epoch.train_loss:14.7f}")
apart = max(
    float((mine - theirs).detach().abs().max())
    for mine, theirs in zip(by_hand.parameters(), by_course.parameters(), strict=True)
)
print(f"test digits read  {read_right(by_hand):14} {epochs[-1].test_correct:14}")
print(f"none of the 7,850 numbers differs by more than {apart:.1e}")

# %% [markdown]
# They agree to about the seventh digit, which is where a float ends: to be fast, the course's loop adds
# some things in another order. What else a recipe may ask it for, such as augmentation, is not used here.
#
# Here are the losses of your 279 steps, and what the weights have become.

# %%
figures.draw_lines({"each batch's loss": losses}, "step", "loss", "Noisy, and downwards")

# %%
decayed = reader().to(x.device)
train_by_hand(decayed, x, y, falling_to_zero(0.01), weight_decay=0.1)
pictures = torch.cat([net.linear.weight.detach().view(10, 28, 28) for net in (by_hand, decayed)])
print(
    f"weight decay 0.0001 reads {read_right(by_hand)}, weight decay 0.1 reads {read_right(decayed)}"
)
figures.draw_digits(
    pictures,
    [*range(10)] * 2,
    title="Learned weights: weight decay 0.0001 above, 0.1 below",
    columns=10,
)

# %% [markdown]
# Above, the random start is still there, as grain. At the border, where nobody writes, every image is
# the same paper, so the weights of a digit are all moved alike there, and what sets them apart stays.
# A weight decay of 0.1 is a lot: it pulls towards 0 whatever nobody asks for.
#
# Compare the pictures with the averages. They show less of what a digit looks like, and more of what
# tells it apart: look at what stands inside the 0, where its ink never is.
#
# And since your loop knows nothing about its network, give it another one. This one stores 5,994
# numbers, a quarter less, and looks at the image in small windows.

# %%
torch.manual_seed(0)
windows = nn.Sequential(
    nn.Conv2d(1, 8, 5, stride=2),  # 8 x 12 x 12
    nn.ReLU(),
    nn.Conv2d(8, 16, 5, stride=2),  # 16 x 4 x 4
    nn.ReLU(),
    nn.Flatten(),
    nn.Linear(256, 10),
).to(x.device)
train_by_hand(windows, x, y, falling_to_zero(0.05))
for name, net in (("one layer", by_hand), ("windows", windows)):
    stored = sum(parameter.numel() for parameter in net.parameters())
    print(f"{name:10} {stored:6,} parameters read {read_right(net)} of 1,000")

# %% [markdown] answer="explain_push" points=3
# **In your own words** (two or three sentences, 3 points): the gradient of a label's score is its
# probability minus 1. Late in a training, which images still move the weights? Say why that is good, and
# where it may be bad.
#
# ### BEGIN SOLUTION
# Where the right digit has nearly all of the probability the push is nearly 0, so late in a training the
# images that are still misread, or read with doubt, move almost everything. That is good, because
# effort goes where something is left to learn. It is bad where such an image is unreadable or has a
# wrong label: then the weights are bent for a single image that nobody can read.
# ### END SOLUTION

# %% [markdown]
# ## Checkpoint
#
# The network of one layer, three epochs of a tenth of the images, beside the networks so far. It stores
# about as much as the course's last one. It is not what they store that sets them apart.

# %%
yours = ledger(by_course)
accuracy = epochs[-1].test_correct / epochs[-1].test_total
print(f"{yours.parameters:,} parameters, {accuracy:.1%} of {epochs[-1].test_total:,} digits")
lesson.checkpoint("you", yours.parameters, accuracy, reached=5)

# %% [markdown]
# ## What to take away
#
# - A step is: scores, softmax, loss, gradient, update. Everything else is a line more.
# - The gradient of a score is its probability, minus 1 at the label: images that are read well are left
#   alone.
# - A gradient holds for small steps. The learning rate is how far you trust it.
# - Momentum of 0.9 adds ten steps into one where they agree. Weight decay pulls all weights towards 0.
# - Before the first step the loss of ten digits should be about log(10) = 2.303.
#
# ## Five questions
#
# <details><summary>1. Why take the highest score away before taking powers?</summary>
#
# The probabilities stay the same, and no power is larger than 1, so none is more than a float holds.
#
# </details>
# <details><summary>2. Each of ten digits has a probability of 0.1 for an image of a 7. What are the ten gradients?</summary>
#
# 0.1 for nine of them and -0.9 for the 7. They add up to 0.
#
# </details>
# <details><summary>3. You double the batch and keep the number of epochs. What else changes?</summary>
#
# There are half as many steps, each with a steadier gradient. To get as far, the rate often has to grow.
#
# </details>
# <details><summary>4. A weight's gradient is 0 for every image. What can still move it?</summary>
#
# Weight decay, towards 0, and for some steps the momentum that it still has.
#
# </details>
# <details><summary>5. Your loop forgets to clear the gradients of the step before. What does that resemble?</summary>
#
# Momentum of 1: every gradient there ever was is added up and none is forgotten. It soon overshoots.
#
# </details>
#
# ## Explore
#
# Write Nesterov's momentum, which the course's last networks use: it takes the gradient where the
# velocity is about to carry the weights. torch writes it as one changed line: the parameter is moved by
# `rate * (slope + momentum * velocity)`. Compare with a recipe that has `"nesterov": True`. Then write
# Adam, which gives each parameter a rate of its own: keep a mean of the gradient and one of its square,
# and divide the first by the root of the second.
#
# ## Where it comes from
#
# - Robbins and Monro, [A stochastic approximation
#   method](https://projecteuclid.org/journals/annals-of-mathematical-statistics/volume-22/issue-3/A-Stochastic-Approximation-Method/10.1214/aoms/1177729586.full)
#   (1951): steps along a noisy gradient, with a rate that falls
# - Rumelhart, Hinton and Williams, [Learning representations by back-propagating
#   errors](https://www.nature.com/articles/323533a0) (1986): the gradient of every weight, and momentum
# - Krogh and Hertz, [A simple weight decay can improve
#   generalization](https://proceedings.neurips.cc/paper/1991/hash/8eefcfdf5990e441f0fb6f3fad709e21-Abstract.html)
#   (1991)
# - Goh, [Why momentum really works](https://distill.pub/2017/momentum/) (2017): valleys to play with
# - PyTorch, [SGD](https://docs.pytorch.org/docs/stable/generated/torch.optim.SGD.html): the same lines,
#   with their options
