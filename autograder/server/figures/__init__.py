"""Figures on pages: SVG made of numbers, with links and titles, coloured by the page's style."""
