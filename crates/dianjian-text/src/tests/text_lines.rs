//! The project's own labelled lines of `tests/data/text-lines`: of each class no fewer are judged rightly than stands here.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::contacts;
use crate::{ContactKind, Tier};

#[derive(Deserialize)]
struct LabelledLine {
    id: String,
    label: String,
    class: String,
    text: String,
}

/// Of every hundred lines of a class that ask for contact, how many are found at least.
const FLOORS: &[(&str, usize)] = &[
    ("bank", 100),
    ("emoji", 100),
    ("group", 100),
    ("hint", 100),
    ("homophone", 93),
    ("local", 100),
    ("negation", 93),
    // Two more lines have words of the table trade-words and no frame.
    ("payment", 93),
    ("phone", 94),
    ("pinyin", 100),
    ("platform", 100),
    ("private", 100),
    ("profile", 100),
    ("qq", 100),
    ("split", 100),
    ("title", 100),
    ("url", 100),
    ("wechat", 96),
];

fn lines() -> Vec<LabelledLine> {
    let path = format!("{}/../../tests/data/text-lines/contacts.yaml", env!("CARGO_MANIFEST_DIR"));
    serde_yaml::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn is_found(line: &LabelledLine) -> bool {
    let is_hint = line.class == "hint";
    contacts(&line.text).iter().any(|contact| is_hint || contact.kind != ContactKind::PlaceHint)
}

#[test]
fn lines_that_ask_for_contact_are_found() {
    let mut classes: BTreeMap<String, (usize, Vec<String>)> = BTreeMap::new();
    for line in lines().into_iter().filter(|line| line.label == "bad") {
        let (count, missed) = classes.entry(line.class.clone()).or_default();
        *count += 1;
        if !is_found(&line) {
            missed.push(line.id);
        }
    }
    let floors: BTreeMap<&str, usize> = FLOORS.iter().copied().collect();
    for (class, (count, missed)) in classes {
        let found = 100 * (count - missed.len()) / count;
        assert!(found >= floors[class.as_str()], "{class}: {found} of 100, missed {missed:?}");
    }
}

#[test]
fn honest_lines_stay_silent() {
    let lines = lines().into_iter().filter(|line| line.label == "good");
    let alarms: Vec<String> = lines.filter(|line| !contacts(&line.text).is_empty()).map(|line| line.id).collect();
    assert!(alarms.is_empty(), "{alarms:?}");
}

#[test]
fn a_word_before_a_number_does_not_make_less_of_it() {
    let numbers = ["13812345678", "138-1234-5678", "138 1234 5678", "一三八一二三四五六七八", "１３８１２３４５６７８"];
    let words = [
        "微信",
        "薇信",
        "威信",
        "徽信",
        "微芯",
        "v芯",
        "卫星",
        "V",
        "+V",
        "vx",
        "VX",
        "v信",
        "wei信",
        "W信",
        "绿泡泡",
        "QQ",
        "扣扣",
        "电话",
        "联系薇",
    ];
    let marks = ["", "：", " ", "号：", "号是"];
    let mut less = Vec::new();
    for number in numbers {
        for text in words.iter().flat_map(|word| marks.map(|mark| format!("{word}{mark}{number}"))) {
            if contacts(&text).iter().all(|contact| contact.tier != Tier::Exact) {
                less.push(text);
            }
        }
    }
    assert!(less.is_empty(), "{less:?}");
}

#[test]
fn what_stands_around_a_number_says_whether_it_is_one_to_call() {
    let tier = |text: &str| contacts(text).first().map(|contact| contact.tier);
    for (text, expected) in [
        ("187 2206 4418", Some(Tier::LookAlike)),
        ("187-2206-4418", Some(Tier::Exact)),
        ("今晚有惊喜 187 2206 4418", Some(Tier::Exact)),
        ("轴承 187 2206 4418", None),
        ("187 2206 4418 轴承", None),
        ("轴承批发 187 2206 4418 王师傅", Some(Tier::Exact)),
        ("18722064418 型号", None),
        ("18722064418 型号齐全", Some(Tier::Exact)),
        ("轴承18722064418", Some(Tier::Exact)),
        ("一百八十七、一千两百九、一千八百九", None),
        ("电话一百八十七、两千两百零六、四千四百一十八", Some(Tier::LookAlike)),
    ] {
        assert_eq!(tier(text), expected, "{text}");
    }
}

#[test]
fn the_frame_decides_what_a_trade_word_means() {
    let word = "微信转账";
    for (text, warned) in [
        ("谁让你微信转账谁就是骗子", true),
        ("可以微信转账吗？不可以，请走小店下单", true),
        ("我们不接受微信转账", true),
        ("有人要求微信转账的请举报", true),
        ("不要走小店，微信转账更快", false),
        ("微信转账便宜十块", false),
        ("微信转账给我不是骗子", false),
    ] {
        let start = text.find(word).unwrap();
        assert_eq!(super::FINDER.warns_of(text, start..start + word.len()), warned, "{text}");
    }
}
