//! The exit codes of every verb. `flownote help exit-codes` prints this table.

/// How the program ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// All went well.
    Success,
    /// A step failed, or a check found something.
    Failure,
    /// The command line or the flow is wrong.
    Usage,
    /// The datastore can't be used.
    Store,
    /// The run belongs to another scheduler.
    Fenced,
    /// What was asked for doesn't exist.
    NotFound,
    /// The run was cancelled by SIGINT or SIGTERM.
    Cancelled,
}

impl Exit {
    /// Every code with its meaning.
    pub const ALL: &[(Self, &str)] = &[
        (Self::Success, "all went well"),
        (Self::Failure, "a step failed, or a check found something"),
        (Self::Usage, "the command line or the flow is wrong"),
        (Self::Store, "the datastore can't be used"),
        (Self::Fenced, "the run belongs to another scheduler"),
        (Self::NotFound, "what was asked for doesn't exist"),
        (Self::Cancelled, "the run was cancelled"),
    ];

    /// The number.
    pub const fn code(self) -> u8 {
        match self {
            Self::Success => 0,
            Self::Failure => 1,
            Self::Usage => 2,
            Self::Store => 3,
            Self::Fenced => 4,
            Self::NotFound => 5,
            Self::Cancelled => 130,
        }
    }
}
