//! `--with retry:times=3,minutes_between_retries=0`: a decorator for every step that
//! doesn't have it.

use serde_json::{Map, Value};

use super::KNOWN;
use crate::description::{DecoratorDescription, FlowDescription, StepDescription};
use crate::help::{Help, list_in_words, resembling};

/// What is wrong with a `--with`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WithError {
    /// There is no such decorator.
    #[error("`--with {spec}` names no decorator that Flownote knows")]
    Unknown {
        /// What was given.
        spec: String,
    },
    /// The decorator has no such attribute.
    #[error("`--with {spec}`: `@{decorator}` has no attribute `{attribute}`")]
    Attribute {
        /// What was given.
        spec: String,
        /// The decorator.
        decorator: String,
        /// The attribute.
        attribute: String,
    },
    /// An attribute without a value.
    #[error("`--with {spec}`: `{part}` gives no value")]
    Value {
        /// What was given.
        spec: String,
        /// The part without `=`.
        part: String,
    },
}

impl Help for WithError {
    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Unknown { spec } => {
                let name = spec.split(':').next().unwrap_or_default();
                match resembling(name, KNOWN.iter().map(|known| known.name)) {
                    Some(name) => format!("did you mean `{name}`?"),
                    None => format!("it can be {}", words(KNOWN.iter().map(|known| known.name))),
                }
            }
            Self::Attribute { decorator, .. } => {
                let known = KNOWN.iter().find(|known| known.name == decorator);
                let attributes = known.map_or(&[][..], |known| known.attributes);
                format!("it has {}", words(attributes.iter().copied()))
            }
            Self::Value { .. } => "write `--with decorator:attribute=value,attribute=value`".into(),
        })
    }
}

fn words<'a>(names: impl Iterator<Item = &'a str>) -> String {
    list_in_words(&names.map(|name| format!("`{name}`")).collect::<Vec<_>>())
}

/// Reads `decorator:attribute=value,…`. Values are JSON where they can be, else text.
///
/// # Errors
/// When the decorator or one of the attributes is unknown, or a value is missing.
pub fn parse(spec: &str) -> Result<DecoratorDescription, WithError> {
    let (name, rest) = spec.split_once(':').unwrap_or((spec, ""));
    let known = KNOWN.iter().find(|known| known.name == name);
    let known = known.ok_or_else(|| WithError::Unknown { spec: spec.into() })?;
    let mut attributes = Map::new();
    for part in split_outside_brackets(rest) {
        let unnamed = known.positional.map(|attribute| (attribute, part));
        let (attribute, value) = part
            .split_once('=')
            .or(unnamed)
            .ok_or_else(|| WithError::Value { spec: spec.into(), part: part.into() })?;
        let attribute = attribute.trim();
        if !known.attributes.contains(&attribute) {
            let (spec, decorator) = (spec.into(), name.into());
            return Err(WithError::Attribute { spec, decorator, attribute: attribute.into() });
        }
        let value = serde_json::from_str(value).unwrap_or_else(|_| Value::from(value));
        let several = attribute == "sources" && value.is_string();
        let value = if several { Value::from(vec![value]) } else { value };
        attributes.insert(attribute.into(), value);
    }
    Ok(DecoratorDescription { name: name.into(), attributes })
}

/// Adds decorators to every step that doesn't have them, and to which they can apply:
/// a step that splits can't be caught.
///
/// # Errors
/// As [`parse`].
pub fn merge(description: &mut FlowDescription, specs: &[String]) -> Result<(), WithError> {
    let added = specs.iter().map(|spec| parse(spec)).collect::<Result<Vec<_>, _>>()?;
    for step in &mut description.steps {
        for decorator in &added {
            if applies(decorator, step) {
                step.decorators.push(decorator.clone());
            }
        }
    }
    Ok(())
}

fn applies(decorator: &DecoratorDescription, step: &StepDescription) -> bool {
    let has = step.decorators.iter().any(|own| own.name == decorator.name);
    let splits = step.transitions.iter().any(|next| next.has_foreach || next.targets.len() > 1);
    let impossible = decorator.name == "catch" && splits;
    !has && !impossible
}

fn split_outside_brackets(text: &str) -> Vec<&str> {
    let (mut parts, mut depth, mut quoted, mut begin) = (Vec::new(), 0_u32, false, 0);
    for (at, letter) in text.char_indices() {
        match letter {
            '"' => quoted = !quoted,
            '{' | '[' if !quoted => depth += 1,
            '}' | ']' if !quoted => depth = depth.saturating_sub(1),
            ',' if !quoted && depth == 0 => {
                parts.push(&text[begin..at]);
                begin = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[begin..]);
    parts.into_iter().map(str::trim).filter(|part| !part.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn check(spec: &str, name: &str, attributes: Value) {
        let decorator = parse(spec).expect(spec);
        assert_eq!(
            (decorator.name.as_str(), Value::Object(decorator.attributes)),
            (name, attributes)
        );
    }

    fn check_error(spec: &str, message: &str, hint: &str) {
        let error = parse(spec).expect_err(spec);
        assert_eq!((error.to_string().as_str(), error.hint().as_deref()), (message, Some(hint)));
    }

    #[test]
    fn specs_are_read() {
        check("catch", "catch", json!({}));
        check("retry:times=3", "retry", json!({"times": 3}));
        check("retry:times=1, backoff=1.5", "retry", json!({"times": 1, "backoff": 1.5}));
        check("catch:var=error", "catch", json!({"var": "error"}));
        check("secrets:env:TOKEN", "secrets", json!({"sources": ["env:TOKEN"]}));
        check("isolate:spawn", "isolate", json!({"mode": "spawn"}));
        check(
            r#"environment:vars={"A":"1,2","B":"x"}"#,
            "environment",
            json!({"vars": {"A": "1,2", "B": "x"}}),
        );
    }

    #[test]
    fn wrong_specs_are_explained() {
        check_error(
            "retyr",
            "`--with retyr` names no decorator that Flownote knows",
            "did you mean `retry`?",
        );
        check_error(
            "retry:time=3",
            "`--with retry:time=3`: `@retry` has no attribute `time`",
            "it has `times`, `minutes_between_retries` and `backoff`",
        );
        check_error(
            "retry:3",
            "`--with retry:3`: `3` gives no value",
            "write `--with decorator:attribute=value,attribute=value`",
        );
    }
}
