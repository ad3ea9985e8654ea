//! Answers that are files.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use dianjian_base::hex;

/// A file with its type and its name.
#[derive(Debug)]
pub struct Download {
    kind: &'static str,
    name: String,
    bytes: Body,
    length: u64,
}

impl Download {
    /// A file that is in memory.
    pub fn new(kind: &'static str, name: impl Into<String>, bytes: Vec<u8>) -> Self {
        Self { kind, name: name.into(), length: bytes.len() as u64, bytes: Body::from(bytes) }
    }

    /// A file that is read while it is sent.
    pub fn streamed(name: impl Into<String>, bytes: Body, length: u64) -> Self {
        Self { kind: "application/octet-stream", name: name.into(), bytes, length }
    }
}

impl IntoResponse for Download {
    fn into_response(self) -> Response {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(self.kind));
        headers.insert(header::CONTENT_LENGTH, self.length.into());
        let disposition = format!("attachment; filename*=UTF-8''{}", percent(&self.name));
        if let Ok(disposition) = HeaderValue::from_str(&disposition) {
            headers.insert(header::CONTENT_DISPOSITION, disposition);
        }
        (headers, self.bytes).into_response()
    }
}

/// A name as it may stand in a header.
fn percent(name: &str) -> String {
    name.bytes().fold(String::new(), |mut text, byte| {
        if byte.is_ascii_alphanumeric() || b"-._".contains(&byte) {
            text.push(char::from(byte));
        } else {
            text.push('%');
            text.push_str(&hex(&[byte]));
        }
        text
    })
}
