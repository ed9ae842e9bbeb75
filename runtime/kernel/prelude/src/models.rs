//! Models of the crate `flownote_models`: as files they are what `flownote.models` of Python
//! writes, so a model that one language fits is one that the other uses.

use flownote_models::recommend::Interactions;
use flownote_models::{Model, ModelError, Saved, bandit, customer, recommend};

use crate::codec::{Encoding, Piece, Record};
use crate::csr::{Csr, Indices};
use crate::error::{Error, Result};
use crate::export::Common;
use crate::given::{Refused, common};
use crate::value::{Form, Value};

macro_rules! models {
    ($($model:path, $python:literal;)*) => {
        $(impl Common for $model {
            const FORM: Form = Form::Model;

            #[inline(never)]
            fn encode(&self) -> Result<Encoding> {
                Ok(encode(self, $python))
            }
        })*

        /// The model in the bytes of a file.
        pub(crate) fn decode(bytes: &[u8]) -> Result<Value, Refused> {
            let saved = Saved::from_bytes(bytes).map_err(refused)?;
            if saved.parameters.get("fitted") == Some(&false.into()) {
                return Err(Refused {
                    message: "the model isn't fitted yet".to_owned(),
                    hint: Some("fit it in the cell that makes it".to_owned()),
                });
            }
            match saved.kind.as_str() {
                $(<$model as Model>::KIND => {
                    <$model as Model>::load(&saved).map(common).map_err(refused)
                })*
                kind => Err(format!("no model of Rust's is a `{kind}`").into()),
            }
        }
    };
}

models! {
    bandit::EpsilonGreedy, "flownote.models.bandit.EpsilonGreedy";
    bandit::LinTs, "flownote.models.bandit.LinTS";
    bandit::LinUcb, "flownote.models.bandit.LinUCB";
    bandit::Softmax, "flownote.models.bandit.Softmax";
    bandit::Thompson, "flownote.models.bandit.Thompson";
    bandit::Ucb1, "flownote.models.bandit.UCB1";
    customer::BgNbd, "flownote.models.customer.BgNbd";
    customer::GammaGamma, "flownote.models.customer.GammaGamma";
    customer::KMeans, "flownote.models.customer.KMeans";
    customer::KaplanMeier, "flownote.models.customer.KaplanMeier";
    customer::Logistic, "flownote.models.customer.Logistic";
    customer::ParetoNbd, "flownote.models.customer.ParetoNbd";
    customer::ShiftedBetaGeometric, "flownote.models.customer.ShiftedBetaGeometric";
    recommend::Bpr, "flownote.models.recommend.BPR";
    recommend::Ease, "flownote.models.recommend.EASE";
    recommend::Ials, "flownote.models.recommend.IALS";
    recommend::ItemKnn, "flownote.models.recommend.ItemKNN";
    recommend::Popularity, "flownote.models.recommend.Popularity";
}

fn encode<M: Model>(model: &M, type_name: &'static str) -> Encoding {
    let saved = model.save();
    let meta = serde_json::json!({"kind": saved.kind, "parameters": saved.parameters});
    let record = Record { meta, ..Record::plain("model", type_name) };
    Encoding::Bytes(vec![Piece::Own(saved.to_bytes())], record)
}

fn refused(error: ModelError) -> Refused {
    Refused { message: error.to_string(), hint: hint(&error) }
}

/// What to do about an error of a model's.
pub(crate) fn hint(error: &ModelError) -> Option<String> {
    match error {
        ModelError::Input { hint, .. }
        | ModelError::Row { hint, .. }
        | ModelError::Diverged { hint, .. } => Some(hint.clone()),
        ModelError::Saved { .. } | ModelError::Cancelled => None,
    }
}

impl Csr<f64> {
    /// What members did, for the recommenders of `flownote_models`: a row for each member, a
    /// column for each item. Nothing is copied.
    ///
    /// # Errors
    /// When the elements of a row aren't in the order of their columns, or a strength isn't
    /// above 0.
    pub fn interactions(&self) -> Result<Interactions<'_>> {
        let (Indices::Narrow(indptr), Indices::Narrow(indices)) = (self.indptr(), self.indices())
        else {
            return Err(Error::new("the matrix has indices of 64 bits")
                .with_hint("recommenders take fewer than 2³¹ events: split the matrix"));
        };
        Interactions::new(indptr, indices, self.data(), self.shape().1).map_err(Error::from)
    }
}
