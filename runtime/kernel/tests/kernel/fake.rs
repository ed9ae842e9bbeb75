//! An interpreter whose cells say line by line what it does, for the behaviour that no real
//! one shows at will: this test binary again, as another process.
//!
//! Lines that begin with `#:` or `--:` are its commands; all others are for the facts only:
//!
//! ```text
//! print TEXT | define NAME VALUE | live NAME | fail TEXT | sleep MS | exit CODE | signal N
//! die-on-export | raw TEXT | unverified WHY | reads FILE | nonsense | oversized | cut | show NAME | flood N | answer JSON | ask PROMPT | deaf
//! ```

use std::collections::{BTreeMap, HashMap};
use std::io::Write;
use std::os::fd::FromRawFd;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use flownote_flow::manifest::ArtifactRecord;
use flownote_flow::provenance::External;
use flownote_kernel::interpreter::Launch;
use flownote_kernel::protocol::{
    Answer, Binding, Defined, Execute, Exported, Finished, FinishedStatus, Problem, Ready, Request,
    Runtime, VERSION, Value, ValueRef, receive_blocking, send_blocking,
};
use flownote_notebook::Output;

const FD: &str = "FLOWNOTE_FAKE_FD";

/// How to start one that runs `languages`.
pub fn launch() -> Launch {
    let own = std::env::current_exe().expect("this binary");
    let script = format!("{FD}=$2 exec \"$0\" fake::interpreter --exact --ignored --nocapture");
    let arguments = vec!["-c".to_owned(), script, own.to_string_lossy().into_owned()];
    Launch { program: PathBuf::from("/bin/sh"), arguments, environment: BTreeMap::new() }
}

static INTERRUPTED: AtomicBool = AtomicBool::new(false);
/// Whether interrupts are ignored.
static DEAF: AtomicBool = AtomicBool::new(false);

extern "C" fn on_interrupt(_: i32) {
    INTERRUPTED.store(!DEAF.load(Ordering::SeqCst), Ordering::SeqCst);
}

#[test]
#[ignore = "it is an interpreter, started by other tests"]
fn interpreter() {
    let Ok(fd) = std::env::var(FD) else { return };
    let fd = fd.parse().expect("a number");
    // SAFETY: the supervisor left this descriptor open for this process alone.
    let socket = unsafe { UnixStream::from_raw_fd(fd) };
    let action = nix::sys::signal::SigAction::new(
        nix::sys::signal::SigHandler::Handler(on_interrupt),
        nix::sys::signal::SaFlags::SA_RESTART,
        nix::sys::signal::SigSet::empty(),
    );
    // SAFETY: the handler only stores into an atomic.
    unsafe { nix::sys::signal::sigaction(nix::sys::signal::Signal::SIGINT, &action) }
        .expect("a handler");
    Fake {
        socket,
        folder: PathBuf::new(),
        values: HashMap::new(),
        bound: BTreeMap::new(),
        dies: false,
    }
    .serve();
    std::process::exit(0);
}

struct Fake {
    socket: UnixStream,
    folder: PathBuf,
    values: HashMap<(String, u64), String>,
    bound: BTreeMap<String, u64>,
    /// Whether it dies when it is to export.
    dies: bool,
}

impl Fake {
    fn say(&mut self, answer: &Answer) {
        send_blocking(&mut self.socket, answer).expect("a supervisor");
    }

    fn serve(&mut self) {
        while let Some(request) = receive_blocking(&mut self.socket).expect("requests") {
            match request {
                Request::Welcome(welcome) => {
                    self.folder = welcome.values;
                    self.say(&Answer::Ready(Box::new(Ready {
                        version: VERSION,
                        pid: std::process::id(),
                        languages: vec!["python".into(), "sql".into(), "wasm".into()],
                        runtime: Runtime { name: "1".into(), ..Runtime::default() },
                        banner: None,
                    })));
                }
                Request::Execute(execute) => self.execute(&execute),
                Request::Export { .. } if self.dies => std::process::abort(),
                Request::Export { request, names, .. } => {
                    let values = names.into_iter().map(|(name, version)| {
                        let exported = self.export(&name, version);
                        (name, exported)
                    });
                    let values = values.collect();
                    self.say(&Answer::Exported { request, values });
                }
                Request::Modules { request, .. } => {
                    self.say(&Answer::Modules { request, found: BTreeMap::new() });
                }
                Request::Shutdown {} => return,
                _ => {}
            }
        }
    }

    fn bind(&mut self, execute: &Execute) {
        for name in &execute.rebind.unset {
            self.bound.remove(name);
        }
        for (name, binding) in &execute.rebind.set {
            if let Binding::Given { version, value } = binding {
                self.values.insert((name.clone(), *version), read(value));
            }
            assert!(self.values.contains_key(&(name.clone(), binding.version())), "{name}");
            self.bound.insert(name.clone(), binding.version());
        }
    }

    fn execute(&mut self, execute: &Execute) {
        let execution = execute.execution;
        self.say(&Answer::Started { execution });
        self.bind(execute);
        INTERRUPTED.store(false, Ordering::SeqCst);
        DEAF.store(false, Ordering::SeqCst);
        let mut defined = BTreeMap::new();
        let mut status = FinishedStatus::Ok;
        let (mut unverified, mut externals) = (None, Vec::new());
        for line in execute.code.lines() {
            let Some(line) = line.strip_prefix("#: ").or_else(|| line.strip_prefix("--: ")) else {
                continue;
            };
            let (command, rest) = line.split_once(' ').unwrap_or((line, ""));
            match command {
                "define" | "live" => {
                    let (name, value) = rest.split_once(' ').unwrap_or((rest, ""));
                    let live = command == "live";
                    self.values.insert((name.to_owned(), execution), value.to_owned());
                    self.bound.insert(name.to_owned(), execution);
                    let type_name = "text".to_owned();
                    defined
                        .insert(name.to_owned(), Defined { type_name, live, ..Defined::default() });
                }
                "fail" => {
                    let output = Output::Error {
                        name: "Failed".into(),
                        message: rest.into(),
                        traceback: vec![],
                        frames: vec![],
                        hint: None,
                    };
                    self.say(&Answer::Output { execution: Some(execution), output });
                    status = FinishedStatus::Error;
                    break;
                }
                "unverified" => unverified = Some(rest.to_owned()),
                "reads" => {
                    let bytes = std::fs::read(rest).expect("a file");
                    externals.push(External {
                        kind: "file".into(),
                        name: rest.into(),
                        version: Some(format!("b3:{}", blake3::hash(&bytes).to_hex())),
                        declared: false,
                    });
                }
                _ => self.command(execution, command, rest),
            }
            if INTERRUPTED.load(Ordering::SeqCst) {
                status = FinishedStatus::Interrupted;
                break;
            }
        }
        let exports = execute.exports.iter().filter(|name| self.bound.contains_key(*name));
        let exports = exports.map(|name| (name.clone(), self.export(name, self.bound[name])));
        self.say(&Answer::Finished(Box::new(Finished {
            execution,
            status,
            exports: exports.collect(),
            defined,
            deleted: vec![],
            externals,
            unverified,
            uncacheable: None,
            modules: vec![],
            edited: BTreeMap::new(),
            lost: vec![],
            usage: Default::default(),
            elapsed_ms: 1.0,
            payload: vec![],
            exit: None,
        })));
    }

    fn command(&mut self, execution: u64, command: &str, rest: &str) {
        let number = || rest.parse::<u64>().expect("a number");
        let print = |text: String| Answer::Output {
            execution: Some(execution),
            output: Output::stdout(text),
        };
        match command {
            "print" => self.say(&print(format!("{rest}\n"))),
            "show" => {
                let text = match self.bound.get(rest) {
                    Some(version) => self.values[&(rest.to_owned(), *version)].clone(),
                    None => format!("no {rest}"),
                };
                self.say(&print(format!("{text}\n")));
            }
            "flood" => {
                for n in 0..number() {
                    self.say(&print(format!("{n}\n")));
                }
            }
            "sleep" => {
                let end = Instant::now() + Duration::from_millis(number());
                while Instant::now() < end && !INTERRUPTED.load(Ordering::SeqCst) {
                    std::thread::sleep(Duration::from_millis(2));
                }
            }
            "deaf" => DEAF.store(true, Ordering::SeqCst),
            "ask" => {
                let prompt = rest.to_owned();
                let execution_ = Some(execution);
                self.say(&Answer::InputRequest { execution: execution_, prompt, password: false });
                let reply = receive_blocking(&mut self.socket).expect("a reply");
                let Some(Request::InputReply { text }) = reply else { panic!("a line") };
                self.say(&print(format!("you said {text}\n")));
            }
            "exit" => std::process::exit(rest.parse().expect("a number")),
            "signal" => {
                let signal = nix::sys::signal::Signal::try_from(rest.parse::<i32>().expect("one"));
                let signal = signal.expect("a signal");
                let default = nix::sys::signal::SigHandler::SigDfl;
                // SAFETY: no handler of ours is installed. Rust's own would take the first
                // SIGSEGV for an overflow of the stack and let the process go on.
                let _ = unsafe { nix::sys::signal::signal(signal, default) };
                nix::sys::signal::raise(signal).expect("raised");
            }
            "nonsense" => {
                self.socket.write_all(b"\x05\0\0\0hello").expect("written");
                std::thread::sleep(Duration::from_secs(60));
            }
            "oversized" => {
                self.socket.write_all(&[0xff; 4]).expect("written");
                std::thread::sleep(Duration::from_secs(60));
            }
            "cut" => {
                self.socket.write_all(b"\xff\0\0\0{").expect("written");
                std::process::exit(0);
            }
            "answer" => {
                let text = rest.replace("EXECUTION", &execution.to_string());
                self.say(&serde_json::from_str(&text).expect("an answer"));
            }
            "die-on-export" => self.dies = true,
            "raw" => println!("{rest}"),
            other => panic!("no command {other}"),
        }
    }

    fn export(&self, name: &str, version: u64) -> Exported {
        let Some(text) = self.values.get(&(name.to_owned(), version)) else {
            let message = format!("no `{name}` of {version}");
            return Exported::Failed { error: Problem { message, hint: None } };
        };
        let mut record = ArtifactRecord {
            codec: "utf8".into(),
            digest: blake3::hash(text.as_bytes()).to_hex().as_str().into(),
            size: text.len() as u64,
            type_name: "text".into(),
            inline: Some(text.clone()),
            inline_base64: None,
            meta: Default::default(),
            preview: None,
        };
        // Long ones go through a file.
        let mut file = None;
        if text.len() > 8 {
            record.inline = None;
            let own = format!("{version}-{name}");
            std::fs::write(self.folder.join(&own), text).expect("written");
            file = Some(own);
        }
        Exported::Value(Value { record, file })
    }
}

fn read(value: &ValueRef) -> String {
    match (&value.record.inline, &value.path) {
        (Some(text), _) => text.clone(),
        (None, Some(path)) => std::fs::read_to_string(path).expect("a file"),
        (None, None) => panic!("no bytes in {value:?}"),
    }
}
