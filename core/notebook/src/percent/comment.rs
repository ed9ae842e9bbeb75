//! Lines in comments, and back. Both ways are exact for every text: a line gets `# ` more
//! when it would otherwise be read as something else, or already looks as if it had got it.

use super::marker::is_marker;

/// A line of a cell that isn't Python, as a comment.
pub(super) fn comment(line: &str) -> String {
    match line {
        "" => "#".to_owned(),
        line if reads_as_marker(line) => format!("# # {line}"),
        line => format!("# {line}"),
    }
}

/// The line in a comment.
pub(super) fn uncomment(line: &str) -> &str {
    let line = line.strip_prefix("# ").or_else(|| line.strip_prefix('#')).unwrap_or(line);
    line.strip_prefix("# ").filter(|rest| reads_as_marker(rest)).unwrap_or(line)
}

fn reads_as_marker(line: &str) -> bool {
    is_marker(&format!("# {line}")) || line.strip_prefix("# ").is_some_and(reads_as_marker)
}

/// A line of a Python cell, commented if Python wouldn't understand it.
pub(super) fn hide(line: &str) -> String {
    if is_hidden(line) { format!("# {line}") } else { line.to_owned() }
}

/// The line of a Python cell.
pub(super) fn reveal(line: &str) -> &str {
    line.strip_prefix("# ").filter(|rest| is_hidden(rest)).unwrap_or(line)
}

fn is_hidden(line: &str) -> bool {
    is_marker(line) || is_magic(line) || line.strip_prefix("# ").is_some_and(is_hidden)
}

/// `%matplotlib inline`, `%%time`, `!ls`.
fn is_magic(line: &str) -> bool {
    let command = line.strip_prefix("%%").or_else(|| line.strip_prefix('%'));
    let shell = line.strip_prefix("!!").or_else(|| line.strip_prefix('!'));
    let letter = |rest: &str| rest.starts_with(|c: char| c.is_ascii_alphabetic());
    let path = |rest: &str| rest.starts_with(['.', '/', '~', '$', '{', '(']);
    command.is_some_and(letter) || shell.is_some_and(|rest| letter(rest) || path(rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_only_ipython_understands_is_hidden() {
        for (line, expect) in [
            ("x = 1", "x = 1"),
            ("# a comment", "# a comment"),
            ("%matplotlib inline", "# %matplotlib inline"),
            ("%%time", "# %%time"),
            ("!ls", "# !ls"),
            ("# !ls", "# # !ls"),
            ("# %% not a cell", "# # %% not a cell"),
            ("#%% not a cell", "# #%% not a cell"),
            ("#!/usr/bin/python", "#!/usr/bin/python"),
            ("# ! mind this", "# ! mind this"),
        ] {
            assert_eq!(hide(line), expect);
            assert_eq!(reveal(expect), line);
        }
    }

    #[test]
    fn a_comment_is_never_a_marker() {
        for (line, expect) in [
            ("", "#"),
            ("# Title", "# # Title"),
            ("%% of all", "# # %% of all"),
            ("# %% of all", "# # # %% of all"),
            ("select 1", "# select 1"),
        ] {
            assert_eq!(comment(line), expect);
            assert!(!is_marker(expect));
            assert_eq!(uncomment(expect), line);
        }
        assert_eq!(uncomment("#tight"), "tight");
    }
}
