//! The chance that each of several independent variables is the largest: what Thompson sampling
//! shows, exactly.
//!
//! P(a is largest) = ∫ f_a(s) ∏_{b ≠ a} F_b(s) ds. The line is cut where any of the densities
//! bends, so that each piece of each density is a polynomial to about twelve digits; on each piece
//! the same Gauss–Legendre nodes give the densities f, their running integrals F (by integrating
//! the interpolating polynomial) and the integral above. Nothing is drawn, so nothing has a
//! standard error; the chances sum to one within about 1e-10 (less where the variables are narrow
//! beside their distance from zero, which floats resolve no better), and are scaled to do so.

use std::sync::LazyLock;

/// A variable with a logarithm of its density that is concave, up to a constant.
pub(super) trait Variable {
    /// The logarithm of the density, less any constant.
    fn log_density(&self, at: f64) -> f64;
    /// Where the density is largest.
    fn mode(&self) -> f64;
    /// About how wide it is: its standard deviation, were it normal.
    fn width(&self) -> f64;
}

/// Nodes on a piece.
const NODES: usize = 12;
/// The logarithm of the density at the mode over that where it is cut off: e⁻³⁸ is 3e-17.
const DEPTH: f64 = 38.0;

/// The chance that each variable is the largest.
pub(super) fn chances_of_largest(variables: &[impl Variable]) -> Vec<f64> {
    let chances = integrals(variables);
    let sum: f64 = chances.iter().sum();
    chances.iter().map(|chance| chance / sum).collect()
}

/// The chances as they are integrated: their sum says how well.
pub(super) fn integrals(variables: &[impl Variable]) -> Vec<f64> {
    if let [_] = variables {
        return vec![1.0];
    }
    let mut pieces: Vec<Pieces> = variables.iter().map(Pieces::new).collect();
    for (variable, pieces) in variables.iter().zip(&mut pieces) {
        pieces.normalize(variable);
    }
    // Below the lowest point of any variable, another is the largest.
    let low = pieces.iter().map(|it| it.cuts[0]).fold(f64::NEG_INFINITY, f64::max);
    let mut cuts: Vec<f64> = pieces.iter().flat_map(|it| it.cuts.iter().copied()).collect();
    cuts.sort_unstable_by(f64::total_cmp);
    cuts.dedup();
    let rule = &*RULE;
    let count = variables.len();
    let mut below = vec![0.0; count];
    let mut density = vec![0.0; count * NODES];
    let mut chances = vec![0.0; count];
    let mut after = vec![1.0; count + 1];
    for ends in cuts.windows(2) {
        let (half, middle) = ((ends[1] - ends[0]) / 2.0, f64::midpoint(ends[0], ends[1]));
        for (index, (variable, pieces)) in variables.iter().zip(&pieces).enumerate() {
            let density = &mut density[index * NODES..][..NODES];
            if ends[1] <= pieces.cuts[0] || ends[0] >= pieces.cuts[pieces.cuts.len() - 1] {
                density.fill(0.0);
                continue;
            }
            for (density, node) in density.iter_mut().zip(&rule.nodes) {
                let logarithm = variable.log_density(middle + half * node) - pieces.peak;
                *density = pieces.scale * half * logarithm.exp();
            }
        }
        if ends[1] > low {
            for node in 0..NODES {
                let until = |index: usize| {
                    let density = &density[index * NODES..][..NODES];
                    let more: f64 =
                        rule.running[node].iter().zip(density).map(|(a, b)| a * b).sum();
                    (below[index] + more).clamp(0.0, 1.0)
                };
                // Products of all but one, without dividing by what may be zero.
                for index in (0..count).rev() {
                    after[index] = until(index);
                }
                let mut before = 1.0;
                let mut products = after.clone();
                for index in (0..count).rev() {
                    products[index] *= products[index + 1];
                }
                for index in 0..count {
                    let others = before * products[index + 1];
                    chances[index] += rule.weights[node] * density[index * NODES + node] * others;
                    before *= after[index];
                }
            }
        }
        for (index, below) in below.iter_mut().enumerate() {
            let density = &density[index * NODES..][..NODES];
            *below += rule.weights.iter().zip(density).map(|(a, b)| a * b).sum::<f64>();
        }
    }
    chances
}

/// A density cut into pieces on which it is all but a polynomial.
struct Pieces {
    cuts: Vec<f64>,
    peak: f64,
    scale: f64,
}

impl Pieces {
    /// Cuts outwards from the mode, where the density falls by between e^1.5 and e^4.
    fn new(variable: &impl Variable) -> Self {
        let (mode, peak) = (variable.mode(), variable.log_density(variable.mode()));
        let mut cuts = vec![mode];
        for direction in [-1.0, 1.0] {
            let mut step = 0.8 * variable.width();
            let (mut at, mut height) = (mode, peak);
            while peak - height < DEPTH && at.is_finite() {
                let next = at + direction * step;
                let fall = height - variable.log_density(next);
                (at, height) = (next, height - fall);
                cuts.push(at);
                if fall < 1.5 && at != mode + direction * step {
                    step *= 1.4;
                } else if fall > 3.0 {
                    step *= 0.75;
                }
            }
        }
        cuts.sort_unstable_by(f64::total_cmp);
        Self { cuts, peak, scale: 1.0 }
    }

    /// Makes the density's integral one.
    fn normalize(&mut self, variable: &impl Variable) {
        let rule = &*RULE;
        let mut sum = 0.0;
        for ends in self.cuts.windows(2) {
            let (half, middle) = ((ends[1] - ends[0]) / 2.0, f64::midpoint(ends[0], ends[1]));
            for (node, weight) in rule.nodes.iter().zip(&rule.weights) {
                sum +=
                    weight * half * (variable.log_density(middle + half * node) - self.peak).exp();
            }
        }
        self.scale = 1.0 / sum;
    }
}

/// Gauss–Legendre nodes and weights on [−1, 1].
struct Rule {
    nodes: [f64; NODES],
    weights: [f64; NODES],
    /// Of each node, the weights of the integral from −1 to it.
    running: [[f64; NODES]; NODES],
}

static RULE: LazyLock<Rule> = LazyLock::new(|| {
    let mut rule =
        Rule { nodes: [0.0; NODES], weights: [0.0; NODES], running: [[0.0; NODES]; NODES] };
    for node in 0..NODES {
        // Newton's method from Chebyshev's nodes.
        let mut x = -((node as f64 + 0.75) / (NODES as f64 + 0.5) * std::f64::consts::PI).cos();
        let slope =
            |x: f64, p: &[f64]| NODES as f64 * (x * p[NODES] - p[NODES - 1]) / (x * x - 1.0);
        for _ in 0..20 {
            let p = legendre(x);
            x -= p[NODES] / slope(x, &p);
        }
        rule.nodes[node] = x;
        rule.weights[node] = 2.0 / ((1.0 - x * x) * slope(x, &legendre(x)).powi(2));
    }
    for to in 0..NODES {
        let until = legendre(rule.nodes[to]);
        for from in 0..NODES {
            let at = legendre(rule.nodes[from]);
            let higher: f64 = (1..NODES).map(|m| at[m] * (until[m + 1] - until[m - 1])).sum();
            rule.running[to][from] = rule.weights[from] / 2.0 * (rule.nodes[to] + 1.0 + higher);
        }
    }
    rule
});

/// Legendre's polynomials at `x`, up to the one whose zeros are the nodes.
fn legendre(x: f64) -> [f64; NODES + 1] {
    let mut p = [1.0; NODES + 1];
    p[1] = x;
    for m in 1..NODES {
        p[m + 1] = ((2 * m + 1) as f64 * x * p[m] - m as f64 * p[m - 1]) / (m + 1) as f64;
    }
    p
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Normal(f64, f64);

    impl Variable for Normal {
        fn log_density(&self, at: f64) -> f64 {
            -0.5 * ((at - self.0) / self.1).powi(2)
        }
        fn mode(&self) -> f64 {
            self.0
        }
        fn width(&self) -> f64 {
            self.1
        }
    }

    #[test]
    fn of_two_normal_variables_it_is_the_normal_distribution() {
        for (a, b) in [
            (Normal(0.0, 1.0), Normal(0.0, 1.0)),
            (Normal(0.3, 1.0), Normal(-0.2, 0.01)),
            (Normal(1.0, 1e-5), Normal(1.0 + 2e-5, 3e-5)),
            (Normal(-4.0, 1.0), Normal(4.0, 1.0)),
            (Normal(0.0, 1e5), Normal(7.0, 1e-5)),
        ] {
            let score = (a.0 - b.0) / a.1.hypot(b.1);
            let expected = 0.5 * libm::erfc(-score / std::f64::consts::SQRT_2);
            let found = integrals(&[a, b])[0];
            assert!((found - expected).abs() < 1e-10, "{found} {expected}");
        }
    }

    #[test]
    fn of_equal_variables_each_is_as_likely() {
        for count in [1, 2, 3, 17, 80] {
            let variables: Vec<Normal> = (0..count).map(|_| Normal(-2.0, 0.1)).collect();
            for chance in integrals(&variables) {
                assert!((chance - 1.0 / f64::from(count)).abs() < 1e-11);
            }
        }
    }
}
