"""PyTorch's own distributed training: N processes of this machine that talk through gloo."""
import pathlib
import tempfile

import torch
import torch.distributed as dist
import torch.multiprocessing as mp


def one_of(rank, size, folder, work, args):
    torch.set_num_threads(1)
    dist.init_process_group("gloo", init_method=f"file://{folder}/meet", rank=rank, world_size=size)
    result = work(rank, *args)
    if rank == 0:
        torch.save(result, f"{folder}/result")
    dist.destroy_process_group()


def together(size, work, *args):
    """What work(0, *args) returns: a tensor. work(rank, *args) runs in `size` processes that form a group."""
    with tempfile.TemporaryDirectory() as folder:
        mp.start_processes(one_of, (size, folder, work, args), size, start_method="fork")
        return torch.load(pathlib.Path(folder, "result"))
