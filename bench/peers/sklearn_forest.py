"""sklearn_forest.py FILE.csv THREADS - read with pandas, fit 100 trees with sqrt(p) features a node; tells the seconds of
the fit alone."""
import sys
import time

import pandas
from sklearn.ensemble import RandomForestClassifier

table = pandas.read_csv(sys.argv[1])
y = table.pop("y")
table.pop("z")
begin = time.time()
RandomForestClassifier(100, max_features="sqrt", n_jobs=int(sys.argv[2]), random_state=0).fit(table.values, y)
print("training alone: %.2f s" % (time.time() - begin))
