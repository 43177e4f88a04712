"""
The JSON API: what the worklist's pages do, for a council's own systems. How it is used stands in `docs/api.md`.

`app` puts it together, `guarding` lets calls in, `calling` says who calls, `tokens` are what programs show, `problems`
is what is answered instead, `once` knows a call that is sent again. Each module beside these has the operations of one
place of work, with the shapes of what they give, or beside it (`work_shapes`, `list_shapes`).
"""
