//! Answers that say what is wrong, in both languages.

use std::path::Path;

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use dianjian_base::lang::{Lang, Localized as _, Text};
use dianjian_base::text;
use serde::Serialize;

use crate::store::StoreError;

/// An answer other than success: its status, a word for programs, and what it means for people.
#[derive(Debug)]
pub struct ApiError {
    status: StatusCode,
    body: ErrorBody,
}

#[derive(Debug, Serialize)]
struct ErrorBody {
    code: &'static str,
    message: Text,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<Text>,
}

#[derive(Serialize)]
struct ErrorAnswer<'e> {
    error: &'e ErrorBody,
}

impl ApiError {
    /// An error with its word for programs and its message.
    pub fn new(status: StatusCode, code: &'static str, message: Text) -> Self {
        Self { status, body: ErrorBody { code, message, help: None } }
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
    pub fn with_help(mut self, help: Text) -> Self {
        self.body.help = Some(help);
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
        let (zh, en) = (error.text(Lang::Zh), error.text(Lang::En));
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "store", Text { zh, en })
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        (self.status, Json(ErrorAnswer { error: &self.body })).into_response()
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
