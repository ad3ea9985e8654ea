//! Migration plans over real sockets: made, decided about, carried out, cut off, taken up again, undone.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::client::Server;

/// No run takes longer.
const PATIENCE: Duration = Duration::from_secs(60);

/// A fleet of channels stores, one a file, with so many that a run can be cut off in the middle.
fn fleet(folder: &Path, shops: usize) {
    for at in 0..shops {
        let text = format!(
            "# 第 {at} 家\r\nkind: Shop\r\nid: s{at}\r\nsystem: channels-store\r\nname: '云山{at}号旗舰店'   # 店名\r\n\
             subject: {{type: enterprise}}\r\n"
        );
        std::fs::write(folder.join(format!("s{at:04}.yaml")), text).unwrap();
    }
}

fn bytes(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_file());
    files.map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read(path).unwrap())).collect()
}

fn folder_project(server: &Server) -> String {
    let projects = server.get("/projects");
    projects.as_array().unwrap().iter().find(|p| p["kind"] == "folder").unwrap()["id"].as_str().unwrap().to_owned()
}

fn make(server: &Server, project: &str) -> (String, Value) {
    let head = server.post(&format!("/projects/{project}/plans"), &json!({"cutover": "2026-12-10", "per_day": 50}));
    (format!("/projects/{project}/plans/{}", head["id"].as_str().unwrap()), head)
}

fn put(server: &Server, path: &str, body: &Value) -> Value {
    let answer = server.call("PUT", path, Some(body));
    assert_eq!(answer.status, 200, "PUT {path}: {}", answer.text());
    answer.json()
}

/// The status of a plan when nothing of it is under way.
fn settled(server: &Server, plan: &str) -> Value {
    let start = Instant::now();
    loop {
        let status = server.get(&format!("{plan}/status"));
        if status["state"] != "running" {
            return status;
        }
        assert!(start.elapsed() < PATIENCE, "the run does not end");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_plan_is_the_command_lines_and_only_the_reviewed_one_is_applied() {
    let (state, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    fleet(folder.path(), 6);
    let server = Server::start(state.path(), &[folder.path().to_str().unwrap()]);
    let (plan, head) = make(&server, &folder_project(&server));
    assert_eq!(head["summary"]["migrated"], 6, "{head}");
    let made = std::process::Command::new(env!("CARGO_BIN_EXE_dianjian"))
        .args(["migrate", "plan", ".", "-o", "plan.json", "--as-of", "2026-11-22", "--cutover", "2026-12-10"])
        .args(["--per-day", "50", "--no-config"])
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert!(made.status.success());
    let file: Value = serde_json::from_slice(&std::fs::read(folder.path().join("plan.json")).unwrap()).unwrap();
    std::fs::remove_file(folder.path().join("plan.json")).unwrap();
    assert_eq!(head["digest"], file["id"]);

    let before = bytes(folder.path());
    let other = server.call("POST", &format!("{plan}/apply"), Some(&json!({"digest": "0"})));
    assert_eq!((other.status, other.json()["error"]["code"].as_str()), (409, Some("other-plan")));
    assert_eq!(server.get(&format!("{plan}/status"))["state"], "none");
    assert_eq!(bytes(folder.path()), before);

    let unknown = server.call("GET", &format!("{plan}/shops/nobody"), None);
    assert_eq!((unknown.status, unknown.json()["error"]["code"].as_str()), (404, Some("no-such-shop")));
    assert_eq!(server.call("GET", &format!("{plan}/shops?colour=red"), None).status, 400);
    let shop = server.get(&format!("{plan}/shops/s0"));
    assert!(shop["diff"].as_str().unwrap().contains("-system: channels-store"), "{shop}");
    // The old name is kept on record in a field of its own.
    let is_named = |side: &str| shop[side].as_str().unwrap().contains("\r\nname: '云山0号旗舰店'   # 店名\r\n");
    assert!(is_named("before") && !is_named("after"), "{shop}");

    for (format, begins) in [
        ("html", &b"<!"[..]),
        ("ics", b"BEGIN:VCALENDAR\r\n"),
        ("xlsx", b"PK\x03\x04"),
        ("csv", b"\xef\xbb\xbf"),
        ("markdown", b"# "),
        ("json", b"{"),
        ("decisions", b""),
    ] {
        let export = server.call("GET", &format!("{plan}/export?format={format}&lang=en"), None);
        assert_eq!(export.status, 200, "{format}: {}", export.text());
        assert!(export.body.starts_with(begins), "{format}: {}", &export.text()[..20]);
        let shown = ["html", "ics", "csv", "markdown", "json"].contains(&format);
        assert!(!shown || export.text().contains("s0"), "{format}");
    }
    assert_eq!(server.call("GET", &format!("{plan}/export?format=poem"), None).status, 400);
}

#[test]
fn decisions_make_another_plan_and_approvals_do_not() {
    let (state, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    fleet(folder.path(), 4);
    let server = Server::start(state.path(), &[folder.path().to_str().unwrap()]);
    let (plan, head) = make(&server, &folder_project(&server));
    let approved = put(&server, &format!("{plan}/decisions"), &json!({"shops": {"s0": {"approve": true}}}));
    assert_eq!((&approved["id"], &approved["digest"]), (&head["id"], &head["digest"]));
    assert_eq!(server.get(&format!("{plan}/shops/s0"))["approved"], true);

    let decided = json!({"shops": {
        "s1": {"leave_out": true}, "s2": {"postpone_to": "2027-01-05"}, "s3": {"name": "青柚茶事"},
    }});
    let next = put(&server, &format!("{plan}/decisions"), &decided);
    assert_ne!(next["digest"], head["digest"]);
    assert_eq!(next["summary"]["migrated"], 2, "{next}");
    let after = format!("{}/{}", plan.rsplit_once('/').unwrap().0, next["id"].as_str().unwrap());
    let shop = |key: &str| server.get(&format!("{after}/shops/{key}"));
    assert_eq!(shop("s0")["approved"], true, "what was approved is still what the plan says");
    assert_eq!(shop("s1")["approved"], false);
    assert_eq!((&shop("s2")["date"], &shop("s2")["approved"]), (&json!("2027-01-05"), &json!(false)));
    assert_eq!(shop("s3")["new_name"], "青柚茶事");
    // The plan that was reviewed before is still there, as it was.
    assert_eq!(server.get(&plan)["digest"], head["digest"]);

    let check =
        |key: &str, name: &str| server.post(&format!("{after}/names/check"), &json!({"shop": key, "name": name}));
    assert_eq!(check("s0", "青柚茶事")["ok"], false, "another shop has it");
    assert_eq!(check("s0", "云山官方旗舰店")["ok"], false);
    assert_eq!(check("s0", "清河茶铺")["ok"], true);
    let refused =
        server.call("PUT", &format!("{after}/decisions"), Some(&json!({"shops": {"s0": {"name": "青柚茶事"}}})));
    assert_eq!(refused.status, 422, "{}", refused.text());
}

#[test]
fn a_server_that_is_killed_in_the_middle_loses_nothing() {
    const SHOPS: usize = 300;
    let (state, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    fleet(folder.path(), SHOPS);
    let before = bytes(folder.path());
    let start = || Server::start(state.path(), &[folder.path().to_str().unwrap()]);
    let server = start();
    let (plan, head) = make(&server, &folder_project(&server));
    put(&server, &format!("{plan}/decisions"), &json!({"shops": {"s0": {"approve": true}}}));
    server.post(&format!("{plan}/apply"), &json!({"digest": head["digest"]}));
    let changed = || bytes(folder.path()).iter().filter(|(name, bytes)| before.get(*name) != Some(bytes)).count();
    let begun = Instant::now();
    while changed() == 0 && begun.elapsed() < PATIENCE {
        std::thread::sleep(Duration::from_millis(1));
    }
    server.kill();

    let server = start();
    let status = server.get(&format!("{plan}/status"));
    assert!(status["state"] == "stopped" || status["state"] == "done", "{status}");
    assert_eq!(server.get(&plan)["digest"], head["digest"]);
    server.post(&format!("{plan}/resume"), &json!({}));
    let status = settled(&server, &plan);
    assert_eq!((&status["state"], &status["done"]), (&json!("done"), &json!(SHOPS)), "{status}");
    assert_eq!(changed(), SHOPS);
    let verified = server.post(&format!("{plan}/verify"), &json!({}));
    assert_eq!((&verified["ok"], &verified["not_applied"]), (&json!(true), &json!(0)), "{verified}");

    server.post(&format!("{plan}/rollback"), &json!({}));
    assert_eq!(settled(&server, &plan)["state"], "rolled-back");
    let now: BTreeMap<_, _> = bytes(folder.path());
    assert!(now == before, "every byte is as it was");

    // A file that has changed meanwhile stops all: nothing is written.
    std::fs::write(folder.path().join("s0003.yaml"), "kind: Shop\nname: 别人改的\n").unwrap();
    let edited = bytes(folder.path());
    server.post(&format!("{plan}/apply"), &json!({"digest": head["digest"]}));
    let status = settled(&server, &plan);
    assert_eq!(status["state"], "failed", "{status}");
    assert!(status["message"]["en"].as_str().unwrap().contains("nothing was changed"), "{status}");
    assert!(bytes(folder.path()) == edited);
}
