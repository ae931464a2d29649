"""How the workers of one service agree on the bundle that they serve.

Every worker is a process of its own, and a request reaches any of them. They share a folder with a board, one small JSON
file that is changed under a lock and replaced whole. A reload is a two-phase commit on it: each worker fetches, checks,
opens and warms the bundle beside the one it serves; the last one to be ready commits; then each swaps one reference. If
any worker cannot load it, none serves it. Nobody coordinates, so nobody's end leaves the others waiting: a worker lives
as long as it holds the lock on its own file, which the kernel releases with the process, and those that are gone are not
waited for. A worker that is started again reads the board and serves what the others serve.
"""
