//! Rows of items with a title: what they have in common, in words.
//!
//! A title is of attributes, "Sci-Fi from the 1970s" of a genre and a decade: of all combinations
//! that every item of the row has, the one that the fewest items of the catalogue have.
//! Source: Gomez-Uribe and Hunt (2015), *The Netflix Recommender System*, ACM TMIS 6(4), for pages
//! made of rows, each of its own theme.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use crate::{ModelError, Result};

/// How many attributes a title may have of those that a row was made by.
const MOST: usize = 3;

/// A kind of attribute, and how a title says it: `{}` is the attribute's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kind {
    /// Such as `{}` for genres, `from the {}` for decades.
    pub phrase: String,
}

/// What is known of items: attributes of several kinds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Catalogue {
    noun: String,
    kinds: Vec<Kind>,
    /// Each attribute's kind and name.
    attributes: Vec<(usize, String)>,
    /// Each item's attributes, in ascending order.
    items: Vec<Vec<u32>>,
    /// How many items have each attribute.
    holders: Vec<Vec<u32>>,
}

/// How many titled rows to make, and of how many items.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Titles {
    /// How many rows at most.
    pub rows: usize,
    /// How many items each row has.
    pub length: usize,
}

/// Items with what they have in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TitledRow {
    /// In words.
    pub title: String,
    /// The items, in the order of the ranking.
    pub items: Vec<usize>,
}

impl Catalogue {
    /// A catalogue: `attributes` are pairs of a kind's number and a name, `items` the numbers of
    /// each item's attributes. A title without a kind whose phrase begins with the name begins
    /// with `noun`.
    ///
    /// # Errors
    /// [`ModelError::Input`] where a number is of nothing, or a phrase has no `{}`.
    pub fn new(
        noun: &str,
        kinds: Vec<Kind>,
        attributes: Vec<(usize, String)>,
        items: Vec<Vec<u32>>,
    ) -> Result<Self> {
        if let Some(kind) = kinds.iter().find(|kind| !kind.phrase.contains("{}")) {
            let problem = format!("has the phrase `{}`", kind.phrase);
            return Err(ModelError::input("kinds", problem, "write {} for the attribute's name"));
        }
        if let Some((kind, name)) = attributes.iter().find(|(kind, _)| *kind >= kinds.len()) {
            let problem = format!("has `{name}` of kind {kind}, and there are {}", kinds.len());
            return Err(ModelError::input("attributes", problem, "number kinds from 0"));
        }
        let mut holders = vec![Vec::new(); attributes.len()];
        let mut sorted = Vec::with_capacity(items.len());
        for (item, own) in items.into_iter().enumerate() {
            let own: BTreeSet<u32> = own.into_iter().collect();
            for &attribute in &own {
                let Some(list) = holders.get_mut(attribute as usize) else {
                    let problem = format!("has attribute {attribute} at item {item}");
                    let hint = format!("there are {}, numbered from 0", attributes.len());
                    return Err(ModelError::input("items", problem, hint));
                };
                list.push(item as u32);
            }
            sorted.push(own.into_iter().collect());
        }
        Ok(Self { noun: noun.to_owned(), kinds, attributes, items: sorted, holders })
    }

    /// What the items of a row have in common; nothing where they have nothing, or there are none.
    ///
    /// # Errors
    /// [`ModelError::Input`] where there is no such item.
    pub fn title(&self, row: &[usize]) -> Result<Option<String>> {
        self.check(row)?;
        let Some((first, others)) = row.split_first() else { return Ok(None) };
        let mut common = self.items[*first].clone();
        common.retain(|attribute| others.iter().all(|it| self.has(*it, *attribute)));
        let chosen = self.narrowest(&common);
        Ok((!chosen.is_empty()).then(|| self.words(&chosen)))
    }

    /// Rows of a ranking, best first: each of the items that have a combination of attributes,
    /// the one that is both rare in the catalogue and common high in the ranking. No item stands
    /// twice, and no two rows have one title.
    ///
    /// # Errors
    /// [`ModelError::Input`] where there is no such item.
    pub fn rows(
        &self,
        ranked: &[usize],
        Titles { rows, length }: Titles,
    ) -> Result<Vec<TitledRow>> {
        self.check(ranked)?;
        let mut left: Vec<usize> = ranked.to_vec();
        let mut made: Vec<TitledRow> = Vec::new();
        let mut used: BTreeSet<Vec<u32>> = BTreeSet::new();
        while made.len() < rows && length > 0 && left.len() >= length {
            let candidates = self.combinations(&left, length).into_iter();
            let best = candidates.filter(|it| !used.contains(&it.attributes)).max_by(|a, b| {
                // Of equal worth the shorter title, then the earlier.
                let shorter = Reverse(a.attributes.len()).cmp(&Reverse(b.attributes.len()));
                let order = a.worth.total_cmp(&b.worth).then(shorter);
                order.then_with(|| b.attributes.cmp(&a.attributes))
            });
            let Some(best) = best else { break };
            let items = best.items;
            let title = self.title(&items)?.unwrap_or_else(|| self.words(&best.attributes));
            used.insert(best.attributes);
            // The items may have more in common than they were chosen by: another row's title.
            if made.iter().any(|row| row.title == title) {
                continue;
            }
            left.retain(|item| !items.contains(item));
            made.push(TitledRow { title, items });
        }
        Ok(made)
    }

    fn has(&self, item: usize, attribute: u32) -> bool {
        self.items[item].binary_search(&attribute).is_ok()
    }

    /// How many items of the catalogue have all of these.
    fn holders_of(&self, attributes: &[u32]) -> usize {
        let Some(rarest) = attributes.iter().min_by_key(|it| self.holders[**it as usize].len())
        else {
            return self.items.len();
        };
        let all = |item: &&u32| attributes.iter().all(|it| self.has(**item as usize, *it));
        self.holders[*rarest as usize].iter().filter(all).count()
    }

    /// The fewest of these attributes that the same items have: each next one is that which
    /// leaves the fewest items.
    fn narrowest(&self, common: &[u32]) -> Vec<u32> {
        let mut chosen: Vec<u32> = Vec::new();
        let mut count = self.items.len();
        loop {
            let with = |attribute: &u32| {
                let more: Vec<u32> = chosen.iter().chain([attribute]).copied().collect();
                (self.holders_of(&more), *attribute)
            };
            let next = common.iter().filter(|it| !chosen.contains(it)).map(with).min();
            match next {
                Some((fewer, attribute)) if fewer < count => {
                    chosen.push(attribute);
                    count = fewer;
                }
                // What all items of the catalogue have is better than nothing.
                Some((_, attribute)) if chosen.is_empty() => chosen.push(attribute),
                _ => break,
            }
        }
        chosen.sort_unstable();
        chosen
    }

    /// Combinations that at least `length` of these items have, grown by one attribute at a time.
    fn combinations(&self, ranked: &[usize], length: usize) -> Vec<Combination> {
        let mut all = Vec::new();
        let mut last: Vec<Vec<u32>> = vec![Vec::new()];
        for _ in 0..MOST {
            let mut grown = Vec::new();
            for attributes in &last {
                let after = attributes.last().map_or(0, |it| it + 1);
                for attribute in after..self.attributes.len() as u32 {
                    let mut more = attributes.clone();
                    more.push(attribute);
                    if let Some(combination) = self.combination(more, ranked, length) {
                        grown.push(combination.attributes.clone());
                        all.push(combination);
                    }
                }
            }
            last = grown;
        }
        all
    }

    fn combination(
        &self,
        attributes: Vec<u32>,
        ranked: &[usize],
        length: usize,
    ) -> Option<Combination> {
        let holds = |(_, item): &(usize, &usize)| attributes.iter().all(|it| self.has(**item, *it));
        let found: Vec<(usize, &usize)> =
            ranked.iter().enumerate().filter(holds).take(length).collect();
        if found.len() < length {
            return None;
        }
        let gain: f64 = found.iter().map(|(place, _)| 1.0 / ((place + 2) as f64).log2()).sum();
        let rare = (self.items.len() as f64 / self.holders_of(&attributes) as f64).log2();
        let items = found.into_iter().map(|(_, item)| *item).collect();
        Some(Combination { attributes, worth: gain * rare, items })
    }

    /// Attributes in words, kind by kind.
    fn words(&self, attributes: &[u32]) -> String {
        let mut words: Vec<String> = Vec::new();
        let mut named = false;
        for (number, Kind { phrase }) in self.kinds.iter().enumerate() {
            let own = attributes.iter().map(|it| &self.attributes[*it as usize]);
            let names: Vec<&str> =
                own.filter(|(kind, _)| *kind == number).map(|(_, name)| name.as_str()).collect();
            if !names.is_empty() {
                named |= phrase.starts_with("{}");
                words.push(phrase.replace("{}", &names.join(" ")));
            }
        }
        if !named {
            words.insert(0, self.noun.clone());
        }
        words.join(" ")
    }

    fn check(&self, items: &[usize]) -> Result<()> {
        match items.iter().find(|item| **item >= self.items.len()) {
            None => Ok(()),
            Some(item) => Err(ModelError::input(
                "items",
                format!("has {item}"),
                format!("the catalogue has {} items, numbered from 0", self.items.len()),
            )),
        }
    }
}

/// A theme of a row.
struct Combination {
    attributes: Vec<u32>,
    worth: f64,
    items: Vec<usize>,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sci-Fi (0), Horror (1), 1970s (2), 1980s (3), all in colour (4).
    fn catalogue() -> Catalogue {
        let kind = |phrase: &str| Kind { phrase: phrase.to_owned() };
        let attribute = |kind: usize, name: &str| (kind, name.to_owned());
        Catalogue::new(
            "Titles",
            vec![kind("{}"), kind("from the {}"), kind("in {}")],
            vec![
                attribute(0, "Sci-Fi"),
                attribute(0, "Horror"),
                attribute(1, "1970s"),
                attribute(1, "1980s"),
                attribute(2, "colour"),
            ],
            vec![
                vec![0, 2, 4],
                vec![0, 2, 4],
                vec![0, 1, 2, 4],
                vec![0, 1, 3, 4],
                vec![1, 3, 4],
                vec![3, 4],
                vec![2, 4],
                vec![4],
            ],
        )
        .unwrap()
    }

    #[test]
    fn a_title_is_what_the_row_has_in_common_and_the_fewest_have() {
        let check = |row: &[usize], expected: &str| {
            assert_eq!(catalogue().title(row).unwrap().as_deref(), Some(expected), "{row:?}");
        };
        check(&[0, 1], "Sci-Fi from the 1970s");
        check(&[2, 3], "Sci-Fi Horror");
        check(&[0, 3], "Sci-Fi");
        check(&[4, 5], "Titles from the 1980s");
        check(&[4, 6], "Titles in colour");
        // Horror of the 1970s there is once: that it is Sci-Fi, too, says nothing more.
        check(&[2], "Horror from the 1970s");
        assert_eq!(catalogue().title(&[]).unwrap(), None);
        let error = catalogue().title(&[8]).unwrap_err().to_string();
        assert_eq!(error, "`items` has 8");
    }

    #[test]
    fn rows_are_of_a_ranking_and_share_no_item() {
        let rows = catalogue().rows(&[1, 4, 0, 3, 6, 5, 2], Titles { rows: 3, length: 2 }).unwrap();
        let titles: Vec<&str> = rows.iter().map(|row| row.title.as_str()).collect();
        assert_eq!(titles[0], "Horror from the 1980s");
        assert_eq!(rows[0].items, [4, 3]);
        assert!(titles.contains(&"Sci-Fi from the 1970s"));
        let mut items: Vec<usize> = rows.iter().flat_map(|row| row.items.clone()).collect();
        let count = items.len();
        items.sort_unstable();
        items.dedup();
        assert_eq!(items.len(), count);
        for row in &rows {
            assert_eq!(catalogue().title(&row.items).unwrap().as_ref(), Some(&row.title));
        }
        assert_eq!(catalogue().rows(&[], Titles { rows: 3, length: 2 }).unwrap(), []);
    }

    #[test]
    fn what_is_no_catalogue_is_told() {
        let kinds = |phrase: &str| vec![Kind { phrase: phrase.to_owned() }];
        let attributes = |kind: usize| vec![(kind, "x".to_owned())];
        let check = |made: Result<Catalogue>, expected: &str| {
            assert_eq!(made.unwrap_err().to_string(), expected);
        };
        let none = || vec![vec![]];
        check(
            Catalogue::new("T", kinds("of"), attributes(0), none()),
            "`kinds` has the phrase `of`",
        );
        let expected = "`attributes` has `x` of kind 1, and there are 1";
        check(Catalogue::new("T", kinds("{}"), attributes(1), none()), expected);
        let made = Catalogue::new("T", kinds("{}"), attributes(0), vec![vec![], vec![1]]);
        check(made, "`items` has attribute 1 at item 1");
    }
}
