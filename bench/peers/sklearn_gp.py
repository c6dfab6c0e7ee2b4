"""sklearn_gp.py FILE.csv TASK - read with pandas, fit a Gaussian process of const*rbf + white (classes: const*rbf), its
parameters by marginal likelihood as scikit-learn finds them; tells the seconds of the fit alone and the marginal
likelihood.  TASK fixed: parameters as they are."""
import sys
import time

import pandas
from sklearn.gaussian_process import GaussianProcessClassifier, GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF, ConstantKernel, WhiteKernel

table = pandas.read_csv(sys.argv[1])
y = table.pop("y")
z = table.pop("z")
length = table.shape[1] ** 0.5
function = ConstantKernel(1.0) * RBF(length)
if sys.argv[2] == "classes":
    model, target = GaussianProcessClassifier(function, random_state=0), y
else:
    optimizer = None if sys.argv[2] == "fixed" else "fmin_l_bfgs_b"
    model, target = GaussianProcessRegressor(function + WhiteKernel(0.1), optimizer=optimizer, normalize_y=True,
                                             random_state=0), z
begin = time.time()
model.fit(table.values, target)
print("training alone: %.2f s, log marginal likelihood %.6f, %s"
      % (time.time() - begin, model.log_marginal_likelihood_value_, model.kernel_))
