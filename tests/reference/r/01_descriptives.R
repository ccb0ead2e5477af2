# Means, totals, ratios, quantiles, with design effects, for everybody and by domain.
source("common.R")
numeric <- list(votes = c("age", "selfLR"), clinics = c("mdvis", "disea"), schools = c("AVYRSEXP", "takers"), marriages = c("age", "affairs"), classes = c("GPA", "TUCE"))
ratios <- list(votes = c("age", "educ"), clinics = c("mdvis", "disea"), schools = c("NABOVE", "takers"), marriages = c("affairs", "yrs_married"), classes = c("TUCE", "GPA"))
groups <- list(votes = "school", clinics = "health", schools = "poor", marriages = "college", classes = "GRADE")
f <- function(name) as.formula(paste0("~", name))
answered <- function(d, v) d[!is.na(d$variables[[v]]), ]
for (name in names(DESIGNS)) {
  d <- DESIGNS[[name]]; s <- sub("\\..*", "", name); by <- groups[[s]]
  for (v in numeric[[s]]) {
    a <- answered(d, v) # missing answers leave the base, but degf counts the domain's clusters with them
    put(name, "mean", v, value = row(svymean(f(v), a, deff = "replace"), d, deff = TRUE))
    put(name, "total", v, value = row(svytotal(f(v), a), d))
    for (q in c(.25, .5, .75)) {
      r <- svyquantile(f(v), a, q, qrule = "math", interval.type = "mean", df = degf(d))
      put(name, "quantile", v, 100 * q, value = list(estimate = num(coef(r)), se = num(SE(r)), low = num(confint(r)[, 1]), high = num(confint(r)[, 2])))
    }
    for (g in sort(unique(d$variables[[by]]))) {
      whole <- d[d$variables[[by]] == g, ]; dom <- answered(whole, v)
      put(name, "mean", v, paste0(by, "=", g), value = row(svymean(f(v), dom, deff = "replace"), whole, deff = TRUE))
      put(name, "total", v, paste0(by, "=", g), value = row(svytotal(f(v), dom), whole))
    }
  }
  two <- ratios[[s]]
  put(name, "ratio", two[1], two[2], value = row(svyratio(f(two[1]), f(two[2]), d), d))
  for (g in sort(unique(d$variables[[by]]))) { dom <- d[d$variables[[by]] == g, ]; put(name, "ratio", two[1], two[2], paste0(by, "=", g), value = row(svyratio(f(two[1]), f(two[2]), dom), dom)) }
}
done("01_descriptives")
