//! `dianjian rules evaluate`, and what the shipped rules must come to on the labelled lines of `tests/data/text-lines`.

use std::path::Path;

use crate::folder::Folder;

const LINES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/text-lines");

#[test]
fn the_shipped_rules_reach_the_floors_of_the_projects_own_lines() {
    let folder = Folder::new();
    let mut floors = 0;
    for entry in Path::new(LINES).read_dir().unwrap() {
        let path = entry.unwrap().path();
        let Some(stem) = path.to_str().unwrap().strip_suffix(".floor.yaml") else { continue };
        let (lines, floor) = (format!("{stem}.yaml"), format!("{stem}.floor.yaml"));
        let args =
            ["rules", "evaluate", &lines, "--floor", &floor, "--no-config", "--as-of", "2026-11-30", "--lang", "en"];
        let ran = folder.run(&args);
        assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
        floors += 1;
    }
    assert!(floors > 0);
}

const SAMPLE: &str = "
- {id: a, area: name, label: bad, class: sound, text: 云山期舰店, core: 期舰店}
- {id: b, area: name, label: bad, class: sound, text: 云山茶业}
- {id: c, area: name, label: good, class: plain, text: 云山茶铺}
- {id: d, area: name, label: ambiguous, class: plain, text: 云山旗舰店}
- {id: e, area: title, label: bad, class: contact, text: 好茶 加微信13900662277}
- {id: f, area: live, label: good, class: plain, text: \"今晚的\\\"茶\\\"很香\"}
";

#[test]
fn misses_and_false_alarms_are_listed() {
    let folder = Folder::with(&[("lines.yaml", SAMPLE)]);
    let args = ["rules", "evaluate", "lines.yaml", "--no-config", "--as-of", "2026-11-30", "--lang"];
    let ran = folder.run(&[&args[..], &["en"]].concat());
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.contains("name · bad · sound") && ran.out.contains("0.500  1/2"), "{}", ran.out);
    assert!(ran.out.contains("b 云山茶业  nothing found"), "{}", ran.out);
    assert!(!ran.out.contains("云山旗舰店"), "{}", ran.out);
    assert!(folder.run(&[&args[..], &["zh"]].concat()).out.contains("什么都没有发现"));
    let json = folder.run(&[&args[..], &["en", "--format", "json"]].concat());
    let rows: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    let sound = rows.as_array().unwrap().iter().find(|row| row["name"]["en"] == "name · bad · sound").unwrap();
    assert_eq!((&sound["hits"], &sound["lines"], &sound["wrong"][0]["id"]), (&1.into(), &2.into(), &"b".into()));
}

#[test]
fn a_measure_below_its_floor_fails_the_run() {
    let floor = |bound: &str| {
        let name = "{zh: 店名, en: names}";
        format!("measures: [{{name: {name}, area: name, label: bad, severity: warning, {bound}}}]")
    };
    let core = "measures: [{name: {zh: 标出, en: marked}, label: bad, core: true, floor: 1}]";
    let (low, high, most) = (floor("floor: 0.5"), floor("floor: 0.6"), floor("ceiling: 0.4"));
    let folder = Folder::with(&[
        ("lines.yaml", SAMPLE),
        ("low.yaml", &low),
        ("high.yaml", &high),
        ("most.yaml", &most),
        ("core.yaml", core),
        ("broken.yaml", "- {id: a, text: b}"),
        ("none.yaml", "[]"),
        ("twice.yaml", "- &a {id: a, area: name, label: good, text: b}\n- *a\n"),
    ]);
    let run = |args: &[&str]| {
        let all = [&["rules", "evaluate"], args, &["--no-config", "--as-of", "2026-11-30", "--lang", "en"]].concat();
        folder.run(&all)
    };
    let codes =
        ["low.yaml", "high.yaml", "most.yaml", "core.yaml"].map(|floor| run(&["lines.yaml", "--floor", floor]).code);
    assert_eq!(codes, [0, 1, 1, 0]);
    assert_eq!(run(&["none.yaml"]).code, 3);
    let wrong = ["broken.yaml", "missing.yaml", "twice.yaml"].map(|file| run(&[file]));
    assert_eq!([0, 1, 2].map(|at| wrong[at].code), [2, 2, 2]);
    assert!(wrong[0].err.contains("cannot read broken.yaml"), "{}", wrong[0].err);
    assert!(wrong[2].err.contains("two lines have the id `a`"), "{}", wrong[2].err);
}

/// Each with its traditional and its Japanese form, where these differ.
const PLAIN_WORDS: [&[&str]; 12] = [
    &["旗舰", "旗艦", "旂艦"],
    &["专卖", "專賣", "専売"],
    &["专营", "專營", "専営"],
    &["官方"],
    &["直营", "直營", "直営"],
    &["授权", "授權", "授権"],
    &["自营", "自營", "自営"],
    &["官字"],
    &["官方认证", "官方認證", "官方認証"],
    &["官方授权", "官方授權", "官方授権"],
    &["特许经营", "特許經營", "特許経営"],
    &["特约经销", "特約經銷", "特約経銷"],
];

/// What is put between the characters of a word.
const MARKS: &str = " ·•・.。-_—–~～*+=|/\\^'`★☆●○◆→❤🚢✅√│═\u{200B}\u{00AD}\u{FE0F}\u{3000}";

#[test]
fn plain_words_are_found_at_every_place_and_across_every_mark() {
    let places =
        |word: &str| [format!("{word}云山"), format!("云山{word}好茶"), format!("云山{word}"), format!("云山{word}店")];
    let mut texts: Vec<String> = Vec::new();
    for word in PLAIN_WORDS.iter().flat_map(|forms| forms.iter()) {
        texts.extend(places(word));
        for mark in MARKS.chars() {
            let parted: Vec<String> = word.chars().map(String::from).collect();
            texts.extend(places(&parted.join(&mark.to_string())));
        }
    }
    let lines = (0_u32..).zip(texts).map(|(id, text)| {
        serde_json::json!({"id": id.to_string(), "area": "name", "label": "bad", "class": "plain", "text": text})
    });
    let lines = serde_json::Value::Array(lines.collect()).to_string();
    let floor = "measures: [{name: {zh: 原词, en: plain}, area: name, label: bad, severity: warning, floor: 1}]";
    let folder = Folder::with(&[("lines.yaml", &lines), ("floor.yaml", floor)]);
    let args = ["rules", "evaluate", "lines.yaml", "--floor", "floor.yaml", "--no-config", "--as-of", "2026-11-30"];
    let ran = folder.run(&[&args[..], &["--lang", "en"]].concat());
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
}

#[test]
fn a_disguise_is_named_with_its_word() {
    let shops = [
        ("云山启舰店", "旗舰店", "读音相同", "sounds the same"),
        ("云山旗船店", "旗舰店", "字形相近", "looks similar"),
        ("云山qijiandian", "旗舰店", "写成拼音", "written in pinyin"),
        ("云山qj店", "旗舰店", "写成拼音首字母", "by its initials"),
        ("云山ㄍㄨㄢㄈㄤ", "官方", "写成注音符号", "written in bopomofo"),
        ("云山旗舟见店", "旗舰店", "把字拆开", "split into their parts"),
        ("云山旗🚢店", "旗舰店", "用图案代替", "a sign in the place"),
        ("云山旗x舰x店", "旗舰店", "中间夹了别的字符", "put between the characters"),
        ("云山店营直", "直营", "倒着写", "written backwards"),
        ("云山关方", "官方", "读音相同", "sounds the same"),
        ("Yunshan 0fficial", "official", "换了或漏了字母", "letters changed"),
    ];
    for (name, word, zh, en) in shops {
        let folder = Folder::with(&[("s.yaml", &format!("kind: Shop\nsystem: weixin-store\nname: {name}\n"))]);
        for (lang, how) in [("zh", zh), ("en", en)] {
            let args = ["check", "s.yaml", "--no-config", "--as-of", "2026-11-30", "--format", "short", "--lang", lang];
            let ran = folder.run(&args);
            let said = ran.out.lines().any(|line| line.contains(&format!("“{word}”")) && line.contains(how));
            assert!(said, "{name}: {}", ran.out);
        }
    }
}
