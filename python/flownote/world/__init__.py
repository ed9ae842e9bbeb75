"""What a task reads of the world beside its artifacts (engine rule 23).

`watch` sees by Python's audit events what is opened, `files` records the files of it, and
`readers` wraps libraries that read without Python's knowledge; `web` and `stores` record
versions of what comes over a network. What is seen and can't be recorded makes the result
unverified: it isn't reused silently.
"""
