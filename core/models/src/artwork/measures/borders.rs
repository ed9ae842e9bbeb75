//! Black bars that a film of another shape has.

use super::super::plane::Luma;

/// Light up to this is black: video's black is 16, and compression adds to it.
const BLACK: u8 = 32;

/// Which share of the picture is bars. Only what is equally wide on both sides is one: night
/// skies are dark above alone.
pub fn bars(luma: &Luma) -> f64 {
    let mut columns = vec![0; luma.width];
    let mut rows = Vec::with_capacity(luma.height);
    for y in 0..luma.height {
        let row = luma.row(y);
        rows.push(row.iter().fold(0, |most, &value| most.max(value)));
        columns.iter_mut().zip(row).for_each(|(most, &value)| *most = value.max(*most));
    }
    1.0 - (1.0 - both_sides(&rows)) * (1.0 - both_sides(&columns))
}

/// Which share of a side is black, equally at both of its ends.
fn both_sides(most: &[u8]) -> f64 {
    let black = |&&value: &&u8| value <= BLACK;
    let first = most.iter().take_while(black).count();
    let last = most.iter().rev().take_while(black).count();
    (2 * first.min(last)).min(most.len()) as f64 / most.len() as f64
}
