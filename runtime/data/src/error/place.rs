//! [`Place`]: where in a cell's text something stands.

use datafusion::common::Span;
use datafusion::sql::sqlparser::dialect::GenericDialect;
use datafusion::sql::sqlparser::tokenizer::{Token, Tokenizer};

/// A stretch of one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The line, from 1.
    pub line: u32,
    /// The first character, from 1.
    pub column: u32,
    /// How many characters, at least 1.
    pub length: u32,
    /// The line's text.
    pub text: String,
}

impl Place {
    pub(crate) fn new(sql: &str, line: u64, column: u64) -> Option<Self> {
        let line = u32::try_from(line).ok().filter(|line| *line > 0)?;
        let text = sql.lines().nth(line as usize - 1).unwrap_or_default().to_owned();
        let column = u32::try_from(column).ok()?.max(1);
        let word = text.chars().skip(column as usize - 1).take_while(|c| c.is_alphanumeric());
        let length = u32::try_from(word.count()).unwrap_or(1).max(1);
        Some(Self { line, column, length, text })
    }

    pub(crate) fn of_span(sql: &str, span: &Span) -> Option<Self> {
        let place = Self::new(sql, span.start.line, span.start.column)?;
        let same_line = span.start.line == span.end.line && span.end.column > span.start.column;
        let length = u32::try_from(span.end.column.saturating_sub(span.start.column)).unwrap_or(1);
        Some(if same_line { Self { length, ..place } } else { place })
    }

    /// The first word of the text that is `name`, quoted or not.
    pub(crate) fn of_word(sql: &str, name: &str) -> Option<Self> {
        let last = name.rsplit('.').next().unwrap_or(name);
        let tokens = Tokenizer::new(&GenericDialect {}, sql).tokenize_with_location().ok()?;
        let is = |token: &Token, text: &str| match token {
            Token::Word(word) => word.value == text,
            Token::SingleQuotedString(word) => word == text,
            _ => false,
        };
        let found = [name, last].into_iter().find_map(|text| {
            tokens.iter().find(|token| is(&token.token, text)).map(|token| (token, text))
        });
        let (token, text) = found?;
        let place = Self::new(sql, token.span.start.line, token.span.start.column)?;
        let length = u32::try_from(text.chars().count()).unwrap_or(1);
        Some(Self { length, ..place })
    }

    /// Behind the last word of the text.
    pub(crate) fn of_end(sql: &str) -> Option<Self> {
        let tokens = Tokenizer::new(&GenericDialect {}, sql).tokenize_with_location().ok()?;
        let said = |token: &Token| !matches!(token, Token::Whitespace(_) | Token::SemiColon);
        let last = tokens.iter().rev().find(|token| said(&token.token))?;
        let place = Self::new(sql, last.span.end.line, last.span.end.column)?;
        Some(Self { length: 1, ..place })
    }

    /// The line with a caret below what is meant, as compilers show it.
    pub fn show(&self, label: &str) -> Vec<String> {
        let number = self.line.to_string();
        let space = " ".repeat(number.len());
        let before: String = self
            .text
            .chars()
            .take(self.column as usize - 1)
            .map(|c| if c == '\t' { '\t' } else { ' ' })
            .collect();
        vec![
            format!("{space}--> {label}:{}:{}", self.line, self.column),
            format!("{space} |"),
            format!("{number} | {}", self.text),
            format!("{space} | {before}{}", "^".repeat(self.length as usize)),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_caret_stands_below_the_word() {
        let sql = "SELECT *\nFROM ratngs r";
        let place = Place::of_word(sql, "ratngs").expect("it is there");
        let shown = place.show("cell 3").join("\n");
        assert_eq!(shown, " --> cell 3:2:6\n  |\n2 | FROM ratngs r\n  |      ^^^^^^");
    }

    #[test]
    fn the_end_is_behind_what_was_said_last() {
        let place = Place::of_end("SELECT 1,\n  FROM -- nothing\n\n").expect("it is there");
        assert_eq!((place.line, place.column, place.length), (2, 7, 1));
        assert_eq!(Place::of_end("-- nothing"), None);
    }

    #[test]
    fn words_in_strings_and_comments_are_not_meant() {
        let sql = "-- about x\nSELECT 'x y', x FROM t";
        let place = Place::of_word(sql, "x").expect("it is there");
        assert_eq!((place.line, place.column), (2, 15));
        assert_eq!(Place::of_word(sql, "z"), None);
    }
}
