"""Charts: one module a page, with each frame and the Altair chart that draws it together."""
