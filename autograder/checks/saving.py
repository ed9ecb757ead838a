"""How to save parameters, said of the layer that holds most of them: in a check and in a plan."""

from course.rows import Row


def saving_advice(row: Row | None, total: int) -> str:
    """Say how to save parameters in the layer that holds most of them."""
    if row is None:
        return ""
    share = f"{row.name} ({row.operation}) holds {row.parameters:,} of the {total:,}"
    if row.operation.startswith("conv2d 1x1"):
        return f"{share}: it costs inputs × outputs, so narrow what it joins"
    if row.operation.startswith("conv2d"):
        return (
            f"{share}: fewer channels there pay most, or squeeze them first with a 1x1 convolution"
        )
    if row.operation.startswith("linear"):
        return f"{share}: average over the positions first, then a 1x1 convolution needs far fewer"
    return share
