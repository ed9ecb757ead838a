# %% wrong cross_entropy: not a mean but a sum
# told: the mean over images
def cross_entropy(scores, labels):
    return (torch.logsumexp(scores, 1) - scores[torch.arange(len(labels)), labels]).sum()


# %% wrong cross_entropy: one loss for each image
# told: one number for all images
def cross_entropy(scores, labels):
    return torch.logsumexp(scores, 1) - scores[torch.arange(len(labels)), labels]


# %% wrong cross_entropy: softmax along the images
# told: dim=1
def cross_entropy(scores, labels):
    return -scores.log_softmax(0)[torch.arange(len(labels)), labels].mean()


# %% wrong cross_entropy: the sign
# told: log(10)
def cross_entropy(scores, labels):
    return scores.log_softmax(1)[torch.arange(len(labels)), labels].mean()


# %% wrong cross_entropy: a logarithm to the base of 2
# told: natural logarithm
def cross_entropy(scores, labels):
    return -scores.softmax(1)[torch.arange(len(labels)), labels].log2().mean()


# %% wrong cross_entropy: the probability, without its logarithm
# told: log(10)
def cross_entropy(scores, labels):
    return 1 - scores.softmax(1)[torch.arange(len(labels)), labels].mean()


# %% wrong cross_entropy: powers of large scores
# told: more than a float holds
def cross_entropy(scores, labels):
    powers = scores.exp()
    return -(powers / powers.sum(1, keepdim=True))[torch.arange(len(labels)), labels].log().mean()


# %% wrong cross_entropy: the logarithm of a probability that rounds to 0
# told: without dividing first
def cross_entropy(scores, labels):
    powers = (scores - scores.max(1, keepdim=True).values).exp()
    return -(powers / powers.sum(1, keepdim=True))[torch.arange(len(labels)), labels].log().mean()


# %% wrong cross_entropy: the highest of all images
# told: each image's own highest score
def cross_entropy(scores, labels):
    scores = scores - scores.max()
    return (scores.exp().sum(1).log() - scores[torch.arange(len(labels)), labels]).mean()


# %% wrong cross_entropy: the highest is taken from the sum alone
# told: from the label's score too
def cross_entropy(scores, labels):
    lower = scores - scores.max(dim=1, keepdim=True).values
    return (lower.exp().sum(1).log() - scores[torch.arange(len(labels)), labels]).mean()


# %% wrong cross_entropy: the highest without keepdim
# told: keepdim=True
def cross_entropy(scores, labels):
    lower = scores - scores.max(dim=1).values
    return (lower.exp().sum(1).log() - lower[torch.arange(len(labels)), labels]).mean()


# %% wrong cross_entropy: changes the scores
# told: not -=
def cross_entropy(scores, labels):
    scores -= scores.max(1, keepdim=True).values
    return (scores.exp().sum(1).log() - scores[torch.arange(len(labels)), labels]).mean()


# %% wrong cross_entropy: the labels' columns of all images
# told: the mean over images
def cross_entropy(scores, labels):
    return -scores.log_softmax(1)[:, labels].sum(1).mean()


# %% wrong cross_entropy: no way back
# told: no .item()
def cross_entropy(scores, labels):
    with torch.no_grad():
        return F.cross_entropy(scores, labels)


# %% wrong cross_entropy: a number of Python
# told: expected a tensor
def cross_entropy(scores, labels):
    return F.cross_entropy(scores, labels).item()


# %% right cross_entropy: torch's own logarithm of a sum
def cross_entropy(scores, labels):
    of_label = scores.gather(1, labels.unsqueeze(1)).squeeze(1)
    return (torch.logsumexp(scores, dim=1) - of_label).mean()


# %% right cross_entropy: image by image
def cross_entropy(scores, labels):
    losses = []
    for row, label in zip(scores, labels):
        row = row - row.max()
        losses.append(row.exp().sum().log() - row[label])
    return sum(losses) / len(losses)


# %% right cross_entropy: with a 1 at each label
def cross_entropy(scores, labels):
    picked = F.one_hot(labels, scores.shape[1]) * F.log_softmax(scores, 1)
    return -picked.sum() / len(labels)


# %% wrong gradient: a sum instead of a mean
# told: divide by their number
def gradient(pixels, scores, labels):
    pushes = scores.softmax(1) - F.one_hot(labels, scores.shape[1])
    return pushes.T @ pixels, pushes.sum(0)


# %% wrong gradient: the other sign
# told: minus 1 at the label
def gradient(pixels, scores, labels):
    pushes = (F.one_hot(labels, scores.shape[1]) - scores.softmax(1)) / len(labels)
    return pushes.T @ pixels, pushes.sum(0)


# %% wrong gradient: no 1 at the label
# told: minus 1 at the label
def gradient(pixels, scores, labels):
    pushes = scores.softmax(1) / len(labels)
    return pushes.T @ pixels, pushes.sum(0)


# %% wrong gradient: scores, not probabilities
# told: the probability of each score
def gradient(pixels, scores, labels):
    pushes = (scores - F.one_hot(labels, scores.shape[1])) / len(labels)
    return pushes.T @ pixels, pushes.sum(0)


# %% wrong gradient: a row for each pixel
# told: a row for each digit
def gradient(pixels, scores, labels):
    pushes = (scores.softmax(1) - F.one_hot(labels, scores.shape[1])) / len(labels)
    return pixels.T @ pushes, pushes.sum(0)


# %% wrong gradient: divided twice
# told: the sum of pushes over all images
def gradient(pixels, scores, labels):
    pushes = (scores.softmax(1) - F.one_hot(labels, scores.shape[1])) / len(labels)
    return pushes.T @ pixels, pushes.mean(0)


# %% wrong gradient: softmax along the images
# told: softmax along dim=1
def gradient(pixels, scores, labels):
    pushes = (scores.softmax(0) - F.one_hot(labels, scores.shape[1])) / len(labels)
    return pushes.T @ pixels, pushes.sum(0)


# %% wrong gradient: changes the scores
# told: not from the scores
def gradient(pixels, scores, labels):
    pushes = (scores.softmax(1) - F.one_hot(labels, scores.shape[1])) / len(labels)
    scores[torch.arange(len(labels)), labels] -= 1
    return pushes.T @ pixels, pushes.sum(0)


# %% wrong gradient: the weights alone
# told: for the weights and for the biases
def gradient(pixels, scores, labels):
    pushes = (scores.softmax(1) - F.one_hot(labels, scores.shape[1])) / len(labels)
    return pushes.T @ pixels


# %% right gradient: an image at a time
def gradient(pixels, scores, labels):
    to_weight, to_bias = torch.zeros(scores.shape[1], pixels.shape[1]), torch.zeros(scores.shape[1])
    for image, row, label in zip(pixels, scores, labels):
        push = row.softmax(0)
        push[label] -= 1
        to_weight += torch.outer(push, image) / len(labels)
        to_bias += push / len(labels)
    return to_weight, to_bias


# %% right gradient: einsum
def gradient(pixels, scores, labels):
    pushes = scores.exp() / scores.exp().sum(1, keepdim=True)
    pushes = pushes - F.one_hot(labels, scores.shape[1])
    return torch.einsum("id,ip->dp", pushes, pixels) / len(labels), pushes.mean(0)


# %% right gradient: PyTorch's help after all
def gradient(pixels, scores, labels):
    scores = scores.detach().clone().requires_grad_()
    F.cross_entropy(scores, labels).backward()
    return scores.grad.T @ pixels, scores.grad.sum(0)


# %% wrong train_by_hand: up the slope
# told: subtract
def train_by_hand(network, x, y, rates, batch_size=64, momentum=0.9, weight_decay=1e-4, seed=0):
    generator = torch.Generator(x.device).manual_seed(seed)
    parameters = list(network.parameters())
    velocities = [torch.zeros_like(parameter) for parameter in parameters]
    per_epoch = len(x) // batch_size
    losses = []
    network.train()
    for step, rate in enumerate(rates):
        if step % per_epoch == 0:
            order = torch.randperm(len(x), generator=generator, device=x.device)
        first = step % per_epoch * batch_size
        chosen = order[first : first + batch_size]
        loss = cross_entropy(network(x[chosen]), y[chosen])
        gradients = torch.autograd.grad(loss, parameters)
        with torch.no_grad():
            for parameter, velocity, slope in zip(parameters, velocities, gradients):
                slope = slope + weight_decay * parameter
                velocity.mul_(momentum).add_(slope)
                parameter.add_(rate * velocity)
        losses.append(loss.item())
    return losses


# %% wrong train_by_hand: nothing is changed in place
# told: in place
def train_by_hand(network, x, y, rates, batch_size=64, momentum=0.9, weight_decay=1e-4, seed=0):
    generator = torch.Generator(x.device).manual_seed(seed)
    parameters = list(network.parameters())
    velocities = [torch.zeros_like(parameter) for parameter in parameters]
    per_epoch = len(x) // batch_size
    losses = []
    network.train()
    for step, rate in enumerate(rates):
        if step % per_epoch == 0:
            order = torch.randperm(len(x), generator=generator, device=x.device)
        first = step % per_epoch * batch_size
        chosen = order[first : first + batch_size]
        loss = cross_entropy(network(x[chosen]), y[chosen])
        gradients = torch.autograd.grad(loss, parameters)
        with torch.no_grad():
            for parameter, velocity, slope in zip(parameters, velocities, gradients):
                slope = slope + weight_decay * parameter
                velocity.mul_(momentum).add_(slope)
                parameter = parameter - rate * velocity
        losses.append(loss.item())
    return losses


# %% wrong train_by_hand: gradients add up
# told: what .grad held before
def train_by_hand(network, x, y, rates, batch_size=64, momentum=0.9, weight_decay=1e-4, seed=0):
    generator = torch.Generator(x.device).manual_seed(seed)
    parameters = list(network.parameters())
    velocities = [torch.zeros_like(parameter) for parameter in parameters]
    per_epoch = len(x) // batch_size
    losses = []
    network.train()
    for step, rate in enumerate(rates):
        if step % per_epoch == 0:
            order = torch.randperm(len(x), generator=generator, device=x.device)
        first = step % per_epoch * batch_size
        chosen = order[first : first + batch_size]
        loss = cross_entropy(network(x[chosen]), y[chosen])
        loss.backward()
        gradients = [parameter.grad for parameter in parameters]
        with torch.no_grad():
            for parameter, velocity, slope in zip(parameters, velocities, gradients):
                slope = slope + weight_decay * parameter
                velocity.mul_(momentum).add_(slope)
                parameter.sub_(rate * velocity)
        losses.append(loss.item())
    return losses


# %% wrong train_by_hand: one order for all epochs
# told: at the start of every epoch
def train_by_hand(network, x, y, rates, batch_size=64, momentum=0.9, weight_decay=1e-4, seed=0):
    generator = torch.Generator(x.device).manual_seed(seed)
    parameters = list(network.parameters())
    velocities = [torch.zeros_like(parameter) for parameter in parameters]
    per_epoch = len(x) // batch_size
    losses = []
    network.train()
    for step, rate in enumerate(rates):
        if step == 0:
            order = torch.randperm(len(x), generator=generator, device=x.device)
        first = step % per_epoch * batch_size
        chosen = order[first : first + batch_size]
        loss = cross_entropy(network(x[chosen]), y[chosen])
        gradients = torch.autograd.grad(loss, parameters)
        with torch.no_grad():
            for parameter, velocity, slope in zip(parameters, velocities, gradients):
                slope = slope + weight_decay * parameter
                velocity.mul_(momentum).add_(slope)
                parameter.sub_(rate * velocity)
        losses.append(loss.item())
    return losses


# %% wrong train_by_hand: the same order in each epoch
# told: the one generator
def train_by_hand(network, x, y, rates, batch_size=64, momentum=0.9, weight_decay=1e-4, seed=0):
    generator = torch.Generator(x.device).manual_seed(seed)
    parameters = list(network.parameters())
    velocities = [torch.zeros_like(parameter) for parameter in parameters]
    per_epoch = len(x) // batch_size
    losses = []
    network.train()
    for step, rate in enumerate(rates):
        if step % per_epoch == 0:
            generator = torch.Generator(x.device).manual_seed(seed)
            order = torch.randperm(len(x), generator=generator, device=x.device)
        first = step % per_epoch * batch_size
        chosen = order[first : first + batch_size]
        loss = cross_entropy(network(x[chosen]), y[chosen])
        gradients = torch.autograd.grad(loss, parameters)
        with torch.no_grad():
            for parameter, velocity, slope in zip(parameters, velocities, gradients):
                slope = slope + weight_decay * parameter
                velocity.mul_(momentum).add_(slope)
                parameter.sub_(rate * velocity)
        losses.append(loss.item())
    return losses


# %% wrong train_by_hand: in the order of the labels
# told: at the start of every epoch
def train_by_hand(network, x, y, rates, batch_size=64, momentum=0.9, weight_decay=1e-4, seed=0):
    generator = torch.Generator(x.device).manual_seed(seed)
    parameters = list(network.parameters())
    velocities = [torch.zeros_like(parameter) for parameter in parameters]
    per_epoch = len(x) // batch_size
    losses = []
    network.train()
    for step, rate in enumerate(rates):
        if step % per_epoch == 0:
            order = torch.arange(len(x))
        first = step % per_epoch * batch_size
        chosen = order[first : first + batch_size]
        loss = cross_entropy(network(x[chosen]), y[chosen])
        gradients = torch.autograd.grad(loss, parameters)
        with torch.no_grad():
            for parameter, velocity, slope in zip(parameters, velocities, gradients):
                slope = slope + weight_decay * parameter
                velocity.mul_(momentum).add_(slope)
                parameter.sub_(rate * velocity)
        losses.append(loss.item())
    return losses


# %% wrong train_by_hand: an order from elsewhere
# told: the one generator
def train_by_hand(network, x, y, rates, batch_size=64, momentum=0.9, weight_decay=1e-4, seed=0):
    generator = torch.Generator(x.device).manual_seed(seed)
    parameters = list(network.parameters())
    velocities = [torch.zeros_like(parameter) for parameter in parameters]
    per_epoch = len(x) // batch_size
    losses = []
    network.train()
    for step, rate in enumerate(rates):
        if step % per_epoch == 0:
            order = torch.randperm(len(x))
        first = step % per_epoch * batch_size
        chosen = order[first : first + batch_size]
        loss = cross_entropy(network(x[chosen]), y[chosen])
        gradients = torch.autograd.grad(loss, parameters)
        with torch.no_grad():
            for parameter, velocity, slope in zip(parameters, velocities, gradients):
                slope = slope + weight_decay * parameter
                velocity.mul_(momentum).add_(slope)
                parameter.sub_(rate * velocity)
        losses.append(loss.item())
    return losses


# %% wrong train_by_hand: a last batch that is not full
# told: the 6 images that do not fill a third one
def train_by_hand(network, x, y, rates, batch_size=64, momentum=0.9, weight_decay=1e-4, seed=0):
    generator = torch.Generator(x.device).manual_seed(seed)
    parameters = list(network.parameters())
    velocities = [torch.zeros_like(parameter) for parameter in parameters]
    per_epoch = -(-len(x) // batch_size)
    losses = []
    network.train()
    for step, rate in enumerate(rates):
        if step % per_epoch == 0:
            order = torch.randperm(len(x), generator=generator, device=x.device)
        first = step % per_epoch * batch_size
        chosen = order[first : first + batch_size]
        loss = cross_entropy(network(x[chosen]), y[chosen])
        gradients = torch.autograd.grad(loss, parameters)
        with torch.no_grad():
            for parameter, velocity, slope in zip(parameters, velocities, gradients):
                slope = slope + weight_decay * parameter
                velocity.mul_(momentum).add_(slope)
                parameter.sub_(rate * velocity)
        losses.append(loss.item())
    return losses


# %% wrong train_by_hand: images and labels in different orders
# told: subtract rate * gradient
def train_by_hand(network, x, y, rates, batch_size=64, momentum=0.9, weight_decay=1e-4, seed=0):
    generator = torch.Generator(x.device).manual_seed(seed)
    parameters = list(network.parameters())
    velocities = [torch.zeros_like(parameter) for parameter in parameters]
    per_epoch = len(x) // batch_size
    losses = []
    network.train()
    for step, rate in enumerate(rates):
        if step % per_epoch == 0:
            order = torch.randperm(len(x), generator=generator, device=x.device)
        first = step % per_epoch * batch_size
        chosen = order[first : first + batch_size]
        loss = cross_entropy(network(x[chosen]), y[first : first + batch_size])
        gradients = torch.autograd.grad(loss, parameters)
        with torch.no_grad():
            for parameter, velocity, slope in zip(parameters, velocities, gradients):
                slope = slope + weight_decay * parameter
                velocity.mul_(momentum).add_(slope)
                parameter.sub_(rate * velocity)
        losses.append(loss.item())
    return losses


# %% wrong train_by_hand: a new velocity in each step
# told: kept between steps
def train_by_hand(network, x, y, rates, batch_size=64, momentum=0.9, weight_decay=1e-4, seed=0):
    generator = torch.Generator(x.device).manual_seed(seed)
    parameters = list(network.parameters())
    velocities = [torch.zeros_like(parameter) for parameter in parameters]
    per_epoch = len(x) // batch_size
    losses = []
    network.train()
    for step, rate in enumerate(rates):
        if step % per_epoch == 0:
            order = torch.randperm(len(x), generator=generator, device=x.device)
        first = step % per_epoch * batch_size
        chosen = order[first : first + batch_size]
        loss = cross_entropy(network(x[chosen]), y[chosen])
        gradients = torch.autograd.grad(loss, parameters)
        velocities = [torch.zeros_like(parameter) for parameter in parameters]
        with torch.no_grad():
            for parameter, velocity, slope in zip(parameters, velocities, gradients):
                slope = slope + weight_decay * parameter
                velocity.mul_(momentum).add_(slope)
                parameter.sub_(rate * velocity)
        losses.append(loss.item())
    return losses


# %% wrong train_by_hand: momentum as a mean
# told: velocity = momentum * velocity + gradient
def train_by_hand(network, x, y, rates, batch_size=64, momentum=0.9, weight_decay=1e-4, seed=0):
    generator = torch.Generator(x.device).manual_seed(seed)
    parameters = list(network.parameters())
    velocities = [torch.zeros_like(parameter) for parameter in parameters]
    per_epoch = len(x) // batch_size
    losses = []
    network.train()
    for step, rate in enumerate(rates):
        if step % per_epoch == 0:
            order = torch.randperm(len(x), generator=generator, device=x.device)
        first = step % per_epoch * batch_size
        chosen = order[first : first + batch_size]
        loss = cross_entropy(network(x[chosen]), y[chosen])
        gradients = torch.autograd.grad(loss, parameters)
        with torch.no_grad():
            for parameter, velocity, slope in zip(parameters, velocities, gradients):
                slope = slope + weight_decay * parameter
                velocity.mul_(momentum).add_((1 - momentum) * slope if step else slope)
                parameter.sub_(rate * velocity)
        losses.append(loss.item())
    return losses


# %% wrong train_by_hand: the rate inside the velocity
# told: multiplies the velocity
def train_by_hand(network, x, y, rates, batch_size=64, momentum=0.9, weight_decay=1e-4, seed=0):
    generator = torch.Generator(x.device).manual_seed(seed)
    parameters = list(network.parameters())
    velocities = [torch.zeros_like(parameter) for parameter in parameters]
    per_epoch = len(x) // batch_size
    losses = []
    network.train()
    for step, rate in enumerate(rates):
        if step % per_epoch == 0:
            order = torch.randperm(len(x), generator=generator, device=x.device)
        first = step % per_epoch * batch_size
        chosen = order[first : first + batch_size]
        loss = cross_entropy(network(x[chosen]), y[chosen])
        gradients = torch.autograd.grad(loss, parameters)
        with torch.no_grad():
            for parameter, velocity, slope in zip(parameters, velocities, gradients):
                slope = slope + weight_decay * parameter
                velocity.mul_(momentum).add_(rate * slope)
                parameter.sub_(velocity)
        losses.append(loss.item())
    return losses


# %% wrong train_by_hand: weight decay apart from the momentum
# told: before the momentum
def train_by_hand(network, x, y, rates, batch_size=64, momentum=0.9, weight_decay=1e-4, seed=0):
    generator = torch.Generator(x.device).manual_seed(seed)
    parameters = list(network.parameters())
    velocities = [torch.zeros_like(parameter) for parameter in parameters]
    per_epoch = len(x) // batch_size
    losses = []
    network.train()
    for step, rate in enumerate(rates):
        if step % per_epoch == 0:
            order = torch.randperm(len(x), generator=generator, device=x.device)
        first = step % per_epoch * batch_size
        chosen = order[first : first + batch_size]
        loss = cross_entropy(network(x[chosen]), y[chosen])
        gradients = torch.autograd.grad(loss, parameters)
        with torch.no_grad():
            for parameter, velocity, slope in zip(parameters, velocities, gradients):
                velocity.mul_(momentum).add_(slope)
                parameter.sub_(rate * (velocity + weight_decay * parameter))
        losses.append(loss.item())
    return losses


# %% wrong train_by_hand: weight decay of weights alone
# told: weights and biases alike
def train_by_hand(network, x, y, rates, batch_size=64, momentum=0.9, weight_decay=1e-4, seed=0):
    generator = torch.Generator(x.device).manual_seed(seed)
    parameters = list(network.parameters())
    velocities = [torch.zeros_like(parameter) for parameter in parameters]
    per_epoch = len(x) // batch_size
    losses = []
    network.train()
    for step, rate in enumerate(rates):
        if step % per_epoch == 0:
            order = torch.randperm(len(x), generator=generator, device=x.device)
        first = step % per_epoch * batch_size
        chosen = order[first : first + batch_size]
        loss = cross_entropy(network(x[chosen]), y[chosen])
        gradients = torch.autograd.grad(loss, parameters)
        with torch.no_grad():
            for parameter, velocity, slope in zip(parameters, velocities, gradients):
                slope = slope + weight_decay * parameter * (parameter.dim() > 1)
                velocity.mul_(momentum).add_(slope)
                parameter.sub_(rate * velocity)
        losses.append(loss.item())
    return losses


# %% wrong train_by_hand: no weight decay
# told: weight_decay * parameter
def train_by_hand(network, x, y, rates, batch_size=64, momentum=0.9, weight_decay=1e-4, seed=0):
    generator = torch.Generator(x.device).manual_seed(seed)
    parameters = list(network.parameters())
    velocities = [torch.zeros_like(parameter) for parameter in parameters]
    per_epoch = len(x) // batch_size
    losses = []
    network.train()
    for step, rate in enumerate(rates):
        if step % per_epoch == 0:
            order = torch.randperm(len(x), generator=generator, device=x.device)
        first = step % per_epoch * batch_size
        chosen = order[first : first + batch_size]
        loss = cross_entropy(network(x[chosen]), y[chosen])
        gradients = torch.autograd.grad(loss, parameters)
        with torch.no_grad():
            for parameter, velocity, slope in zip(parameters, velocities, gradients):
                velocity.mul_(momentum).add_(slope)
                parameter.sub_(rate * velocity)
        losses.append(loss.item())
    return losses


# %% wrong train_by_hand: the first rate for ever
# told: its own rate
def train_by_hand(network, x, y, rates, batch_size=64, momentum=0.9, weight_decay=1e-4, seed=0):
    generator = torch.Generator(x.device).manual_seed(seed)
    parameters = list(network.parameters())
    velocities = [torch.zeros_like(parameter) for parameter in parameters]
    per_epoch = len(x) // batch_size
    losses = []
    network.train()
    for step, rate in enumerate(rates):
        if step % per_epoch == 0:
            order = torch.randperm(len(x), generator=generator, device=x.device)
        first = step % per_epoch * batch_size
        chosen = order[first : first + batch_size]
        loss = cross_entropy(network(x[chosen]), y[chosen])
        gradients = torch.autograd.grad(loss, parameters)
        with torch.no_grad():
            for parameter, velocity, slope in zip(parameters, velocities, gradients):
                slope = slope + weight_decay * parameter
                velocity.mul_(momentum).add_(slope)
                parameter.sub_(rates[0] * velocity)
        losses.append(loss.item())
    return losses


# %% wrong train_by_hand: a loss for each epoch
# told: one loss for each of `rates`
def train_by_hand(network, x, y, rates, batch_size=64, momentum=0.9, weight_decay=1e-4, seed=0):
    generator = torch.Generator(x.device).manual_seed(seed)
    parameters = list(network.parameters())
    velocities = [torch.zeros_like(parameter) for parameter in parameters]
    per_epoch = len(x) // batch_size
    losses = []
    network.train()
    for step, rate in enumerate(rates):
        if step % per_epoch == 0:
            order = torch.randperm(len(x), generator=generator, device=x.device)
        first = step % per_epoch * batch_size
        chosen = order[first : first + batch_size]
        loss = cross_entropy(network(x[chosen]), y[chosen])
        gradients = torch.autograd.grad(loss, parameters)
        with torch.no_grad():
            for parameter, velocity, slope in zip(parameters, velocities, gradients):
                slope = slope + weight_decay * parameter
                velocity.mul_(momentum).add_(slope)
                parameter.sub_(rate * velocity)
        if (step + 1) % per_epoch == 0:
            losses.append(loss.item())
    return losses


# %% wrong train_by_hand: the last loss alone
# told: expected a list of losses
def train_by_hand(network, x, y, rates, batch_size=64, momentum=0.9, weight_decay=1e-4, seed=0):
    generator = torch.Generator(x.device).manual_seed(seed)
    parameters = list(network.parameters())
    velocities = [torch.zeros_like(parameter) for parameter in parameters]
    per_epoch = len(x) // batch_size
    losses = []
    network.train()
    for step, rate in enumerate(rates):
        if step % per_epoch == 0:
            order = torch.randperm(len(x), generator=generator, device=x.device)
        first = step % per_epoch * batch_size
        chosen = order[first : first + batch_size]
        loss = cross_entropy(network(x[chosen]), y[chosen])
        gradients = torch.autograd.grad(loss, parameters)
        with torch.no_grad():
            for parameter, velocity, slope in zip(parameters, velocities, gradients):
                slope = slope + weight_decay * parameter
                velocity.mul_(momentum).add_(slope)
                parameter.sub_(rate * velocity)
        losses.append(loss.item())
    return losses[-1]


# %% wrong train_by_hand: returns nothing
# told: expected a list of losses
def train_by_hand(network, x, y, rates, batch_size=64, momentum=0.9, weight_decay=1e-4, seed=0):
    generator = torch.Generator(x.device).manual_seed(seed)
    parameters = list(network.parameters())
    velocities = [torch.zeros_like(parameter) for parameter in parameters]
    per_epoch = len(x) // batch_size
    losses = []
    network.train()
    for step, rate in enumerate(rates):
        if step % per_epoch == 0:
            order = torch.randperm(len(x), generator=generator, device=x.device)
        first = step % per_epoch * batch_size
        chosen = order[first : first + batch_size]
        loss = cross_entropy(network(x[chosen]), y[chosen])
        gradients = torch.autograd.grad(loss, parameters)
        with torch.no_grad():
            for parameter, velocity, slope in zip(parameters, velocities, gradients):
                slope = slope + weight_decay * parameter
                velocity.mul_(momentum).add_(slope)
                parameter.sub_(rate * velocity)
        losses.append(loss.item())


# %% wrong train_by_hand: train() is forgotten
# told: network.train() before
def train_by_hand(network, x, y, rates, batch_size=64, momentum=0.9, weight_decay=1e-4, seed=0):
    generator = torch.Generator(x.device).manual_seed(seed)
    parameters = list(network.parameters())
    velocities = [torch.zeros_like(parameter) for parameter in parameters]
    per_epoch = len(x) // batch_size
    losses = []
    for step, rate in enumerate(rates):
        if step % per_epoch == 0:
            order = torch.randperm(len(x), generator=generator, device=x.device)
        first = step % per_epoch * batch_size
        chosen = order[first : first + batch_size]
        loss = cross_entropy(network(x[chosen]), y[chosen])
        gradients = torch.autograd.grad(loss, parameters)
        with torch.no_grad():
            for parameter, velocity, slope in zip(parameters, velocities, gradients):
                slope = slope + weight_decay * parameter
                velocity.mul_(momentum).add_(slope)
                parameter.sub_(rate * velocity)
        losses.append(loss.item())
    return losses


# %% wrong train_by_hand: the parameters are gone through once
# told: list(network.parameters())
def train_by_hand(network, x, y, rates, batch_size=64, momentum=0.9, weight_decay=1e-4, seed=0):
    generator = torch.Generator(x.device).manual_seed(seed)
    parameters = network.parameters()
    velocities = [torch.zeros_like(parameter) for parameter in parameters]
    per_epoch = len(x) // batch_size
    losses = []
    network.train()
    for step, rate in enumerate(rates):
        if step % per_epoch == 0:
            order = torch.randperm(len(x), generator=generator, device=x.device)
        first = step % per_epoch * batch_size
        chosen = order[first : first + batch_size]
        loss = cross_entropy(network(x[chosen]), y[chosen])
        gradients = torch.autograd.grad(loss, parameters)
        with torch.no_grad():
            for parameter, velocity, slope in zip(parameters, velocities, gradients):
                velocity.mul_(momentum).add_(slope + weight_decay * parameter)
                parameter.sub_(rate * velocity)
        losses.append(loss.item())
    return losses


# %% wrong train_by_hand: only a network of one layer
# told: every parameter of any network
def train_by_hand(network, x, y, rates, batch_size=64, momentum=0.9, weight_decay=1e-4, seed=0):
    generator = torch.Generator(x.device).manual_seed(seed)
    parameters = [network.linear.weight, network.linear.bias]
    velocities = [torch.zeros_like(parameter) for parameter in parameters]
    per_epoch = len(x) // batch_size
    losses = []
    network.train()
    for step, rate in enumerate(rates):
        if step % per_epoch == 0:
            order = torch.randperm(len(x), generator=generator, device=x.device)
        first = step % per_epoch * batch_size
        chosen = order[first : first + batch_size]
        with torch.no_grad():
            scores = network(x[chosen])
            losses.append(cross_entropy(scores, y[chosen]).item())
            gradients = gradient(x[chosen].flatten(1), scores, y[chosen])
            for parameter, velocity, slope in zip(parameters, velocities, gradients):
                velocity.mul_(momentum).add_(slope + weight_decay * parameter)
                parameter.sub_(rate * velocity)
    return losses


# %% wrong train_by_hand: outside no_grad
# told: inside torch.no_grad()
def train_by_hand(network, x, y, rates, batch_size=64, momentum=0.9, weight_decay=1e-4, seed=0):
    generator = torch.Generator(x.device).manual_seed(seed)
    parameters = list(network.parameters())
    velocities = [torch.zeros_like(parameter) for parameter in parameters]
    per_epoch = len(x) // batch_size
    losses = []
    network.train()
    for step, rate in enumerate(rates):
        if step % per_epoch == 0:
            order = torch.randperm(len(x), generator=generator, device=x.device)
        first = step % per_epoch * batch_size
        chosen = order[first : first + batch_size]
        loss = cross_entropy(network(x[chosen]), y[chosen])
        gradients = torch.autograd.grad(loss, parameters)
        if True:
            for parameter, velocity, slope in zip(parameters, velocities, gradients):
                slope = slope + weight_decay * parameter
                velocity.mul_(momentum).add_(slope)
                parameter.sub_(rate * velocity)
        losses.append(loss.item())
    return losses


# %% right train_by_hand: epochs within epochs, and .grad
def train_by_hand(network, x, y, rates, batch_size=64, momentum=0.9, weight_decay=1e-4, seed=0):
    generator = torch.Generator(x.device).manual_seed(seed)
    kept = {}
    losses, rates = [], list(rates)
    network.train()
    while len(losses) < len(rates):
        order = torch.randperm(len(x), generator=generator, device=x.device)
        for batch in order[: len(x) // batch_size * batch_size].split(batch_size):
            network.zero_grad()
            loss = cross_entropy(network(x[batch]), y[batch])
            loss.backward()
            for parameter in network.parameters():
                slope = parameter.grad + weight_decay * parameter.data
                kept[parameter] = momentum * kept.get(parameter, 0) + slope
                parameter.data -= rates[len(losses)] * kept[parameter]
            losses.append(float(loss))
    return losses


# %% right train_by_hand: with torch.optim
def train_by_hand(network, x, y, rates, batch_size=64, momentum=0.9, weight_decay=1e-4, seed=0):
    generator = torch.Generator(x.device).manual_seed(seed)
    parameters = list(network.parameters())
    optimizer = torch.optim.SGD(parameters, lr=1, momentum=momentum, weight_decay=weight_decay)
    per_epoch = len(x) // batch_size
    losses = []
    network.train()
    for step, rate in enumerate(rates):
        if step % per_epoch == 0:
            order = torch.randperm(len(x), generator=generator, device=x.device)
        first = step % per_epoch * batch_size
        chosen = order[first : first + batch_size]
        loss = cross_entropy(network(x[chosen]), y[chosen])
        optimizer.param_groups[0]["lr"] = rate
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


# %% right train_by_hand: losses as an array
def train_by_hand(network, x, y, rates, batch_size=64, momentum=0.9, weight_decay=1e-4, seed=0):
    generator = torch.Generator(x.device).manual_seed(seed)
    parameters = list(network.parameters())
    velocities = [torch.zeros_like(parameter) for parameter in parameters]
    per_epoch = len(x) // batch_size
    losses = []
    network.train()
    for step, rate in enumerate(rates):
        if step % per_epoch == 0:
            order = torch.randperm(len(x), generator=generator, device=x.device)
        first = step % per_epoch * batch_size
        chosen = order[first : first + batch_size]
        loss = cross_entropy(network(x[chosen]), y[chosen])
        gradients = torch.autograd.grad(loss, parameters)
        with torch.no_grad():
            for parameter, velocity, slope in zip(parameters, velocities, gradients):
                slope = slope + weight_decay * parameter
                velocity.mul_(momentum).add_(slope)
                parameter.sub_(rate * velocity)
        losses.append(loss.item())
    import numpy

    return numpy.array(losses)
