"""Matrices as two factors of low rank, M (rows x columns) ~ P Q': Vogels, Karimireddy, Jaggi, "PowerSGD", NeurIPS 2019,
arXiv:1905.13727, algorithm 1."""
import numpy as np

LEAST = 1e-6  # less is left of a column that the others span: rounding of floats, which has no direction of its own


def factors_are_smaller(shape, rank):
    """Than the matrix; a vector's never are."""
    rows, columns = shape
    return rank * (rows + columns) < rows * columns


def orthonormal(x):
    """Gram-Schmidt from left to right. A column that those before it span becomes zeros."""
    x = x.copy()
    for c in range(x.shape[1]):
        now, before = x[:, c], x[:, :c]
        length = np.linalg.norm(now)
        for _ in range(2):  # once more, for what rounding left
            now = now - before @ (before.T @ now)
        left = np.linalg.norm(now)
        x[:, c] = now / left if left > LEAST * length else 0
    return x


def factorise(m, q, iterations):
    """Lines 2 to 6 of the algorithm, with one worker, repeated."""
    for _ in range(iterations):
        p = orthonormal(m @ orthonormal(q))
        q = m.T @ p
    return p, q
