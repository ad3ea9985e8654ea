//! `dianjian serve` over real sockets: what it refuses, what it checks, what it changes and takes back.

mod client;
mod plans;
mod workers;

use client::Server;
use serde_json::{Value, json};

const SHOP: &str = "kind: Shop\nid: y\nsystem: weixin-store\nname: 云山旗舰店\n";

fn project(server: &Server, files: &[(&str, &[u8])]) -> String {
    let id = server.post("/projects", &json!({"name": "测试"}))["id"].as_str().unwrap().to_owned();
    let uploaded = server.upload(&id, files);
    assert_eq!(uploaded.status, 200, "{}", uploaded.text());
    id
}

fn file<'f>(files: &'f Value, path: &str) -> &'f Value {
    files.as_array().unwrap().iter().find(|file| file["path"] == path).unwrap_or_else(|| panic!("{path}: {files}"))
}

fn findings(server: &Server, project: &str, query: &str) -> Vec<Value> {
    let found = server.get(&format!("/projects/{project}/runs/latest/findings{query}"));
    found["items"].as_array().unwrap().clone()
}

#[test]
fn only_the_page_that_was_opened_gets_answers() {
    let state = tempfile::tempdir().unwrap();
    let server = Server::start(state.path(), &[]);
    let (address, token) = (server.address().to_owned(), server.token().to_owned());
    let status = |lines: &[&str]| {
        let lines: String = lines.iter().map(|line| format!("{line}\r\n")).collect();
        server.raw(&format!("GET /api/v1/about HTTP/1.1\r\n{lines}"), b"").status
    };
    let host = format!("Host: {address}");
    let bearer = format!("Authorization: Bearer {token}");
    assert_eq!(status(&[&host, &bearer]), 200);
    assert_eq!(status(&[&host]), 401);
    assert_eq!(status(&["Host: evil.test", &bearer]), 421);
    assert_eq!(status(&[&host, &bearer, "Origin: http://evil.test"]), 403);
    assert_eq!(status(&[&host, &bearer, "Sec-Fetch-Site: cross-site"]), 403);
    let page = server.raw(&format!("GET / HTTP/1.1\r\n{host}\r\n"), b"");
    assert_eq!(page.status, 200);
    assert!(page.head.contains("content-security-policy: default-src 'none'"), "{}", page.head);
    assert!(page.text().contains("app.js"), "{}", page.text());
    for path in ["/../Cargo.toml", "/%2e%2e/Cargo.toml", "/api/v1/projects/../../about"] {
        let answer = server.raw(&format!("GET {path} HTTP/1.1\r\n{host}\r\n{bearer}\r\n"), b"");
        assert!(matches!(answer.status, 400 | 404), "{path}: {}", answer.status);
    }
}

#[test]
fn a_sentence_is_judged_at_once_with_what_it_marks() {
    let state = tempfile::tempdir().unwrap();
    let server = Server::start(state.path(), &[]);
    let body = json!({"texts": [{"as": "name", "text": "😀云山旗舰店"}, {"as": "live", "text": "加微信 abc12388"}]});
    let answer = server.post("/check", &body);
    let found: Vec<_> = answer["findings"].as_array().unwrap().iter().map(|f| (&f["rule"], &f["range"])).collect();
    let marks = |rule: &str, start: u64, end: u64| {
        found.iter().any(|(known, range)| **known == rule && **range == json!({"start": start, "end": end}))
    };
    assert!(marks("naming/store-type-words", 4, 7), "{found:?}");
    assert!(marks("live/contacts", 0, 12), "{found:?}");
    let wrong = server.call("POST", "/check", Some(&json!({"texts": [{"as": "poem", "text": ""}]})));
    assert_eq!(wrong.status, 400);
    assert_eq!(wrong.json()["error"]["code"], "bad-body");
}

#[test]
fn findings_of_uploads_equal_those_of_the_command_line() {
    let state = tempfile::tempdir().unwrap();
    let server = Server::start(state.path(), &[]);
    let csv = "店铺编号,店铺名称,系统\na,云山旗舰店,微信小店\nb,清河茶铺,微信小店\n";
    let files = [("a/店铺.yaml", SHOP.as_bytes()), ("店铺.csv", csv.as_bytes())];
    let id = project(&server, &files);
    let run = server.check(&id);
    assert_eq!(run["state"], "done");
    assert_eq!(run["summary"]["looked_at"]["records"]["checked"], 3);
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("a")).unwrap();
    files.iter().for_each(|(name, bytes)| std::fs::write(folder.path().join(name), bytes).unwrap());
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_dianjian"))
        .args(["check", ".", "--no-config", "--as-of", "2026-11-22", "--format", "json"])
        .current_dir(folder.path())
        .output()
        .unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let key = |f: &Value| (f["rule"].as_str().unwrap().to_owned(), f["fingerprint"].as_str().unwrap().to_owned());
    let mut expected: Vec<_> = report["findings"].as_array().unwrap().iter().map(key).collect();
    let mut found: Vec<_> = findings(&server, &id, "?n=500").iter().map(key).collect();
    expected.sort();
    found.sort();
    assert!(found.len() > 2);
    assert_eq!(found, expected);
    let some = findings(&server, &id, "?severity=error&q=%E4%BA%91%E5%B1%B1");
    assert!(!some.is_empty() && some.iter().all(|finding| finding["severity"] == "error"));
    assert_eq!(server.call("GET", &format!("/projects/{id}/runs/latest/findings?colour=red"), None).status, 400);
}

#[test]
fn no_upload_leaves_its_project_and_no_record_reads_outside() {
    let state = tempfile::tempdir().unwrap();
    std::fs::write(state.path().join("secret.txt"), "加微信 abc12388").unwrap();
    let server = Server::start(state.path(), &[]);
    let climbing = "kind: LiveRoom\nid: r\nscript: ../../../secret.txt\nassets: [../../../secret.txt]\n";
    let id = project(&server, &[("room.yaml", climbing.as_bytes())]);
    for name in ["../x.yaml", "/etc/x", "a/../../x", "C:\\x"] {
        assert_eq!(server.upload(&id, &[(name, b"x")]).status, 400, "{name}");
    }
    server.check(&id);
    let found = findings(&server, &id, "");
    assert!(found.iter().all(|finding| finding["rule"] != "live/contacts"), "{found:?}");
    let text = serde_json::to_string(&found).unwrap();
    assert!(!text.contains(state.path().to_str().unwrap()), "{text}");
}

#[test]
fn a_script_becomes_material_of_a_live_room_by_its_role() {
    let state = tempfile::tempdir().unwrap();
    let server = Server::start(state.path(), &[]);
    let id = project(&server, &[("口播.txt", "今天新品\n加微信 abc12388 领券\n".as_bytes())]);
    let files = server.get(&format!("/projects/{id}/files"));
    let f = file(&files, "口播.txt")["id"].as_str().unwrap().to_owned();
    server.check(&id);
    assert!(findings(&server, &id, "").is_empty());
    let files = server.get(&format!("/projects/{id}/files"));
    assert_eq!(file(&files, "口播.txt")["state"], "nothing-to-check");
    let set = server.call("PATCH", &format!("/projects/{id}/files/{f}"), Some(&json!({"role": "live"})));
    assert_eq!(set.status, 200, "{}", set.text());
    server.check(&id);
    let found = findings(&server, &id, "?severity=error");
    assert_eq!(
        (&found[0]["rule"], &found[0]["path"], &found[0]["line"]),
        (&json!("live/contacts"), &json!("口播.txt"), &json!(2))
    );
    let lines = server.get(&format!("/projects/{id}/files/{f}/lines"));
    assert_eq!(
        lines["marks"][0],
        json!({"line": 2, "start": 0, "end": 12, "severity": "error", "finding": found[0]["n"]})
    );
    let files = server.get(&format!("/projects/{id}/files"));
    assert_eq!(file(&files, "口播.txt")["state"], "checked");
}

#[test]
fn changes_are_undone_one_by_one_and_every_other_byte_stays() {
    let state = tempfile::tempdir().unwrap();
    let server = Server::start(state.path(), &[]);
    let csv = "店铺编号,店铺名称,系统\r\na,云山旗舰店,微信小店\r\nb,清河茶铺,微信小店\r\n";
    let id = project(&server, &[("店铺.csv", csv.as_bytes())]);
    server.check(&id);
    let found = findings(&server, &id, "?rule=naming/store-type-words");
    let choice = json!({"run": "latest", "findings": [found[0]["n"]], "unsafe": true});
    let preview = server.post(&format!("/projects/{id}/fixes/preview"), &choice);
    assert!(preview["files"][0]["diff"].as_str().unwrap().contains("云山"), "{preview}");
    let mut apply = choice.clone();
    apply["digest"] = json!("0");
    assert_eq!(server.call("POST", &format!("/projects/{id}/fixes"), Some(&apply)).status, 409);
    apply["digest"] = preview["digest"].clone();
    let fixed = server.post(&format!("/projects/{id}/fixes"), &apply);
    server.ended(&id, fixed["run"].as_str().unwrap());
    let files = server.get(&format!("/projects/{id}/files"));
    let f = file(&files, "店铺.csv")["id"].as_str().unwrap().to_owned();
    let raw = || server.call("GET", &format!("/projects/{id}/files/{f}/raw"), None).text();
    assert_eq!(raw(), csv.replace("云山旗舰店", "云山"));
    let edit = json!({"row": 3, "column": 2, "text": "清河茶社", "was": "清河茶铺"});
    let edited = server.call("PUT", &format!("/projects/{id}/files/{f}/cell"), Some(&edit));
    assert_eq!(edited.status, 200, "{}", edited.text());
    server.ended(&id, edited.json()["run"].as_str().unwrap());
    assert_eq!(server.call("PUT", &format!("/projects/{id}/files/{f}/cell"), Some(&edit)).status, 409);
    let tried = json!({"row": 3, "column": 2, "text": "清河专卖店", "was": "清河茶社"});
    let tried = server.post(&format!("/projects/{id}/files/{f}/try"), &tried);
    assert_eq!(tried["findings"][0]["rule"], "naming/store-type-words", "{tried}");
    let journal = server.get(&format!("/projects/{id}/journal"));
    let fix = journal[1]["id"].as_str().unwrap();
    let undone = server.post(&format!("/projects/{id}/journal/{fix}/undo"), &json!({}));
    assert_eq!(raw(), csv.replace("清河茶铺", "清河茶社"));
    server.ended(&id, undone["run"].as_str().unwrap());
    assert_eq!(server.call("POST", &format!("/projects/{id}/journal/{fix}/undo"), Some(&json!({}))).status, 404);
}

#[test]
fn what_is_silenced_or_set_is_written_into_the_configuration() {
    let state = tempfile::tempdir().unwrap();
    let server = Server::start(state.path(), &[]);
    let id = project(&server, &[("a.yaml", SHOP.as_bytes()), ("dianjian.yaml", "# ours\nlang: zh\n".as_bytes())]);
    server.check(&id);
    let found = findings(&server, &id, "?rule=naming/store-type-words");
    let silence = json!({"run": "latest", "findings": [found[0]["n"]], "reason": "旧名", "until": "2026-12-31"});
    let silenced = server.post(&format!("/projects/{id}/silence"), &silence);
    let run = server.ended(&id, silenced["run"].as_str().unwrap());
    assert_eq!(run["summary"]["suppressed"], 1, "{run}");
    let set = json!({"severity": {"naming/*": "info"}});
    let set = server.call("PUT", &format!("/projects/{id}/settings"), Some(&set));
    assert_eq!(set.status, 200, "{}", set.text());
    server.ended(&id, set.json()["run"].as_str().unwrap());
    let settings = server.get(&format!("/projects/{id}/settings"));
    assert!(settings["yaml"].as_str().unwrap().starts_with("# ours\nlang: zh\nignore:\n"), "{settings}");
    assert_eq!(settings["severity"]["naming/*"], "info");
    let broken = json!({"yaml": "severity: [\n"});
    assert_eq!(server.call("PUT", &format!("/projects/{id}/settings"), Some(&broken)).status, 422);
}

#[test]
fn a_folder_is_checked_where_it_is_and_a_readonly_server_changes_nothing() {
    let state = tempfile::tempdir().unwrap();
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.yaml"), SHOP).unwrap();
    let server = Server::start(state.path(), &["--readonly", folder.path().to_str().unwrap()]);
    let projects = server.get("/projects");
    let id = projects[0]["id"].as_str().unwrap();
    assert_eq!((&projects[0]["kind"], &projects[0]["writable"]), (&json!("folder"), &json!(false)));
    server.check(id);
    assert!(!findings(&server, id, "?rule=naming/store-type-words").is_empty());
    let fix = json!({"rule": "naming/store-type-words", "unsafe": true});
    assert_eq!(server.call("POST", &format!("/projects/{id}/fixes"), Some(&fix)).status, 403);
    assert_eq!(std::fs::read_to_string(folder.path().join("a.yaml")).unwrap(), SHOP);
}

#[test]
fn what_was_checked_is_there_after_the_server_was_killed() {
    let state = tempfile::tempdir().unwrap();
    let server = Server::start(state.path(), &[]);
    let id = project(&server, &[("a.yaml", SHOP.as_bytes())]);
    server.check(&id);
    let before = findings(&server, &id, "");
    server.kill();
    let server = Server::start(state.path(), &[]);
    assert_eq!(findings(&server, &id, ""), before);
    let trend = server.get(&format!("/projects/{id}/trend"));
    assert_eq!(trend[0]["errors"], before.iter().filter(|finding| finding["severity"] == "error").count());
    for format in ["csv", "json", "sarif", "xlsx", "markdown", "junit"] {
        let report = server.call("GET", &format!("/projects/{id}/runs/latest/export?format={format}"), None);
        assert_eq!(report.status, 200, "{format}: {}", report.text());
        assert!(!report.body.is_empty());
    }
    assert_eq!(server.call("GET", &format!("/projects/{id}/runs/latest/export?format=poem"), None).status, 400);
    let rule = server.get("/rules/naming/store-type-words");
    assert!(!rule["evidence"].as_array().unwrap().is_empty());
    assert!(server.get("/rules?q=naming")["total"].as_u64().unwrap() > 5);
}

#[test]
fn headings_that_nobody_knows_are_explained_once_and_read_from_then_on() {
    let state = tempfile::tempdir().unwrap();
    let server = Server::start(state.path(), &[]);
    let csv = "门店简称,客户代码,平台,备注\n晴川陶坊旗舰店,A001,微信小店,x\n半夏花艺,A002,微信小店,\n";
    let id = project(&server, &[("自制表.csv", csv.as_bytes()), ("dianjian.yaml", "# ours\nlang: zh\n".as_bytes())]);
    server.check(&id);
    let files = server.get(&format!("/projects/{id}/files"));
    let table = file(&files, "自制表.csv");
    assert_eq!((&table["headings"], &table["changed"]), (&json!("unknown"), &json!(false)), "{table}");
    let at = format!("/projects/{id}/files/{}", table["id"].as_str().unwrap());
    let form = server.get(&format!("{at}/mapping"));
    assert_eq!(form["guesses"][0]["kind"], "Shop", "{form}");
    let headings: Vec<_> = form["columns"].as_array().unwrap().iter().map(|column| &column["heading"]).collect();
    assert_eq!(headings, ["门店简称", "客户代码", "平台", "备注"]);
    let guesses: Vec<_> = form["columns"].as_array().unwrap().iter().map(|column| &column["guess"]["field"]).collect();
    assert_eq!(guesses, [&json!("name"), &json!("id"), &json!("system"), &Value::Null], "by what their cells hold");
    assert!(form["fields"].as_array().unwrap().iter().any(|f| f["kind"] == "Shop" && f["field"] == "name"));
    let column = |heading: &str, field: Value| json!({"heading": heading, "field": field});
    let said = |name: &str| {
        let columns = json!([
            column("门店简称", json!(name)),
            column("客户代码", json!("id")),
            column("平台", json!("system")),
            column("备注", Value::Null),
        ]);
        server.call("PUT", &format!("{at}/mapping"), Some(&json!({"kind": "Shop", "columns": columns})))
    };
    assert_eq!(said("no_such_field").status, 422);
    assert_eq!(said("id").status, 422, "one field twice");
    let saved = said("name");
    assert_eq!(saved.status, 200, "{}", saved.text());
    let run = server.ended(&id, saved.json()["run"].as_str().unwrap());
    assert_eq!(run["summary"]["looked_at"]["records"]["checked"], 2, "{run}");
    let found = findings(&server, &id, "?rule=naming/store-type-words");
    assert_eq!((&found[0]["row"], &found[0]["table_column"]), (&json!(2), &json!(1)));
    let rows = server.get(&format!("{at}/rows"));
    assert_eq!(rows["heading_row"], 1);
    assert!(!rows["columns"][2]["field"]["zh"].as_str().unwrap().is_empty(), "{rows}");
    let settings = server.get(&format!("/projects/{id}/settings"));
    assert!(
        settings["yaml"].as_str().unwrap().starts_with("# ours\nlang: zh\nmappings:\n  - mappings/table-"),
        "{settings}"
    );
    // Next month's table of the same headings is read without a word.
    server.upload(&id, &[("下月.csv", csv.replace("A00", "B00").as_bytes())]);
    assert_eq!(server.check(&id)["summary"]["looked_at"]["records"]["checked"], 4);
    let entry = server.get(&format!("/projects/{id}/journal"))[0]["id"].as_str().unwrap().to_owned();
    let undone = server.post(&format!("/projects/{id}/journal/{entry}/undo"), &json!({}));
    server.ended(&id, undone["run"].as_str().unwrap());
    let files = server.get(&format!("/projects/{id}/files"));
    assert!(files.as_array().unwrap().iter().all(|f| !f["path"].as_str().unwrap().starts_with("mappings/")), "{files}");
}

#[test]
fn files_are_checked_without_a_project_and_a_changed_one_is_there_as_it_was() {
    let state = tempfile::tempdir().unwrap();
    let server = Server::start(state.path(), &[]);
    let files = [("file", "a/店铺.yaml", SHOP.as_bytes()), ("live", "话术.md", "加微信 abc12388 领券\n".as_bytes())];
    let answer = server.form("/check", &files);
    assert_eq!(answer.status, 200, "{}", answer.text());
    let answer = answer.json();
    let has = |rule: &str, path: &str| {
        answer["findings"].as_array().unwrap().iter().any(|found| found["rule"] == rule && found["path"] == path)
    };
    assert!(has("naming/store-type-words", "a/店铺.yaml") && has("live/contacts", "话术.md"), "{answer}");
    assert_eq!(server.form("/check", &[("file", "../x", b"x")]).status, 400);
    assert_eq!(server.form("/check", &[]).json()["findings"], json!([]));

    let id = project(&server, &[("a.yaml", SHOP.as_bytes())]);
    let f = server.get(&format!("/projects/{id}/files"))[0]["id"].as_str().unwrap().to_owned();
    let at = format!("/projects/{id}/files/{f}");
    let edit = json!({"line": 4, "text": "name: 云山茶业", "was": "name: 云山旗舰店"});
    assert_eq!(server.call("PUT", &format!("{at}/line"), Some(&edit)).status, 200);
    assert_eq!(server.get(&at)["changed"], true);
    assert_eq!(server.call("GET", &format!("{at}/original"), None).text(), SHOP);
    server.upload(&id, &[("a.yaml", SHOP.as_bytes())]);
    assert_eq!(server.get(&at)["changed"], false);
    assert_eq!(server.call("GET", &format!("{at}/frame?at=1"), None).status, 422, "no video");
}

#[test]
fn the_interface_describes_itself_and_counts() {
    let state = tempfile::tempdir().unwrap();
    let tokens = state.path().join("tokens");
    std::fs::write(&tokens, "# the back office\n0123456789abcdef0123456789abcdef\n").unwrap();
    let server = Server::start(&state.path().join("state"), &["--tokens", tokens.to_str().unwrap()]);
    let host = format!("Host: {}", server.address());
    let of = |token: &str, path: &str| {
        server.raw(&format!("GET /api/v1{path} HTTP/1.1\r\n{host}\r\nAuthorization: Bearer {token}\r\n"), b"")
    };
    assert_eq!(of("0123456789abcdef0123456789abcdef", "/about").status, 200);
    assert_eq!(of("0123456789abcdef0123456789abcdee", "/about").status, 401);
    let described = server.get("/openapi.json");
    let committed = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/schemas/openapi.json")).unwrap();
    assert_eq!(described, serde_json::from_slice::<Value>(&committed).unwrap());
    let answer = &described["paths"]["/projects/{p}/files/{f}/rows"]["get"];
    assert!(answer["parameters"].as_array().unwrap().iter().any(|p| p["name"] == "sheet" && p["in"] == "query"));
    let metrics = server.call("GET", "/metrics", None).text();
    assert!(metrics.contains("dianjian_answers_total{status=\"4xx\"} 1\n"), "{metrics}");
}

#[test]
fn a_second_start_finds_the_first_and_brings_files_along() {
    let state = tempfile::tempdir().unwrap();
    let server = Server::start(state.path(), &[]);
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.yaml"), SHOP).unwrap();
    let second = std::process::Command::new(env!("CARGO_BIN_EXE_dianjian"))
        .args(["serve", "--no-open", "--state"])
        .arg(state.path())
        .arg(folder.path().join("a.yaml"))
        .output()
        .unwrap();
    assert!(second.status.success());
    let url = String::from_utf8(second.stdout).unwrap();
    assert!(url.starts_with(&format!("http://{}/#token={}&/p/p", server.address(), server.token())), "{url}");
    let projects = server.get("/projects");
    let id = projects[0]["id"].as_str().unwrap();
    assert!(url.trim().ends_with(id), "{url}");
    server.check(id);
    assert!(!findings(&server, id, "?rule=naming/store-type-words").is_empty());
}
