# Scales on the study `votes` by R survey, lavaan and psych: alpha with its design-based error, weighted and clustered factor
# models, ordinal invariance. Run by `make -C tests/reference scales`, which sets STUDIES to the exported files.
suppressMessages({library(survey); library(lavaan); library(psych); library(jsonlite)})
v <- read.csv(file.path(Sys.getenv("STUDIES"), "votes.csv")); v$ClinLR <- 8 - v$ClinLR
items <- c("PID", "selfLR", "ClinLR", "DoleLR"); p <- length(items)
RES <- list(); put <- function(key, value) RES[[key]] <<- value; num <- function(x) as.numeric(x)
designs <- list(elements = svydesign(id = ~1, weights = ~w_person, data = v), strata_fpc = svydesign(id = ~1, strata = ~place, weights = ~w_place, fpc = ~place_size, data = v),
                clusters = svydesign(id = ~band, strata = ~place, weights = ~w_person, nest = TRUE, data = v))
# alpha is a function of svyvar's covariances: its error by the delta method, all gradients written out
for (name in names(designs)) {
  d <- subset(designs[[name]], complete.cases(v[, items])); m <- svyvar(~PID + selfLR + ClinLR + DoleLR, d)
  C <- matrix(coef(m), p); alpha <- p / (p - 1) * (1 - sum(diag(C)) / sum(C))
  g <- matrix(p / (p - 1) * sum(diag(C)) / sum(C)^2, p, p) - diag(p / (p - 1) / sum(C), p); V <- attr(m, "var")
  put(paste0("alpha.", name), list(alpha = alpha, se = sqrt(num(t(c(g)) %*% V %*% c(g))), cov = unname(C)))
}
# personality items (bfi, the shared data) with weights, strata and clusters made by fixed rules
b <- read.csv(file.path(Sys.getenv("SHARED"), "data", "bfi.csv"), na.strings = c("", "NA"))
b$w <- 0.5 + (seq_len(nrow(b)) - 1) %% 5 / 2; b$cluster <- b$age %/% 3
cc <- b[complete.cases(b[, c(paste0("N", 1:5), paste0("E", 1:5))]), ]
FI <- c("chisq", "df", "cfi", "tli", "rmsea", "srmr", "chisq.scaled", "cfi.scaled", "tli.scaled", "rmsea.scaled")
# lavaan's optimiser says "false convergence" below its reach: the tightest tolerance that it grants
tight <- function(...) { for (k in 14:9) { f <- suppressWarnings(cfa(..., control = list(rel.tol = 10^-k, iter.max = 10000, eval.max = 20000))); if (lavInspect(f, "converged")) return(f) }; stop("no convergence") }
pack <- function(f, fields = FI) { e <- parameterEstimates(f); list(fit = as.list(fitMeasures(f, fields)), est = e[e$op != "~*~", intersect(c("lhs", "op", "rhs", "group", "est", "se"), names(e))]) }
M <- "N =~ N1 + N2 + N3 + N4 + N5\nE =~ E1 + E2 + E3 + E4 + E5"; one <- "N =~ N1 + N2 + N3 + N4 + N5"
robust <- c(FI, "cfi.robust", "rmsea.robust"); likely <- c("logl", "aic", "bic")
put("ml", pack(tight(M, cc), c("chisq", "df", "cfi", "tli", "rmsea", "srmr", likely)))
put("ml.std_lv", pack(tight(M, cc, std.lv = TRUE), c("chisq", "df")))
put("mlr", pack(tight(M, cc, estimator = "MLR"), c(robust, likely)))
put("mlr.weighted", pack(tight(M, cc, estimator = "MLR", sampling.weights = "w"), robust))
put("mlr.clustered", pack(tight(one, cc, estimator = "MLR", sampling.weights = "w", cluster = "cluster"), c("chisq", "df")))
put("mlr.pairs", pack(tight(paste(M, "\nN1 ~~ N2\nE1 ~~ E2"), cc, estimator = "MLR", sampling.weights = "w"), robust))
put("ml.labels", pack(tight("N =~ N1 + a*N2 + a*N3 + N4 + 0.5*N5", cc), c("chisq", "df", "cfi", "srmr")))
G <- list(configural = "", metric = "loadings", scalar = c("loadings", "intercepts"), strict = c("loadings", "intercepts", "residuals")); cc <- cc[order(cc$gender), ]
fits <- lapply(G, function(q) tight(M, cc, group = "gender", group.equal = q, estimator = "MLR", sampling.weights = "w"))
for (n in names(G)) put(paste0("mg.weighted.", n), pack(fits[[n]], robust))
std <- lapply(G[2:3], function(q) tight(M, cc, group = "gender", group.equal = q, std.lv = TRUE)); for (n in names(std)) put(paste0("mg.std_lv.", n), pack(std[[n]], c("chisq", "df")))
lr <- lavTestLRT(fits[[1]], fits[[2]], fits[[3]], fits[[4]], method = "satorra.bentler.2001"); put("mg.weighted.lrt", list(chisq_diff = lr[["Chisq diff"]][-1], df_diff = lr[["Df diff"]][-1]))
W <- c("chisq", "df", "chisq.scaled", "cfi", "cfi.scaled", "tli.scaled", "rmsea", "rmsea.scaled", "srmr"); oi <- paste0("N", 1:5); o2 <- c(oi, paste0("E", 1:5))
put("wlsmv", pack(tight(M, cc, ordered = o2, estimator = "WLSMV"), W))
put("wlsmv.weighted", pack(tight(one, cc, ordered = oi, estimator = "WLSMV", sampling.weights = "w"), W))
H <- list(configural = "", thresholds = "thresholds", scalar = c("thresholds", "loadings"), strict = c("thresholds", "loadings", "residuals"))
for (n in names(H)) put(paste0("mg.wlsmv.", n), pack(tight(one, cc, ordered = oi, group = "gender", group.equal = H[[n]], estimator = "WLSMV", parameterization = "theta"), W))
cc$bin1 <- 1 * (cc$N1 > 3); cc$bin2 <- 1 * (cc$N2 > 3); cc$bin3 <- 1 * (cc$N3 > 3); cc$bin4 <- 1 * (cc$N4 > 3)
put("wlsmv.binary", pack(tight("N =~ bin1 + bin2 + bin3 + bin4", cc, ordered = paste0("bin", 1:4), estimator = "WLSMV"), W))
items <- oi
a <- psych::alpha(cc[, items], warnings = FALSE, check.keys = FALSE)
put("psych.alpha", list(raw = a$total$raw_alpha, std = a$total$std.alpha, G6 = a$total[["G6(smc)"]], ase = a$total$ase, drop = num(a$alpha.drop$raw_alpha), r_drop = num(a$item.stats$r.drop)))
RES$`_meta` <- list(R = R.version.string, survey = as.character(packageVersion("survey")), lavaan = as.character(packageVersion("lavaan")), psych = as.character(packageVersion("psych")))
write(toJSON(RES, digits = NA, auto_unbox = TRUE, na = "null", pretty = TRUE), Sys.getenv("OUT")); cat(length(RES) - 1, "keys\n")
