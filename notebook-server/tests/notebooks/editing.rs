//! Several pages edit one notebook: each sees what the others do, and all end with one text.

use serde_json::json;

use crate::server::Project;

#[tokio::test(flavor = "multi_thread")]
async fn who_is_behind_is_told_what_was_missed_and_both_end_with_one_text() {
    let project = Project::new();
    project.notebook("a.ipynb", &["ab"]);
    let server = project.serve().await;
    let (mut ana, mut ben) = (server.open("a.ipynb").await, server.open("a.ipynb").await);
    let version = ana.version("c0");
    ana.edit("c0", version, json!([1, [0, "X"], 1])).await;
    let (to_ana, to_ben) = (ana.edited().await, ben.edited().await);
    assert_eq!(to_ana, to_ben);
    assert_eq!(to_ben["updates"], json!([{"client": ana.client(), "changes": [1, [0, "X"], 1]}]));

    // Ben typed meanwhile: his edit is of a version that is past.
    ben.edit("c0", version, json!([2, [0, "!"]])).await;
    let missed = ben.edited().await;
    assert_eq!(missed, to_ben);
    ben.edit("c0", version + 1, json!([3, [0, "!"]])).await;
    let last = ana.edited().await;
    assert_eq!(
        (last["version"].as_u64(), &last["updates"][0]["client"]),
        (Some(version + 1), &json!(ben.client()))
    );
    project.until_saved("a.ipynb", |document| document.cells()[0].source == "aXb!").await;
    let late = server.open("a.ipynb").await;
    assert_eq!((&late.cell(0)["source"], late.version("c0")), (&json!("aXb!"), version + 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn half_of_a_character_brings_the_text_back() {
    let project = Project::new();
    project.notebook("a.ipynb", &["a𝄞b"]);
    let server = project.serve().await;
    let mut page = server.open("a.ipynb").await;
    let version = page.version("c0");
    let half =
        r#"{"edit":{"cell":"c0","version":VERSION,"updates":[{"changes":[4,[0,"\ud83d"]]}]}}"#;
    page.say_text(half.replace("VERSION", &version.to_string())).await;
    let expected = json!({"resync": {"cell": "c0", "version": version, "source": "a𝄞b"}});
    assert_eq!(page.until(|word| word.get("resync").is_some()).await.pop(), Some(expected.clone()));
    page.edit("c0", version, json!([2, [0, "x"], 2])).await;
    assert_eq!(page.until(|word| word.get("resync").is_some()).await.pop(), Some(expected));
    // Positions are UTF-16 units: the clef takes two.
    page.edit("c0", version, json!([3, [0, "é"], 1])).await;
    page.edited().await;
    project.until_saved("a.ipynb", |document| document.cells()[0].source == "a𝄞éb").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn cells_are_split_merged_deleted_and_brought_back() {
    let project = Project::new();
    project.notebook("a.ipynb", &["one\ntwo", "three"]);
    let server = project.serve().await;
    let (mut ana, mut ben) = (server.open("a.ipynb").await, server.open("a.ipynb").await);
    let version = ana.version("c0");
    let answer = ana.operate(json!({"op": "split", "cell": "c0", "at": 3, "into": "new"})).await;
    assert_eq!(answer["reply"]["reply"], "changed");
    let changed = ben.until_event("changed").await.pop().expect("one");
    assert_eq!(changed["event"]["touched"], json!(["c0", "new"]));
    // An edit of the text that was cut is of no text that there is.
    ben.edit("c0", version, json!([7, [0, "!"]])).await;
    let resync = ben.until(|word| word["resync"]["version"].as_u64() > Some(version)).await.pop();
    assert_eq!(resync.expect("one")["resync"]["source"], "one");

    ana.operate(json!({"op": "delete", "cell": "c1"})).await;
    let gone = ana.operate(json!({"op": "move", "cell": "c1", "to": 0})).await;
    assert!(gone["problem"]["message"].as_str().expect("why").contains("no cell `c1`"), "{gone}");
    ana.operate(json!({"op": "undo"})).await;
    ana.operate(json!({"op": "merge", "cells": ["c0", "new", "c1"]})).await;
    project
        .until_saved("a.ipynb", |document| document.cells()[0].source == "one\ntwo\nthree")
        .await;
    let text = ana.operate(json!({"op": "edit", "cell": "c0", "source": "x"})).await;
    assert!(text["problem"].is_object(), "text is changed by edits alone");
    let nonsense = ana.ask(json!({"request": "fly"})).await;
    assert!(nonsense["problem"]["message"].as_str().expect("why").contains("understood"));
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_see_who_is_there() {
    let project = Project::new();
    project.notebook("a.ipynb", &["1", "2"]);
    let server = project.serve().await;
    let mut ana = server.open("a.ipynb").await;
    let mut ben = server.open("a.ipynb").await;
    ben.say(json!({"focus": {"cell": "c1"}})).await;
    let is_there = |word: &serde_json::Value| word["people"][1]["cell"] == "c1";
    ana.until(is_there).await;
    drop(ben);
    ana.until(|word| word["people"].as_array().is_some_and(|people| people.len() == 1)).await;
}

/// Any edits by several pages, in any interleaving, end with one text for all.
#[tokio::test(flavor = "multi_thread")]
async fn many_pages_that_type_at_once_end_with_one_text() {
    let project = Project::new();
    project.notebook("a.ipynb", &[""]);
    let server = project.serve().await;
    let mut typing = tokio::task::JoinSet::new();
    for number in 0..6 {
        let mut page = server.open("a.ipynb").await;
        typing.spawn(async move {
            let mut version = page.version("c0");
            let before = page.cell(0)["source"].as_str().expect("a text").to_owned();
            let mut text: Vec<u16> = before.encode_utf16().collect();
            let (mut sent, mut left) = (false, 20);
            while left > 0 {
                if !sent {
                    let at = (number * 7 + left) % (text.len() + 1);
                    let letter = char::from(b'a' + u8::try_from(number).expect("few"));
                    let mut changes = vec![json!([0, letter.to_string()])];
                    if at > 0 {
                        changes.insert(0, json!(at));
                    }
                    if text.len() > at {
                        changes.push(json!(text.len() - at));
                    }
                    page.edit("c0", version, json!(changes)).await;
                    sent = true;
                }
                let words = page
                    .until(|word| word.get("edited").or_else(|| word.get("hello")).is_some())
                    .await;
                let Some(edited) = words.last().and_then(|word| word.get("edited")) else {
                    // One who can't keep up is greeted anew.
                    version = page.version("c0");
                    let now = page.cell(0)["source"].as_str().expect("a text");
                    text = now.encode_utf16().collect();
                    sent = false;
                    continue;
                };
                let first = edited["version"].as_u64().expect("a version");
                for (at, update) in (first..).zip(edited["updates"].as_array().expect("a list")) {
                    if at < version {
                        continue;
                    }
                    apply(&mut text, &update["changes"]);
                    version = at + 1;
                    if update["client"].as_u64() == Some(page.client()) {
                        left -= 1;
                    }
                    // Whether it was ours or not: what is under way is of a past version now.
                    sent = false;
                }
            }
        });
    }
    while let Some(done) = typing.join_next().await {
        done.expect("it typed");
    }
    project.until_saved("a.ipynb", |document| document.cells()[0].source.len() >= 120).await;
    let text = project.saved("a.ipynb").cells()[0].source.clone();
    for letter in 'a'..='f' {
        assert!(text.matches(letter).count() >= 20, "{text}");
    }
}

fn apply(text: &mut Vec<u16>, changes: &serde_json::Value) {
    let mut at = 0;
    for part in changes.as_array().expect("a list") {
        match part.as_u64() {
            Some(count) => at += usize::try_from(count).expect("a length"),
            None => {
                let gone = usize::try_from(part[0].as_u64().expect("a length")).expect("a length");
                let new: Vec<u16> = part[1].as_str().unwrap_or_default().encode_utf16().collect();
                let length = new.len();
                text.splice(at..at + gone, new);
                at += length;
            }
        }
    }
}
