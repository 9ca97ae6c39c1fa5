"""The mixed random trace on the kernel this machine runs: reads cases as JSON lines, builds their layers on a tmpfs, mounts each overlay
and times only its calls. Prints milliseconds. Needs root; run it by `npm run bench -- kernel`, which counts the calls."""

import ctypes
import json
import os
import subprocess
import sys
import tempfile
import time

libc = ctypes.CDLL(None, use_errno=True)
AT_FDCWD = -100
FLAGS = {"noreplace": 1, "exchange": 2, "whiteout": 4}


def make(base, tree):
    for name in sorted(n for n in tree if n != "."):
        node, path = tree[name], f"{base}/{name}"
        kind = node["t"]
        if kind == "dir":
            os.mkdir(path)
        elif kind == "symlink":
            os.symlink(node["to"], path)
        elif kind == "file":
            with open(path, "w") as file:
                file.write(node.get("data") or "")
        else:
            os.mknod(path, 0o20000, os.makedev(0, 0))
        for key, value in node.get("x", {}).items():
            os.setxattr(path, key, value.encode(), follow_symlinks=False)
        if "mode" in node and kind in ("dir", "file"):
            os.chmod(path, int(node["mode"], 8))


def put(path, flags, data):
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | flags, 0o666)
    try:
        os.write(fd, data)
    finally:
        os.close(fd)


def read(path):
    fd = os.open(path, os.O_RDONLY)
    try:
        os.read(fd, 65536)
    finally:
        os.close(fd)


def flags_of(op):
    flags = op.get("flags", [])
    return flags if isinstance(flags, list) else flags.replace("|", ",").split(",")


def opened(op, at):
    bits = 0
    for flag in flags_of(op):
        bits |= getattr(os, flag.strip() if flag.strip().startswith("O_") else "O_" + flag.strip(), 0)
    os.close(os.open(at(op["path"]), bits, 0o666))


def renamed(op, at):
    if not op.get("flags"):
        return os.rename(at(op["from"]), at(op["to"]))
    bits = sum(FLAGS.get(f.strip().lower().replace("rename_", ""), 0) for f in flags_of(op))
    return libc.renameat2(AT_FDCWD, at(op["from"]).encode(), AT_FDCWD, at(op["to"]).encode(), bits)


def call(op, at):
    """One operation as a function without arguments, so that nothing but the call is timed."""
    kind, path = op["op"], at(op["path"]) if "path" in op else ""
    data = op.get("data", "").encode()
    return {
        "rename": lambda: renamed(op, at),
        "link": lambda: os.link(at(op["from"]), at(op["to"])),
        "mkdir": lambda: os.mkdir(path, int(op.get("mode", "0755"), 8)),
        "readdir": lambda: os.listdir(path),
        "truncate": lambda: os.truncate(path, op["size"]),
        "write": lambda: put(path, os.O_TRUNC, data),
        "append": lambda: put(path, os.O_APPEND, data),
        "creat": lambda: put(path, os.O_EXCL, data),
        "read": lambda: read(path),
        "rmdir": lambda: os.rmdir(path),
        "unlink": lambda: os.unlink(path),
        "symlink": lambda: os.symlink(op["target"], path),
        "chown": lambda: os.lchown(path, op["uid"], op["gid"]),
        "chmod": lambda: os.chmod(path, int(op["mode"], 8)),
        "utimens": lambda: os.utime(path, (op["mtime"], op["mtime"])),
        "stat": lambda: os.lstat(path),
        "setxattr": lambda: os.setxattr(path, op["name"], op["value"].encode()),
        "open": lambda: opened(op, at),
        "readlink": lambda: os.readlink(path),
    }[kind]


def main():
    os.umask(0)
    base = tempfile.mkdtemp(prefix="strata-")
    subprocess.run(["mount", "-t", "tmpfs", "trace", base], check=True)
    spent = 0
    try:
        for i, line in enumerate(sys.stdin):
            case = json.loads(line)
            home = f"{base}/{i}"
            os.mkdir(home)
            lowers = []
            for j, tree in enumerate([*case["layers"], case["upper"]]):
                os.mkdir(f"{home}/{j}")
                make(f"{home}/{j}", tree)
                lowers.append(f"{home}/{j}")
            upper = lowers.pop()
            os.mkdir(f"{home}/w")
            os.mkdir(f"{home}/m")
            options = [f"lowerdir={':'.join(reversed(lowers))}", f"upperdir={upper}", f"workdir={home}/w", *case["mountOptions"]]
            subprocess.run(["mount", "-t", "overlay", "overlay", "-o", ",".join(options), f"{home}/m"], check=True)
            calls = [call(op, lambda path: f"{home}/m/{path}") for op in case["ops"]]
            start = time.perf_counter_ns()
            for each in calls:
                try:
                    each()
                except OSError:
                    pass
            spent += time.perf_counter_ns() - start
            subprocess.run(["umount", f"{home}/m"], check=True)
    finally:
        subprocess.run(["umount", base], check=True)
        os.rmdir(base)
    print(spent / 1e6)


main()
