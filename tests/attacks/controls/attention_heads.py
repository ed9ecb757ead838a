"""Self-attention with four heads over the 49 places of a map, without position embeddings.

Fair: attention does not know where a place is; it knows what its features are. All its matrices
are 1x1 convolutions, shared by all places.
"""

import torch.nn as nn
import torch.nn.functional as F

WIDTH, HEADS = 24, 4


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(
            nn.Conv2d(1, 12, 3, stride=2, padding=1),
            nn.BatchNorm2d(12),
            nn.ReLU(),
            nn.Conv2d(12, WIDTH, 3, stride=2, padding=1),
            nn.BatchNorm2d(WIDTH),
            nn.ReLU(),
        )
        self.norm = nn.GroupNorm(1, WIDTH)
        self.question = nn.Conv2d(WIDTH, 3 * WIDTH, 1, bias=False)
        self.answer = nn.Conv2d(WIDTH, WIDTH, 1)
        self.head = nn.Conv2d(WIDTH, 10, 1)

    def forward(self, x):
        x = self.stem(x)  # 24 x 7 x 7
        asked = self.question(self.norm(x)).reshape(-1, 3, HEADS, WIDTH // HEADS, 49)
        q, k, v = asked[:, 0], asked[:, 1], asked[:, 2]  # N x 4 x 6 x 49
        weight = (q.transpose(2, 3) @ k * (HEADS / WIDTH) ** 0.5).softmax(3)  # N x 4 x 49 x 49
        seen = (v @ weight.transpose(2, 3)).reshape(-1, WIDTH, 7, 7)
        x = F.gelu(x + self.answer(seen))
        return self.head(x.mean((2, 3), keepdim=True)).flatten(1)
