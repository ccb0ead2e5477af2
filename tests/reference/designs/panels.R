# Waves that share people or places: the rows stacked, people or clusters as units over all waves.
setwd("../r"); source("common.R")
i <- seq_len(nrow(votes)) - 1
wave <- function(t, keep) { v <- votes[keep, ]; j <- i[keep]; data.frame(person = j, place = v$place, band = v$band, school = v$school, wave = t, w = v$w_person * (1 + 0.1 * ((j + t) %% 3)), y = v$income + (t - 1) * (v$educ %% 2) - (j %% 5 == t), agree = as.numeric((v$selfLR_or + t + (j %% 7 == t)) > 5)) }
votes$selfLR_or <- votes$DoleLR
s <- rbind(wave(1, i %% 3 != 0), wave(2, i %% 3 != 1), wave(3, i %% 4 != 2))
D <- list(person = svydesign(id = ~person, strata = ~place, weights = ~w, data = s), person_plain = svydesign(id = ~person, weights = ~w, data = s),
  places = svydesign(id = ~band, strata = ~place, weights = ~w, nest = TRUE, data = s))
s$cell <- interaction(s$wave, s$school); pop <- data.frame(cell = levels(s$cell), Freq = 2000 + 100 * seq_along(levels(s$cell)))
D$calibrated <- postStratify(svydesign(id = ~person, strata = ~place, weights = ~w, data = s), ~cell, pop)
put("cells", value = pop)
for (n in names(D)) { d <- D[[n]]
  b <- svyglm(y ~ factor(wave) - 1, d) # the means of the waves, with their joint covariance
  put(n, "by", value = list(estimate = num(coef(b)), vcov = unname(as.matrix(vcov(b)))))
  for (p in list(c(1, 2), c(2, 3), c(1, 3))) { k <- c(0, 0, 0); k[p[1]] <- -1; k[p[2]] <- 1; names(k) <- names(coef(b)); x <- svycontrast(b, k)
    put(n, "change", paste(p, collapse = "_"), value = list(estimate = num(coef(x)), se = num(SE(x)), df = degf(subset(d, wave %in% p)))) }
  t <- svytotal(~y, d); put(n, "total", value = list(estimate = num(coef(t)), se = num(SE(t))))
  put(n, "trend", value = fit(svyglm(y ~ wave, d))); put(n, "logit", value = fit(svyglm(agree ~ wave, d, family = quasibinomial(), control = TIGHT))) }
done("panels")
