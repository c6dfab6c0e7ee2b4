# dbscan.R FILE.csv EPS - read, dbscan.
a <- commandArgs(TRUE)
r <- dbscan::dbscan(as.matrix(read.csv(a[1])), eps = as.numeric(a[2]), minPts = 5)
