#!/usr/bin/env python3
"""Model streams as seeds of fuzz_stream_fixed: seeds.py OUT FILE... writes OUT/NAME with the records of each file, inflated and
without their frames (an empty one where a segment ends and another begins): a byte for the kind, two for the length, the content."""
import os
import sys
import zlib

KINDS = ["step", "rows", "x-profile", "x-golden", "x-sketch", "x-lineage", "x-any", ""]


def item(data, at):
    """Major type, value, bytes of a string, and where the next item begins."""
    major, info = data[at] >> 5, data[at] & 31
    more = 0 if info < 24 else 1 << info - 24
    value = info if info < 24 else int.from_bytes(data[at + 1:at + 1 + more], "big")
    at += 1 + more
    if major in (2, 3):
        return major, value, data[at:at + value], at + value
    return major, value, b"", at


def records(data):
    at = 0
    while at < len(data):
        if data[at:at + 3] == b"\xd9\xd9\xf7":
            if at:
                yield "", b""
            at += 9
            continue
        fields = []
        n = data[at] & 31
        at += 1
        for _ in range(n):
            _, value, text, at = item(data, at)
            fields.append(text or value)
        if n == 5:
            kind, flags, _, _, content = fields
            yield kind.decode(), zlib.decompress(content) if flags else content


out = sys.argv[1]
for path in sys.argv[2:]:
    seed = b""
    for kind, content in records(open(path, "rb").read()):
        seed += bytes([KINDS.index(kind)]) + len(content).to_bytes(2, "little") + content
    with open(os.path.join(out, os.path.basename(path).split(".")[0]), "wb") as f:
        f.write(seed)
