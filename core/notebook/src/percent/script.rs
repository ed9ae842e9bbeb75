//! Cells that IPython hands to another program: `%%bash` and its kin. As Jupytext does, the
//! file names the program in the marker and has the text in comments.

/// The commands whose cell is another language's text. Others, as `%%time`, are about
/// Python.
const NAMES: [&str; 12] = [
    "bash",
    "sh",
    "html",
    "javascript",
    "js",
    "latex",
    "perl",
    "ruby",
    "svg",
    "R",
    "cython",
    "markdown",
];

/// Whether it is such a command.
pub(super) fn is_name(name: &str) -> bool {
    NAMES.contains(&name)
}

/// The command of a cell that begins with one, and the text below it.
pub(super) fn split(source: &str) -> Option<(&str, &str)> {
    let (first, rest) = source.split_once('\n').unwrap_or((source, ""));
    let name = first.strip_prefix("%%").filter(|name| is_name(name))?;
    Some((name, rest))
}

/// The cell of a command and its text.
pub(super) fn join(name: &str, text: &str) -> String {
    if text.is_empty() { format!("%%{name}") } else { format!("%%{name}\n{text}") }
}
