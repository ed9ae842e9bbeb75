//! What there is to ask, as an OpenAPI 3.1 document. A test holds it against the routes and
//! against what is answered.

use serde_json::{Value, json};

/// The document.
pub fn document() -> Value {
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "flownote serve",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Recommendations and artwork from models in a Flownote store. Every \
                answer has a `request`: the name of its row in the log, by which events are told.",
        },
        "paths": {
            "/recommend/{member}": {"get": operation(
                "recommend",
                "Titles for a member",
                "Ranked by what the member watched, events since the model's run included. Of a \
                 member of whom nothing is known: what most members watched, and `why`.",
                &[
                    parameter("member", "path", "The member's id", &name()),
                    parameter("k", "query", "How many titles", &json!(
                        {"type": "integer", "minimum": 1, "maximum": 1000, "default": 10}
                    )),
                ],
                "Recommended",
                &[400, 404],
            )},
            "/artwork/{title}": {"get": operation(
                "artwork",
                "A picture of a title for a member",
                "Drawn by the policy; `propensity` is how likely it was. Without a member, or of \
                 one of whom nothing is known: as for the average member, and `why`.",
                &[
                    parameter("title", "path", "The title", &name()),
                    parameter("member", "query", "The member's id", &name()),
                ],
                "Chosen",
                &[400, 404],
            )},
            "/events": {"post": events()},
            "/health": {"get": operation(
                "health", "How the server does", "Which models are served, and the log's run.",
                &[], "Health", &[],
            )},
            "/openapi.json": {"get": {
                "operationId": "openapi",
                "summary": "This document",
                "responses": {"200": answer("This document", &json!({"type": "object"}))},
            }},
        },
        "components": {
            "schemas": schemas(),
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{}, {"token": []}],
    })
}

fn name() -> Value {
    json!({"type": "string", "maxLength": super::name::LONGEST})
}

fn operation(
    id: &str,
    summary: &str,
    description: &str,
    parameters: &[Value],
    schema: &str,
    failures: &[u16],
) -> Value {
    json!({
        "operationId": id,
        "summary": summary,
        "description": description,
        "parameters": parameters,
        "responses": responses(schema, failures),
    })
}

/// The answers: those of every route, and some of its own.
fn responses(schema: &str, failures: &[u16]) -> Value {
    let mut responses = json!({"200": answer("The answer", &reference(schema))});
    for status in failures.iter().chain(&[401, 403, 421]) {
        let meaning = match status {
            400 => "The request makes no sense",
            401 => "The token is missing, or another",
            403 => "A page of another site asks",
            404 => "There is no such thing",
            413 => "The body is too large",
            415 => "The body isn't said to be JSON",
            421 => "The server isn't asked by that name",
            _ => "An event can't be taken; none of the request was",
        };
        responses[status.to_string()] = answer(meaning, &reference("Failure"));
    }
    responses
}

fn answer(description: &str, schema: &Value) -> Value {
    json!({"description": description, "content": {"application/json": {"schema": schema}}})
}

fn parameter(name: &str, place: &str, description: &str, schema: &Value) -> Value {
    json!({
        "name": name, "in": place, "required": place == "path", "description": description,
        "schema": schema,
    })
}

fn reference(schema: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{schema}")})
}

fn events() -> Value {
    let many = json!({"type": "array", "items": reference("Event"), "maxItems": 1000});
    json!({
        "operationId": "events",
        "summary": "What members did",
        "description": "One event or a list: all are taken, or none. A play changes the member's \
            next recommendations; a click, or an impression that isn't clicked in time, changes \
            the policy. An event with an `id` counts once, however often it is told.",
        "requestBody": {
            "required": true,
            "content": {"application/json": {"schema": {"oneOf": [reference("Event"), many]}}},
        },
        "responses": responses("Taken", &[400, 413, 415, 422]),
    })
}

/// An object whose properties are said as name, type and meaning; a name with `?` may be absent.
fn object(description: &str, properties: &[(&str, Value, &str)]) -> Value {
    let mut schema = json!({
        "type": "object", "description": description, "properties": {}, "required": [],
    });
    for (name, kind, meaning) in properties {
        let bare = name.trim_end_matches('?');
        let mut property = kind.clone();
        if kind.get("$ref").is_none() {
            property["description"] = json!(meaning);
        }
        schema["properties"][bare] = property;
        if bare == *name
            && let Some(required) = schema["required"].as_array_mut()
        {
            required.push(json!(bare));
        }
    }
    schema
}

fn schemas() -> Value {
    let text = || json!({"type": "string"});
    let whole = || json!({"type": "integer", "minimum": 0});
    let number = || json!({"type": "number"});
    let flag = || json!({"type": "boolean"});
    let share = || json!({"type": "number", "minimum": 0, "maximum": 1});
    let list = |schema: Value| json!({"type": "array", "items": schema});
    json!({
        "Recommended": object("Titles for a member", &[
            ("request", text(), "The decision's name in the log"),
            ("member", text(), "Who asked"),
            ("personalized", flag(), "Whether it is of what the member did"),
            ("why?", text(), "Why it isn't"),
            ("model", reference("Model"), ""),
            ("propensity", share(), "How likely this list was"),
            ("titles", list(reference("Title")), "Best first"),
        ]),
        "Title": object("A title that is recommended", &[
            ("title", text(), "Its name"),
            ("score", number(), "What it is ranked by"),
            ("because?", text(), "The watched title that says most for it"),
        ]),
        "Chosen": object("A picture of a title", &[
            ("request", text(), "The decision's name in the log, by which events are told"),
            ("title", text(), "The title"),
            ("member?", text(), "Who asked"),
            ("personalized", flag(), "Whether it is of what is known of the member"),
            ("why?", text(), "Why it isn't"),
            ("model", reference("Model"), ""),
            ("action", whole(), "The picture's number among the candidates"),
            ("picture", text(), "The picture"),
            ("propensity", share(), "How likely it was to be chosen"),
        ]),
        "Model": object("The model that decided", &[
            ("kind", text(), "What kind it is: `recommend.ease`"),
            ("artifact", text(), "Where it is in the store: `Flow/run/step/task/name`"),
        ]),
        "Event": object("What a member did", &[
            ("kind", json!({"type": "string", "enum": ["play", "impression", "click"]}), "What"),
            ("id?", text(), "Told again under the same id it counts once"),
            ("member?", text(), "Who: of a play"),
            ("title?", text(), "What was played"),
            ("request?", text(), "The answer that it is of: of an impression and a click"),
        ]),
        "Taken": object("What became of events", &[
            ("taken", whole(), "Events that were new"),
            ("repeated", whole(), "Events whose ids were known: they changed nothing"),
            ("learnt", whole(), "Outcomes that a policy learnt from at once"),
        ]),
        "Health": object("How the server does", &[
            ("status", json!({"type": "string", "enum": ["ok", "behind"]}), "`behind`: the log's last write failed"),
            ("models", list(reference("Model")), "What is served"),
            ("seconds", whole(), "How long it has been served"),
            ("decisions", whole(), "Decisions so far"),
            ("unwritten", whole(), "Rows that the log doesn't have yet"),
            ("lost", whole(), "Rows that the log will never have: too many waited"),
            ("log?", text(), "The run that has the log"),
        ]),
        "Failure": object("What went wrong", &[
            ("error", object("What went wrong", &[
                ("what", text(), "In a sentence"),
                ("where", json!({"type": ["string", "null"]}), "Where in the request"),
                ("hint", json!({"type": ["string", "null"]}), "What to do now"),
            ]), "What, where, what now"),
        ]),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::serve::routes::ROUTES;

    #[test]
    fn every_route_is_said_and_nothing_else() {
        let document = document();
        let mut said = Vec::new();
        for (path, methods) in document["paths"].as_object().unwrap() {
            said.extend(methods.as_object().unwrap().keys().map(|it| format!("{it} {path}")));
        }
        let mut routed: Vec<String> =
            ROUTES.iter().map(|it| format!("{} {}", it.method, it.path)).collect();
        said.sort();
        routed.sort();
        assert_eq!(said, routed);
    }

    #[test]
    fn every_reference_leads_somewhere() {
        let document = document();
        let text = document.to_string();
        for part in text.split("\"#/components/schemas/").skip(1) {
            let name = part.split('"').next().unwrap();
            assert!(document["components"]["schemas"][name].is_object(), "{name}");
        }
    }
}
