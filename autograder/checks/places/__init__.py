"""Where each learned number works, measured: at every place of the image, at some, or at one."""
