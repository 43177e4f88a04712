"""
Mail that comes in: keeping it, reading it, and telling people's letters from what machines send.

`reading.py` turns any bytes into something a person can read, with `decoding.py` for bytes and charsets,
`headers.py` for header lines, `parts.py` for what a message is made of and `html_text.py` for HTML.
`sorting_signs.py` says whether a message is a contact, a reply, an automatic reply or a bounce.
`storing.py` keeps it, with `sameness.py` to know a second delivery. What a letter leads to is decided in
intake, not here.
"""
