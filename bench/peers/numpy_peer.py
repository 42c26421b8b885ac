#!/usr/bin/python3
"""The matrix product of numpy (OpenBLAS), a peer of bench/learning; threads by OPENBLAS_NUM_THREADS.   Command: `product SIZE REPEATS` in GFLOP/s."""
import numpy as np
from figures import rates, serve

try:
    from threadpoolctl import threadpool_info
    BLAS = ", ".join(f"{i['internal_api']} {i['version']} {i.get('architecture')} kernels, {i['num_threads']} threads" for i in threadpool_info())
except ImportError:
    BLAS = "unknown BLAS"


def product(size, repeats):
    size, repeats = int(size), int(repeats)
    a, b = np.random.rand(size, size).astype(np.float32), np.random.rand(size, size).astype(np.float32)
    c = a @ b

    def work():
        for _ in range(repeats):
            np.matmul(a, b, out=c)

    return rates(2 * size ** 3 * repeats / 1e9, work)


serve(f"numpy {np.__version__}, {BLAS}", {"product": product})
