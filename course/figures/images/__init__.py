"""Figures that are made of images in rows."""
