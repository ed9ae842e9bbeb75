//! Special functions: what the likelihoods are made of.

/// ln Γ(x) for x > 0.
pub fn ln_gamma(x: f64) -> f64 {
    libm::lgamma(x)
}

/// ln B(a, b) = ln Γ(a) + ln Γ(b) − ln Γ(a + b).
pub fn ln_beta(a: f64, b: f64) -> f64 {
    ln_gamma(a) + ln_gamma(b) - ln_gamma(a + b)
}

/// ψ(x) = d ln Γ(x) / dx for x > 0: upwards by recurrence, then the asymptotic series
/// (Abramowitz and Stegun 6.3.5 and 6.3.18).
pub fn digamma(mut x: f64) -> f64 {
    let mut below = 0.0;
    while x < 12.0 {
        below -= 1.0 / x;
        x += 1.0;
    }
    let square = 1.0 / (x * x);
    // Bernoulli's numbers B₂ₖ / 2k.
    let series = square
        * (1.0 / 12.0
            - square
                * (1.0 / 120.0
                    - square
                        * (1.0 / 252.0
                            - square
                                * (1.0 / 240.0
                                    - square * (1.0 / 132.0 - square * 691.0 / 32760.0)))));
    below + x.ln() - 0.5 / x - series
}

/// ln(eᵃ + eᵇ) without overflow, and the share of each term in the sum.
pub fn ln_add(a: f64, b: f64) -> (f64, f64, f64) {
    let top = a.max(b);
    if top == f64::NEG_INFINITY {
        return (top, 0.5, 0.5);
    }
    let (first, second) = ((a - top).exp(), (b - top).exp());
    let sum = first + second;
    (top + sum.ln(), first / sum, second / sum)
}

/// ₂F₁(1, b; c; z) for c > b > 0 and z < 1: by its series near 0, elsewhere by Gauss's continued
/// fraction (NIST DLMF 15.7.1 with a parameter of zero, evaluated by the modified Lentz method).
///
/// All the fraction's parts are positive where z is, so nothing cancels, and it converges beyond
/// the series' circle: in some (16 / √(1−z)) steps near 1, each of which may cost a bit of the
/// last digit.
pub fn hypergeometric_1(b: f64, c: f64, z: f64) -> f64 {
    if z.abs() > 0.5 {
        return by_fraction(b, c, z);
    }
    let (mut term, mut sum, mut k) = (1.0_f64, 1.0_f64, 0.0);
    while term.abs() > 1e-17 {
        term *= (b + k) / (c + k) * z;
        sum += term;
        k += 1.0;
    }
    sum
}

fn by_fraction(b: f64, c: f64, z: f64) -> f64 {
    // ₂F₁(b, 0; c−1; z) = 1 over ₂F₁(b, 1; c; z).
    let below = c - 1.0;
    let mut lentz = Lentz { fraction: 1.0, up: 1.0, down: 0.0 };
    let mut n = 0.0;
    while n < 5e5 {
        // The first coefficient's (c − 1) cancels; c may be 1.
        let odd = if n == 0.0 {
            b / c
        } else {
            (b + n) * (below + n) / ((below + 2.0 * n) * (below + 2.0 * n + 1.0))
        };
        n += 1.0;
        let even = n * (below - b + n) / ((below + 2.0 * n - 1.0) * (below + 2.0 * n));
        if lentz.settles(-z * odd) || lentz.settles(-z * even) {
            break;
        }
    }
    1.0 / lentz.fraction
}

/// A continued fraction 1 + a₁/(1 + a₂/(1 + …)) so far, with its two recurrences.
struct Lentz {
    fraction: f64,
    up: f64,
    down: f64,
}

impl Lentz {
    /// Adds a part; whether it changed nothing.
    fn settles(&mut self, part: f64) -> bool {
        const TINY: f64 = 1e-300;
        let whole = |x: f64| if x == 0.0 { TINY } else { x };
        self.down = 1.0 / whole(1.0 + part * self.down);
        self.up = whole(1.0 + part / self.up);
        let change = self.up * self.down;
        self.fraction *= change;
        (change - 1.0).abs() < 1e-16
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hypergeometric_function_has_its_known_values() {
        // ₂F₁(1, 1; 2; z) = −ln(1−z)/z, and ₂F₁(1, b; b; z) = 1/(1−z) as c nears b.
        for z in [-50.0_f64, -0.9, 0.0, 1e-9, 0.3, 0.97, 0.999_999] {
            let known = if z == 0.0 { 1.0 } else { -(-z).ln_1p() / z };
            let found = hypergeometric_1(1.0, 2.0, z);
            assert!((found / known - 1.0).abs() < 1e-10, "{z}: {found} is not {known}");
            let found = hypergeometric_1(0.7, 0.7 + 1e-13, z);
            let known = 1.0 / (1.0 - z);
            assert!((found / known - 1.0).abs() < 1e-7, "{z}: {found} is not {known}");
        }
    }

    #[test]
    fn the_hypergeometric_function_is_its_series() {
        for (b, c, z) in [(0.5, 3.25, 0.5), (45.3, 47.1, 0.8), (1.2, 90.0, -0.6)] {
            let (mut term, mut sum) = (1.0, 1.0);
            for k in 0..2000 {
                let k = f64::from(k);
                term *= (b + k) / (c + k) * z;
                sum += term;
            }
            let found = hypergeometric_1(b, c, z);
            assert!((found / sum - 1.0).abs() < 1e-12, "{b}, {c}, {z}: {found} is not {sum}");
        }
    }

    #[test]
    fn digamma_has_its_known_values() {
        // Abramowitz and Stegun, table 6.1, and ψ(1/2) = −γ − 2 ln 2.
        let gamma = 0.577_215_664_901_532_9;
        for (x, known) in [
            (1.0, -gamma),
            (0.5, -gamma - 2.0 * std::f64::consts::LN_2),
            (2.0, 1.0 - gamma),
            (1e-3, -1_000.575_571_931_810_3),
        ] {
            assert!((digamma(x) - known).abs() <= 1e-13 * known.abs().max(1.0), "ψ({x})");
        }
    }

    #[test]
    fn digamma_is_the_slope_of_ln_gamma() {
        for x in [0.05_f64, 0.3, 1.7, 9.0, 42.0, 1e4] {
            let step = 1e-5 * x;
            let slope = (ln_gamma(x + step) - ln_gamma(x - step)) / (2.0 * step);
            assert!((digamma(x) - slope).abs() <= 1e-6 * slope.abs().max(1.0), "ψ({x})");
        }
    }

    #[test]
    fn terms_beyond_the_range_of_exp_are_added() {
        let (sum, first, second) = ln_add(-2000.0, -2000.0);
        assert_eq!((sum, first, second), (-2000.0 + 2f64.ln(), 0.5, 0.5));
        assert_eq!(ln_add(f64::NEG_INFINITY, 1.0), (1.0, 0.0, 1.0));
    }
}
