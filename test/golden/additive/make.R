# Golden numbers for smooth curves: R's mgcv with the same knots and the same penalties. Rscript make.R > data.json
suppressMessages(library(mgcv))
set.seed(7)
n <- 250
grain <- function(x) round(x * 1024) / 1024 # exact in Float32
x0 <- grain(runif(n, -2, 2)); x1 <- grain(rexp(n)); x2 <- grain(rnorm(n)); x3 <- grain(runif(n))
g <- sample(0:5, n, replace = TRUE, prob = c(6, 5, 4, 3, 2, 1))
eta <- sin(2 * x0) + 0.4 * log(1 + x1) + 0.3 * x2 + c(0.5, -0.4, 0, 0.3, -0.6, 0.2)[g + 1]
number <- grain(5 + 2 * eta + rnorm(n))
count <- rpois(n, exp(0.5 + eta))
class <- rbinom(n, 1, plogis(1.3 * eta))
many <- ifelse(class == 1, 1, ifelse(runif(n) < 0.4, 0, 2))
data <- data.frame(x0, x1, x2, x3, g = factor(g))
N <- 8
inner <- function(x) quantile(x, seq(0, 1, length.out = N), names = FALSE)
# mgcv wants three more knots on either side; where they are changes the basis, not the curves.
whole <- function(x) { k <- inner(x); h <- k[2] - k[1]; H <- k[N] - k[N - 1]; c(k[1] - (3:1) * h, k, k[N] + (1:3) * H) }
knots <- list(x0 = whole(x0), x1 = whole(x1), x2 = whole(x2), x3 = whole(x3))
curve <- "s(x0,bs='bs',k=N+2,m=c(3,2)) + s(x1,bs='bs',k=N+2,m=c(3,2)) + s(x2,bs='bs',k=N+2,m=c(3,2)) + s(x3,bs='bs',k=N+2,m=c(3,2)) + s(g,bs='re')"
formula <- function(y) as.formula(paste(y, "~", curve))
asked <- data.frame(x0 = grain(seq(-2.5, 2.5, length.out = 12)), x1 = grain(seq(0.1, 3, length.out = 12)), x2 = grain(seq(-2, 2, length.out = 12)), x3 = grain(seq(0, 1, length.out = 12)), g = factor(rep(0:5, 2), levels = 0:5))
# Beyond the outer knots mgcv's curves go on as cubics, ours as lines: points there are only asked inside.
asked$x0 <- pmin(max(x0), pmax(min(x0), asked$x0)); asked$x2 <- pmin(max(x2), pmax(min(x2), asked$x2)); asked$x3 <- pmin(max(x3), pmax(min(x3), asked$x3))
told <- function(m) {
  terms <- predict(m, type = "terms", se.fit = TRUE)
  # Margins of error at the knots.
  there <- predict(m, data.frame(x0 = inner(x0), x1 = inner(x1), x2 = inner(x2), x3 = inner(x3), g = factor(rep(0, N), levels = 0:5)), type = "terms", se.fit = TRUE)
  names <- c("s(x0)", "s(x1)", "s(x2)", "s(x3)", "s(g)")
  freedom <- summary(m)$edf
  list(fitted = unname(c(fitted(m))), asked = unname(c(predict(m, asked, type = "response"))), edf = unname(freedom), total = sum(m$edf),
       se = unname(lapply(names[1:4], function(t) there$se.fit[, t])), terms = unname(lapply(names[1:4], function(t) terms$fit[1:20, t])))
}
exact <- gam.control(epsilon = 1e-13, newton = list(conv.tol = 1e-11, maxNstep = 5, maxSstep = 2, maxHalf = 30, use.svd = FALSE))
fit <- function(y, family) gam(formula(y), family = family, data = cbind(data, y = get(y)), knots = knots, method = "REML", control = exact, optimizer = c("outer", "newton"))
frame <- cbind(data, number, count, class)
reml <- gam(formula("number"), data = frame, knots = knots, method = "REML", control = exact)
# One λ for all, on curves over 0…1: mgcv scales each penalty by S.scale and keeps the column's own units.
pre <- gam(formula("number"), data = frame, knots = knots, fit = FALSE)
lambda <- 0.02
sp <- sapply(1:4, function(j) { s <- pre$smooth[[j]]; x <- data[[j]]; lambda * diff(range(x))^3 * s$S.scale })
sp <- c(sp, lambda * ifelse(is.null(pre$smooth[[5]]$S.scale), 1, pre$smooth[[5]]$S.scale))
given <- function(y, family) gam(formula(y), family = family, data = frame, knots = knots, sp = sp, method = "REML", control = exact)
working <- function(y, family) bam(formula(y), family = family, data = frame, knots = knots, method = "fREML", discrete = FALSE, control = list(epsilon = 1e-13, maxit = 500))
number_text <- function(x) paste0("[", paste(trimws(formatC(x, digits = 15, format = "g")), collapse = ","), "]")
text <- function(v) if (is.list(v)) { if (is.null(names(v))) paste0("[", paste(sapply(v, text), collapse = ",\n"), "]") else paste0("{", paste0('"', names(v), '":', sapply(v, text), collapse = ",\n"), "}") } else if (length(v) == 1) trimws(formatC(v, digits = 15, format = "g")) else number_text(v)
cat(text(list(
  knots = N, lambda = lambda, x = list(x0, x1, x2, x3, g), asked = list(asked$x0, asked$x1, asked$x2, asked$x3, as.integer(as.character(asked$g))),
  number = number, count = count, class = class, many = many,
  reml = told(reml), given = told(given("number", gaussian())), givenCount = told(given("count", poisson())), givenClass = told(given("class", binomial())),
  workingCount = told(working("count", poisson())), workingClass = told(working("class", binomial()))
)), "\n")
