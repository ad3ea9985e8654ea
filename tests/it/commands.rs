//! Whole commands, run as the built binary: what is printed, what is written, and the exit status.
//!
//! Each test works on a copy of `tests/fixtures/commands/fleet` (a small fleet with a pack of its
//! own) or on files of its own, in a folder that is removed afterwards.

use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::Stdio;

use crate::folder::{Folder, Ran, copy};

impl Folder {
    /// The fleet of the fixtures.
    fn fleet() -> Self {
        let folder = Self::new();
        copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/commands/fleet"), &folder.path(""));
        folder
    }

    /// `check` of the fleet's own rules on a fixed day.
    fn check(&self, args: &[&str]) -> Ran {
        let mut all = vec!["check", "--only", "house/*", "--as-of", "2026-11-22"];
        all.extend(args);
        self.run(&all)
    }
}

/// A shop whose name breaks a rule of the fleet's pack.
const BAD: &str = "kind: Shop\nid: a\nname: 云山旗舰店\nsystem: weixin-store\n";

mod formats {
    use super::*;

    #[test]
    fn pretty_in_chinese() {
        insta::assert_snapshot!(Folder::fleet().check(&["--lang", "zh"]).shown());
    }

    #[test]
    fn pretty_in_english() {
        insta::assert_snapshot!(Folder::fleet().check(&["--lang", "en"]).shown());
    }

    #[test]
    fn all_others() {
        for format in ["short", "json", "sarif", "junit", "github", "gitlab", "markdown"] {
            let ran = Folder::fleet().check(&["--lang", "en", "--format", format]);
            insta::assert_snapshot!(format!("format_{format}"), ran.shown());
        }
    }

    #[test]
    fn several_in_one_run() {
        let fleet = Folder::fleet();
        let ran = fleet.check(&[
            "--lang",
            "en",
            "--format",
            "short",
            "-o",
            "json=out.json",
            "-o",
            "sarif=out.sarif",
            "shops/clean.yaml",
        ]);
        assert_eq!((ran.code, ran.out.as_str()), (0, ""));
        let json: serde_json::Value = serde_json::from_str(&fleet.read("out.json")).unwrap();
        assert_eq!((&json["version"], &json["summary"]["files"]), (&1.into(), &1.into()));
        let sarif: serde_json::Value = serde_json::from_str(&fleet.read("out.sarif")).unwrap();
        assert_eq!(sarif["version"], "2.1.0");
    }

    #[test]
    fn two_to_one_place_are_refused() {
        let ran = Folder::fleet().check(&["--lang", "en", "--format", "short", "-o", "json=-"]);
        insta::assert_snapshot!(ran.shown(), @r"
        exit status: 2
        ----- stderr
        error: two outputs go to -
        ");
    }

    #[test]
    fn the_configuration_can_name_outputs() {
        let fleet = Folder::fleet();
        fleet.write("ci/dianjian.yaml", b"packs: [../house]\noutputs: {junit: report.xml}\n");
        let ran = fleet.check(&["--config", "ci/dianjian.yaml", "-q", "shops"]);
        assert_eq!((ran.code, ran.out.as_str()), (1, ""));
        assert!(fleet.read("ci/report.xml").contains("<testsuites"));
    }

    #[test]
    fn an_output_that_cannot_be_written_hides_no_findings() {
        let fleet = Folder::fleet();
        fleet.write("file", b"");
        let told = |lang: &str| {
            let outputs = ["-o", "sarif=file/x.sarif", "-o", "junit=ci/out/x.xml", "-o", "json=shops"];
            fleet.check(&[&["--lang", lang, "--format", "short", "shops/yunshan.yaml"], &outputs[..]].concat())
        };
        insta::assert_snapshot!("unwritten_en", told("en").shown());
        insta::assert_snapshot!("unwritten_zh", told("zh").shown());
        assert!(fleet.read("ci/out/x.xml").contains("<testsuites"));
    }

    #[test]
    fn an_output_needs_a_name() {
        let fleet = Folder::fleet();
        let ran = fleet.check(&["--lang", "en", "-o", "json="]);
        assert_eq!((ran.code, ran.err.as_str()), (2, "error: -o json=: the file's name is missing\n"));
        fleet.write("dianjian.yaml", b"packs: [house]\noutputs: {json: ''}\n");
        let ran = fleet.check(&["--lang", "zh", "--format", "short", "shops/clean.yaml"]);
        assert!(ran.code == 2 && ran.out.starts_with("dianjian.yaml:2:17: "), "{}", ran.shown());
    }

    #[cfg(unix)]
    #[test]
    fn temporary_files_have_no_part_in_messages() {
        use std::os::unix::fs::PermissionsExt as _;
        let fleet = Folder::fleet();
        let folder = fleet.path("closed");
        fs::create_dir(&folder).unwrap();
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o555)).unwrap();
        let is_root = fs::write(folder.join("probe"), "").is_ok();
        let ran = fleet.check(&["--lang", "en", "-o", "json=closed/x.json", "shops/clean.yaml"]);
        let told = "cannot write the report to closed/x.json: permission denied";
        assert!(is_root || (ran.code == 2 && ran.err.contains(told)), "{}", ran.shown());
    }

    #[test]
    fn threads_do_not_change_the_report() {
        let fleet = Folder::fleet();
        for number in 0..60 {
            fleet.write(&format!("many/{number}.yaml"), BAD.replace("id: a", &format!("id: s{number}")).as_bytes());
        }
        let one = fleet.check(&["--threads", "1", "--format", "json"]);
        let many = fleet.check(&["--threads", "7", "--format", "json"]);
        assert!(one.out == many.out && one.out.contains("many/59.yaml"));
    }
}

mod exit_status {
    use super::*;

    #[test]
    fn it_is_what_the_help_says() {
        let fleet = Folder::fleet();
        let code = |args: &[&str]| fleet.check(args).code;
        assert_eq!(code(&["shops/clean.yaml"]), 0);
        assert_eq!(code(&["shops"]), 1);
        assert_eq!(code(&["shops", "--skip", "house/[pw]*"]), 0);
        assert_eq!(code(&["shops", "--skip", "house/[pw]*", "--fail-on", "warning"]), 1);
        assert_eq!(code(&["shops", "--skip", "house/[ipw]*", "--fail-on", "warning"]), 0);
        assert_eq!(code(&["shops", "--skip", "house/[ipw]*", "--fail-on", "info"]), 1);
        assert_eq!(code(&["shops", "--fail-on", "never"]), 0);
        assert_eq!(code(&["no-such.yaml"]), 2);
        assert_eq!(code(&["shops", "no-such/*.yaml"]), 2);
        assert_eq!(code(&["shops", "--no-such-flag"]), 2);
    }

    #[test]
    fn nothing_to_check_is_three() {
        let folder = Folder::with(&[("empty/.keep", ""), ("other/a.yaml", "services: {web: {image: nginx}}\n")]);
        for (path, note) in [("empty", "no files to check"), ("other", "no records in 1 file")] {
            let ran = folder.run(&["check", path, "--lang", "en", "-q"]);
            assert_eq!((ran.code, ran.err.trim_end()), (3, note), "{path}");
        }
        assert_eq!(folder.run(&["check", "empty", "--lang", "zh", "-q"]).err, "没有可检查的文件\n");
    }

    #[test]
    fn a_file_that_is_named_must_hold_records() {
        let folder = Folder::with(&[("a.yaml", "services: {web: {image: nginx}}\n")]);
        insta::assert_snapshot!(folder.run(&["check", "a.yaml", "--lang", "en", "--as-of", "2026-11-22"]).shown());
    }

    #[test]
    fn the_other_files_are_checked_all_the_same() {
        let fleet = Folder::fleet();
        fleet.write("shops/broken.yaml", "kind: Shop\nname: [茶\n".as_bytes());
        let ran = fleet.check(&["--lang", "zh", "--format", "short"]);
        insta::assert_snapshot!(ran.shown());
    }
}

mod usage {
    use super::*;

    #[test]
    fn help_says_everything() {
        let folder = Folder::new();
        insta::assert_snapshot!("help", folder.run(&["--help"]).shown());
        insta::assert_snapshot!("help_check", folder.run(&["check", "--help"]).shown());
        insta::assert_snapshot!("help_zh", folder.run(&["--help", "--lang", "zh"]).shown());
        insta::assert_snapshot!("help_check_zh", folder.run(&["check", "--help", "--lang", "zh"]).shown());
    }

    #[test]
    fn what_is_wrong_is_said_in_the_users_language() {
        let folder = Folder::new();
        let commands: [&[&str]; 9] = [
            &["chek"],
            &["check", "--fromat", "json"],
            &["check", "--format", "pdf"],
            &["check", "--as-of", "tomorrow"],
            &["forecast", "--until", "2026-02-30"],
            &["check", "--accept", "--update-baseline"],
            &["check", "--only", "naming/lenght"],
            &["check", "-o", "jsn=x"],
            &["check", "--param", "limits.max"],
        ];
        let mut shown = String::new();
        for lang in ["zh", "en"] {
            for args in commands {
                let mut args = args.to_vec();
                args.extend(["--lang", lang]);
                let ran = folder.run(&args);
                let _ = writeln!(shown, "$ dianjian {}\n{}", args.join(" "), ran.shown());
            }
        }
        insta::assert_snapshot!(shown);
    }

    #[test]
    fn the_language_is_asked_for_or_configured_or_the_locales() {
        let fleet = Folder::fleet();
        let lang = |args: &[&str], locale: Option<(&str, &str)>| {
            let mut command = fleet.command(&[
                "check",
                "--only",
                "house/words",
                "--as-of",
                "2026-11-22",
                "--format",
                "short",
                "shops/yunshan.yaml",
            ]);
            command.args(args).envs(locale);
            let out = String::from_utf8(command.output().unwrap().stdout).unwrap();
            if out.contains("名称里有") { "zh" } else { "en" }
        };
        assert_eq!(lang(&[], None), "en");
        assert_eq!(lang(&[], Some(("LANG", "zh_CN.UTF-8"))), "zh");
        assert_eq!(lang(&[], Some(("LC_ALL", "fr_FR.UTF-8"))), "en");
        fleet.write("dianjian.yaml", b"packs: [house]\nlang: zh\n");
        assert_eq!(lang(&[], Some(("LANG", "en_GB.UTF-8"))), "zh");
        assert_eq!(lang(&["--lang", "en"], None), "en");
    }

    #[test]
    fn colours_are_where_they_are_wanted() {
        let fleet = Folder::fleet();
        let args = ["check", "--only", "house/words", "--as-of", "2026-11-22", "--color"];
        let coloured = |when: &str| fleet.run(&[&args[..], &[when]].concat()).out.contains("\u{1b}[");
        assert!(coloured("always") && !coloured("never") && !coloured("auto"));
    }

    #[test]
    fn a_reader_that_goes_away_early_is_no_error() {
        let fleet = Folder::fleet();
        for args in [&["rules", "list"][..], &["check", "--only", "house/*"][..], &["rules", "schema"][..]] {
            let mut child = fleet.command(args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
            let mut first = String::new();
            BufReader::new(child.stdout.take().unwrap()).read_line(&mut first).unwrap();
            let output = child.wait_with_output().unwrap();
            assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{args:?}");
        }
    }

    #[test]
    fn completions_exist_for_every_shell() {
        let folder = Folder::new();
        for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
            let ran = folder.run(&["completions", shell]);
            assert!(ran.code == 0 && ran.out.contains("dianjian"), "{shell}");
        }
    }
}

mod inputs {
    use super::*;

    #[test]
    fn standard_input_has_a_name_and_a_format() {
        let fleet = Folder::fleet();
        let args = ["check", "-", "--only", "house/*", "--as-of", "2026-11-22", "--lang", "en", "--format", "short"];
        let yaml = fleet.run_with(&args, BAD);
        assert_eq!(yaml.out, "<stdin>:3:9: error[house/words] the name has “旗舰”\n1 error\n");
        let json = fleet.run_with(
            &[&args[..], &["--stdin-name", "shop.json"]].concat(),
            "{\"kind\": \"Shop\", \"name\": \"官方\", \"system\": \"weixin-store\"}",
        );
        assert_eq!(json.out, "shop.json:1:27: error[house/words] the name has “官方”\n1 error\n");
        let wrong = fleet.run_with(&[&args[..], &["--stdin-name", "shop.json"]].concat(), BAD);
        assert_eq!(wrong.code, 2);
    }

    #[test]
    fn standard_input_is_counted_with_the_other_files() {
        let fleet = Folder::fleet();
        let shop = "kind: Shop\nid: third\nsystem: weixin-store\nsubject: {licence: \"91440300708461136T\"}\n";
        let ran = fleet.run_with(
            &["check", "-", "shops/yunshan.yaml", "--only", "house/per-licence", "--lang", "en", "--format", "short"],
            shop,
        );
        assert!(ran.code == 1 && ran.out.contains("this licence has 3 shops, 2 at most"), "{}", ran.shown());
    }

    #[test]
    fn patterns_folders_and_files() {
        let fleet = Folder::fleet();
        let files = |paths: &[&str]| {
            let ran = fleet.check(&[&["--format", "json"], paths].concat());
            let json: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
            json["summary"]["files"].as_u64().unwrap()
        };
        assert_eq!(files(&["."]), 3);
        assert_eq!(files(&["shops/**/*.json"]), 1);
        assert_eq!(files(&["shops/*.yaml", "shops/clean.yaml"]), 2);
        fleet.write(".gitignore", b"legacy/\n");
        assert_eq!(files(&["."]), 2);
        assert_eq!(files(&[".", "--no-ignore"]), 3);
        fleet.write("dianjian.yaml", b"packs: [house]\nignore: [shops/clean.yaml]\n");
        assert_eq!(files(&["."]), 1);
        assert_eq!(files(&[".", "shops/clean.yaml"]), 2);
    }

    #[test]
    fn the_projects_own_rules_are_no_shops() {
        let fleet = Folder::fleet();
        fleet.write("house/kinds/Shop2.yaml", b"kind: Shop2\ntitle: {zh: \xe5\xba\x97, en: shop}\ndoc: {zh: \xe5\xba\x97, en: shop}\nid: id\nfields: {id: {type: id, title: {zh: \xe5\xba\x97, en: id}}}\n");
        let ran = fleet.run(&["check", "--lang", "en", "--only", "record/*"]);
        assert_eq!(ran.code, 0, "{}", ran.shown());
    }

    #[test]
    fn hostile_files_are_told_and_nothing_panics() {
        let deep = "[".repeat(100_000);
        let bomb: String =
            (0..40).map(|n| format!("a{n}: &a{n} [{}]\n", format!("*a{},", n - 1).repeat(9))).skip(1).collect();
        let bomb = format!("a0: &a0 [x]\n{bomb}");
        let folder = Folder::with(&[
            ("deep.json", deep.as_str()),
            ("deep.yaml", deep.as_str()),
            ("bomb.yaml", bomb.as_str()),
            ("twice.yaml", "kind: Shop\nname: a\nname: b\n"),
            ("tab.yaml", "kind: Shop\n\tname: a\n"),
            ("control.yaml", "kind: Shop\nname: \"\\0\u{202e}\\x1b[31m旗舰\"\n"),
            ("lines.ndjson", "{\"kind\":\"Shop\",\"name\":\"a\"}\n{\"kind\":\n\n{}\n"),
            ("cycle.yaml", "&a [*a]\n"),
            ("good.yaml", "kind: Shop\nid: ok\nname: 青禾\n"),
        ]);
        folder.write("gbk.yaml", b"kind: Shop\nname: \xd4\xc6\xc9\xbd\xc6\xec\xbd\xa2\n");
        folder.write("utf16.yaml", b"\xff\xfek\0i\0n\0d\0");
        folder.write("binary.json", [0, 159, 146, 150, 0, 1, 2]);
        let ran =
            folder.run(&["check", "--lang", "en", "--only", "text/*", "--as-of", "2026-11-22", "--format", "short"]);
        assert!(!ran.err.contains("panicked"), "{}", ran.err);
        insta::assert_snapshot!(ran.shown());
    }
}

mod configuration {
    use super::*;

    #[test]
    fn mistakes_are_located_and_guessed_at() {
        let config = "\
packs: [house, no-such-pack]
tables: [house]
params:
  house/per-licence: {mux: 3}
  house/per-license: {max: 3}
  house/words: {words: 旗舰}
  house/score: {}
severity:
  house/word: off
  hose/*: warning
  house/score: warning
paths:
  - {match: ['[z-a]'], severity: {house/score: error}}
outputs: {sarf: x.sarif}
ignore: ['[z-b]']
";
        for lang in ["zh", "en"] {
            let fleet = Folder::fleet();
            fleet.write("dianjian.yaml", config.as_bytes());
            let ran = fleet.check(&["--lang", lang, "shops/clean.yaml"]);
            insta::assert_snapshot!(format!("mistakes_in_the_configuration_{lang}"), ran.shown());
        }
    }

    #[test]
    fn an_unknown_key_stops_the_check() {
        let fleet = Folder::fleet();
        fleet.write("dianjian.yaml", b"packs: [house]\nseverty: {}\n");
        insta::assert_snapshot!(fleet.check(&["--lang", "en"]).shown());
        assert_eq!(fleet.check(&["--no-config", "--rules", "house"]).code, 1);
    }

    #[test]
    fn what_it_names_must_be_there() {
        let fleet = Folder::fleet();
        fleet.write("dianjian.yaml", b"as_of: 2026-13-01\npacks: [house]\nbaseline: known.json\n");
        let ran = fleet.run(&[
            "check",
            "--only",
            "house/*",
            "--lang",
            "zh",
            "shops/clean.yaml",
            "--rules",
            "nowhere",
            "--format",
            "short",
        ]);
        insta::assert_snapshot!(ran.shown());
    }

    #[test]
    fn it_is_found_above_and_its_paths_start_there() {
        let fleet = Folder::fleet();
        let below = fleet.path("shops/legacy");
        let mut command = fleet.command(&[
            "check",
            "--only",
            "house/words",
            "--format",
            "short",
            "--lang",
            "en",
            "--as-of",
            "2026-11-22",
        ]);
        let out = command.current_dir(below).output().unwrap();
        let lines = String::from_utf8(out.stdout).unwrap();
        assert!(out.status.code() == Some(1) && lines.starts_with("old.json:2:74: error[house/words]"), "{lines}");
    }

    #[test]
    fn severities_of_paths_and_rules() {
        let fleet = Folder::fleet();
        fleet.write(
            "dianjian.yaml",
            b"packs: [house]\nseverity: {'house/*': warning, house/score: off}\npaths:\n  - {match: [legacy], severity: {house/words: info}}\n",
        );
        let ran = fleet.check(&["--lang", "en", "--format", "short", "--fail-on", "error"]);
        insta::assert_snapshot!(ran.shown());
    }

    #[test]
    fn parameters_of_file_and_flag() {
        let fleet = Folder::fleet();
        let finds = |args: &[&str]| {
            fleet.run(&[&["check", "shops", "--only", "house/per-licence", "--format", "short"], args].concat()).out
        };
        assert!(finds(&["--lang", "en"]).contains("2 at most"));
        assert_eq!(finds(&["--param", "house/per-licence.max=4"]), "");
        fleet.write("dianjian.yaml", b"packs: [house]\nparams: {house/per-licence: {max: 3}}\n");
        assert!(finds(&["--lang", "en"]).contains("3 at most"));
        assert_eq!(finds(&["--param", "house/per-licence.max=4"]), "");
    }

    #[test]
    fn a_mapping_reads_another_layout() {
        let fleet = Folder::fleet();
        fleet.write(
            "erp.yaml",
            "mapping: erp\ntitle: {zh: 本公司 ERP, en: Our ERP}\nkind: Shop\nrecognise: {has: [shop.name]}\nfields: {name: shop.name, subject.licence: shop.licence_no, system: {const: weixin-store}}\n".as_bytes(),
        );
        fleet.write("export.json", "{\"shop\": {\"name\": \"云山旗舰店\", \"licence_no\": \"X\"}}".as_bytes());
        let ran = fleet.check(&["--mapping", "erp.yaml", "export.json", "--lang", "en", "--format", "short"]);
        assert_eq!(ran.out, "export.json:1:22: error[house/words] the name has “旗舰”\n1 error\n");
        assert_eq!(fleet.check(&["export.json"]).code, 2);
    }

    #[test]
    fn a_choice_that_means_a_broken_rule_is_not_all_that_is_told() {
        let folder = Folder::with(&[("own/g/first.yaml", "id: g/first\nfor: [\n"), ("a.yaml", BAD)]);
        let commands: [&[&str]; 5] = [
            &["check", "a.yaml", "--only", "g/*"],
            &["check", "a.yaml", "--skip", "g/first"],
            &["check", "a.yaml", "--param", "g/first.max=3"],
            &["forecast", "a.yaml", "--only", "g/*"],
            &["rules", "test", "g/*"],
        ];
        for args in commands {
            let ran = folder.run(&[args, &["--rules", "own", "--lang", "en"]].concat());
            let place = ran.err.find("own/g/first.yaml:2:6").unwrap_or_else(|| panic!("{args:?}: {}", ran.shown()));
            let choice = ran.err.find("error: --").or_else(|| ran.err.find("error: RULE")).unwrap();
            assert!(ran.code == 2 && place < choice, "{args:?}: {}", ran.shown());
        }
    }

    #[test]
    fn a_broken_rule_is_told_like_a_broken_shop() {
        let fleet = Folder::fleet();
        let rule = fleet
            .read("house/house/score.yaml")
            .replace("at: score", "at: scroe")
            .replace("severity: info", "severity: fatal");
        fleet.write("house/house/score.yaml", rule.as_bytes());
        let words = fleet.read("house/house/words.yaml").replace("words: $words", "words: $wrods");
        fleet.write("house/house/words.yaml", words.as_bytes());
        for lang in ["zh", "en"] {
            insta::assert_snapshot!(
                format!("broken_rule_{lang}"),
                fleet.check(&["--lang", lang, "shops/clean.yaml"]).shown()
            );
        }
    }
}

mod silencing {
    use super::*;

    #[test]
    fn comments_need_a_reason_and_run_out() {
        let folder = Folder::fleet();
        let shop = |comment: &str| format!("kind: Shop\nid: a\n{comment}\nname: 云山旗舰店\nsystem: weixin-store\n");
        folder.write("s/reason.yaml", shop("# dianjian: ignore[house/words] -- 品牌方书面同意").as_bytes());
        folder.write("s/group.yaml", shop("# dianjian: ignore[house/*] until 2027-01-01 -- 改名审核中").as_bytes());
        folder.write("s/late.yaml", shop("# dianjian: ignore[house/words] until 2026-01-01 -- 改名审核中").as_bytes());
        folder.write("s/none.yaml", shop("# dianjian: ignore[house/words]").as_bytes());
        folder.write("s/unused.yaml", shop("# dianjian: ignore[house/score] -- 评分").as_bytes());
        folder.write("s/wrong.yaml", shop("# dianjian: ingore house/words").as_bytes());
        let args = [
            "check",
            "s",
            "--only",
            "house/*",
            "--only",
            "suppression/*",
            "--as-of",
            "2026-11-22",
            "--lang",
            "en",
            "--format",
            "short",
        ];
        insta::assert_snapshot!(folder.run(&args).shown());
        let json: serde_json::Value = serde_json::from_str(&folder.check(&["s", "--format", "json"]).out).unwrap();
        assert_eq!(json["summary"]["suppressed"], 2);
    }

    #[test]
    fn a_baseline_from_beginning_to_end() {
        let fleet = Folder::fleet();
        let baseline = ["--baseline", "known.json"];
        let check =
            |args: &[&str]| fleet.check(&[&["--lang", "en", "--format", "short"], &baseline[..], args].concat());
        assert_eq!(check(&[]).code, 2, "a baseline that is not there cannot be trusted");

        let created = fleet.run(&[
            "baseline",
            "create",
            "--baseline",
            "known.json",
            "--only",
            "house/*",
            "--as-of",
            "2026-11-22",
            "--lang",
            "en",
        ]);
        assert_eq!((created.code, created.out.as_str()), (0, ""));
        insta::assert_snapshot!("baseline_created", format!("{}{}", created.err, fleet.read("known.json")));
        assert_eq!((check(&[]).code, check(&[]).out.as_str()), (0, ""));

        // Moved, reformatted and commented, a shop is the same shop.
        let moved = fleet
            .read("shops/yunshan.yaml")
            .replace("# 老名称", "# 还是老名称")
            .replace("id: yunshan\n", "\n\nid:   yunshan\n");
        fs::remove_file(fleet.path("shops/yunshan.yaml")).unwrap();
        fleet.write("elsewhere/2026/yunshan.yaml", moved.as_bytes());
        assert_eq!((check(&[]).code, check(&[]).out.as_str()), (0, ""));

        // What is new counts, and does not enter by itself.
        fleet.write("shops/new.yaml", "kind: Shop\nid: new\nname: 新旗舰店\nsystem: weixin-store\n".as_bytes());
        let before = fleet.read("known.json");
        let ran = check(&["--update-baseline"]);
        assert_eq!(ran.out, "shops/new.yaml:3:8: error[house/words] the name has “旗舰”\n1 error\n");
        assert_eq!((ran.code, fleet.read("known.json")), (1, before));

        // What is mended leaves it when that is asked for.
        let mended = moved.replace("云山旗舰店", "云山茶业");
        fleet.write("elsewhere/2026/yunshan.yaml", mended.as_bytes());
        let told = fleet.check(&[&["--lang", "en"], &baseline[..]].concat());
        assert!(told.out.contains("in the baseline no longer occur"), "{}", told.shown());
        let ran = check(&["--update-baseline", "elsewhere"]);
        let told = "baseline known.json: 7 before, 6 now, 3 of them kept because this run did not look at their files or rules\n";
        assert_eq!((ran.code, ran.err.as_str()), (0, told));

        // Accepting adds.
        assert_eq!(check(&["--accept"]).code, 0);
        assert_eq!((check(&[]).code, check(&[]).out.as_str()), (0, ""));
        assert!(fleet.read("known.json").contains("shops/new.yaml"));
    }

    #[test]
    fn a_baseline_is_not_created_twice() {
        let shop = format!("{BAD}colour: 红\n");
        let folder = Folder::with(&[("a.yaml", &shop), ("dianjian.yaml", "baseline: known.json\n")]);
        let create = |args: &[&str]| folder.run(&[&["baseline", "create", "--only", "record/*"], args].concat());
        assert_eq!(create(&[]).code, 0);
        let before = folder.read("known.json");
        folder.write("b.yaml", shop.replace("id: a", "id: b").as_bytes());
        insta::assert_snapshot!("baseline_exists_en", create(&["--lang", "en"]).shown());
        insta::assert_snapshot!("baseline_exists_zh", create(&["--lang", "zh"]).shown());
        assert_eq!(folder.read("known.json"), before);
        assert_eq!(create(&["--force"]).code, 0);
        assert!(folder.read("known.json").contains("b.yaml"));
        folder.write("known.json", b"<<<<<<< ours\n");
        let ran = create(&["--lang", "en"]);
        assert!(ran.code == 2 && ran.err.contains("which cannot be read"), "{}", ran.shown());
        assert_eq!(create(&["--force"]).code, 0);
        assert!(folder.read("known.json").contains("b.yaml"));
        // Nor does a broken one stand in its own way where no configuration names it.
        folder.write("dianjian-baseline.json", b"{");
        assert_eq!(create(&["--force", "--no-config"]).code, 0);
        assert!(folder.read("dianjian-baseline.json").contains("b.yaml"));
    }

    #[test]
    fn the_baseline_is_no_shop() {
        let fleet = Folder::fleet();
        fleet.write("shops/known.json", b"{");
        let args = ["shops", "--baseline", "shops/known.json", "--format", "json"];
        let told = |ran: &Ran| {
            let report: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
            (ran.code, report["problems"].as_array().unwrap().len())
        };
        assert_eq!(told(&fleet.check(&args)), (2, 1));
        fleet.write("dianjian.yaml", b"packs: [house]\nbaseline: shops/known.json\n");
        assert_eq!(told(&fleet.check(&["shops", "--format", "json"])), (2, 1));
        // Named, it is looked at all the same.
        assert_eq!(told(&fleet.check(&["shops/known.json", "--format", "json"])), (2, 2));
    }

    #[test]
    fn a_run_that_cannot_be_trusted_leaves_the_baseline() {
        let fleet = Folder::fleet();
        assert_eq!(fleet.check(&["--accept"]).code, 0);
        let before = fleet.read("dianjian-baseline.json");
        fleet.write("shops/broken.yaml", b"kind: Shop\nname: [\n");
        fleet.write("shops/yunshan.yaml", b"kind: Shop\nid: yunshan\n");
        for how in ["--accept", "--update-baseline"] {
            let ran = fleet.check(&[how, "--baseline", "dianjian-baseline.json", "--lang", "en"]);
            assert_eq!(ran.code, 2);
            assert!(ran.err.contains("left as it is"));
        }
        assert_eq!(fleet.read("dianjian-baseline.json"), before);
        fleet.write("dianjian-baseline.json", b"{\"version\": 1, \"findings\": [{}]}");
        let ran = fleet.check(&["--baseline", "dianjian-baseline.json", "--format", "short", "shops/clean.yaml"]);
        assert!(ran.code == 2 && ran.out.starts_with("dianjian-baseline.json:1:29:"), "{}", ran.shown());
    }
}

mod mending {
    use super::*;

    /// Everything that must not change: a mark, line ends, comments, quotes, an anchor, odd spaces.
    const ODD: &str = "\u{feff}# 头\r\nkind:   Shop\r\nid: &id 'a'   # 编号\r\nname: \"云\u{200b}山\\u5b98\\u65b9茶\"\t# 名称\r\nalias: *id\r\nsystem: weixin-store\r\n\r\n---\r\n{kind: Shop, id: b, name: 官方 茶, system: weixin-store}\r\n# 尾";

    #[test]
    fn bytes_outside_the_edits_stay() {
        let fleet = Folder::fleet();
        fleet.write("odd.yaml", ODD.as_bytes());
        let safe = fleet.check(&["--fix", "odd.yaml", "--lang", "en", "--format", "short"]);
        assert_eq!(fleet.read("odd.yaml"), ODD.replace('\u{200b}', ""), "{}", safe.shown());
        assert_eq!((safe.code, safe.err.as_str()), (1, "fixed 1 finding in 1 file\n"));
        let all = fleet.check(&["--fix=unsafe", "odd.yaml", "--lang", "zh", "--format", "short"]);
        assert_eq!(
            fleet.read("odd.yaml"),
            // The blank that parted the words goes with the first.
            ODD.replace('\u{200b}', "").replace("\\u5b98\\u65b9", "").replace("官方 茶", "茶"),
            "{}",
            all.shown()
        );
        assert_eq!((all.code, all.out.as_str(), all.err.as_str()), (0, "", "已修复 1 个文件里的 2 处\n"));
    }

    #[test]
    fn fixes_go_on_until_nothing_is_left() {
        let fleet = Folder::fleet();
        // Taking the inner word away makes the outer one.
        fleet.write("nested.yaml", "kind: Shop\nid: n\nname: 官官方方旗旗舰舰茶\nsystem: weixin-store\n".as_bytes());
        let ran = fleet.check(&["--fix=unsafe", "nested.yaml", "--lang", "en", "--format", "short"]);
        assert_eq!(
            (ran.code, fleet.read("nested.yaml").as_str()),
            (0, "kind: Shop\nid: n\nname: 茶\nsystem: weixin-store\n"),
            "{}",
            ran.shown()
        );
    }

    #[test]
    fn a_diff_changes_nothing() {
        let fleet = Folder::fleet();
        let before = (fleet.read("shops/yunshan.yaml"), fleet.read("shops/legacy/old.json"));
        let ran = fleet.check(&["--diff", "--fix=unsafe", "--lang", "en"]);
        insta::assert_snapshot!(ran.shown());
        assert_eq!((fleet.read("shops/yunshan.yaml"), fleet.read("shops/legacy/old.json")), before);
    }

    #[test]
    fn every_file_of_the_fleet() {
        let fleet = Folder::fleet();
        fleet.write("shops/lines.ndjson", "{\"kind\":\"Shop\",\"id\":\"l1\",\"name\":\"甲\",\"system\":\"weixin-store\"}\n{\"kind\":\"Shop\",\"id\":\"l2\",\"name\":\"乙旗舰\",\"system\":\"weixin-store\"}\r\n{\"kind\":\"Shop\",\"id\":\"l3\",\"name\":\"丙\",\"system\":\"weixin-store\"}".as_bytes());
        let ran = fleet.check(&["--fix=unsafe", "--lang", "en", "--format", "short"]);
        insta::assert_snapshot!(ran.shown());
        assert!(fleet.read("shops/lines.ndjson").contains(
            "\"name\":\"乙\",\"system\":\"weixin-store\"}\r\n{\"kind\":\"Shop\",\"id\":\"l3\",\"name\":\"丙\",\"system\":\"weixin-store\"}"
        ));
        let again = fleet.check(&["--fix=unsafe", "--lang", "en", "--format", "short"]);
        assert_eq!((again.err.as_str(), again.out), ("nothing to fix\n", ran.out));
    }

    #[test]
    fn known_findings_are_left_alone_and_so_is_standard_input() {
        let fleet = Folder::fleet();
        let before = fleet.read("shops/yunshan.yaml");
        assert_eq!(fleet.check(&["--accept"]).code, 0);
        assert_eq!(fleet.check(&["--baseline", "dianjian-baseline.json", "--fix=unsafe"]).code, 0);
        assert_eq!(fleet.read("shops/yunshan.yaml"), before);
        let ran = fleet.run_with(&["check", "-", "--fix", "--lang", "zh"], BAD);
        assert_eq!((ran.code, ran.err.as_str()), (2, "错误：--fix 和 - 不能同时使用\n"));
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_cannot_be_written_is_told() {
        use std::os::unix::fs::PermissionsExt as _;
        let fleet = Folder::fleet();
        let folder = fleet.path("shops");
        let rights = |mode| fs::set_permissions(&folder, fs::Permissions::from_mode(mode)).unwrap();
        rights(0o555);
        let is_root = fs::write(folder.join("probe"), "").is_ok();
        let ran = fleet.check(&["--fix", "--format", "short", "--lang", "en"]);
        rights(0o755);
        assert!(is_root || (ran.code == 2 && ran.out.contains("shops/yunshan.yaml")), "{}", ran.shown());
    }
}

mod pictures {
    use image::{ImageFormat, Rgb, RgbImage};
    use serde_json::Value;

    use super::*;

    /// A picture without anything in it.
    fn plain(format: ImageFormat) -> Vec<u8> {
        let mut out = std::io::Cursor::new(Vec::new());
        RgbImage::from_pixel(64, 96, Rgb([200, 220, 240])).write_to(&mut out, format).unwrap();
        out.into_inner()
    }

    /// A picture with a QR code that can be read.
    fn with_code() -> Vec<u8> {
        fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/live-rooms/images/backdrop.jpg")).unwrap()
    }

    fn room(rest: &str) -> Folder {
        let folder = Folder::with(&[("rooms/r.yaml", &format!("kind: LiveRoom\nid: r\ntitle: 春茶专场\n{rest}"))]);
        folder.write("rooms/art/clean.png", plain(ImageFormat::Png));
        folder.write("rooms/art/deep/clean.webp", plain(ImageFormat::WebP));
        folder.write("rooms/art/notes.txt", b"13800138000");
        folder.write("rooms/art/.thumb.png", b"broken");
        folder
    }

    const CHECK: [&str; 5] = ["check", "rooms", "--lang", "en", "--as-of=2026-11-22"];

    #[test]
    fn what_cannot_be_looked_at_is_never_a_pass() {
        let folder = room(
            "cover: art/clean.png\nassets:\n  - gone.png\n  - empty.png\n  - cut.png\n  - notes.txt\n  \
             - \"https://cdn.example/a.png\"\n  - none/*.png\n  - \"a[.png\"\n  - clip.mp4\n",
        );
        let whole = plain(ImageFormat::Png);
        folder.write("rooms/empty.png", b"");
        folder.write("rooms/cut.png", &whole[..whole.len() / 2]);
        folder.write("rooms/notes.txt", b"no picture");
        folder.write("rooms/clip.mp4", b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom");
        let ran = folder.run(&[&CHECK[..], &["--format", "short"]].concat());
        assert_eq!(ran.code, 2, "{}", ran.shown());
        let lines = ran.found();
        for (line, wanted) in [
            (6, "no such asset: `gone.png`"),
            (7, "the asset `empty.png` is empty"),
            (8, "the asset `cut.png` is damaged"),
            (9, "the asset `notes.txt` is not a picture or video"),
            (10, "the asset `https://cdn.example/a.png` is a URL"),
            (11, "no pictures or videos in `none/*.png`"),
            (12, "cannot parse the pattern `a[.png`"),
            (13, "clip.mp4` "),
        ] {
            let place = format!("rooms/r.yaml:{line}:5: error[problem] ");
            assert!(
                lines.iter().any(|line| line.starts_with(&place) && line.contains(wanted)),
                "{wanted}\n{}",
                ran.out
            );
        }
        assert_eq!(lines.len(), 8, "{}", ran.out);
        let zh = folder.run(&["check", "rooms", "--lang", "zh", "--as-of=2026-11-22", "--format", "short"]);
        assert!(zh.out.contains("找不到素材“gone.png”"), "{}", zh.out);
    }

    #[test]
    fn folders_and_patterns_are_looked_at() {
        let folder = room("assets: [art, \"art/**/*.webp\"]\n");
        let ran = folder.run(&[&CHECK[..], &["--format", "short", "--only", "live/codes"]].concat());
        // Nobody read what is written in them.
        assert!(ran.code == 0 && ran.out.lines().count() == 1 && ran.out.starts_with("text in "), "{}", ran.shown());
        folder.write("rooms/art/deep/cut.jpg", b"\xff\xd8\xff\xe0 and no more");
        let ran = folder.run(&[&CHECK[..], &["--format", "short", "--only", "live/codes"]].concat());
        assert_eq!(ran.code, 2);
        assert!(ran.out.contains("`art/deep/cut.jpg`"), "{}", ran.out);
    }

    /// The findings about a code that was read.
    fn read(ran: &Ran) -> Vec<Value> {
        let report: Value = serde_json::from_str(&ran.out).unwrap();
        let findings = report["findings"].as_array().unwrap().clone();
        findings.into_iter().filter(|finding| finding["picture"]["decoded"] == true).collect()
    }

    #[test]
    fn a_code_is_told_with_its_box_and_drawn_into_a_copy() {
        let folder = room("assets: [art/wall.jpg]\n");
        folder.write("rooms/art/wall.jpg", with_code());
        let args = [&CHECK[..], &["--format", "json", "--annotate", "out", "--only", "live/codes"]].concat();
        let ran = folder.run(&args);
        assert_eq!(ran.code, 1, "{}", ran.shown());
        let found = read(&ran);
        let [finding] = found.as_slice() else { panic!("{found:?}") };
        assert_eq!(finding["location"]["start"]["line"], 4);
        let picture = &finding["picture"];
        assert_eq!((&picture["file"], &picture["kind"]), (&"rooms/art/wall.jpg".into(), &"qr".into()));
        assert_eq!((&picture["width"], &picture["height"]), (&540.into(), &960.into()));
        assert!(picture["text"].as_str().unwrap().starts_with("https://u.wechat.com/"), "{picture}");
        assert_eq!((&picture["content"], &picture["certain"]), (&"wechat-friend".into(), &true.into()));
        let side = |name: &str| picture["box"][name].as_f64().unwrap();
        assert!(
            side("left") > 270.0 && side("top") > 480.0 && side("width") > 80.0 && side("width") < 160.0,
            "{picture}"
        );
        assert_eq!(picture["polygon"].as_array().unwrap().len(), 4);
        let copy = folder.path("out/rooms/art/wall.jpg.codes.png");
        assert!(ran.err.contains("annotated: out/rooms/art/wall.jpg.codes.png"), "{}", ran.err);
        let drawn = image::open(&copy).unwrap().to_rgb8();
        assert_eq!(drawn.dimensions(), (540, 960));
        assert!(drawn.pixels().filter(|pixel| **pixel == Rgb([220, 30, 30])).count() > 200);
        assert_eq!(fs::read(folder.path("rooms/art/wall.jpg")).unwrap(), with_code());
        // The same again is no other copy; a file that is somebody else's stays.
        let before = fs::read(&copy).unwrap();
        folder.run(&args);
        fs::write(&copy, b"mine").unwrap();
        let ran = folder.run(&args);
        assert!(ran.err.contains("wall.jpg.codes-2.png"), "{}", ran.err);
        assert_eq!(fs::read(&copy).unwrap(), b"mine");
        assert_eq!(fs::read(folder.path("out/rooms/art/wall.jpg.codes-2.png")).unwrap(), before);
    }

    #[test]
    fn a_baseline_knows_a_code_wherever_its_entry_stands() {
        let folder = room("assets: [art/wall.jpg]\n");
        folder.write("rooms/art/wall.jpg", with_code());
        let ran = folder.run(&["check", "rooms", "--as-of=2026-11-22", "--accept", "--quiet"]);
        assert_eq!(ran.code, 0, "{}", ran.shown());
        let text = folder.read("rooms/r.yaml").replace("[art/wall.jpg]", "[art/clean.png, art/wall.jpg]");
        folder.write("rooms/r.yaml", text.as_bytes());
        let ran = folder.run(&[&CHECK[..], &["--format", "json", "--baseline", "dianjian-baseline.json"]].concat());
        assert!(read(&ran).is_empty(), "{}", ran.out);
    }

    #[test]
    fn what_was_seen_is_kept_unless_it_is_not_wanted() {
        let folder = room("assets: [art/clean.png]\n");
        let cache = folder.path(".cache");
        folder.run(&[&CHECK[..], &["--no-cache"]].concat());
        assert!(!cache.exists());
        folder.write("dianjian.yaml", b"media: {cache: false}\n");
        folder.run(&CHECK);
        assert!(!cache.exists());
        folder.write("dianjian.yaml", b"");
        folder.run(&CHECK);
        assert!(cache.exists());
    }

    #[test]
    fn the_configuration_sets_bounds() {
        let folder = room("assets: [art/clean.png]\n");
        folder.write("dianjian.yaml", b"media: {pixels: 100, picture_bytes: 10}\n");
        let ran = folder.run(&CHECK);
        assert!(ran.code == 2 && ran.out.contains("the limit of 10"), "{}", ran.shown());
        folder.write("dianjian.yaml", b"media: {frames_per_second: 0, files: 0}\n");
        let ran = folder.run(&[&CHECK[..], &["--format", "short"]].concat());
        assert_eq!(ran.code, 2);
        assert!(
            ran.out.contains("dianjian.yaml:1:28: error[problem] `media.frames_per_second` must be"),
            "{}",
            ran.out
        );
        assert!(ran.out.contains("`media.files` must be from 1 to 1000000, not 0"), "{}", ran.out);
    }

    #[test]
    fn addresses_of_exports_are_a_note() {
        let export = r#"{"errcode": 0, "product": {"product_id": "1", "title": "云山明前绿茶100g礼盒装", "head_imgs": ["https://mmecimage.cn/p/1", "https://mmecimage.cn/p/2"], "status": 5}}"#;
        let folder = Folder::with(&[("p.json", export)]);
        let run = |args: &[&str]| folder.run(&[&["check", "--lang", "en", "--as-of=2026-11-22"], args].concat());
        let ran = run(&[]);
        assert!(ran.code < 2 && ran.out.contains("2 pictures named by address not looked at"), "{}", ran.shown());
        let ran = run(&["--format", "json"]);
        assert!(ran.out.contains("\"addresses\":2"), "{}", ran.out);
        folder.write("dianjian.yaml", b"media: {addresses: problem}\n");
        assert_eq!(run(&[]).code, 2);
        let own = "kind: Product\nid: 1\ntitle: 云山明前绿茶100g礼盒装\nhead_images: [\"https://mmecimage.cn/p/1\"]\n";
        let folder = Folder::with(&[("p.yaml", own)]);
        assert_eq!(folder.run(&["check"]).code, 2);
        folder.write("dianjian.yaml", b"media: {addresses: note}\n");
        assert!(folder.run(&["check"]).code < 2);
    }

    #[test]
    fn captions_and_links_lie_beside_the_room() {
        let srt = "1\r\n00:00:01,000 --> 00:00:04,000\r\n今晚上新，号码13\r\n\r\n13800138000\r\n\
                   00:00:05,000 --> 00:00:06,000\r\n想要的加微<i>信</i>\r\nyunshan88\r\n";
        let folder = room("captions: [zh.srt, en.vtt]\nlinks: links.txt\n");
        folder.write("rooms/zh.srt", srt.as_bytes());
        folder.write("rooms/en.vtt", b"WEBVTT\n\nNOTE call 13800138000\n\n00:01.000 --> 00:02.000\nTap the bag\n");
        folder
            .write("rooms/links.txt", "# 链接\nhttps://store.weixin.qq.com/a\nhttps://item.example.com/1\n".as_bytes());
        let ran = folder.run(&[&CHECK[..], &["--format", "short", "--only", "live/*"]].concat());
        let told = ran.found();
        assert_eq!(
            told,
            [
                "rooms/links.txt:3:1: error[live/off-platform-links] The link “https://item.example.com/1” does not \
                 lead to a weixin store",
                "rooms/zh.srt:7:4: error[live/contacts] A live room may not have “加微信 yunshan88” (WeChat id)",
            ],
            "{}",
            ran.shown()
        );
        fs::remove_file(folder.path("rooms/en.vtt")).unwrap();
        let ran = folder.run(&[&CHECK[..], &["--format", "short", "--only", "record/*"]].concat());
        assert!(ran.out.contains("rooms/r.yaml:4:20: "), "{}", ran.shown());
        // What cannot be read keeps its place in the list.
        let folder = room("captions: [gone.srt, zh.srt]\n");
        folder.write("rooms/zh.srt", srt.as_bytes());
        let ran = folder.run(&[&CHECK[..], &["--format", "json", "--only", "live/*"]].concat());
        assert!(ran.out.contains("\"captions[1]\""), "{}", ran.out);
    }

    #[test]
    fn an_entry_without_a_name_is_no_pass() {
        let ran = room("assets: [\"\", art/clean.png]\n").run(&[&CHECK[..], &["--format", "short"]].concat());
        assert!(ran.code == 2 && ran.out.contains("rooms/r.yaml:4:10: "), "{}", ran.shown());
    }

    #[test]
    fn mistakes_in_rules_over_pictures_are_guessed_at() {
        let rule = |check: &str| {
            let text = format!(
                "id: our/codes\ntitle: {{zh: a, en: a}}\nwhy: {{zh: a, en: a}}\nseverity: error\nfor: LiveRoom\n\
                 check: {check}\nmessage: {{zh: \"{{where}}\", en: \"{{where}}\"}}\n\
                 evidence: [{{source: own, ref: a, confidence: low, says: {{zh: a, en: a}}}}]\n"
            );
            let folder =
                Folder::with(&[("house/our/codes.yaml", &text), ("a.yaml", "kind: LiveRoom\nid: a\ntitle: 茶\n")]);
            let ran = folder.run(&["check", "a.yaml", "--rules", "house", "--lang", "en", "--no-config"]);
            assert_eq!(ran.code, 2, "{}", ran.shown());
            ran.out
        };
        for (check, wanted) in [
            ("{at: title, lacks: {codes: {}}}", "codes are seen in pictures and videos, and `title` is none"),
            ("{at: \"assets[]\", lacks: {codes: {kinds: [qrcode]}}}", "`qrcode` is not a sort of code"),
            (
                "{at: \"assets[]\", lacks: {codes: {says: [wechat]}}}",
                "no row of the table `code-contents` has the class `wechat`",
            ),
            ("{at: cover, lacks: {codes: {present: 1.5}}}", "expected a score from 0 to 1, found `1.5`"),
            ("{at: cover, lacks: {codes: {present: 0.4, suspected: 0.6}}}", "`suspected` no higher than `present`"),
            ("{at: cover, lacks: {codes: {certanty: any}}}", "certainty"),
        ] {
            let told = rule(check);
            assert!(told.contains(wanted), "{check}\n{told}");
        }
    }
}

mod rules {
    use super::*;

    #[test]
    fn the_shipped_pack_is_in_order() {
        let folder = Folder::new();
        let lint = folder.run(&["rules", "lint", "--lang", "en"]);
        assert_eq!(lint.code, 0, "{}", lint.shown());
        let test = folder.run(&["rules", "test", "--lang", "en"]);
        assert_eq!(test.code, 0, "{}", test.shown());
    }

    #[test]
    fn lists() {
        let fleet = Folder::fleet();
        insta::assert_snapshot!(
            "rules_list_zh",
            fleet.run(&["rules", "list", "house/*", "--as-of", "2027-06-01", "--lang", "zh"]).shown()
        );
        insta::assert_snapshot!(
            "rules_list_json",
            fleet.run(&["rules", "list", "house/score", "--as-of", "2026-11-22", "--format", "json"]).shown()
        );
        assert_eq!(fleet.run(&["rules", "list", "hose/*"]).code, 2);
    }

    #[test]
    fn a_timeline() {
        let fleet = Folder::fleet();
        let ran = fleet.run(&["rules", "timeline", "house/*", "--as-of", "2026-11-22", "--lang", "zh"]);
        insta::assert_snapshot!(ran.shown());
        let json = fleet.run(&["rules", "timeline", "--format", "json", "--from", "2024-09-25"]);
        let days: serde_json::Value = serde_json::from_str(&json.out).unwrap();
        let dates: Vec<&str> = days.as_array().unwrap().iter().map(|day| day["date"].as_str().unwrap()).collect();
        assert!(dates.is_sorted() && dates[0] == "2024-09-25");
    }

    #[test]
    fn examples_that_do_not_hold_are_told() {
        let fleet = Folder::fleet();
        insta::assert_snapshot!(
            "rules_test_holds",
            fleet.run(&["rules", "test", "house/*", "-v", "--lang", "zh"]).shown()
        );
        let rule = fleet
            .read("house/house/words.yaml")
            .replace("good: {name: 云山茶业}", "good: {name: 官方茶业}")
            .replace("finds: [\"name: 旗舰\"]", "finds: [\"name: 官方\"]");
        fleet.write("house/house/words.yaml", rule.as_bytes());
        let rule = fleet
            .read("house/house/score.yaml")
            .replace("bad: {score: 4.2}", "bad: {score: 4.9}")
            .replace("  - {good: {score: 4.8}}\n", "");
        fleet.write("house/house/score.yaml", rule.as_bytes());
        for lang in ["zh", "en"] {
            insta::assert_snapshot!(
                format!("rules_test_fails_{lang}"),
                fleet.run(&["rules", "test", "house/*", "--lang", lang]).shown()
            );
        }
    }

    #[test]
    fn house_rules() {
        let fleet = Folder::fleet();
        let rule = fleet
            .read("house/house/words.yaml")
            .replace("title: {zh: 名称用词, en: Words in names}", "title: {zh: words, en: \"\"}")
            .replace("en: \"the name has “{found}”\"", "en: the name is not good")
            .replace("params:\n", "params:\n  spare: 3\n")
            .replace("help: {zh: \"去掉“{found}”。\", en: \"Drop “{found}”.\"}\n", "")
            .replace("  - {good: {name: 云山茶业}}\n", "");
        fleet.write("house/house/words.yaml", rule.as_bytes());
        let columns = "columns:\n  name: {type: text, doc: {zh: 名称, en: the name}}\n";
        let rows = "rows:\n  - {name: 红}\n  - {name: 红, effective: {from: 2025-01-01}}\n  - {name: 红}\n";
        let table = format!("table: colours\ntitle: {{zh: 颜色, en: Colours}}\nkey: [name]\n{columns}{rows}");
        fleet.write("house/tables/colours.yaml", table.as_bytes());
        let shown = fleet.run(&["rules", "lint", "--lang", "en"]).shown();
        // How many rules are shipped is no matter here.
        let (told, _) = shown.rsplit_once(" · ").unwrap();
        insta::assert_snapshot!(told);
    }

    #[test]
    fn a_new_rule_is_in_order() {
        let folder = Folder::new();
        let new = folder.run(&["rules", "new", "naming/our-words", "--lang", "en"]);
        insta::assert_snapshot!("rules_new", format!("{}{}", new.shown(), folder.read("rules/naming/our-words.yaml")));
        let test = folder.run(&["rules", "test", "naming/our-words", "--rules", "rules", "--lang", "en"]);
        assert_eq!((test.code, test.out.as_str()), (0, "1 rule, 3 examples: all hold\n"), "{}", test.shown());
        assert_eq!(folder.run(&["rules", "lint", "--rules", "rules"]).code, 0);
        for (id, told) in [
            ("naming/our-words", "already exists"),
            ("naming/length", "exists already"),
            ("Words", "not a rule id"),
            ("../x/y", "not a rule id"),
        ] {
            let ran = folder.run(&["rules", "new", id, "--lang", "en"]);
            assert!(ran.code == 2 && ran.err.contains(told), "{id}: {}", ran.err);
        }
    }

    #[test]
    fn a_new_rule_goes_into_the_projects_pack() {
        let fleet = Folder::fleet();
        let new = fleet.run(&["rules", "new", "house/new", "--lang", "zh"]);
        assert_eq!(new.code, 0);
        insta::assert_snapshot!("rules_new_in_a_project", new.shown());
        // Named twice, a pack is read once.
        let test = fleet.run(&["rules", "test", "house/new", "--rules", "./house", "--lang", "zh"]);
        assert_eq!((test.code, test.out.as_str()), (0, "1 条规则，3 个例子：全部成立\n"), "{}", test.shown());
    }

    #[test]
    fn schemas_are_json() {
        let folder = Folder::new();
        for name in ["rule", "table", "kind", "mapping", "config", "baseline", "report"] {
            let schema: serde_json::Value = serde_json::from_str(&folder.run(&["rules", "schema", name]).out).unwrap();
            assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
        }
    }
}

mod explaining {
    use super::*;

    #[test]
    fn a_rule_in_both_languages() {
        let fleet = Folder::fleet();
        fleet.write("dianjian.yaml", "packs: [house]\nparams: {house/words: {words: [旗舰, 官方, 直营]}}\n".as_bytes());
        for lang in ["zh", "en"] {
            let ran = fleet.run(&["explain", "house/words", "--lang", lang, "--as-of", "2024-01-01"]);
            insta::assert_snapshot!(format!("explain_rule_{lang}"), ran.shown());
        }
    }

    #[test]
    fn fields_kinds_and_tables() {
        let fleet = Folder::fleet();
        fleet.write(
            "house/tables/colours.yaml",
            "table: colours\ntitle: {zh: 颜色, en: Colours}\nkey: [name]\ncolumns:\n  name: {type: text, doc: {zh: 名称, en: the name}}\n  code: {type: text, doc: {zh: 代码, en: the code}}\nrows:\n  - {name: 红, code: f00}\n  - {name: 绿, code: 0f0, effective: {until: 2025-01-01}}\n".as_bytes(),
        );
        insta::assert_snapshot!(
            "explain_table",
            fleet.run(&["explain", "colours", "--lang", "zh", "--as-of", "2026-11-22"]).shown()
        );
        let field = fleet.run(&["explain", "Shop.subject.type", "--lang", "en"]);
        assert!(
            field.code == 0 && field.out.contains("sole-trader") && field.out.contains("Rules that read it"),
            "{}",
            field.shown()
        );
        let nested = fleet.run(&["explain", "Shop.products.title", "--lang", "en"]);
        assert!(nested.out.starts_with("Product.title"), "{}", nested.shown());
        let kind = fleet.run(&["explain", "LiveRoom", "--lang", "zh"]);
        assert!(kind.code == 0 && kind.out.contains("scheduled"), "{}", kind.shown());
    }

    #[test]
    fn what_does_not_exist_is_guessed_at() {
        let fleet = Folder::fleet();
        for (id, near) in [
            ("house/wrods", "house/words"),
            ("words", "house/words"),
            ("Shop.nmae", "Shop.name"),
            ("shop", "Shop"),
            ("shop-limit", "shop-limits"),
        ] {
            let ran = fleet.run(&["explain", id, "--lang", "en"]);
            assert!(ran.code == 2 && ran.err.contains(&format!("did you mean `{near}`?")), "{id}: {}", ran.err);
        }
    }
}

mod forecasting {
    use super::*;

    #[test]
    fn what_changes_next() {
        let fleet = Folder::fleet();
        let args = ["forecast", "shops", "--only", "house/*", "--lang", "zh"];
        insta::assert_snapshot!("forecast_zh", fleet.run(&[&args[..], &["--as-of", "2024-08-01"]].concat()).shown());
        insta::assert_snapshot!(
            "forecast_json",
            fleet.run(&[&args[..], &["--as-of", "2026-11-22", "--format", "json"]].concat()).shown()
        );
        let none = fleet.run(&[&args[..], &["--as-of", "2026-11-22", "--until", "2026-12-31"]].concat());
        assert_eq!((none.code, none.out.as_str()), (0, "2026-11-22 之后到 2026-12-31 为止，没有变化\n"));
    }
}
