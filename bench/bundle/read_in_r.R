# A bundle's folder in; every SPSS and Stata file of it read by haven and compared with the CSV, cell by cell.
#   Rscript bench/bundle/read_in_r.R kz-thb-2027
suppressPackageStartupMessages({library(haven); library(survey)})
folder <- commandArgs(trailingOnly = TRUE)[1]
letters_of <- setNames(-1:-7, letters[1:7])
plain <- function(column) {
  values <- as.numeric(unclass(column))
  tags <- suppressWarnings(na_tag(column))
  ifelse(!is.na(tags), letters_of[tags], values)
}
for (csv in list.files(file.path(folder, "data"), "\\.csv$", full.names = TRUE)) {
  rows <- read.csv(csv, fileEncoding = "UTF-8-BOM", check.names = FALSE)
  stem <- sub("\\.csv$", "", csv)
  for (file in Sys.glob(paste0(stem, "-*.sav"))) {
    read <- read_sav(file, user_na = TRUE)
    same <- isTRUE(all.equal(unname(sapply(read, function(x) as.numeric(unclass(x)))), unname(as.matrix(rows)), check.attributes = FALSE))
    labelled <- sum(sapply(read, function(x) !is.null(attr(x, "labels"))))
    missing <- sum(is.na(read_sav(file)))
    cat(basename(file), "equal:", same, "labelled columns:", labelled, "missing values:", missing, "negative in CSV:", sum(rows < 0, na.rm = TRUE) + sum(is.na(rows)), "\n")
  }
  for (file in Sys.glob(paste0(stem, "-*.dta"))) {
    read <- read_dta(file)
    same <- isTRUE(all.equal(unname(sapply(read, plain)), unname(as.matrix(rows)), check.attributes = FALSE))
    cat(basename(file), "equal:", same, "\n")
  }
  if ("variance_unit" %in% names(rows)) {
    design <- svydesign(ids = ~variance_unit, weights = ~weight, data = rows)
    for (name in intersect(c("VB_ANY", "WR_POLICE"), names(rows))) {
      found <- svymean(as.formula(paste0("~", name)), subset(design, rows[[name]] >= 0))
      cat(name, sprintf("%.6f se %.6f", coef(found), SE(found)), "\n")
    }
  }
}
