"""Fuzzing: hostile input for everything that reads what came from outside (`python -m tests.fuzz`, `make fuzz`).

`targets` are the functions that are fed, `seeds` what the search begins with, `mutations` changes that know German
minutes; `__main__` drives them with atheris (coverage-guided), or without it by chance alone.
"""
