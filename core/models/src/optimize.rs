//! The maximum of a smooth likelihood over a few positive parameters.
//!
//! The search is over their logarithms: no bound is ever met, and a step means the same for
//! a rate of 0.001 as for one of 1,000. BFGS with a backtracking line search (Nocedal and
//! Wright, *Numerical Optimization*, 2nd ed., algorithms 3.1 and 6.1); standard errors from
//! the curvature at the maximum (the observed information) and the delta method.

use faer::linalg::solvers::DenseSolveCore;
use faer::{Mat, Side};

use crate::{ModelError, Result, Watch};

/// Where the search ends at the latest; fits of data with a maximum take 15–60.
const MOST_ITERATIONS: usize = 300;

/// A slope of the mean log-likelihood per unit of a parameter's logarithm that counts as none.
const FLAT: f64 = 1e-9;

/// What still counts as none where no step makes the likelihood larger: rounding is all
/// that is left.
const FLAT_ENOUGH: f64 = 1e-6;

/// A parameter that grew or shrank by e¹⁵ (3 million) from where it began is on its way to the
/// edge: the data say nothing of it.
const EDGE: f64 = 15.0;

/// Where two means differ by less, rounding may be all of it.
const NOISE: f64 = 1e-12;

/// The longest step, in logarithms.
const LONGEST_STEP: f64 = 2.0;

/// Where a likelihood is largest.
#[derive(Debug, Clone, Copy)]
pub struct Maximum<const N: usize> {
    /// The parameters.
    pub at: [f64; N],
    /// Their standard errors; NaN where the curvature has none to give.
    pub errors: [f64; N],
    /// The log-likelihood there.
    pub value: f64,
    /// How many steps led there.
    pub iterations: usize,
}

/// Finds the maximum of a log-likelihood of `observations`, beginning at `start`.
///
/// `function` gives the log-likelihood at positive parameters, and its slope in each of them.
///
/// # Errors
/// [`ModelError::Diverged`] where there is no maximum or it isn't reached;
/// [`ModelError::Cancelled`] when `watch` says so, which is told of each step.
pub fn maximise<const N: usize>(
    model: &'static str,
    start: [f64; N],
    observations: f64,
    watch: &dyn Watch,
    function: impl Fn(&[f64; N]) -> (f64, [f64; N]),
) -> Result<Maximum<N>> {
    // The mean's negative, in logarithms.
    let cost = |at: &[f64; N]| {
        let parameters = at.map(f64::exp);
        let (value, slopes) = function(&parameters);
        let slopes = std::array::from_fn(|i| -slopes[i] * parameters[i] / observations);
        (-value / observations, slopes)
    };
    let origin = start.map(f64::ln);
    let (at, iterations) = descend(model, origin, watch, &cost)?;
    let parameters = at.map(f64::exp);
    let deviations = deviations(&at, observations, &cost);
    Ok(Maximum {
        at: parameters,
        errors: std::array::from_fn(|i| parameters[i] * deviations[i]),
        value: -cost(&at).0 * observations,
        iterations,
    })
}

/// The slope of a function that gives none, by central differences of the fourth order.
pub fn slopes<const N: usize>(at: &[f64; N], function: impl Fn(&[f64; N]) -> f64) -> [f64; N] {
    std::array::from_fn(|i| {
        let step = 1e-3 * at[i];
        let moved = |steps: f64| {
            let mut moved = *at;
            moved[i] += steps * step;
            function(&moved)
        };
        (8.0 * (moved(1.0) - moved(-1.0)) - (moved(2.0) - moved(-2.0))) / (12.0 * step)
    })
}

fn descend<const N: usize>(
    model: &'static str,
    origin: [f64; N],
    watch: &dyn Watch,
    cost: &impl Fn(&[f64; N]) -> (f64, [f64; N]),
) -> Result<([f64; N], usize)> {
    let mut at = origin;
    let (mut value, mut slope) = cost(&at);
    let mut inverse = identity::<N>();
    let mut fresh = true;
    watch.begins(None);
    for iteration in 0..MOST_ITERATIONS {
        watch.go_on()?;
        if size(&slope) <= FLAT {
            return Ok((at, iteration));
        }
        let mut direction = times(&inverse, &slope).map(|x| -x);
        if dot(&direction, &slope) >= 0.0 {
            (inverse, fresh) = (identity(), true);
            direction = slope.map(|x| -x);
        }
        let shrink = (LONGEST_STEP / size(&direction)).min(1.0);
        direction = direction.map(|x| x * shrink);
        let Some((next, next_value, next_slope)) = step(&at, value, &slope, &direction, cost)
        else {
            if size(&slope) <= FLAT_ENOUGH {
                return Ok((at, iteration));
            }
            if fresh {
                return Err(diverged(model, iteration));
            }
            (inverse, fresh) = (identity(), true);
            continue;
        };
        let moved = minus(&next, &at);
        let turned = minus(&next_slope, &slope);
        update(&mut inverse, &moved, &turned, fresh);
        fresh = false;
        (at, value, slope) = (next, next_value, next_slope);
        watch.made(1);
        if size(&minus(&at, &origin)) > EDGE {
            return Err(diverged(model, iteration + 1));
        }
    }
    Err(diverged(model, MOST_ITERATIONS))
}

fn diverged(model: &'static str, iterations: usize) -> ModelError {
    ModelError::Diverged {
        model,
        iterations,
        hint: "the customers don't tell the parameters apart: give more of them, or a longer time"
            .to_owned(),
    }
}

type Step<const N: usize> = ([f64; N], f64, [f64; N]);

/// The first of ever shorter steps that pays (Armijo's condition), or, where rounding hides
/// whether it does, that leads to where it is flatter (Hager and Zhang's approximate one).
fn step<const N: usize>(
    at: &[f64; N],
    value: f64,
    slope: &[f64; N],
    direction: &[f64; N],
    cost: &impl Fn(&[f64; N]) -> (f64, [f64; N]),
) -> Option<Step<N>> {
    let descent = dot(direction, slope);
    let mut length = 1.0;
    for _ in 0..40 {
        let next: [f64; N] = std::array::from_fn(|i| at[i] + length * direction[i]);
        let (next_value, next_slope) = cost(&next);
        let usable = next_value.is_finite() && next_slope.iter().all(|x| x.is_finite());
        let noise = NOISE * value.abs().max(1.0);
        let pays = next_value <= value + 1e-4 * length * descent;
        let flatter = dot(direction, &next_slope).abs() <= -0.9 * descent;
        let hidden = (next_value - value).abs() <= noise;
        if usable && if hidden { flatter } else { pays } {
            return Some((next, next_value, next_slope));
        }
        // The minimum of the parabola through what is known, within reason.
        let parabola = -descent * length * length / (2.0 * (next_value - value - descent * length));
        length = if usable { parabola.clamp(0.1 * length, 0.5 * length) } else { 0.25 * length };
    }
    None
}

/// BFGS's update of the inverse curvature.
fn update<const N: usize>(
    inverse: &mut [[f64; N]; N],
    moved: &[f64; N],
    turned: &[f64; N],
    fresh: bool,
) {
    let curvature = dot(moved, turned);
    if curvature <= 1e-14 * dot(moved, moved) {
        return;
    }
    if fresh {
        let scale = curvature / dot(turned, turned);
        for (i, row) in inverse.iter_mut().enumerate() {
            row[i] = scale;
        }
    }
    let along = times(inverse, turned);
    let factor = (1.0 + dot(turned, &along) / curvature) / curvature;
    for i in 0..N {
        for j in 0..N {
            inverse[i][j] += factor * moved[i] * moved[j]
                - (along[i] * moved[j] + moved[i] * along[j]) / curvature;
        }
    }
}

/// The standard deviations of the logarithms: the inverse of the curvature's diagonal.
fn deviations<const N: usize>(
    at: &[f64; N],
    observations: f64,
    cost: &impl Fn(&[f64; N]) -> (f64, [f64; N]),
) -> [f64; N] {
    const STEP: f64 = 1e-4;
    let rows: [[f64; N]; N] = std::array::from_fn(|i| {
        let (mut up, mut down) = (*at, *at);
        up[i] += STEP;
        down[i] -= STEP;
        minus(&cost(&up).1, &cost(&down).1).map(|x| x / (2.0 * STEP))
    });
    let curvature = Mat::from_fn(N, N, |i, j| f64::midpoint(rows[i][j], rows[j][i]) * observations);
    let Ok(factors) = curvature.llt(Side::Lower) else { return [f64::NAN; N] };
    let covariance = factors.inverse();
    std::array::from_fn(|i| covariance[(i, i)].sqrt())
}

fn identity<const N: usize>() -> [[f64; N]; N] {
    std::array::from_fn(|i| std::array::from_fn(|j| f64::from(u8::from(i == j))))
}

fn dot<const N: usize>(a: &[f64; N], b: &[f64; N]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

fn minus<const N: usize>(a: &[f64; N], b: &[f64; N]) -> [f64; N] {
    std::array::from_fn(|i| a[i] - b[i])
}

fn times<const N: usize>(matrix: &[[f64; N]; N], vector: &[f64; N]) -> [f64; N] {
    matrix.map(|row| dot(&row, vector))
}

fn size<const N: usize>(vector: &[f64; N]) -> f64 {
    vector.iter().fold(0.0, |most, x| x.abs().max(most))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::watch::tests::Counter;

    /// Rosenbrock's function, upside down, whose top is at (1, 1), and its slope.
    fn valley(&[x, y]: &[f64; 2]) -> (f64, [f64; 2]) {
        let (across, along) = (y - x * x, 1.0 - x);
        let slope = [400.0 * across * x + 2.0 * along, -200.0 * across];
        (-(100.0 * across * across + along * along), slope)
    }

    #[test]
    fn steps_are_counted_and_a_stop_ends_them() {
        let (all, two) = (Counter::until(usize::MAX), Counter::until(2));
        let found = maximise("a valley", [0.1, 3.0], 1.0, &all, valley).unwrap();
        let (made, of) = all.told();
        assert!(of == 0 && made > 5 && made <= found.iterations, "{made} of {found:?}");
        let ended = maximise("a valley", [0.1, 3.0], 1.0, &two, valley);
        assert_eq!(ended.unwrap_err(), ModelError::Cancelled);
        assert_eq!(two.told(), (2, 0));
    }

    #[test]
    fn a_bent_valley_is_followed_to_its_end() {
        let found = maximise("a valley", [0.1, 3.0], 1.0, &|| false, valley).unwrap();
        assert!(found.at.iter().all(|x| (x - 1.0).abs() < 1e-6), "{found:?}");
    }

    #[test]
    fn errors_are_those_of_the_curvature() {
        // n observations of a Poisson rate m: its standard error is √(m / n).
        let (count, mean) = (400.0, 2.5);
        let poisson =
            |&[rate]: &[f64; 1]| (count * (mean * rate.ln() - rate), [count * (mean / rate - 1.0)]);
        let found = maximise("a rate", [1.0], count, &|| false, poisson).unwrap();
        assert!((found.at[0] - mean).abs() < 1e-8, "{found:?}");
        assert!((found.errors[0] - (mean / count).sqrt()).abs() < 1e-6, "{found:?}");
    }

    #[test]
    fn a_maximum_at_the_edge_is_told() {
        let ever_larger = |&[x]: &[f64; 1]| (-1.0 / x, [1.0 / (x * x)]);
        let error = maximise("a slope", [1.0], 1.0, &|| false, |at| {
            let (value, slope) = ever_larger(at);
            (value.max(-1e300) + at[0].ln(), [slope[0] + 1.0 / at[0]])
        })
        .unwrap_err();
        assert!(error.to_string().starts_with("a slope did not converge after"), "{error}");
    }
}
