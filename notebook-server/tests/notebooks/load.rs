//! A thousand cells, fifty open notebooks, twenty browsers on one: everybody ends with the same
//! notebook, and the server's memory has a bound.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value as Json, json};
use tokio::time::timeout;

use crate::page::Page;
use crate::server::Project;

const CELLS: usize = 1_000;
const NOTEBOOKS: usize = 50;
const BROWSERS: usize = 20;
/// How often each browser types, and how often it puts a cell in.
const ROUNDS: usize = 3;
/// After so long without a word nothing more comes.
const QUIET: Duration = Duration::from_secs(2);
/// Far above what was seen (some 200 MB in an unoptimised build), far below what a leak of
/// snapshots would take: 20 pages × 120 operations × the document.
const MOST: u64 = 1 << 30;

/// The texts of cells in order, kept as the frames say.
struct Copy {
    order: Vec<String>,
    texts: BTreeMap<String, Vec<char>>,
    versions: BTreeMap<String, u64>,
    changes: usize,
}

impl Copy {
    fn of(hello: &Json) -> Self {
        let mut copy = Self {
            order: Vec::new(),
            texts: BTreeMap::new(),
            versions: BTreeMap::new(),
            changes: 0,
        };
        copy.greet(hello);
        copy
    }

    fn greet(&mut self, hello: &Json) {
        self.order.clear();
        for cell in hello["document"]["cells"].as_array().expect("cells") {
            let id = cell["id"].as_str().expect("an id").to_owned();
            let source = cell["source"].as_str().unwrap_or_default();
            self.texts.insert(id.clone(), source.chars().collect());
            self.versions.insert(id.clone(), hello["versions"][&id].as_u64().unwrap_or(0));
            self.order.push(id);
        }
    }

    fn take(&mut self, word: &Json) {
        if let Some(hello) = word.get("hello") {
            self.greet(hello);
        } else if let Some(edited) = word.get("edited") {
            let cell = edited["cell"].as_str().expect("a cell");
            let from = edited["version"].as_u64().expect("a version");
            let text = self.texts.get_mut(cell).expect("a text");
            let version = self.versions.get_mut(cell).expect("a version");
            for (number, update) in
                edited["updates"].as_array().expect("updates").iter().enumerate()
            {
                if from + number as u64 == *version {
                    apply(text, &update["changes"]);
                    *version += 1;
                    self.changes += 1;
                }
            }
        } else if word["event"]["applied"]["op"] == "insert" {
            let applied = &word["event"]["applied"];
            let id = applied["cell"]["id"].as_str().expect("an id").to_owned();
            let at = usize::try_from(applied["at"].as_u64().expect("a place")).expect("small");
            let source = applied["cell"]["source"].as_str().unwrap_or_default();
            self.texts.insert(id.clone(), source.chars().collect());
            self.versions.insert(id.clone(), 0);
            self.order.insert(at, id);
        }
    }

    /// Whether somebody typed this.
    fn has(&self, typed: &str) -> bool {
        let text: String = self.texts["c7"].iter().collect();
        count(&text, typed) > 0
    }

    fn sources(&self) -> Vec<(String, String)> {
        let text = |id: &String| self.texts[id].iter().collect();
        self.order.iter().map(|id| (id.clone(), text(id))).collect()
    }
}

/// What all browsers type.
fn typed() -> impl Iterator<Item = String> {
    (0..BROWSERS).flat_map(|number| (0..ROUNDS).map(move |round| format!("{number}.{round} ")))
}

/// How often somebody's word stands in a text: `1.1 ` is not in `11.1 `.
fn count(text: &str, typed: &str) -> usize {
    text.matches(&format!(" {typed}")).count() + usize::from(text.starts_with(typed))
}

/// Applies what CodeMirror's `ChangeSet.toJSON()` says.
fn apply(text: &mut Vec<char>, changes: &Json) {
    let mut at = 0;
    for part in changes.as_array().expect("changes") {
        if let Some(kept) = part.as_u64() {
            at += usize::try_from(kept).expect("small");
            continue;
        }
        let part = part.as_array().expect("a part");
        let gone = usize::try_from(part[0].as_u64().expect("a length")).expect("small");
        let lines: Vec<&str> = part[1..].iter().filter_map(Json::as_str).collect();
        let new: Vec<char> = lines.join("\n").chars().collect();
        let end = at + new.len();
        text.splice(at..at + gone, new);
        at = end;
    }
}

/// One browser: types at the same cell as all others, and puts cells at the top.
async fn work(mut page: Page, number: usize) -> (Page, Copy) {
    let mut copy = Copy::of(&page.hello);
    for round in 0..ROUNDS {
        let mine = format!("{number}.{round} ");
        loop {
            let (version, length) = (copy.versions["c7"], copy.texts["c7"].len());
            let before = copy.changes;
            let change = if length == 0 { json!([[0, mine]]) } else { json!([[0, mine], length]) };
            page.edit("c7", version, change).await;
            // Taken, or told what came before: then again. A snapshot leaves open whether what
            // was sent before it is still taken: so it may stand there twice.
            let hellos = page.hellos;
            while copy.changes == before && page.hellos == hellos {
                copy.take(&page.word().await);
            }
            if copy.has(&mine) {
                break;
            }
        }
        let id = format!("n{number}-{round}");
        let asked = json!({"op": "insert", "cell": {"id": id, "source": "0"}, "at": 0});
        page.begin(json!({"request": "operate", "operation": asked})).await;
    }
    while copy.order.len() < CELLS + BROWSERS * ROUNDS || !typed().all(|word| copy.has(&word)) {
        copy.take(&page.word().await);
    }
    // What was typed twice may come yet.
    while let Ok(word) = timeout(QUIET, page.word()).await {
        copy.take(&word);
    }
    (page, copy)
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_browsers_on_a_thousand_cells_agree() {
    let project = Project::new();
    let sources: Vec<String> =
        (0..CELLS).map(|number| format!("value_{number} = {number}")).collect();
    let sources: Vec<&str> = sources.iter().map(String::as_str).collect();
    project.notebook("large.ipynb", &sources);
    let server = project.serve_apart().await;
    let mut others = Vec::new();
    for number in 1..NOTEBOOKS {
        let name = format!("n{number}.ipynb");
        project.notebook(&name, &["x = 1", "x + 1"]);
        others.push(server.open(&name).await);
    }
    let mut pages = Vec::new();
    for _ in 0..BROWSERS {
        pages.push(server.open("large.ipynb").await);
    }
    let begun = std::time::Instant::now();
    let working =
        pages.into_iter().enumerate().map(|(number, page)| tokio::spawn(work(page, number)));
    let done: Vec<(Page, Copy)> = futures::future::join_all(working)
        .await
        .into_iter()
        .map(|it| it.expect("worked"))
        .collect();
    let took = begun.elapsed();

    let expected = done[0].1.sources();
    assert_eq!(expected.len(), CELLS + BROWSERS * ROUNDS);
    for (_, copy) in &done {
        assert!(copy.sources() == expected, "two browsers have two notebooks");
    }
    let text = &expected.iter().find(|(id, _)| id == "c7").expect("the cell").1;
    assert!(typed().all(|word| count(text, &word) > 0), "{text}");
    let late = server.open("large.ipynb").await;
    assert!(Copy::of(&late.hello).sources() == expected, "who comes later has another");
    project
        .until_saved("large.ipynb", |document| {
            let cells = document.cells().iter();
            cells.map(|it| (it.id.to_string(), it.source.clone())).collect::<Vec<_>>() == expected
        })
        .await;
    // The other notebooks were not kept waiting for good.
    let mut other = others.pop().expect("a page");
    let answer = other.operate(json!({"op": "clear"})).await;
    assert!(answer["reply"].is_object(), "{answer}");
    let resident = server.resident();
    eprintln!(
        "{BROWSERS} browsers, {} operations: {took:.1?}; the server has {} MB",
        BROWSERS * ROUNDS * 2,
        resident >> 20
    );
    assert!(resident < MOST, "{} MB", resident >> 20);
}
