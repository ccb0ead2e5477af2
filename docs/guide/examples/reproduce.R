# One published share of a release, computed again with R's survey package.
# Rscript reproduce.R RELEASE VARIABLE CODE      e.g. demo/releases/kz-attitudes/2026/1 WR_POLICE 1
suppressMessages({library(survey); library(jsonlite)})
arguments <- commandArgs(trailingOnly = TRUE); folder <- arguments[1]; variable <- arguments[2]; code <- as.numeric(arguments[3])

# 1. The rows: the Parquet file itself, or the CSV that Python made of it.
arrow <- requireNamespace("arrow", quietly = TRUE); parquet <- file.path(folder, "data.parquet")
if (!arrow && !file.exists("wave.csv")) stop("neither the package arrow nor wave.csv is here: make it by\n  .venv/bin/python -c \"import pandas; pandas.read_parquet('", parquet,
  "').to_csv('wave.csv', index=False)\"", call. = FALSE)
d <- if (arrow) as.data.frame(arrow::read_parquet(parquet)) else read.csv("wave.csv")
rows <- fromJSON(file.path(folder, "manifest.json"))$rows
if (nrow(d) != rows) stop("wave.csv has ", nrow(d), " rows and the release ", rows, ": it is of another wave, make it anew", call. = FALSE)
design <- fromJSON(file.path(folder, "design.json"), simplifyVector = FALSE)
options(survey.lonely.psu = design$lonely_psu)
cat("rows", nrow(d), "\n")

# 2. The base: missing codes are negative and leave it.
valid <- d[[variable]] >= 0; y <- as.numeric(d[[variable]] == code); w <- d[[design$weight]]
p <- sum(w[valid] * y[valid]) / sum(w[valid])
cat("base", sum(valid), "\nestimate", format(p, digits = 15), "\n")

# 3. Each row's influence on the share: nothing outside the base.
z <- ifelse(valid, w * (y - p), 0) / sum(w[valid])

# 4. Raked weights: what the margins explain is no error. One indicator a code; a missing code has none.
calibration <- design$calibration
if (!is.null(calibration)) {
  indicators <- lapply(calibration$margins, function(names) {
    cell <- do.call(paste, c(lapply(names, function(n) ifelse(d[[n]] >= 0, d[[n]], NA)), sep = ",")); known <- Reduce(`&`, lapply(names, function(n) d[[n]] >= 0))
    sapply(unique(cell[known]), function(value) as.numeric(known & cell == value))
  })
  X <- cbind(1, do.call(cbind, indicators), do.call(cbind, lapply(calibration$numeric, function(n) d[[n]])))
  metric <- if (calibration$method == "raking") rep(1, nrow(d)) else d[[calibration$base_weight]]
  z <- w * lm.wfit(X, z / w, metric)$residuals
}

# 5. The variance of a total under the design.
part <- function(names) if (length(names)) as.formula(paste("~", paste(names, collapse = " + "))) else NULL
clusters <- if (length(design$cluster)) part(design$cluster) else ~1
s <- svydesign(ids = clusters, strata = part(design$strata), fpc = part(design$fpc), weights = ~1, nest = TRUE, data = cbind(d, z = z))
se <- as.numeric(SE(svytotal(~z, s))); df <- degf(s)
cat("se", format(se, digits = 15), "\ndf", df, "\n")

# 6. The logit interval on Student's t.
ends <- plogis(qlogis(p) + c(-1, 1) * qt(.975, df) * se / (p * (1 - p)))
cat("low", format(ends[1], digits = 15), "\nhigh", format(ends[2], digits = 15), "\n")

# 7. The same from survey's own rake(), where nobody has a missing code in a margin.
if (!is.null(calibration) && calibration$method == "raking" && all(sapply(unlist(calibration$margins), function(n) all(d[[n]] >= 0)))) {
  base <- svydesign(ids = clusters, strata = part(design$strata), fpc = part(design$fpc), weights = part(calibration$base_weight), nest = TRUE, data = cbind(d, .y = y))
  margins <- fromJSON(file.path(folder, "weights.json"), simplifyVector = FALSE)$targets$margins
  targets <- lapply(margins, function(m) {
    cells <- strsplit(names(m$shares), ","); t <- as.data.frame(setNames(lapply(seq_along(m$variables), function(i) as.numeric(sapply(cells, `[`, i))), unlist(m$variables)))
    cbind(t, Freq = unlist(m$shares) * nrow(d))
  })
  raked <- rake(base, lapply(margins, function(m) part(unlist(m$variables))), targets, control = list(maxit = 500, epsilon = 1e-12))
  again <- svymean(~.y, raked[valid, ])
  cat("rake() estimate", format(as.numeric(coef(again)), digits = 15), "\nrake() se", format(as.numeric(SE(again)), digits = 15), "\nlargest difference of the weights", format(max(abs(weights(raked) / w - 1)), digits = 2), "\n")
}
