# Shared by the scripts beside: reading the exported studies, declaring their designs, writing named results.
# Run by `make -C tests/reference`, which sets STUDIES to the folder of exported CSV files and JSON to the output folder.
suppressMessages({library(survey); library(jsonlite)})
STUDIES <- Sys.getenv("STUDIES"); JSON <- Sys.getenv("JSON")
if (STUDIES == "" || JSON == "") stop("run these scripts with `make -C tests/reference`")
study <- function(name) read.csv(file.path(STUDIES, paste0(name, ".csv")))
options(survey.lonely.psu = "fail")

votes <- study("votes"); clinics <- study("clinics"); schools <- study("schools")
marriages <- study("marriages"); cards <- study("cards"); classes <- study("classes")

# One name per design; tests/analysis/test_statsmodels_reference.py declares the same designs under the same names.
DESIGNS <- list(
  votes.strata_fpc    = svydesign(id = ~1, strata = ~place, weights = ~w_place, fpc = ~place_size, data = votes),
  votes.strata        = svydesign(id = ~1, strata = ~place, weights = ~w_place, data = votes),
  votes.elements      = svydesign(id = ~1, weights = ~w_person, data = votes),
  votes.clusters      = svydesign(id = ~band, strata = ~place, weights = ~w_person, nest = TRUE, data = votes),
  votes.clusters_fpc  = svydesign(id = ~band, strata = ~place, weights = ~w_person, fpc = ~band_count, nest = TRUE, data = votes),
  clinics.two_stage   = svydesign(id = ~town + street, strata = ~region, weights = ~w_stage, fpc = ~towns + streets, nest = TRUE, data = clinics),
  clinics.first_stage = svydesign(id = ~town, strata = ~region, weights = ~w_stage, nest = TRUE, data = clinics),
  schools.strata_fpc  = svydesign(id = ~1, strata = ~size, weights = ~w_size, fpc = ~size_count, data = schools),
  schools.counties    = svydesign(id = ~county, weights = ~w_county, fpc = ~counties, data = schools),
  marriages.waves     = svydesign(id = ~work, strata = ~stratum, weights = ~w, nest = TRUE, data = marriages),
  classes.scores      = svydesign(id = ~score, strata = ~PSI, weights = ~w, nest = TRUE, data = classes))

# R's default epsilon of 1e-8 leaves covariances of a GLM accurate to 1e-4 only; the warnings about convergence are harmless.
TIGHT <- glm.control(epsilon = 1e-16, maxit = 200)

RESULTS <- list()
put <- function(..., value) { key <- paste(..., sep = "."); if (!is.null(RESULTS[[key]])) stop("twice: ", key); RESULTS[[key]] <<- value }
num <- function(x) as.numeric(x)
done <- function(name) {
  RESULTS[["_meta"]] <<- list(R = R.version.string, survey = as.character(packageVersion("survey")), data = readLines(file.path(STUDIES, "source.txt")))
  write(toJSON(RESULTS, digits = NA, auto_unbox = TRUE, na = "null", pretty = TRUE), file.path(JSON, paste0(name, ".json")))
  cat(name, length(RESULTS) - 1, "keys\n")
}

# estimate, standard error, interval on Student's t with the domain's own degrees of freedom
row <- function(x, design, deff = FALSE) {
  df <- degf(design); ci <- confint(x, df = df)
  out <- list(estimate = num(coef(x)), se = num(SE(x)), low = num(ci[, 1]), high = num(ci[, 2]), df = df)
  if (deff) out$deff <- num(deff(x)); out
}
fit <- function(m) list(coef = num(coef(m)), names = names(coef(m)), vcov = unname(as.matrix(vcov(m))), df_resid = num(m$df.residual), p = num(summary(m, df.resid = m$df.residual)$coefficients[, 4]))
wald <- function(m, terms) { r <- regTermTest(m, terms); list(F = num(r$Ftest), df = num(r$df), ddf = num(r$ddf), p = num(r$p)) }
