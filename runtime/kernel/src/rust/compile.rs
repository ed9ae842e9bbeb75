//! Runs rustc on the texts of a cell.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::diagnostics::{Diagnostic, read};
use super::kit::{Extras, Kit};
use super::sweep::{sweep, touch};

/// What becomes of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Output {
    /// Items, linked into every body that uses them.
    Items,
    /// Items with state, which exists once.
    SharedItems,
    /// What runs.
    Body,
}

/// Something to compile.
#[derive(Clone, Debug)]
pub struct Unit<'a> {
    /// The crate's name.
    pub name: &'a str,
    /// What it is to become.
    pub output: Output,
    /// The name of the source file, which places of panics and diagnostics have.
    pub file: &'a str,
    /// The text.
    pub text: &'a str,
    /// Crates of ours that it names.
    pub crates: &'a BTreeSet<String>,
    /// What it asks for besides.
    pub extras: &'a Extras,
    /// Where it goes.
    pub target: &'a Path,
}

/// Why something wasn't compiled.
#[derive(Debug)]
pub enum Failure {
    /// The compiler found faults.
    Faulty(Vec<Diagnostic>),
    /// The user stopped it.
    Stopped,
    /// The compiler itself failed.
    Broken(String),
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Broken(error.to_string())
    }
}

/// Beside what was made: what the compiler remarked.
const REMARKS: &str = "remarks";
/// What is made of a text that is only checked.
const CHECKED: &str = "rmeta";
/// What the compiler made of a body's types, for those who want to know them.
pub(super) const TYPES: &str = "mir";

/// Where compiled items lie, for one kit.
#[derive(Clone, Debug)]
pub struct Compiler {
    kit: Kit,
    folder: PathBuf,
    /// What it makes can be compiled against, and not be run.
    only_checks: bool,
}

impl Compiler {
    /// Compiles with a kit into a folder that is its own.
    ///
    /// # Errors
    /// When the folder can't be made.
    pub fn new(kit: Kit, folder: &Path) -> io::Result<Self> {
        let folder = folder.join(&kit.digest[..kit.digest.len().min(16)]);
        fs::create_dir_all(folder.join("items"))?;
        fs::create_dir_all(folder.join("bodies"))?;
        let own = folder.clone();
        // Nobody waits for it; without a thread it is done another time.
        let _ = std::thread::Builder::new().spawn(move || sweep(&own));
        Ok(Self { kit, folder, only_checks: false })
    }

    /// Only looks at texts, which takes a fraction of the time: what it makes of items can be
    /// compiled against, and nothing can be run.
    ///
    /// # Errors
    /// When the folder can't be made.
    pub fn that_checks(kit: Kit, folder: &Path) -> io::Result<Self> {
        Ok(Self { only_checks: true, ..Self::new(kit, folder)? })
    }

    /// What it compiles with.
    pub fn kit(&self) -> &Kit {
        &self.kit
    }

    /// The name and the file of the crate of a text: the same for the same text.
    pub fn items_place(&self, text: &str, shared: bool, extras: &Extras) -> (String, PathBuf) {
        let digest = self.digest(&[if shared { "shared" } else { "items" }, &extras.digest, text]);
        let name = format!("items_{}", &digest[..16]);
        let ending = match shared {
            _ if self.only_checks => CHECKED,
            true => "so",
            false => "rlib",
        };
        let file = self.folder.join("items").join(format!("lib{name}.{ending}"));
        (name, file)
    }

    /// The file of a crate of ours, if it is there.
    pub fn items_file(&self, name: &str) -> Option<PathBuf> {
        let file = |ending: &str| self.folder.join("items").join(format!("lib{name}.{ending}"));
        let endings = if self.only_checks { [CHECKED].as_slice() } else { &["rlib", "so"] };
        endings.iter().map(|ending| file(ending)).find(|file| file.exists())
    }

    /// The file of a body.
    pub fn body_place(&self, text: &str, extras: &Extras) -> PathBuf {
        let digest = self.digest(&["body", &extras.digest, text]);
        let ending = if self.only_checks { CHECKED } else { "so" };
        self.folder.join("bodies").join(format!("{}.{ending}", &digest[..32]))
    }

    fn digest(&self, parts: &[&str]) -> String {
        let mut hasher = blake3::Hasher::new();
        hasher.update(self.kit.digest.as_bytes());
        for part in parts {
            hasher.update(&[0]).update(part.as_bytes());
        }
        hasher.finalize().to_hex().to_string()
    }

    /// Whether something was compiled before; says that it is in use.
    pub fn has(&self, file: &Path) -> bool {
        touch(file);
        file.exists()
    }

    /// What the compiler remarked when it made something.
    pub fn remarks(&self, file: &Path) -> Vec<Diagnostic> {
        let text = fs::read(file.with_extension(REMARKS)).unwrap_or_default();
        serde_json::from_slice(&text).unwrap_or_default()
    }

    /// Compiles something.
    ///
    /// # Errors
    /// When it doesn't compile.
    pub fn compile(&self, unit: &Unit<'_>, stopped: &dyn Fn() -> bool) -> Result<(), Failure> {
        let work = self.work_folder()?;
        let result = self.compile_in(&work, unit, stopped);
        // What can't be removed is swept with the cache.
        let _ = fs::remove_dir_all(&work);
        result
    }

    fn compile_in(
        &self,
        work: &Path,
        unit: &Unit<'_>,
        stopped: &dyn Fn() -> bool,
    ) -> Result<(), Failure> {
        fs::write(work.join(unit.file), unit.text)?;
        let made = work.join(unit.target.file_name().unwrap_or_default());
        let mut command = self.command(unit, &made);
        // The same text is the same crate wherever it was compiled: rustc takes the folder into
        // a crate's hash, and what was compiled against one accepts no other.
        let mut folder = OsString::from("--remap-path-prefix=");
        folder.push(fs::canonicalize(work)?);
        folder.push("=.");
        command.arg(folder).current_dir(work);
        let mut child = command
            .spawn()
            .map_err(|error| Failure::Broken(format!("`{}`: {error}", self.kit.rustc.display())))?;
        let text = wait(&mut child, stopped)?;
        let status = child.wait()?;
        let (found, rest) = read(&text);
        if status.success() {
            if !found.is_empty() {
                let text = serde_json::to_vec(&found).map_err(io::Error::from)?;
                fs::write(unit.target.with_extension(REMARKS), text)?;
            }
            // Another process may have made the same, and this one may have loaded that: state
            // in it would be there twice.
            if !unit.target.exists() {
                fs::rename(&made, unit.target)?;
            }
            return Ok(());
        }
        if found.iter().any(Diagnostic::is_error) {
            return Err(Failure::Faulty(found));
        }
        Err(Failure::Broken(format!("rustc failed ({status}): {}", rest.trim())))
    }

    fn command(&self, unit: &Unit<'_>, made: &Path) -> Command {
        let kit = &self.kit;
        let mut command = Command::new(&kit.rustc);
        let kind = match unit.output {
            // Nothing is linked.
            _ if self.only_checks => "lib",
            Output::Items => "rlib",
            Output::SharedItems => "dylib",
            Output::Body => "cdylib",
        };
        command.args(["--edition", "2024", "--crate-name", unit.name, "--crate-type", kind]);
        command.args(OPTIONS);
        if self.only_checks {
            let types = unit.target.extension().is_some_and(|it| it == TYPES);
            let emit = if types { "--emit=mir" } else { "--emit=metadata" };
            command.args([emit, "-Copt-level=0"]);
        }
        command.arg("-o").arg(made).arg(unit.file);
        if unit.output != Output::Body {
            command.args(["-C", &format!("metadata={}", unit.name)]);
        }
        for (name, file) in kit.externs.iter().chain(&unit.extras.externs) {
            command.arg("--extern").arg(format!("{name}={}", file.display()));
        }
        for name in unit.crates {
            if let Some(file) = self.items_file(name) {
                command.arg("--extern").arg(format!("{name}={}", file.display()));
            }
        }
        let items = self.folder.join("items");
        for folder in kit.search.iter().chain(&unit.extras.search).chain([&items]) {
            command.arg("-L").arg(format!("dependency={}", folder.display()));
        }
        for folder in kit.libraries.iter().chain(&unit.extras.libraries).chain([&items]) {
            command.arg(format!("-Clink-arg=-Wl,-rpath,{}", folder.display()));
        }
        // Whatever they say was meant for other builds.
        for variable in ["RUSTFLAGS", "RUSTC_WRAPPER", "RUSTC_LOG", "CARGO_ENCODED_RUSTFLAGS"] {
            command.env_remove(variable);
        }
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        command
    }

    fn work_folder(&self) -> io::Result<PathBuf> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let folder = self.folder.join(format!("work-{}-{number}", std::process::id()));
        fs::create_dir_all(&folder)?;
        Ok(folder)
    }
}

/// How cells are compiled: see `Kit::digest`, which stands for these, too.
pub(super) const OPTIONS: [&str; 11] = [
    "-Cprefer-dynamic",
    "-Copt-level=2",
    "-Cdebuginfo=line-tables-only",
    "-Ccodegen-units=1",
    "-Cembed-bitcode=no",
    "-Cpanic=unwind",
    "--cap-lints=warn",
    "--error-format=json",
    "--json=diagnostic-short",
    "--diagnostic-width=100",
    "-Coverflow-checks=on",
];

/// Reads what a compiler says until it ends, or kills it when the user wants to stop.
fn wait(child: &mut Child, stopped: &dyn Fn() -> bool) -> Result<String, Failure> {
    let Some(mut pipe) = child.stderr.take() else { return Ok(String::new()) };
    let reading = std::thread::spawn(move || {
        let mut text = Vec::new();
        let _ = pipe.read_to_end(&mut text);
        String::from_utf8_lossy(&text).into_owned()
    });
    while !reading.is_finished() {
        if stopped() {
            let _ = child.kill();
            let _ = child.wait();
            return Err(Failure::Stopped);
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    reading.join().map_err(|_| Failure::Broken("what rustc said could not be read".to_owned()))
}
