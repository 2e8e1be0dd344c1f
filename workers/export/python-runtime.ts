/** The Python around an exported model: reads rows, prepares columns and runs the form as the app does. Needs numpy and nothing else. */
export const runtime = String.raw`
import base64
import csv
import json
import re
import sys
from datetime import datetime, timezone

import numpy as np

DAY = 86400000.0


def _revive(v):
    """Arrays travel as base64 of little-endian numbers."""
    if isinstance(v, dict):
        if set(v) == {"$", "b"}:
            return np.frombuffer(base64.b64decode(v["b"]), dtype="<" + v["$"])
        return {k: _revive(x) for k, x in v.items()}
    return [_revive(x) for x in v] if isinstance(v, list) else v


MODEL = _revive(json.loads(_JSON))


# ---- reading cells


def _number(value, reading):
    if value is None:
        return np.nan
    if isinstance(value, (int, float)):
        return float(value) if np.isfinite(value) else np.nan
    text = str(value).strip()
    for part in (reading.get("prefix"), reading.get("suffix")):
        if part:
            text = text.removeprefix(part) if part == reading.get("prefix") else text.removesuffix(part)
    if reading.get("thousands"):
        text = text.replace(reading["thousands"], "")
    if reading.get("decimal") == ",":
        text = text.replace(",", ".")
    text = text.strip().replace("\u2212", "-")
    if not re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", text):
        return np.nan
    v = float(text)
    return v if np.isfinite(v) else np.nan


_TOKENS = {"YYYY": r"(?P<Y>\d{4})", "MM": r"(?P<M>\d{2})", "M": r"(?P<M>\d{1,2})", "DD": r"(?P<D>\d{2})", "D": r"(?P<D>\d{1,2})", "HH": r"(?P<h>\d{1,2})", "mm": r"(?P<m>\d{2})", "ss": r"(?P<s>\d{2}(\.\d+)?)"}


def _time(value, reading):
    """Milliseconds since 1970 UTC."""
    if value is None:
        return np.nan
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=timezone.utc)).timestamp() * 1000.0
    if isinstance(value, (int, float)):
        return float(value)
    pattern = re.sub("YYYY|MM|M|DD|D|HH|mm|ss|.", lambda m: _TOKENS.get(m[0]) or re.escape(m[0]), reading["format"])
    found = re.fullmatch(pattern, str(value).strip())
    if not found:
        return np.nan
    g = {k: v for k, v in found.groupdict().items() if v is not None}
    try:
        day = datetime(int(g["Y"]), int(g.get("M", 1)), int(g.get("D", 1)), int(g.get("h", 0)), int(g.get("m", 0)), tzinfo=timezone.utc)
    except ValueError:
        return np.nan
    return day.timestamp() * 1000.0 + 1000.0 * float(g.get("s", 0))


def _cells(rows, i):
    """A column: an array of numbers, or a list of texts in which None is missing."""
    name, kind, reading = i["name"], i["kind"], i["reading"]
    missing = {"", *MODEL["missing"], *reading.get("missing", [])}
    raw = [None if r.get(name) is None or str(r.get(name)).strip() in missing else r.get(name) for r in rows]
    if kind == "number":
        return np.array([_number(v, reading) for v in raw], dtype=float)
    if kind == "time":
        return np.array([_time(v, reading) for v in raw], dtype=float)
    return [None if v is None else str(v) for v in raw]


# ---- steps: what was learnt, applied


def _distinct(pairs):
    taken, out = set(), []
    for name, column in pairs:
        free, k = name, 2
        while free in taken:
            free, k = "%s (%d)" % (name, k), k + 1
        taken.add(free)
        out.append((free, column))
    return out


def _impute(names, columns, state, params):
    out = []
    for name, c, fill, gaps in zip(names, columns, state["fills"], state["gaps"]):
        if isinstance(c, list):
            was = np.array([v is None for v in c], dtype=float)
            out.append((name, [fill if v is None else v for v in c]))
        else:
            was = np.isnan(c).astype(float)
            out.append((name, np.where(np.isnan(c), fill, c)))
        if params["indicator"] and gaps > 0:
            out.append((name + " missing", was))
    return out


def _standardise(names, columns, state, params):
    return [(n, np.where(np.isnan(c), np.nan, 0.0) if s == 0 else (c - m) / s) for n, c, m, s in zip(names, columns, state["mean"], state["scale"])]


def _one_hot(names, columns, state, params):
    out = []
    for name, c, own, rare, dropped in zip(names, columns, state["levels"], state["rare"], state["dropped"]):
        out += [(name + "=" + l, np.array([v == l for v in c], dtype=float)) for l in own[dropped:]]
        if rare:
            other = set(rare)
            out.append((name + "=other", np.array([v in other for v in c], dtype=float)))
        if params["missing"] == "column":
            out.append((name + "=missing", np.array([v is None for v in c], dtype=float)))
    return _distinct(out)


_CYCLE = {"month": (12, 1), "weekday": (7, 0), "hour": (24, 0), "day of year": (365.25, 1)}


def _part(ms, part, start):
    if np.isnan(ms):
        return np.nan
    if part == "days since start":
        return (ms - start) / DAY
    d = datetime.fromtimestamp(ms // 1000, tz=timezone.utc)
    return float({"year": d.year, "month": d.month, "day": d.day, "weekday": d.weekday(), "hour": d.hour, "day of year": d.timetuple().tm_yday, "weekend": d.weekday() >= 5}[part])


def _date_parts(names, columns, state, params):
    out = []
    for name, c, parts, start in zip(names, columns, state["parts"], state["start"]):
        for part in parts:
            v = np.array([_part(ms, part, start) for ms in c], dtype=float)
            if params["cyclic"] and part in _CYCLE:
                period, first = _CYCLE[part]
                angle = (v - first) / period * 2 * np.pi
                out += [("%s %s sin" % (name, part), np.sin(angle)), ("%s %s cos" % (name, part), np.cos(angle))]
            else:
                out.append(("%s %s" % (name, part), v))
    return _distinct(out)


_STEPS = {"impute": _impute, "standardise": _standardise, "one-hot": _one_hot, "date-parts": _date_parts, "drop-columns": lambda *_: []}


def _matrix(columns, recipe):
    for f in recipe:
        given = [columns[n] for n in f["on"]]
        if f["step"] == "align-levels":
            out = []
            for c, kind, levels in zip(given, f["state"]["kinds"], f["state"]["levels"]):
                if kind == "category":
                    at = {l: float(k) for k, l in enumerate(levels)}
                    out.append([at.get(v, np.nan) for v in c])
                else:
                    out.append(c)
            big = np.finfo(np.float32).max
            return np.clip(np.array(out, dtype=float).T.reshape(-1, len(out)), -big, big).astype(np.float32)
        made = _STEPS[f["step"]](f["on"], given, f["state"], f["params"])
        columns = {**{n: c for n, c in columns.items() if n not in f["on"]}, **dict(made)}
    raise ValueError("the recipe has no end")


# ---- forms


def _linked(form, z):
    link = form["link"]
    if link == "sigmoid":
        e = np.exp(-np.abs(z))
        p = np.where(z >= 0, 1 / (1 + e), e / (1 + e))
        return np.hstack([np.where(z >= 0, e / (1 + e), 1 / (1 + e)), p])
    if link == "softmax":
        e = np.exp(z - z.max(axis=1, keepdims=True))
        return e / e.sum(axis=1, keepdims=True)
    if link == "rest":
        return _linked({"link": "softmax"}, -np.logaddexp(0, -z))
    if link == "cumulative":
        # The score of a class is the log odds of it or a higher one: sigmoids, less that of the next lower score of the row.
        order = np.argsort(-z, axis=1, kind="stable")
        s = np.take_along_axis(z, order, axis=1)
        above = np.hstack([np.zeros((len(z), 1)), np.exp(-np.logaddexp(0, s[:, 1:]))])
        reach = np.hstack([np.ones((len(z), 1)), np.exp(-np.logaddexp(0, -s[:, 1:]))])
        step = np.hstack([-np.expm1(s[:, 1:] - s[:, :-1]), np.ones((len(z), 1))])
        low = np.hstack([above[:, 1:], np.ones((len(z), 1))])
        p = reach * low * step
        p[:, 0] = low[:, 0]
        out = np.empty_like(p)
        np.put_along_axis(out, order, p, axis=1)
        return out
    return np.exp(np.minimum(z, 709)) if link == "log" else z


_CURVES = {
    "linear": lambda z: z,
    "relu": lambda z: np.maximum(z, 0),
    "tanh": np.tanh,
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
    "elu": lambda z: np.where(z > 0, z, np.expm1(np.minimum(z, 0))),
    "selu": lambda z: 1.0507009873554805 * np.where(z > 0, z, 1.6732632423543772 * np.expm1(np.minimum(z, 0))),
    "swish": lambda z: z / (1 + np.exp(-z)),
}


def _linear(form, X):
    weights = form["weights"].reshape(-1, form["inputs"])
    # A column without any weight has no part in the scores, even where its value is missing.
    used = (weights != 0).any(axis=0)
    return X.astype(float)[:, used] @ weights[:, used].T + form["bias"]


def _layers(form, X):
    return _through(form["layers"], X.astype(float)) * form["scale"] + form["shift"]


def _through(layers, h):
    for l in layers:
        h = _CURVES[l["activation"]](h @ l["weights"].astype(float).reshape(-1, l["units"]) + l["bias"])
    return h


def _network(form, X):
    X = X.astype(float)
    x = (X[:, form["numbers"]] - form["centre"]) / form["spread"]
    x[np.isnan(x)] = 0
    k = form["blocks"][-1]["layers"][-1]["units"]
    parts = [x]
    wide = x @ form["wide"].astype(float).reshape(-1, k) if len(form["wide"]) else np.zeros((len(X), k))
    for t in form["tables"]:
        v, last = X[:, t["column"]], t["levels"] - 1
        code = np.where((v >= 0) & (v < last), v, last).astype(int)
        parts.append(t["weights"].astype(float).reshape(-1, t["width"])[code])
        if len(t["wide"]):
            wide = wide + t["wide"].astype(float).reshape(-1, k)[code]
    h = np.hstack(parts)
    for b in form["blocks"]:
        g = b["before"]
        z = _through(b["layers"], _CURVES[g["activation"]](h * g["scale"].astype(float) + g["shift"]) if g else h)
        h = h + z if b["skip"] else z
    return (h + wide) * form["scale"] + form["shift"]


def _left(form, node, x):
    start = form["set"][node]
    nan = np.isnan(x)
    left = np.where(nan, form["missingLeft"][node] == 1, x <= form["threshold"][node])
    for i in np.flatnonzero(start >= 0):
        words = form["setWords"]
        if nan[i] or x[i] < 0 or x[i] >= words[start[i]] * 32:
            left[i] = form["missingLeft"][node[i]] == 1
        else:
            level = int(x[i])
            left[i] = bool((int(words[start[i] + 1 + (level >> 5)]) >> (level & 31)) & 1)
    return left


def _trees(form, X):
    n, width = len(X), form["width"]
    value = form["value"].reshape(-1, width)
    raw = np.zeros((n, len(form["base"])))
    for root, score in zip(form["roots"], form["score"]):
        node = np.full(n, root)
        while True:
            inner = np.flatnonzero(form["feature"][node] >= 0)
            if not len(inner):
                break
            at = node[inner]
            left = _left(form, at, X[inner, form["feature"][at]])
            node[inner] = np.where(left, form["left"][at], form["right"][at])
        if score >= 0:
            raw[:, score] += value[node, 0]
        else:
            raw += value[node]
    return raw / len(form["roots"]) + form["base"] if form["average"] else raw + form["base"]


def _kernel(form, A, B):
    if form["kernel"] == "rbf":
        # Row by row, so that only one table of differences is held; differences keep small distances exact.
        square = np.array([np.square(a - B).sum(axis=1) for a in A]).reshape(len(A), len(B))
        return np.exp(-form["gamma"] * square)
    if form["kernel"] == "laplacian":
        return np.exp(-form["gamma"] * np.array([np.abs(a - B).sum(axis=1) for a in A]).reshape(len(A), len(B)))
    z = A @ B.T
    if form["kernel"] == "linear":
        return z
    z = form["gamma"] * z + form["coef0"]
    return np.tanh(z) if form["kernel"] == "sigmoid" else z ** form["degree"]


def _kernels(form, X):
    K = _kernel(form, X.astype(float), form["points"].reshape(-1, max(1, form["inputs"])).astype(float))
    ends = form["starts"]
    f = np.empty((len(X), len(form["intercepts"])))
    for m, b in enumerate(form["intercepts"]):
        terms = slice(ends[m], ends[m + 1])
        f[:, m] = b + K[:, form["point"][terms]] @ form["coefficients"][terms]
    # Sums of values that lie beyond all numbers.
    f = np.clip(np.nan_to_num(f), -1e150, 1e150)
    if form["outputs"] == 1:
        return f * form["scale"] + form["shift"]
    p = np.zeros((len(X), form["outputs"]))
    classes, k = form["classes"], len(form["classes"])
    z = f * form["slopes"] + form["offsets"]
    e = np.exp(-np.abs(z))
    first = np.where(z >= 0, e / (1 + e), 1 / (1 + e))
    if k == 1:
        p[:, classes[0]] = 1
    elif k == 2:
        p[:, classes[0]] = first[:, 0]
        p[:, classes[1]] = np.where(z >= 0, 1 / (1 + e), e / (1 + e))[:, 0]
    else:
        # Pairs to classes: Wu, Lin & Weng 2004, second method.
        first = np.clip(first, 1e-7, 1 - 1e-7)
        i, j = np.triu_indices(k, 1)
        for row in range(len(X)):
            r = np.zeros((k, k))
            r[i, j], r[j, i] = first[row], 1 - first[row]
            q = np.diag((r ** 2).sum(axis=0)) - r * r.T + 1
            share = np.maximum(0, np.linalg.solve(q, np.ones(k)))
            p[row, classes] = share / share.sum()
    return p


def _cell(axis, x):
    """The cell of each value, and the share of the way to the next one."""
    at, n = axis["at"], len(axis["at"])
    nan = np.isnan(x)
    below = np.searchsorted(at, x, side="left")
    share = np.zeros(len(x))
    if axis["shape"] == "constant":
        return np.where(nan, n + 1, below), share
    if axis["shape"] == "levels":
        known = (below < n) & (np.append(at, np.nan)[below] == x)
        return np.where(known, below, n), share
    cell = np.clip(below - 1, 0, max(0, n - 2))
    if n > 1:
        share = np.where(nan, 0.0, (x - at[cell]) / (at[cell + 1] - at[cell]))
    return np.where(nan, n, cell), share


def _curve(term, axis, scores, x):
    """Cubics by values and slopes at their knots; straight on beyond them."""
    at = axis["at"]
    v, s = term["values"].reshape(-1, scores), term["slopes"].reshape(-1, scores)
    c = np.clip(np.searchsorted(at, x, side="left") - 1, 0, len(at) - 2)
    h = (at[c + 1] - at[c])[:, None]
    t = (x - at[c])[:, None] / h
    rise, a, b = v[c + 1] - v[c], s[c] * h, s[c + 1] * h
    z = v[c] + t * (a + t * (3 * rise - 2 * a - b + t * (a + b - 2 * rise)))
    z = np.where((x <= at[0])[:, None], v[0] + s[0] * (x - at[0])[:, None], z)
    z = np.where((x >= at[-1])[:, None], v[len(at) - 1] + s[len(at) - 1] * (x - at[-1])[:, None], z)
    return np.where(np.isnan(x)[:, None], v[len(at)], z)


def _additive(form, X):
    scores = len(form["bias"])
    raw = np.tile(form["bias"], (len(X), 1))
    for term in form["terms"]:
        axes = term["axes"]
        x = [X[:, a["column"]].astype(float) for a in axes]
        if axes[0]["shape"] == "cubic":
            raw += _curve(term, axes[0], scores, x[0])
            continue
        sizes = [len(a["at"]) + (2 if a["shape"] == "constant" else 1) for a in axes]
        v = term["values"].reshape(*sizes, scores)
        cells = [_cell(a, c) for a, c in zip(axes, x)]
        (c, s), rest = cells[0], cells[1:]
        on = np.minimum(c + 1, sizes[0] - 1)
        if rest:
            d, t = rest[0]
            then = np.minimum(d + 1, sizes[1] - 1)
            here = v[c, d] + t[:, None] * (v[c, then] - v[c, d])
            there = v[on, d] + t[:, None] * (v[on, then] - v[on, d])
        else:
            here, there = v[c], v[on]
        raw += here + s[:, None] * (there - here)
    return raw


def _predict(form, X):
    if form["form"] == "kernels":
        return _kernels(form, X)
    if form["form"] == "blend":
        return sum(share * _predict(part, X) for part, share in zip(form["parts"], form["shares"]))
    return _linked(form, {"linear": _linear, "layers": _layers, "network": _network, "trees": _trees, "additive": _additive}[form["form"]](form, X))


TARGETS = [MODEL, *MODEL.get("also", [])]


def _told(levels, answer):
    """An answer as a column, for the targets after it in a chain."""
    if not levels:
        return answer[:, 0]
    at = answer.argmax(axis=1)
    return at.astype(float) if len(levels) == 2 else [levels[k] for k in at]


def predict_each(rows):
    """As predict, for every target: a dict from its name to its array."""
    for i in MODEL["inputs"]:
        if rows and all(i["name"] not in r for r in rows):
            raise KeyError("the column %r is missing" % i["name"])
    columns = {i["name"]: _cells(rows, i) for i in MODEL["inputs"]}
    answers = {}
    for t in TARGETS:
        answers[t["target"]] = _predict(t["form"], _matrix(columns, t["recipe"]))
        if MODEL.get("chain"):
            columns = {**columns, t["target"]: _told(t["levels"], answers[t["target"]])}
    return answers


def predict(rows):
    """rows: dicts from column name to a text, a number, a datetime or None. Gives an array: one column of values, or one probability per class (see CLASSES). Of several targets, the first."""
    return predict_each(rows)[MODEL["target"]]


CLASSES = MODEL["levels"]


def _harmless(text):
    """A spreadsheet must not run a cell (OWASP: CSV injection)."""
    return "'" + text if re.match(r"[=+\-@\t\r]", text) else text


def main(path):
    with open(path, newline="", encoding="utf-8-sig") as file:
        head = file.readline()
        file.seek(0)
        rows = list(csv.DictReader(file, delimiter=max(",;\t|", key=head.count)))
    answers = predict_each(rows)
    out = csv.writer(sys.stdout)
    head = []
    for t in TARGETS:
        start = "probability_" if len(TARGETS) == 1 else "probability_" + t["target"] + "_"
        head += [_harmless("predicted_" + t["target"]), *(start + c for c in t["levels"])]
    out.writerow(head)
    for row in range(len(rows)):
        line = []
        for t in TARGETS:
            a = answers[t["target"]][row]
            line += [_harmless(t["levels"][int(a.argmax())]), *map(repr, map(float, a))] if t["levels"] else [repr(float(a[0]))]
        out.writerow(line)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python3 %s FILE.csv > PREDICTIONS.csv" % sys.argv[0])
    main(sys.argv[1])
`;
