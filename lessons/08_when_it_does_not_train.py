# %% [markdown]
# # When it does not train
#
# | Lesson | |
# |---|---|
# | You will learn | to find out why a network does not learn: which signs to look at, in which order, and what each of them rules out |
# | You need | the lessons before it; the loop of lesson[one_step_by_hand] above all |
# | Time | 60 minutes; your computer works for about one of them, on a laptop or a GPU |
# | Points | 18 |
#
# A wrong program mostly stops with an error. A wrong training seldom does. The bar moves, the loss is a
# number, and the network reads one digit of ten. This lesson has five such patients. Each has one
# thing wrong. You look at their signs first, say what it is, and only then see the code and mend it.

# %%
import copy
from dataclasses import replace

import torch
import torch.nn as nn
import torch.nn.functional as F

from course import figures, lesson
from course.checking import close, equal, expect, plain, trying
from course.figures.activations import activation_statistics
from course.figures.signs import draw_signs
from course.ledger import ledger
from course.predictions import choice, outcome
from course.training import patients, pixels, standardise

digits = lesson.digits()
few = lesson.few(digits, train=2_000, test=1_000)
x = standardise(pixels(few.train_images), few)  # (2000, 1, 28, 28)
y = few.train_labels  # (2000,)

# %% [markdown]
# ## The network at hand
#
# All five train this network. There is nothing wrong with it.


# %%
def block(inputs, outputs):
    """A convolution, BatchNorm and a relu."""
    convolution = nn.Conv2d(inputs, outputs, 3, bias=False)
    return [convolution, nn.BatchNorm2d(outputs), nn.ReLU()]


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.maps = nn.Sequential(
            *block(1, 8),  # 8 x 26 x 26
            nn.MaxPool2d(2),
            *block(8, 16),  # 16 x 11 x 11
            nn.MaxPool2d(2),
            *block(16, 16),  # 16 x 3 x 3
            nn.MaxPool2d(3),  # 16 x 1 x 1
        )
        self.head = nn.Linear(16, 10)

    def forward(self, x):
        return self.head(self.maps(x).flatten(1))  # (N, 10)


def net():
    """Return the network with the random start of this lesson."""
    torch.manual_seed(0)
    return Net()


figures.draw_layers(ledger(net()))

# %% [markdown]
# Their loop is yours of lesson[one_step_by_hand], on 2,000 digits, three times through, with a momentum
# of 0.9. It is made of five pieces, and in each patient another one is wrong.
#
# | piece | what it does |
# |---|---|
# | `start` | sets the weights before the first step |
# | `rate` | the learning rate of every step |
# | `batch` | takes some images and their labels |
# | `scores` | leads the images through the network, to ten scores each |
# | `ready` | makes the network ready, before it is used to read |
#
# ## Exercise 1: listen to the gradients
#
# *Goal: one number for each layer, that says whether it learns at all. Difficulty: ●○○. Time: 10 minutes.*
#
# A layer whose gradient is 0 stays as it is. One whose gradient is enormous is thrown about. So look at
# every layer's: take the root of the mean of its squares, as for a deviation. Biases, and the scales and
# shifts of BatchNorm, have one dimension; leave them out. `network.named_parameters()` gives each
# parameter with its name, such as `maps.0.weight`; keep the names as they are.


# %% task="gradient_sizes"
def gradient_sizes(network, loss):
    """Return {name: size of its gradient, a float} for each weight with two dimensions or more."""
    ### BEGIN SOLUTION
    named = [(name, weight) for name, weight in network.named_parameters() if weight.dim() > 1]
    gradients = torch.autograd.grad(loss, [weight for _, weight in named])
    sizes = [gradient.square().mean().sqrt().item() for gradient in gradients]
    return {name: size for (name, _), size in zip(named, sizes, strict=True)}
    ### END SOLUTION


# %% check="check_gradient_sizes" points=3
line = nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2), nn.Linear(2, 1))
with torch.no_grad():
    line[0].weight.copy_(torch.tensor([[1.0, 0.0], [0.0, 1.0]]))
    line[2].weight.copy_(torch.tensor([[1.0, -1.0]]))
line.eval()
given = torch.tensor([[3.0, 4.0]])
hint = "for name, weight in network.named_parameters(), where weight.dim() > 1"
with trying("gradient_sizes of two layers", hint):
    sizes = gradient_sizes(line, line(given).sum())
expect(type(sizes) is dict, f"expected a dict, found {type(sizes).__name__}")
equal(sorted(sizes), ["0.weight", "2.weight"], "the names", hint)
# Of the first layer's weight the gradient is [[3, 4], [-3, -4]]: squares 9 and 16, mean 12.5.
hint = "square, mean, root: large and small gradients count, whatever their sign"
close(plain(sizes["0.weight"]), 12.5**0.5, "gradients of 3, 4, -3 and -4", hint, 1e-3)
hint = "each call looks at its own loss: what .grad held before must not be added to it"
with trying("gradient_sizes of the same layers again", hint):
    again = gradient_sizes(line, line(given).sum())
close(plain(again["0.weight"]), 12.5**0.5, "the same again", hint, 1e-3)
expect(all(type(plain(size)) is float for size in sizes.values()), "expected floats: .item()")
### BEGIN HIDDEN TESTS
real, images = net(), torch.randn(8, 1, 28, 28)
sizes = gradient_sizes(real, F.cross_entropy(real(images), torch.arange(8)))
real.zero_grad()
F.cross_entropy(real(images), torch.arange(8)).backward()
names = ["maps.0.weight", "maps.4.weight", "maps.8.weight", "head.weight"]
equal(sorted(sizes), sorted(names), "the names of Net")
for name in names:
    size = real.get_parameter(name).grad.square().mean().sqrt().item()
    close(plain(sizes[name]), size, name, "", 1e-3)
### END HIDDEN TESTS
print("✓ every layer says how much it is told")

# %% [markdown]
# <details><summary>Hint 1: how do I get the gradients?</summary>
#
# `torch.autograd.grad(loss, weights)` takes a list of weights and returns one gradient for each.
#
# </details>
# <details><summary>Hint 2: and one number for each?</summary>
#
# `gradient.square().mean().sqrt().item()`.
#
# </details>
# <details><summary>Passing once but failing the second time?</summary>
#
# After `loss.backward()` a gradient is *added* to what `.grad` holds. `torch.autograd.grad` adds nothing.
#
# </details>

# %% [markdown]
# ## Exercise 2: who is in whose score?
#
# *Goal: count the images that the scores of one image depend on. Difficulty: ●●○. Time: 10 minutes.*
#
# What a network says about an image should depend on that image alone. Here is how to find out
# without reading any code. An image's pixels are numbers like weights, so they have gradients too. Add
# up the ten scores of the *first* image of a batch, and ask for the gradient of all pixels of all
# images. Where an image has no pixel whose gradient differs from 0, those scores do not depend on it.
#
# `scores_of` is a function: images (N, 1, 28, 28) in, scores (N, 10) out.


# %% task="depends_on"
def depends_on(scores_of, x):
    """Return on how many images of x the scores of the first one depend, as an int."""
    ### BEGIN SOLUTION
    x = x.clone().requires_grad_()
    (slopes,) = torch.autograd.grad(scores_of(x)[0].sum(), x)  # (N, 1, 28, 28)
    return int((slopes != 0).flatten(1).any(dim=1).sum())
    ### END SOLUTION


# %% check="check_depends_on" points=3
some = torch.randn(6, 1, 28, 28)
hint = "x.clone().requires_grad_(), then the gradient of scores_of(x)[0].sum() for x"


def alone(x):
    return x.flatten(1)[:, 300:310]  # ten pixels of each image are its scores


def with_neighbour(x):
    return alone(x) - alone(x.roll(1, dims=0))  # the first one's neighbour is the last


with trying("scores that are ten of an image's own pixels", hint):
    found = depends_on(alone, some)
hint = "scores_of(x)[0] are the first image's; images are counted, not pixels, and itself is one"
equal(found, 1, "scores that are ten of an image's own pixels", hint)
hint = "an image counts where any of its pixels has a gradient, above 0 or below"
equal(depends_on(with_neighbour, some), 2, "scores less those of another image", hint)
hint = "a gradient of 1 and one of -1 add up to 0: ask of each pixel whether it differs from 0"
equal(depends_on(lambda x: x.flatten(1).diff()[:, 300:310:2], some), 1, "pixels less others", hint)
hint = "only the scores of the first image: scores_of(x)[0]"
equal(depends_on(lambda x: alone(x).cumsum(0), some), 1, "scores that hold all images before", hint)
equal(depends_on(lambda x: alone(x) - alone(x).mean(0), some), 6, "less the mean of all", hint)
expect(not some.requires_grad, "expected the images as they were: work on x.clone()")
hint = "a network that says the same about everything depends on no image: 0"
equal(depends_on(lambda x: 0 * alone(x), some), 0, "ten zeros", hint)
### BEGIN HIDDEN TESTS
real = net()
real.train()
equal(depends_on(real, some), 6, "a network with BatchNorm while it learns")
real.eval()
equal(depends_on(real, some), 1, "the same network in use")
equal(depends_on(real, some[:1]), 1, "a single image")
### END HIDDEN TESTS
print("✓ you can tell whose pixels are in a score")

# %% [markdown]
# <details><summary>Hint 1: how do I get a gradient for an image?</summary>
#
# As for a weight: `x = x.clone().requires_grad_()`, then `torch.autograd.grad(number, x)`, which
# returns a tuple with one tensor in the shape of x.
#
# </details>
# <details><summary>Hint 2: how do I count images, not pixels?</summary>
#
# `(slopes != 0).flatten(1)` is (N, 784), True where a pixel matters. `.any(dim=1)` is (N,), and `.sum()`
# counts.
#
# </details>
# <details><summary>Passing an image's own pixels but failing those of a neighbour?</summary>
#
# Then you look at the first image only, or at every image's own scores. It is the first one's scores,
# and everybody's pixels.
#
# </details>

# %% [markdown]
# ## What health looks like
#
# First somebody who is well. There are three signs: the loss of every step; how far the values spread in
# the image, behind each relu, and in the scores; and your `gradient_sizes`. Dashed is before the first
# step, solid is after the last. Then come the first ten images of a batch, each with the label that the
# loss is told. Above both, how much is read, and your `depends_on` when 64 images are read at once.


# %%
ill = {}  # what each of them reads


def look_at(name, training):
    """Train, print what can be counted, and return the two figures."""
    seen = patients.run(training, net(), few)
    ill[name] = seen.test_right
    numbers = torch.arange(64, device=x.device)
    images, labels = training.batch(x, y, numbers)
    values, gradients = {}, {}
    for when, network in (("before", seen.before), ("after", seen.after)):
        spread = activation_statistics(network, images)
        values[when] = {layer: deviation for layer, (_, deviation) in spread.items()}
        learning = copy.deepcopy(network).train()
        loss = F.cross_entropy(training.scores(learning, images), labels)
        sizes = gradient_sizes(learning, loss).values()
        gradients[when] = {str(layer): size for layer, size in enumerate(sizes, start=1)}
    training.ready(seen.after)
    others = depends_on(lambda x: training.scores(seen.after, x), images)
    end = sum(seen.losses[-10:]) / 10
    print(f"{name}\nloss: {seen.losses[0]:.2f} at first, {end:.2f} at the end")
    print(f"reads {seen.train_right:,} of 2,000 training digits")
    print(f"reads {seen.test_right:,} of 1,000 test digits")
    print(f"an image's scores need {others} of 64")
    sample = figures.draw_digits(images[:10], labels[:10], title=f"{name}: what a batch holds")
    return sample, draw_signs(seen.losses, values, gradients, f"{name}: loss, values, gradients")


sample, signs = look_at("Healthy", patients.Training())
signs

# %%
sample

# %% [markdown]
# The loss begins not far above 2.303, where a network stands that knows nothing, and falls. Each layer
# hands on values that spread about as far as those of the layer before. Each layer has a gradient, and
# they get smaller as there is less to learn. An image's scores depend on one image.
#
# ## Five patients
#
# For each one, write down which piece is at fault: `"start"`, `"rate"`, `"batch"`, `"scores"`,
# `"ready"`. Or `"size"`, should you think that the network is too small. You see what it was when you
# have said all five.

# %%
sample, signs = look_at("A", patients.PATIENTS["A"])
signs

# %%
sample

# %% task="predict_a"
# piece_a = one of the six words
### BEGIN SOLUTION
piece_a = "start"
### END SOLUTION

# %% check="check_predict_a" points=1
PIECES = ("start", "rate", "batch", "scores", "ready", "size")
choice("when it does not train, a", piece_a, *PIECES)
print(f"✓ written down: {piece_a}; any answer gets the point")

# %%
sample, signs = look_at("B", patients.PATIENTS["B"])
signs

# %%
sample

# %% task="predict_b"
# piece_b = one of the six words
### BEGIN SOLUTION
piece_b = "rate"
### END SOLUTION

# %% check="check_predict_b" points=1
choice("when it does not train, b", piece_b, *PIECES)
print(f"✓ written down: {piece_b}; any answer gets the point")

# %%
sample, signs = look_at("C", patients.PATIENTS["C"])
signs

# %%
sample

# %% task="predict_c"
# piece_c = one of the six words
### BEGIN SOLUTION
piece_c = "scores"
### END SOLUTION

# %% check="check_predict_c" points=1
choice("when it does not train, c", piece_c, *PIECES)
print(f"✓ written down: {piece_c}; any answer gets the point")

# %%
sample, signs = look_at("D", patients.PATIENTS["D"])
signs

# %%
sample

# %% task="predict_d"
# piece_d = one of the six words
### BEGIN SOLUTION
piece_d = "scores"
### END SOLUTION

# %% check="check_predict_d" points=1
choice("when it does not train, d", piece_d, *PIECES)
print(f"✓ written down: {piece_d}; any answer gets the point")

# %%
sample, signs = look_at("E", patients.PATIENTS["E"])
signs

# %%
sample

# %% task="predict_e"
# piece_e = one of the six words
### BEGIN SOLUTION
piece_e = "ready"
### END SOLUTION

# %% check="check_predict_e" points=1
choice("when it does not train, e", piece_e, *PIECES)
print(f"✓ written down: {piece_e}; any answer gets the point")

# %% [markdown]
# ## What it was
#
# Here are the five pieces as they were written. Each looks harmless.

# %%
outcome("when it does not train, a", patients.fault("A"))
print(patients.source("A"))
outcome("when it does not train, b", patients.fault("B"))
print(patients.source("B"))
outcome("when it does not train, c", patients.fault("C"))
print(patients.source("C"))
outcome("when it does not train, d", patients.fault("D"))
print(patients.source("D"))
outcome("when it does not train, e", patients.fault("E"))
print(patients.source("E"))

# %% [markdown]
# - **A**: all weights begin at 0. Every relu gives 0, so nothing gets through, forwards or backwards: of
#   all layers only the last one's bias has a gradient. The sign: a gradient of exactly 0, at the very
#   first step.
# - **B**: the loss leaps in the first steps, and then rests at 2.3 for good. The long steps have thrown
#   the weights to where a relu gives 0 for every image. It looks like A *after* training and like
#   health *before*. That is the sign.
# - **C**: everything moves, nothing comes of it. Look at the batch: digits and labels do not belong
#   together. No curve shows that. Only looking does.
# - **D**: the same curves as C, and the batch is in order. But an image's scores depend on others. An axis
#   is wrong: `reshape` deals out numbers in the order in which they lie, whoever they belong to.
# - **E**: the loss falls, and still it does not read, not even its own training digits. So learning is
#   well and reading is not. Its scores depend on all 64 images: BatchNorm still looks at the batch. And
#   what is read here lies sorted, all zeros in one batch, all ones in the next.
#
# ## Exercise 3: mend them
#
# *Goal: five pieces that work, a few lines each. Difficulty: ●●○. Time: 15 minutes.*
#
# Write each piece anew. What it is given and returns stays the same. Each check trains for a second with
# your piece in place of the wrong one, and wants at least 800 of the 1,000 test digits.


# %% task="start"
def start(network):
    """Set the weights of a new network before the first step, or leave them as torch has drawn them."""
    ### BEGIN SOLUTION
    for module in network.modules():
        if isinstance(module, nn.Conv2d | nn.Linear):
            nn.init.kaiming_normal_(module.weight)  # at random, as large as the layer needs it
    ### END SOLUTION


# %% check="check_start" points=1
def trained(about, hint, **piece):
    """Train with a mended piece; complain where it still does not read."""
    (name,) = (name for name in patients.PATIENTS if patients.fault(name) in piece)
    with trying(about, hint):
        seen = patients.run(replace(patients.PATIENTS[name], **piece), net(), few)
    told = f"expected at least 800 of 1,000 test digits read, found {seen.test_right}"
    expect(seen.test_right >= 800, f"{about}: {told}\nLook again: {hint}")
    return seen


fresh = net()
with trying("start of a new network", "network.modules(), or nothing at all"):
    start(fresh)
kernels = fresh.maps[0].weight.detach().flatten(1)  # (8, 9)
hint = "weights of 0 let nothing through: leave them as they are, or draw small random ones"
expect(bool(kernels.any()), f"expected weights other than 0\nLook again: {hint}")
hint = "kernels that begin alike get the same gradient, and stay alike: draw them at random"
expect(bool((kernels != kernels[0]).any()), f"expected kernels that differ\nLook again: {hint}")
hint = "draw weights as torch does, or with nn.init.kaiming_normal_: neither 0 nor large"
mended_a = trained("A with your start", hint, start=start)
print(f"✓ A reads {mended_a.test_right} of 1,000")

# %% task="rate"
# rate = the learning rate of every step
### BEGIN SOLUTION
rate = 0.05
### END SOLUTION

# %% check="check_rate" points=1
rate = plain(rate)
expect(type(rate) in (int, float), f"expected a number, found {type(rate).__name__}")
expect(rate > 0, f"expected a rate above 0, found {rate}: a step goes against the gradient")
hint = (
    "too long a step throws the network out, too short a one never gets there: try a hundredth of 2"
)
mended_b = trained(f"B with a rate of {rate:g}", hint, rate=rate)
print(f"✓ B reads {mended_b.test_right} of 1,000")


# %% task="batch"
def batch(images, labels, chosen):
    """Return the chosen images, (B, 1, 28, 28), and their labels, (B,)."""
    ### BEGIN SOLUTION
    return images[chosen], labels[chosen]
    ### END SOLUTION


# %% check="check_batch" points=1
chosen = torch.tensor([7, 3, 5, 3])
numbers = torch.arange(10)
marked = numbers.float().view(10, 1, 1, 1).expand(10, 1, 28, 28)  # image 7 holds nothing but 7
torch.manual_seed(1)
with trying("a batch of images 7, 3, 5 and 3", "images[chosen], labels[chosen]"):
    got, told = batch(marked, numbers, chosen)
equal(tuple(got.shape), (4, 1, 28, 28), "the shape of the images", "those that are chosen")
equal(tuple(told.shape), (4,), "the shape of the labels", "one for each chosen image")
hint = "whatever order the images are brought into, the labels must be brought into as well"
equal(
    plain(told), plain(got[:, 0, 0, 0].long()), "the labels, beside the images they belong to", hint
)
equal(sorted(plain(told)), [3, 3, 5, 7], "which images are in the batch", "those that are chosen")
mended_c = trained("C with your batch", hint, batch=batch)
print(f"✓ C reads {mended_c.test_right} of 1,000")


# %% task="scores"
def scores(network, x):
    """Return the ten scores of each image, (N, 10), by network.maps and network.head."""
    ### BEGIN SOLUTION
    return network.head(network.maps(x).flatten(1))
    ### END SOLUTION


# %% check="check_scores" points=1
fresh = net().eval()
some = x[:6].cpu()
hint = "maps are (N, 16, 1, 1), and the head wants (N, 16): flatten(1)"
with trying("the scores of six images", hint):
    found = scores(fresh, some)
equal(tuple(found.shape), (6, 10), "the shape of six images' scores", hint)
hint = "an image's own 16 numbers make its row: no transpose before the reshape"
equal(
    depends_on(lambda x: scores(fresh, x), some), 1, "images that the first one's scores need", hint
)
close(
    found, fresh(some), "the scores of six images", "network.maps, flatten, network.head, no more"
)
hint = "flatten(1), not squeeze(): with a single image that takes away one dimension too many"
equal(tuple(scores(fresh, some[:1]).shape), (1, 10), "the shape of one image's scores", hint)
mended_d = trained("D with your scores", hint, scores=scores)
print(f"✓ D reads {mended_d.test_right} of 1,000")


# %% task="ready"
def ready(network):
    """Make the network ready to read with."""
    ### BEGIN SOLUTION
    network.eval()
    ### END SOLUTION


# %% check="check_ready" points=1
fresh = net()
kept = fresh.maps[0].weight.detach().clone()
with trying("ready of a new network", "network.eval()"):
    ready(fresh)
hint = "network.eval() tells every layer that it is in use"
expect(
    not any(layer.training for layer in fresh.modules()),
    f"expected no layer in training\nLook again: {hint}",
)
equal(fresh.maps[0].weight.detach(), kept, "the weights afterwards", "leave the weights alone")
mended_e = trained("E, made ready by you", hint, ready=ready)
print(f"✓ E reads {mended_e.test_right} of 1,000")

# %% [markdown]
# <details><summary>Hint 1: must I write much?</summary>
#
# No. Each piece is one to three lines, and A's may be none at all: torch draws good weights by itself.
#
# </details>
# <details><summary>Hint 2: may I shuffle in `batch`?</summary>
#
# You may. Draw one order, and take images *and* labels in that order. The loop shuffles already, though.
#
# </details>
# <details><summary>Passing other checks but failing `scores`?</summary>
#
# Ask for `network.maps(x).shape`: it is (N, 16, 1, 1), and the first axis is the images'. Leave it first
# all the way.
#
# </details>

# %%
mended = {"A": mended_a, "B": mended_b, "C": mended_c, "D": mended_d, "E": mended_e}
figures.draw_comparison(
    {
        "as they came": [ill[name] for name in mended],
        "mended": [seen.test_right for seen in mended.values()],
    },
    list(mended),
    "patient",
    "of 1,000 test digits",
    "One piece each",
)

# %% [markdown] answer="explain_order" points=2
# **In your own words** (two or three sentences, 2 points): your network's loss has stayed at 2.30 for an
# epoch. Name three things to look at before you change anything, and what each would tell you.
#
# ### BEGIN SOLUTION
# The gradients at the first step and some steps later: a layer whose gradient stays exactly 0
# learns nothing, whatever the rate. A few images of a batch with the labels that the loss is told:
# do they belong together? And whose pixels the scores of one image depend on: if others' too, an
# axis is mixed up. (The rate comes next: try a tenth of it, and ten times.)
# ### END SOLUTION

# %% [markdown]
# ## Checkpoint
#
# The network that trains well, three epochs on a thirtieth of the digits, beside those so far.

# %%
yours = ledger(net())
print(f"{yours.parameters:,} parameters, {mended_e.test_right} of 1,000 digits")
lesson.checkpoint("you", yours.parameters, mended_e.test_right / 1_000, reached=7)

# %% [markdown]
# ## What to take away
#
# Look in this order. Each look takes seconds, and rules something out.
#
# 1. The first loss: about 2.303 for ten digits. Far above: the start. Not a number: something overflows.
# 2. A few images of a batch *as the loss gets them*, with their labels.
# 3. The gradient of every layer at the first step. Exactly 0, and still 0 some steps later: dead.
#    (Where the head alone begins at 0, the layers before it have no gradient for one step only.)
# 4. The loss of the first twenty steps. Leaps: the rate.
# 5. Whose pixels are in the scores of one image?
# 6. Does it read its own training digits, in use? If the loss is low and it does not: how it is read.
#
# Only when all of that is well, ask whether the network is too small.
#
# ## Five questions
#
# <details><summary>1. A network learns one batch by heart when it sees nothing else. What does that rule out?</summary>
#
# A dead start, and a rate that is much too high. It also rules out labels that are mixed anew in
# each step, as C's are: there is nothing to learn by heart. Not labels that were mixed once: a few
# wrong ones can be learned by heart as well.
#
# </details>
# <details><summary>2. The loss begins at 2.30 and rests there. Is the network too small?</summary>
#
# Hardly. Even one layer learns to read eight or nine digits of ten. Look at the gradients and the batch.
#
# </details>
# <details><summary>3. Why do C and D have nearly the same curves?</summary>
#
# In both, what the loss is told of an image has nothing to do with that image. From the gradient's
# side it makes no difference whether labels or numbers were dealt out wrongly.
#
# </details>
# <details><summary>4. E's loss is low. Why does it misread its own training digits?</summary>
#
# While it learned, each batch held all ten digits. It is read digit by digit, and in training mode BatchNorm
# takes the mean of nothing but threes away.
#
# </details>
# <details><summary>5. You divide the rate by ten and it trains. Was the rate the fault?</summary>
#
# It was too high for this network. But ask why: a start that is too large, or inputs that were not
# standardised, want a smaller rate too.
#
# </details>
#
# ## Explore
#
# Make a patient of your own with `patients.run(replace(patients.Training(), …), net(), few)`, and give
# it to somebody else. Some that are good: softmax along the images, `scores(network, x).log_softmax(0)`,
# whose first loss gives it away. Images that were not standardised. A relu on the scores, as in
# lesson[look_and_count]. Weights that all begin at 0.1. Which of them does BatchNorm forgive?
#
# ## Where it comes from
#
# - Karpathy, [A recipe for training neural networks](https://karpathy.github.io/2019/04/25/recipe/)
#   (2019): neural networks fail silently; the first loss, one batch by heart, whose pixels are in a score
# - Goodfellow, Bengio and Courville, [Practical
#   methodology](https://www.deeplearningbook.org/contents/guidelines.html), a chapter of *Deep learning*
#   (2016): is it the data, the optimisation, or the size?
# - Glorot and Bengio, [Understanding the difficulty of training deep feedforward neural
#   networks](https://proceedings.mlr.press/v9/glorot10a.html) (2010): values and gradients, layer by layer
