"""Our batched augmentations equal torchvision's, image by image, and draw as it draws."""

# ruff: noqa: C408 -- transforms are written here as students write them

import math

import pytest
import torch
import torchvision.transforms as transforms
import torchvision.transforms.functional as F
from torch.utils._python_dispatch import TorchDispatchMode
from torchvision.transforms import InterpolationMode

from course.recipe import RecipeError
from course.recipe.tables import TRANSFORMS
from course.training.augment import BY_NAME, Augment

AFFINE = dict(
    name="RandomAffine", degrees=40, translate=(0.2, 0.1), scale=(0.8, 1.3), shear=(-9, 20, -15, 5)
)
ONE_OF_EACH = [
    dict(AFFINE, interpolation="bilinear"),
    dict(name="RandomRotation", degrees=20, fill=0.3),
    dict(name="ElasticTransform", alpha=(60, 40), sigma=(4, 6)),
    dict(name="RandomCrop", size=28, padding=3),
    dict(name="RandomErasing", p=0.7, value="random"),
    dict(name="RandomHorizontalFlip"),
    dict(name="RandomVerticalFlip"),
]


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def pictures(count=24, seed=7):
    # Noise to the very border: there a wrong fill, a wrong row or half a pixel shows everywhere.
    return torch.rand(count, 1, 28, 28, generator=generator(seed))


def one(**arguments):
    return Augment([arguments]).transforms[0]


def drawn(count=20_000, **arguments):
    return one(**arguments).draw(torch.empty(count, 1, 28, 28), generator())


def assert_same(ours, theirs, interpolation):
    far = (ours - theirs).abs() > 1e-5
    if interpolation == "bilinear":
        assert not far.any()
    else:
        # Ours computes angles in float32, torchvision in float64: a point within about 1e-6 of
        # the middle between two pixels may fall to the other one. Expected share: some 1e-6.
        assert far.float().mean() < 1e-4


# ---- apply: torchvision's pictures ------------------------------------------------------------


@pytest.mark.parametrize("interpolation", ["nearest", "bilinear"])
@pytest.mark.parametrize("fill", [0.0, 0.6])
@pytest.mark.parametrize("center", [None, (10.0, 17.0)])
def test_affine_equals_torchvision(interpolation, fill, center):
    images = pictures()
    ours = one(**AFFINE, interpolation=interpolation, fill=fill, center=center)
    angle, x, y, scale, shear_x, shear_y = parameters = ours.draw(images, generator())
    theirs = [
        F.affine(
            image,
            angle[k].item(),
            [int(x[k]), int(y[k])],
            scale[k].item(),
            [shear_x[k].item(), shear_y[k].item()],
            InterpolationMode(interpolation),
            [fill],  # a list, as RandomAffine hands it on; None would leave the border dimmer
            center,
        )
        for k, image in enumerate(images)
    ]
    assert_same(ours.apply(images, *parameters), torch.stack(theirs), interpolation)


@pytest.mark.parametrize("interpolation", ["nearest", "bilinear"])
@pytest.mark.parametrize(("fill", "center"), [(0.0, None), (0.6, None), (0.0, (3.0, 20.0))])
def test_rotation_equals_torchvision(interpolation, fill, center):
    images = pictures()
    ours = one(
        name="RandomRotation", degrees=170, interpolation=interpolation, fill=fill, center=center
    )
    (angle,) = ours.draw(images, generator())
    mode = InterpolationMode(interpolation)
    theirs = [
        F.rotate(image, angle[k].item(), mode, center=center, fill=[fill])
        for k, image in enumerate(images)
    ]
    assert_same(ours.apply(images, angle), torch.stack(theirs), interpolation)


@pytest.mark.parametrize("interpolation", ["nearest", "bilinear"])
@pytest.mark.parametrize("fill", [0.0, 0.6])
def test_elastic_equals_torchvision(interpolation, fill):
    images = pictures()
    ours = one(name="ElasticTransform", alpha=(200, 90), interpolation=interpolation, fill=fill)
    fields = ours.draw(images, generator())
    mode = InterpolationMode(interpolation)
    theirs = [
        F.elastic_transform(image, torch.stack([right, below], -1)[None], mode, [fill])
        for image, right, below in zip(images, *fields, strict=True)
    ]
    assert_same(ours.apply(images, *fields), torch.stack(theirs), interpolation)


@pytest.mark.parametrize("mode", ["constant", "edge", "reflect", "symmetric"])
@pytest.mark.parametrize("padding", [4, (2, 5), (1, 0, 7, 27)])
def test_crop_equals_torchvision(mode, padding):
    images = pictures()
    fill = 0.4 if mode == "constant" else 0
    ours = one(name="RandomCrop", size=28, padding=padding, padding_mode=mode, fill=fill)
    rows, columns = ours.draw(images, generator())
    padded = F.pad(images, list(padding) if isinstance(padding, tuple) else padding, fill, mode)
    theirs = [F.crop(padded[k], int(rows[k]), int(columns[k]), 28, 28) for k in range(len(images))]
    assert torch.equal(ours.apply(images, rows, columns), torch.stack(theirs))


@pytest.mark.parametrize("value", [0, 0.7, "random"])
def test_erasing_equals_torchvision(value):
    images = pictures()
    ours = one(name="RandomErasing", p=0.8, value=value)
    parameters = ours.draw(images, generator())
    noise = parameters[4] if value == "random" else None
    theirs = []
    for k, image in enumerate(images):
        i, j, h, w = (int(p[k]) for p in parameters[:4])
        fresh = torch.tensor(value) if noise is None else noise[k, :, i : i + h, j : j + w]
        theirs.append(F.erase(image, i, j, h, w, fresh))
    assert torch.equal(ours.apply(images, *parameters), torch.stack(theirs))
    assert not torch.equal(torch.stack(theirs), images)


@pytest.mark.parametrize(
    ("name", "flip"), [("RandomHorizontalFlip", F.hflip), ("RandomVerticalFlip", F.vflip)]
)
def test_flip_equals_torchvision(name, flip):
    images = pictures()
    ours = one(name=name, p=0.5)
    (chosen,) = ours.draw(images, generator())
    theirs = [flip(image) if chosen[k] else image for k, image in enumerate(images)]
    assert torch.equal(ours.apply(images, chosen), torch.stack(theirs))
    assert 0.2 < chosen.float().mean() < 0.8


def test_arguments_reach_torchvisions_meaning_through_the_whole_call():
    # A fixed angle leaves nothing to chance, so the whole call can be compared.
    images = pictures(8)
    ours = Augment([dict(name="RandomRotation", degrees=(90, 90))])(images, generator())
    assert torch.equal(ours, torch.rot90(images, 1, (2, 3)))  # counter-clockwise
    ours = Augment([dict(name="RandomAffine", degrees=(90, 90))])(images, generator())
    assert torch.equal(ours, torch.rot90(images, -1, (2, 3)))  # clockwise: torchvision has it so


# ---- draw: torchvision's distributions ----------------------------------------------------------


def assert_uniform(values, low, high):
    width = high - low
    assert low <= values.min() < low + 0.01 * width
    assert high - 0.01 * width < values.max() <= high
    assert values.mean().item() == pytest.approx((low + high) / 2, abs=0.02 * width)
    assert values.std().item() == pytest.approx(width / math.sqrt(12), rel=0.03)


def test_affine_draws_uniformly_and_shifts_by_whole_pixels():
    angle, x, y, scale, shear_x, shear_y = drawn(**AFFINE)
    assert_uniform(angle, -40, 40)
    assert_uniform(scale, 0.8, 1.3)
    assert_uniform(shear_x, -9, 20)
    assert_uniform(shear_y, -15, 5)
    assert torch.equal(x, x.round())
    # 0.2 of 28 is 5.6, so up to 6 pixels, but 6 (from 5.5 to 5.6) far more rarely than 5.
    assert x.abs().max() == 6
    assert (x.abs() == 6).float().mean().item() == pytest.approx(0.1 / 5.6, rel=0.2)
    assert (x == 0).float().mean().item() == pytest.approx(1 / 11.2, rel=0.1)
    assert y.abs().max() == 3  # 2.8 rounds to 3
    correlations = torch.corrcoef(torch.stack([angle, x, y, scale, shear_x, shear_y]))
    assert (correlations - torch.eye(6)).abs().max() < 0.03


def test_affine_draws_nothing_for_what_is_left_out():
    angle, x, y, scale, shear_x, shear_y = drawn(name="RandomAffine", degrees=(10, 20), shear=30)
    assert_uniform(angle, 10, 20)
    assert_uniform(shear_x, -30, 30)
    assert not x.any()
    assert not y.any()
    assert not shear_y.any()  # a single shear is along x only
    assert torch.equal(scale, torch.ones_like(scale))


def test_rotation_draws_uniformly():
    assert_uniform(drawn(name="RandomRotation", degrees=7)[0], -7, 7)


@pytest.mark.parametrize("sigma", [(5.0, 5.0), (0.5, 6.8), (6.8, 0.5), (1.4, 2.1)])
def test_elastic_smooths_as_torchvision_does(sigma):
    alpha = (50.0, 20.0)
    ours = one(name="ElasticTransform", alpha=alpha, sigma=sigma)
    right, below = ours.draw(torch.empty(1, 1, 28, 28), generator(3))
    torch.manual_seed(3)  # one image is drawn from the same numbers
    theirs = transforms.ElasticTransform.get_params(alpha, sigma, [28, 28])
    assert torch.allclose(torch.stack([right, below], -1), theirs, atol=1e-5)


def test_crop_draws_every_place_equally_often():
    rows, columns = drawn(name="RandomCrop", size=28, padding=(1, 2, 0, 4))  # left top right bottom
    assert rows.bincount().tolist() == pytest.approx([20_000 / 7] * 7, rel=0.1)
    assert columns.bincount().tolist() == pytest.approx([10_000] * 2, rel=0.1)


# In the second, most rectangles do not fit: torchvision's ten tries matter, and may all fail.
@pytest.mark.parametrize(("scale", "ratio"), [((0.02, 0.33), (0.3, 3.3)), ((0.8, 1.0), (0.2, 5.0))])
def test_erasing_draws_torchvisions_rectangles(scale, ratio):
    top, left, height, width = drawn(name="RandomErasing", p=1, scale=scale, ratio=ratio)
    torch.manual_seed(0)
    image = torch.zeros(1, 28, 28)
    theirs = torch.tensor(
        [transforms.RandomErasing.get_params(image, scale, ratio, [0.0])[:4] for _ in range(4_000)]
    ).float()
    failed = theirs[:, 2] == 28  # it then returns the whole image, to be replaced by itself
    theirs[failed] = 0
    ours = torch.stack([top, left, height, width], dim=1)
    share = (height == 0).float().mean()
    assert share.item() == pytest.approx(failed.float().mean().item(), abs=0.02)
    fits, theirs = ours[height > 0], theirs[~failed]
    assert torch.equal(fits, fits.round())
    assert (fits[:, :2] + fits[:, 2:]).max() <= 28
    assert fits.min() >= 0
    for k in range(4):
        spread = theirs[:, k].std().item()
        assert fits[:, k].mean().item() == pytest.approx(theirs[:, k].mean().item(), abs=spread / 8)
        assert fits[:, k].std().item() == pytest.approx(spread, rel=0.08)
    # The corner lies anywhere that the rectangle fits, both ends included.
    assert (fits[:, 0] == 28 - fits[:, 2]).any()


def test_erasing_spares_the_share_it_should():
    *_, height, _ = drawn(name="RandomErasing", p=0.3)
    assert (height > 0).float().mean().item() == pytest.approx(0.3, abs=0.02)
    *_, noise = one(name="RandomErasing", value="random").draw(pictures(), generator())
    assert noise.mean().item() == pytest.approx(0, abs=0.02)
    assert noise.std().item() == pytest.approx(1, abs=0.02)


# ---- the whole ----------------------------------------------------------------------------------


@pytest.mark.parametrize("arguments", ONE_OF_EACH, ids=lambda arguments: arguments["name"])
def test_images_of_one_batch_change_differently(arguments):
    images = pictures(1).expand(64, 1, 28, 28)
    different = Augment([arguments])(images, generator()).flatten(1).unique(dim=0)
    # A flip knows two outcomes, a crop with 3 pixels around it 49, and 30% are not erased.
    least = {"RandomCrop": 25, "RandomErasing": 35}
    assert len(different) >= least.get(arguments["name"], 2 if "Flip" in arguments["name"] else 50)


def test_the_same_seed_gives_the_same_bits_and_no_other_generator_is_touched():
    images, augment = pictures(), Augment(ONE_OF_EACH)
    before, state = images.clone(), torch.get_rng_state()
    first = augment(images, generator(3))
    assert torch.equal(first, augment(images, generator(3)))
    assert not torch.equal(first, augment(images, generator(4)))
    assert torch.equal(torch.get_rng_state(), state)
    assert torch.equal(images, before)  # the stored images stay as they are
    assert first.shape == images.shape
    assert first.dtype == images.dtype


@pytest.mark.parametrize(
    "arguments",
    [
        dict(name="RandomRotation", degrees=0, interpolation="bilinear", fill=1),
        dict(name="RandomAffine", degrees=0, interpolation="bilinear", center=(3, 4)),
        dict(
            name="RandomAffine", degrees=0, translate=(0, 0), scale=(1, 1), shear=0,
            interpolation="bilinear",
        ),
        dict(name="ElasticTransform", alpha=0),
        dict(name="ElasticTransform", alpha=1, interpolation="nearest"),
        dict(name="RandomCrop", size=28),
        dict(name="RandomErasing", p=0),
        dict(name="RandomErasing", p=0, value="random"),
        dict(name="RandomErasing", p=1, scale=(0, 0)),
        dict(name="RandomHorizontalFlip", p=0),
        dict(name="RandomVerticalFlip", p=0),
    ],
)  # fmt: skip
def test_no_change_is_exactly_no_change(arguments):
    images = pictures()
    assert torch.equal(Augment([arguments])(images, generator()), images)


def test_a_change_of_any_one_kind_is_a_change():
    images = pictures()
    for kind in (dict(translate=(1, 0)), dict(scale=(2, 2)), dict(shear=(30, 30))):
        augment = Augment([dict(name="RandomAffine", degrees=0, **kind)])
        assert not torch.equal(augment(images, generator()), images)


def test_an_empty_list_changes_nothing():
    images = pictures()
    assert Augment([])(images, generator()) is images


def test_the_order_of_the_list_is_kept():
    images = pictures(4)
    turn = dict(name="RandomRotation", degrees=(90, 90))
    mirror = dict(name="RandomHorizontalFlip", p=1)
    there = Augment([turn, mirror])(images, generator())
    assert torch.equal(there, torch.rot90(images, 1, (2, 3)).flip(3))


class Operations(TorchDispatchMode):
    """Write down every operation that reaches the device."""

    def __init__(self):
        super().__init__()
        self.seen = []

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        self.seen.append(str(func))
        return func(*args, **(kwargs or {}))


def test_a_batch_is_a_fixed_list_of_operations_without_a_look_at_the_data():
    def operations(count, seed):
        images, random = pictures(count), generator(seed)
        with Operations() as mode:
            Augment(ONE_OF_EACH)(images, random)
        return mode.seen

    few, many = operations(2, 0), operations(50, 1)
    assert few == many  # no loop over images, no branch on what was drawn
    # Reading a number back, or a result whose size depends on the data, makes the host wait; and
    # a tensor made from Python numbers is a copy that a CUDA graph cannot hold.
    banned = ("_local_scalar_dense", "nonzero", "masked_select", "unique", "lift_fresh")
    assert not [name for name in few if any(word in name for word in banned)]


def test_every_transform_of_the_table_has_its_class_and_takes_its_arguments():
    assert BY_NAME.keys() == TRANSFORMS.keys()
    for name, arguments in TRANSFORMS.items():
        assert BY_NAME[name].__dataclass_fields__.keys() == arguments.keys()


def test_a_misspelt_argument_is_answered():
    with pytest.raises(RecipeError, match="degrees"):
        Augment([dict(name="RandomRotation", degres=7)])
