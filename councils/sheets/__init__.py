"""Tables of the registry as spreadsheets: out, and back in after a trial run.

Generic, so it lives in the lowest layer. `reading` takes a file apart or refuses it,
`cells` turns the text of a cell into a field's value, `resources` compares rows with
the registry and writes them, `writing` makes files, `admin` shows all of it.
"""
