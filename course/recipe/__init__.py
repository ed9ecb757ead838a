"""How to train, as data: what a RECIPE may say, and the learning rate of every step that follows.

Imports no torch until it builds an optimizer or a schedule.
"""

from course.recipe.reading import Part, RecipeError, arguments_of, name_of, rate_of, rest_of
from course.recipe.recipe import Recipe

__all__ = ["Part", "Recipe", "RecipeError", "arguments_of", "name_of", "rate_of", "rest_of"]
