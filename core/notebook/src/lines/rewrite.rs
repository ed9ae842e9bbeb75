//! Writing `!` and `%` lines as Python.

use std::fmt::Write;

use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{Expr, IpyEscapeKind, Mod, Stmt};
use ruff_text_size::{Ranged, TextRange};

use super::magic::{BodyIs, CellMagic, split};

/// Writes a cell as the Python that its interpreter runs. Every statement stays on its
/// line; what isn't a command stays as it is, down to the byte.
///
/// A cell magic becomes one call, `get_ipython().run_cell_magic(name, arguments, body)`,
/// on the magic's line, followed by as many empty lines as its body had. The body begins
/// on the cell's next line; if it is Python, its own commands are rewritten already.
///
/// ```
/// let code = flownote_notebook::lines::rewrite("files = !ls *.csv\nprint(files)");
/// assert_eq!(code, "files = get_ipython().getoutput('ls *.csv')\nprint(files)");
/// ```
pub fn rewrite(source: &str) -> String {
    let cell = split(source);
    let Some(magic) = cell.magic else {
        return rewrite_lines(source);
    };
    let head = magic_line_start(source, &magic);
    let mut code = source[..head].to_owned();
    let body = match magic.is {
        BodyIs::Python | BodyIs::Function => rewrite_lines(magic.body),
        BodyIs::Text => magic.body.to_owned(),
    };
    // `%%!` is IPython's other way to write `%%sx`.
    let name = if magic.name == "!" { "sx" } else { magic.name };
    let _ = write!(
        code,
        "get_ipython().run_cell_magic({}, {}, {})",
        literal(name),
        literal(magic.arguments),
        literal(&body)
    );
    let rest = &source[head..];
    code.extend(rest.bytes().filter(|byte| *byte == b'\n').map(|_| '\n'));
    code
}

fn magic_line_start(source: &str, magic: &CellMagic<'_>) -> usize {
    let above = &source[..source.len() - magic.body.len()];
    above.trim_end_matches(['\n', '\r']).rfind('\n').map_or(0, |at| at + 1)
}

fn rewrite_lines(source: &str) -> String {
    // Most cells have none of these; parsing them here again would be for nothing.
    if !source.contains(['!', '%', '?', '/', ',', ';']) {
        return source.to_owned();
    }
    let parsed = super::parse(source);
    let mut commands = Commands::default();
    if let Mod::Module(module) = parsed.syntax() {
        commands.visit_body(&module.body);
    }
    let mut code = String::with_capacity(source.len());
    let mut done = 0;
    for Command { range, kind, value, assigned } in commands.found {
        let (start, end) = (usize::from(range.start()), usize::from(range.end()));
        code.push_str(&source[done..start]);
        code.push_str(&call(kind, &value, assigned));
        // A command continued by backslashes leaves its further lines empty.
        code.extend(source[start..end].bytes().filter(|byte| *byte == b'\n').map(|_| '\n'));
        done = end;
    }
    code.push_str(&source[done..]);
    code
}

struct Command {
    range: TextRange,
    kind: IpyEscapeKind,
    value: String,
    assigned: bool,
}

#[derive(Default)]
struct Commands {
    found: Vec<Command>,
}

impl<'a> Visitor<'a> for Commands {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::IpyEscapeCommand(command) => self.found.push(Command {
                range: command.range(),
                kind: command.kind,
                value: command.value.to_string(),
                assigned: false,
            }),
            Stmt::Assign(assign) => {
                if let Expr::IpyEscapeCommand(command) = &*assign.value {
                    self.found.push(Command {
                        range: command.range(),
                        kind: command.kind,
                        value: command.value.to_string(),
                        assigned: true,
                    });
                }
            }
            // Commands are statements or an assignment's value: expressions hold none.
            _ => visitor::walk_stmt(self, statement),
        }
    }

    fn visit_expr(&mut self, _expression: &'a Expr) {}
}

/// Writes one command as a call, the way IPython does.
fn call(kind: IpyEscapeKind, value: &str, assigned: bool) -> String {
    let value = value.trim();
    let magic = |name: &str, line: &str| {
        format!("get_ipython().run_line_magic({}, {})", literal(name), literal(line))
    };
    let first_word = || value.split_once(char::is_whitespace).unwrap_or((value, ""));
    match kind {
        IpyEscapeKind::Shell if assigned => format!("get_ipython().getoutput({})", literal(value)),
        IpyEscapeKind::Shell => format!("get_ipython().system({})", literal(value)),
        IpyEscapeKind::ShCap => format!("get_ipython().getoutput({})", literal(value)),
        IpyEscapeKind::Help => magic("pinfo", value),
        IpyEscapeKind::Help2 => magic("pinfo2", value),
        IpyEscapeKind::Magic | IpyEscapeKind::Magic2 => {
            let (name, line) = first_word();
            magic(name, line.trim_start())
        }
        IpyEscapeKind::Quote => {
            let (function, words) = first_word();
            let words: Vec<String> = words.split_whitespace().map(literal).collect();
            format!("{function}({})", words.join(", "))
        }
        IpyEscapeKind::Quote2 => {
            let (function, words) = first_word();
            format!("{function}({})", literal(words.trim()))
        }
        IpyEscapeKind::Paren => {
            let (function, words) = first_word();
            let words: Vec<&str> = words.split_whitespace().collect();
            format!("{function}({})", words.join(", "))
        }
    }
}

/// Writes a string as a Python literal on one line.
pub(crate) fn literal(text: &str) -> String {
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    let mut literal = String::with_capacity(text.len() + 2);
    literal.push(quote);
    for character in text.chars() {
        match character {
            '\n' => literal.push_str("\\n"),
            '\r' => literal.push_str("\\r"),
            '\t' => literal.push_str("\\t"),
            '\\' => literal.push_str("\\\\"),
            _ if character == quote => {
                literal.push('\\');
                literal.push(quote);
            }
            _ if character.is_control() => {
                let _ = write!(literal, "\\x{:02x}", u32::from(character));
            }
            _ => literal.push(character),
        }
    }
    literal.push(quote);
    literal
}
