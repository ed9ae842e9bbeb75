//! Health: what is held, what is damaged, what could go.

use std::time::Duration;

use flownote_store::Alive;
use flownote_store::lease::{Claim, Watch};
use serde_json::{Value, json};

use crate::support::Server;
use crate::writer::succeeded;

/// Asks for a job's result until it is there.
async fn finished(server: &Server, job: &str) -> Value {
    loop {
        let health = server.get("/api/health").await;
        if health[job]["running"].is_null() {
            return health[job].clone();
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn a_lease_is_told_while_it_is_held() {
    let server = Server::new().await;
    let owner = Alive::of_this_process(0, 0);
    let mut watch = Watch::new(Duration::ZERO);
    let claim = server.store.claim_lease("4711", &owner, &mut watch).await.unwrap();
    let health = server.get("/api/health").await;
    assert_eq!(health["leases"][0]["key"], "4711");
    assert_eq!(health["leases"][0]["pid"], owner.pid);
    let Claim::Ours(lease) = claim else { panic!("{claim:?}") };
    server.store.release_lease(lease, None).await.unwrap();
    assert_eq!(server.get("/api/health").await["leases"], json!([]));
}

#[tokio::test]
async fn a_check_finds_what_is_damaged() {
    let server = Server::new().await;
    let run = succeeded(&server.store, "20261122T101512345", |_| {}).await;
    assert_eq!(server.get("/api/health").await["check"]["last"], Value::Null);
    let begun = server.post("/api/health/check", &json!({})).await;
    assert_eq!(begun.status, 200, "{begun:?}");
    let clean = finished(&server, "check").await;
    assert_eq!((&clean["last"]["runs"], &clean["last"]["damaged"]), (&json!(1), &json!(0)));
    let place = server.store.local_root().unwrap().join("runs").join(run.key.to_string());
    std::fs::write(place.join("tasks/end/0.0.done"), "{").unwrap();
    server.post("/api/health/check", &json!({})).await;
    let found = finished(&server, "check").await;
    assert_eq!(found["last"]["damaged"], 1, "{found}");
    assert_eq!(found["last"]["findings"][0]["run"], run.key.to_string());
}

#[tokio::test]
async fn gc_is_asked_and_takes_nothing() {
    let server = Server::new().await;
    succeeded(&server.store, "20261122T101512345", |_| {}).await;
    let lone = server.store.put_blob("nobody refers to this".into()).await.unwrap();
    server.post("/api/health/gc", &json!({})).await;
    let found = finished(&server, "gc").await;
    assert_eq!(found["last"]["young_bytes"], 21, "{found}");
    assert_eq!(found["last"]["trashed"], 0);
    let folder = server.store.local_root().unwrap().join("blobs").join(&lone[..2]);
    assert!(folder.join(&*lone).exists());
}

#[tokio::test]
async fn a_kernel_that_is_not_there_is_not_ended() {
    let server = Server::new().await;
    let got = server.post("/api/health/kernels/end", &json!({"session": "nobody"})).await;
    assert_eq!(got.status, 404, "{got:?}");
}
