//! Quantiles of the normal and of Student's distribution.

/// The point below which a standard normal variable is with this probability: Newton's steps on
/// the distribution function, from the middle. Infinite at 0 and 1.
pub(super) fn quantile(probability: f64) -> f64 {
    if probability <= 0.0 {
        return f64::NEG_INFINITY;
    }
    if probability >= 1.0 {
        return f64::INFINITY;
    }
    // The upper half by symmetry: there the function is concave, and every step but the first
    // comes from the left.
    if probability > 0.5 {
        return -quantile(1.0 - probability);
    }
    let mut point: f64 = 0.0;
    for _ in 0..200 {
        let below = 0.5 * libm::erfc(-point / std::f64::consts::SQRT_2);
        let density = (-0.5 * point * point).exp() / (2.0 * std::f64::consts::PI).sqrt();
        let ratio = below / probability;
        // On the logarithm of the probability, which is concave everywhere: no step overshoots
        // into nothing.
        let step = ratio.ln() * below / density;
        point -= step;
        if step.abs() < 1e-15 * point.abs().max(1.0) {
            break;
        }
    }
    point
}

/// Student's quantile, by Cornish and Fisher's expansion (Abramowitz and Stegun, 26.7.5): right to
/// a thousandth from 5 degrees of freedom, 3 % too near to zero at 2.
pub(super) fn student(probability: f64, freedom: f64) -> f64 {
    let z = quantile(probability);
    let square = z * z;
    let first = (square + 1.0) * z / 4.0;
    let second = ((5.0 * square + 16.0) * square + 3.0) * z / 96.0;
    let third = (((3.0 * square + 19.0) * square + 17.0) * square - 15.0) * z / 384.0;
    z + (first + (second + third / freedom) / freedom) / freedom
}

#[cfg(test)]
mod tests {
    use super::{quantile, student};

    #[test]
    fn students_quantiles_of_tables() {
        for (freedom, expected, tolerance) in [
            (2.0, 4.302_653, 0.15),
            (5.0, 2.570_582, 3e-3),
            (10.0, 2.228_139, 3e-4),
            (30.0, 2.042_272, 1e-5),
            (f64::INFINITY, 1.959_964, 1e-6),
        ] {
            assert!((student(0.975, freedom) - expected).abs() < tolerance, "{freedom}");
        }
    }

    #[test]
    fn the_quantiles_of_tables() {
        for (probability, expected) in [
            (0.5, 0.0),
            (0.975, 1.959_963_984_540_054),
            (0.8, 0.841_621_233_572_914_4),
            (0.001, -3.090_232_306_167_813),
            (1e-12, -7.034_483_825_301_132),
        ] {
            assert!((quantile(probability) - expected).abs() < 1e-9, "{probability}");
        }
    }
}
