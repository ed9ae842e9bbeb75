//! The supervisor's process of these tests: the one that is shipped where the Python has it,
//! else this test binary again, which does the same.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use flownote_kernel::interpreter::Launch;
use flownote_kernel::supervisor::socket::{Claim, Server};
use flownote_kernel::supervisor::{Options, Service};
use flownote_notebook::Document;
use flownote_notebook::session::Group;
use flownote_store::{Store, StoreOptions, StoreUrl};

const ARGUMENTS: &str = "FLOWNOTE_TEST_SUPERVISOR";
const SEPARATOR: char = '\u{1f}';

/// The Python of the tests, if it has `flownote`.
pub fn python() -> Option<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let own = root.join(".venv/bin/python");
    let python = std::env::var_os("FLOWNOTE_TEST_PYTHON").map_or(own, PathBuf::from);
    let python = python.to_str()?.to_owned();
    if has(&python, "import flownote.kernel, flownote._native") {
        return Some(python);
    }
    eprintln!("skipped: no Python has flownote; `make wheel`, or set FLOWNOTE_TEST_PYTHON");
    None
}

/// The command that starts a supervisor.
pub fn command(python: &str) -> Vec<String> {
    if is_shipped(python) {
        return [python, "-m", "flownote_studio.supervisor"].map(str::to_owned).to_vec();
    }
    let own = std::env::current_exe().expect("this binary");
    let script = format!(
        "IFS=$(printf '\\037'); export {ARGUMENTS}=\"$*\"; \
         exec \"$0\" supervisor::process --exact --ignored --nocapture"
    );
    ["/bin/sh", "-c", &script, &own.to_string_lossy()].map(str::to_owned).to_vec()
}

/// Whether the Python has the supervisor itself.
pub fn is_shipped(python: &str) -> bool {
    has(python, "import flownote_studio._studio as n; n.serve_supervisor")
}

fn has(python: &str, what: &str) -> bool {
    let mut probe = std::process::Command::new(python);
    probe.args(["-c", what]).stderr(Stdio::null());
    probe.status().is_ok_and(|status| status.success())
}

#[test]
#[ignore = "it is a supervisor, started by other tests"]
fn process() {
    let Ok(arguments) = std::env::var(ARGUMENTS) else { return };
    let arguments: Vec<&str> = arguments.split(SEPARATOR).collect();
    let of = |name: &str| {
        let at = arguments.iter().position(|it| *it == name).expect(name);
        arguments[at + 1].to_owned()
    };
    let document: Document = serde_json::from_reader(std::io::stdin()).expect("a document");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    tokio::task::LocalSet::new().block_on(&runtime.expect("a runtime"), async {
        let url = StoreUrl::Folder(PathBuf::from(of("--store").replace("file://", "")));
        let store = Store::open(&url, StoreOptions::default()).await.expect("a store");
        let notebook = PathBuf::from(of("--notebook"));
        let mut options = Options::new(document, notebook.parent().expect("a folder"), store);
        options.file = of("--file");
        options.user = "ana".to_owned();
        options.interpreters = [(Group::Python, Launch::python(of("--python")))].into();
        let (service, handle) = Service::new(options).expect("a session");
        let claim = Claim::take(&PathBuf::from(of("--socket")), service.id().as_str());
        let server = Server::new(claim.expect("free"), handle, Duration::from_secs(60));
        let server = server.expect("bound");
        println!("ready");
        tokio::task::spawn_local(server.run());
        service.run(std::future::pending()).await;
    });
}
