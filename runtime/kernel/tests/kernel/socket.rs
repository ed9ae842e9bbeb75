//! A session that others attach to: what they missed is told again.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use flownote_kernel::supervisor::socket::{Attached, Claim, Error, Holder, Server, attach};
use flownote_kernel::supervisor::{Event, Manner, Reply, Request};
use flownote_notebook::session::{Group, RunRequest};
use tokio::task::LocalSet;

use crate::fake;
use crate::support::{Open, Project, python};

async fn open(project: &Project) -> Open {
    let cells = [python("a", "#: print one\n#: sleep 100\n#: print two")];
    project.open(&cells, BTreeMap::from([(Group::Python, fake::launch())])).await
}

fn run_all() -> Request {
    Request::Run { run: RunRequest::All { reuse: false }, manner: Manner::default() }
}

async fn until(attached: &mut Attached, stop: impl Fn(&Event) -> bool) -> Vec<u64> {
    let mut seen = Vec::new();
    loop {
        let event = attached.event().await.expect("connected").expect("an event");
        seen.push(event.seq);
        if stop(&event.event) {
            return seen;
        }
    }
}

#[tokio::test]
async fn who_attaches_again_is_told_what_it_missed() {
    let project = Project::new();
    let socket = project.path().join("kernel.sock");
    let open = open(&project).await;
    let claim = Claim::take(&socket, "s").expect("free");
    let server = Server::new(claim, open.handle.clone(), Duration::from_secs(60)).expect("bound");
    let mode = |path: &std::path::Path| {
        std::fs::metadata(path).expect("there").permissions().mode() & 0o777
    };
    assert_eq!((mode(&socket), mode(&socket.with_extension("json"))), (0o600, 0o600));
    let local = LocalSet::new();
    local.spawn_local(server.run());
    local
        .run_until(async {
            let mut first = attach(&socket, Some(0)).await.expect("attached");
            assert_eq!(first.ask(run_all()).await.expect("asked"), Reply::Done);
            let seen = until(&mut first, |event| {
                matches!(event, Event::Output { execution: Some(_), .. })
            })
            .await;
            drop(first);

            let last = *seen.last().expect("some");
            let mut second = attach(&socket, Some(last + 1)).await.expect("attached");
            let rest = until(&mut second, |event| matches!(event, Event::Idle)).await;
            assert!(rest.iter().zip(last + 1..).all(|(seq, expected)| *seq == expected));
            let Reply::Seen(seen) = second.ask(Request::Look).await.expect("asked") else {
                panic!("what is seen")
            };
            assert!(seen.idle && seen.document.cells()[0].outputs.len() == 1);
            let problem = second.ask(Request::Input { text: "x".into() }).await;
            assert!(problem.expect_err("nobody asks").message.contains("no cell"));
            second.ask(Request::Shutdown).await.expect("asked");
            until(&mut second, |event| matches!(event, Event::Ended)).await;
        })
        .await;
    local.await;
    assert!(!socket.exists(), "the socket is gone");
}

#[tokio::test]
async fn a_second_kernel_is_told_who_holds_the_notebook_and_a_stranger_nothing() {
    let project = Project::new();
    let socket = project.path().join("kernel.sock");
    let open = open(&project).await;
    let claim = Claim::take(&socket, "s").expect("free");
    let Err(Error::Held { holder }) = Claim::take(&socket, "t") else { panic!("it is held") };
    assert_eq!((holder.session.as_str(), holder.alive.pid), ("s", std::process::id()));

    let server = Server::new(claim, open.handle.clone(), Duration::from_secs(60)).expect("bound");
    let local = LocalSet::new();
    local.spawn_local(server.run());
    local
        .run_until(async {
            let record = socket.with_extension("json");
            let mut holder = Holder::of(&socket).expect("a holder");
            holder.secret = "guessed".into();
            std::fs::write(&record, serde_json::to_vec(&holder).expect("json")).expect("written");
            let error = attach(&socket, None).await.expect_err("refused");
            assert!(error.to_string().contains("the secret is wrong"), "{error}");
            open.handle.shut_down().await;
        })
        .await;
    local.await;
    Claim::take(&socket, "t").expect("free again");
}

#[tokio::test]
async fn a_session_that_nobody_attends_ends_when_it_is_idle() {
    let project = Project::new();
    let socket = project.path().join("kernel.sock");
    let mut open = open(&project).await;
    let claim = Claim::take(&socket, "s").expect("free");
    let soon = Duration::from_millis(50);
    let server = Server::new(claim, open.handle.clone(), soon).expect("bound");
    open.handle.ask(run_all()).await.expect("asked");
    LocalSet::new().run_until(server.run()).await;
    // It ended by itself, and not before its cell did.
    let events = open.until(|event| matches!(event, Event::Ended)).await;
    assert!(events.iter().any(|it| matches!(it.event, Event::Idle)));
}
