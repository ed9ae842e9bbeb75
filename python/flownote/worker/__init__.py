"""Workers: the processes that run attempts.

`wire` is what they say and hear, `task` runs one attempt, `zygote` forks a warm process
for each, `__main__` is a fresh interpreter, `in_process` runs them in the caller's own.
None of them opens the datastore: they read files that are there and write into a staging
folder; the engine publishes (engine rule 3).
"""
