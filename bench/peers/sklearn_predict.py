"""sklearn_predict.py MODEL FILE.csv OUT [only] - append class and probabilities, or write them alone."""
import pickle
import sys

import pandas

with open(sys.argv[1], "rb") as file:
    model = pickle.load(file)
table = pandas.read_csv(sys.argv[2])
p = model.predict_proba(table.drop(columns=["y", "z"]))
out = pandas.DataFrame() if sys.argv[4:] else table
out["pred"] = model.classes_[p.argmax(axis=1)]
for k, name in enumerate(model.classes_):
    out["prob:" + name] = p[:, k]
out.to_csv(sys.argv[3], index=False)
