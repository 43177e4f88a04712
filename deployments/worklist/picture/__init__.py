"""
The picture of a procedure, drawn from the flow's own source, with the path of a case and its present place.

`source`, `known`, `words` and `calls` understand the source; `reading` makes nodes of a function and `arranging` the
picture of all of it. `tracing` and `path` tell how far a case has come, `marking` puts that on the picture, `drawing`
and `showing` make what a page shows. What a flow only remembers, and what goes on inside a task, is not drawn.
"""

from deployments.worklist.picture.arranging import procedure_picture
from deployments.worklist.picture.marking import told
from deployments.worklist.picture.nodes import Picture
from deployments.worklist.picture.path import NO_PATH, PathSoFar, path_of
from deployments.worklist.picture.showing import ShownPicture, drawn, shown

__all__ = [
    "NO_PATH",
    "PathSoFar",
    "Picture",
    "ShownPicture",
    "drawn",
    "path_of",
    "procedure_picture",
    "shown",
    "told",
]
