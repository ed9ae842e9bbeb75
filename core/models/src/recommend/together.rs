//! How often items occur together: rows of XᵀX, each by itself.

use super::Interactions;
use super::interactions::Transposed;

/// Members × items and its transpose: what a row of XᵀX is computed from.
pub(super) struct Together<'a> {
    members: &'a Interactions<'a>,
    items: Transposed,
}

impl<'a> Together<'a> {
    pub fn new(members: &'a Interactions<'a>) -> Self {
        Self { members, items: members.transposed() }
    }

    /// The row of `item`, Σ over members of its strength by every item's, into `row`.
    pub fn row(&self, item: usize, row: &mut [f64]) {
        row.fill(0.0);
        for (member, strength) in self.items.as_interactions().row(item).iter() {
            let events = self.members.row(member);
            for (&other, &others) in events.items().iter().zip(events.strengths()) {
                row[other as usize] += strength * others;
            }
        }
    }

    /// The diagonal: each item with itself.
    pub fn squares(&self) -> Vec<f64> {
        let items = self.items.as_interactions();
        let square = |item| items.row(item).strengths().iter().map(|it| it * it).sum();
        (0..items.members()).map(square).collect()
    }
}
