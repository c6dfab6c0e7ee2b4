# fread_fwrite.R IN.csv OUT.csv THREADS - a table read and written by data.table.
a <- commandArgs(TRUE)
suppressMessages(library(data.table))
setDTthreads(as.integer(a[3]))
fwrite(fread(a[1], showProgress = FALSE), a[2], showProgress = FALSE)
