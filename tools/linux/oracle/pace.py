#!/usr/bin/env python3
"""How fast the REAL kernel's overlayfs makes the calls of a trace: the same cases, and the same counting of calls, as `npm run bench -- kernel`.

  pace.py TRACE.jsonl[.gz] [RUNS]      run as root; works in a mount namespace of its own, on a fresh tmpfs

Every case is built and mounted outside the clock. What each operation calls is prepared beforehand; what is left of Python in the measured
time is one function call a system call, printed as `python` (the same loop over getppid).
"""
import sys, os, json, gzip, time, ctypes, tempfile
import ovl

CLONE_NEWNS = 0x20000
MS_REC, MS_PRIVATE = 16384, 1 << 18
CALLS = {'write': 3, 'append': 3, 'creat': 3, 'read': 3, 'open': 2, 'readdir': 3}


def prepared(run, op):
    """The system calls of one operation, as a function."""
    k = op['op']
    path = run.p(op) if 'path' in op else None
    if k in ('write', 'append', 'creat', 'read'):
        flags = {'write': os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 'append': os.O_WRONLY | os.O_CREAT | os.O_APPEND,
                 'creat': os.O_WRONLY | os.O_CREAT | os.O_EXCL, 'read': os.O_RDONLY}[k]
        mode, data = int(op.get('mode', '0644'), 8), op.get('data', '').encode()
        def file():
            fd = os.open(path, flags, mode)
            try:
                if k == 'read': os.read(fd, 65536)
                elif data: os.write(fd, data)
            finally: os.close(fd)
        return file
    if k == 'open':
        flags = sum({ovl.FL[f] for f in op['flags']})
        mode = int(op.get('mode', '0644'), 8)
        return lambda: os.close(os.open(path, flags, mode))
    if k == 'readdir':
        def listing():
            with os.scandir(path) as entries:
                for _ in entries: pass
        return listing
    if k == 'rename' and not op.get('flags'):
        a, b = run.p(op, 'from'), run.p(op, 'to')
        return lambda: os.rename(a, b)
    if k == 'link':
        a, b = run.p(op, 'from'), run.p(op, 'to')
        return lambda: os.link(a, b, follow_symlinks=False)
    simple = {
        'stat': (os.lstat,), 'unlink': (os.unlink,), 'rmdir': (os.rmdir,), 'readlink': (os.readlink,),
        'mkdir': (os.mkdir, int(op.get('mode', '0755'), 8)), 'chmod': (os.chmod, int(op.get('mode', '0'), 8)),
        'truncate': (os.truncate, op.get('size', 0)),
    }.get(k)
    if simple:
        call, *rest = simple
        return lambda: call(path, *rest)
    return lambda: run.do(op)


def clocked(calls):
    start = time.perf_counter_ns()
    for call in calls:
        try: call()
        except OSError: pass
    return time.perf_counter_ns() - start


def once(cases, base):
    spent = 0
    for i, case in enumerate(cases):
        place = os.path.join(base, str(i)); os.mkdir(place)
        run = ovl.Run(case, place)
        try:
            run.mount(ovl.MS_RDONLY if case.get('mountRO') else 0)
            spent += clocked([prepared(run, op) for op in case['ops']])
        finally: run.close()
    return spent


def main():
    trace, runs = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 3
    read = gzip.open if trace.endswith('.gz') else open
    with read(trace, 'rt') as lines: cases = [json.loads(line) for line in lines if line.strip()]
    cases = [case for case in cases if not any(op['op'] in ('remount', 'rotate') for op in case['ops'])]
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWNS) != 0: sys.exit('pace.py: needs root')
    libc.mount(b'none', b'/', None, ctypes.c_ulong(MS_REC | MS_PRIVATE), None)
    os.umask(0)
    base = tempfile.mkdtemp()
    ovl.cmount('pace', base, 'tmpfs', 0, 'mode=755')
    spent = []
    try:
        for i in range(runs):
            here = os.path.join(base, f'run{i}'); os.mkdir(here)
            spent.append(once(cases, here))
    finally:
        ovl.cumount(base, ovl.MNT_DETACH); os.rmdir(base)
    calls = sum(CALLS.get(op['op'], 1) for case in cases for op in case['ops'])
    nothing = clocked([os.getppid] * calls)
    print(json.dumps({'calls': calls, 'ms': round(min(spent) / 1e6, 1), 'python': round(nothing / 1e6, 1), 'callsPerSecond': round(calls / min(spent) * 1e9),
                      'kernel': os.uname().release.split('-')[0]}))


main()
