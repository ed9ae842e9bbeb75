//! How an interpreter is started.

use std::collections::BTreeMap;
use std::io;
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use nix::fcntl::{FcntlArg, FdFlag, fcntl};
use nix::sys::prctl::set_pdeathsig;
use nix::sys::signal::Signal;
use nix::unistd::{Pid, getppid};

/// How to start an interpreter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Launch {
    /// The program.
    pub program: PathBuf,
    /// Its arguments; `--fd N` follows them.
    pub arguments: Vec<String>,
    /// Variables beside those of this process.
    pub environment: BTreeMap<String, String>,
}

/// What was started.
pub(super) struct Launched {
    pub child: Child,
    pub socket: UnixStream,
    pub stdout: OwnedFd,
    pub stderr: OwnedFd,
}

impl Launch {
    /// The interpreter of Python cells, in the user's own Python.
    pub fn python(program: impl Into<PathBuf>) -> Self {
        Self::module(program, "flownote.kernel")
    }

    /// The interpreter of SQL and WASM cells.
    pub fn tables(program: impl Into<PathBuf>) -> Self {
        Self::module(program, "flownote_studio.interpreter")
    }

    /// The interpreter of Rust cells.
    pub fn rust(program: impl Into<PathBuf>) -> Self {
        Self::module(program, "flownote_studio.rust")
    }

    fn module(program: impl Into<PathBuf>, module: &str) -> Self {
        let arguments = vec!["-m".to_owned(), module.to_owned()];
        Self { program: program.into(), arguments, environment: BTreeMap::new() }
    }

    /// Starts it in a folder, in a process group of its own that ends with this thread.
    pub(super) fn start(&self, folder: &Path) -> io::Result<Launched> {
        let (ours, theirs) = UnixStream::pair()?;
        let theirs = OwnedFd::from(theirs);
        let number = theirs.as_raw_fd();
        let supervisor = Pid::this();
        let mut command = Command::new(&self.program);
        command
            .args(&self.arguments)
            .args(["--fd", &number.to_string()])
            .envs(&self.environment)
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0);
        let prepare = move || {
            set_pdeathsig(Signal::SIGKILL)?;
            // Too late to be told: the supervisor went between fork and here.
            if getppid() != supervisor {
                return Err(io::ErrorKind::BrokenPipe.into());
            }
            // SAFETY: the descriptor is open in the child: the parent closes its own after
            // the fork, and nothing else here touches it.
            let fd = unsafe { std::os::fd::BorrowedFd::borrow_raw(number) };
            fcntl(fd, FcntlArg::F_SETFD(FdFlag::empty()))?;
            Ok(())
        };
        // SAFETY: between fork and exec only prctl, getppid and fcntl are called, which are
        // async-signal-safe; nothing is allocated.
        unsafe { command.pre_exec(prepare) };
        let mut child = command.spawn()?;
        drop(theirs);
        let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
        let missing = || io::Error::other("the child has no pipes");
        Ok(Launched {
            stdout: stdout.ok_or_else(missing)?.into(),
            stderr: stderr.ok_or_else(missing)?.into(),
            socket: ours,
            child,
        })
    }
}
