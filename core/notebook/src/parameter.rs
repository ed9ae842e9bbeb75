//! What a value given for a run must be: of the type of the default that stands in the cell
//! tagged `parameters`.

use std::collections::BTreeMap;

use ruff_python_ast::{Expr, Mod, Number, Stmt, UnaryOp};
use serde::de::IgnoredAny;
use serde_json::Value;

use crate::lines;

/// The type of a default. One that isn't written out (`date.today()`, `None`) has none, and
/// what is given instead is taken as it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `int`.
    Integer,
    /// `float`.
    Float,
    /// `bool`.
    Boolean,
    /// `str`.
    Text,
    /// `list` or `tuple`.
    List,
    /// `dict`.
    Dict,
}

impl Kind {
    /// What is expected, for messages.
    pub fn expected(self) -> &'static str {
        match self {
            Self::Integer => "a whole number (int)",
            Self::Float => "a number (float)",
            Self::Boolean => "true or false (bool)",
            Self::Text => "text (str)",
            Self::List => "a JSON list",
            Self::Dict => "a JSON object (dict)",
        }
    }

    /// A text that would do.
    pub fn example(self) -> &'static str {
        match self {
            Self::Integer => "10",
            Self::Float => "0.5",
            Self::Boolean => "true",
            Self::Text => "text",
            Self::List => "'[1, 2]'",
            Self::Dict => "'{\"a\": 1}'",
        }
    }

    /// Reads what was typed, as JSON text; nothing when it isn't of the type.
    pub fn read(self, typed: &str) -> Option<String> {
        let value = typed.trim();
        let is = |first: char| value.starts_with(first) && is_json(value);
        match self {
            Self::Integer => {
                let digits = value.replace('_', "");
                let whole = digits.trim_start_matches('-').bytes().all(|it| it.is_ascii_digit());
                (whole && is_json(&digits)).then_some(digits)
            }
            Self::Float => {
                let number = value.replace('_', "");
                let begins =
                    number.starts_with(|first: char| first == '-' || first.is_ascii_digit());
                let whole = !number.contains(['.', 'e', 'E']);
                let float = if whole { format!("{number}.0") } else { number };
                (begins && is_json(&float)).then_some(float)
            }
            Self::Boolean => match value.to_ascii_lowercase().as_str() {
                "true" | "yes" | "on" | "1" => Some("true".to_owned()),
                "false" | "no" | "off" | "0" => Some("false".to_owned()),
                _ => None,
            },
            // With quotes around it or without.
            Self::Text if is('"') => Some(value.to_owned()),
            Self::Text => Some(Value::from(typed).to_string()),
            Self::List => is('[').then(|| value.to_owned()),
            Self::Dict => is('{').then(|| value.to_owned()),
        }
    }
}

fn is_json(text: &str) -> bool {
    serde_json::from_str::<IgnoredAny>(text).is_ok()
}

/// The types of the names that a cell of defaults sets, where they are written out.
pub fn kinds(source: &str) -> BTreeMap<String, Kind> {
    let mut found = BTreeMap::new();
    let parsed = lines::parse(lines::split(source).body);
    let Mod::Module(module) = parsed.syntax() else { return found };
    for statement in &module.body {
        match statement {
            Stmt::Assign(node) => {
                let Some(kind) = kind_of(&node.value) else { continue };
                for target in &node.targets {
                    if let Expr::Name(name) = target {
                        found.insert(name.id.to_string(), kind);
                    }
                }
            }
            Stmt::AnnAssign(node) => {
                let Expr::Name(name) = &*node.target else { continue };
                let kind =
                    annotated(&node.annotation).or_else(|| node.value.as_deref().and_then(kind_of));
                found.extend(kind.map(|kind| (name.id.to_string(), kind)));
            }
            _ => {}
        }
    }
    found
}

fn kind_of(value: &Expr) -> Option<Kind> {
    match value {
        Expr::BooleanLiteral(_) => Some(Kind::Boolean),
        Expr::StringLiteral(_) => Some(Kind::Text),
        Expr::List(_) | Expr::Tuple(_) => Some(Kind::List),
        Expr::Dict(_) => Some(Kind::Dict),
        Expr::NumberLiteral(node) => match node.value {
            Number::Int(_) => Some(Kind::Integer),
            Number::Float(_) => Some(Kind::Float),
            Number::Complex { .. } => None,
        },
        Expr::UnaryOp(node) if matches!(node.op, UnaryOp::USub | UnaryOp::UAdd) => {
            kind_of(&node.operand).filter(|kind| matches!(kind, Kind::Integer | Kind::Float))
        }
        _ => None,
    }
}

fn annotated(annotation: &Expr) -> Option<Kind> {
    let Expr::Name(name) = annotation else { return None };
    match name.id.as_str() {
        "int" => Some(Kind::Integer),
        "float" => Some(Kind::Float),
        "bool" => Some(Kind::Boolean),
        "str" => Some(Kind::Text),
        "list" | "tuple" => Some(Kind::List),
        "dict" => Some(Kind::Dict),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_default_says_its_type() {
        let source = "# Parameters\nn = -3\nalpha: float = 1\nflag = a = True\nname = 'x'\n\
                      items = [1]\npairs = {}\nday = today()\nnothing = None";
        let told: Vec<String> =
            kinds(source).into_iter().map(|(name, kind)| format!("{name} {kind:?}")).collect();
        let expected = "a Boolean, alpha Float, flag Boolean, items List, n Integer, name Text, \
                        pairs Dict";
        assert_eq!(told.join(", "), expected);
    }

    #[test]
    fn what_is_typed_is_of_the_type_or_nothing() {
        let check = |kind: Kind, typed: &str, expected: Option<&str>| {
            assert_eq!(kind.read(typed).as_deref(), expected, "{kind:?} {typed}");
        };
        check(Kind::Integer, "123456789012345678901", Some("123456789012345678901"));
        check(Kind::Integer, "1_000", Some("1000"));
        check(Kind::Integer, "-3", Some("-3"));
        for wrong in ["3.0", "x", "", "-", "007", "1e3", "true"] {
            check(Kind::Integer, wrong, None);
        }
        check(Kind::Float, "3", Some("3.0"));
        check(Kind::Float, "1e-5", Some("1e-5"));
        check(Kind::Float, "[1.0]", None);
        check(Kind::Float, "half", None);
        check(Kind::Boolean, "Yes", Some("true"));
        check(Kind::Boolean, "2", None);
        check(Kind::Text, "007", Some("\"007\""));
        check(Kind::Text, "\"a b\"", Some("\"a b\""));
        check(Kind::Text, " a", Some("\" a\""));
        check(Kind::List, "[1, null]", Some("[1, null]"));
        check(Kind::List, "1, 2", None);
        check(Kind::Dict, "[1]", None);
    }
}
