//! Customers' purchases in three numbers each, and what every model of them can say.

use rayon::prelude::*;

use crate::{ModelError, Result};

/// One customer's past.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Customer {
    /// How often the customer bought again after the first purchase.
    pub frequency: f64,
    /// When they last bought, counted from their first purchase; 0 without a second one.
    pub recency: f64,
    /// How long they have been watched since their first purchase.
    pub age: f64,
}

/// The past of many customers, checked.
#[derive(Debug, Clone, Copy)]
pub struct Purchases<'a> {
    frequency: &'a [f64],
    recency: &'a [f64],
    age: &'a [f64],
}

impl<'a> Purchases<'a> {
    /// Three columns, one row for each customer.
    ///
    /// # Errors
    /// [`ModelError::Input`] with the first row that no customer can have.
    pub fn new(frequency: &'a [f64], recency: &'a [f64], age: &'a [f64]) -> Result<Self> {
        for (name, column) in [("recency", recency), ("age", age)] {
            if column.len() != frequency.len() {
                return Err(ModelError::input(
                    name,
                    format!("has {} rows and `frequency` {}", column.len(), frequency.len()),
                    "give one row for each customer in every column",
                ));
            }
        }
        let purchases = Self { frequency, recency, age };
        for (row, customer) in purchases.iter().enumerate() {
            check(row, customer)?;
        }
        Ok(purchases)
    }

    /// How many customers there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.frequency.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.frequency.is_empty()
    }

    /// The customers in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Customer> + '_ {
        (0..self.len()).map(|i| Customer {
            frequency: self.frequency[i],
            recency: self.recency[i],
            age: self.age[i],
        })
    }
}

fn check(row: usize, Customer { frequency, recency, age }: Customer) -> Result<()> {
    for (name, value) in [("frequency", frequency), ("recency", recency), ("age", age)] {
        if !value.is_finite() || value < 0.0 {
            return Err(ModelError::input(
                name,
                format!("is {value} at row {row}"),
                "leave out customers whose past isn't known; counts and times are never negative",
            ));
        }
    }
    if frequency.fract() != 0.0 {
        return Err(ModelError::input(
            "frequency",
            format!("is {frequency} at row {row}, which is no count"),
            "give the number of repeat purchases, not a rate",
        ));
    }
    if recency > age {
        return Err(ModelError::input(
            "recency",
            format!("is {recency} at row {row}, later than the customer's `age` of {age}"),
            "both count from the customer's first purchase, in one unit",
        ));
    }
    if frequency == 0.0 && recency > 0.0 {
        return Err(ModelError::input(
            "recency",
            format!("is {recency} at row {row}, whose customer never bought again"),
            "recency is 0 for them: it is the time from the first purchase to the last",
        ));
    }
    Ok(())
}

/// Equal customers together: a likelihood is computed once for each kind.
pub(super) struct Kinds {
    /// Each kind once, by frequency, then recency, then age.
    pub kinds: Vec<(Customer, f64)>,
    /// How many customers there are.
    pub customers: f64,
    /// The unit of the kinds' times in the caller's: the mean age.
    pub unit: f64,
}

impl Kinds {
    /// The kinds of customers in `purchases`, in a unit of time that makes their mean age 1,
    /// so that a fit goes the same way whether weeks or seconds were counted.
    pub fn of(purchases: &Purchases<'_>, parameters: usize) -> Result<Self> {
        let customers = purchases.len();
        if customers < parameters {
            return Err(ModelError::input(
                "frequency",
                format!("has {customers} customers, too few for {parameters} parameters"),
                "give the purchases of hundreds of customers",
            ));
        }
        if purchases.iter().all(|customer| customer.frequency == 0.0) {
            return Err(ModelError::input(
                "frequency",
                "is 0 for all customers: nobody bought again",
                "watch them for longer, or count from their first purchase",
            ));
        }
        let unit = purchases.iter().map(|customer| customer.age).sum::<f64>() / customers as f64;
        let mut sorted: Vec<Customer> = purchases
            .iter()
            .map(|Customer { frequency, recency, age }| Customer {
                frequency,
                recency: recency / unit,
                age: age / unit,
            })
            .collect();
        sorted.sort_unstable_by(|a, b| {
            let by_age = || a.age.total_cmp(&b.age);
            let by_recency = || a.recency.total_cmp(&b.recency);
            a.frequency.total_cmp(&b.frequency).then_with(by_recency).then_with(by_age)
        });
        let mut kinds: Vec<(Customer, f64)> = Vec::new();
        for customer in sorted {
            match kinds.last_mut() {
                Some((kind, count)) if *kind == customer => *count += 1.0,
                _ => kinds.push((customer, 1.0)),
            }
        }
        Ok(Self { kinds, customers: customers as f64, unit })
    }

    /// The sums of `part` over all kinds, in parallel: `part` is given neighbours, and the order
    /// of addition depends on no thread.
    pub fn sums<const N: usize>(
        &self,
        part: impl Fn(&[(Customer, f64)]) -> [f64; N] + Send + Sync,
    ) -> [f64; N] {
        // Sums of sums also lose fewer digits than one long sum.
        let parts: Vec<[f64; N]> = self.kinds.par_chunks(256).map(part).collect();
        parts.iter().fold([0.0; N], |sums, part| std::array::from_fn(|i| sums[i] + part[i]))
    }
}

/// A fitted model of when customers buy and when they stop.
pub trait PurchaseModel: std::fmt::Debug + Send + Sync {
    /// The log-likelihood of one customer's past.
    fn log_likelihood(&self, customer: Customer) -> f64;

    /// The probability that the customer hasn't stopped buying.
    fn probability_alive(&self, customer: Customer) -> f64;

    /// How often a customer of whom nothing is known buys again within `periods` of their
    /// first purchase, on average.
    fn expected_purchases(&self, periods: f64) -> f64;

    /// How often a customer with this past will buy in the next `periods`, on average.
    fn future_purchases(&self, customer: Customer, periods: f64) -> f64;
}

/// Checks a span of time to look ahead.
///
/// # Errors
/// [`ModelError::Input`] where it is negative or no number.
pub fn check_periods(periods: f64) -> Result<f64> {
    if periods.is_finite() && periods >= 0.0 {
        return Ok(periods);
    }
    Err(ModelError::input(
        "periods",
        format!("is {periods}"),
        "give a time to look ahead, in the unit of `age`",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(columns: [&[f64]; 3], expected: &str) {
        let error = Purchases::new(columns[0], columns[1], columns[2]).unwrap_err();
        assert_eq!(error.to_string(), expected);
    }

    #[test]
    fn a_past_that_no_customer_has_is_refused_by_row() {
        check([&[1.0], &[], &[2.0]], "`recency` has 0 rows and `frequency` 1");
        check([&[0.0, f64::NAN], &[0.0; 2], &[1.0; 2]], "`frequency` is NaN at row 1");
        check([&[1.0], &[-1.0], &[1.0]], "`recency` is -1 at row 0");
        check([&[1.5], &[1.0], &[1.0]], "`frequency` is 1.5 at row 0, which is no count");
        let later = "`recency` is 3 at row 0, later than the customer's `age` of 2";
        check([&[1.0], &[3.0], &[2.0]], later);
        let never = "`recency` is 1 at row 0, whose customer never bought again";
        check([&[0.0], &[1.0], &[2.0]], never);
    }

    #[test]
    fn equal_customers_are_one_kind() {
        let purchases =
            Purchases::new(&[1.0, 0.0, 1.0], &[2.0, 0.0, 2.0], &[4.0, 4.0, 4.0]).unwrap();
        let Kinds { kinds, customers, unit } = Kinds::of(&purchases, 2).unwrap();
        assert_eq!((customers, unit), (3.0, 4.0));
        let rare = Customer { frequency: 0.0, recency: 0.0, age: 1.0 };
        let often = Customer { frequency: 1.0, recency: 0.5, age: 1.0 };
        assert_eq!(kinds, [(rare, 1.0), (often, 2.0)]);
    }
}
