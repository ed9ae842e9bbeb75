"""The Python interpreter of notebooks: a process that runs cells (notebook rules 3-13, 15).

``python -m flownote.kernel --fd N`` speaks the protocol that is specified in
``runtime/kernel/src/protocol`` over the socket that it inherits. In reading order: `wire`
(frames), `control` (a thread that reads them), `session` (what each message does), `names`
(one ``__main__``, rebound before each cell), `cell` (how a cell runs), `output` and
`streams` (what it prints), `display` and `formatters` (what it shows), `shell` (what code
sees as ``get_ipython()``).

**Invariant:** nothing of the user's own code runs but in the main thread between an
`execute` and its `finished`, in the notebook's event loop, or in the user's own threads.
"""
