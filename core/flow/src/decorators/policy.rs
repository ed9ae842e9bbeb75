//! From decorators to a [`StepPolicy`].

use serde_json::Value;

use crate::description::DecoratorDescription;
use crate::event::StepPolicy;

/// A decorator of steps that Flownote brings.
pub(crate) struct Known {
    pub name: &'static str,
    /// The attribute that a value without a name means.
    pub positional: Option<&'static str>,
    pub attributes: &'static [&'static str],
}

const fn known(
    name: &'static str,
    positional: Option<&'static str>,
    attributes: &'static [&'static str],
) -> Known {
    Known { name, positional, attributes }
}

pub(crate) const KNOWN: &[Known] = &[
    known("cache", None, &["externals", "ttl"]),
    known("catch", None, &["var", "print_exception"]),
    known("environment", None, &["vars"]),
    known("isolate", Some("mode"), &["mode"]),
    known("resources", None, &["cpu", "memory", "gpu", "disk", "shared_memory"]),
    known("retry", None, &["times", "minutes_between_retries", "backoff"]),
    known("secrets", Some("sources"), &["sources"]),
    known("timeout", None, &["seconds", "minutes", "hours"]),
];

/// The attributes that `@retry` has when they aren't given.
pub(crate) const RETRY_TIMES: u32 = 3;
pub(crate) const RETRY_MINUTES: f64 = 2.0;

/// The policy that a step's decorators ask for. Attributes that are missing have their
/// defaults; [`crate::lint`] has seen to it that the others make sense.
pub fn policy(decorators: &[DecoratorDescription]) -> StepPolicy {
    let mut policy = StepPolicy { backoff: 1.0, ..StepPolicy::default() };
    for decorator in decorators {
        match decorator.name.as_str() {
            "retry" => retry(decorator, &mut policy),
            "catch" => policy.catch = true,
            "timeout" => policy.timeout_ms = timeout_ms(decorator),
            _ => {}
        }
    }
    policy
}

/// The milliseconds of a `@timeout`, if it names any.
pub(crate) fn timeout_ms(decorator: &DecoratorDescription) -> Option<u64> {
    let part = |name, seconds| number(decorator, name).unwrap_or(0.0) * seconds;
    let seconds = part("seconds", 1.0) + part("minutes", 60.0) + part("hours", 3600.0);
    (seconds > 0.0).then(|| milliseconds(seconds))
}

fn retry(decorator: &DecoratorDescription, policy: &mut StepPolicy) {
    let times = decorator.attributes.get("times").and_then(Value::as_u64);
    let minutes = number(decorator, "minutes_between_retries").unwrap_or(RETRY_MINUTES);
    policy.retries = times.map_or(RETRY_TIMES, |times| u32::try_from(times).unwrap_or(u32::MAX));
    policy.retry_after_ms = milliseconds(minutes * 60.0);
    policy.backoff = number(decorator, "backoff").unwrap_or(1.0);
}

fn number(decorator: &DecoratorDescription, name: &str) -> Option<f64> {
    decorator.attributes.get(name).and_then(Value::as_f64)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "`as` saturates, and no time is negative"
)]
fn milliseconds(seconds: f64) -> u64 {
    (seconds * 1000.0).round() as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Map, json};

    fn check(decorators: Value, expect: StepPolicy) {
        let decorators: Vec<DecoratorDescription> =
            serde_json::from_value(decorators).expect("decorators");
        assert_eq!(policy(&decorators), expect);
    }

    #[test]
    fn decorators_become_a_policy() {
        let plain = StepPolicy { backoff: 1.0, ..StepPolicy::default() };
        check(json!([]), plain.clone());
        check(
            json!([{"name": "retry"}]),
            StepPolicy { retries: 3, retry_after_ms: 120_000, ..plain.clone() },
        );
        let quick = json!({"times": 2, "minutes_between_retries": 0.01, "backoff": 2});
        check(
            json!([{"name": "retry", "attributes": quick}]),
            StepPolicy { retries: 2, retry_after_ms: 600, backoff: 2.0, ..plain.clone() },
        );
        let both = json!([
            {"name": "catch", "attributes": {"var": "error"}},
            {"name": "timeout", "attributes": {"seconds": 5, "minutes": 1}},
        ]);
        check(both, StepPolicy { catch: true, timeout_ms: Some(65_000), ..plain });
        assert_eq!(
            timeout_ms(&DecoratorDescription { name: "timeout".into(), attributes: Map::new() }),
            None
        );
    }
}
