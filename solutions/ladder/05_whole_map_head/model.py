"""Step 5: a last kernel of 7x7, and a light body to pay for it: 10,790 parameters.

Target: let the prediction look at a 7x7 map at once, instead of at a 3x3 map behind a third pool.
Result: train 98.60%, test 98.41% over the last 3 epochs; best epoch 98.55%; 3 seeds
Analysis: the study reports about 10.7K parameters, 98.6% of the training digits and 98.23% of the
test digits: not overfitting any more, and not done learning either. The head stores 4,900 of the
10,790 numbers, one for each place in each channel, which is a dense layer in all but name. Ours
reads 0.3 points more, which is luck: without BatchNorm a start can be so quiet that nothing is
learned for epochs. Of our three, one sat still for one epoch and one for six; their best epochs
are 98.61%, 98.69% and 98.34%, as far from each other as from the one run of the study.

The study names the 7x7 kernel and the count. Behind step 4 the kernel alone would store 7,850
numbers, so the layers before it must have shrunk as well. The field's own light network, with
10 or 20 channels, 1x1 convolutions that squeeze and no bias, has 10,790 parameters and fits.
"""

import torch.nn as nn


def block(inputs, outputs, kernel=3):
    return nn.Sequential(nn.Conv2d(inputs, outputs, kernel, bias=False), nn.ReLU())


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.strokes = nn.Sequential(block(1, 10), block(10, 10), block(10, 20))  # 20 x 22 x 22
        self.squeeze = nn.Sequential(nn.MaxPool2d(2), block(20, 10, 1))  # 10 x 11 x 11
        self.parts = nn.Sequential(block(10, 10), block(10, 20))  # 20 x 7 x 7
        self.squeeze_again = block(20, 10, 1)  # 10 x 7 x 7
        self.head = nn.Conv2d(10, 10, 7, bias=False)

    def forward(self, x):
        x = self.squeeze(self.strokes(x))
        x = self.squeeze_again(self.parts(x))
        return self.head(x).flatten(1)


RECIPE = dict(
    epochs=15,
    batch_size=128,
    optimizer=dict(name="SGD", lr=0.01, momentum=0.9),
    scheduler=None,  # the same rate from the first step to the last
    augment=[],
)
