//! The platform's own exports: folders of answers, import, tables, audits.
//!
//! All answers are made here. They have the platform's shapes, with the traps that real ones have.

use std::collections::BTreeSet;

use crate::folder::{Folder, Ran};

impl Folder {
    /// A shop's answers as a service provider keeps them.
    fn shop() -> Self {
        Self::with(&[
            ("shop/info.json", INFO),
            ("shop/products/tea.json", TEA),
            ("shop/brands.json", BRANDS),
            ("shop/live.json", LIVE),
            ("shop/quota.json", QUOTA),
            ("shop/orders.json", r#"{"errcode":0,"errmsg":"ok","order_list":[{"order_id":"3704612354559743232"}]}"#),
        ])
    }

    /// A check on a fixed day, a finding a line.
    fn check_short(&self, args: &[&str]) -> Ran {
        let mut all = vec!["check", "--as-of", "2026-11-22", "--lang", "en", "--format", "short"];
        all.extend(args);
        self.run(&all)
    }

    /// What a check finds, without where.
    fn found(&self, args: &[&str]) -> BTreeSet<String> {
        let ran = self.check_short(args);
        let finding = |line: &str| line.splitn(4, ':').nth(3).unwrap_or(line).trim().to_owned();
        ran.found().into_iter().filter(|line| !line.contains("record/repeated-key")).map(finding).collect()
    }
}

/// A shop-info answer: no system, no licence.
const INFO: &str = r#"{"errcode":"0","errmsg":"ok","info":{"nickname":"云山旗舰店","headimg_url":"https://wx.qlogo.cn/a","subject_type":"个体工商户","status":"open_finished","username":"gh_yunshan"}}"#;

/// A product answer: a byte-order mark, an id of 20 digits as a number, amounts in fen.
const TEA: &str = "\u{feff}{\"errcode\":0,\"errmsg\":\"ok\",\"product\":{\"product_id\":10000089215123456789,\"title\":\"茶叶\",\"head_imgs\":[\"https://mmecimage.cn/p/1\",\"https://mmecimage.cn/p/2\",\"https://mmecimage.cn/p/3\"],\"cats_v2\":[{\"cat_id\":\"10000131\"},{\"cat_id\":545709}],\"status\":5,\"min_price\":6805,\"skus\":[{\"sku_id\":\"18446744073709551615\",\"sale_price\":6805,\"market_price\":0,\"stock_num\":3}]}}";

/// A brand list: a key repeated, times as numbers and texts.
const BRANDS: &str = r#"{"errcode":0,"errmsg":"ok","brands":[{"brand_id":"77","ch_name":"云山","grant_type":1,"register_details":{"registrant":"老街","register_no":"9","start_time":"1665417600","end_time":1666281600},"grant_type":1,"status":3}],"total_num":1}"#;

const LIVE: &str = r#"{"errcode":0,"errmsg":"ok","live_list":[{"export_id":"export/UzFf","description":"加微信 yunshan888 领券","cover_url":"http://wx.qlogo.cn/c","nickname":"云山","head_url":"http://wx.qlogo.cn/h"}]}"#;

const QUOTA: &str =
    r#"{"errcode":0,"errmsg":"ok","audit_quota":{"block_status":1,"avail_quota":0,"total_quota":4000}}"#;

const SIDECAR: &str = "# 接口里没有的\nsystem: weixin-store\nsubject: {licence: 92440300MA5F0XYZ1X}\n";

mod folders {
    use super::*;

    /// What is said of an export alone.
    fn asked(lang: &str) -> String {
        let check = ["check", "shop/info.json", "--as-of", "2026-11-22", "--only", "record/*", "--lang", lang];
        Folder::shop().run(&check).shown()
    }

    #[test]
    fn an_export_that_does_not_tell_its_system_asks_for_it_zh() {
        insta::assert_snapshot!(asked("zh"));
    }

    #[test]
    fn an_export_that_does_not_tell_its_system_asks_for_it_en() {
        insta::assert_snapshot!(asked("en"));
    }

    #[test]
    fn the_whole_folder() {
        insta::assert_snapshot!(Folder::shop().check_short(&["shop"]).shown());
    }

    #[test]
    fn a_flag_or_a_sidecar_completes_it_and_both_find_the_same() {
        let by_flag = Folder::shop().found(&["shop", "--system", "weixin-store"]);
        assert!(by_flag.iter().any(|found| found.contains("naming/store-type-words")), "{by_flag:?}");
        assert!(!by_flag.iter().any(|found| found.contains("unsaid-field")), "{by_flag:?}");
        let folder = Folder::shop();
        folder.write("shop/dianjian-shop.yaml", "system: weixin-store\n");
        assert_eq!(folder.found(&["shop"]), by_flag);
        folder.write("shop/dianjian-shop.yaml", "system: channels-store\n");
        assert_ne!(folder.found(&["shop"]), by_flag);
        assert_eq!(
            folder.found(&["shop", "--system", "weixin-store"]),
            folder.found(&["shop"]),
            "the sidecar is nearer"
        );
    }

    #[test]
    fn what_the_sidecar_says_wrong_is_told_there_and_once() {
        let folder = Folder::shop();
        folder.write(
            "shop/dianjian-shop.yaml",
            "system: weixin-store\nsubject: {licence: 92440300MA5F0XYZ1X}\nbrnad: {name: 云山}\n",
        );
        let ran = folder.check_short(&["shop", "--only", "record/*", "--only", "licence/code"]);
        let places: Vec<&str> = ran.found().into_iter().filter_map(|line| line.split(": ").next()).collect();
        assert_eq!(
            places,
            ["shop/brands.json:1:190", "shop/dianjian-shop.yaml:3:1", "shop/dianjian-shop.yaml:2:20"],
            "{}",
            ran.out
        );
    }

    #[test]
    fn a_product_knows_its_shop_wherever_it_is_named_from() {
        let folder = Folder::shop();
        let of_product = |args: &[&str]| {
            let found = folder.found(args);
            found.into_iter().filter(|found| found.contains("product/category-subject")).count()
        };
        // The shop is a sole trader, which only its own answer tells.
        assert_eq!(of_product(&["shop"]), 1);
        assert_eq!(of_product(&["shop/products", "shop"]), 1);
        // Alone, its folder says nothing of a shop.
        assert_eq!(of_product(&["shop/products/tea.json"]), 0);
        folder.write("shop/other.json", INFO.replace("gh_yunshan", "gh_other"));
        assert_eq!(of_product(&["shop"]), 0, "of two shops in one folder nobody knows which one it is");
    }

    #[test]
    fn nothing_depends_on_threads_or_on_the_order_of_arguments() {
        let folder = Folder::shop();
        folder.write("shop/dianjian-shop.yaml", SIDECAR);
        let one = folder.check_short(&["shop", "--threads", "1"]).out;
        assert_eq!(folder.check_short(&["shop", "--threads", "4"]).out, one);
        let lines = |text: &str| text.lines().map(str::to_owned).collect::<BTreeSet<_>>();
        let apart =
            folder.check_short(&["shop/products", "shop/live.json", "shop/quota.json", "shop/info.json", "shop"]).out;
        assert_eq!(lines(&apart), lines(&one));
    }

    #[test]
    fn a_list_of_answers_and_one_a_line_are_read_as_their_files_would_be() {
        let apart = Folder::shop();
        apart.write("shop/dianjian-shop.yaml", SIDECAR);
        let wanted = apart.found(&["shop"]);
        let answers = [INFO, TEA.trim_start_matches('\u{feff}'), BRANDS, LIVE, QUOTA];
        let list =
            Folder::with(&[("all.json", &format!("[\n{}\n]", answers.join(",\n"))), ("dianjian-shop.yaml", SIDECAR)]);
        assert_eq!(list.found(&["."]), wanted);
        let lines = Folder::with(&[("all.ndjson", &answers.join("\n")), ("dianjian-shop.yaml", SIDECAR)]);
        assert_eq!(lines.found(&["."]), wanted);
        let bare: Vec<String> = answers.iter().map(|answer| bare(answer)).collect();
        let bare = Folder::with(&[("all.ndjson", &bare.join("\n")), ("dianjian-shop.yaml", SIDECAR)]);
        assert_eq!(bare.found(&["."]), wanted);
    }

    /// The inner object of an answer that has one.
    fn bare(answer: &str) -> String {
        let inner = ["\"info\":", "\"product\":", "\"audit_quota\":"].iter().find_map(|key| answer.split_once(key));
        inner.map_or_else(|| answer.to_owned(), |(_, rest)| rest.strip_suffix('}').unwrap().to_owned())
    }
}

mod answers {
    use super::*;

    #[test]
    fn an_error_answer_is_a_problem_and_an_idle_one_is_counted() {
        let folder = Folder::with(&[
            ("a.json", r#"{"errcode":48001,"errmsg":"api unauthorized"}"#),
            ("b.json", r#"{"errcode":"-1","errmsg":"system error"}"#),
            ("c.json", r#"{"errcode":"0","errmsg":"ok","template_list":[]}"#),
            ("d.json", r#"{"errcode":0,"errmsg":"ok","brands":[],"total_num":0}"#),
        ]);
        insta::assert_snapshot!(folder.run(&["check", ".", "--as-of", "2026-11-22", "--lang", "en"]).shown());
        let named = folder.run(&["check", "c.json", "--lang", "en"]);
        assert_eq!(named.code, 3, "{}", named.shown());
        assert!(!named.out.contains("no record of a known kind"), "{}", named.out);
    }

    #[test]
    fn ids_and_amounts_are_exact() {
        let folder = Folder::shop();
        folder.run(&["import", "shop", "-o", "native"]);
        let native = folder.read("native/gh_yunshan.yaml");
        for exact in
            ["id: \"10000089215123456789\"", "id: \"18446744073709551615\"", "price: 68.05\n", "sale_price: 68.05\n"]
        {
            assert!(native.contains(exact), "{exact} in\n{native}");
        }
        assert!(!native.contains("market_price"), "a price of 0 is none:\n{native}");
    }

    #[test]
    fn the_shop_of_2014_is_refused_by_name() {
        let folder = Folder::with(&[(
            "old.json",
            r#"{"errcode":0,"errmsg":"success","product_info":{"product_id":"p","product_base":{"name":"竹折扇"},"sku_list":[]}}"#,
        )]);
        let ran = folder.check_short(&["."]);
        assert_eq!(ran.code, 2);
        assert!(ran.out.contains("2014"), "{}", ran.out);
    }

    #[test]
    fn a_draft_in_the_older_form_is_a_product_of_its_own_generation() {
        let folder = Folder::with(&[
            (
                "mini.json",
                r#"{"errcode":0,"errmsg":"ok","spus":[{"product_id":1,"title":"扇","sub_title":"x","head_img":["http://a/1"]}]}"#,
            ),
            (
                "component.json",
                r#"{"out_product_id":"7","title":"扇","head_img":["http://a/1"],"third_cat_id":6666,"skus":[]}"#,
            ),
        ]);
        let found = folder.check_short(&[".", "--only", "product/title-length*"]).out;
        assert_eq!(found.matches("product/title-length-old").count(), 2, "{found}");
        assert!(!found.contains("title-length]"), "{found}");
    }
}

mod bodies {
    use super::*;

    #[test]
    fn what_is_sent_and_holds_nothing_to_check_is_counted() {
        let folder = Folder::with(&[
            ("a.json", r#"{"product_id":"10000000088178","sku_id":"462966239"}"#),
            ("b.json", "\u{feff}{\"status\": 5, \"page_size\": 10, \"next_key\": \"K\"}"),
            ("c.json", r#"{"flow_ids":["10000035906221212"],"has_more":true,"next_key":"CAIQ"}"#),
            ("d.json", r#"{"freight_template":{"name":"包邮","valuation_type":"PIECE"}}"#),
            ("e.json", r#"{"product_id":"1","skus":[{"sku_id":"2","stock_num":1}]}"#),
            ("f.json", r#"{"errcode":0,"errmsg":"ok","data":{"file_id":"F"}}"#),
        ]);
        for name in ["a", "b", "c", "d", "e", "f"] {
            let ran = folder.check_short(&[&format!("{name}.json")]);
            assert_eq!(ran.code, 3, "{name}: {}", ran.shown());
        }
        let ran = folder.run(&["check", ".", "--lang", "en"]);
        assert!(ran.out.contains("6 answers of the platform with nothing to check"), "{}", ran.shown());
    }

    #[test]
    fn what_is_foreign_is_told_with_what_to_do() {
        let folder = Folder::with(&[("a.json", r#"{"product_id":"1","price_cents":100}"#)]);
        insta::assert_snapshot!(folder.run(&["check", "a.json", "--lang", "zh", "--as-of", "2026-11-22"]).shown());
    }

    #[test]
    fn an_answer_in_an_envelope_is_read_as_it_would_be_alone() {
        let tea = TEA.trim_start_matches('\u{feff}');
        let folder = Folder::with(&[("alone/info.json", INFO), ("alone/tea.json", tea), ("alone/live.json", LIVE)]);
        let wanted = folder.found(&["alone"]);
        assert!(wanted.len() > 3, "{wanted:?}");
        let envelopes: [fn(&str) -> String; 4] = [
            |answer| format!(r#"{{"code":0,"message":"success","data":{answer}}}"#),
            |answer| {
                format!(
                    r#"{{"time":"2026-01-01","request":{{"page_size":1}},"response":{{"status":200,"body":{answer}}}}}"#
                )
            },
            |answer| format!(r#"{{"pages":[{answer}]}}"#),
            |answer| format!(r#"[{{"result":{{"data":[{answer}]}}}}]"#),
        ];
        for (number, envelope) in envelopes.iter().enumerate() {
            for (name, answer) in [("info", INFO), ("tea", tea), ("live", LIVE)] {
                folder.write(&format!("in{number}/{name}.json"), envelope(answer));
            }
            assert_eq!(folder.found(&[&format!("in{number}")]), wanted, "{}", envelope("…"));
        }
        folder.write("foreign.json", r#"{"code":0,"data":{"port":8080}}"#);
        let ran = folder.check_short(&["foreign.json"]);
        assert_eq!(ran.code, 2, "{}", ran.shown());
    }

    #[test]
    fn what_an_answer_lacks_does_not_keep_it_from_being_checked() {
        let folder = Folder::with(&[
            ("a.json", r#"{"errcode":0,"info":{"nickname":"云山旗舰店","subject_type":null,"username":"gh_a"}}"#),
            (
                "b.json",
                r#"{"errcode":0,"product":{"product_id":"1","title":"茶","head_imgs":null,"edit_status":4,"skus":[]}}"#,
            ),
            ("c.json", r#"{"errcode":0,"product":{"product_id":"2","title":"茶","head_imgs":"https://a/1"}}"#),
        ]);
        let found = folder.found(&[".", "--system", "weixin-store"]);
        for expected in ["naming/store-type-words", "product/title-length", "record/wrong-type"] {
            assert!(found.iter().any(|found| found.contains(expected)), "{expected} in {found:?}");
        }
    }

    #[test]
    fn an_answer_that_stands_in_a_text_is_told() {
        let folder = Folder::with(&[(
            "log.ndjson",
            "{\"url\":\"/channels/ec/basics/info/get\",\"body\":\"{\\\"errcode\\\":0,\\\"info\\\":{}}\"}\n{\"url\":\"/x\",\"body\":\"{}\"}\n",
        )]);
        let ran = folder.check_short(&["."]);
        assert_eq!((ran.code, ran.found().len()), (2, 1), "{}", ran.shown());
        assert!(ran.out.starts_with("log.ndjson:1:46: error[problem]"), "{}", ran.out);
    }

    #[test]
    fn records_of_calls_are_refused_with_what_to_do() {
        let har = r#"{"log":{"version":"1.2","entries":[{"response":{"content":{"text":"{}"}}}]}}"#;
        let ran = Folder::with(&[("a.json", har)]).check_short(&["."]);
        assert_eq!(ran.code, 2, "{}", ran.shown());
        assert!(ran.out.contains("Save the JSON of each answer"), "{}", ran.out);
    }
}

mod import {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn native_files() {
        let folder = Folder::shop();
        folder.write("shop/dianjian-shop.yaml", SIDECAR);
        let ran = folder.run(&["import", "shop", "-o", "native", "--lang", "en"]);
        let shop = folder.read("native/gh_yunshan.yaml");
        insta::assert_snapshot!(format!(
            "{}----- shop\n{shop}----- live\n{}",
            ran.shown(),
            folder.read("native/gh_yunshan.live.yaml")
        ));
    }

    #[test]
    fn a_check_of_the_result_finds_what_a_check_of_the_exports_finds() {
        let folder = Folder::shop();
        folder.write("shop/dianjian-shop.yaml", SIDECAR);
        folder.run(&["import", "shop", "-o", "native"]);
        assert_eq!(folder.found(&["native"]), folder.found(&["shop"]));
        let again = folder.read("native/gh_yunshan.yaml");
        folder.run(&["import", "shop", "-o", "native", "--force", "--threads", "3"]);
        assert_eq!(folder.read("native/gh_yunshan.yaml"), again);
    }

    #[test]
    fn files_that_are_there_stay_as_they_are() {
        let folder = Folder::shop();
        folder.write("native/gh_yunshan.live.yaml", "kind: LiveRoom\n");
        let ran = folder.run(&["import", "shop", "-o", "native", "--lang", "zh"]);
        insta::assert_snapshot!(ran.shown());
        assert_eq!(folder.read("native/gh_yunshan.live.yaml"), "kind: LiveRoom\n");
        assert!(!folder.path("native/gh_yunshan.yaml").exists(), "all or nothing");
    }

    #[test]
    fn whatever_shops_are_called_their_files_lie_in_the_folder_and_each_has_its_own() {
        let long = "云".repeat(300);
        let names = [
            "../../etc/passwd",
            "a/b\\c",
            "/",
            "..",
            "😀😀",
            "🍵",
            "CON",
            "nul.",
            "云山",
            "云山 ",
            "Abc",
            "aBC",
            "a.live",
            "a",
            "-",
            "\u{202e}gnp.exe",
            &long,
            &format!("{long}二"),
            "x\n---\ny",
            "~root",
            "$(rm)",
            "&amp;",
        ];
        let folder = Folder::new();
        for (number, name) in names.iter().enumerate() {
            let name = serde_json::to_string(name).unwrap();
            folder.write(
                &format!("in/{number}.json"),
                format!(r#"{{"errcode":0,"data":{{"store_name":{name},"type":1}}}}"#),
            );
        }
        let ran = folder.run(&["import", "in", "-o", "out/native"]);
        assert_eq!(ran.code, 0, "{}", ran.shown());
        let written = |at: &str| -> BTreeSet<String> {
            let entries = std::fs::read_dir(folder.path(at)).unwrap();
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
        };
        let files = written("out/native");
        assert_eq!(
            files.iter().map(|name| name.to_lowercase()).collect::<BTreeSet<_>>().len(),
            names.len(),
            "{files:?}"
        );
        assert_eq!(written("out"), BTreeSet::from(["native".to_owned()]));
        assert!(files.iter().all(|name| name.len() <= 255 && name.ends_with(".yaml")), "{files:?}");
        // Of two shops with one name the first is told, and which is first depends on the names of the files.
        let found = |at: &str| -> BTreeSet<String> { folder.found(&[at, "--skip", "naming/unique"]) };
        assert_eq!(found("out/native"), found("in"));
        let before: Vec<String> = files.iter().map(|name| folder.read(&format!("out/native/{name}"))).collect();
        assert_eq!(folder.run(&["import", "in", "-o", "out/native"]).code, 2);
        assert_eq!(folder.run(&["import", ".", "-o", "out/native", "--force"]).code, 0);
        let after: Vec<String> =
            written("out/native").iter().map(|name| folder.read(&format!("out/native/{name}"))).collect();
        assert_eq!(before, after);
    }

    #[test]
    fn a_table_is_imported_as_it_is_checked() {
        let folder = Folder::with(&[(
            "shops.csv",
            "店铺编号,店铺名称,主体类型,店铺体系\n001,云山旗舰店,企业,微信小店\n002,\"老街: 茶铺\",个体工商户,微信小店\n",
        )]);
        assert_eq!(folder.run(&["import", "shops.csv", "-o", "native"]).code, 0);
        assert_eq!(folder.found(&["native"]), folder.found(&["shops.csv"]));
        assert!(folder.read("native/002.yaml").contains("name: \"老街: 茶铺\""));
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

        /// Whatever stands in names and titles, the native files say the same. (An id of 0 is none.)
        #[test]
        fn any_text_comes_through(name in "\\PC{1,24}", title in "(\\PC|\\n|\t){1,40}", id in "[1-9][0-9]{0,19}") {
            let json = |text: &str| serde_json::to_string(text).unwrap();
            let info = format!("{{\"errcode\":0,\"info\":{{\"nickname\":{},\"subject_type\":\"企业\",\"username\":\"gh_a\"}}}}", json(&name));
            let product = format!("{{\"product\":{{\"product_id\":{},\"title\":{},\"head_imgs\":[\"http://a/1\"],\"desc_info\":{{\"desc\":{}}}}}}}", json(&id), json(&title), json(&name));
            let folder = Folder::with(&[("shop/info.json", &info), ("shop/p.json", &product), ("shop/dianjian-shop.yaml", SIDECAR)]);
            prop_assert_eq!(folder.run(&["import", "shop", "-o", "native"]).code, 0);
            let messages = |path: &str| {
                let ran = folder.run(&["check", path, "--as-of", "2026-11-22", "--format", "json"]);
                let report: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
                let mut findings: Vec<String> = report["findings"].as_array().unwrap().iter()
                    .map(|finding| format!("{} {} {}", finding["rule"], finding["message"], finding["record"])).collect();
                findings.sort();
                findings
            };
            prop_assert_eq!(messages("native"), messages("shop"));
        }
    }
}

mod tables {
    use super::*;

    const TREE: &str = r#"{"errcode":0,"errmsg":"ok","cats":[{"cat_and_qua":[{"cat":{"cat_id":"1","name":"旧汽车","f_cat_id":"0","level":1},"qua":{"tips":"仅限企业入驻"}},{"cat":{"cat_id":"900","name":"记录仪","f_cat_id":"1","level":3},"qua":{"tips":""}}]}],"cats_v2":[{"cat_and_qua":[{"cat":{"cat_id":"10000131","name":"汽车","f_cat_id":"0","level":1,"leaf":false},"qua":{"tips":"仅限企业入驻"}},{"cat":{"cat_id":900,"name":"记录仪: 行车","f_cat_id":"10000131","level":3,"leaf":true},"qua":{"tips":"1、主体要求（1）入驻主体类型仅限于企业。（2）注册资本不低于100万"}},{"cat":{"cat_id":"901","name":"茶","f_cat_id":"10000131","level":3,"leaf":true},"qua":{"tips":"企业和个体工商户均可入驻"}}]}]}"#;

    const DETAIL: &str =
        r#"{"errcode":0,"errmsg":"ok","info":{"cat_id":"900","name":"记录仪"},"attr":{"deposit":"500001"}}"#;

    const NATIVE: &str = "kind: Shop\nid: a\nsystem: weixin-store\nname: 云山茶业\nsubject: {type: sole-trader}\ndeposit: {paid: 100}\ncategories: [{id: \"900\", name: 记录仪}, {id: \"901\", name: 茶}]\n";

    #[test]
    fn answers_become_tables_that_change_what_a_check_finds() {
        let folder = Folder::with(&[
            ("api/all.json", TREE),
            ("api/900.json", DETAIL),
            ("api/901.json", r#"{"errcode":"0","errmsg":"ok","deposit":0}"#),
            ("a.yaml", NATIVE),
        ]);
        let before = folder.found(&["a.yaml", "--only", "deposit/*", "--only", "category/*"]);
        assert!(before.is_empty(), "{before:?}");
        let ran = folder.run(&["tables", "import", "api", "-o", "tables", "--from", "2026-01-01", "--lang", "en"]);
        folder.write("dianjian.yaml", "tables: [tables/deposits.yaml, tables/category-subjects.yaml]\n");
        let after = folder.check_short(&["a.yaml", "--only", "deposit/*", "--only", "category/*"]);
        let earlier = folder.run(&[
            "check",
            "a.yaml",
            "--as-of",
            "2025-12-31",
            "--only",
            "deposit/*",
            "--only",
            "category/*",
            "--format",
            "short",
        ]);
        assert_eq!(earlier.out, "", "the rows hold from their day on");
        insta::assert_snapshot!(format!(
            "{}----- deposits\n{}----- category-subjects\n{}----- check\n{}",
            ran.shown(),
            folder.read("tables/deposits.yaml"),
            folder.read("tables/category-subjects.yaml"),
            after.shown()
        ));
    }

    #[test]
    fn a_deposit_without_its_category_is_told() {
        let folder = Folder::with(&[("rule.json", r#"{"errcode":0,"errmsg":"ok","deposit":1000000}"#)]);
        insta::assert_snapshot!(folder.run(&["tables", "import", ".", "-o", "tables", "--lang", "zh"]).shown());
    }
}

mod audits {
    use super::*;

    const EVENTS: &str = concat!(
        r#"{"CreateTime":1767225600,"MsgType":"event","Event":"product_spu_audit","ProductSpuAudit":{"product_id":"10000089215123456789","status":2,"reason":"","audit_info":"{\"busi_audit_info\":{\"item_list\":[{\"multi_failed_reasons\":[{\"audit_reason\":\"商品标题过短，请补充品类\"}],\"busi_show_field_api\":\"product.title\"},{\"multi_failed_reasons\":[{\"audit_reason\":\"主图与商品不符\"}],\"busi_show_field_api\":\"product.head_imgs\"}]}}"}}"#,
        "\n",
        r#"{"CreateTime":"1767225700","MsgType":"event","Event":"product_spu_audit","ProductSpuAudit":{"product_id":"12","status":2,"reason":"主图带二维码"}}"#,
        "\n",
        r#"{"CreateTime":1767225800,"MsgType":"event","Event":"product_spu_audit","ProductSpuAudit":{"product_id":"555","status":2,"reason":"类目不符"}}"#,
        "\n",
        r#"{"CreateTime":1767225900,"MsgType":"event","Event":"product_spu_audit","ProductSpuAudit":{"product_id":"12","status":3,"reason":"","audit_info":"{not json"}}"#,
        "\n",
    );

    fn folder() -> Folder {
        let folder = Folder::shop();
        folder.write("events.ndjson", EVENTS);
        folder.write("shop/products/good.json", r#"{"errcode":0,"errmsg":"ok","product":{"product_id":12,"title":"云山明前绿茶100g","head_imgs":["http://a/1","http://a/2","http://a/3"]}}"#);
        folder
    }

    #[test]
    fn rejections_in_chinese() {
        insta::assert_snapshot!(folder().run(&["audit", ".", "--lang", "zh"]).shown());
    }

    #[test]
    fn rejections_in_english() {
        insta::assert_snapshot!(folder().run(&["audit", ".", "--lang", "en"]).shown());
    }

    #[test]
    fn rejections_as_json() {
        insta::assert_snapshot!(folder().run(&["audit", ".", "--lang", "en", "--format", "json"]).shown());
    }

    /// An event as the platform pushes it unless JSON is chosen.
    const PUSHED: &str = "<xml>\n  <ToUserName><![CDATA[gh_yunshan]]></ToUserName>\n  <CreateTime>1767225600</CreateTime>\n  <MsgType><![CDATA[event]]></MsgType>\n  <Event><![CDATA[product_spu_audit]]></Event>\n  <ProductSpuAudit>\n    <product_id>12</product_id>\n    <status>2</status>\n    <reason>标题&amp;主图</reason>\n    <audit_info><![CDATA[{\"busi_audit_info\":{\"item_list\":[{\"multi_failed_reasons\":[{\"audit_reason\":\"标题含联系方式\"}],\"busi_show_field_api\":\"product.title\"}]}}]]></audit_info>\n  </ProductSpuAudit>\n</xml>\n";

    #[test]
    fn events_in_xml_are_read_to_the_character() {
        let folder = folder();
        folder.write("events.ndjson", "");
        folder.write("pushed.xml", PUSHED);
        let down = PUSHED.replace("product_spu_audit", "open_product_spu_status_update");
        let down = down.replace("ProductSpuAudit>", "OpenProductSpuStatusUpdate>").replace("<status>2<", "<status>13<");
        let (head, tail) =
            (down.split("    <audit_info>").next().unwrap(), "  </OpenProductSpuStatusUpdate>\n</xml>\n");
        folder.write(
            "down.xml",
            format!("\u{feff}{head}{tail}")
                .replace("12</product_id>", "0</product_id><out_product_id>YS-12</out_product_id>"),
        );
        folder.write("shop/products/good.json", r#"{"errcode":0,"errmsg":"ok","product":{"product_id":12,"out_product_id":"YS-12","title":"云山明前绿茶100g","head_imgs":["http://a/1","http://a/2","http://a/3"]}}"#);
        folder.write("other.xml", "<!DOCTYPE project><project><dependencies/></project>");
        insta::assert_snapshot!(folder.run(&["audit", ".", "--lang", "zh"]).shown());
        assert_eq!(folder.check_short(&["pushed.xml"]).code, 3);
    }

    #[test]
    fn an_encrypted_or_broken_event_is_told() {
        let folder = Folder::with(&[
            ("a.xml", "<xml><ToUserName><![CDATA[gh_a]]></ToUserName><Encrypt><![CDATA[q0lP2v7k]]></Encrypt></xml>"),
            ("b.json", r#"{"ToUserName":"gh_a","Encrypt":"q0lP2v7k"}"#),
            ("c.xml", "<!DOCTYPE xml [<!ENTITY a \"x\">]>\n<xml><Event>&a;</Event></xml>"),
            ("d.xml", "<xml><Event>product_spu_audit</Event>"),
            ("e.xml", "<xml><Event>&nbsp;</Event></xml>"),
            ("f.json", r#"{"errcode":48001,"errmsg":"api unauthorized"}"#),
        ]);
        insta::assert_snapshot!(folder.run(&["audit", ".", "--lang", "en"]).shown());
        insta::assert_snapshot!(folder.check_short(&["."]).shown());
    }

    #[test]
    fn what_is_under_way_or_the_merchants_own_doing_is_no_rejection() {
        let event = |name: &str, body: &str, status: &str| {
            format!(
                "{{\"CreateTime\":1767225600,\"MsgType\":\"event\",\"Event\":\"{name}\",\"{body}\":{{\"brand_id\":\"77\",\"status\":{status},\"reason\":\"r\"}}}}\n"
            )
        };
        let of = |name: &str, body: &str, statuses: &[&str]| -> String {
            statuses.iter().map(|status| event(name, body, status)).collect()
        };
        let folder = Folder::with(&[(
            "a.ndjson",
            &[
                of("product_spu_listing", "ProductSpuListing", &["5", "11"]),
                of("channels_ec_brand", "BrandEvent", &["1", "\"2\"", "3", "4", "6"]),
                of("product_category_audit", "ProductCategoryAudit", &["\"1\"", "\"12\""]),
            ]
            .concat(),
        )]);
        let ran = folder.run(&["audit", ".", "--lang", "en"]);
        assert_eq!((ran.code, ran.out.as_str()), (3, "no rejections (3 passed or withdrawn)\n"), "{}", ran.err);
        folder.write("b.ndjson", of("channels_ec_brand", "BrandEvent", &["5", "8"]));
        let ran = folder.run(&["audit", ".", "--lang", "en"]);
        assert!(ran.out.contains("brand 77") && ran.out.contains("taken down: r"), "{}", ran.out);
    }

    #[test]
    fn where_all_is_caught_or_nothing_was_rejected_the_exit_status_says_so() {
        let folder = folder();
        folder.write("events.ndjson", EVENTS.lines().next_back().unwrap());
        assert_eq!(folder.run(&["audit", "."]).code, 3);
        let caught = EVENTS.lines().next().unwrap().replace("product.head_imgs", "product.title");
        folder.write("events.ndjson", &caught);
        assert_eq!(folder.run(&["audit", "."]).code, 0);
    }
}
