"""Attention as fast as each device has it.

Shapes: B batch, H heads, L queries, S keys, D width of a head.
"""

import torch
from torch import Tensor
from torch.nn.functional import scaled_dot_product_attention


def attend(queries: Tensor, keys: Tensor, values: Tensor, mask: Tensor | None = None) -> Tensor:
    """``[B, H, L, D]`` of keys and values ``[B, H, S, D]``; ``mask [B or 1, 1, L, S]`` is True if attended.

    On a CPU always in single precision: there the backward pass of PyTorch's attention takes
    eight times as long in bfloat16.
    """
    if queries.device.type != "cpu" or queries.dtype == torch.float32:
        return scaled_dot_product_attention(queries, keys, values, attn_mask=mask)
    with torch.autocast("cpu", enabled=False):
        found = scaled_dot_product_attention(queries.float(), keys.float(), values.float(), attn_mask=mask)
    return found.to(queries.dtype)
