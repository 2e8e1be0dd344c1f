# Reference answers of R for least squares, generalised linear models and quantiles on mtcars (Henderson & Velleman 1981).
# Run: Rscript make.R (R 4.2.2, quantreg 5.94). Columns are brought to whole numbers (wt × 1000, qsec × 100), which Float32 keeps exactly.
suppressMessages(library(quantreg))
X <- with(mtcars, cbind(wt = round(wt * 1000), hp = hp, qsec = round(qsec * 100)))
d <- data.frame(X, mpg = mtcars$mpg, carb = mtcars$carb)
number <- function(v) paste0('[', paste(sprintf('%.17g', unname(v)), collapse = ','), ']')
# The intercept goes last, as in the app.
last <- function(v) c(v[-1], v[1])
inference <- function(f, freedom, explained) {
  s <- summary(f); k <- s$coefficients
  sprintf('"spread":%s,"t":%s,"p":%s,"freedom":%.17g,"noise":%.17g,"explained":%.17g', number(last(k[, 2])), number(last(k[, 3])), number(last(k[, 4])),
    freedom, if (is.null(s$sigma)) sqrt(s$dispersion) else s$sigma, explained)
}
case <- function(model, params, y, b, more = NULL, tol = 1e-8)
  sprintf('{"model":"%s","params":%s,"y":"%s","weights":%s,"bias":%.17g,"tol":%g%s}', model, params, y, number(b[-1]), b[1], tol, if (is.null(more)) '' else paste0(',', more))
f <- lm(mpg ~ wt + hp + qsec, d)
cases <- case('linear', '{"penalty":"none"}', 'mpg', coef(f), inference(f, f$df.residual, summary(f)$r.squared), 1e-10)
strict <- list(epsilon = 1e-15, maxit = 1000)
for (g in list(list('poisson', 'carb', poisson()), list('gamma', 'mpg', Gamma('log')), list('inverse-gaussian', 'mpg', inverse.gaussian('log')))) {
  f <- glm(reformulate(c('wt', 'hp', 'qsec'), g[[2]]), g[[3]], d, control = strict)
  more <- inference(f, if (g[[1]] == 'poisson') 0 else f$df.residual, 1 - f$deviance / f$null.deviance)
  cases <- c(cases, case('generalized-linear', sprintf('{"family":"%s","alpha":null,"tol":1e-10}', g[[1]]), g[[2]], coef(f), more, 1e-7))
}
for (tau in c(0.2, 0.6, 0.85)) {
  f <- rq(mpg ~ wt + hp + qsec, tau, d, method = 'br')
  cases <- c(cases, case('quantile', sprintf('{"quantile":%g}', tau), 'mpg', coef(f), NULL, 1e-9))
}
writeLines(sprintf('{"made by":"R %s, quantreg %s","rows":32,"cols":3,"X":%s,"mpg":%s,"carb":%s,"cases":[\n%s\n]}', getRversion(), packageVersion('quantreg'),
  number(X), number(d$mpg), number(d$carb), paste(cases, collapse = ',\n')), 'r.json')
