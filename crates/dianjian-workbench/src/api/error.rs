//! Answers that say what is wrong, in both languages.

use std::path::Path;

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use dianjian_base::lang::{Localized, Text};
use dianjian_base::text;
use dianjian_document::source::SourceError;
use schemars::JsonSchema;
use serde::Serialize;

use crate::store::StoreError;

/// An answer other than success: its status, a word for programs, and what it means for people.
#[derive(Debug)]
pub struct ApiError {
    status: StatusCode,
    body: ErrorBody,
}

#[derive(Debug, Serialize, JsonSchema)]
struct ErrorBody {
    code: &'static str,
    message: Text,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<Text>,
}

/// What every answer other than success says.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ErrorAnswer {
    error: ErrorBody,
}

impl ApiError {
    /// An error with its word for programs and its message.
    pub fn new(status: StatusCode, code: &'static str, message: Text) -> Self {
        Self { status, body: ErrorBody { code, message, help: None } }
    }

    /// An error of something else with its word for programs, and its help.
    pub fn of(status: StatusCode, code: &'static str, error: &dyn Localized) -> Self {
        Self { status, body: ErrorBody { code, message: error.both(), help: error.both_help() } }
    }

    /// A fault of the program itself.
    pub fn failed() -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "failed",
            text! {
                zh: "程序出错了，这次请求没有完成",
                en: "the program failed and the request was not carried out",
            },
        )
    }

    /// Something would be changed, and the server only shows.
    pub fn readonly() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "readonly",
            text! {
                zh: "工作台是只读的（--readonly）",
                en: "the workbench only shows (--readonly)",
            },
        )
    }

    /// Something that cannot be read or written on disk.
    pub fn unwritable(path: &Path, error: &std::io::Error) -> Self {
        let path = path.display();
        Self::new(
            StatusCode::CONFLICT,
            "unwritable",
            text! {
                zh: "读写 {path} 时出错：{error}",
                en: "{path} cannot be read or written: {error}",
            },
        )
    }

    /// The same error with what to do.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<Option<Text>>) -> Self {
        self.body.help = help.into();
        self
    }

    /// What it means for people.
    pub const fn message(&self) -> &Text {
        &self.body.message
    }

    /// What to do.
    pub const fn help(&self) -> Option<&Text> {
        self.body.help.as_ref()
    }

    /// The status of the answer.
    #[cfg(test)]
    pub const fn status(&self) -> StatusCode {
        self.status
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        Self::of(StatusCode::INTERNAL_SERVER_ERROR, "store", &error)
    }
}

impl From<SourceError> for ApiError {
    fn from(error: SourceError) -> Self {
        Self::of(StatusCode::UNPROCESSABLE_ENTITY, "unreadable", &error)
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        (self.status, Json(ErrorAnswer { error: self.body })).into_response()
    }
}

/// What an address gets that the interface does not have.
pub async fn unknown_address() -> ApiError {
    ApiError::new(
        StatusCode::NOT_FOUND,
        "no-such-address",
        text! {
            zh: "接口里没有这个地址",
            en: "the interface has no such address",
        },
    )
}
