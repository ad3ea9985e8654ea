//! What a client says of itself, and what it is answered.

use std::path::PathBuf;

use dianjian_base::lang::Lang;
use serde_json::{Value, json};

use crate::actions::{APPLY_SUPPRESSION, CHECK_WORKSPACE, EXPLAIN};
use crate::position::ColumnUnit;
use crate::uri::to_path;

/// What is known of a client. Whatever it does not say has the protocol's default; nothing it says is refused.
#[derive(Debug, Default)]
pub(crate) struct Client {
    pub unit: ColumnUnit,
    /// The language that it asks for.
    pub lang: Option<Lang>,
    /// The folders that it works in, as paths without links.
    pub roots: Vec<PathBuf>,
    /// Whether it can be told which files on disk to watch.
    pub watches: bool,
    /// Whether it shows how far something is.
    pub shows_progress: bool,
    /// Whether it shows pages for rules.
    pub links_codes: bool,
}

impl Client {
    /// Reads the parameters of `initialize`.
    pub fn new(params: &Value) -> Self {
        let flag = |path: &str| params.pointer(path).and_then(Value::as_bool).unwrap_or_default();
        let text = |path: &str| params.pointer(path).and_then(Value::as_str);
        let offered = params.pointer("/capabilities/general/positionEncodings").and_then(Value::as_array);
        let unit = ColumnUnit::negotiated(offered.into_iter().flatten().filter_map(Value::as_str));
        let lang = text("/initializationOptions/lang").or_else(|| text("/locale"));
        let folders = params.get("workspaceFolders").and_then(Value::as_array);
        let mut roots: Vec<PathBuf> =
            folders.into_iter().flatten().filter_map(|folder| to_path(folder.get("uri")?.as_str()?)).collect();
        if roots.is_empty() {
            roots.extend(text("/rootUri").and_then(to_path).or_else(|| text("/rootPath").map(PathBuf::from)));
        }
        Self {
            unit,
            lang: lang.and_then(|lang| lang.parse().ok()),
            roots: roots.into_iter().map(|root| root.canonicalize().unwrap_or(root)).collect(),
            watches: flag("/capabilities/workspace/didChangeWatchedFiles/dynamicRegistration"),
            shows_progress: flag("/capabilities/window/workDoneProgress"),
            links_codes: flag("/capabilities/textDocument/publishDiagnostics/codeDescriptionSupport"),
        }
    }

    /// The answer to `initialize`.
    pub fn welcome(&self) -> Value {
        let kinds = ["quickfix", "source.fixAll.dianjian"];
        let capabilities = json!({
            "positionEncoding": self.unit.kind(),
            "textDocumentSync": {"openClose": true, "change": 2, "save": {"includeText": false}},
            "hoverProvider": true,
            "definitionProvider": true,
            "referencesProvider": true,
            "documentSymbolProvider": true,
            "codeActionProvider": {"codeActionKinds": kinds},
            "completionProvider": {"triggerCharacters": [":", " ", "[", ",", "/"]},
            "executeCommandProvider": {"commands": [CHECK_WORKSPACE, EXPLAIN, APPLY_SUPPRESSION]},
        });
        let info = json!({"name": "dianjian", "version": env!("CARGO_PKG_VERSION")});
        json!({"capabilities": capabilities, "serverInfo": info})
    }

    /// The files on disk that it is asked to watch.
    pub fn watchers() -> Value {
        const WATCHED: &str = "**/*.{yaml,yml,json,ndjson,jsonl,csv,tsv,xlsx,xml,md,txt,srt,docx}";
        let options = json!({"watchers": [{"globPattern": WATCHED}]});
        let method = "workspace/didChangeWatchedFiles";
        json!({"registrations": [{"id": "dianjian-files", "method": method, "registerOptions": options}]})
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_may_say_little_or_nonsense() {
        let silent = Client::new(&Value::Null);
        assert_eq!((silent.unit, silent.lang, silent.roots.len()), (ColumnUnit::Utf16, None, 0));
        let odd = Client::new(&json!({"capabilities": {"general": {"positionEncodings": "utf-8"}}, "locale": 3}));
        assert_eq!((odd.unit, odd.lang), (ColumnUnit::Utf16, None));
        let full =
            Client::new(&json!({"locale": "zh-CN", "rootUri": "file:///none", "initializationOptions": {"lang": "en"},
            "capabilities": {"general": {"positionEncodings": ["utf-16", "utf-8"]}}}));
        assert_eq!(
            (full.unit, full.lang, full.roots),
            (ColumnUnit::Utf8, Some(Lang::En), vec![PathBuf::from("/none")])
        );
    }
}
