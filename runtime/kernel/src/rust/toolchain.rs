//! The user's own Rust: where its compiler is, and which one.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use flownote_flow::help::Help;

/// The oldest release that cells can be compiled with: the prelude's edition and functions.
const OLDEST: (u32, u32) = (1, 95);

/// A compiler and what belongs to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Toolchain {
    /// The compiler itself, not rustup's stand-in: that one takes longer to start, and
    /// chooses by the folder that it is started in.
    pub rustc: PathBuf,
    /// Its cargo.
    pub cargo: PathBuf,
    /// The release with its commit: `1.95.0 (59807616e 2026-04-14)`.
    pub version: String,
    /// What it compiles for: `x86_64-unknown-linux-gnu`.
    pub host: String,
    /// The folder of the standard library as a dynamic library.
    pub libdir: PathBuf,
}

/// Why Rust cells can't be compiled.
#[derive(Debug, thiserror::Error)]
pub enum MissingToolchain {
    /// There is no compiler.
    #[error("Rust cells need `rustc`, which is not installed")]
    NoRustc,
    /// There is a compiler alone.
    #[error("Rust cells need `cargo`, which is not installed beside `{}`", rustc.display())]
    NoCargo {
        /// The compiler.
        rustc: PathBuf,
    },
    /// It is too old.
    #[error("Rust cells need rustc {}.{} or newer, and `{}` is {found}", OLDEST.0, OLDEST.1, rustc.display())]
    TooOld {
        /// The compiler.
        rustc: PathBuf,
        /// Its release.
        found: String,
    },
    /// It can't be asked.
    #[error("`{}` can't be asked for its version: {why}", rustc.display())]
    Broken {
        /// The compiler.
        rustc: PathBuf,
        /// What happened.
        why: String,
    },
    /// The standard library is there for static linking only.
    #[error("the standard library of `{}` is not there as a dynamic library", rustc.display())]
    NoDynamicStd {
        /// The compiler.
        rustc: PathBuf,
    },
}

impl Help for MissingToolchain {
    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::NoRustc | Self::NoCargo { .. } => {
                "install Rust with rustup (https://rustup.rs), then run the cell again".to_owned()
            }
            Self::TooOld { .. } => "`rustup update stable`, then restart the kernel".to_owned(),
            Self::Broken { .. } => {
                "try `rustc -vV` in a terminal; `rustup default stable` may be missing".to_owned()
            }
            Self::NoDynamicStd { .. } => {
                "use a toolchain of rustup's (https://rustup.rs), whose standard library is"
                    .to_owned()
            }
        })
    }
}

impl Toolchain {
    /// Finds the compiler: `$RUSTC`, then on the path, then where rustup puts it.
    ///
    /// # Errors
    /// When there is none that serves.
    pub fn find() -> Result<Self, MissingToolchain> {
        let named = env::var_os("RUSTC").filter(|it| !it.is_empty()).map(PathBuf::from);
        let rustc = named.or_else(|| program("rustc")).ok_or(MissingToolchain::NoRustc)?;
        Self::of(&rustc)
    }

    /// Asks a compiler what it is.
    ///
    /// # Errors
    /// When it doesn't serve.
    pub fn of(rustc: &Path) -> Result<Self, MissingToolchain> {
        let text = ask(rustc, &["-vV"])?;
        let line = |key: &str| text.lines().find_map(|line| line.strip_prefix(key));
        let (Some(release), Some(host)) = (line("release: "), line("host: ")) else {
            let why = format!("it says `{}`", text.lines().next().unwrap_or_default());
            return Err(MissingToolchain::Broken { rustc: rustc.to_owned(), why });
        };
        if number(release).is_none_or(|found| found < OLDEST) {
            let found = release.to_owned();
            return Err(MissingToolchain::TooOld { rustc: rustc.to_owned(), found });
        }
        let places = ask(rustc, &["--print", "sysroot", "--print", "target-libdir"])?;
        let mut places = places.lines().map(PathBuf::from);
        let (sysroot, libdir) =
            (places.next().unwrap_or_default(), places.next().unwrap_or_default());
        let own = sysroot.join("bin/rustc");
        let rustc = if own.is_file() { own } else { rustc.to_owned() };
        if !has_dynamic_std(&libdir) {
            return Err(MissingToolchain::NoDynamicStd { rustc });
        }
        let cargo =
            cargo_of(&rustc).ok_or_else(|| MissingToolchain::NoCargo { rustc: rustc.clone() })?;
        let version = text.lines().next().and_then(|line| line.strip_prefix("rustc "));
        Ok(Self {
            version: version.unwrap_or(release).to_owned(),
            host: host.to_owned(),
            rustc,
            cargo,
            libdir,
        })
    }

    /// The release alone: `1.95.0`.
    pub fn release(&self) -> &str {
        self.version.split(' ').next().unwrap_or(&self.version)
    }
}

fn ask(rustc: &Path, arguments: &[&str]) -> Result<String, MissingToolchain> {
    let broken = |why: String| MissingToolchain::Broken { rustc: rustc.to_owned(), why };
    let output = Command::new(rustc).args(arguments).output().map_err(|error| {
        if error.kind() == std::io::ErrorKind::NotFound {
            MissingToolchain::NoRustc
        } else {
            broken(error.to_string())
        }
    })?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(broken(said.trim().lines().next().unwrap_or("it failed").to_owned()));
    }
    String::from_utf8(output.stdout).map_err(|_| broken("it answers no text".to_owned()))
}

/// Major and minor number of a release: `1.96.0-nightly`.
fn number(release: &str) -> Option<(u32, u32)> {
    let mut parts = release.split('.');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

fn has_dynamic_std(libdir: &Path) -> bool {
    let names = fs::read_dir(libdir).into_iter().flatten().flatten().map(|entry| entry.file_name());
    names.map(|name| name.to_string_lossy().into_owned()).any(|name| {
        name.starts_with("libstd-") && (name.ends_with(".so") || name.ends_with(".dylib"))
    })
}

/// The cargo that belongs to a compiler: beside it, else any.
fn cargo_of(rustc: &Path) -> Option<PathBuf> {
    let beside = rustc.parent().map(|folder| folder.join("cargo"));
    let named = env::var_os("CARGO").map(PathBuf::from);
    beside.into_iter().chain(named).find(|it| it.is_file()).or_else(|| program("cargo"))
}

/// A program on the path, or in rustup's folder.
fn program(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_else(|| OsString::from("/usr/local/bin:/usr/bin"));
    let cargo_home = env::var_os("CARGO_HOME").map(PathBuf::from);
    let rustup =
        cargo_home.or_else(|| env::var_os("HOME").map(|home| PathBuf::from(home).join(".cargo")));
    env::split_paths(&path)
        .chain(rustup.map(|folder| folder.join("bin")))
        .map(|folder| folder.join(name))
        .find(|file| file.is_file())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn script(folder: &Path, text: &str) -> PathBuf {
        let file = folder.join("rustc");
        fs::write(&file, format!("#!/bin/sh\n{text}\n")).expect("written");
        fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).expect("made a program");
        file
    }

    #[test]
    fn the_compiler_that_tests_are_built_with_serves() {
        let found = Toolchain::find().expect("a toolchain");
        assert!(found.release().starts_with("1."), "{found:?}");
        assert!(found.rustc.is_file() && found.cargo.is_file(), "{found:?}");
    }

    #[test]
    fn an_old_compiler_is_told_from_none_and_from_a_broken_one() {
        let folder = tempfile::tempdir().expect("a folder");
        let missing = Toolchain::of(&folder.path().join("rustc")).expect_err("none");
        assert!(missing.hint().expect("a hint").contains("rustup"), "{missing}");

        let old = script(folder.path(), "printf 'rustc 1.60.0\\nhost: x\\nrelease: 1.60.0\\n'");
        let old = Toolchain::of(&old).expect_err("old");
        assert!(old.to_string().contains("needs") || old.to_string().contains("1.60.0"), "{old}");
        assert!(matches!(old, MissingToolchain::TooOld { .. }), "{old}");

        let broken = script(folder.path(), "echo 'no default toolchain' >&2; exit 1");
        let broken = Toolchain::of(&broken).expect_err("broken");
        assert!(broken.to_string().contains("no default toolchain"), "{broken}");
    }
}
