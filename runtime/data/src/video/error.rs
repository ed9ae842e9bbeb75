//! What can be wrong with a film: where, what, and what to do now.

use std::path::PathBuf;

use flownote_flow::help::Help;

/// Why a film can't be read, or not any further.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum VideoError {
    /// A program that films are read with isn't there.
    #[error("films are read with `{program}`, which is not installed")]
    Tool {
        /// Its name.
        program: &'static str,
    },
    /// A program that films are read with can't be started, or is another than it should be.
    #[error("`{program}` failed: {message}")]
    ToolFailed {
        /// Its name.
        program: &'static str,
        /// What it, or the system, said.
        message: String,
    },
    /// There is no such file.
    #[error("there is no film {}", path.display())]
    Missing {
        /// Where it should be.
        path: PathBuf,
    },
    /// The file can't be read.
    #[error("the film {} can't be read: {message}", path.display())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why not.
        message: String,
    },
    /// The file has no bytes.
    #[error("the film {} is empty: it has zero bytes", path.display())]
    Empty {
        /// Which.
        path: PathBuf,
    },
    /// The file holds something else.
    #[error("{} is not a video: {message}", path.display())]
    NotAVideo {
        /// Which.
        path: PathBuf,
        /// What it is, or what wasn't found in it.
        message: String,
    },
    /// The file is a video of nothing.
    #[error("the film {} has no frames", path.display())]
    NoFrames {
        /// Which.
        path: PathBuf,
    },
    /// The file can be read until somewhere.
    #[error("the film {} is damaged {}: {message}", path.display(), place(*second))]
    Damaged {
        /// Which.
        path: PathBuf,
        /// When the last frame is shown that came before the damage.
        second: Option<f64>,
        /// What the decoder said.
        message: String,
    },
    /// Something that can't be asked for.
    #[error("`{name}` {problem}")]
    Request {
        /// What it is called.
        name: &'static str,
        /// What is wrong with it: a verb first.
        problem: String,
        /// What to do.
        hint: String,
    },
    /// Frames that were asked for before a fork, read after it.
    #[error("these frames are read by another process, which this one was forked from")]
    Forked,
}

fn place(second: Option<f64>) -> String {
    second.map_or("at its beginning".into(), |second| format!("after second {second:.2}"))
}

impl Help for VideoError {
    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Tool { .. } => "install the package `ffmpeg`: apt-get install ffmpeg \
                 (Debian, Ubuntu), dnf install ffmpeg (Fedora), brew install ffmpeg (macOS)"
                .into(),
            Self::ToolFailed { program, .. } => {
                format!("see that `{program} -version` works, and says 5.1 or newer")
            }
            Self::Missing { path } if path.is_relative() => match std::env::current_dir() {
                Ok(folder) => format!("it was looked for in {}", folder.display()),
                Err(_) => "give the whole path".into(),
            },
            Self::Missing { .. } => "see how the file is called".into(),
            Self::Unreadable { .. } => "see that it is a file, and that you may read it".into(),
            Self::Empty { .. } => "was it copied, or downloaded, to its end?".into(),
            Self::NotAVideo { .. } => {
                "give a file with a video stream that ffmpeg knows: mp4, mkv, webm, mov, avi …"
                    .into()
            }
            Self::NoFrames { .. } => "was it recorded, or copied, to its end?".into(),
            Self::Damaged { second: Some(second), .. } => format!(
                "the frames until there were read; get the whole film again, or read only \
                 what comes before: end={second:.2}"
            ),
            Self::Damaged { second: None, .. } => {
                "get the film again, or see whether a later `start` can be read".into()
            }
            Self::Request { hint, .. } => hint.clone(),
            Self::Forked => "ask for frames in the process that reads them".into(),
        })
    }
}
