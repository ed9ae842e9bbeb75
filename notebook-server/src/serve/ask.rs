//! The handlers: they read what is asked, let a model decide, and note the decision.

use std::sync::atomic::Ordering;

use axum::Json;
use axum::extract::{RawQuery, State};
use flownote_flow::help::Help;
use flownote_models::ModelError;
use jiff::Timestamp;

use super::api::{Chosen, Health, Recommended};
use super::name::{self, Name};
use super::openapi;
use super::place::{Place, Servable};
use super::rows::Decision;
use super::state::{Serving, Shared};
use crate::answer::{Answer, Failure};
use crate::query::Asked;

/// So many titles are given when nobody says how many, and at most.
const TITLES: u64 = 10;
const MOST_TITLES: u64 = 1_000;

/// `GET /recommend/{member}?k`.
pub async fn recommend(
    State(app): State<Serving>,
    Name(member): Name,
    RawQuery(query): RawQuery,
) -> Answer<Recommended> {
    let asked = only(query.as_deref(), &["k"])?;
    let k = asked.number("k").map_err(|it| it.at("k"))?.unwrap_or(TITLES);
    if k == 0 || k > MOST_TITLES {
        let hint = format!("ask for 1 to {MOST_TITLES}");
        return Err(Failure::wrong(format!("{k} titles can't be recommended"), hint).at("k"));
    }
    let place = app.recommend.as_ref().ok_or_else(|| {
        Failure::missing("no recommender is served", "start with --recommend FLOW")
    })?;
    let recommending = place.now();
    let since = app.live().plays(&member);
    let places = usize::try_from(k).unwrap_or(usize::MAX);
    let (by, of) = (recommending.clone(), member.clone());
    // The larger models take a while for it, and others are to be answered meanwhile.
    let ranking = tokio::task::spawn_blocking(move || by.recommend(&of, &since, places));
    let ranked = ranking.await.map_err(|_| broken())?.map_err(said)?;
    let answer = Recommended {
        request: new_request(),
        member,
        personalized: ranked.why.is_none(),
        why: ranked.why,
        model: recommending.model().clone(),
        propensity: 1.0,
        titles: ranked.titles,
    };
    app.note(Decision {
        at: now(),
        request: answer.request.clone(),
        kind: "recommend",
        member: Some(answer.member.clone()),
        personalized: answer.personalized,
        title: None,
        shown: answer.titles.iter().map(|it| it.title.clone()).collect(),
        action: None,
        propensity: answer.propensity,
        propensities: None,
        context: None,
        policy: answer.model.kind.clone(),
        model: answer.model.artifact.clone(),
    });
    Ok(Json(answer))
}

/// `GET /artwork/{title}?member`.
pub async fn artwork(
    State(app): State<Serving>,
    Name(title): Name,
    RawQuery(query): RawQuery,
) -> Answer<Chosen> {
    let asked = only(query.as_deref(), &["member"])?;
    let choosing = app.choosing(&title).ok_or_else(|| no_pictures(&app, &title))?;
    let member = asked.one("member").map(str::to_owned);
    member.iter().try_for_each(|member| name::check(member, "member"))?;
    let choice = choosing.choose(member.as_deref(), app.explore, rand::random()).map_err(said)?;
    let answer = Chosen {
        request: new_request(),
        title,
        member,
        personalized: choice.why.is_none(),
        why: choice.why,
        model: choosing.model().clone(),
        action: choice.action,
        picture: choosing.pictures()[choice.action].clone(),
        propensity: choice.propensities[choice.action],
    };
    let forgotten =
        app.live().choose(&answer.request, &answer.title, &answer.picture, &choice.context);
    app.learn(&forgotten);
    app.note(Decision {
        at: now(),
        request: answer.request.clone(),
        kind: "artwork",
        member: answer.member.clone(),
        personalized: answer.personalized,
        title: Some(answer.title.clone()),
        shown: vec![answer.picture.clone()],
        action: i64::try_from(answer.action).ok(),
        propensity: answer.propensity,
        propensities: Some(choice.propensities),
        context: Some(choice.context).filter(|it| !it.is_empty()),
        policy: answer.model.kind.clone(),
        model: answer.model.artifact.clone(),
    });
    Ok(Json(answer))
}

/// `GET /health`.
pub async fn health(State(app): State<Serving>) -> Json<Health> {
    let recommend = app.recommend.iter().map(|place| place.now().model().clone());
    let artwork = app.artwork.iter().map(|place| place.now().model().clone());
    Json(Health {
        status: if app.journal.fails() { "behind" } else { "ok" },
        models: recommend.chain(artwork).collect(),
        seconds: app.since.elapsed().as_secs(),
        decisions: app.decisions.load(Ordering::Relaxed),
        unwritten: app.journal.unwritten(),
        lost: app.journal.lost(),
        log: app.journal.run().map(|run| run.to_string()),
    })
}

/// `GET /openapi.json`.
pub async fn document() -> Json<serde_json::Value> {
    Json(openapi::document())
}

/// What isn't there.
pub async fn nothing() -> Failure {
    Failure::missing("there is nothing here", "GET /openapi.json says what there is")
}

/// What is there, but isn't asked so.
pub async fn other_method() -> Failure {
    let status = axum::http::StatusCode::METHOD_NOT_ALLOWED;
    Failure::new(status, "this isn't asked so", "GET /openapi.json says how it is asked")
}

/// Reads a query that may have `known` parameters and no others: a slip is told, not ignored.
pub fn only(query: Option<&str>, known: &[&str]) -> Result<Asked, Failure> {
    let query = query.unwrap_or_default();
    let mut pairs = url::form_urlencoded::parse(query.as_bytes());
    let Some((name, _)) = pairs.find(|(name, _)| !known.contains(&&**name)) else {
        return Ok(Asked::parse(query));
    };
    let hint = match known {
        [] => "there are none here".to_owned(),
        known => format!("there is `{}`", known.join("`, `")),
    };
    Err(Failure::wrong(format!("there is no parameter `{name}`"), hint).at(name))
}

impl Shared {
    fn note(&self, decision: Decision) {
        self.decisions.fetch_add(1, Ordering::Relaxed);
        self.journal.decided(decision);
        self.ring();
    }
}

fn no_pictures(app: &Shared, title: &str) -> Failure {
    let served: Vec<_> = app.artwork.iter().map(Place::now).collect();
    let titles: Vec<String> = served.iter().map(|it| format!("`{}`", it.title())).collect();
    let hint = match titles.as_slice() {
        [] => "start with --artwork FLOW".to_owned(),
        some => format!("there are pictures of {}", some.join(", ")),
    };
    Failure::missing(format!("there are no pictures of `{title}` to choose from"), hint)
}

fn said(error: ModelError) -> Failure {
    Failure::of(axum::http::StatusCode::INTERNAL_SERVER_ERROR, &error as &dyn Help)
}

fn broken() -> Failure {
    let status = axum::http::StatusCode::INTERNAL_SERVER_ERROR;
    Failure::new(status, "the model broke down", "what `flownote serve` printed says more")
}

fn new_request() -> String {
    format!("{:016x}", rand::random::<u64>())
}

/// Milliseconds since 1970, UTC.
pub fn now() -> i64 {
    Timestamp::now().as_millisecond()
}
