# Tests on tables, rank and t tests, population variances, contrasts, likelihood intervals.
source("common.R")
pairs <- list(votes = list(c("school", "vote"), c("school", "party"), c("place", "party")), clinics = list(c("health", "idp")), schools = list(c("poor", "all_year")), marriages = list(c("college", "content"), c("religious", "affair")), classes = list(c("GRADE", "PSI")))
measures <- list(votes = "age", clinics = "disea", schools = "AVYRSEXP", marriages = "age", classes = "TUCE")
twos <- list(votes = "vote", clinics = "idp", schools = "all_year", marriages = "college", classes = "GRADE")
severals <- list(votes = "party", clinics = "health", schools = "poor", marriages = "religious")
f <- function(a, b) as.formula(paste("~", a, if (missing(b)) "" else paste("+", b)))
by <- function(y, g) as.formula(paste(y, "~ factor(", g, ")"))
# without the package CompQuadForm "lincom" falls back to the saddlepoint, so it is not stored
STATISTICS <- c("F", "Chisq", "Wald", "adjWald", "saddlepoint")
chisq <- function(r) list(stat = num(r$statistic), par = num(r$parameter), p = num(r$p.value))
# svyciprop reads the likelihood interval off a curve through ten points; this one has many
likelihood <- function(d) { m <- svyglm(.y ~ 1, d, family = quasibinomial, control = glm.control(epsilon = 1e-15)); plogis(num(suppressMessages(confint(m, 1, method = "likelihood", ddf = degf(d), del = .005, maxsteps = 1e5)))) }
for (name in names(DESIGNS)) {
  s <- sub("\\..*", "", name); d <- DESIGNS[[name]]; y <- measures[[s]]
  for (pair in pairs[[s]]) for (stat in STATISTICS) {
    r <- try(svychisq(f(pair[1], pair[2]), d, statistic = stat), silent = TRUE)
    if (!inherits(r, "try-error") && is.finite(num(r$p.value))) put(name, "chisq", pair[1], pair[2], stat, value = chisq(r))
  }
  two <- twos[[s]]
  for (scores in c("wilcoxon", "vanderWaerden", "median")) {
    r <- svyranktest(by(y, two), d, test = scores)
    put(name, "rank", y, two, tolower(scores), value = list(statistic = num(r$statistic), df = num(r$parameter), p = num(r$p.value), estimate = num(r$estimate)))
    if (!is.null(severals[[s]])) { r <- svyranktest(by(y, severals[[s]]), d, test = scores)
      # R swaps the names of the two: `parameter` is the chi-square, `statistic` its degrees of freedom
      put(name, "ranks", y, severals[[s]], tolower(scores), value = list(chisq = num(r$parameter), df = num(r$statistic), ddf = num(r$ddf), p = num(r$p.value))) }
  }
  r <- svyttest(by(y, two), d); put(name, "ttest", y, two, value = list(statistic = num(r$statistic), df = num(r$parameter), p = num(r$p.value), estimate = num(r$estimate)))
  v <- svyvar(f(y), d); put(name, "variance", y, value = list(estimate = num(coef(v)), se = num(SE(v))))
  m <- svyby(f(y), f(two), d, svymean, covmat = TRUE); names <- names(coef(m))
  r <- svycontrast(m, as.call(list(as.name("/"), as.name(names[1]), as.name(names[2]))))
  put(name, "quotient", y, two, value = list(estimate = num(coef(r)), se = num(SE(r))))
  codes <- sort(unique(d$variables[[two]])); p <- seq_along(codes) / sum(seq_along(codes))
  d$variables$.f <- factor(d$variables[[two]]); r <- svygofchisq(~.f, p = p, d)
  put(name, "fit", two, value = list(statistic = num(r$statistic), df = num(r$parameter["df"]), p = num(r$p.value)))
  d$variables$.y <- num(d$variables[[two]] == codes[length(codes)])
  put(name, "likelihood", two, codes[length(codes)], value = likelihood(d))
}
done("08_tables")
