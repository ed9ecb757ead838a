# %% wrong dense_parameters: only one side
# told: side * side
def dense_parameters(channels, side, outputs, bias=True):
    return outputs * (channels * side + (1 if bias else 0))


# %% wrong dense_parameters: the bias is forgotten
# told: each output has one bias
def dense_parameters(channels, side, outputs, bias=True):
    return outputs * channels * side * side


# %% wrong dense_parameters: one bias for all
# told: each output has one bias
def dense_parameters(channels, side, outputs, bias=True):
    return outputs * channels * side * side + bias


# %% wrong dense_parameters: bias=False is not looked at
# told: only the weights are left
def dense_parameters(channels, side, outputs, bias=True):
    return outputs * (channels * side * side + 1)


# %% wrong dense_parameters: a convolution of 3 x 3
# told: expected 20
def dense_parameters(channels, side, outputs, bias=True):
    return outputs * (channels * 9 + (1 if bias else 0))


# %% wrong dense_parameters: a bias for each input
# told: expected 20, found 11
def dense_parameters(channels, side, outputs, bias=True):
    inputs = channels * side * side
    return inputs * outputs + (inputs if bias else 0)


# %% right dense_parameters: asks PyTorch
def dense_parameters(channels, side, outputs, bias=True):
    layer = nn.Linear(channels * side**2, outputs, bias=bias)
    return sum(p.numel() for p in layer.parameters())


# %% right dense_parameters: a tensor of one number
def dense_parameters(channels, side, outputs, bias=True):
    return torch.tensor(outputs * (channels * side**2 + bias))


# %% wrong as_convolution: its own random weights
# told: the same ten numbers
def as_convolution(dense, channels, side):
    return nn.Conv2d(channels, dense.out_features, side, bias=dense.bias is not None)


# %% wrong as_convolution: no bias
# told: expected a bias, found none
def as_convolution(dense, channels, side):
    convolution = nn.Conv2d(channels, dense.out_features, side, bias=False)
    with torch.no_grad():
        convolution.weight.copy_(dense.weight.view(-1, channels, side, side))
    return convolution


# %% wrong as_convolution: the weights are transposed
# told: so does view
def as_convolution(dense, channels, side):
    convolution = nn.Conv2d(channels, dense.out_features, side, bias=dense.bias is not None)
    with torch.no_grad():
        convolution.weight.copy_(dense.weight.view(-1, channels, side, side).transpose(2, 3))
        if dense.bias is not None:
            convolution.bias.copy_(dense.bias)
    return convolution


# %% wrong as_convolution: a bias nobody asked for
# told: without a bias
def as_convolution(dense, channels, side):
    convolution = nn.Conv2d(channels, dense.out_features, side)
    with torch.no_grad():
        convolution.weight.copy_(dense.weight.view(-1, channels, side, side))
        if dense.bias is not None:
            convolution.bias.copy_(dense.bias)
        else:
            convolution.bias.zero_()
    return convolution


# %% wrong as_convolution: nothing is copied where there is no bias
# told: only the bias belongs under the `if`
def as_convolution(dense, channels, side):
    convolution = nn.Conv2d(channels, dense.out_features, side, bias=dense.bias is not None)
    if dense.bias is not None:
        with torch.no_grad():
            convolution.weight.copy_(dense.weight.view(-1, channels, side, side))
            convolution.bias.copy_(dense.bias)
    return convolution


# %% wrong as_convolution: padded
# told: no padding
def as_convolution(dense, channels, side):
    convolution = nn.Conv2d(channels, dense.out_features, side, padding=1)
    with torch.no_grad():
        convolution.weight.copy_(dense.weight.view(-1, channels, side, side))
        convolution.bias.copy_(dense.bias)
    return convolution


# %% wrong as_convolution: always ten outputs
# told: not always ten outputs
def as_convolution(dense, channels, side):
    convolution = nn.Conv2d(channels, 10, side, bias=dense.bias is not None)
    with torch.no_grad():
        convolution.weight.copy_(dense.weight.view(10, channels, side, side))
        if dense.bias is not None:
            convolution.bias.copy_(dense.bias)
    return convolution


# %% wrong as_convolution: the dense layer itself
# told: expected an nn.Conv2d
def as_convolution(dense, channels, side):
    return nn.Sequential(nn.Flatten(), dense)


# %% wrong as_convolution: the dense layer is spoilt
# told: leave it as it is
def as_convolution(dense, channels, side):
    convolution = nn.Conv2d(channels, dense.out_features, side, bias=dense.bias is not None)
    with torch.no_grad():
        convolution.weight.copy_(dense.weight.view(-1, channels, side, side))
        if dense.bias is not None:
            convolution.bias.copy_(dense.bias)
        dense.weight.zero_()
    return convolution


# %% right as_convolution: reshape, and new parameters
def as_convolution(dense, channels, side):
    convolution = nn.Conv2d(channels, dense.out_features, (side, side), bias=dense.bias is not None)
    weight = dense.weight.detach().clone().reshape(dense.out_features, channels, side, side)
    convolution.weight = nn.Parameter(weight)
    if dense.bias is not None:
        convolution.bias = nn.Parameter(dense.bias.detach().clone())
    return convolution


# %% right as_convolution: by its state
def as_convolution(dense, channels, side):
    convolution = nn.Conv2d(channels, dense.out_features, side, bias=dense.bias is not None)
    state = {name: value.clone() for name, value in dense.state_dict().items()}
    state["weight"] = state["weight"].unflatten(1, (channels, side, side))
    convolution.load_state_dict(state)
    return convolution


# %% wrong widest_squeeze: no limit
# told: never wider
def widest_squeeze(channels, side, budget):
    return budget // (channels + 10 * side * side)


# %% wrong widest_squeeze: the squeeze is free
# told: costs `channels` weights
def widest_squeeze(channels, side, budget):
    return min(channels, budget // (10 * side * side))


# %% wrong widest_squeeze: rounded to the nearest
# told: expected
def widest_squeeze(channels, side, budget):
    return min(channels, round(budget / (channels + 10 * side * side)))


# %% wrong widest_squeeze: a float
# told: expected the type int
def widest_squeeze(channels, side, budget):
    return min(channels, budget / (channels + 10 * side * side))


# %% wrong widest_squeeze: at least one
# told: not even one
def widest_squeeze(channels, side, budget):
    return max(1, min(channels, budget // (channels + 10 * side * side)))


# %% wrong widest_squeeze: must stay below the budget
# told: a budget for exactly one
def widest_squeeze(channels, side, budget):
    return min(channels, (budget - 1) // (channels + 10 * side * side))


# %% wrong widest_squeeze: only one side of the map
# told: 10 * side * side
def widest_squeeze(channels, side, budget):
    return min(channels, budget // (channels + 10 * side))


# %% wrong widest_squeeze: the map is always 7 x 7
# told: 16 + 90
def widest_squeeze(channels, side, budget):
    return min(channels, budget // (channels + 490))


# %% right widest_squeeze: tries all
def widest_squeeze(channels, side, budget):
    fits = [w for w in range(channels + 1) if w * (channels + 10 * side**2) <= budget]
    return max(fits)


# %% right widest_squeeze: numpy's
def widest_squeeze(channels, side, budget):
    import numpy as np

    return np.minimum(channels, budget // (channels + 10 * side**2))
