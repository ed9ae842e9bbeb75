//! Values that cross from one language to another.

use super::world::World;
use crate::session::*;
use crate::{Cell, Document, Language};

fn defined(names: &[&str]) -> Finish {
    let defined = names.iter().map(|name| (name.to_string(), Defined::default()));
    Finish { defined: defined.collect(), ..Finish::default() }
}

fn session() -> Session {
    let cells = vec![
        Cell::new("frame", Language::Python, "df = make()"),
        Cell::new("query", Language::Sql, "-- out: best\nselect * from df"),
    ];
    Session::new(Document::new(cells).expect("a document"), Order::Document, "test")
}

/// Drives a session until a cell in SQL is to be executed.
fn until_the_query(session: &mut Session, run: RunRequest) -> Execute {
    let mut actions = session.apply(Event::Run { run }).expect("a request");
    loop {
        let mut next = Vec::new();
        for action in actions {
            let event = match action {
                Action::Execute(execute) if execute.language == Language::Sql => return *execute,
                Action::Execute(execute) => {
                    let name = VersionedName { name: "df".into(), version: execute.execution };
                    let stored = Stored { digest: "d".into(), common: true };
                    let values = vec![(name, Ok(stored))];
                    next.extend(session.apply(Event::Exported { values }).expect("a value"));
                    Event::Finished { execution: execute.execution, finish: defined(&["df"]) }
                }
                Action::LookUp(question) => {
                    Event::LookedUp { execution: question.execution, hit: None }
                }
                Action::Export { names, .. } => {
                    let stored = Stored { digest: "d".into(), common: true };
                    let values = names.into_iter().map(|name| (name, Ok(stored.clone())));
                    Event::Exported { values: values.collect() }
                }
                _ => continue,
            };
            next.extend(session.apply(event).expect("an answer"));
        }
        actions = next;
        assert!(!actions.is_empty(), "nothing happens any more");
    }
}

#[track_caller]
fn check(execute: &Execute) {
    assert!(execute.set.contains_key("df"), "{execute:?}");
    assert!(execute.given.contains("df"), "{execute:?}");
}

#[test]
fn a_frame_is_given_to_a_query() {
    let mut session = session();
    let cells = vec!["query".into()];
    check(&until_the_query(&mut session, RunRequest::Cells { cells }));
}

#[test]
fn a_frame_is_given_to_a_query_that_the_cache_did_not_know() {
    let mut session = session();
    check(&until_the_query(&mut session, RunRequest::All { reuse: true }));
}

#[test]
fn a_frame_that_was_computed_anew_is_given_to_a_query_of_an_earlier_session() {
    check_earlier("another text");
    check_earlier(&crate::facts(Language::Python, "df = make()").code);
}

fn check_earlier(frame: &str) {
    let mut session = session();
    let past = |cell: &str, name: &str, code: &str| Past {
        cell: cell.into(),
        code: code.to_owned(),
        inputs: Default::default(),
        modules: Default::default(),
        recipe: "r".to_owned(),
        status: FinishStatus::Ok,
        defined: [(
            name.to_owned(),
            Defined { digest: Some("e".into()), common: true, ..Default::default() },
        )]
        .into(),
        deleted: Vec::new(),
        unverified: None,
        unkept: None,
        outputs: Vec::new(),
        origin: Origin::default(),
    };
    let code = |source: &str, language| crate::facts(language, source).code.to_string();
    session.remember(vec![
        past("frame", "df", frame),
        past("query", "best", &code("-- out: best\nselect * from df", Language::Sql)),
    ]);
    check(&until_the_query(&mut session, RunRequest::All { reuse: true }));
}

/// A session of which everything is performed but what a cell in SQL is told.
struct Tables {
    session: Session,
    /// What a cell in SQL was to be told.
    told: Vec<Execute>,
}

impl Tables {
    fn run(&mut self, cell: &str) {
        let run = RunRequest::Cells { cells: vec![cell.into()] };
        self.happen(Event::Run { run });
    }

    fn happen(&mut self, event: Event) {
        for action in self.session.apply(event).expect("a legal event") {
            match action {
                Action::Execute(execute) if execute.language == Language::Sql => {
                    let unsent = execute.trouble.is_some();
                    let status = if unsent { FinishStatus::Error } else { FinishStatus::Ok };
                    let finish = Finish { status, unsent, ..Finish::default() };
                    let execution = execute.execution;
                    self.told.push(*execute);
                    self.happen(Event::Finished { execution, finish });
                }
                Action::Execute(execute) => {
                    let finish = defined(&["df", "model"]);
                    self.happen(Event::Finished { execution: execute.execution, finish });
                }
                Action::Export { names, .. } => {
                    let values = names.into_iter().map(|name| {
                        let stored = Stored { digest: "d".into(), common: true };
                        let trouble = Trouble { message: "no common form".into(), hint: None };
                        let readable = name.name == "df";
                        (name, if readable { Ok(stored) } else { Err(trouble) })
                    });
                    self.happen(Event::Exported { values: values.collect() });
                }
                Action::LookUp(question) => {
                    self.happen(Event::LookedUp { execution: question.execution, hit: None });
                }
                _ => {}
            }
        }
    }
}

#[test]
fn a_cell_that_reads_what_it_cannot_fails_and_its_interpreter_knows_nothing_of_it() {
    let cells = vec![
        Cell::new("made", Language::Python, "df, model = make()"),
        Cell::new("wrong", Language::Sql, "select * from df, model"),
        Cell::new("right", Language::Sql, "select * from df"),
    ];
    let document = Document::new(cells).expect("a document");
    let session = Session::new(document, Order::Document, "test");
    let mut tables = Tables { session, told: Vec::new() };
    tables.run("wrong");
    let trouble = tables.told[0].trouble.as_ref().expect("why it fails");
    assert_eq!(trouble.message, "no common form");
    let statuses = tables.session.statuses();
    assert_eq!(statuses[1], ("wrong".into(), CellStatus::Failed));
    tables.run("right");
    assert!(tables.told[1].trouble.is_none());
    check(&tables.told[1]);
}

#[test]
fn a_result_that_is_known_needs_nothing_of_what_it_was_made_from() {
    let mut world = World::new(&[
        ("a", "def f(): return 3\nx = f() + 0"),
        ("b", "y = f() + x"),
        ("c", "z = f() + y"),
    ]);
    world.caching = true;
    world.run(&["b"]);
    world.die();
    world.run(&["c"]);
    // Only what `c` itself reads is at hand again: `f`, which lives in the text of `a`.
    let story = ["run a", "run b", "restored a", "restored b", "run a", "run c"];
    assert_eq!(world.story, story);
    assert_eq!(world.both().0.expect("a good script"), world.both().1);
}
