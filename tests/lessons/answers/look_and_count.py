# %% wrong count_right: the wrong dimension
# told: argmax(dim=1)
def count_right(scores, labels):
    return int((scores.argmax(dim=0) == labels).sum())


# %% wrong count_right: a share instead of a count
# told: expected the type int, found float
def count_right(scores, labels):
    return (scores.argmax(dim=1) == labels).float().mean().item()


# %% wrong count_right: a share of ten, rounded
# told: expected
def count_right(scores, labels):
    return int(10 * (scores.argmax(dim=1) == labels).float().mean())


# %% wrong count_right: counts the wrong ones
# told: is compared with its label
def count_right(scores, labels):
    return int((scores.argmax(dim=1) != labels).sum())


# %% wrong count_right: the lowest score
# told: expected 2, found
def count_right(scores, labels):
    return int((scores.argmin(dim=1) == labels).sum())


# %% wrong count_right: scores above a threshold
# told: only their order within a row matters
def count_right(scores, labels):
    return sum(int(row[label] > 0.75) for row, label in zip(scores, labels))


# %% wrong count_right: how many images there are
# told: compare the place
def count_right(scores, labels):
    return len(labels)


# %% wrong count_right: only says whether all are right
# told: expected the type int
def count_right(scores, labels):
    return bool((scores.argmax(dim=1) == labels).all())


# %% right count_right: a tensor of one number
def count_right(scores, labels):
    return (scores.argmax(1) == labels).sum()


# %% right count_right: numpy's
def count_right(scores, labels):
    import numpy as np

    return np.sum(scores.numpy().argmax(axis=1) == labels.numpy())


# %% right count_right: a loop
def count_right(scores, labels):
    right = 0
    for row, label in zip(scores.tolist(), labels.tolist()):
        right += row.index(max(row)) == label
    return right


# %% wrong conv_parameters: the bias is forgotten
# told: one bias for each output map
def conv_parameters(inputs, outputs, kernel, bias=True):
    return inputs * outputs * kernel * kernel


# %% wrong conv_parameters: one kernel for all input maps
# told: expected
def conv_parameters(inputs, outputs, kernel, bias=True):
    return outputs * (kernel * kernel + (1 if bias else 0))


# %% wrong conv_parameters: one bias for the whole layer
# told: one bias for each output map
def conv_parameters(inputs, outputs, kernel, bias=True):
    return outputs * inputs * kernel * kernel + bias


# %% wrong conv_parameters: a bias for each pair of maps
# told: 4719616
def conv_parameters(inputs, outputs, kernel, bias=True):
    return inputs * outputs * (kernel * kernel + bias)


# %% wrong conv_parameters: bias=False is not looked at
# told: without a bias, only the weights are left
def conv_parameters(inputs, outputs, kernel, bias=True):
    return outputs * (inputs * kernel * kernel + 1)


# %% wrong conv_parameters: every kernel is 3 x 3
# told: use `kernel`
def conv_parameters(inputs, outputs, kernel, bias=True):
    return outputs * (inputs * 9 + (1 if bias else 0))


# %% wrong conv_parameters: a float
# told: expected the type int, found float
def conv_parameters(inputs, outputs, kernel, bias=True):
    return float(outputs * (inputs * kernel**2 + bias))


# %% right conv_parameters: asks PyTorch
def conv_parameters(inputs, outputs, kernel, bias=True):
    return sum(p.numel() for p in nn.Conv2d(inputs, outputs, kernel, bias=bias).parameters())


# %% right conv_parameters: a bool is a number
def conv_parameters(inputs, outputs, kernel, bias=True):
    return outputs * inputs * kernel**2 + outputs * bias


# %% right conv_parameters: numpy's
def conv_parameters(inputs, outputs, kernel, bias=True):
    import numpy as np

    return np.prod([outputs, inputs, kernel, kernel]) + (outputs if bias else 0)


# %% wrong mended: the relu is still there
# told: does a relu cut what is below 0?
class Mended(Stock):
    def forward(self, x):
        return F.log_softmax(F.relu(self.conv7(self.trunk(x))).flatten(1), dim=1)


# %% wrong mended: log_softmax is forgotten
# told: log_softmax comes last
class Mended(Stock):
    def forward(self, x):
        return self.conv7(self.trunk(x)).flatten(1)


# %% wrong mended: along the images
# told: along dim=1
class Mended(Stock):
    def forward(self, x):
        return F.log_softmax(self.conv7(self.trunk(x)).flatten(1), dim=0)


# %% wrong mended: not flattened
# told: flatten(1) makes (N, 10)
class Mended(Stock):
    def forward(self, x):
        return F.log_softmax(self.conv7(self.trunk(x)), dim=1)


# %% wrong mended: softmax without the logarithm
# told: log_softmax comes last, along dim=1, and not softmax
class Mended(Stock):
    def forward(self, x):
        return F.softmax(self.conv7(self.trunk(x)).flatten(1), dim=1)


# %% wrong mended: the trunk's relus are gone too
# told: self.trunk
class Mended(Stock):
    def forward(self, x):
        x = F.max_pool2d(self.conv2(self.conv1(x)), 2)
        x = F.max_pool2d(self.conv4(self.conv3(x)), 2)
        return F.log_softmax(self.conv7(self.conv6(self.conv5(x))).flatten(1), dim=1)


# %% wrong mended: squeezed, which loses a single image
# told: squeeze() does not
class Mended(Stock):
    def forward(self, x):
        return F.log_softmax(self.conv7(self.trunk(x)).squeeze(), dim=1)


# %% wrong mended: self is forgotten
# told: the layers are self.trunk and self.conv7
class Mended(Stock):
    def forward(self, x):
        return F.log_softmax(conv7(trunk(x)).flatten(1), dim=1)


# %% wrong mended: flattened before the last layer
# told: stopped
class Mended(Stock):
    def forward(self, x):
        return F.log_softmax(self.conv7(self.trunk(x).flatten(1)), dim=1)


# %% right mended: with squeeze of the two last dimensions
class Mended(Stock):
    def forward(self, x):
        return self.conv7(self.trunk(x)).squeeze(3).squeeze(2).log_softmax(1)


# %% right mended: by hand
class Mended(Stock):
    def forward(self, x):
        x = self.conv7(self.trunk(x))[:, :, 0, 0]
        return x - x.logsumexp(1, keepdim=True)
