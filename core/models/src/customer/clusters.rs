//! k-means: customers who are alike, in a number of groups that the caller gives.
//!
//! Sources: Arthur and Vassilvitskii (2007), *k-means++: The Advantages of Careful Seeding*,
//! SODA; Lloyd (1982); Rousseeuw (1987), *Silhouettes*.

use rand::{Rng, SeedableRng, rngs::StdRng};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{Model, ModelError, Result, Saved, Watch};

/// Rows of `width` features, one after the other.
#[derive(Debug, Clone, Copy)]
pub struct Rows<'a> {
    values: &'a [f64],
    width: usize,
}

/// How to look for the groups.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Search {
    /// How many groups.
    pub clusters: usize,
    /// How many beginnings to try: the best end is kept.
    pub starts: usize,
    /// How many rounds each may take.
    pub rounds: usize,
    /// What chance begins with.
    pub seed: u64,
}

/// Groups around their means.
#[derive(Debug, Clone, PartialEq)]
pub struct KMeans {
    /// The means, row by row.
    pub centers: Vec<f64>,
    /// How many features there are.
    pub width: usize,
    /// The sum of squared distances to the nearest mean.
    pub inertia: f64,
    /// How many rounds the kept search took.
    pub rounds: usize,
}

impl<'a> Rows<'a> {
    /// A matrix in row-major order.
    ///
    /// # Errors
    /// [`ModelError::Input`] where it has no columns, isn't whole or holds what is no number.
    pub fn new(values: &'a [f64], width: usize) -> Result<Self> {
        if width == 0 || !values.len().is_multiple_of(width) {
            let problem = format!("has {} values in {width} columns", values.len());
            return Err(ModelError::input("features", problem, "give a matrix with columns"));
        }
        if let Some(at) = values.iter().position(|value| !value.is_finite()) {
            return Err(ModelError::input(
                "features",
                format!("is {} at row {}, column {}", values[at], at / width, at % width),
                "fill in or leave out what isn't known",
            ));
        }
        Ok(Self { values, width })
    }

    /// How many rows there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.values.len() / self.width
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// How many columns there are.
    #[must_use]
    pub fn width(&self) -> usize {
        self.width
    }

    /// A row.
    #[must_use]
    pub fn row(&self, i: usize) -> &'a [f64] {
        &self.values[i * self.width..(i + 1) * self.width]
    }
}

impl KMeans {
    /// Finds groups. `watch` is told of each start, and asked in every
    /// round whether to end.
    ///
    /// # Errors
    /// [`ModelError::Input`] where there are fewer distinct rows than groups,
    /// [`ModelError::Cancelled`] when `watch` says so.
    pub fn fit(rows: Rows<'_>, search: Search, watch: &dyn Watch) -> Result<Self> {
        if search.clusters == 0 || rows.len() < search.clusters {
            return Err(ModelError::input(
                "clusters",
                format!("is {} for {} rows", search.clusters, rows.len()),
                "ask for at least one group, and for no more than there are rows",
            ));
        }
        let mut random = StdRng::seed_from_u64(search.seed);
        let mut best: Option<Self> = None;
        let starts = search.starts.max(1);
        watch.begins(Some(starts));
        for _ in 0..starts {
            let found = Self::once(rows, search, &mut random, watch)?;
            watch.made(1);
            if best.as_ref().is_none_or(|best| found.inertia < best.inertia) {
                best = Some(found);
            }
        }
        best.ok_or(ModelError::Cancelled)
    }

    fn once(
        rows: Rows<'_>,
        search: Search,
        random: &mut StdRng,
        watch: &dyn Watch,
    ) -> Result<Self> {
        let width = rows.width;
        let mut found =
            Self { centers: seeds(rows, search.clusters, random)?, width, inertia: 0.0, rounds: 0 };
        let mut nearest = found.nearest(rows);
        for round in 1..=search.rounds.max(1) {
            watch.go_on()?;
            found.rounds = round;
            found.move_to_means(rows, &mut nearest);
            let next = found.nearest(rows);
            let settled = next.iter().zip(&nearest).all(|(a, b)| a.0 == b.0);
            nearest = next;
            if settled {
                break;
            }
        }
        found.inertia = nearest.iter().map(|(_, distance)| distance).sum();
        Ok(found)
    }

    /// Moves each center to the mean of its rows; one that has lost all of them, to the row
    /// that is farthest from its own.
    fn move_to_means(&mut self, rows: Rows<'_>, nearest: &mut [(usize, f64)]) {
        let clusters = self.centers.len() / self.width;
        let mut counts = vec![0.0; clusters];
        self.centers.fill(0.0);
        for (i, &(cluster, _)) in nearest.iter().enumerate() {
            counts[cluster] += 1.0;
            let center = &mut self.centers[cluster * self.width..][..self.width];
            center.iter_mut().zip(rows.row(i)).for_each(|(sum, value)| *sum += value);
        }
        for (cluster, &count) in counts.iter().enumerate() {
            let center = &mut self.centers[cluster * self.width..][..self.width];
            if count > 0.0 {
                center.iter_mut().for_each(|sum| *sum /= count);
                continue;
            }
            let farthest = (0..nearest.len())
                .max_by(|&a, &b| nearest[a].1.total_cmp(&nearest[b].1))
                .expect("there are as many rows as groups");
            center.copy_from_slice(rows.row(farthest));
            nearest[farthest] = (cluster, 0.0);
        }
    }

    fn nearest(&self, rows: Rows<'_>) -> Vec<(usize, f64)> {
        let one = |i| {
            let row = rows.row(i);
            let distances = self.centers.chunks_exact(self.width).map(|center| square(row, center));
            distances.enumerate().min_by(|a, b| a.1.total_cmp(&b.1)).expect("a center")
        };
        (0..rows.len()).into_par_iter().map(one).collect()
    }

    /// The group of each row, by number.
    ///
    /// # Errors
    /// [`ModelError::Input`] where rows have another width.
    pub fn predict(&self, rows: Rows<'_>) -> Result<Vec<usize>> {
        if rows.width != self.width {
            let problem = format!("has {} columns, and the fit had {}", rows.width, self.width);
            return Err(ModelError::input("features", problem, "give the columns of the fit"));
        }
        Ok(self.nearest(rows).into_iter().map(|(cluster, _)| cluster).collect())
    }
}

/// The first centers: rows, each likelier the farther it is from those before it.
fn seeds(rows: Rows<'_>, clusters: usize, random: &mut StdRng) -> Result<Vec<f64>> {
    let mut centers = rows.row(random.random_range(0..rows.len())).to_vec();
    let mut distances = vec![f64::INFINITY; rows.len()];
    for number in 1..clusters {
        let last = &centers[(number - 1) * rows.width..];
        distances
            .par_iter_mut()
            .enumerate()
            .for_each(|(i, distance)| *distance = distance.min(square(rows.row(i), last)));
        let mut left = random.random::<f64>() * distances.iter().sum::<f64>();
        let far = |&i: &usize| distances[i] > 0.0;
        let Some(mut chosen) = (0..rows.len()).rfind(far) else {
            return Err(ModelError::input(
                "clusters",
                format!("is {clusters} for {number} distinct rows"),
                "ask for fewer groups",
            ));
        };
        for (i, distance) in distances.iter().enumerate().filter(|(_, distance)| **distance > 0.0) {
            left -= distance;
            if left <= 0.0 {
                chosen = i;
                break;
            }
        }
        centers.extend_from_slice(rows.row(chosen));
    }
    Ok(centers)
}

fn square(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| (x - y) * (x - y)).sum()
}

/// How well each row lies in its group: 1 in the middle of one far from the others, below 0
/// nearer to another's rows; 0 for the only row of a group.
///
/// # Errors
/// [`ModelError::Input`] where `labels` aren't of `rows`, or there is a single group;
/// [`ModelError::Cancelled`] where `watch` said so, which is told of each row.
pub fn silhouettes(rows: Rows<'_>, labels: &[usize], watch: &dyn Watch) -> Result<Vec<f64>> {
    let clusters = labels.iter().max().map_or(0, |last| last + 1);
    let mut counts = vec![0.0; clusters];
    labels.iter().for_each(|&label| counts[label] += 1.0);
    if labels.len() != rows.len() || counts.iter().filter(|&&count| count > 0.0).count() < 2 {
        return Err(ModelError::input(
            "labels",
            format!("has {} labels of {clusters} groups for {} rows", labels.len(), rows.len()),
            "give each row a group's number, of two groups or more",
        ));
    }
    watch.begins(Some(rows.len()));
    let one = |i: usize| {
        watch.go_on()?;
        watch.made(1);
        let own = labels[i];
        if counts[own] == 1.0 {
            return Ok(0.0);
        }
        let mut sums = vec![0.0; clusters];
        for j in 0..rows.len() {
            sums[labels[j]] += square(rows.row(i), rows.row(j)).sqrt();
        }
        let inside = sums[own] / (counts[own] - 1.0);
        let others = (0..clusters).filter(|&cluster| cluster != own && counts[cluster] > 0.0);
        let outside =
            others.map(|cluster| sums[cluster] / counts[cluster]).fold(f64::INFINITY, f64::min);
        let scale = inside.max(outside);
        Ok(if scale == 0.0 { 0.0 } else { (outside - inside) / scale })
    };
    (0..rows.len()).into_par_iter().map(one).collect()
}

/// What isn't an array.
#[derive(Serialize, Deserialize)]
struct Plain {
    rounds: usize,
}

impl Model for KMeans {
    const KIND: &'static str = "customer.k_means";

    fn save(&self) -> Saved {
        let shape = [self.centers.len() / self.width, self.width];
        Saved::new(Self::KIND, &Plain { rounds: self.rounds })
            .with("centers", &shape, self.centers.clone())
            .with("inertia", &[1], vec![self.inertia])
    }

    fn load(saved: &Saved) -> Result<Self> {
        let Plain { rounds } = saved.parameters(Self::KIND)?;
        let wrong = |problem: &str| ModelError::Saved {
            kind: Self::KIND.to_owned(),
            problem: problem.to_owned(),
        };
        let centers = saved.array("centers")?;
        let &[_, width @ 1..=usize::MAX] = centers.shape.as_slice() else {
            return Err(wrong("its `centers` are no matrix"));
        };
        let &[inertia] = saved.array("inertia")?.values.as_slice() else {
            return Err(wrong("its `inertia` is no number"));
        };
        Ok(Self { centers: centers.values.clone(), width, inertia, rounds })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SEARCH: Search = Search { clusters: 3, starts: 4, rounds: 100, seed: 7 };

    /// Three clouds of 50 rows around (0, 0), (10, 0) and (0, 10).
    fn clouds() -> Vec<f64> {
        let mut random = StdRng::seed_from_u64(1);
        let middles = [[0.0, 0.0], [10.0, 0.0], [0.0, 10.0]];
        (0..150)
            .flat_map(|i| middles[i % 3])
            .map(|middle: f64| middle + random.random_range(-1.0..1.0))
            .collect()
    }

    #[test]
    fn clouds_are_told_apart() {
        let values = clouds();
        let rows = Rows::new(&values, 2).unwrap();
        let found = KMeans::fit(rows, SEARCH, &|| false).unwrap();
        let labels = found.predict(rows).unwrap();
        assert!((0..150).all(|i| labels[i] == labels[i % 3]));
        assert!(labels[0] != labels[1] && labels[1] != labels[2] && labels[0] != labels[2]);
        let silhouettes = silhouettes(rows, &labels, &|| false).unwrap();
        assert!(silhouettes.iter().all(|silhouette| *silhouette > 0.7));
        assert_eq!(KMeans::fit(rows, SEARCH, &|| false).unwrap(), found);
        let saved = Saved::from_bytes(&found.save().to_bytes()).unwrap();
        assert_eq!(KMeans::load(&saved).unwrap(), found);
    }

    #[test]
    fn a_silhouette_is_its_definition() {
        // By hand: of 0 in {0, 2} beside {10}: a = 2, b = 10.
        let rows = Rows::new(&[0.0, 2.0, 10.0], 1).unwrap();
        assert_eq!(silhouettes(rows, &[0, 0, 1], &|| false).unwrap(), [0.8, 0.75, 0.0]);
        let stopped = silhouettes(rows, &[0, 0, 1], &|| true);
        assert!(matches!(stopped, Err(ModelError::Cancelled)));
    }

    #[test]
    fn what_has_no_groups_is_told() {
        let check = |values: &[f64], expected: &str| {
            let found = Rows::new(values, 1).and_then(|rows| KMeans::fit(rows, SEARCH, &|| false));
            assert_eq!(found.unwrap_err().to_string(), expected);
        };
        check(&[], "`clusters` is 3 for 0 rows");
        check(&[1.0, 1.0, 2.0, 2.0], "`clusters` is 3 for 2 distinct rows");
        check(&[1.0, f64::NAN, 2.0], "`features` is NaN at row 1, column 0");
        let rows = Rows::new(&[1.0, 2.0, 3.0], 1).unwrap();
        assert_eq!(KMeans::fit(rows, SEARCH, &|| true), Err(ModelError::Cancelled));
    }
}
