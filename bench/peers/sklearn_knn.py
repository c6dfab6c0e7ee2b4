"""sklearn_knn.py TRAIN.csv TEST.csv THREADS - read with pandas, standardise, ask the 5 nearest of TRAIN about TEST."""
import os
import sys

os.environ["OPENBLAS_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = sys.argv[3]
import pandas
from sklearn.neighbors import KNeighborsClassifier
from sklearn.preprocessing import StandardScaler

train, test = pandas.read_csv(sys.argv[1]), pandas.read_csv(sys.argv[2])
y, truth = train.pop("y"), test.pop("y")
scale = StandardScaler().fit(train.values)
model = KNeighborsClassifier(5, n_jobs=int(sys.argv[3])).fit(scale.transform(train.values), y)
print("accuracy", (model.predict(scale.transform(test.values)) == truth).mean())
