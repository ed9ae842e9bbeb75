//! What members did, as a sparse matrix of members × items that is read where it lies.

use crate::{ModelError, Result};

/// A matrix of members × items in compressed rows (CSR), as SciPy has it: the strength of each
/// event, above 0, or 1 where there is none to know.
///
/// Checked once, when it is made: whoever has one can index by it.
#[derive(Debug, Clone, Copy)]
pub struct Interactions<'a> {
    bounds: &'a [i32],
    items: &'a [i32],
    strengths: &'a [f64],
    width: usize,
}

/// What one member did: items in ascending order, and a strength for each.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Events<'a> {
    items: &'a [i32],
    strengths: &'a [f64],
}

impl<'a> Interactions<'a> {
    /// A matrix with `width` columns: row i has the items `indices[indptr[i]..indptr[i + 1]]`,
    /// in ascending order and each once, with the strengths `data` at the same places.
    ///
    /// # Errors
    /// [`ModelError::Input`] where that isn't so, with the first place that shows it.
    pub fn new(
        indptr: &'a [i32],
        indices: &'a [i32],
        data: &'a [f64],
        width: usize,
    ) -> Result<Self> {
        let wrong = |problem: String| {
            ModelError::input("events", problem, "give a SciPy CSR matrix of members × items")
        };
        if indices.len() != data.len() {
            let problem = format!("has {} indices and {} values", indices.len(), data.len());
            return Err(wrong(problem));
        }
        let (Some(0), Some(&last)) = (indptr.first(), indptr.last()) else {
            return Err(wrong("has row bounds that don't begin with 0".to_owned()));
        };
        if usize::try_from(last) != Ok(indices.len()) || !indptr.is_sorted() {
            return Err(wrong(format!("has row bounds that aren't of {} events", indices.len())));
        }
        let whole = Self { bounds: indptr, items: indices, strengths: data, width };
        (0..whole.members()).try_for_each(|member| {
            check(whole.row(member), width, |what| format!("{what} in row {member}"))
        })?;
        Ok(whole)
    }

    /// How many members there are.
    #[must_use]
    pub fn members(&self) -> usize {
        self.bounds.len() - 1
    }

    /// How many items there are.
    #[must_use]
    pub fn items(&self) -> usize {
        self.width
    }

    /// How many events there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.bound(self.members()) - self.bound(0)
    }

    /// Whether nobody did anything.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What a member did.
    #[must_use]
    pub fn row(&self, member: usize) -> Events<'a> {
        let range = self.bound(member)..self.bound(member + 1);
        Events { items: &self.items[range.clone()], strengths: &self.strengths[range] }
    }

    /// All rows in turn.
    pub fn rows(&self) -> impl Iterator<Item = Events<'a>> {
        let whole = *self;
        (0..whole.members()).map(move |member| whole.row(member))
    }

    /// Some members.
    #[must_use]
    pub fn between(&self, members: std::ops::Range<usize>) -> Self {
        Self { bounds: &self.bounds[members.start..=members.end], ..*self }
    }

    /// How many members did something with each item.
    #[must_use]
    pub fn counts(&self) -> Vec<u32> {
        let mut counts = vec![0; self.width];
        self.rows().for_each(|row| row.items().iter().for_each(|&item| counts[item as usize] += 1));
        counts
    }

    fn bound(&self, place: usize) -> usize {
        // Checked to be from 0 to the number of events.
        self.bounds[place] as usize
    }

    /// The same by items: who did something with each.
    pub(super) fn transposed(&self) -> Transposed {
        let mut bounds = vec![0_i32; self.width + 1];
        for (place, &count) in self.counts().iter().enumerate() {
            bounds[place + 1] = bounds[place] + count as i32;
        }
        let mut next = bounds.clone();
        let mut members = vec![0; self.len()];
        let mut strengths = vec![0.0; self.len()];
        for (member, row) in self.rows().enumerate() {
            for (&item, &strength) in row.items.iter().zip(row.strengths) {
                let place = &mut next[item as usize];
                members[*place as usize] = member as i32;
                strengths[*place as usize] = strength;
                *place += 1;
            }
        }
        Transposed { bounds, members, strengths, width: self.members() }
    }

    /// Says that a fit needs members, items and events.
    pub(super) fn check_fit(&self) -> Result<()> {
        if !self.is_empty() {
            return Ok(());
        }
        let problem = format!("has no events: {} members × {} items", self.members(), self.width);
        Err(ModelError::input("events", problem, "give what members did: one event at least"))
    }

    /// Says that the matrix has other items than a fit.
    pub(super) fn check_items(&self, items: usize) -> Result<()> {
        if self.width == items {
            return Ok(());
        }
        Err(ModelError::input(
            "events",
            format!("has {} items, and the fit had {items}", self.width),
            "give the columns of the fit",
        ))
    }
}

/// Interactions by items.
pub(super) struct Transposed {
    bounds: Vec<i32>,
    members: Vec<i32>,
    strengths: Vec<f64>,
    width: usize,
}

impl Transposed {
    /// Items × members, as if items were the members.
    pub fn as_interactions(&self) -> Interactions<'_> {
        let Self { bounds, members, strengths, width } = self;
        Interactions { bounds, items: members, strengths, width: *width }
    }
}

impl<'a> Events<'a> {
    /// What a member did with some of `width` items.
    ///
    /// # Errors
    /// [`ModelError::Input`] where items aren't numbered from 0 in ascending order, each once, or
    /// a strength isn't above 0.
    pub fn new(items: &'a [i32], strengths: &'a [f64], width: usize) -> Result<Self> {
        if items.len() != strengths.len() {
            let problem = format!("has {} items and {} strengths", items.len(), strengths.len());
            return Err(ModelError::input("events", problem, "give a strength for each item"));
        }
        let events = Self { items, strengths };
        check(events, width, str::to_owned)?;
        Ok(events)
    }

    /// The items, in ascending order.
    #[must_use]
    pub fn items(&self) -> &'a [i32] {
        self.items
    }

    /// The strength of each event.
    #[must_use]
    pub fn strengths(&self) -> &'a [f64] {
        self.strengths
    }

    /// Items with their strengths.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (usize, f64)> + use<'a> {
        self.items.iter().zip(self.strengths).map(|(&item, &strength)| (item as usize, strength))
    }

    /// Whether there is one with `item`.
    #[must_use]
    pub fn contains(&self, item: usize) -> bool {
        i32::try_from(item).is_ok_and(|item| self.items.binary_search(&item).is_ok())
    }
}

/// Says what is wrong with a row; `place` adds where.
fn check(events: Events<'_>, width: usize, place: impl Fn(&str) -> String) -> Result<()> {
    let Events { items, strengths } = events;
    let wrong = |what: &str, hint: &str| Err(ModelError::input("events", place(what), hint));
    if let Some(item) =
        items.iter().find(|item| usize::try_from(**item).map_or(true, |it| it >= width))
    {
        let hint = format!("items are numbered from 0, and there are {width}");
        return wrong(&format!("has item {item}"), &hint);
    }
    if let Some(pair) = items.windows(2).find(|pair| pair[0] >= pair[1]) {
        let hint = "call sum_duplicates() on the matrix: items in ascending order, each once";
        return wrong(&format!("has item {} after item {}", pair[1], pair[0]), hint);
    }
    if let Some(strength) = strengths.iter().find(|it| !(**it > 0.0 && it.is_finite())) {
        let hint = "give how strong each event was, above 0; leave out what didn't happen";
        return wrong(&format!("has a value of {strength}"), hint);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_and_columns_are_those_of_the_matrix() {
        let data = [1.0, 2.0, 3.0, 4.0];
        let whole = Interactions::new(&[0, 2, 2, 4], &[0, 2, 1, 2], &data, 4).unwrap();
        assert_eq!((whole.members(), whole.items(), whole.len()), (3, 4, 4));
        assert_eq!(whole.row(0).iter().collect::<Vec<_>>(), [(0, 1.0), (2, 2.0)]);
        assert_eq!(whole.between(1..3).row(1), whole.row(2));
        assert_eq!(whole.counts(), [1, 1, 2, 0]);
        let by_items = whole.transposed();
        let by_items = by_items.as_interactions();
        assert_eq!(by_items.row(2).iter().collect::<Vec<_>>(), [(0, 2.0), (2, 4.0)]);
        assert!(by_items.row(3).items().is_empty());
    }

    #[test]
    fn what_is_no_matrix_is_told() {
        let check = |indptr: &[i32], indices: &[i32], data: &[f64], expected: &str| {
            let error = Interactions::new(indptr, indices, data, 3).unwrap_err();
            assert_eq!(error.to_string(), format!("`events` {expected}"));
        };
        check(&[], &[], &[], "has row bounds that don't begin with 0");
        check(&[0, 2], &[1], &[1.0], "has row bounds that aren't of 1 events");
        check(&[0, 2, 1], &[1], &[1.0], "has row bounds that aren't of 1 events");
        check(&[0, 1], &[1], &[1.0, 1.0], "has 1 indices and 2 values");
        check(&[0, 0, 1], &[3], &[1.0], "has item 3 in row 1");
        check(&[0, 1], &[-1], &[1.0], "has item -1 in row 0");
        check(&[0, 2], &[1, 1], &[1.0, 1.0], "has item 1 after item 1 in row 0");
        check(&[0, 1], &[1], &[f64::NAN], "has a value of NaN in row 0");
        check(&[0, 1], &[1], &[0.0], "has a value of 0 in row 0");
    }
}
