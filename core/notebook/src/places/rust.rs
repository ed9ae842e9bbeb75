//! Where a Rust cell binds names, by its tokens: what stands in comments and strings is none.

use std::ops::Range;
use std::str::FromStr;

use proc_macro2::{Ident, TokenStream, TokenTree};

/// Words behind which an item's name stands.
const ITEMS: [&str; 9] =
    ["fn", "struct", "enum", "union", "trait", "type", "const", "static", "mod"];

/// Where the cell's own level binds a name first.
pub(super) fn bound_first(source: &str, name: &str) -> Option<Range<usize>> {
    let tokens: Vec<TokenTree> = TokenStream::from_str(source).ok()?.into_iter().collect();
    let mut after: Option<String> = None;
    let mut in_pattern = false;
    for token in &tokens {
        match token {
            TokenTree::Ident(word) => {
                let said = word.to_string();
                let is_item = after.as_deref().is_some_and(|it| ITEMS.contains(&it));
                if said == name && (is_item || in_pattern) {
                    return bytes(source, word);
                }
                in_pattern |= said == "let";
                // `const fn f`, `static mut X`.
                if said != "mut" {
                    after = Some(said);
                }
            }
            TokenTree::Group(group) => {
                if let Some(word) = in_pattern.then(|| find(group.stream(), name)).flatten() {
                    return bytes(source, &word);
                }
                after = None;
            }
            TokenTree::Punct(mark) => {
                // The pattern ends where its type or its value begins.
                if matches!(mark.as_char(), '=' | ';' | ':') {
                    in_pattern = false;
                }
                after = None;
            }
            TokenTree::Literal(_) => after = None,
        }
    }
    // A macro, or what `use` brings.
    super::first_word(source, name)
}

fn find(tokens: TokenStream, name: &str) -> Option<Ident> {
    tokens.into_iter().find_map(|token| match token {
        TokenTree::Ident(word) if word == name => Some(word),
        TokenTree::Group(group) => find(group.stream(), name),
        _ => None,
    })
}

fn bytes(source: &str, word: &Ident) -> Option<Range<usize>> {
    let start = word.span().start();
    let line_start: usize =
        source.split_inclusive('\n').take(start.line.checked_sub(1)?).map(str::len).sum();
    let line = source.get(line_start..)?;
    let column = line.char_indices().nth(start.column).map_or(line.len(), |(at, _)| at);
    let from = line_start + column;
    Some(from..from + word.to_string().len())
}
