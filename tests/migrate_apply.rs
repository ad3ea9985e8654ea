//! `dianjian migrate apply`, `resume`, `rollback` and `status`, run as the built binary, on good days and bad.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that fails should stop"
)]

#[path = "migrate/fleet.rs"]
mod fleet;

use std::fs;

use dianjian::migrate::plan::Plan;

use fleet::{Fleet, ShopEdits};

/// Three shops in two files: YAML with all that must stay, and NDJSON with CRLF.
fn small() -> Fleet {
    let mut fleet = Fleet::new();
    let yaml =
        "\u{feff}# 云山\r\nkind: Shop\r\nid: yunshan   # 编号\r\nsystem: channels-store\r\nname: &n '云山旗舰店'\r\n";
    fleet.file(
        "shops/云山.yaml",
        yaml,
        &[ShopEdits::new("yunshan", &[("channels-store", "weixin-store"), ("旗舰店", "")])],
    );
    let lines = "{\"id\":\"a\",\"name\":\"青禾专卖店\"}\r\n\r\n{\"id\":\"b\",\"name\":\"雾里专营店\"}";
    fleet.file(
        "all.ndjson",
        lines,
        &[
            ShopEdits::new("a", &[("专卖店", "")]),
            ShopEdits::new("b", &[("专营店", "茶"), ("{\"id\":\"b\"", "{\"id\":\"b\",\"new\":true")]),
        ],
    );
    fleet.seal();
    fleet
}

mod good_days {
    use super::*;

    #[test]
    fn apply_and_rollback_give_the_exact_bytes() {
        let fleet = small();
        let before = fleet.bytes();
        let ran = fleet.run(&["apply"]);
        assert_eq!(ran.code, 0, "{}", ran.shown());
        assert_eq!(fleet.bytes(), fleet.after());
        let text = fs::read_to_string(fleet.path("shops/云山.yaml")).unwrap();
        assert!(text.starts_with("\u{feff}# 云山\r\n") && text.ends_with("name: &n '云山'\r\n"), "{text}");
        let ran = fleet.run(&["rollback"]);
        assert_eq!(ran.code, 0, "{}", ran.shown());
        assert_eq!(fleet.bytes(), before);
    }

    #[test]
    fn a_second_apply_changes_nothing_and_says_so() {
        let fleet = small();
        insta::assert_snapshot!("apply_en", fleet.run(&["apply"]).shown());
        let stamp = |name: &str| fs::metadata(fleet.path(name)).unwrap().modified().unwrap();
        let before = stamp("all.ndjson");
        insta::assert_snapshot!("apply_again_en", fleet.run(&["apply"]).shown());
        assert_eq!(stamp("all.ndjson"), before);
        insta::assert_snapshot!("apply_again_zh", fleet.run_in("zh", &["apply"]).shown());
    }

    #[test]
    fn shops_of_one_file_are_applied_and_undone_on_their_own() {
        let fleet = small();
        let read = || fs::read_to_string(fleet.path("all.ndjson")).unwrap();
        let before = read();
        assert_eq!(fleet.run(&["apply", "--only", "b"]).code, 0);
        assert_eq!(read(), before.replace("专营店", "茶").replace("\"b\"", "\"b\",\"new\":true"));
        insta::assert_snapshot!("status_partly_zh", fleet.run_in("zh", &["status", "--all"]).shown_without_time());
        assert_eq!(fleet.run(&["apply"]).code, 0);
        assert_eq!(fleet.bytes(), fleet.after());
        insta::assert_snapshot!("rollback_shop_en", fleet.run(&["rollback", "--shop", "b"]).shown());
        assert_eq!(read(), before.replace("专卖店", ""));
        assert_eq!(fleet.run(&["rollback", "--shop", "a", "yunshan"]).code, 0);
        assert_eq!(fleet.bytes(), fleet.before());
    }

    #[test]
    fn dry_runs_and_diffs_write_nothing() {
        let fleet = small();
        insta::assert_snapshot!("dry_run_zh", fleet.run_in("zh", &["apply", "--dry-run", "--all"]).shown());
        insta::assert_snapshot!("diff_en", fleet.run(&["apply", "--diff", "--only", "yunshan"]).shown());
        assert_eq!(fleet.bytes(), fleet.before());
        assert!(!fleet.path(".dianjian").exists());
    }

    #[test]
    fn results_are_told_to_programs() {
        let fleet = small();
        let ran = fleet.run(&["apply", "--format", "json", "--only", "a"]);
        let json: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
        let results: Vec<&str> =
            json["shops"].as_array().unwrap().iter().map(|shop| shop["result"].as_str().unwrap()).collect();
        assert_eq!(results, ["not-asked", "done", "not-asked"]);
        let json: serde_json::Value = serde_json::from_str(&fleet.run(&["status", "--format", "json"]).out).unwrap();
        let states: Vec<&str> =
            json["shops"].as_array().unwrap().iter().map(|shop| shop["state"].as_str().unwrap()).collect();
        assert_eq!(states, ["not-applied", "applied", "not-applied"]);
        assert_eq!(json["last"]["state"], "ended");
    }

    #[test]
    fn the_copy_of_the_plan_is_as_good_as_the_plan() {
        let mut fleet = small();
        assert_eq!(fleet.run(&["apply"]).code, 0);
        let id = serde_json::from_slice::<Plan>(&fs::read(&fleet.plan).unwrap()).unwrap().id;
        fs::remove_file(&fleet.plan).unwrap();
        fleet.plan = fleet.path(&format!(".dianjian/migrations/{id}/plan.json"));
        assert_eq!(fleet.run(&["rollback"]).code, 0);
        assert_eq!(fleet.bytes(), fleet.before());
    }
}
