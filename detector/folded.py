"""Networks as they are shipped: batch normalisation folded into the convolutions, in safetensors' format."""

import torch
from safetensors.torch import load_file, save_file
from torch.nn.utils.fusion import fuse_conv_bn_eval


def fold(module):
    """Replaces every convolution followed by its normalisation by one convolution."""
    for name, child in module.named_children():
        if isinstance(child, torch.nn.Sequential) and len(child) >= 2 and isinstance(child[1], torch.nn.BatchNorm2d):
            setattr(module, name, torch.nn.Sequential(fuse_conv_bn_eval(child[0], child[1]), *child[2:]))
        elif isinstance(child, torch.nn.Sequential):
            folded = [fold_one(part) for part in child]
            setattr(module, name, torch.nn.Sequential(*folded))
        else:
            fold(child)
    return module


def fold_one(part):
    """One element of a sequence: a convolution with its normalisation, or a block of its own."""
    if isinstance(part, torch.nn.Sequential) and len(part) >= 2 and isinstance(part[1], torch.nn.BatchNorm2d):
        return torch.nn.Sequential(fuse_conv_bn_eval(part[0], part[1]), *part[2:])
    return fold(part)


def tensors(model):
    """The weights by name; a linear layer is a convolution of one place."""
    return {name: value[..., None, None] if value.ndim == 2 else value for name, value in model.state_dict().items()}


def save(model, example, path):
    """Writes a folded network and, for the product's tests, an input and what it answers."""
    with torch.no_grad():
        answer = model.eval()(example)
    answer = answer.reshape(*answer.shape, 1, 1) if answer.ndim == 2 else answer
    weights = {name: value.contiguous() for name, value in tensors(model).items()}
    save_file({**weights, "example.image": example, "example.answer": answer.contiguous()}, path)


def open_folded(path, network):
    """Reads a folded network. An outcome that the file does not have yet begins as its likest one."""
    model, read = fold(network().eval()), load_file(path)
    state = model.state_dict()
    for name, value in state.items():
        given = read[name].reshape(read[name].shape[:value.ndim])
        if given.shape != value.shape:
            raise ValueError(f"{name}: {tuple(given.shape)} in the file, {tuple(value.shape)} here")
        state[name] = given
    model.load_state_dict(state)
    return model
