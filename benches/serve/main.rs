//! The workbench's server under load: many clients at once, and a check of many records with many findings.
//!
//! - `cargo bench --bench serve -- clients`: `CLIENTS` (50) clients ask for `SECONDS` (120) what is wrong with one sentence.
//! - `cargo bench --bench serve -- records`: a folder of `RECORDS` (1,000,000) shops in NDJSON, one of ten with a finding:
//!   when the first findings can be read, when the check is over, and the most memory that the server and the process that checks took.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a benchmark that fails should stop and say so"
)]

use std::fs::File;
use std::io::{BufRead as _, BufReader, BufWriter, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

fn main() {
    let wanted: Vec<String> = std::env::args().skip(1).filter(|arg| !arg.starts_with('-')).collect();
    let is_wanted = |name: &str| wanted.is_empty() || wanted.iter().any(|wanted| wanted == name);
    if is_wanted("clients") {
        clients(number("CLIENTS", 50), Duration::from_secs(number("SECONDS", 120) as u64));
    }
    if is_wanted("records") {
        records(number("RECORDS", 1_000_000));
    }
}

fn number(name: &str, usual: usize) -> usize {
    std::env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(usual)
}

/// A running server; it ends with the value.
struct Server {
    child: Child,
    address: String,
    token: String,
    _state: tempfile::TempDir,
}

impl Server {
    fn start(paths: &[&Path]) -> Self {
        let state = tempfile::tempdir().unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_dianjian"))
            .args(["serve", "--no-open", "--as-of", "2026-11-22", "--state"])
            .arg(state.path())
            .args(paths)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let (address, rest) = line.trim().strip_prefix("http://").unwrap().split_once("/#token=").unwrap();
        let token = rest.split('&').next().unwrap().to_owned();
        Self { child, address: address.to_owned(), token, _state: state }
    }

    fn connect(&self) -> Connection<'_> {
        let stream = TcpStream::connect(&self.address).unwrap();
        stream.set_nodelay(true).unwrap();
        Connection { server: self, reader: BufReader::new(stream) }
    }

    /// The most memory that it took so far, in MiB.
    fn peak(&self) -> u64 {
        peak(self.child.id())
    }

    /// The same of the process that makes the check.
    fn worker_peak(&self) -> u64 {
        let id = self.child.id();
        let tasks = std::fs::read_dir(format!("/proc/{id}/task")).into_iter().flatten().flatten();
        let children = tasks.filter_map(|task| std::fs::read_to_string(task.path().join("children")).ok());
        let workers = children.flat_map(|ids| ids.split_whitespace().map(str::to_owned).collect::<Vec<_>>());
        workers.filter_map(|id| id.parse().ok()).map(peak).max().unwrap_or_default()
    }
}

/// The most memory that a process took so far, in MiB.
fn peak(id: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    peak.and_then(|line| line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()).unwrap_or(0) / 1024
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A connection that is used again and again.
struct Connection<'s> {
    server: &'s Server,
    reader: BufReader<TcpStream>,
}

impl Connection<'_> {
    fn call(&mut self, method: &str, path: &str, body: &str) -> (u16, Value) {
        let Server { address, token, .. } = self.server;
        let head = format!(
            "{method} /api/v1{path} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        self.reader.get_mut().write_all((head + body).as_bytes()).unwrap();
        let (mut status, mut length, mut line) = (0, 0, String::new());
        loop {
            line.clear();
            self.reader.read_line(&mut line).unwrap();
            let text = line.trim().to_ascii_lowercase();
            if text.is_empty() {
                break;
            }
            if let Some(rest) = text.strip_prefix("http/1.1 ") {
                status = rest.get(..3).unwrap().parse().unwrap();
            }
            if let Some(rest) = text.strip_prefix("content-length:") {
                length = rest.trim().parse().unwrap();
            }
        }
        let mut bytes = vec![0; length];
        self.reader.read_exact(&mut bytes).unwrap();
        (status, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
    }
}

/// Lines that one might say; each client begins with another.
const SENTENCES: [&str; 6] = [
    "今天这款明前龙井，只要 199，喜欢的点下方小黄车。",
    "想要更低价的，加我微信：chun_cha88，备注直播。",
    "全网最低价，假一赔十，明天就恢复原价。",
    "老铁们点个关注，今晚八点还有一场。",
    "这款茶能降血压，喝了都说好。",
    "打不开链接的朋友可以联系客服。",
];

fn clients(count: usize, time: Duration) {
    let server = Server::start(&[]);
    let begun = Instant::now();
    let client = |number: usize| {
        let mut connection = server.connect();
        let (mut took, mut failed) = (Vec::new(), 0);
        for round in 0.. {
            if begun.elapsed() > time {
                break;
            }
            let text = SENTENCES[(number + round) % SENTENCES.len()];
            let body = json!({"texts": [{"as": "live", "text": text}]}).to_string();
            let start = Instant::now();
            let (status, _) = connection.call("POST", "/check", &body);
            took.push(start.elapsed());
            failed += usize::from(status != 200);
        }
        (took, failed)
    };
    let results: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..count).map(|number| scope.spawn(move || client(number))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let failed: usize = results.iter().map(|(_, failed)| failed).sum();
    let mut took: Vec<Duration> = results.into_iter().flat_map(|(took, _)| took).collect();
    took.sort();
    let at = |part: f64| took[((took.len() - 1) as f64 * part) as usize].as_secs_f64() * 1e3;
    println!(
        "{count} clients, {} s: {} answers, {failed} failed; median {:.1} ms, p99 {:.1} ms, longest {:.1} ms; {} MiB",
        time.as_secs(),
        took.len(),
        at(0.5),
        at(0.99),
        at(1.0),
        server.peak()
    );
}

fn records(count: usize) {
    let folder = tempfile::tempdir().unwrap();
    let mut out = BufWriter::new(File::create(folder.path().join("shops.ndjson")).unwrap());
    for number in 0..count {
        let kind = if number % 10 == 0 { "旗舰店" } else { "陶坊" };
        let shop = json!({
            "kind": "Shop", "id": format!("s{number}"), "system": "weixin-store", "name": format!("晴川{number}{kind}"),
            "status": "open_finished",
        });
        writeln!(out, "{shop}").unwrap();
    }
    out.into_inner().unwrap().sync_all().unwrap();
    let server = Server::start(&[folder.path()]);
    let mut connection = server.connect();
    let id = connection.call("GET", "/projects", "").1[0]["id"].as_str().unwrap().to_owned();
    let begun = Instant::now();
    let (status, run) = connection.call("POST", &format!("/projects/{id}/runs"), "{}");
    assert_eq!(status, 200, "{run}");
    let (mut first, mut total, mut worker) = (None, 0, 0);
    loop {
        let (_, found) = connection.call("GET", &format!("/projects/{id}/runs/latest/findings?n=50"), "");
        total = found["total"].as_u64().unwrap_or(total);
        if total > 0 {
            first.get_or_insert_with(|| begun.elapsed());
        }
        worker = worker.max(server.worker_peak());
        let (_, run) = connection.call("GET", &format!("/projects/{id}/runs/latest"), "");
        if run["state"] != "running" {
            break;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    let over = begun.elapsed();
    let window = Instant::now();
    connection.call("GET", &format!("/projects/{id}/runs/latest/findings?from={}&n=200", total / 2), "");
    println!(
        "{count} records, {total} findings: first after {:.2} s, over after {:.1} s; a window in the middle {:.0} ms; server {} MiB, \
         worker {worker} MiB",
        first.unwrap_or(over).as_secs_f64(),
        over.as_secs_f64(),
        window.elapsed().as_secs_f64() * 1e3,
        server.peak()
    );
}
