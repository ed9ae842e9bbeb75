//! Answers: JSON, and failures that say what, where and what now.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use flownote_flow::help::Help;

use crate::api::{ApiError, ErrorBody};

/// What a handler answers.
pub type Answer<T> = Result<Json<T>, Failure>;

/// An answer that is no success.
#[derive(Clone, Debug)]
pub struct Failure {
    status: StatusCode,
    error: ApiError,
}

impl Failure {
    /// A failure with a hint.
    pub fn new(status: StatusCode, what: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { status, error: ApiError { what: what.into(), place: None, hint: Some(hint.into()) } }
    }

    /// What kind of failure.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// A request that makes no sense.
    pub fn wrong(what: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, what, hint)
    }

    /// Something that isn't there.
    pub fn missing(what: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, what, hint)
    }

    /// Something that can't be done as things are.
    pub fn refused(what: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, what, hint)
    }

    /// Any error with its own hint.
    pub fn of(status: StatusCode, error: &dyn Help) -> Self {
        let error = ApiError { what: error.to_string(), place: None, hint: error.hint() };
        Self { status, error }
    }

    /// Says where.
    pub fn at(mut self, place: impl Into<String>) -> Self {
        self.error.place = Some(place.into());
        self
    }
}

impl From<flownote_store::Error> for Failure {
    fn from(error: flownote_store::Error) -> Self {
        use flownote_store::Error;
        let status = match &error {
            Error::Missing { .. } => StatusCode::NOT_FOUND,
            Error::Name { .. } | Error::Url { .. } => StatusCode::BAD_REQUEST,
            Error::Damaged { .. } | Error::MissingBlob { .. } => StatusCode::GONE,
            Error::DiskFull { .. } => StatusCode::INSUFFICIENT_STORAGE,
            Error::ReadOnly { .. } | Error::Denied { .. } => StatusCode::FORBIDDEN,
            Error::Backend { .. } | Error::Credentials { .. } | Error::NoBucket { .. } => {
                StatusCode::BAD_GATEWAY
            }
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        };
        Self::of(status, &error)
    }
}

impl From<flownote_flow::pathspec::Error> for Failure {
    fn from(error: flownote_flow::pathspec::Error) -> Self {
        Self::of(StatusCode::BAD_REQUEST, &error)
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        (self.status, Json(ErrorBody { error: self.error })).into_response()
    }
}
