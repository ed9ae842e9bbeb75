//! From a list of transactions to customers' recency, frequency and value.

use crate::{ModelError, Result};

/// Transactions as columns, in any order.
#[derive(Debug, Clone, Copy)]
pub struct Transactions<'a> {
    /// Whose each is: numbers from 0 on.
    pub customer: &'a [u32],
    /// When each was, in days, say.
    pub time: &'a [f64],
    /// What each was worth; empty where that isn't known.
    pub value: &'a [f64],
}

/// What to count, and in what unit to tell it. Times are as in [`Transactions::time`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Window {
    /// The last moment that belongs to the past.
    pub end: f64,
    /// The last moment that belongs to what came after it.
    pub horizon: f64,
    /// Transactions within one of these are one purchase: 1 for a day.
    pub merge: f64,
    /// The unit of the answers' times: 7 for weeks.
    pub unit: f64,
}

/// Customers' pasts, a row for each who bought by the window's end, by their numbers.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Rfm {
    /// Whose each row is.
    pub customer: Vec<u32>,
    /// Repeat purchases.
    pub frequency: Vec<f64>,
    /// From the first purchase to the last.
    pub recency: Vec<f64>,
    /// From the first purchase to the window's end.
    pub age: Vec<f64>,
    /// The mean value of the repeat purchases, 0 without one; empty without values.
    pub value: Vec<f64>,
    /// Purchases after the window's end.
    pub later: Vec<f64>,
}

/// The pasts of the customers of `transactions`.
///
/// A customer's first purchase makes them a customer and counts as none: `frequency` and
/// `value` are of the others (Fader, Hardie and Lee 2005).
///
/// # Errors
/// [`ModelError::Input`] where columns differ in length, hold what is no number, or nobody
/// bought in the window.
pub fn rfm(transactions: &Transactions<'_>, window: Window) -> Result<Rfm> {
    check(transactions, window)?;
    let Transactions { customer, time, value } = *transactions;
    let slot = |row: u32| (time[row as usize] / window.merge).floor();
    let mut rows: Vec<u32> = (0..customer.len() as u32).collect();
    rows.sort_by(|&a, &b| {
        let by_customer = customer[a as usize].cmp(&customer[b as usize]);
        by_customer.then_with(|| time[a as usize].total_cmp(&time[b as usize]))
    });
    let mut found = Rfm::default();
    for own in rows.chunk_by(|&a, &b| customer[a as usize] == customer[b as usize]) {
        let purchases: Vec<&[u32]> = own.chunk_by(|&a, &b| slot(a) == slot(b)).collect();
        let at = |purchase: &[u32]| slot(purchase[0]) * window.merge;
        let past = purchases.partition_point(|purchase| at(purchase) <= window.end);
        if past == 0 {
            continue;
        }
        let (first, last) = (at(purchases[0]), at(purchases[past - 1]));
        let later = purchases[past..].iter().filter(|purchase| at(purchase) <= window.horizon);
        found.customer.push(customer[own[0] as usize]);
        found.frequency.push((past - 1) as f64);
        found.recency.push((last - first) / window.unit);
        found.age.push((window.end - first) / window.unit);
        found.later.push(later.count() as f64);
        if !value.is_empty() {
            let sum: f64 =
                purchases[1..past].iter().copied().flatten().map(|&row| value[row as usize]).sum();
            found.value.push(sum / (past - 1).max(1) as f64);
        }
    }
    if found.customer.is_empty() {
        return Err(ModelError::input(
            "time",
            format!("has nothing up to the end of {}", window.end),
            "choose an end after the first transactions",
        ));
    }
    Ok(found)
}

fn check(transactions: &Transactions<'_>, window: Window) -> Result<()> {
    let Transactions { customer, time, value } = transactions;
    for (name, length) in [("time", time.len()), ("value", value.len())] {
        if length != customer.len() && !(name == "value" && length == 0) {
            return Err(ModelError::input(
                name,
                format!("has {length} rows and `customer` {}", customer.len()),
                "give one row for each transaction in every column",
            ));
        }
    }
    for (name, column) in [("time", time), ("value", value)] {
        if let Some(row) = column.iter().position(|number| !number.is_finite()) {
            return Err(ModelError::input(
                name,
                format!("is {} at row {row}", column[row]),
                "leave out transactions of which that isn't known",
            ));
        }
    }
    for (name, length) in [("merge", window.merge), ("unit", window.unit)] {
        if !(length.is_finite() && length > 0.0) {
            let hint = "give a length of time above 0";
            return Err(ModelError::input(name, format!("is {length}"), hint));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const WINDOW: Window = Window { end: 28.0, horizon: 42.0, merge: 1.0, unit: 7.0 };

    #[test]
    fn purchases_of_a_day_are_one_and_the_first_counts_as_none() {
        let transactions = Transactions {
            customer: &[5, 2, 2, 2, 2, 2, 2, 9],
            time: &[7.0, 14.25, 0.5, 14.75, 0.0, 35.0, 43.0, 29.0],
            value: &[4.0, 20.0, 1.0, 10.0, 2.0, 99.0, 98.0, 7.0],
        };
        let expected = Rfm {
            customer: vec![2, 5],
            frequency: vec![1.0, 0.0],
            recency: vec![2.0, 0.0],
            age: vec![4.0, 3.0],
            value: vec![30.0, 0.0],
            later: vec![1.0, 0.0],
        };
        assert_eq!(rfm(&transactions, WINDOW).unwrap(), expected);
    }

    #[test]
    fn what_is_no_transaction_is_told() {
        let check = |customer: &[u32], time: &[f64], value: &[f64], expected: &str| {
            let error = rfm(&Transactions { customer, time, value }, WINDOW).unwrap_err();
            assert_eq!(error.to_string(), expected);
        };
        check(&[1], &[], &[], "`time` has 0 rows and `customer` 1");
        check(&[1, 1], &[1.0, f64::NAN], &[], "`time` is NaN at row 1");
        check(&[1], &[1.0], &[1.0, 2.0], "`value` has 2 rows and `customer` 1");
        check(&[], &[], &[], "`time` has nothing up to the end of 28");
    }
}
