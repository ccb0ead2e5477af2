# A task, a folder with a poll and a number of replicates in; CPU and wall seconds and the answers out.
# Usage: Rscript theirs.R tables|raking|bootstrap FOLDER OUTPUT [REPLICATES]
suppressPackageStartupMessages({library(survey); library(jsonlite)})
said <- commandArgs(trailingOnly = TRUE)
task <- said[1]; home <- said[2]; output <- said[3]
about <- fromJSON(file.path(home, "poll.json"))
flat <- readBin(file.path(home, "poll.bin"), "double", about$rows * length(about$columns))
poll <- as.data.frame(matrix(flat, about$rows, dimnames = list(NULL, about$columns)))
rm(flat)
items <- paste0("i", 1:20)
margins <- names(about$targets)
for (name in c("wave", "grp", margins)) poll[[paste0(name, "_f")]] <- factor(poll[[name]])

tables <- function() {
  design <- svydesign(id = ~psu, strata = ~stratum, weights = ~weight, data = poll)
  found <- svyby(reformulate(items), ~ wave_f + grp_f, design, svymean)
  found <- found[order(as.integer(as.character(found$wave_f)), as.integer(as.character(found$grp_f))), ]
  list(estimate = as.matrix(found[, items]), se = as.matrix(found[, paste0("se.", items)]))
}

raking <- function() {
  design <- svydesign(id = ~psu, strata = ~stratum, weights = ~weight, data = poll)
  formulas <- lapply(margins, function(name) reformulate(paste0(name, "_f")))
  totals <- lapply(margins, function(name) {
    counts <- unlist(about$targets[[name]])
    counts <- counts[order(as.integer(names(counts)))]
    setNames(data.frame(names(counts), unname(counts)), c(paste0(name, "_f"), "Freq"))
  })
  raked <- rake(design, formulas, totals, control = list(maxit = 100, epsilon = 1e-10))
  list(weight = weights(raked))
}

bootstrap <- function(replicates) {
  set.seed(1)
  design <- svydesign(id = ~psu, strata = ~stratum, weights = ~weight, data = poll)
  replicated <- as.svrepdesign(design, type = "subbootstrap", replicates = replicates)
  fit <- svyglm(i1 ~ year, replicated, family = quasibinomial())
  list(slope = unname(coef(fit)[2]), se = unname(SE(fit)[2]))
}

invisible(gc(full = TRUE))
begun <- proc.time()
answer <- switch(task, tables = tables(), raking = raking(), bootstrap = bootstrap(as.integer(said[4])))
spent <- proc.time() - begun
peak <- as.numeric(sub("[^0-9]*([0-9]+).*", "\\1", grep("VmHWM", readLines("/proc/self/status"), value = TRUE)))
writeLines(toJSON(list(
  cpu = unbox(unname(spent["user.self"] + spent["sys.self"])), wall = unbox(unname(spent["elapsed"])),
  peak_mb = unbox(peak / 1024), program = unbox(paste("R survey", packageVersion("survey"))),
  answer = lapply(answer, as.vector)
), digits = NA), output)
