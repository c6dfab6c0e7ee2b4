#!/usr/bin/env python3
"""Makes the streams of this directory and manifest.tsv, from the specification alone: it shares no code with
mlutils.  Run it in this directory after a change of the format; the files are kept, so tests need no Python."""
import struct
import zlib

TAG = b"\xd9\xd9\xf7"


def head(major, v):
    if v < 24:
        return bytes([major << 5 | v])
    for info, size in ((24, 1), (25, 2), (26, 4), (27, 8)):
        if v < 1 << 8 * size:
            return bytes([major << 5 | info]) + v.to_bytes(size, "big")
    raise ValueError(v)


def cbor(v):
    """The one form of a value: dict, list, str, bytes, int, float, None, True, or bytes made before (raw)."""
    if isinstance(v, raw):
        return bytes(v)
    if v is None or v is True:
        return b"\xf6" if v is None else b"\xf5"
    if isinstance(v, int):
        return head(0, v) if v >= 0 else head(1, -1 - v)
    if isinstance(v, float):
        return b"\xfb" + struct.pack(">d", v)
    if isinstance(v, str):
        return head(3, len(v.encode())) + v.encode()
    if isinstance(v, bytes):
        return head(2, len(v)) + v
    if isinstance(v, dict):
        return head(5, len(v)) + b"".join(cbor(k) + cbor(x) for k, x in v.items())
    return head(4, len(v)) + b"".join(cbor(x) for x in v)


class raw(bytes):
    pass


def reals(*v):
    return raw(head(6, 86) + cbor(struct.pack(f"<{len(v)}d", *v)))


def ints(*v):
    return raw(head(6, 78) + cbor(struct.pack(f"<{len(v)}i", *v)))


def record(kind, content, flags=None, size=None):
    """Bytes of a record and its crc; steps and ancillary records are deflated."""
    body = content if isinstance(content, bytes) else cbor(content)
    flags = (kind != "rows") if flags is None else flags
    packed = zlib.compress(body, 6) if flags & 1 else body
    size = len(body) if size is None else size
    parts = cbor(kind) + cbor(int(flags)) + cbor(size), cbor(packed)
    crc = zlib.crc32(parts[0] + parts[1])
    return b"\x85" + parts[0] + cbor(crc) + parts[1], crc


def segment(*records, version=1, count=None, order=None):
    start = TAG + cbor(raw(b"\x82" + cbor("mls") + cbor(version)))
    crc = zlib.crc32(start)
    for _, c in records:
        crc = zlib.crc32(struct.pack(">I", c), crc)
    n = len(records) if count is None else count
    body = [r for r, _ in records] if order is None else [records[i][0] for i in order]
    return start + b"".join(body) + b"\x83" + cbor("end") + cbor(n) + cbor(crc)


NAN = float("nan")
NAMES = {"names": ["x"], "kinds": ints(0)}
STEP = {"type": "scale", "format": 1, "needs": NAMES, "gives": {"names": [], "kinds": ints()}, "drops": [],
        "options": {"spec": "standard"}, "fields": {"center": reals(2.385), "factor": reals(0.75)}}
LINEAGE = {"program": "ml-feat", "version": "0.1.0", "seed": 7}


def column(name, kind, data, **more):
    v = {"name": name, "kind": kind}
    for key in ("role", "dummy", "levels"):
        if key in more:
            v[key] = more[key]
    v["data"] = data
    if "origin" in more:
        v["origin"] = more["origin"]
    return v


def rows(n, *columns, first=0, **more):
    return {**more, "first": first, "rows": n, "columns": list(columns)}


X = column("x", "number", reals(2.385, NAN), origin=[ints(1), ["NA"]])
C = column("c", "category", ints(1, -1), role="target", levels=["a", "\u00e4"])
T = column("t", "text", ["yz", None], role="id")
TABLE = rows(2, X, C, T)
MORE = rows(1, {"data": reals(-7.25)}, {"levels": ["new"], "data": ints(2)}, {"data": ["q"]}, first=2)
step, lineage, table, more = record("step", STEP), record("x-lineage", LINEAGE), record("rows", TABLE), record("rows", MORE)
model, whole = segment(step, lineage), segment(step, lineage, table, more)

# name, outcome, bytes, what it is or what is wrong
CASES = [
    ("good-model", "ok", model, "a step and its lineage"),
    ("good-table", "ok", segment(table, more), "rows in two records; the second adds a level"),
    ("good-whole", "ok", whole, "a step, its lineage, rows"),
    ("good-joined", "ok", model + whole, "two segments, as cat makes them"),
    ("good-no-rows", "ok", segment(record("rows", rows(0, column("x", "number", reals())))), "columns, but no rows"),
    ("good-stored-step", "ok", segment(record("step", STEP, flags=0)), "a step that is not deflated"),
    ("good-deflated-rows", "ok", segment(record("rows", TABLE, flags=1)), "rows that are deflated"),
    ("good-ancillary", "ok", segment(step, record("x-unknown", {"any": [], "n": 1.5})), "an ancillary kind nobody knows"),
    ("good-chain", "ok", segment(record("rows", rows(2, X, C, T, chain=bytes(range(32))))), "rows that tell their chain"),
    ("bad-empty", "E-STREAM", b"", "no bytes at all"),
    ("bad-cut-head", "E-STREAM", model[:7], "cut inside the head"),
    ("bad-cut-record", "E-STREAM", model[:100], "cut inside the bytes of the step"),
    ("bad-cut-end", "E-STREAM", model[:-3], "cut inside the end record"),
    ("bad-no-end", "E-STREAM", model[:model.rindex(b"\x83cend")], "no end record"),
    ("bad-no-end-joined", "E-STREAM", model[:model.rindex(b"\x83cend")] + model, "a segment begins before the end record"),
    ("bad-junk-before", "E-STREAM", b"\n" + model, "a byte before the head"),
    ("bad-junk-behind", "E-STREAM", model + b"\n", "a byte behind the end record"),
    ("bad-crc", "E-STREAM", model[:-30] + bytes([model[-30] ^ 16]) + model[-29:], "a flipped bit in the bytes of a record"),
    ("bad-flag-flip", "E-STREAM", model.replace(b"\x64step\x01", b"\x64step\x03"), "a flipped bit of flags is no newer version"),
    ("bad-kind-flip", "E-STREAM", model.replace(b"x-lineage", b"y-lineage"), "a flipped bit of the kind is no newer version"),
    ("bad-count", "E-STREAM", segment(step, lineage, count=3), "the end record tells of one record more"),
    ("bad-order", "E-STREAM", segment(step, lineage, order=[1, 0]), "records swapped"),
    ("bad-removed", "E-STREAM", segment(step, lineage, count=1, order=[0]), "a record is missing, the count repaired"),
    ("bad-repeated", "E-STREAM", segment(step, count=2, order=[0, 0]), "a record twice, the count repaired"),
    ("bad-rows-order", "E-STREAM", segment(more, table), "rows that do not begin with the first"),
    ("bad-step-behind-rows", "E-STREAM", segment(table, step), "a step behind rows in one segment"),
    ("bad-bomb", "E-STREAM", segment(record("step", bytes(1 << 20), size=100)), "inflates to more than it states"),
    ("bad-short", "E-STREAM", segment(record("step", STEP, size=1000)), "inflates to less than it states"),
    ("bad-stored-size", "E-STREAM", segment(record("rows", TABLE, size=5)), "stored, but its size is not its raw size"),
    ("bad-claim", "E-LIMIT", model[:16] + cbor(1 << 60) + cbor(0) + head(2, 1 << 40) + b"x", "sizes far over the limits, which nothing follows"),
    ("bad-claim-cut", "E-STREAM", model[:16] + cbor(1 << 29) + cbor(0) + head(2, 1 << 29) + b"x", "a length that nothing follows"),
    ("bad-long-head", "E-STREAM", model[:8] + b"\x18\x01" + model[9:], "the version with a head that is not the shortest"),
    ("bad-field-twice", "E-MODEL", segment(record("step", raw(b"\xa2" + (cbor("a") + cbor(1)) * 2))), "a field twice"),
    ("bad-field-infinite", "E-MODEL", segment(record("step", {"a": reals(float("inf"))})), "an infinite number"),
    ("bad-field-odd", "E-MODEL", segment(record("step", {"a": raw(head(6, 86) + cbor(b"1234567"))})), "a typed array of seven bytes"),
    ("bad-field-deep", "E-MODEL", segment(record("step", raw(b"\xa1\x61a" * 9 + b"\xa0"))), "maps nested nine deep"),
    ("bad-code", "E-MODEL", segment(record("rows", rows(1, column("c", "category", ints(2), levels=["a", "b"])))), "a code without a level"),
    ("bad-level-twice", "E-MODEL", segment(record("rows", rows(1, column("c", "category", ints(0), levels=["a", "a"])))), "a level twice"),
    ("bad-level-empty", "E-MODEL", segment(record("rows", rows(1, column("c", "category", ints(0), levels=[""])))), "an empty level"),
    ("bad-text-empty", "E-MODEL", segment(record("rows", rows(1, column("t", "text", [""])))), "an empty text"),
    ("bad-column-twice", "E-MODEL", segment(record("rows", rows(2, X, X))), "a column twice"),
    ("bad-ragged", "E-MODEL", segment(record("rows", rows(2, X, column("y", "number", reals(1.0))))), "columns of unequal length"),
    ("bad-nan", "E-MODEL", segment(record("rows", rows(1, column("x", "number", raw(head(6, 86) + cbor(b"\1" + bytes(5) + b"\xf8\x7f")))))), "another NaN than the canonical one"),
    ("unsupported-version", "E-VERSION", segment(step, version=2), "version 2 of the format"),
    ("unsupported-kind", "E-VERSION", segment(step, record("shards", {})), "a kind that is not ancillary and not known"),
    ("unsupported-flags", "E-VERSION", segment(record("step", STEP, flags=3)), "an unknown flag"),
]

with open("manifest.tsv", "w") as manifest:
    print("# file\toutcome\twhat it is, or what is wrong; made by make.py", file=manifest)
    for name, outcome, data, why in CASES:
        with open(name + ".mls", "wb") as f:
            f.write(data)
        print(f"{name}.mls\t{outcome}\t{why}", file=manifest)
