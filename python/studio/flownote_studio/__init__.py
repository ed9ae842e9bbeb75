"""The heavy half of Flownote: SQL, WASM and notebooks' kernels.

`flownote` finds this package when it is installed, and asks for it by name when it is not.
"""
