//! Runs that end with fitted models, as flows leave them: real models in the typed codecs.

use std::collections::BTreeMap;

use flownote_flow::event::RunStatus;
use flownote_flow::manifest::{ArtifactRecord, Next, TaskManifest};
use flownote_models::bandit::{Contexts, EpsilonGreedy, LinTs, Policy, Rounds};
use flownote_models::recommend::{Ease, Interactions};
use flownote_models::{Model, Saved};
use flownote_store::{RunKey, Store};
use serde_json::{Value, json};

use crate::writer::{Writer, attempt, inline};

pub const TITLES: [&str; 5] = ["Alien", "Aliens", "Emma", "Persuasion", "Heat"];
pub const PICTURES: [&str; 2] = ["a ship", "a cat"];

/// Who watched what: one half likes the first two, the other the next two.
const WATCHED: [&[i32]; 6] = [&[0, 1], &[0, 1], &[0, 1, 4], &[2, 3], &[2, 3], &[2, 3, 4]];

/// What a run is to end with.
pub type Artifacts = BTreeMap<String, ArtifactRecord>;

/// Writes a run that succeeded and ends with some artifacts.
pub async fn run(
    store: &Store,
    flow: &str,
    stamp: &str,
    tag: &str,
    artifacts: Artifacts,
) -> RunKey {
    let named = |record: &mut flownote_flow::run::RunRecord| {
        (record.flow, record.tags) = (flow.into(), vec![tag.to_owned()]);
        record.description.name = flow.into();
    };
    let mut run = Writer::begin(store, stamp, named).await;
    let end = attempt("end", &[], 0);
    run.start(&end);
    let mut done = run.done(&end);
    done.manifest = TaskManifest { artifacts, next: Some(Next::End), ..TaskManifest::default() };
    run.close(&end, done).await;
    run.finish(RunStatus::Succeeded, None).await;
    run.key
}

/// A model of EASE with all that is served with it.
pub async fn recommender(store: &Store) -> Artifacts {
    let (bounds, items): (Vec<i32>, Vec<i32>) = (bounds(), WATCHED.concat());
    let ones = vec![1.0; items.len()];
    let events = Interactions::new(&bounds, &items, &ones, TITLES.len()).unwrap();
    let model = Ease::fit(&events, 1.0, &|| false).unwrap();
    Artifacts::from([
        ("recommender".to_owned(), blob(store, "model", model.save().to_bytes(), json!({})).await),
        ("titles".to_owned(), texts(&TITLES)),
        ("member_ids".to_owned(), texts(&["a1", "a2", "a3", "e1", "e2", "e3"])),
        ("watched".to_owned(), watched(store, &bounds, &items, &ones).await),
    ])
}

/// A policy that shows one picture to all, mostly the second, with all that is served with it.
pub async fn same_for_all(store: &Store, epsilon: f64) -> Artifacts {
    let mut policy = EpsilonGreedy::new(2, epsilon).unwrap();
    let (actions, rewards) = ([0, 0, 1, 1], [0.0, 0.0, 1.0, 0.0]);
    let contexts = Contexts::none(4);
    policy.learn(&Rounds { actions: &actions, rewards: &rewards, contexts }).unwrap();
    pictures(store, policy.save(), &[]).await
}

/// A policy that shows the first picture to members of the first kind, the second to the others.
pub async fn for_each(store: &Store) -> Artifacts {
    let mut policy = LinTs::new(2, 2, 0.3, 1.0).unwrap();
    let rows: Vec<f64> =
        (0..400).flat_map(|it| [f64::from(it % 2), f64::from(1 - it % 2)]).collect();
    let actions: Vec<i64> = (0..400).map(|it| it / 2 % 2).collect();
    let rewards: Vec<f64> =
        (0..400).map(|it| f64::from(u8::from(it % 2 == i64::from(it / 2 % 2 == 0)))).collect();
    let contexts = Contexts::new(&rows, 400, 2).unwrap();
    policy.learn(&Rounds { actions: &actions, rewards: &rewards, contexts }).unwrap();
    pictures(store, policy.save(), &[1.0, 0.0, 0.0, 1.0]).await
}

async fn pictures(store: &Store, policy: Saved, contexts: &[f64]) -> Artifacts {
    let mut artifacts = Artifacts::from([
        ("policy".to_owned(), blob(store, "model", policy.to_bytes(), json!({})).await),
        ("title".to_owned(), inline("Alien", "utf8", "str")),
        ("pictures".to_owned(), texts(&PICTURES)),
        ("member_ids".to_owned(), texts(&["a1", "e1"])),
    ]);
    if !contexts.is_empty() {
        let shape = format!("{}, 2", contexts.len() / 2);
        let bytes = npy("<f8", &shape, contexts.iter().flat_map(|it| it.to_le_bytes()).collect());
        artifacts.insert("contexts".to_owned(), blob(store, "npy", bytes, json!({})).await);
    }
    artifacts
}

pub fn texts(texts: &[&str]) -> ArtifactRecord {
    inline(&json!(texts).to_string(), "json", "list")
}

/// A value whose encoding is a blob.
pub async fn blob(store: &Store, codec: &str, bytes: Vec<u8>, meta: Value) -> ArtifactRecord {
    let size = bytes.len();
    let digest = store.put_blob(bytes.into()).await.unwrap();
    let record =
        json!({"codec": codec, "digest": digest, "size": size, "type": codec, "meta": meta});
    serde_json::from_value(record).unwrap()
}

fn bounds() -> Vec<i32> {
    let mut bounds = vec![0];
    for row in WATCHED {
        bounds.push(bounds[bounds.len() - 1] + row.len() as i32);
    }
    bounds
}

async fn watched(store: &Store, bounds: &[i32], items: &[i32], ones: &[f64]) -> ArtifactRecord {
    let whole = |numbers: &[i32]| {
        let data = numbers.iter().flat_map(|it| it.to_le_bytes()).collect();
        npy("<i4", &format!("{},", numbers.len()), data)
    };
    let values = npy(
        "<f8",
        &format!("{},", ones.len()),
        ones.iter().flat_map(|it| it.to_le_bytes()).collect(),
    );
    let (mut bytes, mut places) = (Vec::new(), Vec::new());
    for part in [values, whole(items), whole(bounds)] {
        places.push(json!([bytes.len(), part.len()]));
        bytes.extend(part);
        bytes.resize(bytes.len().next_multiple_of(64), 0);
    }
    let meta = json!({"shape": [WATCHED.len(), TITLES.len()], "places": places});
    blob(store, "csr", bytes, meta).await
}

/// An array in NumPy's own format.
fn npy(dtype: &str, shape: &str, data: Vec<u8>) -> Vec<u8> {
    let text = format!("{{'descr': '{dtype}', 'fortran_order': False, 'shape': ({shape}), }}\n");
    let length = u16::try_from(text.len()).unwrap().to_le_bytes();
    [b"\x93NUMPY\x01\x00".as_slice(), &length, text.as_bytes(), &data].concat()
}
