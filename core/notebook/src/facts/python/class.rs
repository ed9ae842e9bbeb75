//! Whether a cell only says what names mean: imports, functions, classes, constants.

use ruff_python_ast::{ExceptHandler, Expr, Stmt, UnaryOp};

use crate::facts::Class;
use crate::lines::CellText;

/// The class that the statements alone suggest; effects decide first.
pub(super) fn of(cell: &CellText<'_>, body: &[Stmt]) -> Class {
    if cell.magic.is_none() && body.iter().all(is_definition) {
        Class::Definition
    } else {
        Class::Value
    }
}

fn is_definition(statement: &Stmt) -> bool {
    match statement {
        Stmt::Import(_)
        | Stmt::ImportFrom(_)
        | Stmt::FunctionDef(_)
        | Stmt::ClassDef(_)
        | Stmt::TypeAlias(_)
        | Stmt::Global(_)
        | Stmt::Pass(_) => true,
        Stmt::Assign(assign) => {
            let names = assign.targets.iter().all(|target| target.is_name_expr());
            names && (is_constant(&assign.value) || assign.value.is_lambda_expr())
        }
        Stmt::AnnAssign(assign) => {
            assign.target.is_name_expr() && assign.value.as_deref().is_none_or(is_constant)
        }
        Stmt::Expr(node) => node.value.is_string_literal_expr(),
        // `if TYPE_CHECKING:` and `try: import …` choose among definitions.
        Stmt::If(node) => {
            let others = node.elif_else_clauses.iter();
            node.body.iter().all(is_definition)
                && others.flat_map(|clause| &clause.body).all(is_definition)
        }
        Stmt::Try(node) => {
            let handlers = node.handlers.iter();
            let handled = handlers.flat_map(|ExceptHandler::ExceptHandler(handler)| &handler.body);
            let rest = node.orelse.iter().chain(&node.finalbody);
            node.body.iter().chain(rest).chain(handled).all(is_definition)
        }
        _ => false,
    }
}

/// Whether an expression is written out: literals and containers of them.
pub(super) fn is_constant(value: &Expr) -> bool {
    match value {
        Expr::StringLiteral(_)
        | Expr::BytesLiteral(_)
        | Expr::NumberLiteral(_)
        | Expr::BooleanLiteral(_)
        | Expr::NoneLiteral(_)
        | Expr::EllipsisLiteral(_) => true,
        Expr::UnaryOp(node) => node.op != UnaryOp::Not && is_constant(&node.operand),
        Expr::BinOp(node) => is_constant(&node.left) && is_constant(&node.right),
        Expr::List(node) => node.elts.iter().all(is_constant),
        Expr::Tuple(node) => node.elts.iter().all(is_constant),
        Expr::Set(node) => node.elts.iter().all(is_constant),
        Expr::Dict(node) => node
            .items
            .iter()
            .all(|item| item.key.as_ref().is_some_and(is_constant) && is_constant(&item.value)),
        _ => false,
    }
}
