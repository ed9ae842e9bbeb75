//! A policy as it is served: which picture of one title to show to whom.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

use flownote_models::bandit::{
    Contexts, EpsilonGreedy, LinTs, LinUcb, Policy, Rounds, Softmax, Thompson, Ucb1,
};
use flownote_models::{Model, ModelError, Result, Saved};

use super::api::ModelOf;
use super::error::Unservable;
use super::place::Servable;
use super::stored::Stored;

const POLICY: &str = "a fitted policy of `flownote.models.bandit` as `policy` or `best_policy`";
const TITLE: &str = "`title`, the name of the title whose pictures are chosen from";
const PICTURES: &str = "`pictures`, a list with the name of each picture, in the policy's order";
const CONTEXTS: &str =
    "`contexts`, an array with a row of numbers for each member, as the policy learnt from";
const MEMBERS: &str = "`member_ids`, a list with the id of each row of `contexts`";

/// A policy, whichever it is.
trait Chooses: Send + Sync {
    fn propensities(&self, context: &[f64]) -> Result<Vec<f64>>;
    fn learn(&mut self, context: &[f64], action: usize, reward: f64) -> Result<()>;
}

impl<P: Policy + Send + Sync> Chooses for P {
    fn propensities(&self, context: &[f64]) -> Result<Vec<f64>> {
        Policy::propensities(self, &Contexts::new(context, 1, context.len())?)
    }

    fn learn(&mut self, context: &[f64], action: usize, reward: f64) -> Result<()> {
        let contexts = Contexts::new(context, 1, context.len())?;
        let (actions, rewards) = ([action as i64], [reward]);
        Policy::learn(self, &Rounds { actions: &actions, rewards: &rewards, contexts })
    }
}

/// What a run ended with, ready to choose.
pub struct Choosing {
    model: ModelOf,
    title: String,
    pictures: Vec<String>,
    /// Learns from what becomes of its choices.
    policy: RwLock<Box<dyn Chooses>>,
    contexts: HashMap<String, Vec<f64>>,
    /// The mean of all contexts: of members of whom nothing is known. Empty for policies that
    /// look at nobody.
    average: Vec<f64>,
}

/// A picture that was chosen.
#[derive(Clone, Debug)]
pub struct Choice {
    /// Its number.
    pub action: usize,
    /// The probability of each picture.
    pub propensities: Vec<f64>,
    /// What was known of the member.
    pub context: Vec<f64>,
    /// Why it isn't of the member.
    pub why: Option<String>,
}

fn load(saved: &Saved) -> Result<(Box<dyn Chooses>, usize)> {
    fn read<P: Policy + Send + Sync + 'static>(saved: &Saved) -> Result<(Box<dyn Chooses>, usize)> {
        let policy = P::load(saved)?;
        let actions = policy.actions();
        Ok((Box::new(policy), actions))
    }
    match saved.kind.as_str() {
        EpsilonGreedy::KIND => read::<EpsilonGreedy>(saved),
        Softmax::KIND => read::<Softmax>(saved),
        Ucb1::KIND => read::<Ucb1>(saved),
        Thompson::KIND => read::<Thompson>(saved),
        LinUcb::KIND => read::<LinUcb>(saved),
        LinTs::KIND => read::<LinTs>(saved),
        other => {
            let problem = format!("it is a `{other}`");
            Err(ModelError::Saved { kind: "policy".to_owned(), problem })
        }
    }
}

impl Servable for Choosing {
    async fn load(stored: &Stored) -> std::result::Result<Self, Unservable> {
        let found = stored.model(&["policy", "best_policy"], POLICY).await?;
        let model = ModelOf { kind: found.saved.kind.clone(), artifact: found.pathspec };
        let unread = |source| Unservable::Model { artifact: model.artifact.clone(), source };
        let (policy, actions) = load(&found.saved).map_err(unread)?;
        let missing = |names: &str, meaning| Unservable::Missing {
            run: stored.run().to_string(),
            names: format!("`{names}`"),
            meaning,
        };
        let title = stored.text("title", TITLE).await?.ok_or_else(|| missing("title", TITLE))?;
        let pictures = stored.texts("pictures", PICTURES).await?;
        let pictures = pictures.ok_or_else(|| missing("pictures", PICTURES))?;
        if pictures.len() != actions {
            let problem = format!("names {}, and the policy has {actions}", pictures.len());
            return Err(stored.unfit("pictures", problem, PICTURES));
        }
        let is_linear = matches!(model.kind.as_str(), LinUcb::KIND | LinTs::KIND);
        let mut contexts = HashMap::new();
        let mut average = Vec::new();
        if is_linear {
            let table = stored.table("contexts", CONTEXTS).await?;
            let table = table.ok_or_else(|| missing("contexts", CONTEXTS))?;
            let (rows, width) = (table.shape[0], table.shape[1]);
            let ids = stored.texts("member_ids", MEMBERS).await?;
            let ids = ids.unwrap_or_else(|| (0..rows).map(|it| it.to_string()).collect());
            if ids.len() != rows {
                let problem = format!("names {} members, and `contexts` has {rows}", ids.len());
                return Err(stored.unfit("member_ids", problem, MEMBERS));
            }
            let of = |row: &[f64], column: usize| row[column] / rows.max(1) as f64;
            let lines = || table.values.chunks_exact(width.max(1));
            average = (0..width).map(|at| lines().map(|row| of(row, at)).sum()).collect();
            contexts = ids.into_iter().zip(lines().map(<[f64]>::to_vec)).collect();
        }
        // What it can't choose by, it says now.
        policy
            .propensities(&average)
            .map_err(|error| stored.unfit("contexts", error.to_string(), CONTEXTS))?;
        Ok(Self { model, title, pictures, policy: RwLock::new(policy), contexts, average })
    }

    fn model(&self) -> &ModelOf {
        &self.model
    }
}

impl Choosing {
    /// The title whose pictures it chooses from.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// The pictures.
    pub fn pictures(&self) -> &[String] {
        &self.pictures
    }

    /// Chooses a picture for a member; `explore` is the share of choices in which any picture is
    /// drawn, `share` the chance by which it is drawn.
    ///
    /// # Errors
    /// None that a loaded policy has: it is the policy's word.
    pub fn choose(&self, member: Option<&str>, explore: f64, share: f64) -> Result<Choice> {
        let context = member.and_then(|member| self.contexts.get(member));
        let why = match (context, member) {
            (Some(_), _) => None,
            (None, _) if self.average.is_empty() => {
                Some("the policy shows all members alike".to_owned())
            }
            (None, Some(member)) => {
                Some(format!("nothing is known of `{member}`: chosen as for the average member"))
            }
            (None, None) => {
                Some("no member was named: chosen as for the average member".to_owned())
            }
        };
        let context = context.unwrap_or(&self.average);
        let policy = self.policy.read().unwrap_or_else(PoisonError::into_inner);
        let mut propensities = policy.propensities(context)?;
        drop(policy);
        let any = explore / propensities.len() as f64;
        propensities.iter_mut().for_each(|it| *it = any + (1.0 - explore) * *it);
        let action = draw(&propensities, share);
        Ok(Choice { action, propensities, context: context.clone(), why })
    }

    /// Learns what came of a picture in a context.
    ///
    /// # Errors
    /// Where the policy has no such picture, or learns from other contexts.
    pub fn learn(&self, picture: &str, context: &[f64], reward: f64) -> Result<()> {
        let action = self.pictures.iter().position(|it| it == picture).ok_or_else(|| {
            ModelError::input("picture", format!("`{picture}` isn't chosen from"), "name another")
        })?;
        let mut policy = self.policy.write().unwrap_or_else(PoisonError::into_inner);
        policy.learn(context, action, reward)
    }
}

/// The action at `share` of the way through a distribution.
fn draw(propensities: &[f64], share: f64) -> usize {
    let mut left = share * propensities.iter().sum::<f64>();
    for (action, propensity) in propensities.iter().enumerate() {
        if left < *propensity {
            return action;
        }
        left -= propensity;
    }
    // Rounding may leave a crumb at the end.
    propensities.iter().rposition(|it| *it > 0.0).unwrap_or_default()
}
