//! Errors that help: every error that a user can meet may say what to do now.

/// An error with a hint. The shell, HTTP answers, the browser and Python exceptions all
/// carry the same one.
pub trait Help: std::error::Error {
    /// What the user can do about it, as one sentence without a final full stop.
    fn hint(&self) -> Option<String> {
        None
    }
}

/// `a` or `an`, whichever goes before the word.
pub fn article(word: &str) -> &'static str {
    let first = word.chars().next().map(|letter| letter.to_ascii_lowercase());
    if matches!(first, Some('a' | 'e' | 'i' | 'o')) { "an" } else { "a" }
}

/// The name that was probably meant by a misspelt word: the nearest one, if it is within
/// a third of the word's length.
pub fn resembling<'a>(word: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let allowed = (word.chars().count() / 3).max(1);
    let distances = names.into_iter().map(|name| (edit_distance(word, name), name));
    let nearest = distances.min_by_key(|(distance, _)| *distance)?;
    (nearest.0 <= allowed && nearest.0 < word.chars().count()).then_some(nearest.1)
}

/// `a`, `a and b`, `a, b and c`.
pub fn list_in_words(items: &[String]) -> String {
    match items {
        [] => "nothing".into(),
        [one] => one.clone(),
        [head @ .., last] => format!("{} and {last}", head.join(", ")),
    }
}

/// How many characters to insert, drop, replace or swap with their neighbour
/// (optimal string alignment).
fn edit_distance(from: &str, to: &str) -> usize {
    let (from, to): (Vec<char>, Vec<char>) = (from.chars().collect(), to.chars().collect());
    let mut rows: Vec<Vec<usize>> = vec![(0..=to.len()).collect()];
    for i in 1..=from.len() {
        let mut row = vec![i];
        for j in 1..=to.len() {
            let replace = rows[i - 1][j - 1] + usize::from(from[i - 1] != to[j - 1]);
            let mut best = replace.min(rows[i - 1][j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1] {
                best = best.min(rows[i - 2][j - 2] + 1);
            }
            row.push(best);
        }
        rows.push(row);
    }
    rows[from.len()][to.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_article_fits_its_word() {
        assert_eq!(["object", "int", "dict", "uint8"].map(article), ["an", "an", "a", "a"]);
    }

    #[test]
    fn a_misspelt_name_is_recognised_and_a_different_one_is_not() {
        let names = ["start", "train", "end"];
        assert_eq!(resembling("trian", names), Some("train"));
        assert_eq!(resembling("trai", names), Some("train"));
        assert_eq!(resembling("evaluate", names), None);
        assert_eq!(resembling("x", names), None);
    }
}
