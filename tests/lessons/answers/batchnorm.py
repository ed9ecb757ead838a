# %% wrong normalise: one mean for all maps
# told: one mean for each map
def normalise(x, eps=1e-5):
    return (x - x.mean()) / (x.var(correction=0) + eps).sqrt()


# %% wrong normalise: a mean for each image
# told: one mean for all images of the batch
def normalise(x, eps=1e-5):
    mean = x.mean((2, 3), keepdim=True)
    return (x - mean) / (x.var((2, 3), correction=0, keepdim=True) + eps).sqrt()


# %% wrong normalise: a mean for each place
# told: one mean for all places of a map
def normalise(x, eps=1e-5):
    mean = x.mean(0, keepdim=True)
    return (x - mean) / (x.var(0, correction=0, keepdim=True) + eps).sqrt()


# %% wrong normalise: the root is missing
# told: divide by the root
def normalise(x, eps=1e-5):
    mean = x.mean((0, 2, 3), keepdim=True)
    return (x - mean) / (x.var((0, 2, 3), correction=0, keepdim=True) + eps)


# %% wrong normalise: one less than their number
# told: correction=0
def normalise(x, eps=1e-5):
    mean = x.mean((0, 2, 3), keepdim=True)
    return (x - mean) / (x.var((0, 2, 3), keepdim=True) + eps).sqrt()


# %% wrong normalise: eps outside the root
# told: the root is taken of (variance + eps)
def normalise(x, eps=1e-5):
    mean = x.mean((0, 2, 3), keepdim=True)
    return (x - mean) / (x.std((0, 2, 3), correction=0, keepdim=True) + eps)


# %% wrong normalise: no eps
# told: eps
def normalise(x, eps=1e-5):
    mean = x.mean((0, 2, 3), keepdim=True)
    return (x - mean) / x.std((0, 2, 3), correction=0, keepdim=True)


# %% wrong normalise: eps is always the same
# told: eps is what the function is given
def normalise(x, eps=1e-5):
    return F.batch_norm(x, None, None, training=True)


# %% wrong normalise: detached
# told: no detach()
def normalise(x, eps=1e-5):
    mean = x.mean((0, 2, 3), keepdim=True).detach()
    return (x - mean) / (x.var((0, 2, 3), correction=0, keepdim=True).detach() + eps).sqrt()


# %% wrong normalise: in place
# told: do not change x in place
def normalise(x, eps=1e-5):
    x -= x.mean((0, 2, 3), keepdim=True)
    x /= (x.var((0, 2, 3), correction=0, keepdim=True) + eps).sqrt()
    return x


# %% wrong normalise: keepdim is forgotten
# told: keepdim=True
def normalise(x, eps=1e-5):
    return (x - x.mean((0, 2, 3))) / (x.var((0, 2, 3), correction=0) + eps).sqrt()


# %% wrong normalise: the mean is left in
# told: the mean of each map
def normalise(x, eps=1e-5):
    return x / (x.var((0, 2, 3), correction=0, keepdim=True) + eps).sqrt()


# %% right normalise: PyTorch's own
def normalise(x, eps=1e-5):
    return F.batch_norm(x, None, None, training=True, eps=eps)


# %% right normalise: squares by hand
def normalise(x, eps=1e-5):
    rows = x.transpose(0, 1).flatten(1)
    away = rows - rows.mean(1, keepdim=True)
    away = away * torch.rsqrt((away**2).mean(1, keepdim=True) + eps)
    return away.unflatten(1, (x.shape[0], *x.shape[2:])).transpose(0, 1)


# %% wrong norm: no scale and no shift
# told: multiply by self.scale
class Norm(nn.Module):
    def __init__(self, maps, momentum=0.1, eps=1e-5):
        super().__init__()
        self.momentum, self.eps = momentum, eps
        self.scale = nn.Parameter(torch.ones(maps))
        self.shift = nn.Parameter(torch.zeros(maps))
        self.register_buffer("mean", torch.zeros(maps))
        self.register_buffer("variance", torch.ones(maps))

    def forward(self, x):
        if self.training:
            mean, variance = x.mean((0, 2, 3)), x.var((0, 2, 3), correction=0)
            with torch.no_grad():
                self.mean.lerp_(mean, self.momentum)
                self.variance.lerp_(x.var((0, 2, 3)), self.momentum)
        else:
            mean, variance = self.mean, self.variance
        return (x - mean.view(1, -1, 1, 1)) / (variance.view(1, -1, 1, 1) + self.eps).sqrt()


# %% wrong norm: detached statistics
# told: no detach() and no no_grad()
class Norm(nn.Module):
    def __init__(self, maps, momentum=0.1, eps=1e-5):
        super().__init__()
        self.momentum, self.eps = momentum, eps
        self.scale = nn.Parameter(torch.ones(maps))
        self.shift = nn.Parameter(torch.zeros(maps))
        self.register_buffer("mean", torch.zeros(maps))
        self.register_buffer("variance", torch.ones(maps))

    def forward(self, x):
        if self.training:
            with torch.no_grad():
                mean, variance = x.mean((0, 2, 3)), x.var((0, 2, 3), correction=0)
                self.mean.lerp_(mean, self.momentum)
                self.variance.lerp_(x.var((0, 2, 3)), self.momentum)
        else:
            mean, variance = self.mean, self.variance
        x = (x - mean.view(1, -1, 1, 1)) / (variance.view(1, -1, 1, 1) + self.eps).sqrt()
        return x * self.scale.view(1, -1, 1, 1) + self.shift.view(1, -1, 1, 1)


# %% wrong norm: momentum the other way round
# told: nine tenths of what was kept
class Norm(nn.Module):
    def __init__(self, maps, momentum=0.1, eps=1e-5):
        super().__init__()
        self.momentum, self.eps = momentum, eps
        self.scale = nn.Parameter(torch.ones(maps))
        self.shift = nn.Parameter(torch.zeros(maps))
        self.register_buffer("mean", torch.zeros(maps))
        self.register_buffer("variance", torch.ones(maps))

    def forward(self, x):
        if self.training:
            mean, variance = x.mean((0, 2, 3)), x.var((0, 2, 3), correction=0)
            with torch.no_grad():
                self.mean.lerp_(mean, 1 - self.momentum)
                self.variance.lerp_(x.var((0, 2, 3)), 1 - self.momentum)
        else:
            mean, variance = self.mean, self.variance
        x = (x - mean.view(1, -1, 1, 1)) / (variance.view(1, -1, 1, 1) + self.eps).sqrt()
        return x * self.scale.view(1, -1, 1, 1) + self.shift.view(1, -1, 1, 1)


# %% wrong norm: what is kept has the shape of a batch
# told: without keepdim
class Norm(nn.Module):
    def __init__(self, maps, momentum=0.1, eps=1e-5):
        super().__init__()
        self.momentum, self.eps = momentum, eps
        self.scale = nn.Parameter(torch.ones(maps))
        self.shift = nn.Parameter(torch.zeros(maps))
        self.register_buffer("mean", torch.zeros(maps))
        self.register_buffer("variance", torch.ones(maps))

    def forward(self, x):
        mean, variance = self.mean, self.variance
        if self.training:
            mean = x.mean((0, 2, 3), keepdim=True)
            variance = x.var((0, 2, 3), correction=0, keepdim=True)
            kept = x.var((0, 2, 3), keepdim=True)
            with torch.no_grad():
                self.mean = (1 - self.momentum) * self.mean + self.momentum * mean
                self.variance = (1 - self.momentum) * self.variance + self.momentum * kept
        x = (x - mean.view(1, -1, 1, 1)) / (variance.view(1, -1, 1, 1) + self.eps).sqrt()
        return x * self.scale.view(1, -1, 1, 1) + self.shift.view(1, -1, 1, 1)


# %% wrong norm: the variance that is kept
# told: keep x.var((0, 2, 3))
class Norm(nn.Module):
    def __init__(self, maps, momentum=0.1, eps=1e-5):
        super().__init__()
        self.momentum, self.eps = momentum, eps
        self.scale = nn.Parameter(torch.ones(maps))
        self.shift = nn.Parameter(torch.zeros(maps))
        self.register_buffer("mean", torch.zeros(maps))
        self.register_buffer("variance", torch.ones(maps))

    def forward(self, x):
        if self.training:
            mean, variance = x.mean((0, 2, 3)), x.var((0, 2, 3), correction=0)
            with torch.no_grad():
                self.mean.lerp_(mean, self.momentum)
                self.variance.lerp_(variance, self.momentum)
        else:
            mean, variance = self.mean, self.variance
        x = (x - mean.view(1, -1, 1, 1)) / (variance.view(1, -1, 1, 1) + self.eps).sqrt()
        return x * self.scale.view(1, -1, 1, 1) + self.shift.view(1, -1, 1, 1)


# %% wrong norm: the batch in use as well
# told: use what was kept
class Norm(nn.Module):
    def __init__(self, maps, momentum=0.1, eps=1e-5):
        super().__init__()
        self.momentum, self.eps = momentum, eps
        self.scale = nn.Parameter(torch.ones(maps))
        self.shift = nn.Parameter(torch.zeros(maps))
        self.register_buffer("mean", torch.zeros(maps))
        self.register_buffer("variance", torch.ones(maps))

    def forward(self, x):
        mean, variance = x.mean((0, 2, 3)), x.var((0, 2, 3), correction=0)
        if self.training:
            with torch.no_grad():
                self.mean.lerp_(mean, self.momentum)
                self.variance.lerp_(x.var((0, 2, 3)), self.momentum)
        x = (x - mean.view(1, -1, 1, 1)) / (variance.view(1, -1, 1, 1) + self.eps).sqrt()
        return x * self.scale.view(1, -1, 1, 1) + self.shift.view(1, -1, 1, 1)


# %% wrong norm: keeps in use as well
# told: in use, nothing is kept
class Norm(nn.Module):
    def __init__(self, maps, momentum=0.1, eps=1e-5):
        super().__init__()
        self.momentum, self.eps = momentum, eps
        self.scale = nn.Parameter(torch.ones(maps))
        self.shift = nn.Parameter(torch.zeros(maps))
        self.register_buffer("mean", torch.zeros(maps))
        self.register_buffer("variance", torch.ones(maps))

    def forward(self, x):
        batch = x.mean((0, 2, 3)), x.var((0, 2, 3), correction=0)
        mean, variance = batch if self.training else (self.mean.clone(), self.variance.clone())
        if x.shape[0] > 1:
            with torch.no_grad():
                self.mean.lerp_(batch[0], self.momentum)
                self.variance.lerp_(x.var((0, 2, 3)), self.momentum)
        x = (x - mean.view(1, -1, 1, 1)) / (variance.view(1, -1, 1, 1) + self.eps).sqrt()
        return x * self.scale.view(1, -1, 1, 1) + self.shift.view(1, -1, 1, 1)


# %% wrong norm: momentum and eps are numbers of its own
# told: use self.momentum and self.eps
class Norm(nn.Module):
    def __init__(self, maps, momentum=0.1, eps=1e-5):
        super().__init__()
        self.scale = nn.Parameter(torch.ones(maps))
        self.shift = nn.Parameter(torch.zeros(maps))
        self.register_buffer("mean", torch.zeros(maps))
        self.register_buffer("variance", torch.ones(maps))

    def forward(self, x):
        if self.training:
            mean, variance = x.mean((0, 2, 3)), x.var((0, 2, 3), correction=0)
            with torch.no_grad():
                self.mean.lerp_(mean, 0.1)
                self.variance.lerp_(x.var((0, 2, 3)), 0.1)
        else:
            mean, variance = self.mean, self.variance
        x = (x - mean.view(1, -1, 1, 1)) / (variance.view(1, -1, 1, 1) + 1e-5).sqrt()
        return x * self.scale.view(1, -1, 1, 1) + self.shift.view(1, -1, 1, 1)


# %% wrong norm: shapes that do not fit
# told: view(1, -1, 1, 1)
class Norm(nn.Module):
    def __init__(self, maps, momentum=0.1, eps=1e-5):
        super().__init__()
        self.momentum, self.eps = momentum, eps
        self.scale = nn.Parameter(torch.ones(maps))
        self.shift = nn.Parameter(torch.zeros(maps))
        self.register_buffer("mean", torch.zeros(maps))
        self.register_buffer("variance", torch.ones(maps))

    def forward(self, x):
        mean, variance = x.mean((0, 2, 3)), x.var((0, 2, 3), correction=0)
        return (x - mean) / (variance + self.eps).sqrt() * self.scale + self.shift


# %% wrong norm: what is kept remembers how it was made
# told: inside torch.no_grad()
class Norm(nn.Module):
    def __init__(self, maps, momentum=0.1, eps=1e-5):
        super().__init__()
        self.momentum, self.eps = momentum, eps
        self.scale = nn.Parameter(torch.ones(maps))
        self.shift = nn.Parameter(torch.zeros(maps))
        self.register_buffer("mean", torch.zeros(maps))
        self.register_buffer("variance", torch.ones(maps))

    def forward(self, x):
        if self.training:
            mean, variance = x.mean((0, 2, 3)), x.var((0, 2, 3), correction=0)
            self.mean = (1 - self.momentum) * self.mean + self.momentum * mean
            kept = (1 - self.momentum) * self.variance
            self.variance = kept + self.momentum * x.var((0, 2, 3))
        else:
            mean, variance = self.mean, self.variance
        x = (x - mean.view(1, -1, 1, 1)) / (variance.view(1, -1, 1, 1) + self.eps).sqrt()
        return x * self.scale.view(1, -1, 1, 1) + self.shift.view(1, -1, 1, 1)


# %% right norm: PyTorch's function
class Norm(nn.Module):
    def __init__(self, maps, momentum=0.1, eps=1e-5):
        super().__init__()
        self.momentum, self.eps = momentum, eps
        self.scale = nn.Parameter(torch.ones(maps))
        self.shift = nn.Parameter(torch.zeros(maps))
        self.register_buffer("mean", torch.zeros(maps))
        self.register_buffer("variance", torch.ones(maps))

    def forward(self, x):
        kept = self.mean, self.variance
        rest = self.scale, self.shift, self.training, self.momentum, self.eps
        return F.batch_norm(x, *kept, *rest)


# %% right norm: mul_ and add_
class Norm(nn.Module):
    def __init__(self, maps, momentum=0.1, eps=1e-5):
        super().__init__()
        self.momentum, self.eps = momentum, eps
        self.scale = nn.Parameter(torch.ones(maps))
        self.shift = nn.Parameter(torch.zeros(maps))
        self.register_buffer("mean", torch.zeros(maps))
        self.register_buffer("variance", torch.ones(maps))

    def forward(self, x):
        mean, variance = self.mean, self.variance
        if self.training:
            mean = x.mean((0, 2, 3))
            variance = ((x - mean[:, None, None]) ** 2).mean((0, 2, 3))
            n = x.numel() / x.shape[1]
            with torch.no_grad():
                self.mean.mul_(1 - self.momentum).add_(self.momentum * mean)
                self.variance.mul_(1 - self.momentum).add_(self.momentum * variance * n / (n - 1))
        factor = self.scale * (variance + self.eps).rsqrt()
        return x * factor[:, None, None] + (self.shift - mean * factor)[:, None, None]
