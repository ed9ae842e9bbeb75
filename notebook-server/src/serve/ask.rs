//! The handlers: they read what is asked, let a model decide, and note the decision.

use std::sync::atomic::Ordering;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use flownote_flow::help::{Help, resembling};
use flownote_models::ModelError;
use jiff::Timestamp;

use super::api::{Chosen, Health, Recommended, Taken};
use super::event::{self, Event, What, wrong};
use super::journal::MANY;
use super::live::Live;
use super::openapi;
use super::place::{Place, Servable};
use super::rows::{Decision, Told};
use super::state::{Serving, Shared};
use crate::answer::{Answer, Failure};
use crate::query::Asked;

/// So many titles are given when nobody says how many, and at most.
const TITLES: u64 = 10;
const MOST_TITLES: u64 = 1_000;
/// So many events are taken at once.
const MOST_EVENTS: usize = 1_000;

/// `GET /recommend/{member}?k`.
pub async fn recommend(
    State(app): State<Serving>,
    Path(member): Path<String>,
    asked: Asked,
) -> Answer<Recommended> {
    let k = asked.number("k")?.unwrap_or(TITLES);
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
    let ranked = recommending.recommend(&member, &since, places).map_err(said)?;
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
    Path(title): Path<String>,
    asked: Asked,
) -> Answer<Chosen> {
    let choosing = app.choosing(&title).ok_or_else(|| no_pictures(&app, &title))?;
    let member = asked.one("member").map(str::to_owned);
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
    app.live().choose(&answer.request, &answer.title, &answer.picture, &choice.context);
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

/// `POST /events`: all of them are taken, or none.
pub async fn events(State(app): State<Serving>, body: Bytes) -> Answer<Taken> {
    let events = event::parse(&body)?;
    if events.len() > MOST_EVENTS {
        let what = format!("{} events are too many at once", events.len());
        return Err(Failure::wrong(what, format!("send up to {MOST_EVENTS} at a time")));
    }
    let mut answer = Taken::default();
    let mut told = Vec::new();
    let mut outcomes = Vec::new();
    {
        let mut live = app.live();
        for (number, event) in events.iter().enumerate() {
            check(&app, &live, event, number, events.len())?;
        }
        let at = now();
        for event in events {
            if event.id.as_ref().is_some_and(|id| live.knows(id)) {
                answer.repeated += 1;
                continue;
            }
            if let Some(id) = &event.id {
                live.remember(id);
            }
            answer.taken += 1;
            let mut row =
                Told { at, id: event.id, kind: "play", member: None, title: None, request: None };
            match event.what {
                What::Play { member, title, request } => {
                    live.play(&member, &title);
                    (row.member, row.title, row.request) = (Some(member), Some(title), request);
                }
                What::Impression { request } => {
                    live.show(&request);
                    (row.kind, row.request) = ("impression", Some(request));
                }
                What::Click { request } => {
                    outcomes.extend(live.click(&request));
                    (row.kind, row.request) = ("click", Some(request));
                }
            }
            told.push(row);
        }
    }
    answer.learnt = app.learn(&outcomes);
    app.journal.told(told);
    Ok(Json(answer))
}

/// Whether an event can be taken.
fn check(
    app: &Shared,
    live: &Live,
    event: &Event,
    number: usize,
    count: usize,
) -> Result<(), Failure> {
    // What was taken once is right, even if its choice is forgotten by now.
    if event.id.as_ref().is_some_and(|id| live.knows(id)) {
        return Ok(());
    }
    let of = if count == 1 { "the event".to_owned() } else { format!("events[{number}]") };
    match &event.what {
        What::Play { title, .. } => {
            let place = format!("{of}.title");
            let recommending = app.recommend.as_ref().map(Place::now).ok_or_else(|| {
                let hint = "start with --recommend FLOW";
                wrong("no recommender is served that could learn of a play", &of, hint)
            })?;
            if recommending.has(title) {
                return Ok(());
            }
            let hint = match resembling(title, recommending.titles()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "write it as answers do".to_owned(),
            };
            Err(wrong(format!("the model knows no title `{title}`"), &place, hint))
        }
        What::Impression { request } | What::Click { request } => {
            if live.choice(request).is_some() {
                return Ok(());
            }
            Err(wrong(
                format!("no picture was chosen by a request `{request}`"),
                &format!("{of}.request"),
                "give the `request` of an answer of /artwork that is less than an hour old",
            ))
        }
    }
}

/// `GET /health`.
pub async fn health(State(app): State<Serving>) -> Json<Health> {
    let recommend = app.recommend.iter().map(|place| place.now().model().clone());
    let artwork = app.artwork.iter().map(|place| place.now().model().clone());
    let (unwritten, lost) = app.journal.unwritten();
    Json(Health {
        status: if lost > 0 { "behind" } else { "ok" },
        models: recommend.chain(artwork).collect(),
        seconds: app.since.elapsed().as_secs(),
        decisions: app.decisions.load(Ordering::Relaxed),
        unwritten,
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

impl Shared {
    fn note(&self, decision: Decision) {
        self.decisions.fetch_add(1, Ordering::Relaxed);
        if self.journal.decided(decision) >= MANY {
            self.full.notify_one();
        }
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

fn new_request() -> String {
    format!("{:016x}", rand::random::<u64>())
}

fn now() -> i64 {
    Timestamp::now().as_millisecond()
}
