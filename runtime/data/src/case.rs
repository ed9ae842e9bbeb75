//! Names of columns in another case. Names keep their case here, as Python's do; a word that
//! names nothing, and one thing when case is ignored, means that (`SELECT USERID`).

use std::ops::ControlFlow;

use datafusion::sql::parser::{CopyToSource, Statement};
use datafusion::sql::sqlparser::ast::{Expr, Ident, visit_expressions_mut};

use crate::error::Error;

/// The column that an unknown word means, if it differs only in case from just one.
pub(crate) fn meant(error: &Error) -> Option<(String, String)> {
    let Error::UnknownColumn { name, known, .. } = error else { return None };
    let lower = name.to_lowercase();
    let mut same = known.iter().filter(|other| other.to_lowercase() == lower);
    match (same.next(), same.next()) {
        (Some(one), None) if one != name => Some((name.clone(), one.clone())),
        _ => None,
    }
}

/// Writes a column's name otherwise wherever it stands unquoted. Whether it stood anywhere.
pub(crate) fn rewrite(statement: &mut Statement, from: &str, to: &str) -> bool {
    let mut found = false;
    let mut change = |ident: &mut Ident| {
        if ident.quote_style.is_none() && ident.value == from {
            to.clone_into(&mut ident.value);
            found = true;
        }
    };
    let mut visit = |expression: &mut Expr| {
        match expression {
            Expr::Identifier(ident) => change(ident),
            Expr::CompoundIdentifier(parts) => parts.iter_mut().for_each(&mut change),
            _ => {}
        }
        ControlFlow::<()>::Continue(())
    };
    match statement {
        Statement::Statement(inner) => {
            let _ = visit_expressions_mut(inner.as_mut(), &mut visit);
        }
        Statement::CopyTo(copy) => {
            if let CopyToSource::Query(query) = &mut copy.source {
                let _ = visit_expressions_mut(query.as_mut(), &mut visit);
            }
        }
        Statement::Explain(explain) => return rewrite(&mut explain.statement, from, to),
        Statement::CreateExternalTable(_) | Statement::Reset(_) => {}
    }
    found
}
