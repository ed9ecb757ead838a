# %% [markdown]
# # Where 6.38 million parameters go
#
# | Lesson | |
# |---|---|
# | You will learn | what a digit is to a network, what the stock network stores and where, and how to find out what it gets wrong, and why |
# | You need | Python, and to have seen a neural network once |
# | Time | 50 minutes; your computer works for about one of them, on a laptop or a GPU |
# | Points | 12 |
#
# This course asks one question: how few numbers does a network need to read handwritten digits,
# and why? You start here, at a network that stores 6,379,786 of them. You end with one of your
# own that stores fewer than 8,000 and reads at least 99.40% of the digits it has never seen.

# %%
import torch
import torch.nn as nn
import torch.nn.functional as F

from course import figures, lesson
from course.checking import close, equal, expect, trying
from course.ledger import ledger
from course.predictions import choice, number, outcome
from course.recipe import Recipe
from course.records import ladder, record

digits = lesson.digits()

# %% [markdown]
# ## Look before you train
#
# An **image** here is 28 rows of 28 numbers. Each number is a **pixel**: 0 is paper, 255 is ink.
# Each image comes with a **label**, the digit that its writer meant.
#
# There are two piles. A network learns from the **training set**. The **test set** is for judging
# it: images it has never seen, by other writers.

# %%
for name in ("train_images", "train_labels", "test_images", "test_labels"):
    part = getattr(digits, name)
    print(f"{name:13}", tuple(part.shape), part.dtype)
figures.draw_digits(
    digits.train_images[:30], digits.train_labels[:30], title="The first 30 training images"
)

# %% [markdown]
# Read them yourself. Which ones would you hesitate over?
#
# Most of an image is paper. That matters later: work done on paper is work wasted.

# %%
paper = (digits.train_images == 0).float().mean().item()
border = (digits.train_images[:, [0, 1, -2, -1], :] == 0).float().mean().item()
print(f"{paper:.0%} of all pixels are paper; of the two outer rows, {border:.1%}")

# %% [markdown]
# ### How far do you get without learning?
#
# Take all training images of a 3 and average them, pixel by pixel. Do this for each digit. You
# get ten blurred pictures.

# %%
averages = torch.stack(
    [digits.train_images[digits.train_labels == d].float().mean(0) for d in range(10)]
)  # (10, 28, 28)
figures.draw_digits(
    averages, range(10), title="The average of each digit: 10 x 28 x 28 = 7,840 numbers"
)

# %% [markdown]
# To read a new image, find the average that it is nearest to. In this course a reader of digits
# always gives ten **scores** for an image, one for each digit. It reads the digit whose score is
# highest. Here the score is minus the squared distance.

# %%
x = digits.test_images.float().flatten(1)  # (N, 784)
average_scores = -(torch.cdist(x, averages.flatten(1)) ** 2)  # (N, 10)
print(tuple(average_scores.shape))

# %% [markdown]
# ## Exercise 1: count what is read right
#
# *Goal: turn scores into a count you can trust. Difficulty: ●○○. Time: 5 minutes.*
#
# **Accuracy** is the share of images read right. The course counts instead: 99.40% of 10,000 is
# 9,940 images, and 9,939 is not enough. Write the count.


# %% task="count_right"
def count_right(scores, labels):
    """Return how many images, as an int, have their highest score at their label.

    scores: (N, 10), labels: (N,)
    """
    ### BEGIN SOLUTION
    return int((scores.argmax(dim=1) == labels).sum())
    ### END SOLUTION


# %% check="check_count_right" points=2
# Two images, three scores for each; the first is read as 1, the second as 0.
two = torch.tensor([[0.1, 0.9, 0.0], [0.8, 0.7, 0.1]])
hint = (
    "for each image the place of its row's highest score, argmax(dim=1), is compared with its label,"
    " and the equal ones are counted: a count, not a share"
)
with trying("count_right of two images", hint):
    found = count_right(two, torch.tensor([1, 0]))
equal(found, 2, "two images, both read right", hint)
hint = "compare the place of each row's highest score with the label, then add up"
equal(count_right(two, torch.tensor([1, 1])), 1, "the second one misread", hint)
equal(count_right(two, torch.tensor([2, 1])), 0, "both misread", hint)
hint = "scores may be anything; only their order within a row matters"
equal(count_right(two - 5, torch.tensor([1, 0])), 2, "the same scores minus 5", hint)
hint = "a count grows with the images: 4 of 6, not a share and not a fixed number"
six = two.repeat(3, 1)  # read as 1, 0, 1, 0, 1, 0
equal(count_right(six, torch.tensor([1, 0, 1, 0, 2, 2])), 4, "six images, four read right", hint)
### BEGIN HIDDEN TESTS
one = torch.zeros(1, 10)
one[0, 9] = 1
equal(count_right(one, torch.tensor([9])), 1, "a single image")
equal(count_right(one, torch.tensor([3])), 0, "a single image, misread")
torch.manual_seed(0)
many, truth = torch.randn(500, 10), torch.randint(10, (500,))
equal(count_right(many, truth), int((many.argmax(1) == truth).sum()), "500 random images")
### END HIDDEN TESTS
print("✓ count_right counts right")

# %% [markdown]
# <details><summary>Hint 1: which tensor method finds the place of the highest score?</summary>
#
# `argmax`. On a tensor of shape `(N, 10)` you must say along which dimension: one answer for each
# row means `dim=1`.
#
# </details>
# <details><summary>Hint 2: how does a tensor of True and False become a number?</summary>
#
# `(a == b).sum()` counts what is True. It is still a tensor; `int(…)` makes it a number.
#
# </details>
# <details><summary>Passing with argmax but failing with a float?</summary>
#
# `mean()` gives a share, and a share does not grow with the number of images. A count does: `sum()`.
#
# </details>

# %%
right, total = count_right(average_scores, digits.test_labels), len(digits.test_labels)
print(f"the ten averages read {right:,} of {total:,} test digits: {right / total:.1%}")

# %% [markdown]
# Keep this number. The ten averages store 7,840 numbers, just under this course's limit of 8,000.
# As many numbers, put to better use, must leave at most 60 digits of 10,000 misread.
#
# ## The stock network
#
# This network is in many tutorials, in one form or another. A network is a row of **layers**. What
# goes in and comes out of a layer are **maps**: grids of numbers, as an image is one.
#
# - Seven layers are **convolutions**. Each slides small windows of **weights**, its **kernels**,
#   over its maps and writes down how well each place fits.
# - After each stands a **relu**: it turns what is negative into 0.
# - Two **poolings** keep the strongest of every four neighbours. That halves height and width.
# - At the end `log_softmax` turns ten scores into the logarithms of ten probabilities. **Softmax** takes
#   e to the power of each score and divides by the sum of all ten: none is negative, and they add up
#   to 1.
#
# Here is one kernel of 3 x 3, written by hand: its upper weights are -1, its lower ones 1, and those
# between 0. What does it look for?

# %%
three = digits.train_images[digits.train_labels == 3][0]  # (28, 28)
figures.draw_sliding(
    three, [[-1, -1, -1], [0, 0, 0], [1, 1, 1]], "A kernel slides over a 3, one place at a time"
)

# %% [markdown]
# Its answer is high where there is paper above and ink below: at the upper edge of a stroke. At a
# lower edge it is negative. On plain paper and in the middle of a broad stroke there is nothing to say.
# A layer has many such kernels, and nobody writes them: training does.
#
# Now the network. `padding=1` puts a row of zeros around a layer's maps, so that they keep their size;
# without it a kernel of 3 x 3 takes two rows and two columns away. `divide` is ours: `Stock(divide=8)` has
# the same seven layers, each with an eighth of the maps.


# %%
class Stock(nn.Module):
    """The stock network; `divide` makes every layer that much narrower."""

    def __init__(self, divide=1):
        super().__init__()
        a, b, c, d, e, f = (width // divide for width in (32, 64, 128, 256, 512, 1024))
        self.conv1 = nn.Conv2d(1, a, 3, padding=1)  # 32 x 28 x 28 where divide=1
        self.conv2 = nn.Conv2d(a, b, 3, padding=1)  # 64 x 28 x 28, pooled to 14 x 14
        self.conv3 = nn.Conv2d(b, c, 3, padding=1)  # 128 x 14 x 14
        self.conv4 = nn.Conv2d(c, d, 3, padding=1)  # 256 x 14 x 14, pooled to 7 x 7
        self.conv5 = nn.Conv2d(d, e, 3)  # 512 x 5 x 5
        self.conv6 = nn.Conv2d(e, f, 3)  # 1024 x 3 x 3
        self.conv7 = nn.Conv2d(f, 10, 3)  # 10 x 1 x 1: a score for each digit

    def trunk(self, x):
        """Everything before the last layer: (N, 1, 28, 28) in, (N, 1024, 3, 3) out."""
        x = F.relu(self.conv2(F.relu(self.conv1(x))))
        x = F.relu(self.conv4(F.relu(self.conv3(F.max_pool2d(x, 2)))))
        return F.relu(self.conv6(F.relu(self.conv5(F.max_pool2d(x, 2)))))

    def forward(self, x):
        x = F.relu(self.conv7(self.trunk(x)))  # (N, 10, 1, 1)
        return F.log_softmax(x.flatten(1), dim=1)  # (N, 10)


figures.draw_network({"The stock network": ledger(Stock())})

# %% [markdown]
# Each box is a layer, as high as its map and wider the more maps it has (the figure says channels).
# From left to right maps get smaller, and there are more of them.
#
# A **parameter** is a number that the network stores and training changes. The stock network has
# 6,379,786. Where are they? Write down a guess before you look.
#
# - **A** `conv1`, which sees the image itself
# - **B** `conv4`, which does the most multiplying
# - **C** `conv6`, the widest in and out
# - **D** `conv7`, which makes the decision

# %% task="predict_greedy"
# greedy = "A", "B", "C" or "D"
### BEGIN SOLUTION
greedy = "C"
### END SOLUTION

# %% check="check_predict_greedy" points=1
choice("look and count, greedy", greedy, "A", "B", "C", "D")
print(f"✓ written down: {greedy}; any answer gets the point")

# %% [markdown]
# The **ledger** lists what each layer stores and costs. A **multiply-add** is one product and one
# sum, the unit of a network's work. "Sees" is the **receptive field**: how many rows of the image
# one value of that layer can depend on.

# %%
stock = ledger(Stock())
print(stock)
outcome("look and count, greedy", "C")
figures.draw_layers(stock)

# %% [markdown]
# Two layers of seven hold 92% of everything. And look at where they stand: `conv5` and `conv6`
# work on maps of 5 x 5 and 3 x 3, after most of the image has been thrown away. The layers that
# see strokes, `conv1` to `conv4`, hold 6% together.
#
# ## Exercise 2: predict a layer's bill
#
# *Goal: count a convolution's parameters before you build it. Difficulty: ●○○. Time: 10 minutes.*
#
# One kernel looks at *all* input maps at once: it has a weight for each of its places on each of
# them. There is one kernel for each output map, and one **bias**, a number added at the end.


# %% task="conv_parameters"
def conv_parameters(inputs, outputs, kernel, bias=True):
    """Return what nn.Conv2d(inputs, outputs, kernel, bias=bias) stores, as an int."""
    ### BEGIN SOLUTION
    return outputs * (inputs * kernel * kernel + (1 if bias else 0))
    ### END SOLUTION


# %% check="check_conv_parameters" points=2
hint = "nine weights for each pair of an input map and an output map, one bias for each output map"
with trying("conv_parameters(1, 32, 3)", hint):
    found = conv_parameters(1, 32, 3)
equal(found, 320, "conv1: conv_parameters(1, 32, 3)", hint)
equal(conv_parameters(512, 1024, 3), 4_719_616, "conv6: conv_parameters(512, 1024, 3)", hint)
hint = "without a bias, only the weights are left"
equal(conv_parameters(8, 8, 3, bias=False), 576, "conv_parameters(8, 8, 3, bias=False)", hint)
hint = "a kernel of 7 x 7 has 49 places, and one of 1 x 1 has one: use `kernel`"
equal(conv_parameters(3, 5, 7), 740, "conv_parameters(3, 5, 7)", hint)
### BEGIN HIDDEN TESTS
for arguments in ((1, 1, 1), (3, 5, 7), (16, 10, 1), (10, 16, 1)):
    for with_bias in (True, False):
        real = sum(p.numel() for p in nn.Conv2d(*arguments, bias=with_bias).parameters())
        equal(conv_parameters(*arguments, bias=with_bias), real, f"{arguments}, bias={with_bias}")
### END HIDDEN TESTS
print("✓ conv_parameters agrees with PyTorch")

# %% [markdown]
# <details><summary>Hint 1: how large is one kernel?</summary>
#
# `kernel` high, `kernel` wide, and `inputs` deep.
#
# </details>
# <details><summary>Hint 2: how many kernels, and how many biases?</summary>
#
# `outputs` of each. With `bias=False` there are no biases.
#
# </details>
# <details><summary>Passing conv1 but failing conv6?</summary>
#
# `conv1` has one input map, so a forgotten `inputs` does not show there.
#
# </details>

# %% [markdown]
# Notice what is *not* in the formula: the size of the map. A convolution costs the same
# parameters on 28 x 28 as on 3 x 3. What costs is width times width.
#
# ## A short training
#
# Training the whole stock network on a laptop takes hours. `Stock(divide=8)` keeps its shape and
# learns in seconds, so it can show how well that works.
#
# Train it on 6,000 images, going three times through them; one time through is an **epoch**.
# (The rest of the recipe waits for lesson[one_step_by_hand].) How many of the first 1,000 test digits
# will it read? Write it down first.
#
# - **A** about 100: no better than guessing
# - **B** a few hundred: half of them at best
# - **C** about 940

# %% task="predict_stock"
# guess = "A", "B" or "C"
### BEGIN SOLUTION
guess = "B"
### END SOLUTION

# %% check="check_predict_stock" points=1
choice("look and count, stock", guess, "A", "B", "C")
print(f"✓ written down: {guess}; any answer gets the point")

# %%
few = lesson.few(digits, train=6_000, test=1_000)
recipe = Recipe(
    epochs=3, batch_size=64, optimizer={"name": "Adam", "lr": 0.001}, scheduler=None, augment=[]
)
torch.manual_seed(0)
broken = Stock(divide=8)
broken_epochs = lesson.fit(broken, few, recipe)
read = broken_epochs[-1].test_correct
outcome("look and count, stock", "A" if read < 150 else "B" if read < 750 else "C")

# %% [markdown]
# ## Something is broken
#
# That is poor for seven layers, and the recipe is not at fault: it trains other networks well. Do
# not reach for more epochs yet. Look at *what* it gets wrong: how often does it read each digit?


# %%
def readings(network):
    """Return the scores for the first 1,000 test digits, and how often each digit is read."""
    network.eval()  # it is read from, not trained: lesson[batchnorm] shows what that changes
    with torch.no_grad():  # and nothing is kept to learn from
        # Images go in as they do in training: ink from 0 to 1, shifted and scaled to a mean of 0.
        x = (few.test_images.unsqueeze(1).float() / 255 - few.mean) / few.std  # (N, 1, 28, 28)
        scores = network(x)  # (N, 10)
    return scores, torch.bincount(scores.argmax(1), minlength=10).tolist()


truth = torch.bincount(few.test_labels, minlength=10).tolist()
broken_scores, broken_counts = readings(broken)
figures.draw_comparison(
    {"read by the network": broken_counts, "in the test set": truth},
    range(10),
    "digit",
    "images",
    "Some digits are never read",
)

# %% [markdown]
# Some digits it never reads at all. Here are its raw scores, before `log_softmax`, for the first
# eight test images.

# %%
with torch.no_grad():
    images = (few.test_images[:8].unsqueeze(1).float() / 255 - few.mean) / few.std  # (8, 1, 28, 28)
    raw = F.relu(broken.conv7(broken.trunk(images))).flatten(1)  # (8, 10)
print("label   " + "".join(f"{f'for {digit}':>7}" for digit in range(10)))
for label, scores in zip(few.test_labels[:8].tolist(), raw.tolist(), strict=True):
    print(f"a {label}     " + "".join(f"{score:7.2f}" for score in scores))

# %% [markdown]
# The digits that are never read have a score of exactly 0.00 on every image. Where all ten are
# 0.00, the network has nothing to say, and the tie is read as the first digit, 0. Now look again
# at the last lines of `Stock.forward`.
#
# Training makes the **loss** smaller: one number for how wrong the scores are. Here it is the
# **cross-entropy**, minus the logarithm of the probability that the network gives the right digit: 0
# where it is sure and right, 2.3 where it gives each of the ten a tenth. A weight's **gradient** says
# how much the loss grows where the weight grows a little. Each weight is moved a little against its
# gradient, so that the loss falls.
#
# The last `relu` turns every negative score into 0, and there its slope is 0 as well: a little more or
# less *before* it changes nothing *behind* it. So the gradient is 0, and a digit whose score is
# negative for every image is told nothing. Other digits move the layers before it, so its score
# drifts; nothing pulls it back up. And "this is surely not a 5" can no longer be said: the lowest score
# is 0. Here is what stood before the relu, at the start and now.

# %%
torch.manual_seed(0)
at_first = Stock(divide=8)  # the same seed: the same weights to begin with
with torch.no_grad():
    images = (few.train_images[:1000].unsqueeze(1).float() / 255 - few.mean) / few.std
    highest = [
        net.to(images.device).conv7(net.trunk(images)).amax((0, 2, 3)) for net in (at_first, broken)
    ]  # two rows of ten: for each digit the highest of all images
print("the highest score that any of 1,000 images gets, before the relu")
print("digit       " + "".join(f"{digit:8}" for digit in range(10)))
for name, row in zip(("at first", "trained"), highest, strict=True):
    print(f"{name:12}" + "".join(f"{score:8.3f}" for score in row.tolist()))

# %% [markdown]
# Where a digit began below 0 for every image, its own weights have never been moved. Its score has,
# because the layers before it have: up or down, as it happened to suit the other digits. And a digit
# whose score falls below 0 for every image later on is in the same place.
#
# ## Exercise 3: mend it
#
# *Goal: give the scores their sign back, and nothing else. Difficulty: ●●○. Time: 10 minutes.*
#
# `Mended` is a `Stock` in all but its `forward`. Write that one. Keep every other relu: two
# convolutions with nothing between them can do no more than one larger one.


# %% task="mended"
class Mended(Stock):
    """The stock network, with scores of either sign."""

    def forward(self, x):
        """Images (N, 1, 28, 28) in, log-probabilities (N, 10) out."""
        ### BEGIN SOLUTION
        x = self.conv7(self.trunk(x))  # (N, 10, 1, 1)
        return F.log_softmax(x.flatten(1), dim=1)
        ### END SOLUTION


# %% check="check_mended" points=2
torch.manual_seed(1)
net, images = Mended(divide=8), torch.randn(5, 1, 28, 28)
hint = "flatten(1) makes (N, 10) of (N, 10, 1, 1)"
with trying("the scores of five images", f"the layers are self.trunk and self.conv7; {hint}"):
    found = net(images)
expect(isinstance(found, torch.Tensor), f"expected a tensor, found {type(found).__name__}")
equal(tuple(found.shape), (5, 10), "the shape of the scores of five images", hint)
with torch.no_grad():
    net.conv7.weight.zero_()
    net.conv7.bias.copy_(torch.arange(-7.0, 3.0))  # scores from -7 to 2, whatever the image
    found = net(images)
raw = torch.arange(-7.0, 3.0).expand(5, 10)
total = found.exp().sum(1)  # of probabilities that belong together: 1 for each image
hint = "log_softmax comes last, along dim=1, and not softmax: it gives logarithms of probabilities"
close(total, torch.ones(5), "e to the power of what comes out, added up for each image", hint)
hint = "does a relu cut what is below 0?"
close(found, F.log_softmax(raw, dim=1), "scores from -7 to 2", hint)
net = Mended(divide=8)
with torch.no_grad():
    real = F.log_softmax(net.conv7(net.trunk(images)).flatten(1), dim=1)
    hint = "self.trunk, self.conv7, flatten, log_softmax and no more"
    close(net(images), real, "five random images", hint)
    hint = "flatten(1) keeps the images apart, even a single one; squeeze() does not"
    with trying("the scores of one image", hint):
        found = net(images[:1])
    equal(tuple(found.shape), (1, 10), "the shape of one image's scores", hint)
hint = "the trunk keeps its relus: call self.trunk(x)"
expect(net(images).requires_grad, "expected scores that can be trained through: no no_grad()")
### BEGIN HIDDEN TESTS
with torch.no_grad():
    one = net(images[:1])
close(one, real[:1], "a single image", "flatten(1), not squeeze()")
### END HIDDEN TESTS
print("✓ mended: scores of either sign arrive")

# %% [markdown]
# <details><summary>Hint 1: where do I start?</summary>
#
# Copy `Stock.forward`. One call in it is too much.
#
# </details>
# <details><summary>Hint 2: which?</summary>
#
# The `relu` around `self.conv7(…)`. The ones inside `trunk` stay.
#
# </details>
# <details><summary>Passing the shape but failing on the values?</summary>
#
# Then `log_softmax` is missing or runs along the wrong dimension, or a relu is still there: the ten
# scores of an image are along `dim=1`.
#
# </details>

# %% [markdown]
# Same width, same recipe, same random start. Before you run it: how many of the 1,000 now?

# %% task="predict_mended"
# now = a whole number from 1 to 1,000
### BEGIN SOLUTION
now = 940
### END SOLUTION

# %% check="check_predict_mended" points=1
number("look and count, mended", now, 1, 1_000)
print(f"✓ written down: {now}; any number gets the point")

# %%
torch.manual_seed(0)
mended = Mended(divide=8)
mended_epochs = lesson.fit(mended, few, recipe)
_, mended_counts = readings(mended)
outcome("look and count, mended", mended_epochs[-1].test_correct, within=20)
figures.draw_comparison(
    {"broken": broken_counts, "mended": mended_counts},
    range(10),
    "digit",
    "times read",
    "One relu less, and every digit is read",
)

# %% [markdown] answer="explain_relu" points=3
# **In your own words** (two or three sentences, 3 points): a digit's score is negative for every
# training image. Why does nothing pull it up where a `relu` follows? And what pulls it up where no
# `relu` follows?
#
# ### BEGIN SOLUTION
# Where the score is below 0 the relu gives 0 and its slope is 0, so the loss sends no gradient to
# the weights that made it. They stay as they are; only the layers before them, which the other
# digits move, change the score, and not on purpose. Without the relu the slope is 1: each image of
# that digit pushes its score up, until it is read.
# ### END SOLUTION

# %% [markdown]
# ## What the whole course looks like from here
#
# A full training of this course is 15 epochs over all 60,000 images, with the rate of learning and
# the images varied in ways that later lessons explain. On a laptop that takes minutes to hours, so
# it was recorded: `record` reads what the course's own grader wrote. (To train them all on your own
# machine instead, run `autograde retrain` in a terminal, then `%env AUTOGRADE_RETRAIN=1` here.)
#
# These are the networks between this lesson and the last. What each of them reads, you see when you
# get there: in most lessons you are asked to say it first.

# %%
for one in ladder():
    print(f"{one.parameters:9,} parameters  {one.title}")

# %% [markdown]
# And this is where you will arrive: the last of them, epoch by epoch, for each of its seeds. A
# **seed** is the number that a training's random choices start from; another seed is another
# chance.

# %%
goal = record("under_8k")
print(f"{goal.parameters:,} parameters; {len(goal.runs)} trainings, recorded on {goal.device}")
figures.draw_curves(goal.runs, title=f"The end of the course: {goal.parameters:,} parameters")

# %% [markdown]
# ## Checkpoint
#
# Your mended network, an eighth as wide, briefly trained, beside the course's first network, fully
# trained, and its last. Fewer parameters is to the left, fewer misread digits is up. The frontier
# shows, for each number of parameters, the best network that needs no more.

# %%
yours = ledger(mended)
accuracy = mended_epochs[-1].test_correct / mended_epochs[-1].test_total
print(f"{yours.parameters:,} parameters, {accuracy:.1%} of {mended_epochs[-1].test_total:,} digits")
lesson.checkpoint("you", yours.parameters, accuracy, reached=1)

# %% [markdown]
# ## What to take away
#
# - Look at the data, and at what a network gets wrong, before you change anything.
# - A convolution's parameters are inputs times outputs times the kernel's area. The map's size
#   does not enter.
# - In the stock network `conv5` and `conv6` hold 92% of all parameters, and see the least of the
#   digit's detail.
# - Scores need both signs: no relu between the last layer and the loss.
#
# ## Five questions
#
# <details><summary>1. You double the width of every layer. What happens to the parameters?</summary>
#
# They grow about fourfold: each layer's count is inputs times outputs, and both double.
#
# </details>
# <details><summary>2. The stock network's input becomes 56 x 56. Does conv6 store more?</summary>
#
# No. A convolution stores kernels, and those do not depend on the map. But it does eleven times the
# work: it makes maps of 10 x 10, where it made maps of 3 x 3. (Two pools make 14 rows of 56, and
# `conv5` and `conv6`, which have no padding, take two rows each.)
#
# </details>
# <details><summary>3. A network reads 11% of the test digits. Has it learned anything?</summary>
#
# Hardly: 1,135 of MNIST's 10,000 test digits are ones, so always saying "1" reaches 11.35%.
#
# </details>
# <details><summary>4. Why does this course count 9,940 images instead of comparing with 99.4%?</summary>
#
# A count is exact, and a rounded percentage is not: 9,939 images are 99.39%, which with one decimal
# reads 99.4%.
#
# </details>
# <details><summary>5. Why was the broken network's loss still falling?</summary>
#
# The other digits go on learning. A falling loss says that something improves, not that
# everything can.
#
# </details>
#
# ## Explore
#
# How narrow can `Mended` become before it reads fewer than 900 of the 1,000? Try `divide=16` and
# `divide=32`, and look at the ledger each time: which layer is the greedy one now?
#
# ## Where it comes from
#
# - LeCun and others, [Gradient-based learning applied to document
#   recognition](http://vision.stanford.edu/cs598_spring07/papers/Lecun98.pdf) (1998): MNIST, and
#   the first convolutional networks that read it
# - Nair and Hinton, [Rectified linear units improve restricted Boltzmann
#   machines](https://www.cs.toronto.edu/~hinton/absps/reluICML.pdf) (2010): the relu
# - Lu and others, [Dying ReLU and initialization](https://arxiv.org/abs/1903.06733) (2019): scores
#   that a relu keeps at 0
