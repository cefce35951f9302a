/* Sixteen floats at once, as gcc's vector type: one AVX-512 register, or several smaller ones. */
#ifndef MODELS_OPS_WIDE_H
#define MODELS_OPS_WIDE_H

enum { WIDE = 16 };
typedef float wide __attribute__((vector_size(WIDE * sizeof(float)), aligned(sizeof(float)), may_alias));

static inline wide wide_load(const float *from)
{
    return *(const wide *)from;
}

static inline void wide_store(float *to, wide x)
{
    *(wide *)to = x;
}

#endif
