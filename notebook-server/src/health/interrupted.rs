//! What is said of a run whose process is gone.

use flownote_store::{notebooks, serve_log};

use crate::api::{ApiError, RunRow};

/// Says so, and how it goes on.
pub(super) fn interrupted(run: &RunRow) -> ApiError {
    let file = run.file.as_deref().unwrap_or("flow.py");
    let short = run.run.rsplit('-').next().unwrap_or_default();
    let is_notebook = run.flow == notebooks::FLOW;
    // A front end's session has no notebook of its own that could be run.
    let has_file = run.system_tags.iter().any(|tag| tag.starts_with("notebook:"));
    // A server's log has no file: another flow may have the same name.
    let is_log = serve_log::is(&run.flow, file);
    let hint = match (is_notebook, has_file) {
        _ if is_log => "start `flownote serve` again; what it wrote is kept".to_owned(),
        (false, _) => format!("`flownote run {file} --continue {short}` goes on with it"),
        (true, true) => format!("`flownote resume {file}` runs it again, and keeps what is valid"),
        (true, false) => format!(
            "a front end such as Jupyter made it, and only there it can be run again; \
             `flownote show {short}` says what it made"
        ),
    };
    ApiError {
        what: format!("the process of run {}/{} is gone", run.flow, run.run),
        place: Some(format!("{}/{}", run.flow, run.run)),
        hint: Some(hint),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::RunState;

    #[test]
    fn what_goes_on_with_a_run_is_said_only_where_something_does() {
        let row = |flow: &str, file: &str, tags: &[&str]| RunRow {
            flow: flow.to_owned(),
            run: "20261122T101512345-4711ab".to_owned(),
            status: RunState::Interrupted,
            user: "ana".to_owned(),
            host: "here".to_owned(),
            tags: vec![],
            system_tags: tags.iter().map(|tag| (*tag).to_owned()).collect(),
            started_at: String::new(),
            finished_at: None,
            elapsed_ms: None,
            tasks: Default::default(),
            parameters: Default::default(),
            failed_at: None,
            file: Some(file.to_owned()),
            origin: None,
            damage: None,
        };
        let of = |flow, file, tags: &[&str]| interrupted(&row(flow, file, tags)).hint.unwrap();
        let hint = |flow, tags: &[&str]| of(flow, "a.ipynb", tags);
        assert!(hint("Fit", &[]).contains("--continue 4711ab"));
        let own = hint("Notebook", &["notebook:5f0c", "file:a.ipynb"]);
        assert!(own.starts_with("`flownote resume a.ipynb`"), "{own}");
        let jupyter = hint("Notebook", &["file:a.ipynb"]);
        assert!(!jupyter.contains("resume") && !jupyter.contains("--continue"), "{jupyter}");
        let log = of("Serve", "serve", &[]);
        assert!(log.starts_with("start `flownote serve` again"), "{log}");
        assert!(of("Serve", "serve.py", &[]).contains("serve.py --continue"), "somebody's flow");
    }
}
