"""sklearn_split.py FILE.csv A B - a quarter of the rows to A, the others to B."""
import sys

import pandas
from sklearn.model_selection import train_test_split

rest, test = train_test_split(pandas.read_csv(sys.argv[1]), test_size=0.25, random_state=1)
test.to_csv(sys.argv[2], index=False)
rest.to_csv(sys.argv[3], index=False)
