//! What is typed into the search of runs. `alpha>0.5` compares a parameter; `flow:Shop`,
//! `status:failed`, `user:ana` and `tag:nightly` ask one thing each; any other word is looked
//! for everywhere. `"two words"` are one.
//!
//! A search goes on while it is typed: a word whose end is missing asks for as much as it says
//! so far, and only what no end would mend is a mistake.

use flownote_flow::id::FlowName;
use serde_json::{Map, Value};

use super::facts::Facts;
use crate::answer::Failure;
use crate::api::RunState;

/// What words may begin with, and then mean.
const PREFIXES: [&str; 4] = ["flow:", "status:", "user:", "tag:"];
/// The longer ones first: `<=` begins with `<`.
const SIGNS: [(&str, Sign); 7] = [
    ("<=", Sign::AtMost),
    (">=", Sign::AtLeast),
    ("!=", Sign::IsNot),
    ("==", Sign::Is),
    ("=", Sign::Is),
    ("<", Sign::Less),
    (">", Sign::More),
];

/// Something that is asked of a run.
#[derive(Clone, Debug, PartialEq)]
pub enum Term {
    /// It has this somewhere: flow, run, user, tag, file, parameter.
    Word(String),
    /// Its flow has this in its name.
    Flow(String),
    /// It stands in one of these ways.
    Status(Vec<RunState>),
    /// Its user has this in their name.
    User(String),
    /// One of its tags has this in it.
    Tag(String),
    /// A parameter of it compares so.
    Parameter(Comparison),
}

/// A parameter beside a value. A run that hasn't the parameter is never wanted.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    name: String,
    sign: Sign,
    /// Empty while it isn't typed yet: then having the parameter is enough.
    value: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sign {
    Is,
    IsNot,
    Less,
    AtMost,
    More,
    AtLeast,
}

/// Reads a search.
pub fn read(text: &str) -> Result<Vec<Term>, Failure> {
    let terms = words(text).into_iter().map(|word| term(&word));
    Ok(terms.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
}

impl Term {
    /// Whether a run is so, as far as its record and its tags say.
    pub fn wants(&self, flow: &FlowName, run: &str, facts: &Facts, tags: &[String]) -> bool {
        let has = |text: &str, part: &str| text.to_lowercase().contains(part);
        match self {
            Self::Word(word) => has(&all_of(flow, run, facts, tags), word),
            Self::Flow(part) => has(flow.as_str(), part),
            Self::User(part) => has(&facts.user, part),
            Self::Tag(part) => tags.iter().chain(&facts.system_tags).any(|tag| has(tag, part)),
            Self::Parameter(comparison) => comparison.holds(&facts.parameters),
            // Known elsewhere than in the record.
            Self::Status(_) => true,
        }
    }
}

impl Comparison {
    /// Reads `alpha>0.5`; none when the text compares nothing.
    pub fn read(text: &str) -> Result<Option<Self>, Failure> {
        let Some(at) = text.find(['<', '>', '=', '!']) else { return Ok(None) };
        let (name, rest) = text.split_at(at);
        let found = SIGNS.iter().find_map(|(sign, how)| Some((*how, rest.strip_prefix(sign)?)));
        let Some((sign, value)) = found else { return Ok(None) };
        if name.is_empty() || value.starts_with(['<', '>', '=']) {
            return Err(Failure::wrong(
                format!("`{text}` compares nothing"),
                "write a parameter, then =, !=, <, <=, > or >=, then a value: `alpha>0.5`",
            ));
        }
        let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
        if name.starts_with(|c: char| c.is_ascii_digit()) || !name.chars().all(is_part) {
            return Ok(None);
        }
        let ordered = !matches!(sign, Sign::Is | Sign::IsNot);
        let value = if ordered { so_far(value) } else { value };
        if ordered && !value.is_empty() && value.parse::<f64>().is_err() {
            return Err(Failure::wrong(
                format!("`{text}` compares with `{value}`, which is no number"),
                "`<` and `>` take numbers: `alpha>0.5`; `=` and `!=` take any value",
            ));
        }
        Ok(Some(Self { name: name.replace('-', "_"), sign, value: value.to_owned() }))
    }

    fn holds(&self, parameters: &Map<String, Value>) -> bool {
        let Some(known) = parameters.get(&self.name) else { return false };
        if self.value.is_empty() {
            return true;
        }
        let known = text_of(known);
        let numbers = known.parse::<f64>().ok().zip(self.value.parse::<f64>().ok());
        let is_same = match numbers {
            Some((one, other)) => one == other,
            None => known.to_lowercase() == self.value.to_lowercase(),
        };
        let orders = |order: fn(&f64, &f64) -> bool| numbers.is_some_and(|(a, b)| order(&a, &b));
        match self.sign {
            Sign::Is => is_same,
            Sign::IsNot => !is_same,
            Sign::Less => orders(f64::lt),
            Sign::AtMost => orders(f64::le),
            Sign::More => orders(f64::gt),
            Sign::AtLeast => orders(f64::ge),
        }
    }
}

/// A state that words name, be it by their beginning.
pub fn states(word: &str) -> Result<Vec<RunState>, Failure> {
    let name = |state: &RunState| serde_json::to_value(state).ok();
    let begins = |state: &RunState| {
        name(state).is_some_and(|it| it.as_str().is_some_and(|it| it.starts_with(word)))
    };
    let found: Vec<RunState> = RunState::ALL.into_iter().filter(begins).collect();
    if found.is_empty() {
        return Err(Failure::wrong(
            format!("no run stands as `{word}`"),
            "there are running, open, succeeded, failed, cancelled and interrupted",
        ));
    }
    Ok(found)
}

/// A value as people type it.
fn text_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// As much of a number as is typed: `-` and `1e` go on.
fn so_far(value: &str) -> &str {
    match value.parse::<f64>() {
        Ok(_) => value,
        Err(_) => value.trim_end_matches(['e', 'E', '+', '-', '.']),
    }
}

fn term(word: &str) -> Result<Option<Term>, Failure> {
    let prefix = PREFIXES.iter().find_map(|it| Some((*it, word.strip_prefix(it)?)));
    if let Some((prefix, value)) = prefix {
        let value = value.to_lowercase();
        return Ok(match prefix {
            _ if value.is_empty() => None,
            "flow:" => Some(Term::Flow(value)),
            "status:" => Some(Term::Status(states(&value)?)),
            "user:" => Some(Term::User(value)),
            _ => Some(Term::Tag(value)),
        });
    }
    let compared = Comparison::read(word)?.map(Term::Parameter);
    Ok(Some(compared.unwrap_or_else(|| Term::Word(word.to_lowercase()))))
}

/// The words of a text: quotes keep some together, and so does a sign or a prefix.
fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    let mut is_quoted = false;
    for c in text.chars().chain([' ']) {
        match c {
            '"' => is_quoted = !is_quoted,
            c if c.is_whitespace() && !is_quoted => put(&mut words, std::mem::take(&mut word)),
            c => word.push(c),
        }
    }
    // A quote that isn't closed yet.
    put(&mut words, word.trim_end().to_owned());
    words
}

fn put(words: &mut Vec<String>, word: String) {
    if word.is_empty() {
        return;
    }
    let goes_on = |last: &&mut String| {
        let is_open = last.ends_with(['<', '>', '=']) || PREFIXES.contains(&last.as_str());
        is_open || SIGNS.iter().any(|(sign, _)| word.starts_with(sign))
    };
    match words.last_mut().filter(goes_on) {
        Some(last) => last.push_str(&word),
        None => words.push(word),
    }
}

fn all_of(flow: &FlowName, run: &str, facts: &Facts, tags: &[String]) -> String {
    let mut text = format!("{flow} {run} {} {}", facts.user, tags.join(" "));
    text.extend(facts.file.iter().map(|file| format!(" {file}")));
    for (name, value) in &facts.parameters {
        text.push_str(&format!(" {name}={}", text_of(value)));
    }
    text
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn facts() -> Facts {
        let parameters = json!({"alpha": 0.5, "top_k": 10, "mode": "Fast", "wide": true});
        Facts {
            created_at: String::new(),
            user: "ana".into(),
            host: String::new(),
            tags: Vec::new(),
            system_tags: vec!["python:3.11".into()],
            file: Some("reports/digest.ipynb".into()),
            origin: None,
            parameters: parameters.as_object().cloned().unwrap_or_default(),
            cells: None,
            is_session: false,
            damage: None,
        }
    }

    /// Whether a search finds the run of [`facts`], or the mistake that it makes.
    #[track_caller]
    fn check(text: &str, expected: Result<bool, &str>) {
        let found = read(text).map(|terms| {
            let tags = ["nightly".to_owned(), "for the board".to_owned()];
            terms.iter().all(|it| it.wants(&FlowName::new("Shop"), "r-8f2c9a", &facts(), &tags))
        });
        match (found, expected) {
            (Ok(found), Ok(expected)) => assert_eq!(found, expected, "{text}"),
            (Err(failure), Err(what)) => assert!(format!("{failure:?}").contains(what), "{text}"),
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn parameters_are_compared() {
        for (text, expected) in [
            ("alpha>0.4", true),
            ("alpha>0.5", false),
            ("alpha>=0.5 top-k<11", true),
            ("alpha<=.5", true),
            ("alpha < 0.5", false),
            ("alpha > 0.4 shop", true),
            ("alpha=0.50", true),
            ("alpha==0.5", true),
            ("alpha!=0.5", false),
            ("alpha!=0.6", true),
            ("mode=fast", true),
            ("mode!=slow", true),
            ("mode>1", false),
            ("wide=True", true),
            ("beta!=1", false),
        ] {
            check(text, Ok(expected));
        }
    }

    #[test]
    fn prefixes_ask_one_thing() {
        for (text, expected) in [
            ("flow:shop", true),
            ("flow:ana", false),
            ("user:ana tag:night", true),
            ("user:bob", false),
            ("tag:\"the board\"", true),
            ("tag: python:3", true),
            ("digest.ipynb 8f2c", true),
            ("team:growth", false),
        ] {
            check(text, Ok(expected));
        }
    }

    #[test]
    fn what_is_half_typed_asks_for_as_much_as_it_says() {
        for text in ["alpha>", "alpha>-", "alpha<1e-", "alpha=", "flow:", "tag:\"for th", ""] {
            check(text, Ok(true));
        }
        let states = |text: &str| match read(text).unwrap().as_slice() {
            [Term::Status(states)] => states.clone(),
            other => panic!("{other:?}"),
        };
        assert_eq!(states("status:f"), [RunState::Failed]);
        assert_eq!(states("status:running"), [RunState::Running]);
    }

    #[test]
    fn what_no_end_would_mend_is_told() {
        check("alpha>many", Err("`alpha>many` compares with `many`, which is no number"));
        check("<0.5", Err("`<0.5` compares nothing"));
        check("alpha=>1", Err("`alpha=>1` compares nothing"));
        check("status:lost", Err("no run stands as `lost`"));
    }
}
