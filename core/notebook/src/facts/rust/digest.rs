//! The digest of a Rust cell's code: its tokens, without comments and documentation.

use flownote_flow::manifest::Digest;
use proc_macro2::{Delimiter, TokenStream, TokenTree};

use crate::{Language, Options};

/// Names the code; what can't be cut into tokens is named by its whole text.
pub(super) fn code(source: &str) -> Digest {
    let mut hasher = blake3::Hasher::new();
    for option in Options::of(Language::Rust, source).entries() {
        hasher.update(option.key.as_bytes()).update(b":").update(option.value.as_bytes());
        hasher.update(b"\n");
    }
    match source.parse::<TokenStream>() {
        Ok(tokens) => {
            let mut text = Vec::with_capacity(source.len());
            write(tokens, &mut text);
            hasher.update(&text);
        }
        Err(_) => drop(hasher.update(source.as_bytes())),
    }
    hasher.finalize().to_hex().as_str().into()
}

fn write(tokens: TokenStream, text: &mut Vec<u8>) {
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Punct(mark) if mark.as_char() == '#' => {
                let inner = tokens.next_if(|next| is_mark(next, '!')).is_some();
                if tokens.next_if(is_documentation).is_none() {
                    text.extend_from_slice(if inner { b"#!" } else { b"#" });
                }
            }
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => (b'(', b')'),
                    Delimiter::Brace => (b'{', b'}'),
                    Delimiter::Bracket => (b'[', b']'),
                    Delimiter::None => (b' ', b' '),
                };
                text.push(open);
                write(group.stream(), text);
                text.push(close);
            }
            TokenTree::Punct(mark) => {
                text.extend_from_slice(mark.as_char().to_string().as_bytes());
                // `a - -b` is not `a --b`.
                if mark.spacing() == proc_macro2::Spacing::Alone {
                    text.push(0);
                }
            }
            other => {
                text.extend_from_slice(other.to_string().as_bytes());
                text.push(0);
            }
        }
    }
}

fn is_mark(token: &TokenTree, mark: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == mark)
}

fn is_documentation(token: &TokenTree) -> bool {
    let TokenTree::Group(group) = token else { return false };
    let first = group.stream().into_iter().next();
    matches!(first, Some(TokenTree::Ident(word)) if word == "doc")
}
