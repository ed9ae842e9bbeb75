//! What travels between the server and the page, as JSON: one file a noun.
//!
//! Field names are in snake case, times RFC 3339 in UTC, durations milliseconds, sizes
//! bytes, ids text. The TypeScript types in `web/src/api/types.ts` are made from these
//! (`make types`), and a test says when they are not current.

mod act;
mod artifact;
mod code;
mod compare;
mod data;
mod error;
mod event;
mod health;
mod heat;
mod log;
mod me;
mod run;
mod run_detail;
mod state;
mod task;
#[cfg(test)]
pub(crate) mod typescript;

pub use act::{
    FormField, OpenTask, OpenedTask, ParameterForm, Resume, ResumeHow, Resumed, RunNotebook,
    Stopping, TagsChange,
};
pub use artifact::{
    ArtifactDetail, ArtifactRow, Lineage, LineageEdge, LineageNode, Preview, PreviewColumn, Use,
};
pub use code::{CodeDetail, FileDiff, SourceFile};
pub use compare::{ComparedArtifact, ComparedRun, Comparison};
pub use data::{
    CatalogEntry, CatalogList, ColumnKind, ColumnStatistics, FrequentValue, NamedTable,
    QueryAnswer, QueryPlace, TableColumn, TableInfo, TablePage, TableQuery, TableSource, TableView,
    TableWindow,
};
pub use error::{ApiError, ErrorBody};
pub use event::{LogEvent, RunEvent, TaskEvent};
pub use health::{
    CheckResult, Checking, Damaged, DiskRoom, EndKernel, FlowSize, FreedByGc, Health, Job,
    KernelRow, LeaseRow, MemoryRoom, RecentError, RunProcess, StoreSize,
};
pub use heat::Heat;
pub use log::{LogPage, LogRow};
pub use me::Me;
pub use run::{FlowRow, RunList, RunRow, Tally};
pub use run_detail::{Graph, GraphStep, RunDetail, StepRow, WhyRow};
pub use state::{RunState, TaskState};
pub use task::{AttemptRow, Frame, ReusedFrom, TaskDetail, TaskError, TaskList, TaskRow};
