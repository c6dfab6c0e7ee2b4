#!/usr/bin/env bats
# describe.bats - --describe is complete: valid JSON that says what --help says, for programs.
load helper

setup() {
	cd "$BATS_TEST_TMPDIR"
	command -v python3 >/dev/null || skip "no python3 to read JSON"
	cat >look.py <<'PY'
"""look.py JSON HELP: the JSON is strict, and has every option that the help text has, and no other."""
import json
import re
import sys


def no_constant(word):
    raise ValueError(word + " is not JSON")


def no_twins(pairs):
    assert len(dict(pairs)) == len(pairs), "a key twice: %s" % pairs
    return dict(pairs)


with open(sys.argv[1]) as f:
    d = json.load(f, parse_constant=no_constant, object_pairs_hook=no_twins)
with open(sys.argv[2]) as f:
    told = set(re.findall(r"^ {0,8}(?:-\w, +)?--([\w-]+)", f.read(), re.M))

options = list(d["options"])
for group in d.get("shared", []):
    assert group["title"] and group["options"]
    options += group["options"]
items = d["family"]["items"] if "family" in d else []
for item in items:
    assert item["name"] and item["summary"]
    options += item["options"]

types = {"bool": bool, "int": int, "real": (int, float), "size": int}
for o in options:
    assert o["name"] and o["help"] and "default" in o, o
    value = o["default"]
    assert value is None or isinstance(value, types.get(o["type"], (str, int, float, list))), o
    numeric = isinstance(value, (int, float)) and not isinstance(value, bool)
    if numeric and "min" in o:
        assert o["min"] <= value, o
    if numeric and "max" in o:
        assert value <= o["max"], o
    if "picks" in o and isinstance(value, str):
        assert value in o["picks"], o
    if "tune" in o:
        assert o["tune"]["scale"] == "words" or o["tune"]["min"] < o["tune"]["max"], o
    if "when" in o:
        assert any(p["name"] == o["when"]["option"] for p in options), o

described = {("no-" if o["type"] == "bool" and o["default"] is True else "") + o["name"] for o in options}
if "family" in d and d["family"]["picked_by"] != "operand":
    described |= {item["name"] for item in items}
missing = told - described
assert not missing, "not described: %s" % sorted(missing)
print(len(options))
PY
}

@test "every tool: --describe is strict JSON and has every option of --help" {
	for t in $(tools); do
		"$t" --describe >it.json
		"$t" --help >it.help
		run python3 look.py it.json it.help
		[ "$status" -eq 0 ] || fail "$t: $output"
		[ "$output" -gt 8 ] || fail "$t: only $output options"
	done
}

@test "every algorithm: --describe is strict JSON and has every option of its --help" {
	for a in $(ml-fit --list | sed 's/ .*//'); do
		ml-fit "$a" --describe >it.json
		ml-fit "$a" --help | sed -n '/^usage/,/^$/!p' | sed '/ml-fit --help/d' >it.help
		run python3 look.py it.json it.help
		[ "$status" -eq 0 ] || fail "$a: $output"
	done
}

@test "families: ml-fit --describe has the algorithms that --list has" {
	ml-fit --describe >it.json
	python3 -c 'import json; print("\n".join(i["name"] for i in json.load(open("it.json"))["family"]["items"]))' >names
	ml-fit --list | sed 's/ .*//' | cmp - names
}
