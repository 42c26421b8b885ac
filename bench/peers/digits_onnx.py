#!/usr/bin/python3
"""Writes a saved digits network (safetensors) as ONNX for the peer of bench/learning.   digits_onnx.py MODEL.safetensors MODEL.onnx
Needs numpy alone: the few messages of the format are written by hand (onnx.proto3: ModelProto, GraphProto, NodeProto, TensorProto, AttributeProto)."""
import json
import struct
import sys

import numpy as np


def number(value):
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes(out) + bytes([value])


def field(tag, value):
    if isinstance(value, int):
        return number(tag << 3) + number(value)
    if isinstance(value, float):
        return number(tag << 3 | 5) + struct.pack("<f", value)
    value = value.encode() if isinstance(value, str) else value
    return number(tag << 3 | 2) + number(len(value)) + value


def attribute(name, value):
    if isinstance(value, list):
        return field(5, field(1, name) + b"".join(field(8, v) for v in value) + field(20, 7))
    if isinstance(value, float):
        return field(5, field(1, name) + field(2, value) + field(20, 1))
    return field(5, field(1, name) + field(3, value) + field(20, 2))


def node(kind, inputs, output, **attributes):
    body = b"".join(field(1, i) for i in inputs) + field(2, output) + field(4, kind)
    return field(1, body + b"".join(attribute(k, v) for k, v in attributes.items()))


def tensor(name, values):
    values = np.ascontiguousarray(values, np.float32)
    return field(5, b"".join(field(1, n) for n in values.shape) + field(2, 1) + field(8, name) + field(9, values.tobytes()))


def value_info(tag, name, shape):
    dimensions = b"".join(field(1, field(2, n) if isinstance(n, str) else field(1, n)) for n in shape)
    return field(tag, field(1, name) + field(2, field(1, field(1, 1) + field(2, dimensions))))


def read(path):
    with open(path, "rb") as file:
        header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
        data = file.read()
    header.pop("__metadata__", None)
    return {name: np.frombuffer(data[t["data_offsets"][0]:t["data_offsets"][1]], np.float32).reshape(t["shape"]) for name, t in header.items()}


def main(source, target):
    t = read(source)
    nodes, weights = [], []

    def norm(layer, x, y):
        names = [f"{layer}/{part}" for part in ("gamma", "beta", "moving_mean", "moving_variance")]
        weights.extend(tensor(n, t[n]) for n in names)
        nodes.append(node("BatchNormalization", [x, *names], y, epsilon=0.001))

    def affine(kind, layer, kernel, x, y, **attributes):
        weights.extend([tensor(f"{layer}/kernel", kernel), tensor(f"{layer}/bias", t[f"{layer}/bias"])])
        nodes.append(node(kind, [x, f"{layer}/kernel", f"{layer}/bias"], y, **attributes))

    # Images are (channels, height, width) there and (height, width, channels) here.
    affine("Conv", "conv2d", t["conv2d/kernel"].transpose(3, 2, 0, 1), "x", "c1", kernel_shape=[3, 3])
    norm("batch_normalization", "c1", "n1")
    nodes.append(node("Relu", ["n1"], "r1"))
    affine("Conv", "conv2d_1", t["conv2d_1/kernel"].transpose(3, 2, 0, 1), "r1", "c2", kernel_shape=[3, 3])
    norm("batch_normalization_1", "c2", "n2")
    nodes.append(node("Relu", ["n2"], "r2"))
    nodes.append(node("MaxPool", ["r2"], "p", kernel_shape=[2, 2], strides=[2, 2]))
    nodes.append(node("Flatten", ["p"], "f", axis=1))
    affine("Gemm", "dense", t["dense/kernel"].reshape(12, 12, 32, 512).transpose(2, 0, 1, 3).reshape(4608, 512), "f", "d1")
    norm("batch_normalization_2", "d1", "n3")
    nodes.append(node("Relu", ["n3"], "r3"))
    affine("Gemm", "dense_1", t["dense_1/kernel"], "r3", "d2")
    nodes.append(node("Softmax", ["d2"], "y", axis=1))
    graph = b"".join(nodes) + field(2, "digits") + b"".join(weights) + value_info(11, "x", ["N", 1, 28, 28]) + value_info(12, "y", ["N", 10])
    with open(target, "wb") as file:
        file.write(field(1, 8) + field(2, "shoal bench") + field(7, graph) + field(8, field(1, "") + field(2, 15)))


main(*sys.argv[1:])
