//! Supervisors: where their sockets are, and how one is started.
//!
//! A supervisor is a process of its own that outlives this one (notebook rule 14). It is given
//! the document on its standard input and says `ready` when its socket is there.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use flownote_kernel::protocol::Problem;
use flownote_notebook::Document;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::Command;
use tokio::time::timeout;

use super::choice::Choices;

/// A supervisor that takes longer to begin is given up.
const BEGIN: Duration = Duration::from_secs(60);
/// So much of what it said before it ended is told.
const LAST_WORDS: u64 = 2000;

/// How supervisors are started and reached.
#[derive(Clone, Debug)]
pub struct Kernels {
    /// Where their sockets are: a folder of this user's alone.
    pub folder: PathBuf,
    /// The command that starts one; options follow.
    pub command: Vec<String>,
    /// The Python of Python cells, where no other was chosen.
    pub python: String,
    /// What was chosen.
    pub choices: Choices,
    /// The datastore.
    pub store: String,
}

/// A notebook as its supervisor knows it.
#[derive(Clone, Debug)]
pub struct Place {
    /// Its file.
    pub file: PathBuf,
    /// Its name, for the record.
    pub name: String,
}

impl Kernels {
    /// The folder for sockets: `flownote-<uid>` in the system's folder for such, or in that for
    /// temporary files.
    pub fn usual_folder(runtime: Option<&Path>, temporary: &Path) -> PathBuf {
        let own = format!("flownote-{}", nix::unistd::getuid());
        runtime.filter(|it| it.is_absolute() && it.is_dir()).unwrap_or(temporary).join(own)
    }

    /// The Python of a notebook's Python cells.
    pub fn python_of(&self, file: &Path) -> String {
        self.choices.get(file).unwrap_or_else(|| self.python.clone())
    }

    /// The socket of a notebook's supervisor.
    pub fn socket(&self, file: &Path) -> PathBuf {
        let digest = blake3::hash(file.as_os_str().as_encoded_bytes()).to_hex();
        self.folder.join(format!("{}.sock", &digest[..24]))
    }

    /// Whether a supervisor runs for a notebook.
    pub fn is_running(&self, file: &Path) -> bool {
        UnixStream::connect(self.socket(file)).is_ok()
    }

    /// Starts a notebook's supervisor with a document.
    ///
    /// # Errors
    /// Why it did not begin.
    pub async fn start(&self, place: &Place, document: &Document) -> Result<(), Problem> {
        let failed = |what: &str, error: io::Error| Problem {
            message: format!("the notebook's kernel can't be started: {what}: {error}"),
            hint: Some("`flownote check` looks at the installation".to_owned()),
        };
        self.make_folder().map_err(|error| failed(&self.folder.display().to_string(), error))?;
        let body =
            serde_json::to_vec(document).map_err(|error| failed("the notebook", error.into()))?;
        let log = self.socket(&place.file).with_extension("log");
        let words = open_log(&log).map_err(|error| failed(&log.display().to_string(), error))?;
        let Some((program, arguments)) = self.command.split_first() else {
            return Err(failed("its command", io::ErrorKind::NotFound.into()));
        };
        let mut command = Command::new(program);
        command
            .args(arguments)
            .arg("--notebook")
            .arg(&place.file)
            .arg("--socket")
            .arg(self.socket(&place.file))
            .args(["--file", &place.name, "--store", &self.store])
            .args(["--python", &self.python_of(&place.file)])
            .current_dir(place.file.parent().unwrap_or(Path::new("/")))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(words)
            // A Ctrl-C in this server's terminal is not meant for it.
            .process_group(0);
        let mut child = command.spawn().map_err(|error| failed(program, error))?;
        let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
        let begins = async {
            if let Some(mut stdin) = stdin {
                // One that ended already says why in its log.
                let _ = stdin.write_all(&body).await;
            }
            let Some(stdout) = stdout else { return false };
            let mut lines = BufReader::new(stdout).lines();
            // Its Python may say something first.
            while let Ok(Some(line)) = lines.next_line().await {
                if line.trim() == "ready" {
                    return true;
                }
            }
            false
        };
        let ready = timeout(BEGIN, begins).await.unwrap_or(false);
        // It leaves this process at once; what is waited for is what started it.
        tokio::spawn(async move { drop(child.wait().await) });
        if ready { Ok(()) } else { Err(said(&log)) }
    }

    fn make_folder(&self) -> io::Result<()> {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(&self.folder)?;
        let found = fs::symlink_metadata(&self.folder)?;
        let ours = found.is_dir() && found.uid() == nix::unistd::getuid().as_raw();
        if !ours {
            return Err(io::Error::new(io::ErrorKind::PermissionDenied, "it is another user's"));
        }
        if found.permissions().mode() & 0o077 != 0 {
            fs::set_permissions(&self.folder, fs::Permissions::from_mode(0o700))?;
        }
        Ok(())
    }
}

fn open_log(path: &Path) -> io::Result<File> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true).mode(0o600).custom_flags(nix::libc::O_NOFOLLOW);
    options.open(path)
}

/// Why a supervisor did not begin, in its own words.
fn said(log: &Path) -> Problem {
    let read = || {
        let mut file = File::open(log)?;
        let length = file.metadata()?.len();
        file.seek(SeekFrom::Start(length.saturating_sub(LAST_WORDS)))?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        io::Result::Ok(String::from_utf8_lossy(&bytes).into_owned())
    };
    let text = read().unwrap_or_default();
    let line = |word: &str| text.lines().rev().find_map(|line| line.strip_prefix(word));
    let last = || text.lines().rev().find(|line| !line.trim().is_empty());
    let why = line("error: ").or_else(last).unwrap_or("it said nothing").trim();
    Problem {
        message: format!("the notebook's kernel did not begin: {why}"),
        hint: line("hint: ")
            .map(str::to_owned)
            .or(Some("run the cell again to try again".to_owned())),
    }
}
