"""Guided backpropagation in PyTorch, beside which `npm run bench -- --backends tensorflow` is held.

    python3 bench/peers/guided.py            needs torch, nothing else; random weights, as speed does not ask for them

The shapes are those of bench/models: Keras' MobileNetV2 and ResNet50 at 224 x 224, one image, softmax and all. Every
rectifier is a module of its own whose backward hook keeps what is positive, as Captum and Zennit do it. Weights take no
gradient. `folded` has its batch norms folded by torch.fx, as a prepared model here has.
"""

import statistics
import time

import torch
from torch import nn
from torch.fx.experimental.optimization import fuse


TURNS = 20


class ConvNorm(nn.Sequential):
    def __init__(self, inputs, outputs, kernel, stride=1, groups=1, activation=None):
        padding = (kernel - 1) // 2
        layers = [nn.Conv2d(inputs, outputs, kernel, stride, padding, groups=groups), nn.BatchNorm2d(outputs)]
        super().__init__(*layers, *([activation()] if activation else []))


class InvertedResidual(nn.Module):
    def __init__(self, inputs, outputs, stride, expansion):
        super().__init__()
        self.skips = stride == 1 and inputs == outputs
        hidden = inputs * expansion
        widened = [ConvNorm(inputs, hidden, 1, activation=nn.ReLU6)] if expansion > 1 else []
        self.path = nn.Sequential(
            *widened, ConvNorm(hidden, hidden, 3, stride, hidden, nn.ReLU6), ConvNorm(hidden, outputs, 1)
        )

    def forward(self, x):
        return x + self.path(x) if self.skips else self.path(x)


def mobilenet_v2():
    blocks, channels = [ConvNorm(3, 32, 3, 2, activation=nn.ReLU6)], 32
    for expansion, outputs, times, first in [
        (1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1),
    ]:
        for i in range(times):
            blocks.append(InvertedResidual(channels, outputs, first if i == 0 else 1, expansion))
            channels = outputs
    blocks.append(ConvNorm(320, 1280, 1, activation=nn.ReLU6))
    return nn.Sequential(*blocks, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(1280, 1000))


class Bottleneck(nn.Module):
    def __init__(self, inputs, channels, stride):
        super().__init__()
        self.shortcut = ConvNorm(inputs, 4 * channels, 1, stride) if inputs != 4 * channels or stride > 1 else nn.Identity()
        self.path = nn.Sequential(
            ConvNorm(inputs, channels, 1, stride, activation=nn.ReLU),
            ConvNorm(channels, channels, 3, activation=nn.ReLU),
            ConvNorm(channels, 4 * channels, 1),
        )
        self.relu = nn.ReLU()

    def forward(self, x):
        return self.relu(self.shortcut(x) + self.path(x))


def resnet50():
    blocks, inputs = [ConvNorm(3, 64, 7, 2, activation=nn.ReLU), nn.MaxPool2d(3, 2, 1)], 64
    for channels, times, first in [(64, 3, 1), (128, 4, 2), (256, 6, 2), (512, 3, 2)]:
        for i in range(times):
            blocks.append(Bottleneck(inputs, channels, first if i == 0 else 1))
            inputs = 4 * channels
    return nn.Sequential(*blocks, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(2048, 1000))


def guided(network):
    """The network with the hook of guided backpropagation on each of its rectifiers."""
    for module in network.modules():
        if isinstance(module, (nn.ReLU, nn.ReLU6)):
            module.register_full_backward_hook(lambda _, dx, dy: (dx[0] * (dy[0] > 0),))
    return network


def map_of(network, x):
    x = x.detach().requires_grad_()
    network(x)[0, 2].backward()
    return x.grad


def predict(network, x):
    with torch.no_grad():
        return torch.softmax(network(x), 1)


def main():
    print(f"PyTorch {torch.__version__}, {torch.get_num_threads()} threads; milliseconds: median, the least in brackets")
    for name, make in [("MobileNetV2", mobilenet_v2), ("ResNet50", resnet50)]:
        network = make().eval().requires_grad_(False)
        folded = fuse(network).requires_grad_(False)
        x = torch.rand(1, 3, 224, 224)
        with_rule, folded_with_rule = guided(make().eval().requires_grad_(False)), guided(fuse(network).requires_grad_(False))
        runs = {
            "forward": lambda: predict(network, x),
            "folded forward": lambda: predict(folded, x),
            "guided": lambda: map_of(with_rule, x),
            "folded guided": lambda: map_of(folded_with_rule, x),
        }
        times = {label: [] for label in runs}
        for turn in range(TURNS + 3):
            for label, run in runs.items():
                start = time.perf_counter()
                run()
                if turn >= 3:  # the first runs allocate
                    times[label].append(1000 * (time.perf_counter() - start))
        cells = [f"{label} {statistics.median(t):.1f} ({min(t):.1f})" for label, t in times.items()]
        ratio = statistics.median(a / b for a, b in zip(times["guided"], times["forward"]))
        print(f"{name}: {', '.join(cells)}; guided / forward {ratio:.2f}")


if __name__ == "__main__":
    main()
