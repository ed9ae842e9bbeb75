//! S3 by URL against real servers: moto (PyPI), which honours conditions, and s3rver
//! (npm), which ignores them.
//!
//! `make test` installs both. moto runs under `FLOWNOTE_TEST_PYTHON`, by default
//! `.venv/bin/python` in the project's root; s3rver is the program `FLOWNOTE_TEST_S3RVER`,
//! by default in `flownote/s3rver/` of the user's cache folder. Each server gets a free
//! port of the loopback and ends with its test.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use flownote_flow::event::RunStatus;
use flownote_flow::help::Help;
use flownote_store::client::{RunFilter, Status};
use flownote_store::doctor::Verdict;
use flownote_store::gc::GcOptions;
use flownote_store::{Committed, Error, S3Options, Store, StoreOptions, StoreUrl};

use crate::support::*;

struct Server {
    child: Child,
    endpoint: String,
    _folder: tempfile::TempDir,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn root() -> PathBuf {
    // Asked while running: checkouts that share a target folder share this binary too.
    let here = std::env::var("CARGO_MANIFEST_DIR").unwrap();
    Path::new(&here).ancestors().nth(2).unwrap().to_owned()
}

/// Starts a server and waits until its output names the port.
fn serve(mut command: Command, missing: &str, port: impl Fn(&str) -> Option<u16>) -> Server {
    let folder = tempfile::tempdir().unwrap();
    command.current_dir(folder.path()).stdin(Stdio::null()).stdout(Stdio::piped());
    command.stderr(Stdio::piped());
    let child = command.spawn().unwrap_or_else(|error| panic!("{missing}: {error}"));
    let mut server = Server { child, endpoint: String::new(), _folder: folder };
    let (send, lines) = std::sync::mpsc::channel();
    let streams: [Box<dyn std::io::Read + Send>; 2] = [
        Box::new(server.child.stdout.take().unwrap()),
        Box::new(server.child.stderr.take().unwrap()),
    ];
    for stream in streams {
        let send = send.clone();
        std::thread::spawn(move || {
            for line in BufReader::new(stream).lines().map_while(Result::ok) {
                let _ = send.send(line);
            }
        });
    }
    drop(send);
    let mut said = String::new();
    for line in lines {
        if let Some(port) = port(&line) {
            server.endpoint = format!("http://127.0.0.1:{port}");
            return server;
        }
        said = format!("{said}\n{line}");
    }
    panic!("{missing}; it said:{said}");
}

fn moto() -> Server {
    let python = std::env::var_os("FLOWNOTE_TEST_PYTHON").map(PathBuf::from);
    let python = python.unwrap_or_else(|| root().join(".venv/bin/python"));
    let mut command = Command::new(&python);
    command.args(["-m", "moto.server", "-H", "127.0.0.1", "-p", "0"]);
    let missing = format!("the test needs `moto[server]` in {} (`make test`)", python.display());
    serve(command, &missing, |line| {
        line.split_once("http://127.0.0.1:")?.1.trim_end_matches('/').trim().parse().ok()
    })
}

fn s3rver() -> Server {
    let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from).unwrap_or_else(|| {
        PathBuf::from(std::env::var_os("HOME").unwrap_or_default()).join(".cache")
    });
    let program = std::env::var_os("FLOWNOTE_TEST_S3RVER").map(PathBuf::from);
    let program = program.unwrap_or_else(|| cache.join("flownote/s3rver/node_modules/.bin/s3rver"));
    let mut command = Command::new(&program);
    command.args(["-p", "0", "-a", "127.0.0.1", "-d", ".", "--configure-bucket", "bucket"]);
    let missing = format!("the test needs npm's `s3rver` at {} (`make test`)", program.display());
    serve(command, &missing, |line| {
        line.split_once("listening on 127.0.0.1:")?.1.trim().parse().ok()
    })
}

/// Options for one test, with a cache of its own.
fn options(folder: &Path, endpoint: &str) -> StoreOptions {
    StoreOptions {
        cache_home: Some(folder.to_owned()),
        s3: S3Options {
            endpoint: Some(endpoint.to_owned()),
            region: Some("us-east-1".into()),
            profile: None,
        },
        ..StoreOptions::default()
    }
}

/// Runs the rest of a test in a process of its own, whose environment holds credentials.
/// Returns whether this is that process.
fn with_credentials(test: &str, variables: &[(&str, &str)]) -> bool {
    const MARK: &str = "FLOWNOTE_TEST_WITH_CREDENTIALS";
    if std::env::var_os(MARK).is_some() {
        return true;
    }
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", test, "--nocapture"]).env(MARK, "1");
    for name in ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"] {
        command.env_remove(name);
    }
    command.env("AWS_EC2_METADATA_DISABLED", "true");
    command.envs(variables.iter().copied());
    let output = command.output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
    false
}

const KEYS: [(&str, &str); 2] =
    [("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"), ("AWS_SECRET_ACCESS_KEY", "secret")];

async fn make_bucket(server: &Server) {
    // A PUT on the bucket makes it; moto checks no signature.
    let request = "PUT /bucket HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\n\
                   Connection: close\r\n\r\n";
    let address = server.endpoint.trim_start_matches("http://").to_owned();
    let answer = tokio::task::spawn_blocking(move || {
        let mut stream = std::net::TcpStream::connect(address).unwrap();
        std::io::Write::write_all(&mut stream, request.as_bytes()).unwrap();
        std::io::read_to_string(stream).unwrap()
    });
    let answer = answer.await.unwrap();
    assert!(answer.contains(" 200 "), "{answer}");
}

async fn open(url: &str, folder: &Path, server: &Server) -> Store {
    let url = StoreUrl::parse(url, Path::new("/")).unwrap();
    Store::open(&url, options(folder, &server.endpoint)).await.unwrap()
}

#[tokio::test]
async fn a_bucket_holds_a_run() {
    if !with_credentials("s3::a_bucket_holds_a_run", &KEYS) {
        return;
    }
    let (server, folder) = (moto(), tempfile::tempdir().unwrap());
    make_bucket(&server).await;
    let store = open("s3://bucket/team/a", folder.path(), &server).await;
    assert!(store.flows().await.unwrap().is_empty());
    let record = record("Hello", &run_id("20261122T101512345", 1));
    let run = key(&record);
    store.create_run(&record).await.unwrap();
    // Larger than one request carries, staged and uploaded as the engine does it.
    let big = vec![9_u8; 20 << 20];
    let large = blob(&store, &big).await;
    let small = blob(&store, b"small").await;
    let start = attempt("start", &[], 0);
    let mine = commit(&store, &run, &start, &[("big", large.clone()), ("small", small)]).await;
    let other = done(&run, &start);
    assert_eq!(store.commit_done(&run, &other).await.unwrap(), Committed::Lost(Box::new(mine)));
    finish(&store, &run, 0, RunStatus::Succeeded).await;

    // A colleague with an empty cache sees the same.
    let elsewhere = tempfile::tempdir().unwrap();
    let reader = open("s3://bucket/team/a", elsewhere.path(), &server).await;
    let latest = reader.latest_successful_run(&run.flow).await.unwrap().unwrap();
    assert_eq!((latest.run, latest.status), (run.run.clone(), Status::Succeeded));
    let path = reader.fetch_blob(&large.digest, "start/0.0", "big").await.unwrap();
    assert!(path.starts_with(elsewhere.path()));
    assert_eq!(std::fs::read(path).unwrap(), big);
    assert!(reader.done_path(&run, &start).await.unwrap().exists());
    assert!(reader.check(false).await.unwrap().is_clean());
    let info = reader.info().await.unwrap();
    assert_eq!((info.blobs.count, info.flows[0].runs), (2, 1));

    // Another prefix of the bucket is another store.
    let beside = open("s3://bucket/team/b", elsewhere.path(), &server).await;
    assert!(beside.flows().await.unwrap().is_empty());

    let report = reader.doctor().await.unwrap();
    assert!(report.is_healthy(), "{report:#?}");
    let credentials = &report.tests[0];
    assert_eq!(credentials.detail, "EnvironmentVariable (key AKIA…)");
    assert!(!format!("{report:?}").contains("secret"));

    let all = GcOptions {
        keep_runs: Some(0),
        tagged: true,
        grace: std::time::Duration::ZERO,
        ..GcOptions::default()
    };
    let swept = store.gc(&all).await.unwrap();
    assert_eq!((swept.runs.len(), swept.trashed.count), (1, 2));
    assert!(store.runs(&RunFilter::of("Hello")).await.unwrap().runs.is_empty());
    assert_eq!(reader.gc(&all).await.unwrap().deleted.count, 2);
}

#[tokio::test]
async fn a_damaged_object_is_found_over_the_network() {
    if !with_credentials("s3::a_damaged_object_is_found_over_the_network", &KEYS) {
        return;
    }
    let (server, folder) = (moto(), tempfile::tempdir().unwrap());
    make_bucket(&server).await;
    let store = open("s3://bucket", folder.path(), &server).await;
    let model = blob(&store, b"model").await;
    let key = format!("blobs/{}/{}", &model.digest[..2], model.digest);
    store.put(&key, bytes::Bytes::from_static(b"mOdel")).await.unwrap();
    let elsewhere = tempfile::tempdir().unwrap();
    let reader = open("s3://bucket", elsewhere.path(), &server).await;
    let error = reader.fetch_blob(&model.digest, "train/0.0", "model").await.unwrap_err();
    assert!(error.to_string().starts_with("artifact `model` of `train/0.0` is damaged"), "{error}");
}

#[tokio::test]
async fn a_missing_bucket_is_named() {
    if !with_credentials("s3::a_missing_bucket_is_named", &KEYS) {
        return;
    }
    let (server, folder) = (moto(), tempfile::tempdir().unwrap());
    let store = open("s3://nowhere", folder.path(), &server).await;
    let error = store.create_run(&record("Hello", "r")).await.unwrap_err();
    assert_eq!(error.to_string(), "the bucket of the store s3://nowhere does not exist");
    assert!(!store.doctor().await.unwrap().is_healthy());
}

#[tokio::test]
async fn an_endpoint_that_nobody_serves_is_told() {
    if !with_credentials("s3::an_endpoint_that_nobody_serves_is_told", &KEYS) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    // A port that was free a moment ago.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let url = StoreUrl::parse("s3://bucket", Path::new("/")).unwrap();
    let options = options(folder.path(), &format!("http://127.0.0.1:{port}"));
    let store = Store::open(&url, options).await.unwrap();
    let error = store.create_run(&record("Hello", "r")).await.unwrap_err();
    assert!(error.to_string().starts_with("the store failed on reading `format.json`"), "{error}");
    assert_eq!(error.hint().unwrap(), "`flownote store doctor` tests the store");
    let report = store.doctor().await.unwrap();
    let bad: Vec<_> = report.tests.iter().filter(|test| test.verdict == Verdict::Bad).collect();
    assert_eq!((bad.len(), bad[0].name.as_str()), (1, "reachable"));
}

/// Keys of a profile are found as boto3 finds them.
#[tokio::test]
async fn a_profile_gives_credentials_and_region() {
    let folder = tempfile::tempdir().unwrap();
    let (config, keys) = (folder.path().join("config"), folder.path().join("credentials"));
    std::fs::write(&config, "[profile team]\nregion = eu-north-1\n").unwrap();
    let text = "[team]\naws_access_key_id = TEAMKEY\naws_secret_access_key = secret\n";
    std::fs::write(&keys, text).unwrap();
    let variables = [
        ("AWS_CONFIG_FILE", config.to_str().unwrap()),
        ("AWS_SHARED_CREDENTIALS_FILE", keys.to_str().unwrap()),
        ("AWS_PROFILE", "team"),
    ];
    if !with_credentials("s3::a_profile_gives_credentials_and_region", &variables) {
        return;
    }
    let server = moto();
    make_bucket(&server).await;
    let mut options = options(folder.path(), &server.endpoint);
    options.s3.region = None;
    options.s3.profile = StoreOptions::from_env().s3.profile;
    let url = StoreUrl::parse("s3://bucket", Path::new("/")).unwrap();
    let store = Store::open(&url, options).await.unwrap();
    blob(&store, b"x").await;
    let report = store.doctor().await.unwrap();
    assert_eq!(report.tests[0].detail, "ProfileFile (key TEAM…)");
}

#[tokio::test]
async fn without_credentials_the_way_out_is_told() {
    let nothing = [("AWS_CONFIG_FILE", "/dev/null"), ("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")];
    if !with_credentials("s3::without_credentials_the_way_out_is_told", &nothing) {
        return;
    }
    let (server, folder) = (moto(), tempfile::tempdir().unwrap());
    let store = open("s3://bucket", folder.path(), &server).await;
    let error = store.create_run(&record("Hello", "r")).await.unwrap_err();
    assert!(matches!(error, Error::Credentials { .. }), "{error:?}");
    assert!(error.hint().unwrap().contains("AWS_PROFILE"));
    let report = store.doctor().await.unwrap();
    assert_eq!(report.tests[0].name, "credentials");
    assert_eq!(report.tests[0].verdict, Verdict::Bad);
}

#[tokio::test]
async fn a_server_that_ignores_conditions_is_refused() {
    let keys = [("AWS_ACCESS_KEY_ID", "S3RVER"), ("AWS_SECRET_ACCESS_KEY", "S3RVER")];
    if !with_credentials("s3::a_server_that_ignores_conditions_is_refused", &keys) {
        return;
    }
    let (server, folder) = (s3rver(), tempfile::tempdir().unwrap());
    let store = open("s3://bucket/x", folder.path(), &server).await;
    let error = store.create_run(&record("Hello", "r")).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "the store s3://bucket/x can't be used: this store cannot exclude two writers"
    );
    assert!(error.hint().unwrap().contains("If-None-Match"));
    let report = store.doctor().await.unwrap();
    let bad: Vec<_> = report.tests.iter().filter(|test| test.verdict == Verdict::Bad).collect();
    assert_eq!(bad.len(), 1, "{report:#?}");
    assert_eq!(bad[0].name, "exclusion");
}
