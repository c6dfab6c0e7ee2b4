"""sklearn_cluster.py dbscan|gmm|lof FILE.csv - read with pandas, fit, 2 threads where it has them."""
import sys

import pandas
from sklearn.cluster import DBSCAN
from sklearn.mixture import GaussianMixture
from sklearn.neighbors import LocalOutlierFactor

what, path = sys.argv[1:3]
x = pandas.read_csv(path).values
{
    "dbscan": DBSCAN(eps=0.3, min_samples=5, n_jobs=2),
    "gmm": GaussianMixture(12, random_state=0),
    "lof": LocalOutlierFactor(20, n_jobs=2),
}[what].fit(x)
