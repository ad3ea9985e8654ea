//! What people meet: reports that can be read, filters that hide nothing unsaid, ignoring for files of every format.

use std::process::Command;

use serde_json::Value;

use crate::folder::{Folder, Ran};

/// Two rules of a house: a word that names must not have, with a fix, and an id that should be long.
fn house() -> Folder {
    let folder = Folder::new();
    let rule = |name: &str, severity: &str, confidence: &str, rest: &str| {
        format!(
            "id: house/{name}\ntitle: {{zh: 名称用词, en: Words in names}}\nwhy: {{zh: 试, en: test}}\n\
             severity: {severity}\nfor: Shop\n{rest}\nevidence:\n  \
             - {{source: own, ref: handbook, confidence: {confidence}, says: {{zh: 试, en: test}}}}\n"
        )
    };
    let words = "check: {at: name, lacks: {words: [旗舰, 官方], fold: name}}\n\
                 message: {zh: \"名称里有“{found}”\", en: \"the name has “{found}”\"}\nfix: {remove: found, applicability: unsafe}";
    let city = "check: {at: name, lacks: {words: [北京], fold: name}}\n\
                message: {zh: \"名称里有城市“{found}”\", en: \"the name has the city “{found}”\"}";
    folder.write("house/house/words.yaml", rule("words", "error", "high", words));
    folder.write("house/house/city.yaml", rule("city", "warning", "low", city));
    folder
}

fn shops(folder: &Folder, names: &[&str]) {
    let mut table = "店铺ID,店铺名称,店铺体系\n".to_owned();
    for (number, name) in names.iter().enumerate() {
        table.push_str(&format!("s{number},{name},微信小店\n"));
    }
    folder.write("shops.csv", table);
}

fn check(folder: &Folder, args: &[&str]) -> Ran {
    let own = ["--rules", "house", "--only", "house/*", "--only", "suppression/*", "--as-of", "2026-11-22"];
    folder.run(&[&["check", "--lang", "zh"], &own[..], args].concat())
}

fn json(folder: &Folder, args: &[&str]) -> Value {
    let ran = check(folder, &[&["--format", "json"], args].concat());
    serde_json::from_str(&ran.out).unwrap_or_else(|_| panic!("{}", ran.shown()))
}

mod folding {
    use super::*;

    #[test]
    fn like_findings_are_one_block_with_a_few_places_and_the_number_of_the_others() {
        let folder = house();
        let names: Vec<String> = (0..40).map(|number| format!("云山{number}旗舰店")).collect();
        shops(&folder, &names.iter().map(String::as_str).collect::<Vec<_>>());
        let ran = check(&folder, &["shops.csv"]);
        assert_eq!(ran.out.matches("[house/words]").count(), 1, "{}", ran.shown());
        assert!(ran.out.contains("同类：shops.csv:3:") && ran.out.contains("shops.csv:4:"), "{}", ran.shown());
        assert!(ran.out.contains("另有 37 处"), "{}", ran.shown());
        assert!(ran.out.contains("40 个错误") && ran.out.lines().count() < 20, "{}", ran.shown());
        let all = check(&folder, &["shops.csv", "--no-fold"]);
        assert_eq!(all.out.matches("[house/words]").count(), 40);
        assert!(!all.out.contains("同类"));
    }

    #[test]
    fn the_same_words_in_many_files_are_one_block() {
        let folder = house();
        for number in 0..5 {
            folder.write(
                &format!("s/{number}.yaml"),
                format!("kind: Shop\nsystem: weixin-store\nid: s{number}\nname: 官方店\n"),
            );
        }
        let ran = check(&folder, &["s"]);
        assert_eq!(ran.out.matches("[house/words]").count(), 1, "{}", ran.shown());
        assert!(ran.out.contains("另有 2 处"), "{}", ran.shown());
    }

    #[test]
    fn errors_come_before_warnings_whatever_the_order_of_files() {
        let folder = house();
        folder.write("a.yaml", "kind: Shop\nsystem: weixin-store\nid: a\nname: 北京店\n");
        folder.write("b.yaml", "kind: Shop\nsystem: weixin-store\nid: b\nname: 官方店\n");
        for args in [&["a.yaml", "b.yaml"][..], &["a.yaml", "b.yaml", "--no-fold"]] {
            let out = check(&folder, args).out;
            assert!(out.find("[house/words]") < out.find("[house/city]"), "{out}");
        }
    }

    #[test]
    fn short_ends_with_a_count() {
        let folder = house();
        shops(&folder, &["官方店", "北京店", "云山店"]);
        let ran = check(&folder, &["shops.csv", "--format", "short"]);
        assert_eq!(ran.out.lines().last(), Some("1 个错误，1 个警告"), "{}", ran.shown());
    }

    #[test]
    fn statistics_count_by_rule_and_severity() {
        let folder = house();
        shops(&folder, &["官方店", "北京旗舰店", "云山店"]);
        let ran = check(&folder, &["shops.csv", "--statistics"]);
        let lines: Vec<Vec<&str>> = ran.out.lines().map(|line| line.split_whitespace().collect()).collect();
        assert_eq!(lines[0], ["数量", "级别", "可修复", "规则"]);
        assert_eq!(lines[1][..4], ["2", "错误", "2", "house/words"]);
        assert_eq!(lines[2][..4], ["1", "警告", "0", "house/city"]);
        let counts = &json(&folder, &["shops.csv", "--statistics"])["summary"]["statistics"];
        assert_eq!(counts[0]["rule"], "house/words");
        assert_eq!(
            (&counts[0]["count"], &counts[0]["severity"], &counts[0]["fixable"]),
            (&2.into(), &"error".into(), &2.into())
        );
        assert!(json(&folder, &["shops.csv"])["summary"].get("statistics").is_none());
    }
}

mod filters {
    use super::*;

    #[test]
    fn what_is_below_a_bar_is_counted_and_not_listed() {
        let folder = house();
        shops(&folder, &["官方店", "北京店"]);
        for bar in [["--min-severity", "error"], ["--min-confidence", "medium"]] {
            let report = json(&folder, &[&["shops.csv"], &bar[..]].concat());
            assert_eq!(report["findings"].as_array().unwrap().len(), 1);
            assert_eq!((&report["summary"]["hidden"], &report["summary"]["warnings"]), (&1.into(), &0.into()));
            let out = check(&folder, &[&["shops.csv"], &bar[..]].concat()).out;
            assert!(out.contains("1 处低于 --min-severity 或 --min-confidence"), "{out}");
        }
        shops(&folder, &["北京店"]);
        let ran = check(&folder, &["shops.csv", "--min-severity", "error", "--fail-on", "info"]);
        assert!(ran.code == 0 && !ran.out.contains("没有发现问题"), "{}", ran.shown());
    }

    #[test]
    fn a_bar_never_hides_what_could_not_be_read() {
        let folder = house();
        folder.write("a.yaml", "kind: Shop\nsystem: weixin-store\nid: [\n");
        let ran = check(&folder, &["a.yaml", "--min-severity", "error", "--min-confidence", "high"]);
        assert_eq!(ran.code, 2, "{}", ran.shown());
    }

    #[test]
    fn everything_is_read_and_only_the_files_named_are_reported() {
        let folder = house();
        folder.write_rule(
            "one-licence",
            "{at: subject.licence, group: {by: [subject.licence], count: {max: 1}}}",
            "{set: id, to: x, applicability: unsafe}",
        );
        let shop = |id: &str, licence: &str| {
            format!("kind: Shop\nsystem: weixin-store\nid: {id}\nname: 官方店\nsubject: {{licence: \"{licence}\"}}\n")
        };
        folder.write("s/a.yaml", shop("a", "91440300708461136T"));
        folder.write("s/b.yaml", shop("b", "91440300708461136T"));
        let report = json(&folder, &["s", "--report-only", "s/a.yaml"]);
        let rules: Vec<&str> =
            report["findings"].as_array().unwrap().iter().filter_map(|f| f["rule"].as_str()).collect();
        assert!(rules.contains(&"house/words"), "{report}");
        assert_eq!(report["summary"]["elsewhere"], 1, "{report}");
        assert_eq!(report["summary"]["records"]["Shop"], 2);
        let wrong = check(&folder, &["s", "--report-only", "s/c.yaml"]);
        assert!(wrong.code == 2 && wrong.err.contains("s/c.yaml"), "{}", wrong.shown());
    }

    fn git(folder: &Folder, args: &[&str]) {
        let own = ["-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false"];
        let done = Command::new("git").current_dir(folder.path("")).args(own).args(args).output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    }

    #[test]
    fn only_what_changed_since_a_commit_is_reported() {
        let folder = house();
        let shop = |id: &str| format!("kind: Shop\nsystem: weixin-store\nid: {id}\nname: 官方店\n");
        for id in ["a", "b"] {
            folder.write(&format!("店/{id}.yaml"), shop(id));
        }
        git(&folder, &["init", "-q"]);
        git(&folder, &["add", "."]);
        git(&folder, &["commit", "-qm", "one"]);
        assert_eq!(json(&folder, &["店", "--changed-since", "HEAD"])["findings"].as_array().unwrap().len(), 0);
        folder.write("店/b.yaml", shop("b").replace("官方店", "旗舰店"));
        folder.write("店/new.yaml", shop("new"));
        let report = json(&folder, &["店", "--changed-since", "HEAD"]);
        let files: Vec<&str> =
            report["findings"].as_array().unwrap().iter().filter_map(|f| f["location"]["file"].as_str()).collect();
        assert_eq!((files, &report["summary"]["elsewhere"]), (vec!["店/b.yaml", "店/new.yaml"], &1.into()));
        let wrong = check(&folder, &["店", "--changed-since", "nowhere"]);
        assert!(wrong.code == 2 && wrong.err.contains("不认识“nowhere”"), "{}", wrong.shown());
    }

    #[test]
    fn without_git_or_a_repository_it_is_said() {
        let folder = house();
        shops(&folder, &["官方店"]);
        let own = ["check", "--lang", "zh", "shops.csv", "--changed-since", "HEAD"];
        let ran: Ran = folder.command(&own).env("GIT_CEILING_DIRECTORIES", folder.path("..")).output().unwrap().into();
        assert!(ran.code == 2 && ran.err.contains("不在 git 仓库里"), "{}", ran.shown());
        let ran: Ran = folder.command(&own).env("PATH", folder.path("house")).output().unwrap().into();
        assert!(ran.code == 2 && ran.err.contains("没有找到 git 程序"), "{}", ran.shown());
    }
}

mod ignoring {
    use super::*;

    fn found(folder: &Folder, args: &[&str]) -> Vec<String> {
        let report = json(folder, args);
        let line = |finding: &Value| {
            format!("{} {}", finding["rule"].as_str().unwrap(), finding["location"]["file"].as_str().unwrap())
        };
        report["findings"].as_array().unwrap().iter().map(line).collect()
    }

    #[test]
    fn entries_of_the_configuration_silence_findings_in_tables() {
        let folder = house();
        shops(&folder, &["官方店", "旗舰店"]);
        let one = |place: &str| {
            folder.write(
                "dianjian.yaml",
                format!("ignore:\n  - {{rule: house/words, file: shops.csv, {place}, reason: 品牌方书面同意}}\n"),
            );
            let report = json(&folder, &["."]);
            (report["findings"].as_array().unwrap().len(), report["summary"]["suppressed"].as_u64().unwrap())
        };
        for place in ["record: s1", "cell: B3", "cell: b2"] {
            assert_eq!(one(place), (1, 1), "{place}");
        }
        assert_eq!(one("path: name"), (0, 2));
        assert_eq!(check(&folder, &["."]).code, 0);
    }

    #[test]
    fn entries_hold_in_every_command_that_reports_findings() {
        let folder = house();
        folder.write(
            "shops.yaml",
            "kind: Shop\nsystem: weixin-store\nid: s\nname: 官方店\nbrand: {valid_until: 2026-12-05}\n",
        );
        let entry = |rule: &str, file: &str, more: &str| {
            folder.write(
                "dianjian.yaml",
                format!("packs: [house]\nignore:\n  - {{rule: {rule}, file: {file}, reason: 已报备{more}}}\n"),
            );
        };
        let forecast = || {
            let ran = folder.run(&[
                "forecast",
                "shops.yaml",
                "--as-of",
                "2026-11-22",
                "--only",
                "brand/*",
                "--format",
                "json",
            ]);
            let report: Value = serde_json::from_str(&ran.out).unwrap_or_else(|_| panic!("{}", ran.shown()));
            let changes =
                report["records"].as_array().unwrap().iter().flat_map(|one| one["changes"].as_array().unwrap());
            changes.map(|change| change["date"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        entry("house/words", "shops.yaml", "");
        assert!(!forecast().is_empty());
        entry("brand/*", "shops.yaml", "");
        assert_eq!(forecast(), [""; 0]);
        entry("brand/*", "shops.yaml", ", until: 2026-12-31");
        assert_eq!(forecast(), ["2027-01-01"], "the day after its last one");

        let left = || {
            let ran = folder.run(&["migrate", "plan", "shops.yaml", "--as-of", "2026-11-22"]);
            assert_eq!(ran.code, 0, "{}", ran.shown());
            let plan: Value = serde_json::from_str(&folder.read("plan.json")).unwrap();
            plan.to_string().matches("house/words").count()
        };
        entry("house/city", "shops.yaml", "");
        let before = left();
        entry("house/words", "shops.yaml", "");
        assert!(left() < before, "{before}");

        let product = r#"{"errcode":0,"errmsg":"ok","product":{"product_id":12,"title":"加微信领券","head_imgs":["http://a/1"]}}"#;
        folder.write("api/product.json", product);
        folder.write("api/events.ndjson", r#"{"CreateTime":1767225700,"MsgType":"event","Event":"product_spu_audit","ProductSpuAudit":{"product_id":"12","status":2,"reason":"标题不合规"}}"#);
        let rules = || {
            let ran = folder.run(&["audit", "api", "--format", "json"]);
            let report: Value = serde_json::from_str(&ran.out).unwrap_or_else(|_| panic!("{}", ran.shown()));
            let findings = report["rejections"][0]["findings"].as_array().unwrap().clone();
            findings.iter().map(|finding| finding["rule"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        let all = rules();
        let first = all.first().unwrap_or_else(|| panic!("nothing found")).clone();
        entry(&first, "api/product.json", "");
        assert!(!rules().contains(&first), "{first}");
    }

    #[test]
    fn comments_silence_a_forecast() {
        let folder = Folder::new();
        let shop = |comment: &str| {
            format!(
                "kind: Shop\nsystem: weixin-store\nid: s\nname: 云山店\nbrand: {{valid_until: 2026-12-05}}{comment}\n"
            )
        };
        let days = |comment: &str| {
            folder.write("a.yaml", shop(comment));
            let args = ["forecast", "a.yaml", "--no-config", "--as-of", "2026-11-22", "--only", "brand/*"];
            folder.run(&args).out.matches("brand/").count()
        };
        assert!(days("") > 0);
        assert_eq!(days("  # dianjian: ignore[brand/*] -- 续展中"), 0);
        assert_eq!(days("  # dianjian: ignore[brand/*] until 2027-02-01 -- 续展中"), 1);
    }

    #[test]
    fn plain_patterns_still_leave_files_out() {
        let folder = house();
        shops(&folder, &["官方店"]);
        folder.write("other.csv", "店铺ID,店铺名称,店铺体系\ns,官方店,微信小店\n");
        folder.write("dianjian.yaml", "ignore:\n  - shops.csv\n  - {rule: house/words, file: other.csv, reason: 试}\n");
        let report = json(&folder, &["."]);
        assert_eq!((&report["summary"]["files"], &report["summary"]["suppressed"]), (&1.into(), &1.into()), "{report}");
    }

    #[test]
    fn a_group_is_silenced_at_any_of_its_places() {
        let folder = house();
        folder.write_rule(
            "one-licence",
            "{at: subject.licence, group: {by: [subject.licence], count: {max: 1}}}",
            "{set: id, to: x, applicability: unsafe}",
        );
        for id in ["a", "b", "c"] {
            folder.write(
                &format!("{id}.yaml"),
                format!("kind: Shop\nsystem: weixin-store\nid: {id}\nname: 云山{id}店\nsubject: {{licence: \"91440300708461136T\"}}\n"),
            );
        }
        assert_eq!(found(&folder, &["."]).len(), 1);
        for file in ["a.yaml", "b.yaml", "c.yaml"] {
            let entry = format!("ignore:\n  - {{rule: house/one-licence, file: {file}, reason: 已报备}}\n");
            folder.write("dianjian.yaml", entry);
            assert!(found(&folder, &["."]).is_empty(), "{file}");
        }
        folder.write("dianjian.yaml", "");
        let commented = "kind: Shop\nsystem: weixin-store\nid: a\nname: 云山a店\n# dianjian: ignore[house/one-licence] -- 已报备\nsubject: {licence: \"91440300708461136T\"}\n";
        folder.write("a.yaml", commented);
        assert!(found(&folder, &["."]).is_empty());
    }

    #[test]
    fn entries_that_ran_out_or_silence_nothing_are_reported_at_their_place() {
        let folder = house();
        shops(&folder, &["官方店"]);
        let entries = "ignore:\n  - {rule: house/words, file: shops.csv, reason: 改名中, until: 2026-11-21}\n  \
                       - {rule: house/city, file: shops.csv, reason: 改名中}\n";
        folder.write("dianjian.yaml", entries);
        assert_eq!(
            found(&folder, &["."]),
            ["house/words shops.csv", "suppression/expired dianjian.yaml", "suppression/unused dianjian.yaml"]
        );
        // Nothing is known of entries for other files than those that were read.
        folder.write("other.yaml", "kind: Shop\nsystem: weixin-store\nid: o\nname: 云山店\n");
        assert_eq!(found(&folder, &["other.yaml"]), ["suppression/expired dianjian.yaml"]);
    }

    #[test]
    fn until_holds_through_its_day() {
        let folder = house();
        folder.write(
            "c.yaml",
            "kind: Shop\nsystem: weixin-store\nid: c\nname: 官方店  # dianjian: ignore[house/words] until 2026-11-22 -- 改名中\n",
        );
        shops(&folder, &["官方店"]);
        folder.write(
            "dianjian.yaml",
            "ignore:\n  - {rule: house/words, file: shops.csv, reason: 改名中, until: 2026-11-22}\n",
        );
        assert!(found(&folder, &["."]).is_empty());
        let late = ["check", "--rules", "house", "--only", "house/*", "--as-of", "2026-11-23", "--format", "json"];
        let report: Value = serde_json::from_str(&folder.run(&late).out).unwrap();
        assert_eq!(report["findings"].as_array().unwrap().len(), 2);
    }

    #[test]
    fn mistakes_in_entries_are_told() {
        let folder = house();
        shops(&folder, &["官方店"]);
        for (entry, told) in [
            ("{rule: house/words, file: shops.csv}", "reason"),
            ("{rule: house/words, file: shops.csv, reason: ' '}", "理由是空的"),
            ("{rule: house/wrods, file: shops.csv, reason: 试}", "house/words"),
            ("{rule: house/words, file: shops.csv, reason: 试, until: 2026-13-01}", "2026-13-01"),
            ("{rule: house/words, files: shops.csv, reason: 试}", "files"),
        ] {
            folder.write("dianjian.yaml", format!("packs: [house]\nignore:\n  - {entry}\n"));
            let ran = folder.run(&["check", "--lang", "zh"]);
            assert!(ran.code == 2 && ran.out.contains(told), "{entry}: {}", ran.shown());
        }
    }
}

mod safety {
    use super::*;

    #[test]
    fn outputs_replace_only_what_was_written_before() {
        let room = "kind: LiveRoom\nid: r\ntitle: 春茶专场\nscript: script.md\n";
        let folder = Folder::with(&[("r.yaml", room), ("script.md", "- 欢迎来到直播间\n"), ("m.yml", "mapping: x\n")]);
        folder.write("c.png", b"\x89PNG\r\n\x1a\n....");
        let check = |output: &str| {
            folder.run(&["check", "r.yaml", "--no-config", "--as-of", "2026-11-29", "--lang", "en", "-o", output])
        };
        for (output, name) in [
            ("markdown=script.md", "script.md"),
            ("json=c.png", "c.png"),
            ("sarif=m.yml", "m.yml"),
            ("short=m.yml", "m.yml"),
        ] {
            let before = std::fs::read(folder.path(name)).unwrap();
            let ran = check(output);
            assert_eq!(ran.code, 2, "{output}: {}", ran.err);
            assert!(ran.err.contains("was not written by dianjian"), "{output}: {}", ran.err);
            assert_eq!(std::fs::read(folder.path(name)).unwrap(), before, "{output}");
        }
        // What an earlier run wrote is replaced, in every format.
        for format in ["pretty", "short", "json", "sarif", "junit", "github", "gitlab", "markdown", "xlsx"] {
            for _ in 0..2 {
                let ran = check(&format!("{format}=out.{format}"));
                assert!(ran.code < 2, "{format}: {}", ran.err);
            }
        }
        let plan = folder.run(&["migrate", "plan", "r.yaml", "--as-of", "2024-09-01", "-o", "script.md"]);
        assert_eq!((plan.code, folder.read("script.md").as_str()), (2, "- 欢迎来到直播间\n"), "{}", plan.err);
    }

    #[test]
    fn fixes_of_values_that_must_differ_are_an_upper_bound() {
        let folder = Folder::new();
        let shop = |id: &str, name: &str, more: &str| {
            format!("---\nkind: Shop\nsystem: weixin-store\nid: {id}\nname: {name}\n{more}")
        };
        let args =
            |format: &'static str| ["check", "a.yaml", "--no-config", "--as-of", "2026-11-22", "--format", format];
        let report = |content: String| {
            folder.write("a.yaml", content);
            let report: Value = serde_json::from_str(&folder.run(&args("json")).out).unwrap();
            (report["summary"]["fixable"].clone(), report["summary"]["unproven"].clone())
        };
        // Another shop has the name that would be left.
        let (fixable, unproven) = report(shop("a", "云山官方店", "") + &shop("b", "云山店", ""));
        assert_eq!((&fixable["unsafe"], &unproven["unsafe"]), (&1.into(), &1.into()));
        let mut said = args("pretty").to_vec();
        said.extend(["--lang", "en"]);
        let ran = folder.run(&said);
        assert!(ran.out.contains("up to 1 fixable with dianjian check --fix=unsafe"), "{}", ran.shown());
        let fixed = folder.run(&["check", "a.yaml", "--no-config", "--as-of", "2026-11-22", "--fix=unsafe"]);
        assert!(folder.read("a.yaml").contains("云山官方店"), "{}", fixed.shown());
        // A store type that is left over is taken out whatever other shops say.
        let (fixable, unproven) = report(shop("a", "云山茶业", "store_type: flagship\n"));
        assert_eq!((&fixable["unsafe"], &unproven), (&1.into(), &Value::Null));
        let ran = folder.run(&said);
        assert!(!ran.out.contains("up to") && ran.out.contains("1 fixable"), "{}", ran.shown());
    }

    #[test]
    fn an_output_is_never_an_input() {
        let folder = house();
        folder.write("a.yaml", "kind: Shop\nsystem: weixin-store\nid: a\nname: 云山店\n");
        std::fs::hard_link(folder.path("a.yaml"), folder.path("same.txt")).unwrap();
        let before = folder.read("a.yaml");
        let outputs = ["json=a.yaml", "sarif=./house/../a.yaml", "junit=same.txt"];
        for output in outputs {
            for inputs in ["a.yaml", "."] {
                let ran = check(&folder, &[inputs, "-o", output]);
                assert!(ran.code == 2 && ran.err.contains("a.yaml") && ran.out.is_empty(), "{output}: {}", ran.shown());
            }
        }
        let ran = check(&folder, &["a.yaml", "--accept", "--baseline", "a.yaml"]);
        assert!(ran.code == 2, "{}", ran.shown());
        folder.write("shops.csv", "店铺ID,店铺名称,店铺体系\ns,云山店,微信小店\n");
        let ran = check(&folder, &["a.yaml", "--accept", "--baseline", "shops.csv"]);
        assert!(ran.code == 2, "a file of shops is no baseline: {}", ran.shown());
        assert_eq!(folder.read("a.yaml"), before);
    }

    #[cfg(unix)]
    #[test]
    fn an_output_is_no_input_through_a_link() {
        let folder = house();
        folder.write("a.yaml", "kind: Shop\nsystem: weixin-store\nid: a\nname: 云山店\n");
        std::os::unix::fs::symlink(folder.path("a.yaml"), folder.path("link.json")).unwrap();
        let ran = check(&folder, &["a.yaml", "-o", "json=link.json"]);
        assert!(ran.code == 2 && ran.err.contains("a.yaml"), "{}", ran.shown());
    }

    #[test]
    fn a_report_of_an_earlier_run_is_replaced() {
        let folder = house();
        folder.write("a.yaml", "kind: Shop\nsystem: weixin-store\nid: a\nname: 官方店\n");
        let outputs = [
            "-o",
            "json=r.json",
            "-o",
            "sarif=s.json",
            "-o",
            "gitlab=g.json",
            "-o",
            "junit=j.xml",
            "-o",
            "xlsx=x.xlsx",
        ];
        for _ in 0..2 {
            let ran = check(&folder, &[&["."], &outputs[..]].concat());
            assert!(!ran.err.contains("就是要读取的"), "{}", ran.shown());
        }
    }

    #[cfg(unix)]
    #[test]
    fn fixes_that_cannot_be_written_are_not_said_to_be_made() {
        use std::fs::{Permissions, set_permissions, write};
        use std::os::unix::fs::PermissionsExt as _;
        let folder = house();
        folder.write("closed/a.yaml", "kind: Shop\nsystem: weixin-store\nid: a\nname: 云山官方店\n");
        folder.write("open/b.yaml", "kind: Shop\nsystem: weixin-store\nid: b\nname: 雾里官方店\n");
        set_permissions(folder.path("closed"), Permissions::from_mode(0o555)).unwrap();
        let is_root = write(folder.path("closed/probe"), "").is_ok();
        let ran = check(&folder, &["closed", "open", "--fix=unsafe"]);
        set_permissions(folder.path("closed"), Permissions::from_mode(0o755)).unwrap();
        let told = "已修复 1 个文件里的 1 处；1 个文件没有改动";
        assert!(is_root || (ran.code == 2 && ran.err.contains(told)), "{}", ran.shown());
    }

    #[test]
    fn a_baseline_is_found_by_the_next_check() {
        let folder = house();
        shops(&folder, &["官方店"]);
        folder.write("dianjian.yaml", "packs: [house]\nlang: zh\n");
        let day = ["--as-of", "2026-11-22", "--only", "house/*"];
        let created = folder.run(&[&["baseline", "create"], &day[..]].concat());
        assert!(created.code == 0 && created.err.contains("以后 check 会自动使用它"), "{}", created.shown());
        let ran = folder.run(&[&["check"], &day[..]].concat());
        assert!(ran.code == 0 && ran.out.contains("1 处在基线内"), "{}", ran.shown());
        // Below, too.
        folder.write("sub/b.yaml", "kind: Shop\nsystem: weixin-store\nid: b\nname: 云山店\n");
        let below = folder
            .command(&[&["check", "..", "--lang", "zh"], &day[..]].concat())
            .current_dir(folder.path("sub"))
            .output();
        let below: Ran = below.unwrap().into();
        assert!(below.code == 0 && below.out.contains("1 处在基线内"), "{}", below.shown());
    }

    #[test]
    fn updating_drops_nothing_that_the_run_could_not_have_found() {
        let folder = house();
        folder.write_rule(
            "one-licence",
            "{at: subject.licence, group: {by: [subject.licence], count: {max: 1}}}",
            "{set: id, to: x, applicability: unsafe}",
        );
        for id in ["a", "b"] {
            let shop = format!(
                "kind: Shop\nsystem: weixin-store\nid: {id}\nname: 官方{id}店\nsubject: {{licence: \"91440300708461136T\"}}\n"
            );
            folder.write(&format!("s/{id}.yaml"), shop);
        }
        folder.write("dianjian.yaml", "packs: [house]\nlang: zh\n");
        let day = ["--as-of", "2026-11-22"];
        folder.run(&[&["baseline", "create", "--only", "house/*"], &day[..]].concat());
        let whole = folder.read("dianjian-baseline.json");
        assert_eq!(whole.matches("fingerprint").count(), 3, "{whole}");
        let update = |args: &[&str]| {
            let ran = folder.run(&[&["check", "--update-baseline"], args].concat());
            assert_eq!(folder.read("dianjian-baseline.json"), whole, "{args:?}: {}", ran.shown());
            ran.err
        };
        assert!(update(&["--as-of", "2020-01-01"]).contains("更早"));
        assert!(update(&["--as-of", "2026-11-22", "--skip", "house/*"]).contains("保留"));
        assert!(update(&["--as-of", "2026-11-22", "s/b.yaml"]).contains("保留"));
        assert!(update(&["--as-of", "2026-11-22", "--min-severity", "error", "--only", "house/city"]).contains("保留"));
        folder.write("dianjian.yaml", "packs: [house]\nlang: zh\nseverity: {house/words: off}\n");
        assert!(update(&["--as-of", "2026-11-22", "--only", "house/*"]).contains("保留"));
    }

    #[test]
    fn a_configuration_outside_the_repository_is_named() {
        let folder = house();
        folder.write("dianjian.yaml", "packs: [house]\nlang: zh\n");
        folder.write("repo/.git/HEAD", "ref: refs/heads/main\n");
        folder.write("repo/a.yaml", "kind: Shop\nsystem: weixin-store\nid: a\nname: 云山店\n");
        let ran: Ran = folder.command(&["check"]).current_dir(folder.path("repo")).output().unwrap().into();
        assert!(ran.err.contains("仓库之外的配置 ../dianjian.yaml"), "{}", ran.shown());
        let ran = folder.run(&["check", "repo"]);
        assert!(!ran.err.contains("仓库之外"), "{}", ran.shown());
    }
}

mod consequences {
    use super::*;

    fn unique(folder: &Folder) {
        folder.write_rule(
            "unique",
            "{at: name, group: {by: [name], count: {max: 1}}}",
            "{set: id, to: x, applicability: manual}",
        );
    }

    #[test]
    fn no_fix_gives_a_shop_the_name_of_another() {
        let folder = house();
        unique(&folder);
        shops(&folder, &["云山官方店", "云山店", "雾里官方店"]);
        let ran = check(&folder, &["shops.csv", "--fix=unsafe"]);
        let after = folder.read("shops.csv");
        assert!(after.contains("s0,云山官方店") && after.contains("s2,雾里店"), "{after}{}", ran.shown());
        assert!(ran.err.contains("没有修复 shops.csv:2") && ran.err.contains("house/unique"), "{}", ran.shown());
    }

    #[test]
    fn no_two_fixes_give_the_same_name() {
        let folder = house();
        unique(&folder);
        folder.write("a.yaml", "kind: Shop\nsystem: weixin-store\nid: a\nname: 云山官方店\n");
        folder.write("b.yaml", "kind: Shop\nsystem: weixin-store\nid: b\nname: 云山旗舰店\n");
        folder.write("c.yaml", "kind: Shop\nsystem: weixin-store\nid: c\nname: 雾里旗舰店\n");
        let ran = check(&folder, &[".", "--fix=unsafe"]);
        // The first of those that clash is made, and of the second it is said why not.
        assert!(
            folder.read("a.yaml").contains("name: 云山店") && folder.read("b.yaml").contains("云山旗舰店"),
            "{}",
            ran.shown()
        );
        assert!(ran.err.contains("没有修复 b.yaml:4") && ran.err.contains("house/unique"), "{}", ran.shown());
        assert!(folder.read("c.yaml").contains("name: 雾里店"), "{}", ran.shown());
    }
}

mod hooks {
    use super::*;

    #[test]
    fn named_files_are_treated_as_in_folders_on_request() {
        let folder = house();
        folder.write("a.yaml", "kind: Shop\nsystem: weixin-store\nid: a\nname: 官方店\n");
        folder.write("compose.yaml", "services: {web: {image: nginx}}\n");
        folder.write("README.md", "# 说明\n");
        folder.write("drafts/b.yaml", "kind: Shop\nsystem: weixin-store\nid: b\nname: 官方店\n");
        folder.write("dianjian.yaml", "packs: [house]\nlang: zh\nignore: [drafts/]\n");
        let named = ["compose.yaml", "README.md", "dianjian.yaml", "drafts/b.yaml"];
        let ran = check(&folder, &[&named[..], &["--force-exclude"]].concat());
        assert_eq!(ran.code, 0, "{}", ran.shown());
        let report = json(&folder, &[&named[..], &["a.yaml", "--force-exclude"]].concat());
        let files: Vec<&str> =
            report["findings"].as_array().unwrap().iter().filter_map(|f| f["location"]["file"].as_str()).collect();
        assert_eq!(files, ["a.yaml"], "{report}");
        assert_eq!(check(&folder, &["compose.yaml"]).code, 2);
    }

    #[test]
    fn a_misspelt_path_has_a_suggestion() {
        let folder = house();
        folder.write("shops/fleet.yaml", "kind: Shop\nsystem: weixin-store\nid: a\nname: 云山店\n");
        for (wrong, right) in [("shops/fleat.yaml", "shops/fleet.yaml"), ("shop/fleet.yaml", "shops/fleet.yaml")] {
            let ran = check(&folder, &[wrong]);
            assert!(ran.code == 2 && ran.out.contains(right), "{}", ran.shown());
        }
    }

    #[test]
    fn paths_for_gitlab_begin_at_the_repository() {
        let folder = house();
        folder.write("repo/.git/HEAD", "ref: refs/heads/main\n");
        folder.write("repo/店/a.yaml", "kind: Shop\nsystem: weixin-store\nid: a\nname: 官方店\n");
        let absolute = folder.path("repo/店/a.yaml");
        let ran = check(&folder, &[absolute.to_str().unwrap(), "--format", "gitlab"]);
        assert!(ran.out.contains("\"path\":\"店/a.yaml\""), "{}", ran.shown());
    }
}

mod names {
    use super::*;

    #[test]
    fn things_are_explained_by_their_chinese_names() {
        let folder = Folder::new();
        let explain = |name: &str| folder.run(&["explain", name, "--lang", "zh"]);
        for (name, told) in [
            ("店铺类型", "Shop.store_type"),
            ("直播间", "LiveRoom"),
            ("品牌授权", "Shop.brand.grant"),
            ("统一社会信用代码", "Shop.subject.licence"),
            ("所属店铺", "LiveRoom.shop"),
        ] {
            let ran = explain(name);
            assert!(ran.code == 0 && ran.out.contains(told), "{name}: {}", ran.shown());
        }
        let ran = explain("店铺类形");
        assert!(ran.code == 2 && ran.err.contains("店铺类型"), "{}", ran.shown());
    }

    #[test]
    fn a_template_is_read_back_without_a_gap() {
        let folder = Folder::new();
        for (name, lang) in [
            ("店铺.xlsx", "zh"),
            ("商品.csv", "zh"),
            ("华东直播间清单.xlsx", "zh"),
            ("品牌.xlsx", "zh"),
            ("订单.xlsx", "zh"),
            ("库存.xlsx", "zh"),
            ("订单.csv", "zh"),
            ("Order.csv", "en"),
            ("stock.xlsx", "en"),
            ("shops.xlsx", "en"),
            ("Product.csv", "en"),
            ("live rooms.xlsx", "en"),
        ] {
            let ran = folder.run(&["template", name, "--lang", lang]);
            assert_eq!(ran.code, 0, "{}", ran.shown());
            let read = folder.run(&["check", name, "--format", "json", "--only", "record/*", "--lang", lang]);
            let report: Value = serde_json::from_str(&read.out).unwrap();
            // Its example is no record.
            assert_eq!(report["summary"]["problems"], 1, "{name}: {}", read.shown());
            assert_eq!(report["findings"].as_array().unwrap().len(), 0, "{name}: {}", read.shown());
            if !name.ends_with("csv") {
                continue;
            }
            let example = folder.read(name);
            let filled = ["示例1", "请改成您的内容", "example-1", "replace this"];
            folder.write(name, filled.iter().fold(example, |text, word| text.replace(word, "云山绿茶礼盒")));
            let read = folder.run(&["check", name, "--format", "json", "--only", "record/*", "--lang", lang]);
            let report: Value = serde_json::from_str(&read.out).unwrap();
            assert_eq!(report["summary"]["problems"], 0, "{name}: {}", read.shown());
            assert_eq!(report["findings"].as_array().unwrap().len(), 0, "{name}: {}", read.shown());
            assert!(report["summary"]["records"].as_object().unwrap().len() == 1, "{name}: {}", read.shown());
        }
        assert_eq!(folder.run(&["template", "店铺.xlsx"]).code, 2, "what is there stays");
        let unknown = folder.run(&["template", "发票.xlsx", "--lang", "zh"]);
        assert!(unknown.code == 2 && unknown.err.contains("店铺"), "{}", unknown.shown());
    }
}
