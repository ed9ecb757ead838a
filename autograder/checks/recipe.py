"""The check of the recipe: every name and value is known, and the epochs are within the rules.

Reading it is left to course/recipe; what is checked here is what an assignment adds.
"""

import torch

from autograder.checks.study import Study
from autograder.verdict import Check
from course.recipe import Recipe, RecipeError, name_of, rest_of
from course.recipe.schedule import plan
from course.training.augment import Augment
from course.validators import counted


def recipe_fits(study: Study) -> Check:
    """The recipe is one the grader can follow, within the assignment's epochs."""
    most, line_of = study.assignment.most_epochs, study.submission.line_of
    expected = f"at most {counted(most, 'epoch')}"
    if missed := study.submission.recipe_missed:
        hint = "write it in plain numbers and names, at the file's left edge"
        return Check("recipe", "fail", expected, "", missed, hint, line_of(()))
    try:
        found = Recipe.read(study.submission.recipe)
        if found.epochs > most:  # first: what is not allowed is not planned either
            epochs = counted(found.epochs, "epoch")
            message = f"{epochs} are more than the {most:,} allowed"
            hint = "a rate that falls to zero within the epochs there are gains most"
            return Check("recipe", "fail", expected, epochs, message, hint, line_of(["epochs"]))
        plan(found, study.images)  # torch's own complaints about a schedule come up here
    except RecipeError as error:
        line = line_of(error.place)
        return Check("recipe", "fail", expected, "", error.message, error.hint, line)
    if study.assignment.require_augmentation and not changes_images(found):
        message = "this assignment wants augmented images"
        hint = 'add augment=[dict(name="RandomRotation", degrees=7)]'
        line = line_of(["augment"])
        return Check("recipe", "fail", "augmentation", "none", message, hint, line)
    study.recipe = found
    return Check("recipe", "pass", expected, in_one_line(found, study.submission.recipe is None))


def changes_images(found: Recipe) -> bool:
    """Return whether the augmentation does anything: a rotation by no degrees is none."""
    generator = torch.Generator().manual_seed(0)
    x = torch.rand(64, 1, 28, 28, generator=generator)
    return not torch.equal(Augment(found.augment)(x, generator), x)


def in_one_line(found: Recipe, default: bool) -> str:
    """Write a recipe in one line."""
    words = [f"{counted(found.epochs, 'epoch')} of batches of {found.batch_size:,}"]
    words.append(f"{name_of(found.optimizer)} lr {found.optimizer['lr']:g}")
    if rest := rest_of(found.optimizer):
        words[-1] += f" and {name_of(rest)} lr {rest['lr']:g}"
    words.append(name_of(found.scheduler) if found.scheduler else "constant rate")
    words += [name_of(transform) for transform in found.augment]
    words += [name_of(found.average)] if found.average else []
    return ", ".join(words) + (" (the default recipe)" if default else "")
