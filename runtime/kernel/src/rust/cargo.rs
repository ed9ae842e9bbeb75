//! One build by the user's cargo: what it makes, how far it is, why it failed.

use std::collections::VecDeque;
use std::ffi::OsStr;
use std::io::{self, BufRead, BufReader, Read};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use nix::sys::prctl::set_pdeathsig;
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use serde_json::Value as Json;

use super::setup::Progress;
use super::setup_error::SetupError;
use super::toolchain::Toolchain;

/// Lines of cargo's output that an error keeps.
const KEPT: usize = 40;

/// How often it is looked whether the user wants to stop.
pub(super) const LOOK: Duration = Duration::from_millis(50);

/// What cargo made of one package.
pub(super) struct Artifact {
    pub package: String,
    pub name: String,
    pub kinds: Vec<String>,
    pub files: Vec<PathBuf>,
}

impl Artifact {
    pub fn is(&self, kind: &str) -> bool {
        self.kinds.iter().any(|it| it == kind)
    }

    /// The library that a compiler reads: with metadata and code.
    pub fn library(&self) -> Option<&PathBuf> {
        let ends = |file: &&PathBuf, all: &[&str]| {
            file.extension().and_then(OsStr::to_str).is_some_and(|end| all.contains(&end))
        };
        self.files.iter().find(|file| ends(file, &["rlib", "so", "dylib"]))
    }
}

/// What is built, and how.
pub(super) struct Cargo<'a> {
    pub toolchain: &'a Toolchain,
    /// The folder with `Cargo.toml`.
    pub folder: &'a Path,
    /// Where cargo works.
    pub target: &'a Path,
    pub features: &'a str,
    /// Taken in by the names of everything that is made: crates of two builds are never
    /// mistaken for each other.
    pub metadata: Option<&'a str>,
    /// Whether the user wants to stop.
    pub stopped: &'a AtomicBool,
}

impl Cargo<'_> {
    /// Builds; without a network from what was downloaded before.
    pub fn build(&self, progress: &mut dyn FnMut(Progress)) -> Result<Vec<Artifact>, SetupError> {
        match self.try_build(false, progress) {
            Err(SetupError::Cargo { output }) if is_about_the_network(&output) => {
                // The first failure says more.
                self.try_build(true, progress).map_err(|_| SetupError::Network { output })
            }
            built => built,
        }
    }

    /// What cargo knows of the package and what it stands on.
    pub fn metadata(&self) -> Result<Json, SetupError> {
        let ask = |offline: bool| {
            let mut command = self.command("metadata");
            command.args(["--format-version", "1", "--filter-platform", &self.toolchain.host]);
            command.args(offline.then_some("--offline"));
            command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
            let child = command.spawn().map_err(|source| self.failed(source))?;
            let group = child.id();
            let reading = thread::spawn(move || child.wait_with_output());
            while !reading.is_finished() {
                if self.is_stopped() {
                    kill(group);
                    return Err(SetupError::Stopped);
                }
                thread::sleep(LOOK);
            }
            let lost = || io::Error::other("what cargo said could not be read");
            let output = reading.join().unwrap_or_else(|_| Err(lost()));
            let output = output.map_err(|source| self.failed(source))?;
            if output.status.success() {
                return serde_json::from_slice(&output.stdout)
                    .map_err(|error| self.failed(io::Error::other(error)));
            }
            Err(SetupError::Cargo { output: String::from_utf8_lossy(&output.stderr).into_owned() })
        };
        match ask(false) {
            Err(SetupError::Cargo { output }) if is_about_the_network(&output) => {
                ask(true).map_err(|_| SetupError::Network { output })
            }
            answer => answer,
        }
    }

    fn try_build(
        &self,
        offline: bool,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Vec<Artifact>, SetupError> {
        let mut command = self.command("build");
        command
            .args([
                "--release",
                "--locked",
                "--message-format=json-render-diagnostics",
                "--target-dir",
            ])
            .arg(self.target)
            .args(offline.then_some("--offline"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        if !self.features.is_empty() {
            command.args(["--features", self.features]);
        }
        let mut child = command.spawn().map_err(|source| self.failed(source))?;
        let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
        let reader = thread::spawn(move || stdout.map(read_artifacts).unwrap_or_default());
        let (sender, steps) = mpsc::channel();
        let talker =
            thread::spawn(move || stderr.map(|it| read_talk(it, &sender)).unwrap_or_default());
        // Ends when cargo closes its standard error.
        loop {
            if self.is_stopped() {
                return Err(stop(&mut child));
            }
            match steps.recv_timeout(LOOK) {
                Ok(step) => progress(step),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        let status = child.wait().map_err(|source| self.failed(source))?;
        let artifacts = reader.join().unwrap_or_default();
        let output = talker.join().unwrap_or_default();
        if status.success() { Ok(artifacts) } else { Err(SetupError::Cargo { output }) }
    }

    fn command(&self, verb: &str) -> Command {
        let mut command = Command::new(&self.toolchain.cargo);
        command.arg(verb).current_dir(self.folder);
        // What users set for their own projects would make other libraries than are expected.
        for (name, _) in std::env::vars_os() {
            let text = name.to_string_lossy();
            let is_theirs = text.starts_with("CARGO_PROFILE_")
                || text.starts_with("CARGO_BUILD_")
                || text.starts_with("CARGO_TARGET_")
                || matches!(
                    text.as_ref(),
                    "RUSTFLAGS" | "RUSTC_WRAPPER" | "RUSTC_WORKSPACE_WRAPPER" | "RUSTUP_TOOLCHAIN"
                );
            if is_theirs {
                command.env_remove(name);
            }
        }
        command
            .env("RUSTC", &self.toolchain.rustc)
            .env("CARGO_ENCODED_RUSTFLAGS", self.flags().join("\x1f"))
            .env("CARGO_INCREMENTAL", "0")
            .env("CARGO_TERM_COLOR", "never")
            .env("CARGO_TERM_PROGRESS_WHEN", "always")
            .env("CARGO_TERM_PROGRESS_WIDTH", "120")
            // So that its compilers can be stopped with it.
            .process_group(0);
        // Nobody would use what it builds for a process that was killed.
        let prepare = || Ok(set_pdeathsig(Signal::SIGKILL)?);
        // SAFETY: between fork and exec only prctl is called, which is async-signal-safe.
        unsafe { command.pre_exec(prepare) };
        command
    }

    fn flags(&self) -> Vec<String> {
        let mut flags = vec![
            "-Cprefer-dynamic".to_owned(),
            // So that whoever loads it needn't know where the standard library is.
            format!("-Clink-arg=-Wl,-rpath,{}", self.toolchain.libdir.display()),
        ];
        flags.extend(self.metadata.map(|metadata| format!("-Cmetadata={metadata}")));
        flags
    }

    fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }

    fn failed(&self, source: io::Error) -> SetupError {
        SetupError::Io { what: "can't be run", path: self.toolchain.cargo.clone(), source }
    }
}

/// Ends cargo, and what it started.
fn stop(child: &mut Child) -> SetupError {
    kill(child.id());
    let _ = child.wait();
    SetupError::Stopped
}

fn kill(group: u32) {
    // It may have ended by itself.
    let _ = killpg(Pid::from_raw(group.cast_signed()), Signal::SIGKILL);
}

fn is_about_the_network(output: &str) -> bool {
    [
        "failed to download",
        "Could not resolve host",
        "Couldn't resolve host",
        "failed to fetch",
        "failed to query replaced source",
        "network failure",
        "Network is unreachable",
        "spurious network error",
        "download of ",
    ]
    .iter()
    .any(|word| output.contains(word))
}

fn read_artifacts(stdout: impl Read) -> Vec<Artifact> {
    let lines = BufReader::new(stdout).lines().map_while(Result::ok);
    lines.filter_map(|line| artifact(&serde_json::from_str(&line).ok()?)).collect()
}

fn artifact(message: &Json) -> Option<Artifact> {
    if message["reason"] != "compiler-artifact" {
        return None;
    }
    let texts = |value: &Json| -> Vec<String> {
        let items = value.as_array().into_iter().flatten();
        items.filter_map(|it| it.as_str().map(str::to_owned)).collect()
    };
    Some(Artifact {
        package: message["package_id"].as_str()?.to_owned(),
        name: message["target"]["name"].as_str()?.to_owned(),
        kinds: texts(&message["target"]["kind"]),
        files: texts(&message["filenames"]).into_iter().map(PathBuf::from).collect(),
    })
}

/// Reads what cargo says: its progress bar goes to `steps`, the end of the rest is returned.
fn read_talk(stderr: impl Read, steps: &mpsc::Sender<Progress>) -> String {
    let mut kept = VecDeque::new();
    let mut reader = BufReader::new(stderr);
    let mut bytes = Vec::new();
    // The bar ends with a return, everything else with a new line.
    while let Ok(1..) = read_piece(&mut reader, &mut bytes) {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        match step(&text) {
            Some(progress) => {
                // Nobody may be listening any more.
                let _ = steps.send(progress);
            }
            None if text.trim().is_empty() => {}
            None => {
                kept.push_back(text.trim_end().to_owned());
                if kept.len() > KEPT {
                    kept.pop_front();
                }
            }
        }
        bytes.clear();
    }
    Vec::from(kept).join("\n")
}

fn read_piece(reader: &mut impl BufRead, bytes: &mut Vec<u8>) -> io::Result<usize> {
    loop {
        let buffer = reader.fill_buf()?;
        if buffer.is_empty() {
            return Ok(bytes.len());
        }
        match buffer.iter().position(|byte| matches!(byte, b'\r' | b'\n')) {
            Some(end) => {
                bytes.extend_from_slice(&buffer[..=end]);
                reader.consume(end + 1);
                return Ok(bytes.len());
            }
            None => {
                let length = buffer.len();
                bytes.extend_from_slice(buffer);
                reader.consume(length);
            }
        }
    }
}

/// Reads `Building [=====>      ] 12/34: serde, syn`.
fn step(text: &str) -> Option<Progress> {
    let (bar, rest) = text.split_once("] ")?;
    if !bar.trim_start_matches(|c: char| !c.is_alphabetic()).starts_with("Building [") {
        return None;
    }
    let (numbers, name) = rest.split_once(':').unwrap_or((rest, ""));
    let (done, total) = numbers.trim().split_once('/')?;
    let name = name.split("\x1b").next().unwrap_or_default().trim();
    Some(Progress { done: done.parse().ok()?, total: total.parse().ok()?, name: name.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_progress_bar_is_told_from_talk() {
        let bar = "    Building [====>     ] 12/34: serde, syn(build)\x1b[K\r";
        let found = step(bar).expect("a step");
        assert_eq!((found.done, found.total, found.name.as_str()), (12, 34, "serde, syn(build)"));
        for talk in ["   Compiling serde v1.0.0\n", "error[E0425]: a [b] 1/2: c\n", "\n"] {
            assert!(step(talk).is_none(), "{talk:?}");
        }
    }

    #[test]
    fn a_crate_called_network_is_not_the_network() {
        assert!(is_about_the_network("warning: spurious network error (3 tries remaining)"));
        assert!(is_about_the_network("[6] Couldn't resolve host name (index.crates.io)"));
        assert!(!is_about_the_network("error[E0433]: cannot find `network` in this scope"));
    }

    #[test]
    fn the_end_of_what_cargo_says_is_kept() {
        let (sender, steps) = mpsc::channel();
        let mut talk = String::from("    Building [>  ] 0/2: a\r");
        (0..100).for_each(|line| talk.push_str(&format!("error: number {line}\n")));
        let kept = read_talk(talk.as_bytes(), &sender);
        drop(sender);
        assert_eq!(steps.iter().count(), 1);
        assert!(kept.ends_with("error: number 99") && !kept.contains("number 3\n"), "{kept}");
    }
}
