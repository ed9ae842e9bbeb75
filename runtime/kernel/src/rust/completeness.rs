//! Whether a cell ends where it ends: a prompt asks before it runs what was typed.

use proc_macro2::TokenStream;
use syn::parse::{ParseStream, Parser};
use syn::{Attribute, Block};

/// What a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Completeness {
    /// It can run.
    Whole,
    /// More must follow.
    Open,
    /// It can't be right, whatever follows.
    Wrong,
}

/// Says what a text is.
pub fn completeness(source: &str) -> Completeness {
    let found = judge(source);
    proc_macro2::extra::invalidate_current_thread_spans();
    found
}

fn judge(source: &str) -> Completeness {
    if source.parse::<TokenStream>().is_err() {
        return if opens(source) { Completeness::Open } else { Completeness::Wrong };
    }
    let body = |input: ParseStream<'_>| {
        Attribute::parse_inner(input)?;
        Block::parse_within(input)
    };
    match body.parse_str(source) {
        Ok(_) => Completeness::Whole,
        Err(error) if error.to_string().contains("unexpected end of input") => Completeness::Open,
        Err(_) => Completeness::Wrong,
    }
}

/// Whether something that was opened isn't closed: a bracket, a text, a comment.
fn opens(source: &str) -> bool {
    // Whatever is open is closed by one of these, if it can be closed at all.
    let brackets: Vec<char> = source.chars().filter(|it| "([{)]}".contains(*it)).collect();
    let open = brackets.iter().filter(|it| "([{".contains(**it)).count();
    let close = brackets.len() - open;
    open > close
        || ["\"", "*/", "\"#"]
            .iter()
            .any(|end| format!("{source}{end}").parse::<TokenStream>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(source: &str, expected: Completeness) {
        assert_eq!(completeness(source), expected, "{source}");
    }

    #[test]
    fn a_prompt_waits_for_the_rest() {
        check("let x = 1;", Completeness::Whole);
        check("x + 1", Completeness::Whole);
        check("", Completeness::Whole);
        check("fn f() {", Completeness::Open);
        check("let text = \"half", Completeness::Open);
        check("/* half", Completeness::Open);
        check("let x =", Completeness::Open);
        check("let = 2;", Completeness::Wrong);
        check("f())", Completeness::Wrong);
    }
}
