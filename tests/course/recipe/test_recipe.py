"""A recipe reads what a student knows from PyTorch, and answers anything else with a sentence."""

# ruff: noqa: C408 -- recipes are written here as students write them

import collections
import enum
import inspect
import json
import pickle
import subprocess
import sys

import numpy as np
import pytest
import torch
import torchvision.transforms as transforms
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.optim import lr_scheduler

from course.errors import ExitCode
from course.recipe import Recipe, RecipeError
from course.recipe.reading import REFUSED, REQUIRED, plain
from course.recipe.schedule import plan
from course.recipe.tables import AVERAGES, OPTIMIZERS, SCHEDULERS, TRANSFORMS
from course.training.augment import Augment

DESIGN = dict(
    epochs=15,
    batch_size=64,
    optimizer=dict(name="SGD", lr=0.1, momentum=0.9, nesterov=True, weight_decay=1e-4),
    scheduler=dict(name="OneCycleLR", max_lr=0.1, pct_start=0.2),
    augment=[dict(name="RandomAffine", degrees=6, translate=(0.04, 0.04), scale=(0.94, 1.06))],
    label_smoothing=0.0,
    average=dict(name="EMA", decay=0.99, every=10),
)


def again(recipe):
    return Recipe.read(json.loads(json.dumps(recipe.as_dict(), allow_nan=False)))


def refused(data):
    with pytest.raises(RecipeError) as caught:
        Recipe.read(data)
    return caught.value


def assert_sentence(error):
    assert error.message.startswith("expected ")
    assert ", found " in error.message
    assert error.hint
    assert len(str(error)) < 1000
    assert str(error).isprintable()


# ---- what may be written -------------------------------------------------------------------------


def test_the_designs_example_reads():
    recipe = Recipe.read(DESIGN)
    assert (recipe.epochs, recipe.batch_size, recipe.label_smoothing) == (15, 64, 0.0)
    assert recipe.optimizer == dict(DESIGN["optimizer"], dampening=0.0)
    assert recipe.scheduler is not None
    assert (recipe.scheduler["max_lr"], recipe.scheduler["interval"]) == (0.1, "step")
    assert recipe.augment[0]["degrees"] == (-6.0, 6.0)
    assert recipe.augment[0]["interpolation"] == "nearest"  # torchvision's default, as written
    assert recipe.average == dict(name="EMA", decay=0.99, every=10)
    assert again(recipe) == recipe
    assert Recipe(**DESIGN) == recipe
    assert Recipe.read(recipe) == recipe


def test_the_default_is_the_designs_but_for_bilinear_and_the_average():
    default = Recipe.read(None)
    affine = [dict(DESIGN["augment"][0], interpolation="bilinear")]
    assert default == Recipe() == Recipe.read({})
    assert default == Recipe.read(dict(DESIGN, average=None, augment=affine))
    assert again(default) == default


def test_what_means_the_same_is_the_same_recipe():
    def affine(**arguments):
        return Recipe.read(dict(augment=[dict(name="RandomAffine", **arguments)])).as_dict()

    assert affine(degrees=7) == affine(degrees=[-7, 7.0], fill=(0,), shear=None)
    assert json.dumps(affine(degrees=0)) == json.dumps(affine(degrees=(-0.0, 0)))
    crop = [
        Recipe.read(dict(augment=[dict(name="RandomCrop", size=size, padding=padding)]))
        for size, padding in ((28, 2), ([28], (2,)), ((28, 28), (2, 2)), (28, [2, 2, 2, 2]))
    ]
    assert crop[0] == crop[1] == crop[2] == crop[3]
    assert crop[0] != Recipe.read(dict(augment=[dict(name="RandomCrop", size=28, padding=3)]))


def test_left_out_and_none_differ():
    assert Recipe.read(dict(epochs=3)).scheduler is not None
    assert Recipe.read(dict(scheduler=None)).scheduler is None
    assert Recipe.read(dict(augment=[])).augment == ()
    assert len(Recipe.read(dict(epochs=3)).augment) == 1


def test_a_rate_that_a_student_wrote_is_not_overruled_by_the_default_schedule():
    recipe = Recipe.read(dict(optimizer=dict(name="Adam", lr=0.002)))
    assert recipe.scheduler is not None
    assert recipe.scheduler["max_lr"] == 0.002


def test_common_python_values_are_welcome():
    bilinear = transforms.InterpolationMode.BILINEAR
    data = dict(
        epochs=enum.IntEnum("Epochs", {"FEW": 3}).FEW,
        optimizer=collections.OrderedDict(name="SGD", lr=np.float64(0.2)),
        augment=(dict(name="RandomRotation", degrees=7, interpolation=bilinear),),
    )
    recipe = Recipe.read(data)
    assert recipe.epochs == 3
    assert type(recipe.epochs) is int
    assert type(recipe.optimizer["lr"]) is float
    assert recipe.augment[0]["interpolation"] == "bilinear"


def test_the_normal_form_stays_as_it_is():
    # Fingerprints are made of this text, and seeds of fingerprints: a changed letter would train
    # every submission with other seeds.
    recipe = Recipe.read(
        dict(
            epochs=3,
            optimizer=dict(name="Adam", lr=1),
            scheduler=dict(
                name="SequentialLR",
                schedulers=[dict(name="LinearLR"), dict(name="ExponentialLR", gamma=0.5)],
                milestones=[2],
            ),
            augment=[
                dict(name="RandomAffine", degrees=6, shear=3, fill=(1,)),
                dict(name="RandomCrop", size=28, padding=2),
            ],
            average=dict(name="SWA", start=2),
        )
    )
    assert json.dumps(recipe.as_dict()) == (
        '{"epochs": 3, "batch_size": 64, "optimizer": {"name": "Adam", "lr": 1.0, "betas": [0.9,'
        ' 0.999], "eps": 1e-08, "weight_decay": 0.0, "amsgrad": false, "decoupled_weight_decay":'
        ' false}, "scheduler": {"name": "SequentialLR", "schedulers": [{"name": "LinearLR",'
        ' "start_factor": 0.3333333333333333, "end_factor": 1.0, "total_iters": 5}, {"name":'
        ' "ExponentialLR", "gamma": 0.5}], "milestones": [2], "interval": "epoch"}, "augment":'
        ' [{"name": "RandomAffine", "degrees": [-6.0, 6.0], "interpolation": "nearest", "fill":'
        ' 1.0, "center": null, "translate": null, "scale": null, "shear": [-3.0, 3.0]}, {"name":'
        ' "RandomCrop", "size": 28, "padding": [2, 2, 2, 2], "pad_if_needed": false, "fill": 0.0,'
        ' "padding_mode": "constant"}], "label_smoothing": 0.0, "average": {"name": "SWA",'
        ' "start": 2, "every": 10}}'
    )


def test_a_recipe_is_its_own_and_stays_as_it_is():
    data = json.loads(json.dumps(DESIGN))
    recipe = Recipe.read(data)
    data["optimizer"]["lr"] = -1
    recipe.as_dict()["optimizer"]["lr"] = -1
    assert recipe == Recipe.read(DESIGN)
    with pytest.raises(AttributeError):
        recipe.epochs = 3
    assert pickle.loads(pickle.dumps(recipe)) == recipe
    recipe.optimizer["lr"] = -1  # Python lets it; reading it again does not
    assert "found -1" in refused(recipe).message


# ---- the tables are torch's ----------------------------------------------------------------------

# Where we differ from torch's defaults on purpose: see course/recipe/tables.py.
OURS = {("OneCycleLR", "max_lr"), ("OneCycleLR", "cycle_momentum"), ("CyclicLR", "cycle_momentum")}
ADDED = {"interval", "rest"}  # the two keys that are not torch's


@pytest.mark.parametrize(
    ("module", "table"),
    [(torch.optim, OPTIMIZERS), (lr_scheduler, SCHEDULERS), (transforms, TRANSFORMS)],
    ids=["optimizers", "schedulers", "transforms"],
)
def test_names_arguments_and_defaults_are_torchs(module, table):
    for name, arguments in table.items():
        signature = inspect.signature(getattr(module, name)).parameters
        known = {key for key in signature if key not in ("params", "optimizer")}
        assert arguments.keys() - ADDED <= known, name
        assert known - arguments.keys() <= REFUSED.keys(), name  # each of torch's is answered
        for key, argument in arguments.items():
            if key in ADDED or (name, key) in OURS:
                continue
            theirs = signature[key].default
            if theirs is inspect.Parameter.empty:
                assert argument.default is REQUIRED, (name, key)
            else:
                fit = argument.accepts(plain("default", theirs))
                assert fit == argument.default, (name, key)


def test_every_default_fits_its_own_argument():
    for table in (OPTIMIZERS, SCHEDULERS, TRANSFORMS, AVERAGES):
        for arguments in table.values():
            for key, argument in arguments.items():
                if argument.default is not REQUIRED and key != "cycle_momentum":
                    assert argument.accepts(plain(key, argument.default)) == argument.default


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_optimizers_build_and_step(name):
    weight = torch.nn.Parameter(torch.ones(3, 1))  # a matrix: Muon takes nothing else
    recipe = Recipe.read(dict(optimizer=dict(name=name, lr=0.5, weight_decay=0.01)))
    optimizer = recipe.build_optimizer([weight])
    assert type(optimizer) is getattr(torch.optim, name)
    assert optimizer.param_groups[0]["lr"] == 0.5
    assert optimizer.param_groups[0]["weight_decay"] == 0.01
    weight.grad = torch.ones(3, 1)
    optimizer.step()
    assert (weight < 1).all()


def test_the_grader_may_choose_how_the_step_is_computed():
    adam = Recipe.read(dict(optimizer=dict(name="Adam")))
    optimizer = adam.build_optimizer([torch.nn.Parameter(torch.ones(1))], foreach=False)
    assert optimizer.param_groups[0]["foreach"] is False


def test_reading_imports_no_torch():
    code = "import sys, course.recipe as r; r.Recipe.read({}); print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


# ---- what may not, and the answer ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "message", "hint"),
    [
        (dict(epoch=3), "found 'epoch'", "did you mean 'epochs'?"),
        (dict(epochs=True), "whole number from 1 to 1,000, found True", "15"),
        (dict(epochs=15.0), "found 15.0", "15"),
        (dict(epochs=0), "found 0", "15"),
        (dict(epochs=float("nan")), "found nan", ""),
        (dict(epochs=10**400), "more than 63 bits", ""),
        (dict(epochs=None), "found None", ""),
        (dict(batch_size=-1), "batch_size", "64"),
        (dict(label_smoothing=1), "of at least 0 and below 1, found 1", "0.0"),
        (dict(optimizer=None), "a dict with a name", "SGD, Adam"),
        (dict(optimizer="SGD"), "found 'SGD'", "dict(name='SGD', …)"),
        (dict(optimizer=dict(lr=1)), "a dict with a name", ""),
        (dict(optimizer=dict(name="sgd")), "found 'sgd'", "did you mean 'SGD'?"),
        (dict(optimizer=dict(name="LBFGS")), "several times per step", ""),
        (dict(optimizer=dict(name="SGD", lr=0)), "above 0 and at most 100, found 0", "0.001"),
        (dict(optimizer=dict(name="SGD", lr=float("inf"))), "found inf", ""),
        (dict(optimizer=dict(name="SGD", lr="0.1")), "found '0.1'", ""),
        (dict(optimizer=dict(name="SGD", lr=True)), "found True", ""),
        (dict(optimizer=dict(name="SGD", momentum=1)), "and below 1, found 1", ""),
        (dict(optimizer=dict(name="SGD", nesterov=1)), "True or False, found 1", ""),
        (dict(optimizer=dict(name="SGD", nesterov=True)), "a momentum above 0", "momentum=0.9"),
        (dict(optimizer=dict(name="SGD", nesterov=True, momentum=0.9, dampening=0.1)),
         "dampening=0.1", "leave dampening out"),
        (dict(optimizer=dict(name="Adam", betas=0.9)), "2 values, each", "(0.9, 0.999)"),
        (dict(optimizer=dict(name="Adam", betas=(0.9, 1))), "found [0.9, 1]", ""),
        (dict(optimizer=dict(name="Adam", momentum=0.9)), "an argument of Adam", "betas"),
        (dict(optimizer=dict(name="Adam", fused=True)), "the grader chooses it", "amsgrad"),
        (dict(scheduler=dict(name="ReduceLROnPlateau")), "would read the test loss", "StepLR"),
        (dict(scheduler=dict(name="LambdaLR")), "takes a function", ""),
        (dict(scheduler=dict(name="CosineLR", T_max=3)), "'CosineLR'", "did you mean 'Cosine"),
        (dict(scheduler=dict(name="StepLR")), "to be given step_size", "step_size=…"),
        (dict(scheduler=dict(name="StepLR", step_size=2, interval="batch")), "'step' or", ""),
        (dict(scheduler=dict(name="OneCycleLR", max_momentum=0)), "above 0 and below 1,", "0.95"),
        (dict(scheduler=dict(name="OneCycleLR", max_momentum=1)), "below 1, found 1", "0.95"),
        (dict(scheduler=dict(name="OneCycleLR", cycle_momentum=True),
              optimizer=dict(name="Adagrad")), "found Adagrad", "cycle_momentum=False"),
        (dict(scheduler=dict(name="SequentialLR", schedulers=[dict(name="StepLR", step_size=2)],
                             milestones=[3])), "between every two", "takes over"),
        (dict(scheduler=dict(name="SequentialLR", milestones=[5, 3], schedulers=[])), "1 to", ""),
        (dict(scheduler=dict(name="SequentialLR", milestones=[5, 3],
                             schedulers=[dict(name="ExponentialLR", gamma=0.9)] * 3)),
         "milestones", ""),
        (dict(scheduler=dict(name="SequentialLR", milestones=[],
                             schedulers=[dict(name="OneCycleLR")])), "'OneCycleLR'", "LinearLR"),
        (dict(augment=dict(name="RandomAffine")), "augment to be a list", "augment=["),
        (dict(augment=None), "augment to be a list", ""),
        (dict(augment=[dict(name="RandomAffine", degres=3)]), "'degres'", "mean 'degrees'?"),
        (dict(augment=[dict(name="RandomAffine", degrees=-3)]), "found -3", ""),
        (dict(augment=[dict(name="RandomAffine", degrees=(3, -3))]), "found [3, -3]", ""),
        (dict(augment=[dict(name="RandomAffine", degrees=3, scale=(1.1, 0.9))]), "lower first", ""),
        (dict(augment=[dict(name="RandomAffine", degrees=3, interpolation="bicubic")]),
         "'nearest' or 'bilinear'", "'nearest'"),
        (dict(augment=[dict(name="RandomRotation", degrees=3, fill=255)]), "from 0 to 1", ""),
        (dict(augment=[dict(name="RandomRotation", degrees=3, expand=True)]), "to be False", ""),
        (dict(augment=[dict(name="ElasticTransform", sigma=7)]), "from 0.5 to 6.8", ""),
        (dict(augment=[dict(name="ElasticTransform", alpha=(1, 2, 3))]), "from 0 to 1,000", ""),
        (dict(augment=[dict(name="RandomCrop", size=24)]), "found 24", ""),
        (dict(augment=[dict(name="RandomCrop", size=28, padding=28)]),
         "from 0 to 27, or 1, 2 or 4 values, each a whole number from 0 to 27, or None", ""),
        (dict(augment=[dict(name="ToTensor")]), "arrive as tensors", ""),
        (dict(augment=[dict(name="RandomVerticalFlip")] * 11), "0 to 10 dicts", ""),
        (dict(average=dict(name="EMA", decay=1)), "below 1, found 1", "0.99"),
        (dict(average=dict(name="EMA", every=0)), "every of EMA", "10"),
        (dict(average=dict(name="SWA")), "to be given start", ""),
        (dict(average=dict(name="SWA", start=4), epochs=3), "the 3 epochs", ""),
        (3, "the recipe to be a dict, found 3", "epochs"),
        ({1: 2}, "a key of class 'int'", ""),
        (dict(optimizer=torch.optim.SGD), "an object of class 'type'", "names"),
        (dict(augment=[transforms.RandomRotation(7)]), "class 'RandomRotation'", ""),
        (dict(epochs=[1] * 10**6), "at most 10,000 values", ""),
        (dict(augment=[[[[[[[[[[]]]]]]]]]]), "8 deep", ""),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_answered(data, message, hint):
    error = refused(data)
    assert_sentence(error)
    assert message in error.message
    assert hint in error.hint


def test_a_recipe_made_directly_is_checked_too():
    with pytest.raises(RecipeError, match="batch_size"):
        Recipe(batch_size=0)
    with pytest.raises(RecipeError, match="did you mean 'RandomErasing'"):
        Recipe(augment=({"name": "RandomErase"},))


def test_a_huge_text_is_not_echoed():
    for data in (dict(optimizer=dict(name="x" * 10**6)), {"y" * 10**6: 1}, "z" * 10**6):
        assert len(str(refused(data))) < 500


def test_the_error_survives_the_way_between_processes():
    error = refused(dict(epochs=0))
    copy = pickle.loads(pickle.dumps(error))
    assert (copy.message, copy.hint, str(copy)) == (error.message, error.hint, str(error))
    assert str(error) == f"{error.message}; {error.hint}"
    assert type(copy) is RecipeError
    assert copy.exit_code is ExitCode.UNREADABLE


class Trap(Exception):
    """Would escape if any method of a hostile object were called."""


def trap(*_, **__):
    raise Trap


METHODS = [
    "__eq__",
    "__hash__",
    "__len__",
    "__iter__",
    "__getitem__",
    "__repr__",
    "__str__",
    "__bool__",
    "__float__",
    "__int__",
    "__index__",
    "__lt__",
    "__contains__",
    "__getattribute__",
    "__format__",
    "__class__",
    "__add__",
    "items",
    "keys",
    "get",
    "lower",
    "bit_length",
]
Nasty = type("Nasty", (type,), {"__name__": property(trap), "__repr__": trap})


def nasty(base, *arguments):
    kind = Nasty("kind", (base,), dict.fromkeys(METHODS, trap))
    return base.__new__(kind, *arguments)


def nasty_dict():
    made = nasty(dict)
    dict.__setitem__(made, "epochs", nasty(int, 3))
    return made


def endless():
    loop = []
    loop.append(loop)
    return loop


def bomb():
    level = [1] * 20
    for _ in range(4):
        level = [level] * 20  # 5 lists in memory, 3 million values to a naive reader
    return level


def test_hostile_objects_are_read_without_a_call_to_their_methods():
    assert Recipe.read(nasty_dict()).epochs == 3
    hidden = nasty(str, "SGD")
    assert Recipe.read(dict(optimizer=dict(name=hidden))).optimizer["name"] == "SGD"
    assert type(Recipe.read(dict(optimizer=dict(name=hidden))).optimizer["name"]) is str


@pytest.mark.parametrize(
    "make",
    [
        endless,
        bomb,
        lambda: nasty(object),
        lambda: nasty(float, -3.0),
        lambda: nasty(list),
        lambda: nasty(tuple, (1, 2)),
        lambda: nasty(str, "x"),
        lambda: nasty(int, 10**400),
        lambda: Nasty("kind", (), {}),
        lambda: (entry for entry in "abc"),
        lambda: b"abc",
        lambda: {1},
        lambda: 1j,
        lambda: range(10**12),
        lambda: np.zeros(3),
        lambda: np.int64(3),
        lambda: torch.zeros(3),
        lambda: sys,
        lambda: "\ud800",
        lambda: "\x1b[2J",
        lambda: -(10**5000),
    ],
)
def test_whatever_the_object_the_answer_is_a_sentence(make):
    for data in (make(), dict(epochs=make()), dict(optimizer=dict(name="SGD", lr=make())),
                 dict(augment=[make()]), dict(scheduler=make()),
                 dict(optimizer=dict(name=make()))):  # fmt: skip
        assert_sentence(refused(data))


# ---- anything at all -----------------------------------------------------------------------------

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(0, 30)
    | st.floats()
    | st.floats(0, 1)
    | st.text(max_size=5)
    | st.sampled_from(["SGD", "nearest", "random", "step", 10**400, b"", 1j, object(), Recipe])
)
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.tuples(inner, inner)
        | st.dictionaries(st.text(max_size=5) | st.integers(), inner, max_size=3)
        | st.dictionaries(st.sampled_from([*Recipe.__annotations__, "name", "lr"]), inner)
    ),
    max_leaves=8,
)
NEARLY = (
    st.integers(0, 40) | st.floats(0, 1) | st.tuples(st.floats(0, 1), st.floats(1, 2)) | ANYTHING
)


def named(table):
    """A dict whose name is right, and whose arguments are, by name at least."""

    def one(name):
        required = {k: NEARLY for k, v in table[name].items() if v.default is REQUIRED}
        others = {k: NEARLY for k, v in table[name].items() if v.default is not REQUIRED}
        fixed = st.fixed_dictionaries(required, optional=others)
        return fixed.map(lambda arguments: {"name": name} | arguments)

    return st.sampled_from(list(table)).flatmap(one)


NEAR_RECIPES = st.fixed_dictionaries(
    {},
    optional={
        "epochs": st.integers(1, 20) | ANYTHING,
        "batch_size": st.integers(1, 100) | ANYTHING,
        "optimizer": named(OPTIMIZERS) | ANYTHING,
        "scheduler": named(SCHEDULERS) | ANYTHING,
        "augment": st.lists(named(TRANSFORMS), max_size=2) | ANYTHING,
        "label_smoothing": NEARLY,
        "average": named(AVERAGES) | ANYTHING,
    },
)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(ANYTHING | NEAR_RECIPES)
def test_anything_gives_a_recipe_that_can_be_used_or_a_sentence(data):
    try:
        recipe = Recipe.read(data)
        assert again(recipe) == recipe
        planned = plan(recipe, 64)
        assert all(0 <= rate <= 100 for rate in planned.lr)
    except RecipeError as error:
        assert_sentence(error)
        return
    changed = Augment(recipe.augment)(torch.rand(2, 1, 28, 28), torch.Generator())
    assert changed.shape == (2, 1, 28, 28)
    assert changed.isfinite().all()


@settings(max_examples=200, deadline=None, derandomize=True)
@given(named(OPTIMIZERS), named(SCHEDULERS), named(TRANSFORMS), named(AVERAGES))
def test_every_part_alone_is_read_or_refused(optimizer, scheduler, transform, average):
    for part in (dict(optimizer=optimizer), dict(scheduler=scheduler), dict(augment=[transform]),
                 dict(average=average)):  # fmt: skip
        try:
            recipe = Recipe.read(part)
        except RecipeError:
            continue
        assert again(recipe) == recipe
        recipe.build_optimizer([torch.nn.Parameter(torch.zeros(1, 1))])
