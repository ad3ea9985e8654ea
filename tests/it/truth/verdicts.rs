//! Verdicts that were wrong: what counts as the same licence, as a trade name, as a subject that may enter.

use std::fmt::Write as _;

use image::{ImageFormat, Rgb, RgbImage};

use crate::folder::{Folder, Ran};

/// A check of these files on a fixed day, a finding a line, in English.
fn check(folder: &Folder, args: &[&str]) -> Ran {
    let mut all = vec!["check", "--no-config", "--as-of", "2026-11-29", "--lang", "en", "--format", "short"];
    all.extend(args);
    folder.run(&all)
}

/// What is found by one rule in one file.
fn found(name: &str, content: &str, rule: &str) -> Vec<String> {
    let folder = Folder::with(&[(name, content)]);
    let ran = check(&folder, &[name, "--only", rule]);
    ran.out.lines().filter(|line| line.contains(&format!("[{rule}]"))).map(str::to_owned).collect()
}

mod licences {
    use super::*;

    const CODE: &str = "91440300MA00000077";

    /// Shops `0..count` with these codes in turn.
    fn shops(codes: &[&str], count: usize) -> String {
        let mut table = "店铺编号,店铺名称,店铺体系,统一社会信用代码\n".to_owned();
        for at in 0..count {
            let _ = writeln!(table, "s{at},云山{at}店,微信小店,{}", codes[at % codes.len()]);
        }
        table
    }

    #[test]
    fn one_licence_is_one_however_it_is_spelled() {
        for spelling in [
            "9144 0300 MA00 0000 77",
            "９１４４０３００ＭＡ００００００７７",
            "91440300\u{A0}MA00000077",
            "91440300\u{200B}MA00000077",
            "91440300-MA000000-77",
            "91440300ma00000077",
            "91440300–MA000000‑77",
            "'91440300MA00000077",
        ] {
            let mut table = shops(&[CODE], 30);
            assert!(found("a.csv", &table, "limits/weixin-stores").is_empty());
            let _ = writeln!(table, "s30,云山三十店,微信小店,{spelling}");
            assert_eq!(found("a.csv", &table, "limits/weixin-stores").len(), 1, "{spelling}");
        }
    }

    #[test]
    fn what_stands_for_a_code_that_is_not_known_is_no_licence() {
        for nothing in
            ["无", "-", "N/A", "待补", "/", "0", "暂无", "（待补充）", "办理中", "TBD", "000000", "xxxx", "?"]
        {
            let table = shops(&[nothing], 40);
            assert_eq!(found("a.csv", &table, "limits/weixin-stores"), [""; 0], "{nothing}");
        }
        let yaml: String = (0..40)
            .map(|at| {
                format!(
                    "---\nkind: Shop\nid: s{at}\nname: 云山{at}店\nsystem: weixin-store\nsubject: {{licence: 待定}}\n"
                )
            })
            .collect();
        assert_eq!(found("a.yaml", &yaml, "limits/weixin-stores"), [""; 0]);
    }

    #[test]
    fn a_code_that_a_spreadsheet_has_rounded_counts_for_no_licence() {
        for rounded in ["9.14403E+17", "914403007152670000"] {
            let table = shops(&[rounded], 40);
            assert_eq!(found("a.csv", &table, "limits/weixin-stores"), [""; 0], "{rounded}");
        }
    }

    /// Thirty shops without ids, and these rows below them.
    fn without_ids(more: &[(&str, &str, &str)]) -> String {
        let mut table = "店铺名称,店铺体系,统一社会信用代码\n".to_owned();
        for at in 0..30 {
            let _ = writeln!(table, "云山{at}店,微信小店,{CODE}");
        }
        more.iter().for_each(|(name, system, code)| _ = writeln!(table, "{name},{system},{code}"));
        table
    }

    #[test]
    fn a_shop_without_an_id_that_is_listed_again_counts_once() {
        let rule = "limits/weixin-stores";
        for (name, code) in [("云山7店", CODE), ("雲山7店", CODE), (" 云山７店 ", "9144 0300 MA00 0000 77")] {
            let table = without_ids(&[(name, "微信小店", code)]);
            assert_eq!(found("a.csv", &table, rule), [""; 0], "{name}");
            assert_eq!(found("a.csv", &table, "naming/unique").len(), 1, "{name}");
        }
        let other = without_ids(&[("云山7店", "微信小店", CODE), ("云山三十店", "微信小店", CODE)]);
        assert_eq!(found("a.csv", &other, rule).len(), 1);
        assert_eq!(found("a.csv", &without_ids(&[("云山7店", "视频号小店", CODE)]), rule), [""; 0]);
    }

    #[test]
    fn every_row_of_a_shop_that_counts_once_is_a_place_of_the_finding() {
        let folder = Folder::with(&[(
            "a.csv",
            &without_ids(&[("云山7店", "微信小店", CODE), ("云山三十店", "微信小店", CODE)]),
        )]);
        let args = ["check", "a.csv", "--no-config", "--as-of", "2026-11-29", "--only", "limits/*", "--format", "json"];
        let report: serde_json::Value = serde_json::from_str(&folder.run(&args).out).unwrap();
        let finding = &report["findings"][0];
        let places = 1 + finding["related"].as_array().map_or(0, Vec::len);
        let more = finding["related_omitted"].as_u64().unwrap_or_default();
        assert_eq!(places as u64 + more, 32, "{finding}");
        assert!(finding["message"].to_string().contains("31"), "{finding}");
    }

    #[test]
    fn a_shop_in_two_files_counts_once() {
        let folder = Folder::with(&[("a.csv", &shops(&[CODE], 30)), ("b.csv", &shops(&[CODE], 30))]);
        let ran = check(&folder, &["a.csv", "b.csv", "--only", "limits/weixin-stores"]);
        assert!(!ran.out.contains("limits/weixin-stores"), "{}", ran.out);
        folder.write("b.csv", shops(&[CODE], 31));
        let ran = check(&folder, &["a.csv", "b.csv", "--only", "limits/weixin-stores"]);
        assert_eq!(ran.out.matches("[limits/weixin-stores]").count(), 1, "{}", ran.out);
    }
}

mod names {
    use super::*;

    fn first_grant(name: &str, brand: &str, subject: &str, rule: &str) -> Vec<String> {
        let shop = format!(
            "kind: Shop\nid: a\nname: {name}\nsystem: weixin-store\nbrand: {{name: {brand}, grant: first}}\n\
             subject: {{name: {subject}, type: enterprise}}\n"
        );
        found("a.yaml", &shop, rule)
    }

    #[test]
    fn a_trade_name_is_two_adjacent_characters_of_the_owners_name() {
        for (name, brand, subject) in [
            ("佰草集海南航空", "佰草集", "海南航空控股股份有限公司"),
            ("西仓广州酒家", "西仓", "广州酒家集团股份有限公司"),
            ("西仓·青岛啤酒旗下", "西仓", "青岛啤酒股份有限公司"),
            ("西仓国际贸易", "西仓", "厦门国际贸易集团有限公司"),
            ("西仓雲山茶業", "西仓", "深圳云山茶业有限公司"),
            ("西仓一二五", "西仓", "一二五（深圳）有限公司"),
            ("西仓深圳", "西仓", "深圳一二五有限公司"),
        ] {
            assert_eq!(first_grant(name, brand, subject, "naming/brand-and-trade-name"), [""; 0], "{name}");
        }
        for (name, brand, subject) in [
            ("佰草集海", "佰草集", "海南航空控股股份有限公司"),
            ("佰草集航南", "佰草集", "海南航空控股股份有限公司"),
            ("西仓创意园一二五", "西仓", "深圳一二五有限公司"),
            ("西仓", "西仓", "深圳一二五有限公司"),
        ] {
            assert_eq!(first_grant(name, brand, subject, "naming/brand-and-trade-name").len(), 1, "{name}");
        }
    }

    #[test]
    fn a_brand_in_the_owners_name_is_no_trade_name_by_itself() {
        for (name, brand, subject) in [
            ("云山", "云山", "深圳云山茶业有限公司"),
            ("云山茶铺", "云山", "深圳云山茶业有限公司"),
            ("花源小铺", "花源", "成都花源母婴用品有限公司"),
        ] {
            assert_eq!(first_grant(name, brand, subject, "naming/brand-and-trade-name").len(), 1, "{name}");
        }
        assert!(first_grant("云山茶业店", "云山", "深圳云山茶业有限公司", "naming/brand-and-trade-name").is_empty());
    }

    #[test]
    fn a_place_alone_is_worth_a_remark_and_no_more() {
        let remark = first_grant("西仓深圳", "西仓", "深圳一二五有限公司", "naming/trade-name-place");
        assert!(remark.len() == 1 && remark[0].contains("info["), "{remark:?}");
        for (name, subject) in [
            ("西仓海南航空", "海南航空控股股份有限公司"),
            ("西仓一二五", "深圳一二五有限公司"),
            ("西仓花园", "深圳一二五有限公司"),
        ] {
            assert_eq!(first_grant(name, "西仓", subject, "naming/trade-name-place"), [""; 0], "{name}");
        }
    }
}

mod subjects {
    use super::*;

    const TYPES: [(&str, &[&str]); 3] = [
        ("enterprise", &["企业", "企业店", "公司", "有限公司", "个人独资企业"]),
        ("sole-trader", &["个体工商户", "个体户", "个体店", "个体"]),
        ("individual", &["个人", "自然人", "个人店"]),
    ];

    /// The types of subject that a note keeps out.
    fn refused(note: &str) -> Vec<&'static str> {
        let mut shops = String::new();
        for (subject, _) in TYPES {
            let _ = write!(
                shops,
                "---\nkind: Shop\nid: {subject}\nname: 云山{subject}\nsystem: weixin-store\nsubject: {{type: {subject}}}\n\
                 categories: [{{id: '1', name: 茶, qualification: {{tips: \"{note}\"}}}}]\n"
            );
        }
        let lines = found("a.yaml", &shops, "category/subject");
        let at = |subject: &str| shops.lines().position(|line| line == format!("id: {subject}")).unwrap() + 1;
        let is_found = |subject: &str| {
            let lines_of_shop = at(subject)..at(subject) + 6;
            lines.iter().any(|line| {
                let number = line.split(':').nth(1).and_then(|number| number.parse::<usize>().ok());
                number.is_some_and(|number| lines_of_shop.contains(&number))
            })
        };
        TYPES.iter().map(|(subject, _)| *subject).filter(|subject| is_found(subject)).collect()
    }

    #[test]
    fn notes_let_in_those_whom_they_name() {
        for (subject, words) in TYPES {
            let others: Vec<&str> = TYPES.iter().map(|(other, _)| *other).filter(|other| *other != subject).collect();
            for (at, word) in words.iter().enumerate() {
                let notes = [
                    "入驻主体类型仅限于{}",
                    "限{}",
                    "仅支持{}入驻",
                    "只限{}申请。",
                    "1、主体要求（1）入驻主体须为{}。",
                    "非{}不可入驻",
                    "仅限具备资质的{}入驻",
                    "{}方可申请",
                    "本类目仅向境内{}开放",
                    "{}以外的主体不可入驻",
                ];
                for note in [0, 3, 6].map(|step| notes[(at + step) % notes.len()]) {
                    let note = note.replace("{}", word);
                    assert_eq!(refused(&note), others, "{note}");
                }
            }
        }
    }

    #[test]
    fn notes_keep_out_those_whom_they_name() {
        for (subject, words) in TYPES {
            for (at, word) in words.iter().enumerate() {
                let notes =
                    ["{}不可入驻", "暂不支持{}入驻", "{}暂不支持", "{}主体无法申请该类目", "{}除外", "除{}外均可入驻"];
                for note in [notes[at % notes.len()], notes[(at + 2) % notes.len()]] {
                    let note = note.replace("{}", word);
                    assert_eq!(refused(&note), [subject], "{note}");
                }
            }
        }
    }

    #[test]
    fn lists_are_read_as_lists() {
        for (note, expected) in [
            ("入驻主体类型仅限于企业、个体工商户", vec!["individual"]),
            ("仅限企业/个体工商户入驻", vec!["individual"]),
            ("主体类型：企业，个体工商户", vec!["individual"]),
            ("個人、個體工商戶不得入駐", vec!["sole-trader", "individual"]),
            ("企业店可入驻，个体店不可", vec!["sole-trader"]),
        ] {
            assert_eq!(refused(note), expected, "{note}");
        }
    }

    #[test]
    fn what_is_said_of_something_else_keeps_nobody_out() {
        for note in [
            "企业和个体工商户均可入驻",
            "不限企业",
            "商标注册人须为企业",
            "企业标准不得低于国家标准",
            "个人不得转让资质",
            "若主体为企业，需提供营业执照",
            "企业需提供质检报告",
            "注册资本不低于100万",
            "有限公司的营业执照不得过期",
        ] {
            assert_eq!(refused(note), [""; 0], "{note}");
        }
    }

    #[test]
    fn import_reads_notes_by_the_same_words() {
        for (note, admits) in [
            ("入驻主体类型仅限于企业、个体工商户", Some("enterprise/sole-trader")),
            ("仅支持企业店入驻", Some("enterprise")),
            ("个人不可入驻", Some("enterprise/sole-trader")),
            ("限个体工商户", Some("sole-trader")),
            ("企业和个体工商户均可入驻", None),
        ] {
            let tree = serde_json::json!({"errcode": 0, "cats_v2": [{"cat_and_qua": [{
                "cat": {"cat_id": "900", "name": "茶", "f_cat_id": "0", "level": 1, "leaf": true}, "qua": {"tips": note},
            }]}]});
            let folder = Folder::with(&[("api/all.json", &tree.to_string())]);
            folder.run(&["tables", "import", "api", "-o", "tables", "--from", "2026-01-01"]);
            let path = folder.path("tables/category-subjects.yaml");
            let rows = std::fs::read_to_string(path).unwrap_or_default();
            match admits {
                None => assert!(!rows.contains("900"), "{note}: {rows}"),
                Some(admits) => assert!(rows.contains(&format!("admits: {admits}, ")), "{note}: {rows}"),
            }
        }
    }
}

mod capital {
    use super::*;

    fn judged(capital: &str, note: &str, rule: &str) -> usize {
        let shop = format!(
            "kind: Shop\nid: a\nname: 云山茶业\nsystem: weixin-store\nsubject: {{type: enterprise, registered_capital: {capital}}}\n\
             categories: [{{id: '1', name: 茶, qualification: {{tips: \"{note}\"}}}}]\n"
        );
        found("a.yaml", &shop, rule).len()
    }

    #[test]
    fn any_sum_is_read_in_digits_and_words() {
        for (demand, sum) in [
            ("30万", 300_000),
            ("1亿元", 100_000_000),
            ("壹佰万元", 1_000_000),
            ("两千万", 20_000_000),
            ("1,500万元", 15_000_000),
        ] {
            let note = format!("注册资本不低于{demand}");
            assert_eq!(judged(&(sum - 1).to_string(), &note, "category/capital"), 1, "{note}");
            assert_eq!(judged(&sum.to_string(), &note, "category/capital"), 0, "{note}");
        }
        for (capital, expected) in [("30万", 1), ("1亿", 0), ("壹佰万元整", 0), ("99万", 1), ("人民币叁仟万", 0)]
        {
            assert_eq!(judged(capital, "注册资金须不少于人民币 100 万元", "category/capital"), expected, "{capital}");
        }
    }

    #[test]
    fn other_currencies_are_not_taken_for_yuan() {
        for note in ["注册资本不低于10万美元", "注册资本不低于港币50万", "注册资本不少于USD 10万"]
        {
            assert_eq!(judged("5000", note, "category/capital"), 0, "{note}");
            assert_eq!(judged("5000", note, "category/capital-currency"), 1, "{note}");
        }
        for capital in ["10万美元", "港币500万", "$1000000", "500万欧元"] {
            assert_eq!(judged(capital, "注册资本不低于100万", "category/capital"), 0, "{capital}");
            let table = format!("店铺编号,店铺名称,店铺体系,注册资本\na,云山茶业,微信小店,{capital}\n");
            assert_eq!(found("a.csv", &table, "record/wrong-type").len(), 1, "{capital}");
        }
        let folder =
            Folder::with(&[("a.csv", "店铺编号,店铺名称,店铺体系,注册资本（万美元）\na,云山茶业,微信小店,10\n")]);
        let ran = check(&folder, &["a.csv"]);
        assert!(ran.out.contains("注册资本（万美元）"), "{}", ran.out);
    }
}

mod backgrounds {
    use super::*;

    /// What is found in a background of this size and format under this name.
    fn judged(name: &str, size: (u32, u32), format: ImageFormat, padding: usize) -> Vec<String> {
        let mut bytes = std::io::Cursor::new(Vec::new());
        RgbImage::from_pixel(size.0, size.1, Rgb([200, 220, 240])).write_to(&mut bytes, format).unwrap();
        let mut bytes = bytes.into_inner();
        bytes.resize(bytes.len() + padding, 0);
        let folder = Folder::new();
        folder.write(name, bytes);
        folder.write(
            "a.yaml",
            format!("kind: Shop\nid: a\nname: 云山茶业\nsystem: weixin-store\nhomepage: {{background: {name}}}\n"),
        );
        let ran = check(&folder, &["a.yaml", "--only", "homepage/background-*"]);
        let rule = |line: &str| Some(line.split_once("[homepage/")?.1.split_once(']')?.0.to_owned());
        ran.out.lines().filter_map(rule).collect()
    }

    #[test]
    fn the_format_is_that_of_the_content() {
        assert_eq!(judged("home.png", (320, 180), ImageFormat::WebP, 0), ["background-format"]);
        assert_eq!(judged("home.jpg", (320, 180), ImageFormat::Gif, 0), ["background-format"]);
        assert_eq!(judged("home.webp", (320, 180), ImageFormat::Png, 0), [""; 0]);
        assert_eq!(judged("home", (320, 180), ImageFormat::Bmp, 0), [""; 0]);
    }

    #[test]
    fn the_ratio_is_sixteen_to_nine_give_or_take_a_pixel() {
        assert_eq!(judged("home.png", (320, 320), ImageFormat::Png, 0), ["background-ratio"]);
        assert_eq!(judged("home.png", (180, 320), ImageFormat::Png, 0), ["background-ratio"]);
        assert_eq!(judged("home.png", (320, 200), ImageFormat::Png, 0), ["background-ratio"]);
        assert_eq!(judged("home.png", (683, 384), ImageFormat::Png, 0), [""; 0]);
    }

    #[test]
    fn the_file_has_at_most_ten_megabytes() {
        assert!(judged("home.bmp", (320, 180), ImageFormat::Bmp, 10 << 20).contains(&"background-size".to_owned()));
        assert!(!judged("home.bmp", (320, 180), ImageFormat::Bmp, 9 << 20).contains(&"background-size".to_owned()));
    }

    #[test]
    fn what_cannot_be_opened_is_a_problem_and_no_pass() {
        let folder = Folder::new();
        folder.write(
            "a.yaml",
            "kind: Shop\nid: a\nname: 云山茶业\nsystem: weixin-store\nhomepage: {background: gone.png}\n",
        );
        assert_eq!(check(&folder, &["a.yaml", "--only", "homepage/background-ratio"]).code, 2);
    }
}

mod unsaid_subjects {
    use super::*;

    fn unsaid(content: &str, args: &[&str]) -> (i32, serde_json::Value) {
        let folder = Folder::with(&[("a.yaml", content)]);
        let all = ["check", "a.yaml", "--no-config", "--as-of", "2026-11-29", "--format", "json"];
        let ran = folder.run(&[&all[..], args].concat());
        let report: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
        (ran.code, report["summary"]["looked_at"]["unsaid"].clone())
    }

    fn shop(id: &str, more: &str) -> String {
        format!("---\nkind: Shop\nid: {id}\nname: 云山{id}号\nsystem: weixin-store\n{more}")
    }

    #[test]
    fn shops_that_do_not_say_their_subject_type_are_counted_and_no_gap() {
        let shops =
            [shop("a", ""), shop("b", "subject: {type: enterprise}\n"), shop("c", "subject: {name: 云山茶业}\n")];
        let (code, counted) = unsaid(&shops.concat(), &["--skip", "*/*"]);
        assert_eq!((code, counted), (0, serde_json::Value::Null), "nothing that is off is missed");
        let (code, counted) = unsaid(&shops.concat(), &["--only", "licence/missing", "--only", "category/subject"]);
        assert_eq!(counted, serde_json::json!({"Shop.subject.type": 2}));
        assert_eq!(code, 0);
        let closed = shop("a", "status: close_finished\n");
        assert_eq!(unsaid(&closed, &["--only", "licence/missing"]).1, serde_json::Value::Null);
    }

    #[test]
    fn rules_that_ask_for_something_else_first_are_not_missed() {
        let only = ["--only", "category/subject"];
        let tips = "categories: [{id: '1', name: 茶, qualification: {tips: 仅限企业}}]\n";
        assert_eq!(unsaid(&shop("a", ""), &only).1, serde_json::Value::Null);
        assert_eq!(unsaid(&shop("a", tips), &only).1, serde_json::json!({"Shop.subject.type": 1}));
        assert_eq!(unsaid(&shop("a", ""), &["--only", "licence/personal-store"]).1, serde_json::Value::Null);
    }

    #[test]
    fn the_summary_says_what_was_not_applied() {
        let folder = Folder::with(&[("a.yaml", &shop("a", ""))]);
        let args = ["check", "a.yaml", "--no-config", "--as-of", "2026-11-29", "--only", "licence/missing"];
        let ran = folder.run(&[&args[..], &["--lang", "zh"]].concat());
        assert_eq!(ran.code, 0, "{}", ran.out);
        assert!(ran.out.contains("1 条店铺记录没有写“subject.type”，有 1 条规则判断不了它"), "{}", ran.out);
        let ran = folder.run(&[&args[..], &["--lang", "en"]].concat());
        assert!(
            ran.out.contains("1 record (Shop) without `subject.type`, so 1 rule could not judge it"),
            "{}",
            ran.out
        );
    }
}

mod own_days {
    use super::*;

    const ROOM: &str = "kind: LiveRoom\nid: r\ntitle: 加微信领福利\n";

    fn room(day: &str) -> String {
        format!("{ROOM}scheduled: {day}T20:00:00+08:00\n")
    }

    /// The days on which a forecast from 2024-08-01 lets `live/contacts-early` (2024-08-25 to 2025-03-27) begin and end.
    fn forecast(content: &str, until: &str) -> (Vec<(String, bool)>, serde_json::Value) {
        let folder = Folder::with(&[("a.yaml", content)]);
        let args = ["forecast", "a.yaml", "--no-config", "--as-of", "2024-08-01", "--format", "json", "--until", until];
        let ran = folder.run(&args);
        assert_eq!(ran.code, 0, "{}", ran.err);
        let report: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
        let mut days = Vec::new();
        for change in
            report["records"].as_array().unwrap().iter().flat_map(|record| record["changes"].as_array().unwrap())
        {
            for (list, begins) in [("begins", true), ("ends", false)] {
                let rules = change[list].as_array().unwrap();
                if rules.iter().any(|finding| finding["rule"] == "live/contacts-early") {
                    days.push((change["date"].as_str().unwrap().to_owned(), begins));
                }
            }
        }
        (days, report)
    }

    /// How often `check` finds the rule in the room.
    fn checked(content: &str, args: &[&str]) -> usize {
        let folder = Folder::with(&[("a.yaml", content)]);
        let mut all = vec!["check", "a.yaml", "--no-config", "--format", "short", "--only", "live/contacts-early"];
        all.extend(args);
        folder.run(&all).out.matches("[live/contacts-early]").count()
    }

    #[test]
    fn a_forecast_says_what_differs_on_the_day_of_a_room() {
        for day in ["2024-08-25", "2024-10-10", "2025-03-27"] {
            let (days, report) = forecast(&room(day), "2027-01-01");
            assert_eq!(days, [(day.to_owned(), true)]);
            assert_eq!(report["records"][0]["scheduled"], day);
            assert_eq!(checked(&room(day), &[]), 1, "{day}");
            assert_eq!(checked(&room(day), &["--as-of", "2024-08-01"]), 0, "{day}");
        }
        let (days, _) = forecast(ROOM, "2027-01-01");
        assert_eq!(days, [("2024-08-25".to_owned(), true), ("2025-03-28".to_owned(), false)]);
    }

    #[test]
    fn days_that_are_not_the_rooms_own_say_nothing_of_it() {
        for day in ["2024-08-24", "2025-03-28", "2026-12-01", "2024-07-01", "2023-01-01"] {
            assert_eq!(forecast(&room(day), "2027-01-01").0, [], "{day}");
            assert_eq!(checked(&room(day), &[]), 0, "{day}");
        }
        assert_eq!(forecast(&room("2024-10-10"), "2024-10-09").0, []);
    }

    #[test]
    fn a_forecast_without_changes_says_by_which_day_rooms_are_checked() {
        let folder = Folder::with(&[("a.yaml", &room("2023-01-01"))]);
        let args = ["forecast", "a.yaml", "--no-config", "--as-of", "2024-08-01"];
        let ran = folder.run(&[&args[..], &["--lang", "en"]].concat());
        assert!(ran.out.contains("1 record more with a day of their own"), "{}", ran.out);
        let ran = folder.run(&[&args[..], &["--lang", "zh"]].concat());
        assert!(ran.out.contains("另有 1 条记录有自己的日期"), "{}", ran.out);
    }
}
