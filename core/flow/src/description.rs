//! A flow as its source describes it: what Python's reader of `self.next` calls found,
//! right or wrong. [`crate::lint`] says what is wrong; [`crate::graph`] is what is right.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::id::{FlowName, StepName};

/// A flow class as read from its source.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FlowDescription {
    /// The class's name.
    pub name: FlowName,
    /// The file, as the user would name it.
    pub file: String,
    /// The line of the class.
    pub line: u32,
    /// The class's docstring.
    #[serde(default)]
    pub doc: Option<String>,
    /// Its parameters, in the order of their definition.
    #[serde(default)]
    pub parameters: Vec<ParameterDescription>,
    /// Its steps, in the order of their definition; a name may stand twice.
    pub steps: Vec<StepDescription>,
    /// Names of class attributes that are neither steps nor parameters.
    #[serde(default)]
    pub constants: Vec<String>,
    /// Decorators of the class.
    #[serde(default)]
    pub decorators: Vec<DecoratorDescription>,
}

/// One parameter of a flow.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ParameterDescription {
    /// The parameter's name as users type it (`alpha`).
    pub name: String,
    /// The class attribute that holds it.
    pub attribute: String,
    /// `str`, `int`, `float`, `bool`, `json`, `file`.
    pub kind: String,
    /// The default as text, when it is known without running code.
    #[serde(default)]
    pub default: Option<String>,
    /// Whether a value must be given.
    #[serde(default)]
    pub required: bool,
    /// Whether it takes several values (`multiple=True`), joined by `separator`.
    #[serde(default)]
    pub separator: Option<String>,
    /// What it means.
    #[serde(default)]
    pub help: Option<String>,
    /// Where it is defined.
    pub line: u32,
}

/// One method marked `@step`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StepDescription {
    /// The method's name.
    pub name: StepName,
    /// The file it is in (a base class may stand elsewhere).
    pub file: String,
    /// The line of its `def`.
    pub line: u32,
    /// Its docstring; the first line that says what a cell of a notebook does.
    #[serde(default)]
    pub doc: Option<String>,
    /// The language of a cell of a notebook; nothing for the methods of a flow.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// Its arguments, `self` included.
    pub arguments: Vec<String>,
    /// Its decorators, `step` left out.
    #[serde(default)]
    pub decorators: Vec<DecoratorDescription>,
    /// Every `self.next(…)` in its body.
    #[serde(default)]
    pub transitions: Vec<TransitionDescription>,
}

/// A decorator with its attributes, defaults filled in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DecoratorDescription {
    /// `retry`, `catch`, `timeout`, …
    pub name: String,
    /// Its attributes.
    #[serde(default)]
    pub attributes: Map<String, Value>,
}

/// One `self.next(…)` call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TransitionDescription {
    /// Its line.
    pub line: u32,
    /// The steps named by `self.NAME` arguments.
    pub targets: Vec<StepName>,
    /// The text of `foreach=`, when it is a string literal.
    #[serde(default)]
    pub foreach: Option<String>,
    /// Whether `foreach=` was given at all.
    #[serde(default)]
    pub has_foreach: bool,
    /// Whether all its arguments are `self.NAME` and literal keywords.
    pub literal: bool,
    /// Whether it is the last statement of the method's body.
    pub last: bool,
    /// Keywords other than `foreach`, by name.
    #[serde(default)]
    pub keywords: Vec<String>,
}
