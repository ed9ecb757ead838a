# %% wrong gradient_sizes: biases and scales too
# told: weight.dim() > 1
def gradient_sizes(network, loss):
    named = list(network.named_parameters())
    gradients = torch.autograd.grad(loss, [weight for _, weight in named])
    return {n: g.square().mean().sqrt().item() for (n, _), g in zip(named, gradients)}


# %% wrong gradient_sizes: the mean, in which signs cancel
# told: square, mean, root
def gradient_sizes(network, loss):
    named = [(n, w) for n, w in network.named_parameters() if w.dim() > 1]
    gradients = torch.autograd.grad(loss, [w for _, w in named])
    return {n: g.mean().item() for (n, _), g in zip(named, gradients)}


# %% wrong gradient_sizes: no root
# told: square, mean, root
def gradient_sizes(network, loss):
    named = [(n, w) for n, w in network.named_parameters() if w.dim() > 1]
    gradients = torch.autograd.grad(loss, [w for _, w in named])
    return {n: g.square().mean().item() for (n, _), g in zip(named, gradients)}


# %% wrong gradient_sizes: the norm, which grows with the layer
# told: square, mean, root
def gradient_sizes(network, loss):
    named = [(n, w) for n, w in network.named_parameters() if w.dim() > 1]
    gradients = torch.autograd.grad(loss, [w for _, w in named])
    return {n: g.norm().item() for (n, _), g in zip(named, gradients)}


# %% wrong gradient_sizes: the weights themselves
# told: square, mean, root
def gradient_sizes(network, loss):
    return {
        n: w.square().mean().sqrt().item() for n, w in network.named_parameters() if w.dim() > 1
    }


# %% wrong gradient_sizes: gradients add up
# told: must not be added to it
def gradient_sizes(network, loss):
    loss.backward()
    named = [(n, w) for n, w in network.named_parameters() if w.dim() > 1]
    return {n: w.grad.square().mean().sqrt().item() for n, w in named}


# %% wrong gradient_sizes: a list
# told: expected a dict
def gradient_sizes(network, loss):
    weights = [w for w in network.parameters() if w.dim() > 1]
    return [g.square().mean().sqrt().item() for g in torch.autograd.grad(loss, weights)]


# %% right gradient_sizes: backward, after clearing
def gradient_sizes(network, loss):
    network.zero_grad()
    loss.backward()
    named = [(n, w) for n, w in network.named_parameters() if w.dim() > 1]
    return {n: float(w.grad.pow(2).mean() ** 0.5) for n, w in named}


# %% right gradient_sizes: numbers of torch, a norm
def gradient_sizes(network, loss):
    found = {}
    for name, weight in network.named_parameters():
        if weight.ndim >= 2:
            (gradient,) = torch.autograd.grad(loss, weight, retain_graph=True)
            found[name] = gradient.norm() / gradient.numel() ** 0.5
    return found


# %% wrong depends_on: all images' scores
# told: scores_of(x)[0] are the first image's
def depends_on(scores_of, x):
    x = x.clone().requires_grad_()
    (slopes,) = torch.autograd.grad(scores_of(x).sum(), x)
    return int((slopes != 0).flatten(1).any(1).sum())


# %% wrong depends_on: pixels are counted
# told: images are counted, not pixels
def depends_on(scores_of, x):
    x = x.clone().requires_grad_()
    (slopes,) = torch.autograd.grad(scores_of(x)[0].sum(), x)
    return int((slopes != 0).sum())


# %% wrong depends_on: only gradients above 0
# told: above 0 or below
def depends_on(scores_of, x):
    x = x.clone().requires_grad_()
    (slopes,) = torch.autograd.grad(scores_of(x)[0].sum(), x)
    return int((slopes > 0).flatten(1).any(1).sum())


# %% wrong depends_on: an image's gradients are added up
# told: above 0 or below
def depends_on(scores_of, x):
    x = x.clone().requires_grad_()
    (slopes,) = torch.autograd.grad(scores_of(x)[0].sum(), x)
    return int((slopes.flatten(1).sum(1) > 0).sum())


# %% wrong depends_on: gradients that cancel out
# told: add up to 0
def depends_on(scores_of, x):
    x = x.clone().requires_grad_()
    (slopes,) = torch.autograd.grad(scores_of(x)[0].sum(), x)
    return int((slopes.flatten(1).sum(1) != 0).sum())


# %% wrong depends_on: the others alone
# told: itself is one
def depends_on(scores_of, x):
    x = x.clone().requires_grad_()
    (slopes,) = torch.autograd.grad(scores_of(x)[0].sum(), x)
    return int((slopes[1:] != 0).flatten(1).any(1).sum())


# %% wrong depends_on: the images are changed
# told: work on x.clone()
def depends_on(scores_of, x):
    x.requires_grad_()
    (slopes,) = torch.autograd.grad(scores_of(x)[0].sum(), x)
    return int((slopes != 0).flatten(1).any(1).sum())


# %% wrong depends_on: no gradient is asked for
# told: requires_grad_()
def depends_on(scores_of, x):
    scores_of(x)[0].sum().backward()
    return int((x.grad != 0).flatten(1).any(1).sum())


# %% wrong depends_on: how many images there are
# told: itself is one
def depends_on(scores_of, x):
    return len(x)


# %% right depends_on: backward and a sum of sizes
def depends_on(scores_of, x):
    x = x.detach().clone().requires_grad_(True)
    scores_of(x)[0].sum().backward()
    return (x.grad.abs().flatten(1).sum(1) > 0).sum()


# %% right depends_on: image by image
def depends_on(scores_of, x):
    images = [image.clone().requires_grad_() for image in x]
    slopes = torch.autograd.grad(scores_of(torch.stack(images))[0].sum(), images)
    return sum(bool(slope.any()) for slope in slopes)


# %% wrong start: still 0
# told: weights of 0 let nothing through
def start(network):
    for parameter in network.parameters():
        nn.init.zeros_(parameter)


# %% wrong start: all alike
# told: kernels that begin alike
def start(network):
    for module in network.modules():
        if isinstance(module, nn.Conv2d | nn.Linear):
            nn.init.constant_(module.weight, 0.1)


# %% wrong start: ones
# told: kernels that begin alike
def start(network):
    for parameter in network.parameters():
        nn.init.ones_(parameter)


# %% wrong start: scales of 0 as well
# told: neither 0 nor large
def start(network):
    for parameter in network.parameters():
        nn.init.normal_(parameter, std=0.1) if parameter.dim() > 1 else nn.init.zeros_(parameter)


# %% wrong start: calls for what is not there
# told: network.modules()
def start(network):
    network.reset_parameters()


# %% right start: nothing at all
def start(network):
    pass


# %% right start: as torch does
def start(network):
    for module in network.modules():
        if hasattr(module, "reset_parameters"):
            module.reset_parameters()


# %% right start: small random numbers
def start(network):
    for parameter in network.parameters():
        if parameter.dim() > 1:
            parameter.data = 0.1 * torch.randn_like(parameter)


# %% wrong rate: still too high
# told: too long a step
rate = 2


# %% wrong rate: higher
# told: too long a step
rate = 20.0


# %% wrong rate: next to nothing
# told: never gets there
rate = 1e-6


# %% wrong rate: 0
# told: expected a rate above 0
rate = 0.0


# %% wrong rate: a word
# told: expected a number
rate = "0.05"


# %% right rate: a number of numpy
import numpy

rate = numpy.float32(0.03)


# %% right rate: a fraction
rate = 1 / 50


# %% wrong batch: the same again
# told: the labels must be brought into as well
def batch(images, labels, chosen):
    order = torch.randperm(len(chosen))
    return images[chosen][order], labels[chosen]


# %% wrong batch: two orders
# told: the labels must be brought into as well
def batch(images, labels, chosen):
    one, two = torch.randperm(len(chosen)), torch.randperm(len(chosen))
    return images[chosen][one], labels[chosen][two]


# %% wrong batch: the first labels
# told: the labels must be brought into as well
def batch(images, labels, chosen):
    return images[chosen], labels[: len(chosen)]


# %% wrong batch: all labels
# told: one for each chosen image
def batch(images, labels, chosen):
    return images[chosen], labels


# %% wrong batch: sorted labels
# told: the labels must be brought into as well
def batch(images, labels, chosen):
    return images[chosen], labels[chosen].sort().values


# %% wrong batch: the first images
# told: those that are chosen
def batch(images, labels, chosen):
    return images[: len(chosen)], labels[: len(chosen)]


# %% right batch: one order for both
def batch(images, labels, chosen):
    chosen = chosen[torch.randperm(len(chosen)).to(chosen.device)]
    return images[chosen], labels[chosen]


# %% right batch: index_select
def batch(images, labels, chosen):
    return images.index_select(0, chosen), labels.index_select(0, chosen)


# %% wrong scores: the same again
# told: no transpose before the reshape
def scores(network, x):
    maps = network.maps(x).transpose(0, 1)
    return network.head(maps.reshape(len(x), -1))


# %% wrong scores: columns first
# told: no transpose before the reshape
def scores(network, x):
    return network.head(network.maps(x).flatten().reshape(-1, len(x)).T)


# %% wrong scores: not flattened
# told: flatten(1)
def scores(network, x):
    return network.head(network.maps(x))


# %% wrong scores: flattened as a whole
# told: flatten(1)
def scores(network, x):
    return network.head(network.maps(x).flatten())


# %% wrong scores: a relu on the scores
# told: no more
def scores(network, x):
    return F.relu(network.head(network.maps(x).flatten(1)))


# %% wrong scores: log_softmax along the images
# told: the first one's scores need
def scores(network, x):
    return network.head(network.maps(x).flatten(1)).log_softmax(0)


# %% wrong scores: squeeze()
# told: not squeeze()
def scores(network, x):
    return network.head(network.maps(x).squeeze())


# %% right scores: a view
def scores(network, x):
    maps = network.maps(x)
    return network.head(maps.reshape(maps.shape[0], maps.shape[1]))


# %% right scores: the network itself
def scores(network, x):
    return network(x)


# %% wrong ready: nothing again
# told: network.eval()
def ready(network):
    pass


# %% wrong ready: train
# told: network.eval()
def ready(network):
    network.train()


# %% wrong ready: no gradients, but still in training
# told: network.eval()
def ready(network):
    network.requires_grad_(False)


# %% wrong ready: the call is missing
# told: network.eval()
def ready(network):
    network.eval


# %% wrong ready: the outermost layer alone
# told: network.eval()
def ready(network):
    network.training = False


# %% wrong ready: the weights are lost
# told: leave the weights alone
def ready(network):
    network.eval()
    for parameter in network.parameters():
        parameter.data.zero_()


# %% right ready: train(False)
def ready(network):
    network.train(False)


# %% right ready: layer by layer
def ready(network):
    for layer in network.modules():
        layer.training = False
