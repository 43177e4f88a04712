"""The worklist: where staff do the work. Server-rendered pages, and the same functions as a JSON API."""
