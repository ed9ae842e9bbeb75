//! Figures that papers print, from data that they print.

use flownote_models::customer::ShiftedBetaGeometric;

/// Fader and Hardie (2007), *How to Project Customer Retention*: of 1,000 customers, those who
/// left in each of seven years, and the fit to them.
fn check(losses: [f64; 7], alpha: f64, beta: f64) {
    let model = ShiftedBetaGeometric::fit(&losses, 1000.0).unwrap();
    let [found_alpha, found_beta] = model.estimates.values;
    assert_eq!((round(found_alpha), round(found_beta)), (alpha, beta));
}

fn round(x: f64) -> f64 {
    (x * 1000.0).round() / 1000.0
}

#[test]
fn regular_subscribers_are_as_printed() {
    check([369.0, 163.0, 86.0, 56.0, 37.0, 27.0, 21.0], 0.704, 1.182);
}

#[test]
fn high_end_subscribers_are_as_printed() {
    check([131.0, 126.0, 90.0, 60.0, 42.0, 34.0, 26.0], 0.668, 3.806);
}
