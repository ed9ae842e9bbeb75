//! Why a run can't be served.

use flownote_flow::help::Help;
use flownote_models::ModelError;
use flownote_store::reference;

/// Why a run can't be served.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Unservable {
    /// What is to be served isn't in the store.
    #[error(transparent)]
    Reference(#[from] reference::Error),
    /// No run of a flow is as it was asked for.
    #[error("no run of `{flow}` in the store {store} succeeded{}", tagged(tag.as_deref()))]
    NoRun {
        /// The flow.
        flow: String,
        /// The tag that it was to have.
        tag: Option<String>,
        /// Where it was looked for.
        store: String,
    },
    /// A run doesn't end with what is needed.
    #[error("`{run}` ends without the artifact {names}")]
    Missing {
        /// The run.
        run: String,
        /// The names that would do.
        names: String,
        /// What it is to be.
        meaning: &'static str,
    },
    /// An artifact isn't what it is to be.
    #[error("`{artifact}` {problem}")]
    Unfit {
        /// Its pathspec.
        artifact: String,
        /// What is wrong, a verb first.
        problem: String,
        /// What it is to be.
        meaning: &'static str,
    },
    /// An artifact isn't a model that can be read.
    #[error("`{artifact}`: {source}")]
    Model {
        /// Its pathspec.
        artifact: String,
        /// What is wrong with it.
        source: ModelError,
    },
    /// Two policies choose the pictures of one title.
    #[error("`{artifact}` chooses pictures of `{title}`, and so does `{other}`")]
    Twice {
        /// The pathspec of the one that isn't served.
        artifact: String,
        /// The title.
        title: String,
        /// The pathspec of the other.
        other: String,
    },
    /// The log's end couldn't be written.
    #[error("{rows} rows of the log are lost: {}", said(because.as_deref()))]
    Unwritten {
        /// How many rows it doesn't have.
        rows: usize,
        /// Why; nothing where the store didn't answer in time.
        because: Option<Box<Unservable>>,
    },
    /// The store fails.
    #[error(transparent)]
    Store(#[from] flownote_store::Error),
    /// Reading it broke down.
    #[error("reading `{run}` broke down")]
    Broken {
        /// The run.
        run: String,
    },
}

fn tagged(tag: Option<&str>) -> String {
    tag.map(|tag| format!(" and is tagged `{tag}`")).unwrap_or_default()
}

fn said(because: Option<&Unservable>) -> String {
    because.map_or_else(|| "the store didn't answer in time".to_owned(), ToString::to_string)
}

impl Help for Unservable {
    fn hint(&self) -> Option<String> {
        match self {
            Self::Reference(error) => error.hint(),
            Self::NoRun { flow, tag: Some(tag), .. } => Some(format!(
                "tag one: `flownote tag add {flow}/RUN {tag}`; `flownote runs` lists them"
            )),
            Self::NoRun { .. } => {
                Some("run the flow first; `flownote runs` lists what there is".to_owned())
            }
            Self::Missing { meaning, .. } | Self::Unfit { meaning, .. } => {
                Some(format!("let the flow's last step have {meaning}"))
            }
            Self::Model { source, .. } => source.hint(),
            Self::Twice { title, .. } => {
                Some(format!("name one flow alone with --artwork for the pictures of `{title}`"))
            }
            Self::Unwritten { because: Some(error), .. } => error.hint(),
            Self::Unwritten { because: None, .. } => {
                Some("see whether the store can be written".to_owned())
            }
            Self::Store(error) => error.hint(),
            Self::Broken { .. } => None,
        }
    }
}
