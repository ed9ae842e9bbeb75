//! What the server says of runs that the engine's own writers wrote.

use std::time::Duration;

use flownote_flow::event::RunStatus;
use flownote_flow::manifest::{Reused, TaskManifest};
use flownote_server::Options;
use flownote_store::lines;
use flownote_store::{Stream, TaskCounts};
use serde_json::{Value, json};

use crate::support::Server;
use crate::writer::{Writer, attempt, inline, number, succeeded, to};

fn texts(list: &Value, field: &str) -> Vec<String> {
    let rows = list.as_array().unwrap_or_else(|| panic!("a list: {list}"));
    rows.iter().map(|row| row[field].as_str().unwrap_or("-").to_owned()).collect()
}

#[tokio::test]
async fn an_empty_store_is_no_error() {
    let server = Server::new().await;
    assert_eq!(server.get("/api/flows").await, json!([]));
    assert_eq!(server.get("/api/runs").await, json!({"runs": [], "more": null, "total": 0}));
    let me = server.get("/api/me").await;
    assert_eq!((&me["user"], &me["base"]), (&json!("ana"), &json!("/")));
}

#[tokio::test]
async fn runs_are_listed_filtered_and_paged() {
    let server = Server::new().await;
    let mut ids = Vec::new();
    for day in 1..=5 {
        let stamp = format!("2026110{day}T101512345");
        let run = succeeded(&server.store, &stamp, |record| {
            record.parameters.insert("seed".into(), number(day));
            if day == 2 {
                (record.user, record.tags) = ("bo".into(), vec!["weekly".into()]);
            }
        });
        ids.push(run.await.key.run.to_string());
    }
    let mut failed = Writer::begin(&server.store, "20261106T101512345", |_| {}).await;
    failed.split(4).await;
    failed.train(0, 4).await;
    failed.start(&attempt("train", &[1], 0));
    failed.fail(&attempt("train", &[1], 0), "alpha must be positive").await;
    failed.finish(RunStatus::Failed, Some(TaskCounts { done: 2, reused: 0 })).await;

    let all = server.get("/api/runs").await;
    assert_eq!(all["runs"].as_array().unwrap().len(), 6);
    let first = &all["runs"][0];
    assert_eq!((&first["status"], &first["failed_at"]), (&json!("failed"), &json!("train[1]")));
    let tally = json!({"queued": 2, "running": 0, "done": 2, "reused": 0, "failed": 1, "cancelled": 0, "total": 5});
    assert_eq!(first["tasks"], tally);
    let second = &all["runs"][1];
    assert_eq!(second["tasks"]["done"], 6);
    assert_eq!(second["parameters"], json!({"alpha": 0.3, "seed": 5}));
    assert_eq!(second["file"], "recommend.py");
    assert!(second["elapsed_ms"].is_u64() && second["started_at"].is_string());

    let asked =
        async |query: &str| texts(&server.get(&format!("/api/runs?{query}")).await["runs"], "run");
    assert_eq!(asked("user=bo").await, [ids[1].clone()]);
    assert_eq!(asked("tag=weekly").await, [ids[1].clone()]);
    assert_eq!(asked("tag=nightly&tag=weekly").await, [] as [String; 0]);
    assert_eq!(asked("status=failed").await.len(), 1);
    assert_eq!(asked("status=failed&status=succeeded").await.len(), 6);
    assert_eq!(asked("parameter=seed=3").await, [ids[2].clone()]);
    assert_eq!(asked("text=seed%3D4+NIGHTLY").await, [ids[3].clone()]);
    assert_eq!(asked("text=seed%3E3").await, [ids[4].clone(), ids[3].clone()]);
    assert_eq!(asked("text=seed%3C%3D2+user:ana").await, [ids[0].clone()]);
    assert_eq!(asked("text=status:fail+flow:recom").await.len(), 1);
    assert_eq!(asked("parameter=seed!=3").await.len(), 4);
    assert_eq!(asked("since=2026-11-02&until=2026-11-04").await, [ids[2].clone(), ids[1].clone()]);
    assert_eq!(asked("flow=Nobody").await, [] as [String; 0]);
    let page = server.get("/api/runs?limit=2").await;
    assert_eq!(page["total"], 6);
    let before = page["more"].as_str().unwrap();
    let next = server.get(&format!("/api/runs?limit=9&before={before}")).await;
    assert_eq!((next["runs"].as_array().unwrap().len(), &next["more"]), (4, &Value::Null));
    for wrong in ["status=odd", "limit=x", "since=yesterday", "parameter=seed", "text=seed%3Emany"]
    {
        let got = server.ask("GET", &format!("/api/runs?{wrong}")).send(server.at).await;
        assert_eq!(got.status, 400, "{wrong}");
        assert!(got.json()["error"]["hint"].is_string(), "{got:?}");
    }
    let flows = server.get("/api/flows").await;
    assert_eq!(flows[0]["latest"]["run"], json!(failed.key.run));
}

#[tokio::test]
async fn a_damaged_record_hides_no_other_run() {
    let server = Server::new().await;
    let whole = succeeded(&server.store, "20261121T101512345", |_| {}).await;
    let broken = succeeded(&server.store, "20261122T101512345", |_| {}).await;
    let file = server.folder().join(format!("store/runs/Recommend/{}/run.json", broken.key.run));
    std::fs::write(&file, "garbage").unwrap();
    let list = server.get("/api/runs").await;
    let ids = [broken.key.run.to_string(), whole.key.run.to_string()];
    assert_eq!(texts(&list["runs"], "run"), ids);
    let first = &list["runs"][0];
    assert!(first["damage"].as_str().unwrap().contains("run.json"), "{first}");
    assert_eq!(first["started_at"], "2026-11-22T10:15:12.345Z");
    assert_eq!(list["runs"][1]["damage"], json!(null));
    server.get("/api/health").await;
}

#[tokio::test]
async fn a_damaged_result_is_told_and_hides_no_other_task() {
    let server = Server::new().await;
    let run = succeeded(&server.store, "20261121T101512345", |_| {}).await;
    let folder = server.folder().join(format!("store/runs/Recommend/{}/tasks", run.key.run));
    let path = run.path();
    std::fs::write(folder.join("train/1.0.done"), "garbage").unwrap();
    let detail = server.get(&path).await;
    let told = |detail: &Value| texts(&json!([{"it": detail["damage"][0]}]), "it")[0].clone();
    assert!(told(&detail).starts_with("train[1]: the object"), "{}", detail["damage"]);
    assert_eq!(detail["row"]["tasks"]["done"], detail["row"]["tasks"]["total"]);
    assert!(!detail["metrics"].as_object().unwrap().is_empty());
    let tasks = server.get(&format!("{path}/tasks?step=train")).await;
    let errors: Vec<&Value> = tasks["tasks"].as_array().unwrap().iter().collect();
    assert_eq!(errors[0]["error"], json!(null));
    assert_eq!(
        (&errors[1]["error"]["kind"], &errors[1]["status"]),
        (&json!("damaged"), &json!("succeeded"))
    );
    server.get(&format!("{path}/why")).await;

    std::fs::remove_file(folder.join("train/1.0.done")).unwrap();
    assert!(told(&server.get(&path).await).contains("train/1`"));
    std::fs::write(folder.join("end/0.0.done"), "").unwrap();
    let detail = server.get(&path).await;
    assert_eq!(detail["damage"].as_array().unwrap().len(), 2);
    assert_eq!((&detail["row"]["status"], &detail["metrics"]), (&json!("succeeded"), &json!({})));
}

#[tokio::test]
async fn a_notebook_that_is_open_runs_while_a_cell_does() {
    let server = Server::new().await;
    let mut session = Writer::begin(&server.store, "20261122T101512345", |record| {
        record.flow = "Notebook".into();
        record.command.clear();
        record.description.file = "reports/digest.ipynb".into();
    })
    .await;
    let asked = async |query: &str| {
        texts(&server.get(&format!("/api/runs?{query}")).await["runs"], "status")
    };
    assert_eq!(asked("text=digest.ipynb").await, ["open"]);
    assert_eq!(asked("status=running").await, [] as [String; 0]);
    assert_eq!(asked("text=status:open").await, ["open"]);
    assert_eq!(server.get("/api/health").await["running"], json!([]));

    session.start(&attempt("start", &[], 0)).flush().await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(asked("status=running").await, ["running"]);
    assert_eq!(asked("status=open").await, [] as [String; 0]);
}

#[tokio::test]
async fn a_run_shows_its_graph_its_steps_and_what_failed() {
    let server = Server::new().await;
    let mut run = Writer::begin(&server.store, "20261122T101512345", |_| {}).await;
    run.split(3).await;
    run.train(0, 3).await;
    for number in 0..2 {
        let key = attempt("train", &[1], number);
        run.start(&key);
        run.fail(&key, "alpha must be positive").await;
    }
    let taken = attempt("train", &[2], 0);
    let mut done = run.done(&taken);
    done.manifest = TaskManifest { next: Some(to("choose")), ..TaskManifest::default() };
    done.reused = Some(Reused {
        pathspec: "Recommend/20261121T101512345-000001/train/2".into(),
        user: "bo".into(),
        finished_at: "2026-11-21T10:15:12.345Z".into(),
    });
    run.start(&taken);
    run.close(&taken, done).await;
    run.finish(RunStatus::Failed, Some(TaskCounts { done: 3, reused: 1 })).await;

    let detail = server.get(&run.path()).await;
    let graph = detail["graph"]["steps"].as_array().unwrap();
    assert_eq!(texts(&detail["graph"]["steps"], "kind"), ["foreach", "linear", "join", "end"]);
    assert_eq!((&graph[0]["foreach"], &graph[0]["next"]), (&json!("lambdas"), &json!(["train"])));
    assert_eq!(
        (&graph[1]["is_many"], &graph[1]["decorators"]),
        (&json!(true), &json!(["retry(times=1)"]))
    );
    assert_eq!((&graph[2]["joins"], &graph[2]["line"]), (&json!("start"), &json!(13)));
    assert_eq!(detail["row"]["failed_at"], "train[1]");
    let train = &detail["steps"][1];
    assert_eq!((&train["counts"]["done"], &train["counts"]["reused"]), (&json!(1), &json!(1)));
    assert_eq!((&train["counts"]["failed"], &train["retries"]), (&json!(1), &json!(1)));
    assert_eq!((&train["cpu_ms"], &train["max_rss_bytes"]), (&json!(160), &json!(1024 * 1024)));
    assert_eq!(detail["steps"][3]["counts"]["total"], 0);
    assert_eq!(detail["environment"]["python"], "3.11.7");
    let failure = &detail["failures"][0];
    assert_eq!((&failure["label"], &failure["foreach_value"]), (&json!("train[1]"), &json!("0.1")));
    let error = &failure["error"];
    assert_eq!(
        (&error["name"], &error["message"]),
        (&json!("ValueError"), &json!("alpha must be positive"))
    );
    assert_eq!(
        error["frames"][0],
        json!({"file": "recommend.py", "line": 11, "function": "train", "text": "fit(self)", "repeated": 0})
    );

    let tasks = server.get(&format!("{}/tasks?step=train", run.path())).await;
    assert_eq!(texts(&tasks["tasks"], "status"), ["succeeded", "failed", "reused"]);
    assert_eq!(texts(&tasks["tasks"], "foreach_value"), ["0", "0.1", "0.2"]);
    assert_eq!(tasks["tasks"][1]["attempts"].as_array().unwrap().len(), 2);
    assert_eq!(tasks["tasks"][2]["reused"]["user"], "bo");
    let failed = server.get(&format!("{}/tasks?status=failed&limit=1", run.path())).await;
    assert_eq!((&failed["total"], &failed["tasks"][0]["task"]), (&json!(1), &json!("1")));

    let heat = server.get(&format!("{}/heat", run.path())).await;
    assert_eq!(heat["total"], 4);
    assert_eq!(heat["states"], "AgIEAw==", "succeeded, succeeded, failed, reused");
    assert_eq!(heat["attempts"], "AQECAQ==");

    let none =
        server.ask("GET", "/api/runs/Recommend/20261122T101512345-ffffff").send(server.at).await;
    assert_eq!(none.status, 404);
    assert!(none.json()["error"]["hint"].is_string());
}

#[tokio::test]
async fn what_ended_a_run_comes_before_what_was_cut_off() {
    let server = Server::new().await;
    let mut run = Writer::begin(&server.store, "20261106T101512345", |_| {}).await;
    run.split(3).await;
    for (index, tries) in [(0, 1), (2, 2)] {
        for tried in 0..tries {
            let key = attempt("train", &[index], tried);
            run.start(&key);
            run.fail(&key, "alpha must be positive").await;
        }
    }
    run.finish(RunStatus::Failed, None).await;
    let list = server.get("/api/runs").await;
    assert_eq!(list["runs"][0]["failed_at"], "train[2]");
    let detail = server.get(&run.path()).await;
    assert_eq!(texts(&detail["failures"], "label"), ["train[2]", "train[0]"]);
    let cut_off = |at: usize| &detail["failures"][at]["cut_off"];
    assert_eq!((cut_off(0), cut_off(1)), (&json!(false), &json!(true)));
    assert_eq!(detail["row"]["failed_at"], "train[2]");
    let health = server.get("/api/health").await;
    assert_eq!(health["errors"][0]["label"], "train[2]");
}

#[tokio::test]
async fn a_task_shows_what_it_saw_and_where_it_comes_from() {
    let server = Server::new().await;
    let run = succeeded(&server.store, "20261122T101512345", |_| {}).await;
    let earlier = succeeded(&server.store, "20261121T101512345", |_| {}).await;
    let detail = server.get(&format!("{}/end/0", run.path())).await;
    assert_eq!(texts(&detail["artifacts"], "name"), ["ndcg", "alpha"]);
    assert_eq!(texts(&detail["artifacts"], "origin"), ["inherited", "parameter"]);
    let name = format!("Recommend/{}", run.key.run);
    assert_eq!(detail["artifacts"][0]["made_by"], json!(format!("{name}/choose/0")));
    assert_eq!(detail["parents"], json!([format!("{name}/choose/0")]));
    let choose = server.get(&format!("{}/choose/0", run.path())).await;
    assert_eq!(choose["parents_total"], 3);
    assert_eq!(choose["children"], json!([format!("{name}/end/0")]));
    let start = server.get(&format!("{}/start/0", run.path())).await;
    assert_eq!(start["children_total"], 3);

    let artifact = server.get(&format!("{}/end/0/artifacts/ndcg", run.path())).await;
    assert_eq!(artifact["preview"], json!({"kind": "json", "value": 0.31}));
    let used = texts(&artifact["used_in"], "pathspec");
    assert_eq!(used, [format!("Recommend/{}/choose/0/ndcg", earlier.key.run)]);
    assert_eq!(artifact["is_complete"], true);
    assert_eq!(artifact["lineage"]["nodes"][0]["distance"], 0);
    let none = server.ask("GET", &format!("{}/end/0/artifacts/nothing", run.path()));
    assert_eq!(none.send(server.at).await.status, 404);
    let none = server.ask("GET", &format!("{}/train/77", run.path()));
    assert_eq!(none.send(server.at).await.status, 404);
}

#[tokio::test]
async fn output_is_paged_searched_and_downloaded() {
    let server = Server::new().await;
    let mut run = Writer::begin(&server.store, "20261122T101512345", |_| {}).await;
    let key = attempt("start", &[], 0);
    let long: Vec<(u64, String)> = (0..500).map(|it| (it, format!("epoch {it}\n"))).collect();
    let segment = lines::encode(&long);
    run.store.put_log_segment(&run.key, &key, Stream::Stdout, 0, segment).await.unwrap();
    let mut done = run.done(&key);
    done.manifest.next = Some(to("train"));
    done.logs.stdout.segments = 1;
    done.logs.stdout.inline = vec![(600, "loss ".into()), (601, "0.5\n".into())];
    done.logs.stderr.inline = vec![(700, "Warning: slow\n".into())];
    run.close(&key, done).await;
    run.finish(RunStatus::Cancelled, None).await;
    let path = format!("{}/start/0/logs", run.path());
    let page = server.get(&format!("{path}?from=10&limit=2")).await;
    assert_eq!(texts(&page["lines"], "text"), ["epoch 10", "epoch 11"]);
    assert_eq!((&page["total"], &page["next"]), (&json!(502), &json!(12)));
    let last = server.get(&format!("{path}?last=1&limit=2")).await;
    assert_eq!(texts(&last["lines"], "text"), ["loss 0.5", "Warning: slow"]);
    assert_eq!(
        (&last["next"], &last["lines"][0]["at"]),
        (&Value::Null, &json!("2026-11-22T10:00:01.600Z"))
    );
    let found = server.get(&format!("{path}?text=EPOCH+49")).await;
    assert_eq!(found["total"], 11);
    assert_eq!(found["lines"][0]["number"], 49);
    let errors = server.get(&format!("{path}?stream=stderr")).await;
    assert_eq!(texts(&errors["lines"], "text"), ["Warning: slow"]);
    let whole = server.ask("GET", &format!("{path}/download?stream=stdout")).send(server.at).await;
    assert!(whole.header("content-disposition").unwrap().starts_with("attachment"));
    assert!(whole.body.ends_with("epoch 499\nloss 0.5\n"), "{whole:?}");
}

#[tokio::test]
async fn code_is_shown_with_what_changed() {
    let server = Server::new().await;
    let flow = |body: &str| {
        format!("class Recommend(FlowSpec):\n    @step\n    def end(self):\n        {body}\n")
    };
    let with = |text: String| {
        move |record: &mut flownote_flow::run::RunRecord| {
            record.description.steps[3].line = 3;
            record.sources.insert("recommend.py".into(), inline(&text, "utf8", "str"));
        }
    };
    succeeded(&server.store, "20261121T101512345", with(flow("pass"))).await;
    let run = succeeded(&server.store, "20261122T101512345", with(flow("return 1"))).await;
    let code = server.get(&format!("{}/end/0/code", run.path())).await;
    assert_eq!((&code["file"], &code["lines"]), (&json!("recommend.py"), &json!([2, 4])));
    assert_eq!(code["files"][0]["text"], json!(flow("return 1")));
    let diff = code["diff"][0]["text"].as_str().unwrap();
    assert!(diff.contains("-        pass") && diff.contains("+        return 1"), "{diff}");
    assert_eq!(code["diff"][0]["change"], "changed");
}

#[tokio::test]
async fn runs_are_compared() {
    let server = Server::new().await;
    let one = succeeded(&server.store, "20261121T101512345", |_| {}).await;
    let other = succeeded(&server.store, "20261122T101512345", |record| {
        record.parameters.insert("alpha".into(), number(0.5));
        record.parameters.insert("seed".into(), number(7));
    })
    .await;
    let query = format!("Recommend/{},Recommend/{}", one.key.run, other.key.run);
    let compared = server.get(&format!("/api/compare?runs={query}")).await;
    assert_eq!(compared["parameters"], json!(["alpha", "seed"]));
    assert_eq!(texts(&compared["artifacts"], "name"), ["ndcg"]);
    assert_eq!(compared["artifacts"][0]["is_same"], true);
    assert_eq!(compared["rows"][1]["metrics"], json!({"ndcg": 0.31, "films": 1682}));
    assert_eq!(compared["rows"][1]["row"]["parameters"]["alpha"], 0.5);
    let none = server.ask("GET", "/api/compare?runs=").send(server.at).await;
    assert_eq!(none.status, 400);
}

#[tokio::test]
async fn tags_change() {
    let server = Server::new().await;
    let run = succeeded(&server.store, "20261122T101512345", |_| {}).await;
    let path = format!("{}/tags", run.path());
    let got = server.post(&path, &json!({"add": ["best"], "remove": ["nightly"]})).await;
    assert_eq!((got.status, got.json()["tags"].clone()), (200, json!(["best"])));
    assert_eq!(server.get("/api/runs?tag=best").await["runs"].as_array().unwrap().len(), 1);
    let refused = server.post(&path, &json!({"remove": ["user:ana"]})).await;
    assert_eq!(refused.status, 400);
    assert!(refused.json()["error"]["what"].as_str().unwrap().contains("user:ana"));
}

#[tokio::test]
async fn a_run_of_elsewhere_is_not_resumed_here() {
    let server = Server::new().await;
    let run = succeeded(&server.store, "20261122T101512345", |record| {
        record.host = "another-machine".into();
        record.environment = json!({"folder": "/nowhere"});
    })
    .await;
    let got = server.post(&format!("{}/resume", run.path()), &json!({})).await;
    assert_eq!(got.status, 409, "{got:?}");
    assert!(got.json()["error"]["what"].as_str().unwrap().contains("another-machine"));
    let detail = server.get(&run.path()).await;
    assert_eq!(detail["is_here"], false);
}

#[tokio::test]
async fn ten_thousand_tasks_are_whole() {
    let caches = tempfile::tempdir().unwrap();
    let keep = |options: Options| Options { caches: Some(caches.path().to_owned()), ..options };
    let server = Server::with(keep).await;
    let mut run = Writer::begin(&server.store, "20261122T101512345", |_| {}).await;
    let count = 10_000;
    run.split(count).await;
    for index in 0..count - 6 {
        run.train(index, count).await;
        if index % 500 == 0 {
            run.flush().await;
        }
    }
    let failed = attempt("train", &[count - 6], 0);
    run.start(&failed);
    run.fail(&failed, "alpha must be positive").await;
    run.finish(RunStatus::Failed, None).await;
    let check = async |server: &Server| {
        let begun = std::time::Instant::now();
        let detail = server.get(&run.path()).await;
        let first = begun.elapsed();
        let heat = server.get(&format!("{}/heat?step=train", run.path())).await;
        let page = format!("{}/tasks?step=train&from=9990&limit=100", run.path());
        let page = server.get(&page).await;
        println!("10,000 tasks: first look {first:?}, all three {:?}", begun.elapsed());
        assert_eq!(detail["steps"][1]["counts"]["done"], 9_994);
        assert_eq!(detail["steps"][1]["counts"]["queued"], 5);
        // What is looked at is whole, whatever is still to be read.
        assert_eq!(detail["failures"][0]["error"]["message"], "alpha must be positive");
        assert_eq!((&heat["total"], &page["total"]), (&json!(count), &json!(count)));
        assert_eq!(page["tasks"].as_array().unwrap().len(), 10);
        assert_eq!(page["tasks"][9]["label"], "train[9999]");
        assert_eq!(page["tasks"][9]["foreach_value"], "999.9");
        assert_eq!(page["tasks"][3]["attempts"][0]["host"], "box");
        detail
    };
    check(&server).await;
    let mut left = u64::MAX;
    while left > 0 {
        tokio::time::sleep(Duration::from_millis(50)).await;
        let now = server.get(&run.path()).await["unread"].as_u64().unwrap();
        assert!(now <= left, "{now} after {left}");
        left = now;
    }
    let whole = check(&server).await;
    assert_eq!(whole["steps"][1]["max_rss_bytes"], 1024 * 1024);
    // The next server knows it from its file.
    let is_kept = || {
        let folders = std::fs::read_dir(caches.path()).unwrap().flatten();
        let files = folders.flat_map(|it| std::fs::read_dir(it.path()).into_iter().flatten());
        files.flatten().any(|it| it.path().extension().is_some_and(|end| end == "json"))
    };
    while !is_kept() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let again = |options| keep(Options { store: server.store.clone(), ..options });
    let next = Server::with(again).await;
    assert_eq!(check(&next).await, whole);
    assert_eq!(whole["unread"], 0);
}

#[tokio::test]
async fn a_run_says_what_it_can_be_run_with() {
    let server = Server::new().await;
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("recommend.py"), "").unwrap();
    let run = succeeded(&server.store, "20261122T101512345", |record| {
        record.environment = json!({"folder": folder.path()});
        let parameter = json!({"name": "alpha", "attribute": "alpha", "kind": "float",
            "default": "0.1", "help": "How much.", "line": 4});
        record.description.parameters = vec![serde_json::from_value(parameter).unwrap()];
    })
    .await;
    let form = server.get(&format!("{}/parameters", run.path())).await;
    let field = json!({"name": "alpha", "attribute": "alpha", "kind": "float", "value": "0.3",
        "required": false, "help": "How much."});
    assert_eq!(form["fields"], json!([field]), "the run's own value stands in it");
    let path = format!("{}/resume", run.path());
    let got = server.post(&path, &json!({"how": "again", "parameters": {"beta": "1"}})).await;
    assert_eq!(got.status, 400, "{got:?}");
    assert!(got.json()["error"]["hint"].as_str().unwrap().contains("alpha"));
    let got = server.post(&format!("{}/stop", run.path()), &json!({})).await;
    assert_eq!(got.status, 409, "a run that is over isn't stopped: {got:?}");
}

#[tokio::test]
async fn a_run_whose_process_is_gone_is_not_stopped() {
    let server = Server::new().await;
    // An owner that says it is a process which can't be there.
    let run = Writer::begin(&server.store, "20261122T101512345", |record| {
        record.pid = 4_000_000;
        record.process_start = String::new();
    })
    .await;
    let got = server.post(&format!("{}/stop", run.path()), &json!({})).await;
    assert_eq!(got.status, 409, "{got:?}");
    assert!(got.json()["error"]["what"].as_str().unwrap().contains("gone"), "{got:?}");
}

#[tokio::test]
async fn cells_are_named_and_their_code_is_shown() {
    let server = Server::new().await;
    let notebook = |stamp: &'static str, sum: &'static str| {
        let store = server.store.clone();
        async move {
            let mut run = Writer::begin(&store, stamp, |record| {
                let cells = [("a1", "python", "x = 1"), ("b2", "sql", "SELECT 1")];
                record.system_tags.push("notebook:n1".into());
                record.description.steps.truncate(2);
                for (step, (id, language, text)) in record.description.steps.iter_mut().zip(cells) {
                    step.name = id.into();
                    step.arguments.clear();
                    step.transitions.clear();
                    record.sources.insert(id.into(), inline(text, "utf8", language));
                }
            })
            .await;
            let key = attempt("b2", &[2], 0);
            run.start(&key);
            let mut done = run.done(&key);
            done.manifest.provenance = json!({"cell": {"source": sum, "language": "sql"}});
            run.close(&key, done).await;
            run.finish(RunStatus::Succeeded, None).await;
            run
        }
    };
    notebook("20261121T101512345", "SELECT 2").await;
    let run = notebook("20261122T101512345", "SELECT 3").await;
    let detail = server.get(&run.path()).await;
    assert_eq!(texts(&detail["graph"]["steps"], "title"), ["cell 1 · python", "cell 2 · sql"]);
    let tasks = server.get(&format!("{}/tasks", run.path())).await;
    assert_eq!(texts(&tasks["tasks"], "label"), ["cell 2 · sql [2]"]);
    let code = server.get(&format!("{}/code", run.path())).await;
    assert_eq!(texts(&code["files"], "title"), ["cell 1 · python", "cell 2 · sql"]);
    assert_eq!(texts(&code["files"], "text"), ["x = 1", "SELECT 3"], "as it ran");
    assert_eq!(texts(&code["diff"], "title"), ["cell 2 · sql"]);
    assert!(code["diff"][0]["text"].as_str().unwrap().contains("-SELECT 2"));
}

#[tokio::test]
async fn thousands_of_runs_are_searched() {
    let server = Server::new().await;
    for number in 0..3_000_u32 {
        let stamp =
            format!("202611{:02}T10{:02}{:02}345", 1 + number % 20, number / 60 % 60, number % 60);
        let stamp = format!("{}{:03}", &stamp[..15], number / 20 % 1000);
        let mut run = Writer::begin(&server.store, &stamp, |record| {
            record.parameters.insert("seed".into(), crate::writer::number(number));
        })
        .await;
        run.finish(RunStatus::Succeeded, Some(TaskCounts { done: 3, reused: 1 })).await;
    }
    let begun = std::time::Instant::now();
    let found = server.get("/api/runs?parameter=seed=1234").await;
    let first = begun.elapsed();
    assert_eq!(found["runs"].as_array().unwrap().len(), 1);
    let page = server.get("/api/runs?limit=100").await;
    assert_eq!(page["runs"].as_array().unwrap().len(), 100);
    let begun = std::time::Instant::now();
    server.get("/api/runs?text=seed%3D77").await;
    println!("3,000 runs: first search {first:?}, a later one {:?}", begun.elapsed());
}
