//! Which faces are likely of one person: those that look alike, in groups.
//!
//! A proxy: it compares the light and the colours of pictures, as it knows nothing of faces. The
//! same actor in other light is another group; it serves within a scene.

use super::super::measures::colour;
use super::super::plane::Plane;
use super::super::{Frame, HISTOGRAM, Hash};
use super::Rectangle;
use crate::{ModelError, Result};

/// What a face looks like.
#[derive(Debug, Clone, PartialEq)]
pub struct FaceLook {
    /// The perceptual hash of its box.
    pub hash: Hash,
    /// Which share of its pixels have each colour, as that of a frame.
    pub histogram: [f32; HISTOGRAM],
}

impl FaceLook {
    pub(super) fn of(frame: &Frame<'_>, place: Rectangle, light: &Plane) -> Self {
        let mut histogram = [0.0; HISTOGRAM];
        for y in place.y..place.y + place.height {
            for x in place.x..place.x + place.width {
                histogram[colour(frame.pixel(x, y))] += 1.0;
            }
        }
        let pixels = (place.width * place.height) as f32;
        Self { hash: Hash::of(light), histogram: histogram.map(|count: f32| count / pixels) }
    }

    /// How far two are apart, from 0 (the same) to 1: the mean of twice the share of the hashes'
    /// bits that differ, and the share of colours that both don't have.
    #[must_use]
    pub fn distance(&self, other: &Self) -> f64 {
        let shape = (2.0 * self.hash.distance(other.hash)).min(1.0);
        let both = self.histogram.iter().zip(&other.histogram).map(|(a, b)| f64::from(a.min(*b)));
        f64::midpoint(shape, 1.0 - both.sum::<f64>())
    }
}

/// So many faces are compared with each other at most.
const MOST: usize = 5_000;

/// Groups of faces: the group of each, numbered by their first faces. The two groups whose faces
/// are nearest on average become one, until none are nearer than `apart` (from 0 to 1).
///
/// Source: average linkage (UPGMA), Sokal and Michener (1958).
///
/// # Errors
/// [`ModelError::Input`] where `apart` isn't from 0 to 1, or there are more than 5,000 faces.
pub fn cluster(faces: &[FaceLook], apart: f64) -> Result<Vec<usize>> {
    if !(0.0..=1.0).contains(&apart) {
        return Err(ModelError::input("apart", format!("is {apart}"), "give 0 to 1"));
    }
    let count = faces.len();
    if count > MOST {
        let hint = "give those of a few frames of each shot";
        return Err(ModelError::input("faces", format!("are {count}, above {MOST}"), hint));
    }
    let mut group: Vec<usize> = (0..count).collect();
    let mut size = vec![1.0; count];
    let mut distances = vec![f64::INFINITY; count * count];
    for a in 0..count {
        for b in 0..a {
            let distance = faces[a].distance(&faces[b]);
            distances[a * count + b] = distance;
            distances[b * count + a] = distance;
        }
    }
    // The nearest group of each, by which the nearest pair is found in one pass.
    let nearest_of = |distances: &[f64], a: usize| {
        let row = &distances[a * count..(a + 1) * count];
        (0..count).min_by(|&x, &y| row[x].total_cmp(&row[y])).unwrap_or(a)
    };
    let mut nearest: Vec<usize> = (0..count).map(|a| nearest_of(&distances, a)).collect();
    while let Some(a) = (0..count).min_by(|&x, &y| {
        distances[x * count + nearest[x]].total_cmp(&distances[y * count + nearest[y]])
    }) {
        let b = nearest[a];
        if distances[a * count + b] >= apart || a == b {
            break;
        }
        let (kept, gone) = (a.min(b), a.max(b));
        for other in 0..count {
            let [to_kept, to_gone] = [kept, gone].map(|it| distances[it * count + other]);
            let mean = (size[kept] * to_kept + size[gone] * to_gone) / (size[kept] + size[gone]);
            let mean = if other == kept { f64::INFINITY } else { mean };
            distances[kept * count + other] = mean;
            distances[other * count + kept] = mean;
        }
        for other in 0..count {
            distances[gone * count + other] = f64::INFINITY;
            distances[other * count + gone] = f64::INFINITY;
        }
        size[kept] += size[gone];
        group.iter_mut().filter(|it| **it == gone).for_each(|it| *it = kept);
        for (other, near) in nearest.iter_mut().enumerate() {
            if other == kept || *near == kept || *near == gone {
                *near = nearest_of(&distances, other);
            }
        }
    }
    let mut firsts: Vec<usize> = Vec::new();
    Ok(group
        .into_iter()
        .map(|it| {
            firsts.iter().position(|&first| first == it).unwrap_or_else(|| {
                firsts.push(it);
                firsts.len() - 1
            })
        })
        .collect())
}
