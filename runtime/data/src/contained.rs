//! Queries that only read, and only below one folder: those of a page, which anybody who
//! may look at the page may ask.

use std::path::{Component, Path, PathBuf};

use datafusion::execution::context::SQLOptions;
use datafusion::logical_expr::LogicalPlan;
use datafusion::sql::parser::Statement;
use datafusion::sql::sqlparser::ast::Statement as Sql;

use crate::error::Error;

/// Refuses statements that do more than read, before anything of them is looked up.
pub(crate) fn check_statement(statement: &Statement) -> Result<(), Error> {
    let verb = match statement {
        Statement::Explain(explain) => return check_statement(&explain.statement),
        Statement::Statement(inner) => match inner.as_ref() {
            Sql::Query(_) | Sql::ShowTables { .. } | Sql::ShowColumns { .. } => return Ok(()),
            Sql::ExplainTable { .. } | Sql::Explain { .. } => return Ok(()),
            other => first_word(&other.to_string()),
        },
        Statement::CreateExternalTable(_) => "CREATE".to_owned(),
        Statement::CopyTo(_) => "COPY".to_owned(),
        Statement::Reset(_) => "RESET".to_owned(),
    };
    Err(only_reads(&verb))
}

/// Refuses plans that do more than read, wherever in the plan they do it.
pub(crate) fn check_plan(plan: &LogicalPlan) -> Result<(), Error> {
    let options =
        SQLOptions::new().with_allow_ddl(false).with_allow_dml(false).with_allow_statements(false);
    options.verify_plan(plan).map_err(|_| only_reads("that"))
}

/// Refuses a name that doesn't stay below the folder: by its letters, by what is hidden, and
/// by links that lead elsewhere. Whether the file is there isn't told of names outside.
pub(crate) fn check_name(folder: &Path, name: &str) -> Result<(), Error> {
    let outside = || Error::File {
        path: name.to_owned(),
        message: "it isn't below the served folder".to_owned(),
        hint: Some("names of files go down from the folder in which the server was started".into()),
    };
    let path = Path::new(name);
    let is_plain = |part: Component<'_>| match part {
        Component::Normal(part) => !part.as_encoded_bytes().starts_with(b"."),
        Component::CurDir => true,
        _ => false,
    };
    if name.contains('\0') || name.contains("://") || !path.components().all(is_plain) {
        return Err(outside());
    }
    // A pattern is checked as far as it is plain; what it finds is checked by itself.
    let plain: PathBuf = path
        .components()
        .take_while(|part| !part.as_os_str().to_string_lossy().contains(['*', '?', '[']))
        .collect();
    let whole = folder.join(&plain);
    let nearest = whole.ancestors().find(|path| path.symlink_metadata().is_ok());
    if nearest.is_some_and(|path| is_below(folder, path)) { Ok(()) } else { Err(outside()) }
}

/// Whether a file that is there is below the folder, links resolved, and nothing on the way
/// down is hidden.
pub(crate) fn is_below(folder: &Path, path: &Path) -> bool {
    let (Ok(folder), Ok(path)) = (folder.canonicalize(), path.canonicalize()) else {
        return false;
    };
    let is_hidden = |part: &std::ffi::OsStr| part.as_encoded_bytes().starts_with(b".");
    path.strip_prefix(&folder).is_ok_and(|below| !below.iter().any(is_hidden))
}

fn only_reads(verb: &str) -> Error {
    Error::Unsupported {
        what: format!("queries only read here: `{verb}` is not done"),
        hint: Some("write `SELECT …`; tables are made and written in a notebook".into()),
    }
}

fn first_word(text: &str) -> String {
    text.split_whitespace().next().unwrap_or("that").to_uppercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_below_the_folder() {
        let outer = tempfile::tempdir().expect("a folder");
        let folder = outer.path().join("served");
        std::fs::create_dir_all(folder.join("data/.git")).expect("made");
        std::fs::create_dir_all(outer.path().join("served-not")).expect("made");
        for file in
            ["secret.csv", "served-not/a.csv", "served/data/a.csv", "served/data/.git/a.csv"]
        {
            std::fs::write(outer.path().join(file), "x\n1\n").expect("written");
        }
        std::os::unix::fs::symlink(outer.path(), folder.join("up")).expect("linked");
        std::os::unix::fs::symlink("data/a.csv", folder.join("fine.csv")).expect("linked");
        std::os::unix::fs::symlink("data/.git/a.csv", folder.join("sly.csv")).expect("linked");
        std::os::unix::fs::symlink("/nowhere/x.csv", folder.join("broken.csv")).expect("linked");
        let allowed = ["data/a.csv", "./data/a.csv", "data/*.csv", "*", "absent.csv", "fine.csv"];
        for name in allowed {
            check_name(&folder, name).unwrap_or_else(|error| panic!("{name}: {error}"));
        }
        let refused = [
            "/etc/passwd",
            "../secret.csv",
            "data/../../secret.csv",
            "../served-not/a.csv",
            "up/secret.csv",
            "up/*.csv",
            "up/absent.csv",
            "data/.git/a.csv",
            ".git",
            "sly.csv",
            "broken.csv",
            "file:///etc/passwd",
            "a\0.csv",
        ];
        for name in refused {
            check_name(&folder, name).expect_err(name);
        }
    }
}
