//! `POST /events`: what members did is checked, and changes the next answers.

use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use flownote_flow::help::resembling;

use super::api::Taken;
use super::ask::{now, only};
use super::event::{self, Event, What, wrong};
use super::live::{Live, Outcome};
use super::place::Place;
use super::recommender::Recommending;
use super::rows::Told;
use super::state::Serving;
use crate::answer::{Answer, Failure};
use crate::route::LARGEST;

/// So many events are taken at once.
const MOST: usize = 1_000;

/// `POST /events`: all of them are taken, or none.
pub async fn events(
    State(app): State<Serving>,
    RawQuery(query): RawQuery,
    body: Result<Bytes, BytesRejection>,
) -> Answer<Taken> {
    only(query.as_deref(), &[])?;
    let events = event::parse(&body.map_err(unread)?)?;
    if events.len() > MOST {
        let what = format!("{} events are too many at once", events.len());
        return Err(Failure::wrong(what, format!("send up to {MOST} at a time")));
    }
    let recommending = app.recommend.as_ref().map(Place::now);
    let by = recommending.as_deref();
    let taken = {
        let mut live = app.live();
        match events.iter().position(|event| !is_right(by, &live, event)) {
            None => Ok(take(&mut live, events)),
            Some(number) => Err((number, events)),
        }
    };
    // A refusal looks for what resembles a title: nobody waits for that.
    let (mut answer, told, outcomes) =
        taken.map_err(|(number, events)| refusal(by, &events, number))?;
    answer.learnt = app.learn(&outcomes);
    app.journal.told(told);
    app.ring();
    Ok(Json(answer))
}

/// Whether an event can be taken.
fn is_right(by: Option<&Recommending>, live: &Live, event: &Event) -> bool {
    // What was taken once is right, even if its choice is forgotten by now.
    event.id.as_ref().is_some_and(|id| live.knows(id))
        || match &event.what {
            What::Play { title, .. } => by.is_some_and(|by| by.has(title)),
            What::Impression { request } | What::Click { request } => {
                live.choice(request).is_some()
            }
        }
}

/// Takes events that are right.
fn take(live: &mut Live, events: Vec<Event>) -> (Taken, Vec<Told>, Vec<Outcome>) {
    let mut answer = Taken::default();
    let mut told = Vec::new();
    let mut outcomes = Vec::new();
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
    (answer, told, outcomes)
}

/// Says why an event can't be taken.
fn refusal(by: Option<&Recommending>, events: &[Event], number: usize) -> Failure {
    let of = if events.len() == 1 { "the event".to_owned() } else { format!("events[{number}]") };
    match &events[number].what {
        What::Play { title, .. } => {
            let Some(by) = by else {
                let hint = "start with --recommend FLOW";
                return wrong("no recommender is served that could learn of a play", &of, hint);
            };
            let hint = match resembling(title, by.titles()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "write it as answers do".to_owned(),
            };
            wrong(format!("the model knows no title `{title}`"), &format!("{of}.title"), hint)
        }
        What::Impression { request } | What::Click { request } => wrong(
            format!("no picture was chosen by a request `{request}`, or it is forgotten"),
            &format!("{of}.request"),
            "give the `request` of an answer of /artwork; one is forgotten after an hour, or \
             after 200,000 later ones",
        ),
    }
}

/// Says why a body can't be read.
fn unread(error: BytesRejection) -> Failure {
    match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Failure::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            format!("the body is larger than {} KiB", LARGEST >> 10),
            "send fewer events at a time",
        ),
        status => Failure::new(status, error.body_text(), "send it again"),
    }
}
