//! The normal distribution's quantile.

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

#[cfg(test)]
mod tests {
    use super::quantile;

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
