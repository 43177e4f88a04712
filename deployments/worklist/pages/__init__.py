"""The pages, one module for each place of work. A page that is not in `EVERY_PAGE` is not served."""

from deployments.worklist.pages import front

EVERY_PAGE = [
    *front.pages.all,
]
