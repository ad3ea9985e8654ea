//! The ledger: every input, record, text and picture ends in one state, and what was not read is beyond filters.

use serde_json::Value;

use crate::folder::{Folder, Ran};

const FLAGS: [&str; 3] = ["--no-config", "--as-of", "2026-11-29"];

fn check(folder: &Folder, flags: &[&str]) -> Ran {
    folder.run(&[&["check", "."], &FLAGS[..], flags].concat())
}

fn report(folder: &Folder, flags: &[&str]) -> Value {
    let ran = check(folder, &[&["--format", "json", "--lang", "en"], flags].concat());
    serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{error}: {}{}", ran.out, ran.err))
}

/// A report without the breaks of its lines.
fn unwrapped(report: &str) -> String {
    report.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn shop(id: &str) -> String {
    format!("kind: Shop\nid: {id}\nsystem: weixin-store\nname: 云山{id}号\n")
}

#[test]
fn the_summary_counts_what_was_looked_at() {
    let room = "kind: LiveRoom\nid: r\ntitle: 春茶专场\nscript: words.txt\n";
    let folder = Folder::with(&[
        ("a.yaml", &shop("a")),
        ("b.yaml", &shop("b")),
        ("room.yaml", room),
        ("words.txt", "大家好\n"),
        ("package.json", "{\"name\": \"x\"}"),
        ("empty.yaml", ""),
    ]);
    let ran = check(&folder, &["--lang", "zh"]);
    let line = "已看 3 个文件 · 3 条记录（LiveRoom 1、Shop 2） · 1 份文本 · 另有 2 个文件略过：--list-files 查看";
    assert!(ran.out.contains(line), "{}", ran.out);
    let ran = check(&folder, &["--lang", "en"]);
    assert!(ran.out.contains("3 files · 3 records (LiveRoom 1, Shop 2) · 1 text · 2 files passed over: --list-files"));
    let looked = &report(&folder, &[])["summary"]["looked_at"];
    assert_eq!(
        looked["files"],
        serde_json::json!({"checked": 3, "nothing_to_check": 2, "not_understood": 0, "not_readable": 0})
    );
    assert_eq!(looked["records"]["checked"], 3);
    assert_eq!(looked["texts"]["checked"], 1);
    let passed: Vec<&str> =
        looked["passed_over"].as_array().unwrap().iter().map(|one| one["file"].as_str().unwrap()).collect();
    assert_eq!(passed, ["empty.yaml", "package.json"]);
    assert_eq!(looked["passed_over"][0]["state"], "nothing-to-check");
    assert!(!looked["passed_over"][1]["reason"].as_str().unwrap().is_empty());
}

#[test]
fn list_files_shows_every_input_with_its_reason() {
    let folder = Folder::with(&[
        ("a.yaml", &shop("a")),
        ("b.yaml", "Kind: Shop\nid: b\n"),
        ("c.yaml", "kind: Shop\nname: '云\n"),
        ("package.json", "{\"name\": \"x\"}"),
    ]);
    let ran = check(&folder, &["--list-files", "--lang", "en"]);
    let lines: Vec<&str> = ran.out.lines().collect();
    assert_eq!(lines.len(), 4, "{}", ran.out);
    for (line, start) in lines.iter().zip([
        "checked  a.yaml",
        "not understood  b.yaml  ",
        "not readable  c.yaml  ",
        "nothing to check  package.json  ",
    ]) {
        assert!(line.starts_with(start), "{line}");
    }
    assert_eq!(ran.code, 2);
    let ran = check(&folder, &["--list-files", "--format", "short", "--lang", "en"]);
    assert!(ran.err.contains("checked  a.yaml") && !ran.out.contains("checked  a.yaml"), "{}", ran.out);
}

#[test]
fn there_is_no_tick_without_a_record() {
    for files in [&[("package.json", "{\"name\": \"x\"}")][..], &[("a.json", "{\"errcode\": 0, \"errmsg\": \"ok\"}")]] {
        let folder = Folder::with(files);
        let ran = check(&folder, &["--lang", "en"]);
        assert!(!ran.out.contains('✓') && ran.out.contains("no record was checked"), "{}", ran.out);
        assert_ne!(ran.code, 1);
    }
}

/// Files of which a part cannot be read or understood.
const UNREAD: [(&str, &str); 8] = [
    ("missing script", "kind: LiveRoom\nid: r\ntitle: 春茶专场\nscript: none.txt\n"),
    ("undecodable captions", "kind: LiveRoom\nid: r\ntitle: 春茶专场\ncaptions: broken.srt\n"),
    ("no system", "kind: Shop\nid: a\nname: 云山\n"),
    ("unknown system", "kind: Shop\nid: a\nname: 云山\nsystem: weixin-shop\n"),
    ("misspelt field", "kind: Shop\nid: a\nname: 云山\nsystm: weixin-store\n"),
    ("wrong type", "kind: Shop\nid: a\nname: 云山\nsystem: weixin-store\nscore: 很好\n"),
    ("misspelt kind", "kind: Shopp\nid: a\nname: 云山\nsystem: weixin-store\n"),
    ("unknown subject", "kind: Shop\nid: a\nname: 云山\nsystem: weixin-store\nsubject: {type: 有限公司}\n"),
];

#[test]
fn what_was_not_read_is_beyond_filters_severities_comments_and_baseline() {
    for (what, text) in UNREAD {
        let folder = Folder::with(&[("a.yaml", text)]);
        folder.write("broken.srt", [0xff, 0xfe, 0x00, 0xd8, 0x41]);
        assert_eq!(check(&folder, &[]).code, 2, "{what}");
        let told = "hidden by filters";
        for flags in [&["--only", "naming/length"][..], &["--skip", "record/*"]] {
            let ran = check(&folder, &[flags, &["--lang", "en"]].concat());
            assert_eq!(ran.code, 2, "{what} {flags:?}: {}", ran.out);
            assert!(unwrapped(&ran.out).contains(told), "{what} {flags:?}: {}", ran.out);
        }
        assert!(!unwrapped(&check(&folder, &["--lang", "en"]).out).contains(told), "{what}");
        folder.write(
            "dianjian.yaml",
            "severity: {'record/*': off}\npaths: [{match: ['*.yaml'], severity: {'record/*': off}}]\n",
        );
        let ran = folder.run(&["check", ".", "--as-of", "2026-11-29"]);
        assert_eq!(ran.code, 2, "{what}: {}", ran.out);
        folder.write("a.yaml", format!("# dianjian: ignore-file[record/*] -- tried\n{text}"));
        assert_eq!(check(&folder, &[]).code, 2, "{what} with a comment");
        folder.write("a.yaml", text);
        folder.run(&["baseline", "create", ".", "--no-config", "--as-of", "2026-11-29"]);
        assert_eq!(check(&folder, &["--baseline", "dianjian-baseline.json"]).code, 2, "{what} with a baseline");
    }
}

#[test]
fn an_unsaid_system_is_one_finding_a_file() {
    let answer = |name: &str| {
        format!(
            "{{\"errcode\":0,\"errmsg\":\"ok\",\"info\":{{\"nickname\":\"{name}\",\"subject_type\":\"企业\",\"username\":\"gh_{name}\"}}}}"
        )
    };
    let many: Vec<String> = (0..20).map(|number| answer(&format!("s{number}"))).collect();
    let list = format!("[{}]", many.join(","));
    for (name, text) in [("shops.json", list.as_str()), ("shops.ndjson", &many.join("\n"))] {
        let folder = Folder::with(&[(name, text)]);
        let report = report(&folder, &[]);
        let gaps: Vec<&Value> =
            report["findings"].as_array().unwrap().iter().filter(|finding| finding["gap"] == true).collect();
        assert_eq!(gaps.len(), 1, "{name}: {gaps:?}");
        assert_eq!(report["summary"]["records"]["Shop"], 20);
        assert_eq!(check(&folder, &[]).code, 2);
    }
    let rows: String = (0..20).map(|number| format!("s{number},云山{number}号,企业\n")).collect();
    let folder = Folder::with(&[("shops.csv", &format!("店铺编号,店铺名称,主体类型\n{rows}"))]);
    let report = report(&folder, &[]);
    let gaps = report["findings"].as_array().unwrap().iter().filter(|finding| finding["gap"] == true).count();
    assert_eq!((gaps, check(&folder, &[]).code), (1, 2));
}

/// A rule for shops with a condition; it speaks of every shop that it applies to.
fn rule(id: &str, when: &str) -> String {
    let said = "{zh: 试, en: test}";
    format!(
        "id: house/{id}\ntitle: {said}\nwhy: {said}\nseverity: info\nfor: Shop\nwhen: {when}\ncheck: {{at: name, lacks: {{words: [云山]}}}}\n\
         message: {said}\nevidence: [{{source: own, ref: test, confidence: high, says: {said}}}]\n"
    )
}

#[test]
fn rules_that_hold_for_every_system_run_where_none_is_said() {
    let all = "[mini-store, channels-store, weixin-store, mini-program-mall]";
    let folder = Folder::with(&[("shops/a.yaml", "kind: Shop\nid: a\nname: 云山\n")]);
    for (id, when, runs) in [
        ("every", format!("{{system: {{in: {all}}}}}"), true),
        ("either", "{any: [{at: system, is: weixin-store}, {at: system, is_not: weixin-store}]}".to_owned(), true),
        ("or-name", "{any: [{at: system, is: weixin-store}, {at: name, exists: true}]}".to_owned(), true),
        ("one", "{system: {is: weixin-store}}".to_owned(), false),
        ("not-one", "{system: {is_not: mini-store}}".to_owned(), false),
        (
            "both",
            format!(
                "{{all: [{{at: system, in: {all}}}, {{at: subject.type, in: [enterprise, sole-trader, individual, institution, other]}}]}}"
            ),
            true,
        ),
        ("said", "{system: {exists: true}}".to_owned(), false),
        ("unsaid", "{system: {exists: false}}".to_owned(), true),
    ] {
        folder.write(&format!("house/house/{id}.yaml"), rule(id, &when));
        let args = ["check", "shops", "--rules", "house", "--no-config", "--as-of", "2026-11-29", "--format", "short"];
        let ran = folder.run(&args);
        assert_eq!(ran.out.contains(&format!("house/{id}")), runs, "{id}: {}{}", ran.out, ran.err);
        std::fs::remove_file(folder.path(&format!("house/house/{id}.yaml"))).unwrap();
    }
}

#[test]
fn files_of_asset_folders_are_pictures_notes_or_problems() {
    let room = |assets: &str| format!("kind: LiveRoom\nid: r\ntitle: 春茶专场\nassets: [{assets}]\n");
    let folder = Folder::with(&[("room.yaml", &room("img"))]);
    folder.write("img/a.png", png());
    folder.write("img/notes.txt", "拍摄说明");
    folder.write("img/Thumbs.db", [0, 1, 2]);
    assert_eq!(check(&folder, &[]).code, 0, "{}", check(&folder, &[]).out);
    assert_eq!(report(&folder, &[])["summary"]["looked_at"]["pictures"]["checked"], 1);
    for name in ["img/IMG_1.HEIC", "img/b.avif", "img/c.tiff", "img/d.psd", "img/unknown"] {
        folder.write(name, b"....ftypheic not a picture that is known");
        let ran = check(&folder, &["--only", "naming/length"]);
        let all = check(&folder, &[]);
        assert_eq!(all.code, 2, "{name}: {}{}", all.out, ran.out);
        assert!(all.out.contains(name), "{name}: {}", all.out);
        std::fs::remove_file(folder.path(name)).unwrap();
    }
    let looked = &report(&folder, &["--only", "naming/length"])["summary"]["looked_at"]["pictures"];
    assert_eq!((&looked["checked"], &looked["nothing_to_check"]), (&Value::from(0), &Value::from(1)));
    folder.write("room.yaml", room("'img/*.png'"));
    folder.write("img/IMG_2.PNG", png());
    assert_eq!(report(&folder, &[])["summary"]["looked_at"]["pictures"]["checked"], 2);
}

/// A white picture.
fn png() -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    let picture = image::RgbImage::from_pixel(64, 64, image::Rgb([255, 255, 255]));
    picture.write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}

#[test]
fn shards_merge_into_the_ledger_of_an_undivided_run() {
    let lines: String = (0..300).map(|number| format!("{{\"kind\":\"Shop\",\"id\":\"s{number}\",\"system\":\"weixin-store\",\"name\":\"云山{number}号\"}}\n{{\"id\":\"x{number}\"}}\n")).collect();
    let folder = Folder::with(&[
        ("in/a.yaml", &shop("a")),
        ("in/b.ndjson", &lines),
        ("in/c.yaml", "Kind: Shop\nid: c\n"),
        ("in/empty.yaml", ""),
        ("in/package.json", "{\"name\": \"x\"}"),
    ]);
    let whole = folder.run(&["check", "in", "--no-config", "--as-of", "2026-11-29", "--format", "json"]);
    for number in 1..=3 {
        let share = format!("{number}/3");
        let ran = folder.run(&["check", "in", "--no-config", "--as-of", "2026-11-29", "--shard", &share]);
        assert_eq!(ran.code, 0, "{}", ran.err);
    }
    let parts: Vec<String> = (1..=3).map(|number| format!("dianjian-{number}-of-3.partial")).collect();
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    let merged = folder.run(&[&["merge"], &parts[..], &["--no-config", "--format", "json"]].concat());
    assert_eq!(merged.out, whole.out);
    assert_eq!((merged.code, whole.code), (2, 2));
}

#[test]
fn rows_of_totals_are_counted_in_data_too() {
    let table = "店铺编号,店铺名称,店铺体系\na,云山一店,微信小店\n小计,,\nb,云山二店,微信小店\n合计,2,\n";
    let folder = Folder::with(&[("a.csv", table)]);
    let looked = &report(&folder, &[])["summary"]["looked_at"];
    assert_eq!((&looked["totals"], &looked["records"]["nothing_to_check"]), (&2.into(), &2.into()), "{looked}");
    folder.write("a.csv", "店铺编号,店铺名称,店铺体系\na,云山一店,微信小店\n");
    assert!(report(&folder, &[])["summary"]["looked_at"].get("totals").is_none());
}

#[test]
fn sheets_that_are_passed_over_are_listed() {
    let mut book = rust_xlsxwriter::Workbook::new();
    for (name, cells) in [
        ("使用说明", &[["请勿修改", ""]][..]),
        ("店铺", &[["店铺编号", "店铺名称"], ["a", "云山一店"]]),
        ("Rates", &[["currency", "rate"], ["USD", "7"]]),
    ] {
        let sheet = book.add_worksheet().set_name(name).unwrap();
        for (row, cells) in cells.iter().enumerate() {
            cells.iter().enumerate().for_each(|(column, cell)| {
                sheet.write(row as u32, column as u16, *cell).unwrap();
            });
        }
    }
    let folder = Folder::new();
    folder.write("shops.xlsx", book.save_to_buffer().unwrap());
    let report = report(&folder, &["--system", "weixin-store"]);
    let sheets = report["summary"]["looked_at"]["passed_sheets"].as_array().unwrap();
    let names: Vec<&str> = sheets.iter().map(|passed| passed["sheet"].as_str().unwrap()).collect();
    assert_eq!(names, ["使用说明", "Rates"]);
    assert!(sheets.iter().all(|passed| passed["file"] == "./shops.xlsx" || passed["file"] == "shops.xlsx"));
    let ran = check(&folder, &["--list-files", "--lang", "zh", "--system", "weixin-store"]);
    for sheet in ["使用说明", "Rates"] {
        assert!(ran.out.contains(&format!("shops.xlsx · {sheet}")), "{}{}", ran.out, ran.err);
    }
    let shard = ["check", ".", "--no-config", "--as-of", "2026-11-29", "--system", "weixin-store", "--shard", "1/1"];
    assert_eq!(folder.run(&shard).code, 0);
    let merged = folder.run(&["merge", "dianjian-1-of-1.partial", "--no-config", "--format", "json"]);
    assert!(merged.out.contains("使用说明"), "{}{}", merged.out, merged.err);
}
