//! Checks are made in processes of their own: one that dies or hangs costs its check alone, and none outlives the server.
#![cfg(target_os = "linux")]

use std::fmt::Write as _;
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::json;

use super::client::Server;
use super::{SHOP, project};

/// The processes whose parent is another.
fn children(parent: u32) -> Vec<u32> {
    let processes = std::fs::read_dir("/proc").unwrap().flatten();
    let numbers = processes.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    let parent_of = |id: &u32| {
        let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
        // The name before it may hold anything, and ends with the last bracket.
        stat.rsplit_once(") ")?.1.split(' ').nth(1)?.parse::<u32>().ok()
    };
    numbers.filter(|id| parent_of(id) == Some(parent)).collect()
}

fn signal(process: u32, name: &str) {
    assert!(Command::new("kill").args([name, &process.to_string()]).status().unwrap().success());
}

fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < Duration::from_secs(30), "{what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// A project with a list of shops that takes a while, its check, and the process that makes it.
fn busy(server: &Server) -> (String, String, u32) {
    let mut shops = String::new();
    for number in 0..150_000 {
        let _ = writeln!(
            shops,
            r#"{{"kind":"Shop","id":"s{number}","system":"weixin-store","name":"云山旗舰店{number}","score":3.{number}}}"#
        );
    }
    let id = project(server, &[("shops.ndjson", shops.as_bytes())]);
    let run = server.post(&format!("/projects/{id}/runs"), &json!({}))["id"].as_str().unwrap().to_owned();
    let workers = children(server.pid());
    assert_eq!(workers.len(), 1, "{workers:?}");
    (id, run, workers[0])
}

#[test]
fn a_worker_that_dies_costs_its_check_alone() {
    let state = tempfile::tempdir().unwrap();
    let server = Server::start(state.path(), &[]);
    let (id, run, worker) = busy(&server);
    signal(worker, "-KILL");
    assert_eq!(server.ended(&id, &run)["state"], "failed");
    until("a killed worker is no longer there", || children(server.pid()).is_empty());
    let other = project(&server, &[("shop.yaml", SHOP.as_bytes())]);
    assert_eq!(server.check(&other)["summary"]["errors"], 1);
    let answer = server.post("/check", &json!({"texts": [{"as": "name", "text": "云山旗舰店"}]}));
    assert_eq!(answer["findings"].as_array().unwrap().len(), 1);
}

#[test]
fn a_worker_is_stopped_also_when_it_does_not_listen() {
    let state = tempfile::tempdir().unwrap();
    let server = Server::start(state.path(), &[]);
    let (id, run, _) = busy(&server);
    let stop =
        |run: &str| assert_eq!(server.call("POST", &format!("/projects/{id}/runs/{run}/stop"), None).status, 202);
    stop(&run);
    assert_eq!(server.ended(&id, &run)["state"], "stopped");
    let run = server.post(&format!("/projects/{id}/runs"), &json!({}))["id"].as_str().unwrap().to_owned();
    signal(children(server.pid())[0], "-STOP");
    stop(&run);
    assert_eq!(server.ended(&id, &run)["state"], "stopped");
    until("a stopped worker is no longer there", || children(server.pid()).is_empty());
}

#[test]
fn no_worker_outlives_its_server() {
    let state = tempfile::tempdir().unwrap();
    let server = Server::start(state.path(), &[]);
    let (id, run, worker) = busy(&server);
    server.kill();
    let command = || std::fs::read_to_string(format!("/proc/{worker}/cmdline")).unwrap_or_default();
    until("the worker ends", || !command().contains("--worker"));
    let server = Server::start(state.path(), &[]);
    assert_eq!(server.ended(&id, &run)["state"], "stopped");
}
