//! A server of the program on the loopback interface, and a small client for it.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

/// No answer takes longer.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running server; it ends with the value.
pub struct Server {
    child: Child,
    address: String,
    token: String,
}

/// An answer.
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("no JSON: {}", self.text()))
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

impl Server {
    /// Starts the program with a state folder and further arguments.
    pub fn start(state: &Path, args: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_dianjian"))
            .args(["serve", "--no-open", "--lang", "en", "--as-of", "2026-11-22", "--state"])
            .arg(state)
            .args(args)
            .env("DIANJIAN_OCR", "off")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let rest = line.trim().strip_prefix("http://").unwrap_or_else(|| panic!("no address: {line:?}"));
        let (address, fragment) = rest.split_once("/#token=").unwrap();
        // Behind the token may stand the view of what was named.
        let token = fragment.split('&').next().unwrap();
        Self { child, address: address.to_owned(), token: token.to_owned() }
    }

    /// Kills the server at once, as the system would.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// A request of the page: `path` begins behind `/api/v1`.
    pub fn call(&self, method: &str, path: &str, body: Option<&Value>) -> Answer {
        let body = body.map(Value::to_string).unwrap_or_default();
        self.send(method, path, "application/json", body.as_bytes())
    }

    pub fn get(&self, path: &str) -> Value {
        let answer = self.call("GET", path, None);
        assert_eq!(answer.status, 200, "GET {path}: {}", answer.text());
        answer.json()
    }

    pub fn post(&self, path: &str, body: &Value) -> Value {
        let answer = self.call("POST", path, Some(body));
        assert_eq!(answer.status, 200, "POST {path}: {}", answer.text());
        answer.json()
    }

    /// Brings files into a project.
    pub fn upload(&self, project: &str, files: &[(&str, &[u8])]) -> Answer {
        let parts: Vec<(&str, &str, &[u8])> = files.iter().map(|(name, bytes)| ("file", *name, *bytes)).collect();
        self.form(&format!("/projects/{project}/files"), &parts)
    }

    /// Sends files as parts of a form.
    pub fn form(&self, path: &str, files: &[(&str, &str, &[u8])]) -> Answer {
        const BOUNDARY: &str = "dianjian-test";
        let mut body = Vec::new();
        for (part, name, bytes) in files {
            let head =
                format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{part}\"; filename=\"{name}\"\r\n\r\n");
            body.extend_from_slice(head.as_bytes());
            body.extend_from_slice(bytes);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(format!("--{BOUNDARY}--\r\n").as_bytes());
        self.send("POST", path, &format!("multipart/form-data; boundary={BOUNDARY}"), &body)
    }

    /// Checks a project, and returns the run when it is over.
    pub fn check(&self, project: &str) -> Value {
        let begun = self.post(&format!("/projects/{project}/runs"), &serde_json::json!({}));
        self.ended(project, begun["id"].as_str().unwrap())
    }

    /// A run when it is over.
    pub fn ended(&self, project: &str, run: &str) -> Value {
        let start = Instant::now();
        loop {
            let run = self.get(&format!("/projects/{project}/runs/{run}"));
            if run["state"] != "running" {
                return run;
            }
            assert!(start.elapsed() < PATIENCE, "the check does not end");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn send(&self, method: &str, path: &str, kind: &str, body: &[u8]) -> Answer {
        let headers =
            format!("Host: {}\r\nAuthorization: Bearer {}\r\nContent-Type: {kind}\r\n", self.address, self.token);
        self.raw(&format!("{method} /api/v1{path} HTTP/1.1\r\n{headers}"), body)
    }

    /// A request with just these lines before its length.
    pub fn raw(&self, head: &str, body: &[u8]) -> Answer {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let rest = format!("Content-Length: {}\r\nConnection: close\r\n\r\n", body.len());
        stream.write_all(format!("{head}{rest}").as_bytes()).unwrap();
        // A server that refuses early closes while the body is still on its way.
        let _ = stream.write_all(body);
        let mut bytes = Vec::new();
        let _ = stream.read_to_end(&mut bytes);
        let end = bytes.windows(4).position(|window| window == b"\r\n\r\n").expect("an answer has a head");
        let head = String::from_utf8_lossy(&bytes[..end]).to_ascii_lowercase();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        let body = bytes.split_off(end + 4);
        let body = if head.contains("transfer-encoding: chunked") { unchunked(&body) } else { body };
        Answer { status, head, body }
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    pub fn address(&self) -> &str {
        &self.address
    }

    pub fn token(&self) -> &str {
        &self.token
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn unchunked(mut bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    while let Some(end) = bytes.windows(2).position(|window| window == b"\r\n") {
        let size = usize::from_str_radix(std::str::from_utf8(&bytes[..end]).unwrap(), 16).unwrap();
        if size == 0 {
            break;
        }
        out.extend_from_slice(&bytes[end + 2..end + 2 + size]);
        bytes = &bytes[end + 4 + size..];
    }
    out
}
