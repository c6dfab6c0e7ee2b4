# fread.R FILE.csv THREADS - data.table's fread, and nothing else.
a <- commandArgs(TRUE)
suppressMessages(library(data.table))
t <- fread(a[1], nThread = as.integer(a[2]), showProgress = FALSE)
