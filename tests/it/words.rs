//! Words in pictures, read by the small networks in the program: nothing has to be added.

use serde_json::Value;

use crate::folder::Folder;

/// The rules that find something in these pictures of `tests/fixtures/words`, and the report.
fn check(pictures: &[&str], ocr: &str) -> (Vec<(String, String)>, Value) {
    let folder = Folder::new();
    for name in pictures {
        let bytes = std::fs::read(format!("{}/tests/fixtures/words/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap();
        folder.write(&format!("wall/{name}"), bytes);
    }
    let args = ["check", "wall", "--as", "live", "--no-config", "--as-of", "2026-12-01", "--format", "json"];
    let output = folder.command(&args).env("DIANJIAN_OCR", ocr).output().unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{output:?}"));
    let findings = report["findings"].as_array().unwrap().iter();
    let found = findings.map(|finding| {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        (text(&finding["rule"]), text(&finding["picture"]["text"]))
    });
    (found.collect(), report)
}

#[test]
fn contacts_are_seen_where_nothing_was_added() {
    let (found, report) = check(&["contact.png", "tilted.png"], "builtin");
    let has =
        |part: &str| found.iter().any(|(rule, text)| rule.starts_with("live/picture-contacts") && text.contains(part));
    assert!(has("abc12388") && has("13800138000"), "{found:?}");
    assert_eq!(report["summary"]["looked_at"]["text_not_read"], Value::Null, "{report}");
}

#[test]
fn words_of_the_app_itself_are_clean() {
    let (found, report) = check(&["app.png", "smooth.png"], "builtin");
    assert!(found.is_empty(), "{found:?}");
    assert_eq!(report["summary"]["looked_at"]["pictures"]["checked"], 2);
}

#[test]
fn pictures_are_not_passed_as_read_where_reading_is_off() {
    let (found, report) = check(&["contact.png"], "off");
    assert!(found.is_empty());
    assert_eq!(report["summary"]["looked_at"]["text_not_read"]["pictures"], 1, "{report}");
}

#[test]
fn the_doctor_says_which_reader_there_is() {
    let folder = Folder::new();
    let doctor = |ocr: Option<&str>| {
        let mut command = folder.command(&["doctor", "--format", "json", "--no-config"]);
        command.env_remove("DIANJIAN_OCR").env("DIANJIAN_STATE_DIR", folder.path(".state"));
        let output =
            ocr.into_iter().fold(&mut command, |command, ocr| command.env("DIANJIAN_OCR", ocr)).output().unwrap();
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        let points = report["points"].as_array().unwrap();
        points.iter().find(|point| point["id"] == "ocr").unwrap()["facts"].clone()
    };
    assert_eq!(doctor(None)["engine"], "dianjian", "{}", doctor(None));
    assert_eq!(doctor(Some("off"))["engine"], Value::Null);
}
