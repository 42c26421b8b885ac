#!/usr/bin/python3
"""The digits network in PyTorch, a peer of bench/learning.   torch_peer.py MNIST_FOLDER THREADS
Commands: `train STEPS nchw|last`, `memory` (trains 5 epochs of 46 steps, then the peak of memory)."""
import gzip
import sys

import numpy as np
import torch
import torch.nn as nn
from figures import memory_mb, rates, serve

FOLDER, THREADS, ROWS, BATCH = sys.argv[1], int(sys.argv[2]), 6000, 128
torch.set_num_threads(THREADS)
torch.manual_seed(1)


def idx(name, offset, length):
    with gzip.open(f"{FOLDER}/{name}.gz") as file:
        return np.frombuffer(file.read(offset + length), np.uint8)[offset:]


X = torch.from_numpy(idx("train-images-idx3-ubyte", 16, ROWS * 784).reshape(-1, 1, 28, 28).astype(np.float32) / 255)
Y = torch.from_numpy(idx("train-labels-idx1-ubyte", 8, ROWS).astype(np.int64))


def network():
    model = nn.Sequential(
        nn.Conv2d(1, 32, 3), nn.BatchNorm2d(32, 1e-3, 0.1), nn.ReLU(), nn.Conv2d(32, 32, 3), nn.BatchNorm2d(32, 1e-3, 0.1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(32 * 144, 512), nn.BatchNorm1d(512, 1e-3, 0.1), nn.ReLU(), nn.Dropout(.2), nn.Linear(512, 10))
    for layer in model:
        if isinstance(layer, (nn.Conv2d, nn.Linear)):
            nn.init.xavier_uniform_(layer.weight)
            nn.init.zeros_(layer.bias)
    return model


class Training:
    def __init__(self, last):
        self.model = network().to(memory_format=torch.channels_last) if last else network()
        self.x = X.contiguous(memory_format=torch.channels_last) if last else X
        self.optimizer = torch.optim.Adam(self.model.parameters(), 1e-3, eps=1e-7)
        self.model.train()

    def run(self, steps):
        loss = nn.CrossEntropyLoss()
        order = torch.randperm(ROWS)
        for step in range(steps):
            rows = order[step * BATCH:(step + 1) * BATCH]
            self.optimizer.zero_grad()
            loss(self.model(self.x[rows]), Y[rows]).backward()
            self.optimizer.step()


trainings = {}


def train(steps, layout):
    if layout not in trainings:
        trainings[layout] = Training(layout == "last")
        trainings[layout].run(3)
    return rates(int(steps) * BATCH, lambda: trainings[layout].run(int(steps)))


def memory():
    training = Training(False)
    for _ in range(5):
        training.run(46)
    return memory_mb()


serve(f"PyTorch {torch.__version__}, {torch.get_num_threads()} threads", {"train": train, "memory": memory})
