//! A cache that several people use: pickles of others, and results that nobody can keep.

use std::rc::Rc;
use std::time::Duration;

use flownote_engine::Progress;
use flownote_flow::cache::CacheMode::ReadWrite;
use flownote_flow::event::RunStatus;
use serde_json::json;
use tokio::sync::Barrier;

use crate::flow::{on_one_thread, run, service};
use crate::remembered::Version;
use crate::reuse::{done, memory, of};
use crate::scripted::{Act, Script};

#[test]
fn pickles_of_others_keep_nobody_from_keeping_and_using_their_own() {
    on_one_thread(async {
        let (store, version) =
            (memory().await, Version { codec: "pickle", ..Version::new(2, &[1]) });
        let runs = async |name: &str, user: &str, trust: bool| {
            let mut options = of(&store, name, &version, ReadWrite, 1);
            options.owner.user = user.into();
            options.reuse.trust_pickles = trust;
            let (service, _, heard) = service(options, version.script());
            assert_eq!(service.run().await.expect("runs").status, RunStatus::Succeeded);
            let why = |it: &Progress| matches!(it, Progress::NotReused { why, .. } if why.contains("ana's"));
            let told = heard.borrow().iter().filter(|it| why(it)).count();
            (version.ran().len(), told)
        };
        assert_eq!(runs("r1", "ana", false).await, (4, 0));
        // `end` writes nothing, so nothing of it has to be trusted.
        assert_eq!(
            runs("r2", "bo", false).await,
            (3, 3),
            "once a task: ana's pickles aren't loaded"
        );
        assert_eq!(runs("r3", "bo", false).await, (0, 0), "bo's own are");
        let reused = done(&store, "r3", "fit", &[0]).await.reused.expect("reused");
        assert_eq!((reused.pathspec.as_str(), reused.user.as_str()), ("Scripted/r2/fit/0", "bo"));
        assert_eq!(runs("r4", "ana", false).await, (0, 0), "and ana's are ana's");
        let reused = done(&store, "r4", "fit", &[0]).await.reused.expect("reused");
        assert_eq!(reused.pathspec, "Scripted/r1/fit/0");
        assert_eq!(runs("r5", "cy", true).await, (0, 0), "whoever trusts ana takes hers");
    });
}

/// Workers whose `start` opens a socket, and meets `others` before it reports.
fn unverified(version: &Version, others: &Rc<Barrier>) -> Script {
    let (version, others) = (version.clone(), Rc::clone(others));
    Rc::new(move |spec| {
        let mut manifest = version.run(spec);
        if spec["step"] != "start" {
            return Act::Report(manifest);
        }
        manifest["provenance"]["unverified"] = json!("opened a socket");
        Act::Meet(Rc::clone(&others), manifest)
    })
}

/// Runs that wait for a result would wait in vain when it isn't kept, and then for one
/// another; here they can't end unless they work at the same time.
#[test]
fn work_that_cannot_be_kept_is_not_done_one_after_another() {
    on_one_thread(async {
        let (store, version) = (memory().await, Version::new(2, &[1]));
        let (go, together) = (Rc::new(Barrier::new(2)), Rc::new(Barrier::new(3)));
        // Boxed: four of them are more than a test's stack.
        let first = run(of(&store, "r1", &version, ReadWrite, 1), unverified(&version, &go));
        let first = Box::pin(first);
        let waiters = [2, 3, 4].map(|pid| {
            let options = of(&store, &format!("r{pid}"), &version, ReadWrite, pid);
            let (service, _, heard) = service(options, unverified(&version, &together));
            (Box::pin(service.run()), heard)
        });
        let [(two, heard2), (three, heard3), (four, heard4)] = waiters;
        let start = async {
            let waits = |it: &Progress| matches!(it, Progress::Waiting { .. });
            let heard = [heard2, heard3, heard4];
            while !heard.iter().all(|heard| heard.borrow().iter().any(waits)) {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            go.wait().await;
        };
        // The first begins first.
        let all = async {
            let later = async {
                tokio::time::sleep(Duration::from_millis(20)).await;
                tokio::join!(two, three, four, start)
            };
            tokio::join!(first, later)
        };
        let ended = tokio::time::timeout(Duration::from_secs(30), all).await;
        let (one, (two, three, four, ())) = ended.expect("nobody waits for another");
        for ended in [one, two, three, four] {
            assert_eq!(ended.expect("runs").status, RunStatus::Succeeded);
        }
    });
}
