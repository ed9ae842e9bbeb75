//! Scoring functions: what a fitted model says of a row of numbers, by name.
//!
//! A [`Saved`] model [`offers`] functions, each with a [`Signature`];
//! a [`ScoringFunction`] is one of them, whose rows depend on nothing but themselves: queries
//! call it on a part of a table at a time. Its file is its model's, which also says the
//! function's name and the arguments that are fixed, so it is the model for who wants that.
//!
//! [`customer`], [`bandit`] and [`recommend`] name the functions of their models, by the words
//! that the models' classes have for the same.

mod bandit;
mod customer;
mod function;
mod recommend;
mod signature;
#[cfg(test)]
mod tests;

pub use function::ScoringFunction;
pub use signature::{Parameter, Signature};

use crate::bandit::{EpsilonGreedy, LinTs, LinUcb, Softmax, Thompson, Ucb1};
use crate::customer::{
    BgNbd, GammaGamma, KMeans, KaplanMeier, Logistic, ParetoNbd, ShiftedBetaGeometric,
};
use crate::recommend::{Bpr, Ease, Ials, ItemKnn, Popularity};
use crate::{Model, ModelError, Result, Saved};

/// A model's answers for rows that lie in columns of one length, one for each parameter. There
/// are one column and one row at least.
type Answers = Box<dyn Fn(&[&[f64]]) -> Result<Vec<f64>> + Send + Sync>;

/// The same of a model that is given.
type Answer<M> = fn(&M, &[&[f64]]) -> Result<Vec<f64>>;

/// A model that scores rows.
trait Scores: Model + Send + Sync {
    /// Its functions.
    fn functions(&self) -> Vec<Offer<Self>>;
}

/// A function of a model's.
struct Offer<M> {
    signature: Signature,
    answers: Answer<M>,
}

/// The same with the model that a file is of.
macro_rules! with_model {
    ($saved:expr, $model:ident => $result:expr, [$($kind:ty),* $(,)?]) => {
        match $saved.kind.as_str() {
            $(<$kind as Model>::KIND => {
                let $model = <$kind as Model>::load($saved)?;
                $result
            })*
            kind => Err(ModelError::Saved {
                kind: "model with scoring functions".to_owned(),
                problem: format!("it is a `{kind}`"),
            }),
        }
    };
    ($saved:expr, $model:ident => $result:expr) => {
        with_model!($saved, $model => $result, [
            BgNbd, ParetoNbd, GammaGamma, ShiftedBetaGeometric, KaplanMeier, Logistic, KMeans,
            EpsilonGreedy, Ucb1, Thompson, Softmax, LinUcb, LinTs,
            Popularity, ItemKnn, Ease, Ials, Bpr,
        ])
    };
}

/// The functions of a model.
///
/// # Errors
/// [`ModelError::Saved`] where it isn't a fitted model that scores rows.
pub fn offers(saved: &Saved) -> Result<Vec<Signature>> {
    with_model!(saved, model => {
        Ok(model.functions().into_iter().map(|offer| offer.signature).collect())
    })
}

/// A function of a model, by its name.
fn answers(saved: &Saved, name: &str) -> Result<(Signature, Answers)> {
    with_model!(saved, model => {
        let mut offers = model.functions();
        let Some(place) = offers.iter().position(|offer| offer.signature.name == name) else {
            let known: Vec<&str> = offers.iter().map(|offer| offer.signature.name).collect();
            return Err(signature::unknown(&saved.kind, name, &known));
        };
        let Offer { signature, answers } = offers.swap_remove(place);
        Ok((signature, Box::new(move |columns: &[&[f64]]| answers(&model, columns)) as Answers))
    })
}
