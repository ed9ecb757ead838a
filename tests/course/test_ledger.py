"""The ledger counts every stored number once, whoever built the layer, and changes nothing."""

import time

import pytest
import torch
import torch.nn.functional as F
import torchinfo
from torch import Tensor, nn

from course.ledger import Ledger, Row, ledger


def conv(i: int, o: int, k: int = 3, **kwargs: int | bool) -> nn.Conv2d:
    return nn.Conv2d(i, o, k, **kwargs)


def block(i: int, o: int, k: int = 3, **kwargs: int | bool) -> list[nn.Module]:
    return [conv(i, o, k, **kwargs), nn.BatchNorm2d(o), nn.ReLU(), nn.Dropout2d(0.05)]


def system_001() -> nn.Sequential:
    free = {"bias": False}
    return nn.Sequential(
        *block(1, 8, padding=1, **free),
        *block(8, 24, padding=1, **free),
        nn.MaxPool2d(2),
        *block(24, 8, 1, **free),
        *block(8, 16, **free),
        *block(16, 24, **free),
        *block(24, 8, 1, **free),
        *block(8, 16, **free),
        *block(16, 32, **free),
        nn.AvgPool2d(6),
        nn.Flatten(),
        nn.Linear(32, 10),
        nn.LogSoftmax(dim=1),
    )


def system_003() -> nn.Sequential:
    def rest(channels: int) -> list[nn.Module]:
        return [nn.ReLU(), nn.BatchNorm2d(channels), nn.Dropout(0.05)]

    return nn.Sequential(
        *(conv(1, 8), *rest(8), conv(8, 16), *rest(16), conv(16, 16), *rest(16)),
        *(nn.MaxPool2d(2), nn.BatchNorm2d(16), nn.Dropout(0.05)),
        *(conv(16, 8, 1), *rest(8), conv(8, 16), *rest(16), conv(16, 32), *rest(32)),
        *(nn.AvgPool2d(7), conv(32, 10, 1), nn.Flatten(), nn.LogSoftmax(dim=1)),
    )


def stock() -> nn.Sequential:
    return nn.Sequential(
        *(conv(1, 32, padding=1), nn.ReLU(), conv(32, 64, padding=1), nn.ReLU(), nn.MaxPool2d(2)),
        *(conv(64, 128, padding=1), nn.ReLU(), conv(128, 256, padding=1), nn.ReLU()),
        *(nn.MaxPool2d(2), conv(256, 512), nn.ReLU(), conv(512, 1024), nn.ReLU()),
        *(conv(1024, 10), nn.Flatten(), nn.LogSoftmax(dim=1)),
    )


class Forward(nn.Module):
    """A network from parts and a forward: `Forward(lambda n, x: n.a(x), a=conv(1, 8))`."""

    def __init__(self, forward, **parts) -> None:
        super().__init__()
        self.steps = forward
        for name, part in parts.items():
            if isinstance(part, Tensor) and not isinstance(part, nn.Parameter):
                self.register_buffer(name, part)
            else:
                setattr(self, name, part)

    def forward(self, x: Tensor) -> Tensor:
        return self.steps(self, x)


def only(book: Ledger, operation: str) -> Row:
    (row,) = [row for row in book.rows if row.operation == operation]
    return row


def sees(book: Ledger) -> list[int]:
    return [row.receptive_field for row in book.rows]


def test_system_001_is_13154():
    book = ledger(system_001())
    counts = [row.parameters for row in book.rows if row.parameters]
    assert counts == [
        72,
        16,
        1728,
        48,
        192,
        16,
        1152,
        32,
        3456,
        48,
        192,
        16,
        1152,
        32,
        4608,
        64,
        330,
    ]
    assert book.parameters == 13_154
    assert book.greedy is not None
    assert (book.greedy.parameters, book.greedy.shape) == (4608, (32, 6, 6))


def test_system_003_is_10066_with_the_shapes_of_its_table():
    book = ledger(system_003())
    assert book.parameters == 10_066
    convolutions = [row for row in book.rows if row.operation.startswith("conv")]
    assert [(row.shape, row.parameters) for row in convolutions] == [
        ((8, 26, 26), 80),
        ((16, 24, 24), 1_168),
        ((16, 22, 22), 2_320),
        ((8, 11, 11), 136),
        ((16, 9, 9), 1_168),
        ((32, 7, 7), 4_640),
        ((10, 1, 1), 330),
    ]
    # Three 3x3: 7. The pool adds 1 and doubles the step: 8, then 12, 16; 6 more steps of 2: 28.
    assert [row.receptive_field for row in convolutions] == [3, 5, 7, 8, 12, 16, 28]
    assert [row.jump for row in convolutions[:-1]] == [1, 1, 1, 2, 2, 2]


def test_the_stock_network():
    book = ledger(stock())
    assert book.parameters == 6_379_786
    # 3, 5 | pool 6 | 10, 14 | pool 16 | 24, then 32 and 40 would leave the image
    assert sees(book) == [3, 5, 6, 10, 14, 16, 24, 28, 28]
    assert [row.jump for row in book.rows] == [1, 1, 2, 2, 2, 4, 4, 4, 4]
    assert book.receptive_field == 28
    first = 28 * 28 * 9 * (1 * 32 + 32 * 64)
    second = 14 * 14 * 9 * (64 * 128 + 128 * 256)
    third = 9 * (25 * 256 * 512 + 9 * 512 * 1024 + 1024 * 10)
    assert book.multiply_adds == first + second + third
    # every convolution and ReLU writes its map; flattening writes nothing; log-softmax 10
    maps = 28 * 28 * (32 + 64) + 14 * 14 * (128 + 256) + 25 * 512 + 9 * 1024
    assert book.activations == 2 * maps + 64 * 14 * 14 + 256 * 7 * 7 + 10 + 10


@pytest.mark.parametrize("build", [system_001, system_003, stock])
def test_agrees_with_torchinfo_where_nothing_is_shared(build):
    network = build()
    book = ledger(network)
    info = torchinfo.summary(network, (1, 1, 28, 28), verbose=0)
    assert book.parameters == info.total_params
    theirs = {id(layer.module): layer for layer in info.summary_list}
    for name, module in network.named_modules():
        if isinstance(module, nn.Conv2d):
            (row,) = [row for row in book.rows if row.name == name]
            assert list(row.shape) == theirs[id(module)].output_size[1:]
            # they count the bias as one more product of every output
            bias = 0 if module.bias is None else row.shape[0] * row.shape[1] * row.shape[2]
            assert row.multiply_adds + bias == theirs[id(module)].macs


def test_a_shared_weight_counts_once():
    step = conv(8, 8, padding=1)
    network = Forward(
        lambda n, x: n.again(n.step(n.step(n.a(x)))), a=conv(1, 8), step=step, again=step
    )
    rows = ledger(network).rows
    assert [(row.name, row.parameters, row.shared) for row in rows] == [
        ("a", 80, False),
        ("step", 584, False),
        ("step", 0, True),
        ("step", 0, True),
    ]
    assert all(row.multiply_adds == 26 * 26 * 9 * 64 for row in rows[1:])


def test_a_shared_weight_with_a_bias_of_its_own_counts_the_bias():
    a, b = conv(1, 8, padding=1), conv(1, 8, padding=1)
    b.weight = a.weight
    row = ledger(Forward(lambda n, x: n.a(x) + n.b(x), a=a, b=b)).rows[1]
    assert (row.parameters, row.shared) == (8, True)


def test_functions_and_flat_names_count_like_modules():
    """The grader's rebuilt network: F.* calls, parameters in one flat list, the student's names."""
    weights = [p.detach() for p in conv(1, 8).parameters()]
    bn = nn.BatchNorm2d(8)

    def forward(n, x):
        x = F.conv2d(x, n.t0, n.t1, 1, 1)
        x = F.batch_norm(x, n.t2, n.t3, n.t4, n.t5, False)
        return F.linear(F.relu(x).mean((2, 3)), n.t6)

    network = Forward(
        forward,
        t0=nn.Parameter(weights[0]),
        t1=nn.Parameter(weights[1]),
        t2=bn.running_mean,
        t3=bn.running_var,
        t4=bn.weight,
        t5=bn.bias,
        t6=nn.Parameter(torch.zeros(10, 8)),
    )
    names = {"t0": "block1.0.weight", "t1": "block1.0.bias", "t2": "block1.1.running_mean"}
    names |= {"t3": "block1.1.running_var", "t4": "block1.1.weight", "t5": "block1.1.bias"}
    found = [(r.name, r.operation, r.parameters) for r in ledger(network, names=names).rows]
    assert found == [
        ("block1.0", "conv2d 3x3", 80),
        ("block1.1", "batch_norm", 16),
        ("mean", "mean", 0),
        ("t6", "linear", 80),
    ]


def test_batch_norm_statistics_do_not_count_and_other_buffers_do():
    def torch_order(n, x):
        return torch.batch_norm(x, n.w, n.b, n.m, n.v, False, 0.1, 1e-5, False)

    own = Forward(
        lambda n, x: n.bn(n.a(x)) * n.scale, a=conv(1, 8), bn=nn.BatchNorm2d(8), scale=torch.ones(1)
    )
    assert ledger(own).parameters == 80 + 16 + 1
    low = Forward(
        torch_order,
        w=nn.Parameter(torch.ones(1)),
        b=nn.Parameter(torch.ones(1)),
        m=torch.zeros(1),
        v=torch.ones(1),
    )
    book = ledger(low)
    assert (book.parameters, book.rows[0].name) == (2, "w")
    bare = nn.Sequential(conv(1, 8), nn.BatchNorm2d(8, affine=False))
    assert [(r.name, r.parameters) for r in ledger(bare).rows] == [("0", 80), ("1", 0)]


def test_unused_parameters_are_in_the_total():
    network = Forward(lambda n, x: n.a(x), a=conv(1, 8), idle=conv(8, 8), norm=nn.BatchNorm2d(8))
    book = ledger(network)
    assert (book.rows[-1].name, book.rows[-1].parameters) == ("(unused)", 584 + 16)
    assert book.parameters == sum(p.numel() for p in network.parameters())
    assert book.receptive_field == 3


def test_a_constant_that_nobody_registered_counts():
    blur = torch.ones(1, 1, 3, 3) / 9
    book = ledger(Forward(lambda n, x: F.conv2d(F.conv2d(x, blur), blur)))
    assert [(r.parameters, r.shared) for r in book.rows] == [(9, False), (0, True)]


def test_weights_made_ready_belong_to_where_they_meet_the_image():
    def forward(n, x):
        w = n.a.weight - n.a.weight.mean((1, 2, 3), keepdim=True)  # (8, 1, 3, 3)
        x = F.conv2d(x, w * n.gain, n.a.bias)
        return torch.matmul(x.mean((2, 3)), n.b.t())

    gain = nn.Parameter(torch.ones(8, 1, 1, 1))
    book = ledger(Forward(forward, a=conv(1, 8), gain=gain, b=nn.Parameter(torch.zeros(10, 8))))
    assert [(r.name, r.parameters) for r in book.rows] == [("a", 88), ("mean", 0), ("b", 80)]
    assert only(book, "matmul").multiply_adds == 80
    assert book.activations == 8 * 26 * 26 + 8 + 10  # what is made of weights is not per image


def test_depthwise_grouped_strided_dilated():
    network = nn.Sequential(
        conv(1, 8, 5, stride=2),  # 12; 5, steps of 2
        conv(8, 8, groups=8, bias=False),  # 10; 9
        conv(8, 16, dilation=2, groups=2),  # 6; 17
        conv(16, 4, 1),
    )
    book = ledger(network)
    assert [row.operation for row in book.rows] == [
        "conv2d 5x5 /2",
        "conv2d 3x3 depthwise",
        "conv2d 3x3 dilation 2 groups 2",
        "conv2d 1x1",
    ]
    assert sees(book) == [5, 9, 17, 17]
    assert [row.parameters for row in book.rows] == [208, 72, 16 * 4 * 9 + 16, 68]
    assert [row.multiply_adds for row in book.rows] == [
        144 * 25 * 8,
        100 * 9 * 8,
        36 * 9 * 4 * 16,
        36 * 16 * 4,
    ]


def test_joins_take_the_wider_view():
    def forward(n, x):
        x = n.a(x)  # 3
        y = x + n.b(F.relu(x))  # 5
        y += x
        z = torch.cat([y, x], 1)
        return z * torch.sigmoid(n.gate(F.adaptive_avg_pool2d(z, 1)))  # the gate sees all

    book = ledger(Forward(forward, a=conv(1, 8), b=conv(8, 8, padding=1), gate=conv(16, 16, 1)))
    assert [(row.operation, row.receptive_field) for row in book.rows] == [
        ("conv2d 3x3", 3),
        ("conv2d 3x3", 5),
        ("add", 5),
        ("add", 5),
        ("cat", 5),
        ("adaptive_avg_pool2d", 28),
        ("conv2d 1x1", 28),
        ("mul", 28),
    ]
    assert book.rows[-1].jump == 1  # a gate of one row leaves the map as fine as it was


@pytest.mark.parametrize(
    "pool",
    [
        nn.MaxPool2d(2),
        nn.MaxPool2d(2, return_indices=True),
        lambda x: F.max_pool2d(x, 2),
        lambda x: torch.max_pool2d(x, kernel_size=2),
        lambda x: F.max_pool2d(input=x, kernel_size=(2, 2), stride=None),
    ],
)
def test_a_pool_is_one_row_however_it_is_called(pool):
    def forward(n, x):
        x = pool(n.a(x))
        return x[0] if isinstance(x, tuple) else x

    book = ledger(Forward(forward, a=conv(1, 8)))
    assert len(book.rows) == 2
    row = only(book, "max_pool2d 2x2")
    assert (row.receptive_field, row.jump, row.shape) == (4, 2, (8, 13, 13))
    assert book.activations == 8 * 26 * 26 + 8 * 13 * 13


@pytest.mark.parametrize(
    ("forward", "operation", "field"),
    [
        (lambda n, x: F.max_pool2d(n.a(x), 3, 2, 1), "max_pool2d 3x3 /2", 5),
        (lambda n, x: F.adaptive_max_pool2d(n.a(x), 4), "adaptive_max_pool2d", 3 + 6),  # 26 to 4
        (lambda n, x: F.adaptive_avg_pool2d(n.a(x), 7), "adaptive_avg_pool2d", 3 + 4),  # of 4 or 5
        (lambda n, x: F.adaptive_avg_pool2d(n.a(x), 1), "adaptive_avg_pool2d", 28),
        (lambda n, x: n.a(x).mean((2, 3)), "mean", 28),
        (lambda n, x: n.a(x).flatten(2).mean(-1), "mean", 28),
        (lambda n, x: n.a(x).amax(dim=(-2, -1)), "amax", 28),
        (lambda n, x: n.a(x).mean(1, keepdim=True), "mean", 3),
    ],
)
def test_pooling_sees(forward, operation, field):
    assert only(ledger(Forward(forward, a=conv(1, 8))), operation).receptive_field == field


def test_what_no_window_reaches_is_not_seen():
    """28 to 26 to 13 to 11 to 5: the second pool drops a row, so global pooling sees 26 rows."""
    net = nn.Sequential(
        conv(1, 4), nn.MaxPool2d(2), conv(4, 4), nn.MaxPool2d(2), nn.AdaptiveAvgPool2d(1)
    )
    assert ledger(net).receptive_field == 26


def test_padding_is_not_seen():
    net = nn.Sequential(
        conv(1, 4), nn.MaxPool2d(13), conv(4, 4, 7, padding=3)
    )  # the map has 2 rows
    assert ledger(net, side=40).rows[-1].receptive_field == 15 + 13  # not 40


def test_what_is_cut_off_is_not_seen():
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv = nn.Conv2d(1, 10, 3)

        def forward(self, x):
            x = x[:, :, 2:-2, 2:-2]
            x = self.conv(x - x.mean((2, 3), keepdim=True))
            return x.mean((2, 3))

    assert [row.receptive_field for row in ledger(Net()).rows] == [24, 24, 24, 24]


def test_what_is_cut_off_a_map_is_not_seen():
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv = nn.Conv2d(1, 10, 3)

        def forward(self, x):
            x = F.avg_pool2d(self.conv(x), 2)[:, :, 3:5]  # image rows 6 to 9 and 8 to 11
            return x.mean((2, 3))

    assert [row.receptive_field for row in ledger(Net()).rows] == [3, 4, 6]


def test_finer_and_coarser_by_other_means():
    def forward(n, x):
        x = n.a(x[:, :, ::2, ::2])  # 14 rows, 1 + 2 * 2 = 5 seen, steps of 2
        x = F.pixel_unshuffle(x, 2)  # 7 rows, 7 seen, steps of 4
        x = F.interpolate(x, scale_factor=2)  # steps of 2
        x = n.up(n.b(x))  # 7 + 2 * 2 = 11; then steps of 1
        return n.c(x)  # 13

    up = nn.ConvTranspose2d(8, 4, 2, stride=2)
    network = Forward(forward, a=conv(1, 4, padding=1), b=conv(16, 8), up=up, c=conv(4, 4))
    book = ledger(network)
    assert [(r.receptive_field, r.jump) for r in book.rows] == [(5, 2), (11, 2), (11, 1), (13, 1)]
    assert book.rows[2].multiply_adds == 12 * 12 * 8 * 4 * 4  # every input, every tap
    assert book.rows[2].operation == "conv_transpose2d 2x2 /2"


def test_blending_pixels_widens_the_view():
    def blend(mode: str) -> Forward:
        return Forward(lambda n, x: F.interpolate(n.a(x), scale_factor=2, mode=mode), a=conv(1, 4))

    assert ledger(blend("nearest")).receptive_field == 3
    assert ledger(blend("bilinear")).receptive_field == 4


def test_what_is_written_into_a_tensor_is_seen_through_it():
    def forward(n, x):
        y = torch.zeros(len(x), 8, 26, 26)
        y[:, :4] = n.a(x)
        return n.b(y)

    rows = ledger(Forward(forward, a=conv(1, 4), b=conv(8, 4))).rows
    assert [(r.parameters, r.receptive_field) for r in rows] == [(40, 3), (292, 5)]


def test_a_recurrent_layer_counts_and_sees_all():
    def forward(n, x):
        return n.out(n.cells(x.squeeze(1))[0][:, -1])

    network = Forward(forward, cells=nn.GRU(28, 8, batch_first=True), out=nn.Linear(8, 10))
    book = ledger(network)
    assert [r.operation for r in book.rows] == ["gru", "linear"]
    assert book.rows[0].receptive_field == 28
    assert book.parameters == sum(p.numel() for p in network.parameters())


def test_joins_have_one_name_however_written():
    def forward(n, x):
        y = n.a(x)
        z = x[:, :, 1:-1, 1:-1]
        y = (y - z) * z / (z + 1)
        return torch.concat([torch.subtract(y, z), z], 1)

    book = ledger(Forward(forward, a=conv(1, 1)))
    found = [row.operation for row in book.rows]
    assert found == ["conv2d 3x3", "sub", "mul", "div", "sub", "cat"]


def test_products_cost_and_see_what_they_mix():
    def forward(n, x):
        x = n.a(x)  # (N, 8, 26, 26)
        x = torch.einsum("nchw, oc -> nohw", x, n.mix)  # (N, 4, 26, 26)
        x = torch.tensordot(x, n.mix.t(), dims=([1], [1])).permute(0, 3, 1, 2)  # (N, 8, 26, 26)
        x = x.flatten(1)
        return torch.addmm(n.bias, x, n.out)

    network = Forward(
        forward,
        a=conv(1, 8),
        mix=nn.Parameter(torch.zeros(4, 8)),
        bias=nn.Parameter(torch.zeros(10)),
        out=nn.Parameter(torch.zeros(8 * 26 * 26, 10)),
    )
    rows = ledger(network).rows
    assert [row.multiply_adds for row in rows[1:]] == [26 * 26 * 32, 26 * 26 * 32, 26 * 26 * 80]
    assert [row.receptive_field for row in rows] == [3, 3, 3, 28]
    assert [row.parameters for row in rows] == [80, 32, 0, 8 * 26 * 26 * 10 + 10]


def test_learned_scalars_norms_and_activations_are_rows_and_plain_ones_are_not():
    def forward(n, x):
        x = F.dropout(F.gelu(n.norm(n.a(x))))
        x = (1 - F.relu(x * 2)) / 3 + x.shape[0]
        return n.act(x * n.scale + n.place)

    network = Forward(
        forward,
        a=conv(1, 8),
        norm=nn.GroupNorm(2, 8),
        scale=nn.Parameter(torch.ones(1)),
        place=nn.Parameter(torch.zeros(8, 26, 26)),
        act=nn.PReLU(),
    )
    assert [(r.name, r.operation, r.parameters) for r in ledger(network).rows] == [
        ("a", "conv2d 3x3", 80),
        ("norm", "group_norm", 16),
        ("scale", "mul", 1),
        ("place", "add", 8 * 26 * 26),
        ("act", "prelu", 1),
    ]


def test_work_in_place_needs_no_memory_and_dropout_does():
    def size(*layers: nn.Module) -> int:
        return ledger(nn.Sequential(conv(1, 1), *layers)).activations // 26**2

    assert size() == 1
    assert size(nn.ReLU()) == 2
    assert size(nn.ReLU(inplace=True)) == 1
    assert size(nn.Dropout(0.1)) == 2
    assert size(nn.Flatten()) == 1


class Meddling(nn.Module):
    """A network that writes where it can."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = conv(1, 4)
        self.bn = nn.BatchNorm2d(4)
        self.register_buffer("calls", torch.zeros(()))
        self.bn.eval()

    def forward(self, x: Tensor) -> Tensor:
        self.calls = self.calls + 1
        x = F.dropout(self.conv(x), 0.5)  # always on: draws from torch's random state
        b = self.bn
        return F.batch_norm(x, b.running_mean, b.running_var, b.weight, b.bias, training=True)


def test_the_network_comes_back_as_it_was():
    network = Meddling()
    network(torch.randn(4, 1, 28, 28)).sum().backward()
    state = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    grads = [p.grad.clone() for p in network.parameters() if p.grad is not None]
    random = torch.get_rng_state()
    modes = [module.training for module in network.modules()]
    ledger(network)
    assert all(torch.equal(state[name], tensor) for name, tensor in network.state_dict().items())
    assert all(torch.equal(a, p.grad) for a, p in zip(grads, network.parameters(), strict=True))
    assert modes == [module.training for module in network.modules()] == [True, True, False]
    assert torch.equal(random, torch.get_rng_state())


def test_the_network_runs_in_eval_mode():
    found = []
    ledger(Forward(lambda n, x: found.append(n.inner.training) or n.inner(x), inner=nn.ReLU()))
    assert found == [False]


def test_the_network_comes_back_as_it_was_even_if_it_breaks():
    network = nn.Sequential(conv(1, 4), nn.BatchNorm2d(5))
    with pytest.raises(RuntimeError):
        ledger(network)
    assert network.training
    assert network[0].training


def test_a_network_without_parameters():
    book = ledger(nn.Flatten())
    assert (book.parameters, book.greedy, book.receptive_field) == (0, None, 1)
    assert ledger(nn.MaxPool2d(2)).greedy is None


def test_the_table_reads():
    network = nn.Sequential(conv(1, 8), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(8 * 169, 10))
    assert str(ledger(network)) == (
        "layer       operation       output       parameters  sees  multiply-adds\n"
        "0           conv2d 3x3      8 x 26 x 26          80     3         48,672\n"
        "max_pool2d  max_pool2d 2x2  8 x 13 x 13           0     4              0\n"
        "3           linear          10               13,530    28         13,520\n"
        "total                                        13,610               62,192"
    )


def test_it_is_quick():
    network = system_001()
    costs = []
    for _ in range(3):
        start = time.thread_time()  # other programs' turns do not count
        ledger(network)
        costs.append(time.thread_time() - start)
    assert min(costs) < 0.1  # some 10 ms
