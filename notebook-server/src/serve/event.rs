//! Events as they are told, checked one field at a time: an error names the place and the way out.

use axum::http::StatusCode;
use flownote_flow::help::resembling;
use serde_json::{Map, Value};

use super::name::LONGEST;
use crate::answer::Failure;

const FIELDS: [&str; 5] = ["kind", "id", "member", "title", "request"];
const KINDS: [&str; 3] = ["play", "impression", "click"];

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// A member played a title.
    Play {
        /// Who.
        member: String,
        /// What.
        title: String,
        /// The answer that led to it.
        request: Option<String>,
    },
    /// A picture was seen.
    Impression {
        /// The answer that chose it.
        request: String,
    },
    /// A picture was clicked.
    Click {
        /// The answer that chose it.
        request: String,
    },
}

/// One event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Told again under the same id it counts once.
    pub id: Option<String>,
    /// What happened.
    pub what: What,
}

/// Reads a body: one event, or a list of them.
///
/// # Errors
/// What is wrong with the first that isn't one.
pub fn parse(body: &[u8]) -> Result<Vec<Event>, Failure> {
    let value: Value = serde_json::from_slice(body).map_err(|error| {
        let place = format!("line {}, column {}", error.line(), error.column());
        Failure::wrong("the body isn't JSON", "send one event, or a list of events").at(place)
    })?;
    match value {
        Value::Array(events) => events
            .into_iter()
            .enumerate()
            .map(|(number, event)| read(event, &format!("events[{number}]")))
            .collect(),
        one => Ok(vec![read(one, "the event")?]),
    }
}

/// An event that can't be taken.
pub fn wrong(what: impl Into<String>, place: &str, hint: impl Into<String>) -> Failure {
    Failure::new(StatusCode::UNPROCESSABLE_ENTITY, what, hint).at(place)
}

fn read(event: Value, place: &str) -> Result<Event, Failure> {
    let example = r#"write an object: {"kind": "play", "member": "7", "title": "Alien (1979)"}"#;
    let Value::Object(fields) = event else {
        return Err(wrong("an event is an object", place, example));
    };
    if let Some(unknown) = fields.keys().find(|name| !FIELDS.contains(&name.as_str())) {
        let hint = match resembling(unknown, FIELDS) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("an event has {}", FIELDS.join(", ")),
        };
        return Err(wrong(format!("an event has no `{unknown}`"), place, hint));
    }
    let fields = Fields { fields: &fields, place };
    let kind = fields.needed("kind", example)?;
    let id = fields.text("id")?;
    let of_choice = "give the `request` of the answer that chose the picture";
    let what = match kind.as_str() {
        "play" => What::Play {
            member: fields.needed("member", "say who played it")?,
            title: fields.needed("title", "say what was played")?,
            request: fields.text("request")?,
        },
        "impression" => What::Impression { request: fields.needed("request", of_choice)? },
        "click" => What::Click { request: fields.needed("request", of_choice)? },
        other => {
            let hint = format!("there are {}", KINDS.join(", "));
            let place = format!("{place}.kind");
            return Err(wrong(format!("there is no event `{other}`"), &place, hint));
        }
    };
    Ok(Event { id, what })
}

struct Fields<'a> {
    fields: &'a Map<String, Value>,
    place: &'a str,
}

impl Fields<'_> {
    fn text(&self, name: &str) -> Result<Option<String>, Failure> {
        let place = format!("{}.{name}", self.place);
        match self.fields.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) if text.is_empty() => {
                Err(wrong(format!("`{name}` is empty"), &place, "leave it out, or fill it in"))
            }
            Some(Value::String(text)) if text.len() > LONGEST => {
                let hint = format!("{LONGEST} bytes are enough for a name");
                Err(wrong(format!("`{name}` is too long"), &place, hint))
            }
            Some(Value::String(text)) => Ok(Some(text.clone())),
            // Ids of members are numbers to many.
            Some(Value::Number(number)) => Ok(Some(number.to_string())),
            Some(_) => Err(wrong(format!("`{name}` isn't a text"), &place, "write it in quotes")),
        }
    }

    fn needed(&self, name: &str, hint: &str) -> Result<String, Failure> {
        self.text(name)?.ok_or_else(|| wrong(format!("there is no `{name}`"), self.place, hint))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::response::IntoResponse;

    async fn said(body: &str) -> String {
        let failure = parse(body.as_bytes()).expect_err(body);
        let body =
            axum::body::to_bytes(failure.into_response().into_body(), 1 << 16).await.unwrap();
        let error: Value = serde_json::from_slice(&body).unwrap();
        let part = |name: &str| error["error"][name].as_str().unwrap_or_default().to_owned();
        format!("{} | {} | {}", part("what"), part("where"), part("hint"))
    }

    #[test]
    fn one_event_or_many_are_read() {
        let one = parse(br#"{"kind": "play", "member": 7, "title": "Alien"}"#).unwrap();
        let what = What::Play { member: "7".into(), title: "Alien".into(), request: None };
        assert_eq!(one, [Event { id: None, what }]);
        let many = parse(br#"[{"kind": "click", "request": "a", "id": "1"}]"#).unwrap();
        let what = What::Click { request: "a".into() };
        assert_eq!(many, [Event { id: Some("1".into()), what }]);
        assert_eq!(parse(b"[]").unwrap(), []);
    }

    #[tokio::test]
    async fn what_is_no_event_is_told_with_its_place() {
        let check = async |body: &str, expect: &str| assert_eq!(said(body).await, expect);
        check("{", "the body isn't JSON | line 1, column 1 | send one event, or a list of events")
            .await;
        check(
            r#"[{"kind": "click", "request": "a"}, {"kind": "plya"}]"#,
            "there is no event `plya` | events[1].kind | there are play, impression, click",
        )
        .await;
        check(
            r#"{"kind": "play", "member": "7", "titel": "x"}"#,
            "an event has no `titel` | the event | did you mean `title`?",
        )
        .await;
        check(
            r#"{"kind": "play", "member": "7"}"#,
            "there is no `title` | the event | say what was played",
        )
        .await;
        check(
            r#"{"kind": "click", "request": ["a"]}"#,
            "`request` isn't a text | the event.request | write it in quotes",
        )
        .await;
    }
}
