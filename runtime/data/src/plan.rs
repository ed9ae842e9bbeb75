//! From a statement to a stream of batches.
//!
//! A plan that only selects, filters and computes keeps the order of its table's rows, as
//! people expect of `SELECT … FROM df WHERE …`: its shares run at once, and are read one
//! after the other.

mod ordered;

use std::collections::BTreeSet;
use std::sync::Arc;

use datafusion::catalog::SchemaProvider;
use datafusion::common::DataFusionError;
use datafusion::common::tree_node::{Transformed, TreeNode, TreeNodeRecursion};
use datafusion::execution::{SendableRecordBatchStream, SessionState};
use datafusion::functions_aggregate::expr_fn::count;
use datafusion::logical_expr::{Expr, LogicalPlan, LogicalPlanBuilder, Volatility, lit};
use datafusion::physical_plan::coop::CooperativeExec;
use datafusion::physical_plan::{ExecutionPlan, execute_stream};
use datafusion::sql::parser::{DFParserBuilder, Statement};
use datafusion::sql::sqlparser::ast;
use datafusion::sql::sqlparser::dialect::GenericDialect;

use crate::case;
use crate::error::{Error, Place, Source};
use crate::names::Names;

/// Words that may be corrected in one statement.
const CORRECTIONS: usize = 64;

/// Plans a statement.
pub(crate) async fn plan(
    state: &SessionState,
    names: &Names,
    mut statement: Statement,
    source: Source<'_>,
) -> Result<LogicalPlan, Error> {
    if let Statement::CopyTo(copy) = &mut statement {
        copy.target = names.path(&copy.target);
    }
    for _ in 0..CORRECTIONS {
        let mut error = match state.statement_to_plan(statement.clone()).await {
            Ok(plan) => return Ok(plan),
            Err(error) => source.explain(&error),
        };
        if let Some(unknown) = unknown_table(state, names, &statement, source.sql).await {
            return Err(unknown);
        }
        // What ORDER BY may name, for example, is more than the plan says.
        let one_is_meant = case::meant(&error).is_some();
        if let Error::UnknownColumn { known, .. } = &mut error
            && !one_is_meant
        {
            known.extend(columns_in_sight(state, names, &statement).await);
            known.sort_unstable();
            known.dedup();
        }
        match case::meant(&error) {
            Some((from, to)) if case::rewrite(&mut statement, &from, &to) => {}
            _ => return Err(error),
        }
    }
    state.statement_to_plan(statement).await.map_err(|error| source.explain(&error))
}

/// Whether a text is whole statements; none when it is no SQL, whatever may follow.
pub fn is_complete(sql: &str) -> Option<bool> {
    let parsed = DFParserBuilder::new(sql).build().and_then(|mut parser| parser.parse_statements());
    match parsed {
        Ok(_) => Some(true),
        Err(error) => {
            let text = error.to_string();
            let open = text.contains("found: EOF") || text.contains("Unterminated");
            open.then_some(false)
        }
    }
}

/// How many statements of a text are queries; none where it is no SQL.
pub(crate) fn queries(sql: &str) -> usize {
    let parsed = DFParserBuilder::new(sql)
        .with_dialect(&GenericDialect {})
        .build()
        .and_then(|mut parser| parser.parse_statements());
    let is_query = |it: &Statement| matches!(it, Statement::Statement(inner) if matches!(**inner, ast::Statement::Query(_)));
    parsed.map_or(0, |statements| statements.iter().filter(|it| is_query(it)).count())
}

async fn unknown_table(
    state: &SessionState,
    names: &Names,
    statement: &Statement,
    sql: &str,
) -> Option<Error> {
    let references = state.resolve_table_references(statement).ok()?;
    for reference in references {
        if reference.schema() == Some("information_schema") {
            continue;
        }
        // Only one schema has tables of ours: `ratings.csv` unquoted is one with a schema.
        let (name, ours) = match reference.schema() {
            None | Some(crate::session::SCHEMA) => (reference.table().to_owned(), true),
            Some(_) => (reference.to_string(), false),
        };
        if !ours || matches!(names.table(&name).await, Ok(None)) {
            let place = Place::of_word(sql, reference.table())
                .or_else(|| Place::of_word(sql, reference.schema().unwrap_or_default()));
            return Some(Error::UnknownTable { name, known: names.table_names(), place });
        }
    }
    None
}

/// The columns of all tables that a statement names.
async fn columns_in_sight(
    state: &SessionState,
    names: &Names,
    statement: &Statement,
) -> Vec<String> {
    let mut columns = BTreeSet::new();
    for reference in state.resolve_table_references(statement).unwrap_or_default() {
        if let Ok(Some(table)) = names.table(reference.table()).await {
            columns.extend(table.schema().fields().iter().map(|field| field.name().clone()));
        }
    }
    columns.into_iter().collect()
}

/// Runs a plan.
pub(crate) async fn stream(
    state: &SessionState,
    plan: &LogicalPlan,
    buffer: usize,
) -> Result<SendableRecordBatchStream, DataFusionError> {
    let plan = state.optimize(plan)?;
    let mut state = state.clone();
    let ordered = keeps_order(&plan, false);
    if ordered {
        // Shares must stay runs of rows: no batch may change its place.
        let options = state.config_mut().options_mut();
        options.optimizer.enable_round_robin_repartition = false;
        // And no share may read a part of a file that is another's.
        options.execution.enable_file_stream_work_stealing = false;
        if has_limit(&plan) {
            options.execution.target_partitions = 1;
        }
    }
    let physical = state.query_planner().create_physical_plan(&plan, &state).await?;
    let physical = interruptible(physical)?;
    let parts = physical.properties().output_partitioning().partition_count();
    if ordered && parts > 1 {
        return ordered::stream(physical, state.task_ctx(), buffer);
    }
    execute_stream(physical, state.task_ctx())
}

/// Has what makes many rows of few let others run now and then: a query can only be stopped
/// where it does. Scans do so by themselves.
fn interruptible(plan: Arc<dyn ExecutionPlan>) -> Result<Arc<dyn ExecutionPlan>, DataFusionError> {
    let wrapped = plan.transform_up(|node| {
        let multiplies = node.name().contains("Join") || node.name().contains("Unnest");
        Ok(if multiplies {
            Transformed::yes(Arc::new(CooperativeExec::new(node)) as Arc<dyn ExecutionPlan>)
        } else {
            Transformed::no(node)
        })
    });
    Ok(wrapped?.data)
}

/// Whether the first rows can be had without computing the others: then they are, and the
/// others are only counted.
pub(crate) fn can_be_cut(state: &SessionState, plan: &LogicalPlan) -> bool {
    state.optimize(plan).is_ok_and(|plan| keeps_order(&plan, true))
}

/// The first rows of a query.
pub(crate) fn first_rows(plan: LogicalPlan, rows: usize) -> Result<LogicalPlan, DataFusionError> {
    LogicalPlanBuilder::from(plan).limit(0, Some(rows))?.build()
}

/// How many rows a query has, as a query.
pub(crate) fn count_of(plan: LogicalPlan) -> Result<LogicalPlan, DataFusionError> {
    let plan = match plan {
        // The order of what is counted doesn't matter.
        LogicalPlan::Sort(sort) if sort.fetch.is_none() => Arc::unwrap_or_clone(sort.input),
        other => other,
    };
    let no_groups: [Expr; 0] = [];
    LogicalPlanBuilder::from(plan).aggregate(no_groups, [count(lit(1i64))])?.build()
}

/// The functions in a plan whose results change from one time to the next.
pub(crate) fn unstable(plan: &LogicalPlan) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let _ = plan.apply_with_subqueries(|node| {
        for expression in node.expressions() {
            let _ = expression.apply(|part| {
                if let Expr::ScalarFunction(call) = part
                    && call.func.signature().volatility != Volatility::Immutable
                {
                    names.insert(call.func.name().to_owned());
                }
                Ok(TreeNodeRecursion::Continue)
            });
        }
        Ok(TreeNodeRecursion::Continue)
    });
    names
}

fn keeps_order(plan: &LogicalPlan, or_sorts: bool) -> bool {
    let mut keeps = true;
    let _ = plan.apply_with_subqueries(|node| {
        keeps &= match node {
            LogicalPlan::Projection(_)
            | LogicalPlan::Filter(_)
            | LogicalPlan::Limit(_)
            | LogicalPlan::TableScan(_)
            | LogicalPlan::SubqueryAlias(_)
            | LogicalPlan::Union(_)
            | LogicalPlan::EmptyRelation(_)
            | LogicalPlan::Values(_)
            | LogicalPlan::Unnest(_) => true,
            LogicalPlan::Sort(_) => or_sorts,
            _ => false,
        };
        // `random()` gives other rows the second time.
        keeps &= !node.expressions().iter().any(|expression| expression.is_volatile());
        Ok(if keeps { TreeNodeRecursion::Continue } else { TreeNodeRecursion::Stop })
    });
    keeps
}

fn has_limit(plan: &LogicalPlan) -> bool {
    plan.exists(|node| {
        Ok(match node {
            LogicalPlan::Limit(_) => true,
            LogicalPlan::TableScan(scan) => scan.fetch.is_some(),
            _ => false,
        })
    })
    .unwrap_or(true)
}
