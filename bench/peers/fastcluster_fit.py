"""fastcluster_fit.py FILE.csv - read, Ward's method without a matrix of distances."""
import sys

import fastcluster
import numpy

fastcluster.linkage_vector(numpy.loadtxt(sys.argv[1], delimiter=",", skiprows=1), "ward")
