//! Why the workbench cannot be served.

use std::net::SocketAddr;

use dianjian_base::localized;

use crate::store::StoreError;

/// The server cannot begin, or had to end.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The address cannot be listened on.
    Listen {
        /// What was asked for.
        address: SocketAddr,
        /// The system's reason.
        reason: String,
    },
    /// A token in a file that is none.
    Token {
        /// How many characters it has at least.
        least: usize,
    },
    /// A file that was named cannot be brought in.
    File {
        /// The file.
        path: String,
        /// The system's reason.
        reason: String,
    },
    /// What is remembered cannot be used.
    Store(#[from] StoreError),
    /// The machinery of the server failed.
    Io {
        /// The system's reason.
        reason: String,
    },
}

localized! { ServeError {
    Self::Listen { address, reason } => {
        zh: "不能在 {address} 上提供服务：{reason}",
        en: "cannot serve on {address}: {reason}",
        help zh: "用 --port 换一个端口；--port 0 由系统选一个空闲的。",
        help en: "choose another port with --port; --port 0 takes a free one",
    }
    Self::Token { least } => {
        zh: "凭证至少要有 {least} 个字符，只能是字母、数字和标点",
        en: "a token has at least {least} characters: letters, digits and punctuation",
    }
    Self::File { path, reason } => { zh: "不能读取 {path}：{reason}", en: "{path} cannot be read: {reason}" }
    Self::Store(error) => error,
    Self::Io { reason } => { zh: "服务中断：{reason}", en: "the server stopped: {reason}" }
} }
