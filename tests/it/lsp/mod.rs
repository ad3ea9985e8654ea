//! `dianjian lsp` as editors use it: ranges in every encoding, several files, actions, hostile messages, latency.

mod editor;

use std::fmt::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use editor::{Editor, applied, marked};
use serde_json::{Value, json};

const ENCODINGS: [&str; 3] = ["utf-8", "utf-16", "utf-32"];

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    folder
}

fn of_rule<'d>(diagnostics: &'d [Value], rule: &str) -> Vec<&'d Value> {
    diagnostics.iter().filter(|diagnostic| diagnostic["code"] == rule).collect()
}

fn shop(id: &str, name: &str) -> String {
    format!("kind: Shop\nid: {id}\nsystem: weixin-store\nname: {name}\n")
}

/// The rules of `check` over the folder, by file, as `(rule, line)`.
fn checked(root: &Path) -> Vec<(String, String, u64)> {
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_dianjian"))
        .args(["check", ".", "--format", "json", "--as-of", "2026-11-22"])
        .current_dir(root)
        .env("DIANJIAN_OCR", "off")
        .output()
        .unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let finding = |finding: &Value| {
        let place = &finding["location"];
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        (text(&place["file"]), text(&finding["rule"]), place["start"]["line"].as_u64().unwrap_or_default())
    };
    let mut found: Vec<_> = report["findings"].as_array().unwrap().iter().map(finding).collect();
    found.sort();
    found
}

#[test]
fn ranges_mark_what_is_wrong_in_every_encoding() {
    for encoding in ENCODINGS {
        let root = folder(&[]);
        let mut editor = Editor::start(root.path(), &[encoding]);
        assert_eq!(editor.encoding, encoding);
        let before = "# 👩‍👧 开头\r\n";
        let text = format!("{before}{}", shop("y", "\"😀云山旗舰店\" # 店😀").replace('\n', "\r\n"));
        editor.open("店铺 😀.yaml", "yaml", &text);
        let found = editor.diagnostics("店铺 😀.yaml", 1);
        let words = of_rule(&found, "naming/store-type-words");
        assert_eq!(words.len(), 1, "{encoding}: {found:?}");
        assert_eq!(marked(&text, &words[0]["range"], encoding), "旗舰店", "{encoding}: {words:?}");
        assert!(words[0]["message"].as_str().unwrap().contains("旧店铺类型用词"), "{words:?}");
        assert_eq!((words[0]["severity"].as_i64(), words[0]["source"].as_str()), (Some(1), Some("dianjian")));
        assert_eq!(editor.end(), 0);
    }
    let editor = Editor::start(folder(&[]).path(), &["utf-32", "utf-16", "utf-8"]);
    assert_eq!(editor.encoding, "utf-8");
    assert_eq!(Editor::start(folder(&[]).path(), &[]).encoding, "utf-16");
}

#[test]
fn what_is_typed_is_judged_and_no_longer_what_was() {
    let root = folder(&[("a.yaml", &shop("y", "云山"))]);
    let mut editor = Editor::start(root.path(), &["utf-16"]);
    editor.open("a.yaml", "yaml", &shop("y", "云山"));
    assert!(of_rule(&editor.diagnostics("a.yaml", 1), "naming/store-type-words").is_empty());
    // 😀 is two units; each edit is in what the one before has left.
    editor.edit(
        "a.yaml",
        2,
        &[(3, 6, 3, 6, "😀"), (3, 10, 3, 10, "旗"), (3, 11, 3, 11, "舰店"), (0, 0, 0, 0, "# 店\r\n")],
    );
    let found = editor.diagnostics("a.yaml", 2);
    let words = of_rule(&found, "naming/store-type-words");
    assert_eq!(words[0]["range"]["start"], json!({"line": 4, "character": 10}), "{found:?}");
    assert_eq!(words[0]["range"]["end"], json!({"line": 4, "character": 13}), "{found:?}");
    editor.edit("a.yaml", 3, &[(4, 10, 4, 13, "")]);
    assert!(of_rule(&editor.diagnostics("a.yaml", 3), "naming/store-type-words").is_empty());
    assert_eq!(editor.end(), 0);
}

#[test]
fn every_format_is_judged() {
    let root = folder(&[("room.yaml", "kind: LiveRoom\nid: r\nscript: talk.md\n"), ("talk.md", "大家好\n")]);
    let mut editor = Editor::start(root.path(), &["utf-8"]);
    let json = json!({"kind": "Shop", "id": "j", "system": "weixin-store", "name": "云山旗舰店"}).to_string();
    for (name, language, text) in [
        ("new.json", "json", json.clone()),
        ("new.ndjson", "jsonl", format!("{json}\n{}\n", json.replace("云山", "青禾"))),
        ("new.csv", "csv", "店铺ID,店铺名称,店铺体系\nc,云山旗舰店,微信小店\n".to_owned()),
    ] {
        editor.open(name, language, &text);
        let found = editor.diagnostics(name, 1);
        let words = of_rule(&found, "naming/store-type-words");
        assert_eq!(words.len(), text.matches("旗舰店").count(), "{name}: {found:?}");
        assert!(words.iter().all(|word| marked(&text, &word["range"], "utf-8") == "旗舰店"), "{name}: {found:?}");
    }
    // A script is judged by the room that names it.
    let text = "大家好😀\n加微信 abc12388 领券\n";
    editor.open("talk.md", "markdown", text);
    let found = editor.diagnostics("talk.md", 1);
    assert!(found.iter().any(|one| marked(text, &one["range"], "utf-8").contains("abc12388")), "{found:?}");
    editor.edit("talk.md", 2, &[(1, 0, 2, 0, "")]);
    assert!(editor.diagnostics("talk.md", 2).is_empty());
    assert_eq!(editor.end(), 0);
    // Captions that no record names are a live room's, where there are no records beside them.
    let root = folder(&[]);
    let mut editor = Editor::start(root.path(), &["utf-8"]);
    let text = "1\n00:00:01,000 --> 00:00:02,000\n加微信 abc12388 领券\n";
    editor.open("talk.srt", "plaintext", text);
    let found = editor.diagnostics("talk.srt", 1);
    assert!(found.iter().any(|one| marked(text, &one["range"], "utf-8").contains("abc12388")), "{found:?}");
}

#[test]
fn a_name_that_two_shops_have_is_shown_in_both_files() {
    let root = folder(&[("a.yaml", &shop("a", "云山茶业")), ("b.yaml", &shop("b", "青禾茶业"))]);
    let mut editor = Editor::start(root.path(), &["utf-16"]);
    editor.open("a.yaml", "yaml", &shop("a", "云山茶业"));
    editor.open("b.yaml", "yaml", &shop("b", "青禾茶业"));
    assert!(of_rule(&editor.diagnostics("a.yaml", 1), "naming/unique").is_empty());
    assert!(of_rule(&editor.diagnostics("b.yaml", 1), "naming/unique").is_empty());
    editor.edit("b.yaml", 2, &[(3, 6, 3, 8, "雲山")]);
    let in_b = editor.diagnostics("b.yaml", 2);
    let in_a = editor.diagnostics("a.yaml", 1);
    let (one, other) = (of_rule(&in_a, "naming/unique"), of_rule(&in_b, "naming/unique"));
    assert_eq!((one.len(), other.len()), (1, 1), "{in_a:?} {in_b:?}");
    let uris: Vec<&Value> =
        other[0]["relatedInformation"].as_array().unwrap().iter().map(|related| &related["location"]["uri"]).collect();
    assert!(uris.contains(&&json!(editor.uri("a.yaml"))), "{in_b:?}");
    assert_eq!(one[0]["codeDescription"]["href"], "https://m.hishop.com.cn/show_97036", "{in_a:?}");
    // From one to the other.
    let places = editor.ask_at("textDocument/definition", "b.yaml", (3, 7));
    assert_eq!(places[0]["uri"], editor.uri("a.yaml"), "{places}");
    assert_eq!(places[0]["range"]["start"], json!({"line": 3, "character": 6}), "{places}");
    // Taken out again, it is shown in neither.
    editor.edit("b.yaml", 3, &[(3, 6, 3, 8, "青禾")]);
    assert!(of_rule(&editor.diagnostics("b.yaml", 3), "naming/unique").is_empty());
    assert!(of_rule(&editor.diagnostics("a.yaml", 1), "naming/unique").is_empty());
    // A text that is closed counts as it lies on disk.
    let uri = editor.uri("b.yaml");
    editor.edit("b.yaml", 4, &[(3, 6, 3, 8, "云山")]);
    assert_eq!(of_rule(&editor.diagnostics("a.yaml", 1), "naming/unique").len(), 1);
    editor.tell("textDocument/didClose", json!({"textDocument": {"uri": uri}}));
    assert!(of_rule(&editor.diagnostics("a.yaml", 1), "naming/unique").is_empty());
    assert_eq!(editor.end(), 0);
}

#[test]
fn actions_make_what_they_say() {
    let root = folder(&[]);
    let text = "kind: Shop\nid: y\nsystem: weixin-store\n# 😀\nname: 云山\u{200b}旗舰店\ndescription: |\n  一行\n  加微信 abc12388\n";
    let mut editor = Editor::start(root.path(), &["utf-16"]);
    editor.open("a.yaml", "yaml", text);
    let found = editor.diagnostics("a.yaml", 1);
    let words = of_rule(&found, "naming/store-type-words")[0].clone();
    let actions = editor.actions("a.yaml", &words["range"]);
    let uri = editor.uri("a.yaml");
    let edits = |action: &Value| action["edit"]["changes"][&uri].clone();
    let fix =
        actions.iter().find(|action| action["edit"].is_object() && action["diagnostics"][0]["code"] == words["code"]);
    let fixed = applied(text, &edits(fix.unwrap()), "utf-16");
    assert!(fixed.contains("name: 云山\n") || fixed.contains("name: 云山\u{200b}\n"), "{fixed:?} {actions:?}");
    let all = actions.iter().find(|action| action["kind"] == "source.fixAll.dianjian").unwrap();
    assert_eq!(applied(text, &edits(all), "utf-16"), text.replace('\u{200b}', ""));
    // Every silencing comment does silence, also in the middle of a text over several lines.
    for diagnostic in &found {
        let rule = diagnostic["code"].as_str().unwrap();
        let actions = editor.actions("a.yaml", &diagnostic["range"]);
        let silence = actions.iter().find(|action| {
            action["diagnostics"][0]["code"] == rule && action["title"].as_str().unwrap().starts_with("忽略")
        });
        let Some(silence) = silence else { panic!("{rule}: {actions:?}") };
        let silent = applied(text, &edits(silence), "utf-16");
        assert!(silent.contains(&format!("# dianjian: ignore[{rule}] until 2027-02-20 -- ")), "{silent}");
        let mut other = Editor::start(folder(&[]).path(), &["utf-16"]);
        other.open("a.yaml", "yaml", &silent);
        let left = other.diagnostics("a.yaml", 1);
        assert!(of_rule(&left, rule).is_empty(), "{rule}: {silent}\n{left:?}");
    }
    let explained =
        editor.ask("workspace/executeCommand", json!({"command": "dianjian.explain", "arguments": ["naming/unique"]}));
    assert!(explained.as_str().unwrap().contains("店铺重名"), "{explained}");
    // With a reason of the user's own the client is asked to make the edit.
    let argument =
        json!({"uri": editor.uri("a.yaml"), "line": 4, "rule": "naming/store-type-words", "reason": "老店名 😀"});
    editor.ask("workspace/executeCommand", json!({"command": "dianjian.suppress", "arguments": [argument]}));
    let asked = editor.wait(&|message| message["method"] == "workspace/applyEdit");
    assert!(
        applied(text, &asked["params"]["edit"]["changes"][&uri], "utf-16")
            .contains("ignore[naming/store-type-words] -- 老店名 😀\n"),
        "{asked}"
    );
}

#[test]
fn other_formats_are_silenced_in_the_configuration() {
    let root = folder(&[("dianjian.yaml", "lang: zh # 店\n")]);
    let json = json!({"kind": "Shop", "id": "j", "system": "weixin-store", "name": "云山旗舰店"}).to_string();
    let mut editor = Editor::start(root.path(), &["utf-8"]);
    editor.open("a.json", "json", &json);
    let found = editor.diagnostics("a.json", 1);
    let range = &of_rule(&found, "naming/store-type-words")[0]["range"];
    let actions = editor.actions("a.json", range);
    let config = editor.uri("dianjian.yaml");
    let rule = "naming/store-type-words";
    let of_rule_here =
        |action: &&Value| action["diagnostics"][0]["code"] == rule && action["edit"]["changes"][&config].is_array();
    let edits = &actions.iter().find(of_rule_here).unwrap()["edit"]["changes"][&config];
    let silent = applied("lang: zh # 店\n", edits, "utf-8");
    assert!(silent.starts_with("lang: zh # 店\nignore:\n  - rule: "), "{silent}");
    // The configuration is saved: what it silences goes.
    std::fs::write(root.path().join("dianjian.yaml"), silent.replace("理由", "老店名")).unwrap();
    let changes = json!({"changes": [{"uri": config, "type": 2}]});
    editor.tell("workspace/didChangeWatchedFiles", changes);
    let found = editor.diagnostics("a.json", 1);
    assert!(of_rule(&found, rule).is_empty(), "{found:?}");
}

#[test]
fn explanations_and_proposals_are_those_of_the_kinds() {
    let root = folder(&[]);
    let mut editor = Editor::start(root.path(), &["utf-16"]);
    let text = "kind: Shop\nid: 😀y\nsystem: wei\nna\nsubject:\n  ty\nname: 云山旗舰店 # dianjian: ignore[nam\n";
    editor.open("a.yaml", "yaml", text);
    editor.diagnostics("a.yaml", 1);
    let mut labels = |position: (u32, u32)| {
        let answer = editor.ask_at("textDocument/completion", "a.yaml", position);
        let items = answer["items"].as_array().unwrap().clone();
        items.iter().map(|item| item["label"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert!(labels((2, 11)).contains(&"weixin-store".to_owned()));
    assert!(labels((3, 2)).contains(&"name".to_owned()));
    assert!(labels((5, 4)).contains(&"type".to_owned()));
    assert!(labels((0, 6)).contains(&"LiveRoom".to_owned()));
    assert!(labels((6, 37)).contains(&"naming/unique".to_owned()));
    let hover = editor.ask_at("textDocument/hover", "a.yaml", (2, 2));
    let hover = hover["contents"]["value"].as_str().unwrap();
    assert!(hover.contains("Shop.system"), "{hover}");
    let symbols = editor.ask("textDocument/documentSymbol", json!({"textDocument": {"uri": editor.uri("a.yaml")}}));
    assert!(symbols.is_array(), "{symbols}");
    let text = format!("{}---\n{}", shop("a", "云山茶业"), shop("b", "青禾旗舰店"));
    editor.open("b.yaml", "yaml", &text);
    editor.diagnostics("b.yaml", 1);
    let symbols = editor.ask("textDocument/documentSymbol", json!({"textDocument": {"uri": editor.uri("b.yaml")}}));
    let names: Vec<_> = symbols.as_array().unwrap().iter().map(|symbol| symbol["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["云山茶业", "青禾旗舰店"]);
    let hover = editor.ask_at("textDocument/hover", "b.yaml", (8, 9));
    let hover = hover["contents"]["value"].as_str().unwrap();
    assert!(hover.contains("naming/store-type-words") && hover.contains("微信小店的名称不允许"), "{hover}");
}

#[test]
fn projects_files_have_diagnostics_and_are_loaded_anew() {
    let root = folder(&[
        ("dianjian.yaml", "severity:\n  naming/store-type-words: warning\n"),
        ("a.yaml", &shop("a", "云山旗舰店")),
    ]);
    let mut editor = Editor::start(root.path(), &["utf-8"]);
    editor.open("a.yaml", "yaml", &shop("a", "云山旗舰店"));
    let found = editor.diagnostics("a.yaml", 1);
    assert_eq!(of_rule(&found, "naming/store-type-words")[0]["severity"], 2, "{found:?}");
    editor.open("dianjian.yaml", "yaml", "severity:\n  naming/store-type-words: warning\n");
    assert!(editor.diagnostics("dianjian.yaml", 1).is_empty());
    editor.edit("dianjian.yaml", 2, &[(1, 0, 1, 0, "sevrity: x\n")]);
    assert!(!editor.diagnostics("dianjian.yaml", 2).is_empty());
    let text = "severity:\n  naming/store-type-words: off\n";
    editor.edit("dianjian.yaml", 3, &[(0, 0, 3, 0, text)]);
    std::fs::write(root.path().join("dianjian.yaml"), text).unwrap();
    let uri = editor.uri("dianjian.yaml");
    editor.tell("textDocument/didSave", json!({"textDocument": {"uri": uri}}));
    let until = Instant::now() + Duration::from_secs(60);
    while !of_rule(&editor.diagnostics("a.yaml", 1), "naming/store-type-words").is_empty() {
        assert!(Instant::now() < until);
    }
    // While it cannot be read, the last one holds.
    std::fs::write(root.path().join("dianjian.yaml"), "severity: [\n").unwrap();
    editor.tell("workspace/didChangeWatchedFiles", json!({"changes": [{"uri": uri, "type": 2}]}));
    editor.edit("a.yaml", 2, &[(3, 6, 3, 6, "青")]);
    assert!(of_rule(&editor.diagnostics("a.yaml", 2), "naming/store-type-words").is_empty());
    assert_eq!(editor.end(), 0);
}

#[test]
fn a_workspace_has_what_a_check_finds() {
    let many: Vec<(String, String)> = (0..40)
        .map(|number| {
            let name = format!("{}旗舰店", ["云山", "青禾", "木石"][number % 3]);
            let room =
                format!("---\nkind: LiveRoom\nid: r{number}\nshop: s{}\ndescription: 加微信 abc12388\n", number * 2);
            (format!("shops/{number:02}.yaml"), shop(&format!("s{number}"), &name) + &room)
        })
        .collect();
    let files: Vec<(&str, &str)> = many.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let root = folder(&files);
    let mut editor = Editor::start(root.path(), &["utf-16"]);
    editor.open("shops/00.yaml", "yaml", &many[0].1);
    editor.diagnostics("shops/00.yaml", 1);
    // Changed and changed back, so that everything has been taken out and put in again.
    editor.edit("shops/00.yaml", 2, &[(3, 6, 3, 8, "无名"), (1, 4, 1, 6, "other")]);
    editor.diagnostics("shops/00.yaml", 2);
    editor.edit("shops/00.yaml", 3, &[(3, 6, 3, 8, "云山"), (1, 4, 1, 9, "s0")]);
    editor.diagnostics("shops/00.yaml", 3);
    let all = editor.ask("workspace/executeCommand", json!({"command": "dianjian.checkWorkspace"}));
    assert_eq!(all["files"], 40, "{all}");
    let mut found = Vec::new();
    for (name, _) in &many {
        let uri = editor.uri(name);
        let published = editor.wait(&|message| {
            let params = &message["params"];
            message["method"] == "textDocument/publishDiagnostics"
                && params["uri"] == uri
                && (name != "shops/00.yaml" || params["version"] == 3)
        });
        for one in published["params"]["diagnostics"].as_array().unwrap() {
            let line = one["range"]["start"]["line"].as_u64().unwrap() + 1;
            found.push((name.clone(), one["code"].as_str().unwrap_or_default().to_owned(), line));
        }
    }
    found.sort();
    let expected = checked(root.path());
    assert!(expected.len() > 80, "{expected:?}");
    // Those of several files are shown in each of them, so that there are more; none is missing.
    let missing: Vec<_> = expected.iter().filter(|finding| !found.contains(finding)).collect();
    assert!(missing.is_empty(), "{missing:?}");
    let alone =
        |finding: &&(String, String, u64)| !matches!(finding.1.as_str(), "naming/unique" | "limits/weixin-stores");
    let extra: Vec<_> = found.iter().filter(alone).filter(|finding| !expected.contains(finding)).collect();
    assert!(extra.is_empty(), "{extra:?}");
}

#[test]
fn hostile_messages_are_answered_and_passed_over() {
    let root = folder(&[]);
    let mut editor = Editor::unstarted(root.path());
    let early = editor.answer("textDocument/hover", json!({}));
    assert_eq!(early["error"]["code"], -32002, "{early}");
    editor.raw(b"Content-Length: 5\r\n\r\n{\"a\":");
    assert_eq!(
        editor.wait(&|message| message["id"].is_null() && message.get("error").is_some())["error"]["code"],
        -32700
    );
    editor.tell("textDocument/didOpen", json!({"nonsense": true}));
    editor.ask("initialize", json!({"capabilities": 3, "rootUri": 7}));
    editor.tell("textDocument/didOpen", json!({"nonsense": true}));
    editor.tell(
        "textDocument/didChange",
        json!({"textDocument": {"uri": "file:///none", "version": 1}, "contentChanges": []}),
    );
    editor.tell("textDocument/didClose", json!({"textDocument": {"uri": "file:///none"}}));
    editor.raw(b"hello\r\n");
    editor.raw("Content-Length: 6\r\n\r\n店店".as_bytes());
    for (method, params) in [
        (
            "textDocument/hover",
            json!({"textDocument": {"uri": "file:///none"}, "position": {"line": 4294967295_u32, "character": 4294967295_u32}}),
        ),
        ("textDocument/hover", json!([])),
        ("textDocument/codeAction", json!({"textDocument": {"uri": 3}})),
        ("no/such", Value::Null),
        ("initialize", json!({})),
        ("workspace/executeCommand", json!({"command": "dianjian.suppress", "arguments": [{"until": "x"}]})),
    ] {
        let answer = editor.answer(method, params);
        assert!(answer.get("error").is_some() || answer["result"].is_null(), "{method}: {answer}");
    }
    // A position far outside is the end.
    editor.open("a.yaml", "yaml", "kind: Shop");
    editor.edit("a.yaml", 2, &[(999_999, 0, 999_999, 999_999, "\nid: x\n"), (0, 999_999, 0, 999_999, " # 😀")]);
    editor.diagnostics("a.yaml", 2);
    let hover = editor.ask_at("textDocument/hover", "a.yaml", (999, 999));
    assert!(hover.is_null(), "{hover}");
    // What is cancelled before its turn is not answered with a result. The first request keeps the server busy.
    let id = editor.begin("textDocument/documentSymbol", json!({"textDocument": {"uri": editor.uri("a.yaml")}}));
    editor.tell("$/cancelRequest", json!({"id": id}));
    let answer = editor.wait(&|message| message["id"] == id);
    assert!(answer["error"]["code"] == -32800 || answer["result"].is_array(), "{answer}");
    editor.ask("shutdown", Value::Null);
    assert_eq!(editor.answer("textDocument/hover", json!({}))["error"]["code"], -32600);
    editor.tell("exit", Value::Null);
    assert_eq!(editor.status(), 0);
    // Without a farewell the status says so.
    assert_eq!(Editor::start(root.path(), &[]).status(), 1);
}

#[test]
fn a_text_beyond_the_limit_is_told_and_others_go_on() {
    let root = folder(&[]);
    let mut editor = Editor::start(root.path(), &["utf-16"]);
    editor.open("long.yaml", "yaml", &"# 店😀\n".repeat(2 << 20));
    let found = editor.diagnostics("long.yaml", 1);
    assert!(found.len() == 1 && found[0]["message"].as_str().unwrap().contains("16 MiB"), "{found:?}");
    let many = (0..1_100).map(|number| shop(&format!("s{number}"), "云山旗舰店") + "---\n").collect::<String>();
    editor.open("many.yaml", "yaml", &many);
    let found = editor.diagnostics("many.yaml", 1);
    assert_eq!(found.len(), 1_001);
    assert!(found.iter().any(|one| one["message"].as_str().unwrap().contains("没有列出")));
    assert_eq!(editor.end(), 0);
}

/// How long it takes from a keystroke to its diagnostics in a workspace of many files, and whether memory stays where it is.
/// The figure is printed (`--nocapture`); the bound is wide, as tests run unoptimised on busy machines.
#[test]
fn keystrokes_are_judged_in_time_and_memory_stays() {
    let root = folder(&[]);
    for number in 0..300 {
        std::fs::write(
            root.path().join(format!("{number}.yaml")),
            shop(&format!("s{number}"), &format!("云山{number}号")),
        )
        .unwrap();
    }
    let mut text = String::new();
    for number in 0..400 {
        let _ = writeln!(text, "{}---", shop(&format!("t{number}"), &format!("青禾{number}号")).trim_end());
    }
    std::fs::write(root.path().join("big.yaml"), &text).unwrap();
    let mut editor = Editor::start(root.path(), &["utf-16"]);
    editor.open("big.yaml", "yaml", &text);
    editor.diagnostics("big.yaml", 1);
    let mut times = Vec::new();
    for version in 2..42 {
        let begun = Instant::now();
        editor.edit("big.yaml", version, &[(3, 6, 3, 6, "茶")]);
        editor.diagnostics("big.yaml", version);
        times.push(begun.elapsed());
    }
    times.sort();
    println!("from keystroke to diagnostics: median {:?}, worst {:?}", times[times.len() / 2], times[times.len() - 1]);
    assert!(times[times.len() / 2] < Duration::from_secs(5), "{times:?}");
    #[cfg(target_os = "linux")]
    {
        let before = editor.memory();
        // Piled up, they are judged a few at a time.
        for version in 42..2_042 {
            let (insert, remove) = ((3, 6, 3, 6, "山"), (3, 6, 3, 7, ""));
            editor.edit("big.yaml", version, &[if version % 2 == 0 { insert } else { remove }]);
        }
        editor.diagnostics("big.yaml", 2_041);
        let after = editor.memory();
        assert!(after < before + (48 << 20), "{before} {after}");
    }
    assert_eq!(editor.end(), 0);
}
