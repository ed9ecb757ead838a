"""A kernel over an image: the map is torch's, and the place that is drawn the strongest."""

import numpy as np
import torch
import torch.nn.functional as F

from course.figures.images.sliding import draw_sliding, slid, telling

KERNEL = np.array([[-1.0, 0.5, 2.0], [0.0, 1.0, 0.0], [3.0, 0.0, -2.0]])


def test_the_map_is_torchs():
    image = np.random.default_rng(0).integers(0, 256, (28, 28)).astype(float)
    expected = F.conv2d(torch.tensor(image)[None, None], torch.tensor(KERNEL)[None, None])[0, 0]
    found = slid(image, KERNEL)
    assert np.allclose(found, expected.numpy())
    assert found[telling(found)] == found.max()


def test_it_says_in_words_what_it_shows():
    image = np.zeros((28, 28))
    image[10, 20] = 100
    figure = draw_sliding(image, KERNEL, "Mine")
    assert figure.alt.startswith("Mine: at row 9, column 21 the 3 x 3 pixels")
    assert "add up to 300" in figure.alt
    assert 'class="sliding"' in figure.to_picture()
