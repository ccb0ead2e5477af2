# Contrasts: between domains of one sample, and between waves of pooled samples, for everybody and inside a group.
source("common.R")
# Missing answers leave before everything else, as in svyttest (4.1.1's svyby cannot combine na.rm and covmat).
contrast <- function(formula, by, whole, to, from) {
  d <- whole[!is.na(whole$variables[[all.vars(formula)]]), ]; b <- svyby(formula, by, d, svymean, covmat = TRUE)
  x <- svycontrast(b, setNames(c(1, -1), c(to, from))); e <- num(coef(x)); se <- num(SE(x))
  df <- degf(d[d$variables[[all.vars(by)]] %in% c(to, from), ]); half <- qt(.975, df) * se
  list(estimate = e, se = se, df = df, p = 2 * pt(-abs(e / se), df), low = e - half, high = e + half)
}
waves <- c(2000, 2002, 2006, 2009, 2013, 2016, 2023); d <- DESIGNS$marriages.waves
pairs <- rbind(cbind(waves[-7], waves[-1]), c(2000, 2023))
for (i in seq_len(nrow(pairs))) {
  from <- pairs[i, 1]; to <- pairs[i, 2]
  for (v in c("affair", "content", "affairs")) {
    f <- as.formula(paste0("~", v)); key <- paste0(from, "-", to)
    put("marriages.waves.change", v, key, value = contrast(f, ~wave, d, as.character(to), as.character(from)))
    for (g in 0:1) put("marriages.waves.change", v, key, paste0("college=", g), value = contrast(f, ~wave, d[d$variables$college == g, ], as.character(to), as.character(from)))
  }
}
gap <- function(...) contrast(...)[c("estimate", "se", "df")]
put("votes.clusters.contrast.vote.school.3-1", value = gap(~vote, ~school, DESIGNS$votes.clusters, "3", "1"))
put("votes.strata_fpc.contrast.age.party.3-1", value = gap(~age, ~party, DESIGNS$votes.strata_fpc, "3", "1"))
put("clinics.two_stage.contrast.mdvis.idp.1-0", value = gap(~mdvis, ~idp, DESIGNS$clinics.two_stage, "1", "0"))
put("schools.counties.contrast.takers.poor.3-1", value = gap(~takers, ~poor, DESIGNS$schools.counties, "3", "1"))
done("04_changes")
