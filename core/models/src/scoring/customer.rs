//! The functions of models of customers.

use super::{Offer, Scores, Signature};
use crate::customer::{
    BgNbd, Customer, GammaGamma, Horizon, KMeans, KaplanMeier, Logistic, ParetoNbd, PurchaseModel,
    Purchases, Rows, ShiftedBetaGeometric, check_periods, lifetime_value,
};
use crate::scoring::signature::Parameter;
use crate::{ModelError, Result};

/// A customer's past, and the units of its numbers.
const PAST: [(&str, &str); 3] =
    [("frequency", "repeat purchases"), ("recency", "time"), ("age", "time")];

/// What comes after a customer's past.
fn past(more: &[(&'static str, &'static str)]) -> Vec<(&'static str, &'static str)> {
    PAST.iter().chain(more).copied().collect()
}

impl Scores for BgNbd {
    fn functions(&self) -> Vec<Offer<Self>> {
        of_purchases()
    }
}

impl Scores for ParetoNbd {
    fn functions(&self) -> Vec<Offer<Self>> {
        of_purchases()
    }
}

fn of_purchases<M: PurchaseModel>() -> Vec<Offer<M>> {
    let horizon = [("value", "value"), ("steps", "count"), ("step", "time"), ("discount", "share")];
    vec![
        Offer {
            signature: Signature::new("probability_alive", &PAST, "probability"),
            answers: |model, columns| {
                each(columns, |customer, _| Ok(model.probability_alive(customer)))
            },
        },
        Offer {
            signature: Signature::new("predict", &past(&[("periods", "time")]), "purchases"),
            answers: |model, columns| {
                each(columns, |customer, row| {
                    Ok(model.future_purchases(customer, check_periods(columns[3][row])?))
                })
            },
        },
        Offer {
            signature: Signature::new("expected_purchases", &[("periods", "time")], "purchases"),
            answers: |model, columns| {
                let one = |&periods: &f64| Ok(model.expected_purchases(check_periods(periods)?));
                columns[0].iter().map(one).collect()
            },
        },
        Offer {
            signature: Signature::new("log_likelihood", &PAST, "log-likelihood"),
            answers: |model, columns| {
                each(columns, |customer, _| Ok(model.log_likelihood(customer)))
            },
        },
        Offer {
            signature: Signature::new("lifetime_value", &past(&horizon), "value"),
            answers: worth,
        },
    ]
}

/// The answer for each customer and its row.
fn each(columns: &[&[f64]], answer: impl Fn(Customer, usize) -> Result<f64>) -> Result<Vec<f64>> {
    let purchases = Purchases::new(columns[0], columns[1], columns[2])?;
    purchases.iter().enumerate().map(|(row, customer)| answer(customer, row)).collect()
}

/// Rows whose horizon is the same, together: they mostly all are.
fn worth<M: PurchaseModel>(model: &M, columns: &[&[f64]]) -> Result<Vec<f64>> {
    let rows = columns[0].len();
    let key = |row: usize| [columns[4][row], columns[5][row], columns[6][row]].map(f64::to_bits);
    let mut worth = Vec::with_capacity(rows);
    while worth.len() < rows {
        let start = worth.len();
        let end = (start..rows).find(|row| key(*row) != key(start)).unwrap_or(rows);
        let part = |column: usize| &columns[column][start..end];
        let steps = whole("steps", columns[4][start], MOST_STEPS)?;
        let horizon = Horizon { steps, step: columns[5][start], discount: columns[6][start] };
        let purchases = Purchases::new(part(0), part(1), part(2))?;
        worth.extend(lifetime_value(model, &purchases, part(3), horizon)?);
    }
    Ok(worth)
}

/// How far ahead is far enough: what comes later has no weight that is left.
const MOST_STEPS: usize = 100_000;

/// A whole number from 0 to `most`.
fn whole(name: &'static str, value: f64, most: usize) -> Result<usize> {
    if value.fract() == 0.0 && (0.0..=most as f64).contains(&value) {
        return Ok(value as usize);
    }
    let hint = format!("give a whole number from 0 to {most}");
    Err(ModelError::input(name, format!("is {value}"), hint))
}

impl Scores for GammaGamma {
    fn functions(&self) -> Vec<Offer<Self>> {
        let parameters = [("frequency", "purchases"), ("value", "value")];
        vec![
            Offer {
                signature: Signature::new("predict", &parameters, "value"),
                answers: |model, columns| model.expected_value(columns[0], columns[1]),
            },
            Offer {
                signature: Signature::new("log_likelihood", &parameters, "log-likelihood"),
                answers: |model, columns| model.log_likelihood(columns[0], columns[1]),
            },
        ]
    }
}

impl Scores for ShiftedBetaGeometric {
    fn functions(&self) -> Vec<Offer<Self>> {
        let periods = [("periods", "periods")];
        let decision = [("renewals", "periods"), ("discount", "share")];
        vec![
            Offer {
                signature: Signature::new("survival", &periods, "share"),
                answers: |model, columns| {
                    let curve = |most| model.survival(most);
                    along(columns[0], 0, curve)
                },
            },
            Offer {
                signature: Signature::new("retention", &periods, "share"),
                answers: |model, columns| along(columns[0], 1, |most| model.retention(most)),
            },
            Offer {
                signature: Signature::new("residual_lifetime", &decision, "periods"),
                answers: |model, columns| {
                    let one = |(&renewals, &discount): (&f64, &f64)| {
                        model.residual_lifetime(whole("renewals", renewals, MOST_STEPS)?, discount)
                    };
                    columns[0].iter().zip(columns[1]).map(one).collect()
                },
            },
        ]
    }
}

/// Points of a curve whose first is at `first`, computed as far as it is asked for.
fn along(periods: &[f64], first: usize, curve: impl Fn(usize) -> Vec<f64>) -> Result<Vec<f64>> {
    let place = |&value: &f64| match whole("periods", value, MOST_STEPS)? {
        early if early < first => {
            let hint = format!("periods are counted from {first}");
            Err(ModelError::input("periods", format!("is {value}"), hint))
        }
        place => Ok(place),
    };
    let places: Vec<usize> = periods.iter().map(place).collect::<Result<_>>()?;
    let curve = curve(places.iter().copied().max().unwrap_or(first));
    Ok(places.into_iter().map(|place| curve[place - first]).collect())
}

impl Scores for KaplanMeier {
    fn functions(&self) -> Vec<Offer<Self>> {
        vec![Offer {
            signature: Signature::new("predict", &[("times", "time")], "share"),
            answers: |model, columns| model.survival_at(columns[0]),
        }]
    }
}

impl Scores for Logistic {
    fn functions(&self) -> Vec<Offer<Self>> {
        let features = self.weights.len() - 1;
        vec![
            Offer {
                signature: of_features("predict_proba", features, "probability"),
                answers: |model, columns| by_rows(columns, |rows| model.probability(rows)),
            },
            Offer {
                signature: of_features("predict", features, "1 or 0").whole(),
                answers: |model, columns| {
                    let leaves = by_rows(columns, |rows| model.probability(rows))?;
                    Ok(leaves.into_iter().map(|it| f64::from(u8::from(it > 0.5))).collect())
                },
            },
        ]
    }
}

impl Scores for KMeans {
    fn functions(&self) -> Vec<Offer<Self>> {
        vec![Offer {
            signature: of_features("predict", self.width, "group").whole(),
            answers: |model, columns| {
                let groups = by_rows(columns, |rows| model.predict(rows))?;
                Ok(groups.into_iter().map(|group| group as f64).collect())
            },
        }]
    }
}

fn of_features(name: &'static str, features: usize, returns: &'static str) -> Signature {
    Signature::new(name, &[], returns).and("feature", features, Parameter::FEATURE)
}

/// Columns as the rows of a matrix.
fn by_rows<T>(columns: &[&[f64]], answer: impl Fn(Rows<'_>) -> Result<T>) -> Result<T> {
    let values = interleaved(columns);
    answer(Rows::new(&values, columns.len())?)
}

/// Columns, row after row.
pub(super) fn interleaved(columns: &[&[f64]]) -> Vec<f64> {
    let rows = columns.first().map_or(0, |column| column.len());
    (0..rows).flat_map(|row| columns.iter().map(move |column| column[row])).collect()
}
