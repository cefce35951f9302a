#include "algorithms/decay.h"

/* first: number of the float in the tensor. */
static struct decay_slice in_tensor(const struct extent *tensor, size_t first, size_t n)
{
    size_t left = tensor->n - first;
    return (struct decay_slice){.n = n < left ? n : left, .decays = tensor->dims > 1};
}

struct decay_slice decay_slice(const struct setup *setup, size_t first, size_t n)
{
    if (!setup->decays_matrices)
        return (struct decay_slice){.n = n, .decays = true};
    for (int t = 0; t < setup->tensors; t++) {
        if (first < setup->tensor[t].n)
            return in_tensor(&setup->tensor[t], first, n);
        first -= setup->tensor[t].n;
    }
    return (struct decay_slice){.n = n, .decays = false};
}
