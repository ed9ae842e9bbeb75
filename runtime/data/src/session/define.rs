//! Statements that define or refuse rather than answer: tables, views, settings.

use std::fs::File;
use std::sync::Arc;

use datafusion::catalog::view::ViewTable;
use datafusion::common::TableReference;
use datafusion::datasource::provider_as_source;
use datafusion::execution::SessionState;

use datafusion::logical_expr::{
    CreateMemoryTable, CreateView, DdlStatement, LogicalPlan, LogicalPlanBuilder, WriteOp,
};

use super::{Answer, Made, Rows, SqlSession, Table, WHOLE};
use crate::error::{Error, Source};
use crate::export::Written;
use crate::read::{Bytes, ipc};

impl SqlSession {
    /// Performs a statement that isn't a query; gives back one that is.
    pub(super) async fn define(
        &self,
        state: &SessionState,
        plan: LogicalPlan,
        source: Source<'_>,
        answer: &mut Answer,
    ) -> Result<Option<LogicalPlan>, Error> {
        match plan {
            LogicalPlan::Ddl(DdlStatement::CreateMemoryTable(table)) => {
                self.create_table(state, table, source, answer).await?;
            }
            LogicalPlan::Ddl(DdlStatement::CreateView(view)) => self.create_view(view, answer)?,
            LogicalPlan::Ddl(DdlStatement::DropTable(drop)) => {
                self.drop_table(&drop.name, drop.if_exists, answer)?;
            }
            LogicalPlan::Ddl(DdlStatement::DropView(drop)) => {
                self.drop_table(&drop.name, drop.if_exists, answer)?;
            }
            LogicalPlan::Ddl(DdlStatement::CreateExternalTable(table)) => {
                let name = table.name.table().to_owned();
                let plan = LogicalPlan::Ddl(DdlStatement::CreateExternalTable(table));
                self.perform(plan, source).await?;
                if let Some(table) = self.names.get(&name) {
                    answer.made.push(Made { name, file: None, written: None, table });
                }
            }
            LogicalPlan::Ddl(other) => {
                return Err(Error::Unsupported {
                    what: format!("`{}` is not done in a notebook", words(other.name())),
                    hint: Some("tables and views are what cells can make and drop".into()),
                });
            }
            LogicalPlan::Dml(dml) => {
                return Err(in_place(&dml.op, dml.table_name.table()));
            }
            LogicalPlan::Statement(_) => self.perform(plan, source).await?,
            LogicalPlan::Copy(ref copy) => {
                answer.wrote.push(copy.output_url.clone());
                return Ok(Some(plan));
            }
            query => return Ok(Some(query)),
        }
        Ok(None)
    }

    async fn perform(&self, plan: LogicalPlan, source: Source<'_>) -> Result<(), Error> {
        let done = self.context.execute_logical_plan(plan).await;
        done.map(|_| ()).map_err(|error| source.explain(&error))
    }

    async fn create_table(
        &self,
        state: &SessionState,
        table: CreateMemoryTable,
        source: Source<'_>,
        answer: &mut Answer,
    ) -> Result<(), Error> {
        let name = table.name.table().to_owned();
        if self.exists(&name, table.or_replace, table.if_not_exists)? {
            return Ok(());
        }
        let path = self.new_file();
        let unwritten = |error: std::io::Error| Error::Scratch {
            folder: self.options.scratch.clone(),
            message: error.to_string(),
        };
        let out = std::io::BufWriter::new(File::create(&path).map_err(unwritten)?);
        let rows = Rows { state, source, out: Some(Box::new(out)), limit: 0 };
        let written = self.rows(rows, Arc::unwrap_or_clone(table.input)).await?.written;
        let frame = ipc(&Bytes::map(&path)?)?;
        self.made(Made { name, file: Some(path), written, table: Arc::new(frame) }, answer);
        Ok(())
    }

    fn create_view(&self, view: CreateView, answer: &mut Answer) -> Result<(), Error> {
        let name = view.name.table().to_owned();
        self.exists(&name, view.or_replace, false)?;
        let plan = Arc::unwrap_or_clone(view.input);
        let table: Table = Arc::new(ViewTable::new(plan, view.definition));
        self.made(Made { name, file: None, written: None, table }, answer);
        Ok(())
    }

    /// Writes all rows of what a statement made, in its order, as an Arrow IPC file.
    ///
    /// # Errors
    /// When its query fails, or the file can't be written.
    pub async fn write(
        &self,
        made: &Made,
        out: impl std::io::Write + Send + 'static,
    ) -> Result<Written, Error> {
        let source =
            Source { sql: "", limit: self.options.memory, functions: &crate::function::NOTHING };
        let plan = match made.table.get_logical_plan() {
            // Its own plan: a query of it would not keep its order.
            Some(plan) => plan.into_owned(),
            None => {
                let table = provider_as_source(Arc::clone(&made.table));
                let scan = LogicalPlanBuilder::scan(WHOLE, table, None);
                let scan = scan.and_then(LogicalPlanBuilder::build);
                scan.map_err(|error| source.explain(&error))?
            }
        };
        let state = self.state(None)?;
        let rows = Rows { state: &state, source, out: Some(Box::new(out)), limit: 0 };
        let written = self.rows(rows, plan).await?.written;
        written.ok_or_else(super::no_rows)
    }

    fn made(&self, made: Made, answer: &mut Answer) {
        self.bind_made(&made.name, &made);
        answer.dropped.retain(|name| *name != made.name);
        answer.made.retain(|other| other.name != made.name);
        answer.made.push(made);
    }

    /// Whether a name is taken and shall stay as it is. A cell that runs again makes its
    /// tables again: only one that another cell made is in the way.
    fn exists(&self, name: &str, replace: bool, keep: bool) -> Result<bool, Error> {
        if replace || !self.names.has(name) {
            return Ok(false);
        }
        if keep {
            return Ok(true);
        }
        Err(Error::Meaning {
            message: format!("there is a table `{name}` already"),
            hint: Some(format!("give it another name, or write `CREATE OR REPLACE … {name}`")),
            place: None,
        })
    }

    fn drop_table(
        &self,
        name: &TableReference,
        if_exists: bool,
        answer: &mut Answer,
    ) -> Result<(), Error> {
        let name = name.table().to_owned();
        if self.unbind(&name) {
            answer.made.retain(|made| made.name != name);
            answer.dropped.push(name);
        } else if !if_exists {
            return Err(Error::UnknownTable { name, known: self.names(), place: None });
        }
        Ok(())
    }
}

fn in_place(operation: &WriteOp, table: &str) -> Error {
    let verb = match operation {
        WriteOp::Insert(_) => "INSERT",
        WriteOp::Delete => "DELETE",
        WriteOp::Update => "UPDATE",
        WriteOp::Truncate => "TRUNCATE",
        _ => "this",
    };
    Error::Unsupported {
        what: format!(
            "`{verb}` would change `{table}` in place, and tables of a notebook don't change"
        ),
        hint: Some(format!(
            "make the changed table: `CREATE OR REPLACE TABLE {table} AS SELECT …`"
        )),
    }
}

/// `CreateCatalogSchema` as `create catalog schema`.
fn words(name: &str) -> String {
    let mut text = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !text.is_empty() {
            text.push(' ');
        }
        text.extend(letter.to_uppercase());
    }
    text
}
