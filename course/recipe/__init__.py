"""How to train, as data."""

from course.recipe.recipe import Recipe, RecipeError

__all__ = ["Recipe", "RecipeError"]
