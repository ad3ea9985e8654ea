//! An editor as the language server sees it: the real program over its standard input and output.

use std::io::{BufRead, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// Nothing takes longer, on however busy a machine.
const PATIENCE: Duration = Duration::from_secs(120);

/// An editor with a server of its own.
pub struct Editor {
    child: Child,
    to: Option<ChildStdin>,
    from: Receiver<Value>,
    pub root: PathBuf,
    /// The encoding of columns that was agreed on.
    pub encoding: String,
    last_id: i64,
    /// What came while something else was waited for.
    aside: Vec<Value>,
}

impl Editor {
    /// Starts a server in a folder, offering these encodings.
    pub fn start(root: &Path, encodings: &[&str]) -> Self {
        let mut editor = Self::unstarted(root);
        let capabilities = json!({"general": {"positionEncodings": encodings},
            "textDocument": {"publishDiagnostics": {"codeDescriptionSupport": true}}});
        let uri = editor.uri("");
        let params = json!({"processId": null, "rootUri": uri, "locale": "zh-CN", "capabilities": capabilities});
        let answer = editor.ask("initialize", params);
        editor.encoding = answer["capabilities"]["positionEncoding"].as_str().unwrap().to_owned();
        editor.tell("initialized", json!({}));
        editor
    }

    /// Starts a server that has not been greeted.
    pub fn unstarted(root: &Path) -> Self {
        let root = root.canonicalize().unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_dianjian"))
            .args(["lsp", "--as-of", "2026-11-22"])
            .env("DIANJIAN_OCR", "off")
            .env("XDG_CACHE_HOME", root.join(".cache"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let (sender, from) = channel();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        std::thread::spawn(move || {
            while let Some(message) = read(&mut out) {
                if sender.send(message).is_err() {
                    return;
                }
            }
        });
        let to = child.stdin.take();
        Self { child, to, from, root, encoding: String::new(), last_id: 0, aside: Vec::new() }
    }

    pub fn uri(&self, file: &str) -> String {
        let path = self.root.join(file).to_string_lossy().into_owned();
        let encode = |byte: u8| match byte {
            b'/' | b'.' | b'-' | b'_' => char::from(byte).to_string(),
            _ if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        };
        format!("file://{}", path.bytes().map(encode).collect::<String>().trim_end_matches('/'))
    }

    /// Sends bytes as they are.
    pub fn raw(&mut self, bytes: &[u8]) {
        let to = self.to.as_mut().unwrap();
        // A server that has left does not read.
        let _ = to.write_all(bytes).and_then(|()| to.flush());
    }

    pub fn send(&mut self, message: &Value) {
        let body = message.to_string();
        self.raw(format!("Content-Length: {}\r\n\r\n{body}", body.len()).as_bytes());
    }

    pub fn tell(&mut self, method: &str, params: Value) {
        self.send(&json!({"jsonrpc": "2.0", "method": method, "params": params}));
    }

    /// Sends a request and returns its id.
    pub fn begin(&mut self, method: &str, params: Value) -> i64 {
        self.last_id += 1;
        let id = self.last_id;
        self.send(&json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}));
        id
    }

    /// Sends a request and waits for what comes of it, an error as such.
    pub fn answer(&mut self, method: &str, params: Value) -> Value {
        let id = self.begin(method, params);
        self.wait(&|message| message["id"] == id && message.get("method").is_none())
    }

    /// Sends a request that succeeds.
    pub fn ask(&mut self, method: &str, params: Value) -> Value {
        let answer = self.answer(method, params);
        assert!(answer.get("error").is_none(), "{method}: {answer}");
        answer["result"].clone()
    }

    /// Waits for a message.
    pub fn wait(&mut self, is_meant: &dyn Fn(&Value) -> bool) -> Value {
        if let Some(at) = self.aside.iter().position(is_meant) {
            return self.aside.remove(at);
        }
        let until = Instant::now() + PATIENCE;
        loop {
            let left = until.saturating_duration_since(Instant::now());
            let message = self.from.recv_timeout(left).unwrap_or_else(|_| panic!("not among {:?}", self.aside));
            if is_meant(&message) {
                return message;
            }
            self.aside.push(message);
        }
    }

    pub fn open(&mut self, file: &str, language: &str, text: &str) {
        let document = json!({"uri": self.uri(file), "languageId": language, "version": 1, "text": text});
        self.tell("textDocument/didOpen", json!({"textDocument": document}));
    }

    /// Makes edits, one after another, each `(start line, start column, end line, end column, text)`.
    pub fn edit(&mut self, file: &str, version: i64, edits: &[(u32, u32, u32, u32, &str)]) {
        let change = |(line, column, end, end_column, text): &(u32, u32, u32, u32, &str)| {
            json!({"range": {"start": {"line": line, "character": column}, "end": {"line": end, "character": end_column}},
                "text": text})
        };
        let changes: Vec<Value> = edits.iter().map(change).collect();
        let document = json!({"uri": self.uri(file), "version": version});
        self.tell("textDocument/didChange", json!({"textDocument": document, "contentChanges": changes}));
    }

    /// The diagnostics of a version of a file.
    pub fn diagnostics(&mut self, file: &str, version: i64) -> Vec<Value> {
        let uri = self.uri(file);
        let is_meant = |message: &Value| {
            let params = &message["params"];
            message["method"] == "textDocument/publishDiagnostics"
                && params["uri"] == uri
                && params["version"] == version
        };
        self.wait(&is_meant)["params"]["diagnostics"].as_array().unwrap().clone()
    }

    /// Asks at a position of a file.
    pub fn ask_at(&mut self, method: &str, file: &str, (line, character): (u32, u32)) -> Value {
        let document = json!({"uri": self.uri(file)});
        let context = json!({"includeDeclaration": true});
        let position = json!({"line": line, "character": character});
        self.ask(method, json!({"textDocument": document, "position": position, "context": context}))
    }

    /// The actions for a range of a file.
    pub fn actions(&mut self, file: &str, range: &Value) -> Vec<Value> {
        let params = json!({"textDocument": {"uri": self.uri(file)}, "range": range, "context": {"diagnostics": []}});
        self.ask("textDocument/codeAction", params).as_array().unwrap().clone()
    }

    /// Ends the server as an editor does; its exit status.
    pub fn end(mut self) -> i32 {
        self.ask("shutdown", Value::Null);
        self.tell("exit", Value::Null);
        self.status()
    }

    /// The exit status of a server that ends by itself or whose input ends.
    pub fn status(mut self) -> i32 {
        drop(self.to.take());
        let until = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code().unwrap_or(-1);
            }
            assert!(Instant::now() < until, "the server does not end");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Bytes that the server holds in memory.
    #[cfg(target_os = "linux")]
    pub fn memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() << 10
    }
}

impl Drop for Editor {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn read(from: &mut impl BufRead) -> Option<Value> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if from.read_line(&mut line).ok()? == 0 {
            return None;
        }
        match line.trim().split_once(':') {
            Some((name, value)) if name.eq_ignore_ascii_case("content-length") => length = value.trim().parse().ok()?,
            Some(_) => {}
            None if line.trim().is_empty() => break,
            None => return None,
        }
    }
    let mut body = vec![0; length];
    from.read_exact(&mut body).ok()?;
    serde_json::from_slice(&body).ok()
}

/// The text with edits made that the server wants, in the encoding that was agreed on.
pub fn applied(text: &str, edits: &Value, encoding: &str) -> String {
    let mut edits: Vec<(usize, usize, String)> = edits
        .as_array()
        .unwrap()
        .iter()
        .map(|edit| {
            let at = |end: &str| byte_at(text, &edit["range"][end], encoding);
            (at("start"), at("end"), edit["newText"].as_str().unwrap().to_owned())
        })
        .collect();
    edits.sort();
    let mut text = text.to_owned();
    for (start, end, new) in edits.iter().rev() {
        text.replace_range(start..end, new);
    }
    text
}

/// The text of a range.
pub fn marked(text: &str, range: &Value, encoding: &str) -> String {
    text[byte_at(text, &range["start"], encoding)..byte_at(text, &range["end"], encoding)].to_owned()
}

/// The byte at a position, found by going along.
fn byte_at(text: &str, position: &Value, encoding: &str) -> usize {
    let (line, column) = (position["line"].as_u64().unwrap(), position["character"].as_u64().unwrap() as usize);
    let start = text.split_inclusive('\n').take(line as usize).map(str::len).sum::<usize>();
    let mut units = 0;
    for (at, character) in text[start..].char_indices() {
        if units >= column {
            return start + at;
        }
        units += match encoding {
            "utf-8" => character.len_utf8(),
            "utf-16" => character.len_utf16(),
            _ => 1,
        };
    }
    text.len()
}
