"""Notebooks for tests, as bytes."""

import json


def notebook(*cells: str, outputs: object = None) -> bytes:
    """Write code cells as nbformat 4 does, a line of markdown before each."""
    made = []
    for text in cells:
        made.append({"cell_type": "markdown", "source": ["# a title"], "metadata": {}})
        code = {"cell_type": "code", "source": text.splitlines(keepends=True), "metadata": {}}
        made.append(code | {"outputs": [outputs] if outputs else [], "execution_count": None})
    return json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()
