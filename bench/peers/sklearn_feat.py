"""sklearn_feat.py FILE.csv OUT - one-hot columns of the categories, numbers scaled, to a pickle."""
import sys

import pandas

t = pandas.read_csv(sys.argv[1])
y = t[["y", "z"]]
t = t.drop(columns=["y", "z"])
numbers = t.select_dtypes("number").columns
t[numbers] = (t[numbers] - t[numbers].mean()) / t[numbers].std(ddof=0)
pandas.concat([pandas.get_dummies(t), y], axis=1).to_pickle(sys.argv[2])
