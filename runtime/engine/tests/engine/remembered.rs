//! Workers of [`crate::flow::foreach_flow`] that record what they read and wrote as Python
//! workers do, so that their results can be looked up.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use flownote_engine::{ReuseOptions, StepNow};
use flownote_flow::cache::CacheMode;
use flownote_flow::provenance::{Code, InputReads};
use serde_json::{Value, json};

use crate::scripted::{Act, Script};

/// One version of the flow's code. `start` writes `base` and splits over `items`, `fit`
/// multiplies its item with it, `choose` merges its inputs and adds, `end` reads the sum.
#[derive(Clone)]
pub struct Version {
    /// What `start` writes.
    pub base: i64,
    /// What it splits over.
    pub items: Vec<i64>,
    /// Step → its code, where it isn't the first.
    pub code: BTreeMap<&'static str, &'static str>,
    /// How it writes what it makes.
    pub codec: &'static str,
    /// The tasks that ran, `step/task`.
    pub ran: Rc<RefCell<Vec<String>>>,
}

impl Version {
    /// The first version.
    pub fn new(base: i64, items: &[i64]) -> Self {
        let (items, codec) = (items.to_vec(), "json");
        Self { base, items, codec, code: BTreeMap::new(), ran: Rc::default() }
    }

    /// This version with other code in one step.
    pub fn with(mut self, step: &'static str, code: &'static str) -> Self {
        self.code.insert(step, code);
        self
    }

    /// The tasks that ran since this was last asked, in order of their names.
    pub fn ran(&self) -> Vec<String> {
        let mut ran = std::mem::take(&mut *self.ran.borrow_mut());
        ran.sort();
        ran
    }

    /// What the engine is told of the steps.
    pub fn reuse(&self, mode: CacheMode) -> ReuseOptions {
        let steps = ["start", "fit", "choose", "end"].map(|name| {
            let code = Code { digest: self.code_of(name).into(), ..Code::default() };
            (name.into(), StepNow { cache: mode, code, ..StepNow::default() })
        });
        ReuseOptions { steps: steps.into(), ..ReuseOptions::default() }
    }

    /// The workers.
    pub fn script(&self) -> Script {
        let version = self.clone();
        Rc::new(move |spec| Act::Report(version.run(spec)))
    }

    /// Runs one task: what its worker reports.
    pub fn run(&self, spec: &Value) -> Value {
        let (step, task) = (text(&spec["step"]), text(&spec["task"]));
        self.ran.borrow_mut().push(format!("{step}/{task}"));
        let base = self.number(self.base);
        let passed_on = json!({"start/0.0": {"base": base["digest"]}});
        let mut manifest = match step {
            "start" => {
                let list = self.items.iter().map(|item| self.number(*item)).collect::<Vec<_>>();
                let list = serde_json::to_string(&list).expect("JSON");
                let record = json!({"codec": "items", "digest": digest(&list), "type": "list",
                    "size": list.len(), "inline": list});
                json!({
                    "artifacts": {"base": base},
                    "items": {"over": "items", "count": self.items.len(), "items": record},
                    "next": {"kind": "foreach", "step": "fit", "count": self.items.len()},
                })
            }
            "fit" => json!({
                "artifacts": {"score": self.number(self.base * self.item(spec))},
                "inherited": passed_on,
                "next": {"kind": "steps", "steps": ["choose"]},
            }),
            "choose" => json!({
                "artifacts": {"total": self.number(self.total())},
                "inherited": passed_on,
                "next": {"kind": "steps", "steps": ["end"]},
            }),
            _ => json!({
                "inherited": {
                    "start/0.0": {"base": base["digest"]},
                    "choose/0.0": {"total": self.number(self.total())["digest"]},
                },
                "next": {"kind": "end"},
            }),
        };
        manifest["provenance"] = json!({
            "schema": 1,
            "code": {"digest": self.code_of(step)},
            "reads": self.reads(step, spec),
        });
        manifest
    }

    fn reads(&self, step: &str, spec: &Value) -> Value {
        let base = identity(&self.number(self.base));
        match step {
            "fit" => json!({"artifacts": {"base": base},
                "item": identity(&self.number(self.item(spec)))}),
            "choose" => {
                let scores = self.items.iter().map(|item| identity(&self.number(self.base * item)));
                let scores: Vec<String> = scores.collect();
                let bases = vec![base; self.items.len()];
                let every = |all: &[String]| {
                    json!({"every":
                    InputReads::digest_of(all.iter().map(|it| Some(it.as_str())))})
                };
                json!({"inputs": {"score": every(&scores), "base": every(&bases)},
                    "inputs_len": self.items.len(), "every_name": true})
            }
            "end" => json!({"artifacts": {"total": identity(&self.number(self.total()))}}),
            _ => json!({}),
        }
    }

    fn number(&self, value: i64) -> Value {
        number(self.codec, value)
    }

    fn total(&self) -> i64 {
        self.items.iter().map(|item| self.base * item).sum()
    }

    fn item(&self, spec: &Value) -> i64 {
        self.items[text(&spec["task"]).parse::<usize>().expect("a number")]
    }

    fn code_of(&self, step: &str) -> String {
        format!("{step} {}", self.code.get(step).unwrap_or(&"1"))
    }
}

fn text(value: &Value) -> &str {
    value.as_str().expect("text")
}

fn digest(text: &str) -> String {
    blake3::hash(text.as_bytes()).to_hex().to_string()
}

fn number(codec: &str, value: i64) -> Value {
    let text = value.to_string();
    json!({"codec": codec, "digest": digest(&text), "type": "int", "size": text.len(),
        "inline": text})
}

fn identity(record: &Value) -> String {
    format!("{}:{}:{}", text(&record["codec"]), text(&record["type"]), text(&record["digest"]))
}
