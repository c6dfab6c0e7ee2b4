"""sklearn_kmeans.py FILE.csv THREADS [CLUSTERS] - read with pandas, Lloyd's iterations from the first rows.

20 iterations on all columns but y and z; tells the inertia, which is ours when numbers are read exactly
(float_precision="round_trip", at a cost)."""
import os
import sys

os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = sys.argv[2]

import numpy
import pandas
from sklearn.cluster import KMeans

clusters = int(sys.argv[3]) if len(sys.argv) > 3 else 100
x = numpy.ascontiguousarray(pandas.read_csv(sys.argv[1]).drop(columns=["y", "z"]).values)
model = KMeans(clusters, init=x[:clusters], n_init=1, max_iter=20, tol=0, algorithm="lloyd").fit(x)
print(model.inertia_)
