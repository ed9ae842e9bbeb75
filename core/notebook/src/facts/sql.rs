//! The facts of a SQL cell: the tables that it reads, from sqlparser's tree.
//!
//! A table of one part is a name of the notebook; a quoted path (`'data/x.parquet'`) is a
//! file; anything with slashes that isn't one is the pathspec of an artifact. Names that are
//! read stand as they are written, and in lower case too: a frame of Python's may be meant, or
//! a view. Views and tables that a cell creates are names that it defines.

use std::collections::{BTreeSet, HashSet};
use std::ops::ControlFlow;
use std::sync::LazyLock;

use sqlparser::ast::{
    CopyTarget, Expr, FunctionArg, FunctionArgExpr, ObjectName, ObjectType, Query, Statement,
    TableFactor, Value, Visit, Visitor,
};
use sqlparser::dialect::{Dialect, GenericDialect};
use sqlparser::parser::Parser;
use sqlparser::tokenizer::{Token, Tokenizer, Whitespace};

use super::{Class, Definition, Effect, Facts, Kind, Name, Read, SyntaxError};
use crate::{Language, Options};

/// What the result is called when the cell doesn't say.
pub const DEFAULT_OUT: &str = "_";

/// Reads a cell.
pub(super) fn facts(source: &str) -> Facts {
    let dialect = GenericDialect {};
    let mut facts = Facts { code: digest(&dialect, source), ..Facts::default() };
    let options = Options::of(Language::Sql, source);
    for name in options.list("in") {
        facts.now.insert(name.into(), Read::default());
    }
    for name in options.list("out").filter(|name| *name != DEFAULT_OUT && *name != "none") {
        facts.defs.insert(
            name.into(),
            Definition { since: Some(u32::MAX), ..Definition::new(Kind::Value) },
        );
    }
    match Parser::parse_sql(&dialect, source) {
        Ok(statements) => {
            let mut tables =
                Tables { facts: &mut facts, common: Vec::new(), made: BTreeSet::new() };
            for statement in &statements {
                let _ = statement.visit(&mut tables);
            }
            // Made anew in each process: a view is what it reads, and no value of its own.
            let is_view = |it: &Statement| matches!(it, Statement::CreateView(_));
            facts.definitions_only = !statements.is_empty() && statements.iter().all(is_view);
        }
        Err(error) => facts.error = Some(syntax_error(&error.to_string())),
    }
    facts.class = match (facts.effects.is_empty(), facts.definitions_only) {
        (false, _) => Class::Effect,
        (true, true) => Class::Definition,
        (true, false) => Class::Value,
    };
    facts
}

struct Tables<'a> {
    facts: &'a mut Facts,
    /// Names of the common table expressions around the present place.
    common: Vec<BTreeSet<String>>,
    /// Tables and views that the cell itself creates.
    made: BTreeSet<String>,
}

impl Tables<'_> {
    fn table(&mut self, name: &ObjectName) {
        let parts: Vec<&sqlparser::ast::Ident> =
            name.0.iter().filter_map(|part| part.as_ident()).collect();
        let [first] = parts.as_slice() else {
            let text: Vec<&str> = parts.iter().map(|part| part.value.as_str()).collect();
            if text.iter().any(|part| part.contains('/')) {
                self.path(&text.join("."));
            }
            return;
        };
        let known = |names: &BTreeSet<String>| {
            names.iter().any(|known| known.eq_ignore_ascii_case(&first.value))
        };
        if first.value.contains('/') || first.quote_style == Some('\'') {
            self.path(&first.value);
        } else if !self.common.iter().any(known) && !known(&self.made) {
            self.facts.now.insert(Name::from(first.value.as_str()), Read::default());
            let folded = first.value.to_lowercase();
            if first.quote_style.is_none() && folded != first.value {
                self.facts.now.insert(folded.into(), Read::default());
            }
        }
    }

    /// A view or a table is there from now on.
    fn make(&mut self, name: &ObjectName) {
        let Some(name) = made_name(name) else { return };
        self.facts.deletes.remove(name.as_str());
        let definition = Definition { since: Some(u32::MAX), ..Definition::new(Kind::Value) };
        self.facts.defs.insert(name.as_str().into(), definition);
        self.made.insert(name);
    }

    fn drop(&mut self, name: &ObjectName) {
        let Some(name) = made_name(name) else { return };
        if !self.made.remove(&name) {
            self.facts.now.insert(name.as_str().into(), Read::default());
        }
        self.facts.defs.remove(name.as_str());
        self.facts.deletes.insert(name.into());
    }

    /// `'data/x.parquet'` is a file; `Flow/run/step/task/artifact` is an artifact.
    fn path(&mut self, text: &str) {
        if is_file(text) {
            self.facts.files.insert(text.to_owned());
        } else {
            self.facts.artifacts.insert(text.to_owned());
        }
    }

    fn effect(&mut self, why: &str, outward: bool) {
        let effect = Effect { why: why.into(), line: 1, outward, depends_on: None };
        if !self.facts.effects.contains(&effect) {
            self.facts.effects.push(effect);
        }
    }
}

impl Visitor for Tables<'_> {
    type Break = ();

    fn pre_visit_statement(&mut self, statement: &Statement) -> ControlFlow<()> {
        match statement {
            Statement::Query(_)
            | Statement::Explain { .. }
            | Statement::ExplainTable { .. }
            | Statement::ShowTables { .. }
            | Statement::ShowColumns { .. }
            | Statement::ShowVariable { .. }
            | Statement::ShowFunctions { .. } => {}
            // What they are made of is read first: it may have the same name.
            Statement::CreateView(_) | Statement::CreateTable(_) => {}
            Statement::Drop {
                object_type: ObjectType::View | ObjectType::Table, names, ..
            } => {
                names.iter().for_each(|name| self.drop(name));
            }
            Statement::Copy { target, to, .. } => {
                if *to {
                    self.effect("writes a file", true);
                } else if let CopyTarget::File { filename } = target {
                    self.path(filename);
                }
            }
            Statement::Set(_) => self.effect("changes a setting", false),
            _ => self.effect("changes more than it returns", true),
        }
        ControlFlow::Continue(())
    }

    fn post_visit_statement(&mut self, statement: &Statement) -> ControlFlow<()> {
        match statement {
            Statement::CreateView(view) => self.make(&view.name),
            Statement::CreateTable(table) => self.make(&table.name),
            _ => {}
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<()> {
        let tables = query.with.iter().flat_map(|with| &with.cte_tables);
        self.common.push(tables.map(|table| table.alias.name.value.clone()).collect());
        ControlFlow::Continue(())
    }

    fn post_visit_query(&mut self, _query: &Query) -> ControlFlow<()> {
        self.common.pop();
        ControlFlow::Continue(())
    }

    fn pre_visit_table_factor(&mut self, factor: &TableFactor) -> ControlFlow<()> {
        let TableFactor::Table { name, args, .. } = factor else {
            return ControlFlow::Continue(());
        };
        match args {
            None => self.table(name),
            // `read_parquet('x.parquet')` and its kind.
            Some(arguments) => {
                for argument in &arguments.args {
                    if let FunctionArg::Unnamed(FunctionArgExpr::Expr(Expr::Value(value))) =
                        argument
                        && let Value::SingleQuotedString(path) = &value.value
                    {
                        self.path(path);
                    }
                }
            }
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_expr(&mut self, expression: &Expr) -> ControlFlow<()> {
        if let Expr::Function(function) = expression {
            // As written, and as the engine folds it: either may be what a cell defines.
            let name = last_part(&function.name);
            self.facts.functions.extend(name.iter().map(|name| Name::from(name.to_lowercase())));
            self.facts.functions.extend(name.map(Name::from));
        }
        ControlFlow::Continue(())
    }
}

/// Whether a function is SQL's own: a value of the notebook doesn't stand in for it. The names
/// are the engine's, whose tests say when they aren't any more.
pub(crate) fn is_own_function(name: &str) -> bool {
    static OWN: LazyLock<HashSet<&str>> =
        LazyLock::new(|| include_str!("sql_functions.txt").lines().collect());
    OWN.contains(name.to_ascii_lowercase().as_str())
}

/// What an object is called that a statement creates or drops.
fn made_name(name: &ObjectName) -> Option<String> {
    let last = name.0.last()?.as_ident()?;
    let quoted = last.quote_style.is_some();
    Some(if quoted { last.value.clone() } else { last.value.to_lowercase() })
}

fn last_part(name: &ObjectName) -> Option<String> {
    let last = name.0.last()?.as_ident()?;
    Some(last.value.clone())
}

/// A file's name has an ending, or begins like a place.
fn is_file(text: &str) -> bool {
    let last = text.rsplit('/').next().unwrap_or(text);
    let begins = text.starts_with(['/', '.', '~']) || text.contains("://");
    begins || last.contains(['.', '*']) || text.ends_with('/') || text.matches('/').count() < 4
}

/// sqlparser ends its messages with `at Line: 1, Column: 8`.
fn syntax_error(message: &str) -> SyntaxError {
    let text = message.strip_prefix("sql parser error: ").unwrap_or(message);
    let place = text.rsplit_once(" at Line: ").and_then(|(text, place)| {
        let (line, column) = place.split_once(", Column: ")?;
        Some((text, line.trim().parse().ok()?, column.trim().parse().ok()?))
    });
    match place {
        Some((text, line, column)) => SyntaxError { line, column, message: text.to_owned() },
        None => SyntaxError { line: 1, column: 1, message: text.to_owned() },
    }
}

/// The tokens without space and comments, save for those that say something to us.
fn digest(dialect: &dyn Dialect, source: &str) -> flownote_flow::manifest::Digest {
    let mut hasher = blake3::Hasher::new();
    for option in Options::of(Language::Sql, source).entries() {
        hasher.update(option.key.as_bytes()).update(b":").update(option.value.as_bytes());
        hasher.update(b"\n");
    }
    match Tokenizer::new(dialect, source).tokenize() {
        Ok(tokens) => {
            for token in tokens {
                let layout = matches!(
                    token,
                    Token::Whitespace(
                        Whitespace::Space
                            | Whitespace::Newline
                            | Whitespace::Tab
                            | Whitespace::SingleLineComment { .. }
                            | Whitespace::MultiLineComment(_)
                    )
                );
                if !layout {
                    hasher.update(token.to_string().as_bytes()).update(b"\0");
                }
            }
        }
        Err(_) => drop(hasher.update(source.as_bytes())),
    }
    hasher.finalize().to_hex().as_str().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(source: &str, expected: &str) {
        let facts = facts(source);
        assert_eq!(facts.error, None, "{source}");
        let names = facts.now.keys().map(ToString::to_string);
        let files = facts.files.iter().map(|path| format!("file:{path}"));
        let artifacts = facts.artifacts.iter().map(|path| format!("artifact:{path}"));
        let defs = facts.defs.keys().map(|name| format!(">{name}"));
        let found: Vec<String> = names.chain(files).chain(artifacts).chain(defs).collect();
        assert_eq!(found.join(" "), expected, "{source}");
    }

    #[test]
    fn tables_are_names() {
        check("select * from a join b on a.x = b.x", "a b");
        check("select 1", "");
        check("-- out: top\nselect * from a order by x limit 3", "a >top");
        check("select * from a where x in (select x from b) union all select * from c", "a b c");
        check("select (select max(x) from b) from \"My Table\"", "My Table b");
        check("explain select * from a", "a");
    }

    #[test]
    fn common_tables_are_not() {
        check("with t as (select * from a) select * from t", "a");
        check("with t as (select * from a), u as (select * from t) select * from u, b", "a b");
        check(
            "with recursive t as (select 1 as n union all select n + 1 from t) select * from T",
            "",
        );
        check("select * from (with a as (select 1) select * from a) x join a on true", "a");
    }

    #[test]
    fn files_and_artifacts_are_told_apart() {
        check("select * from 'data/x.parquet' join b on true", "b file:data/x.parquet");
        check("select * from \"data/*.csv\"", "file:data/*.csv");
        check("select * from 'Train/12/fit/3/scores'", "artifact:Train/12/fit/3/scores");
        check("select * from read_parquet('s3://b/x.parquet')", "file:s3://b/x.parquet");
    }

    #[test]
    fn what_is_created_is_a_name_that_the_cell_defines() {
        check("create view v as select * from a", "a >v");
        check("create or replace table T as select * from t", "t >t");
        check("create view v as select 1; select * from v join b on true", "b >v");
        check("create view \"V\" as select 1", ">V");
        check("select * from Top", "Top top");
        check("create view v as select 1; drop view v", "");
        assert!(facts("drop table if exists t").deletes.contains("t"));
        for (source, class) in [
            ("create view v as select * from a", Class::Definition),
            ("create table t as select * from a", Class::Value),
            ("create view v as select 1; select * from v", Class::Value),
            ("create table t as select 1; set x = 1", Class::Effect),
        ] {
            assert_eq!(facts(source).class, class, "{source}");
            assert!(!facts(source).outward(), "{source}");
        }
    }

    #[test]
    fn functions_may_come_from_cells() {
        let facts = facts("select score(x), sum(y) from a");
        assert_eq!(
            facts.functions.iter().map(AsRef::as_ref).collect::<Vec<&str>>(),
            ["score", "sum"]
        );
        assert!(is_own_function("Sum") && !is_own_function("score"));
    }

    #[test]
    fn what_writes_is_an_effect() {
        assert!(facts("copy (select 1) to 'x.parquet'").outward());
        assert!(facts("insert into t values (1)").outward());
        assert!(facts("select * from t").effect().is_none());
    }

    #[test]
    fn layout_and_comments_are_not_code_but_options_are() {
        let code = |source: &str| facts(source).code;
        assert_eq!(code("select  *\nfrom a -- all\n"), code("select * from a"));
        assert_ne!(code("select * from a"), code("select * from b"));
        assert_ne!(code("-- out: x\nselect 1"), code("-- out: y\nselect 1"));
    }

    #[test]
    fn errors_have_a_place() {
        let error = facts("select *\nfrom )").error.expect("an error");
        assert_eq!((error.line, error.column), (2, 6), "{}", error.message);
    }
}
