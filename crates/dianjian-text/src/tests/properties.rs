use std::sync::LazyLock;

use proptest::prelude::*;

use super::{FINDER, contacts, word_matcher_builder};
use crate::windows::Windows;
use crate::{
    ContentFlags, ContentScan, Fold, Folder, ListOptions, WordMatcher, fold, invisible, licence_code,
    strip_pinyin_brackets, undecodable,
};

/// Text made of what folding has opinions about, and of anything else.
fn tricky() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => proptest::sample::select(vec![
            "旗", "舰", "艦", "店", "専", "Ｑ", "Q", "(qí)", "（", "jian", ")", "\u{200B}", "\u{FE0F}", "\u{20E3}", "1", "①", "℃", "🚢", "👨\u{200D}👩",
            " ", "·", "。", "微", "信", "加", "V", "ⅴ", "幺", "三", "138", "0013", "8000", "-", "@", ".", "com", "点", "http://", "é", "e\u{301}", "ﷺ", "?", "\u{FFFD}",
        ]).prop_map(str::to_owned),
        1 => any::<char>().prop_map(String::from),
    ];
    proptest::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

/// Word lists in every folding, and their scan.
static MATCHER: LazyLock<(WordMatcher, ContentScan)> = LazyLock::new(|| {
    let mut builder = word_matcher_builder();
    for fold in [Fold::None, Fold::Case, Fold::Name, Fold::Script] {
        let options = ListOptions { fold, evasions: true, skip_separators: true, exceptions: &["旗舰店员"] };
        builder.add_list(options, &["旗舰店", "旗舰", "加微信", "vx", "com"]);
    }
    (builder.build().unwrap(), builder.scan(&FINDER))
});

proptest! {
    #[test]
    fn folding_maps_back(text in tricky(), a in 0_usize..80, b in 0_usize..80) {
        for how in [Fold::None, Fold::Case, Fold::Name, Fold::Script] {
            let folded = fold(&text, how);
            let range = folded.original(a.min(b)..a.max(b));
            prop_assert!(text.get(range).is_some());
            let all = folded.original(0..folded.as_str().len());
            prop_assert!(text.get(all.clone()).is_some());
            // Nothing but what folding drops lies outside.
            let again = fold(&text[all], how);
            prop_assert_eq!(again.as_str(), folded.as_str());
        }
    }

    #[test]
    fn characters_map_in_order(text in tricky()) {
        let folded = fold(&text, Fold::Name);
        let mut last = 0;
        for (at, c) in folded.as_str().char_indices() {
            let range = folded.original(at..at + c.len_utf8());
            prop_assert!(!range.is_empty() && range.start >= last);
            last = range.start;
        }
    }

    #[test]
    fn folding_again_changes_nothing(text in tricky()) {
        for how in [Fold::Case, Fold::Name] {
            let once = fold(&text, how).as_str().to_owned();
            let again = fold(&once, how);
            prop_assert_eq!(again.as_str(), &once);
        }
    }

    #[test]
    fn a_used_folder_folds_like_a_new_one(first in tricky(), second in tricky()) {
        let mut folder = Folder::new();
        folder.fold_into(&first, Fold::Name);
        let reused = folder.fold_into(&second, Fold::Name);
        let fresh = fold(&second, Fold::Name);
        prop_assert_eq!(reused.as_str(), fresh.as_str());
        for at in 0..reused.as_str().len() {
            prop_assert_eq!(reused.original(0..at), fresh.original(0..at));
        }
    }

    #[test]
    fn a_long_text_has_what_its_stretches_have(
        lines in proptest::collection::vec(tricky(), 0..40),
        bytes in 1_usize..300,
    ) {
        let text = lines.join("\n");
        let windows = Windows { bytes, overlap: 1500 };
        prop_assert_eq!(FINDER.find_by(windows, &text), FINDER.find(&text));
        let (mut whole, mut parts) = (Vec::new(), Vec::new());
        MATCHER.0.find(&text, &mut whole);
        MATCHER.0.find_by(windows, &text, &mut parts);
        prop_assert_eq!(parts, whole);
    }

    #[test]
    fn hits_lie_in_the_text(text in tricky()) {
        let mut hits = Vec::new();
        let (matcher, scan) = &*MATCHER;
        matcher.find(&text, &mut hits);
        prop_assert!(hits.is_empty() || scan.flags_of(&text).intersects(ContentFlags::WORDS));
        for hit in hits {
            prop_assert!(text.get(hit.range).is_some_and(|found| !found.is_empty()));
        }
    }

    #[test]
    fn nothing_panics_and_the_scan_misses_nothing(text in tricky(), other in any::<String>()) {
        for text in [text, other] {
            let flags = FINDER.scan().flags_of(&text);
            prop_assert!(invisible(&text).is_empty() || flags.intersects(ContentFlags::INVISIBLE));
            prop_assert!(undecodable(&text).is_empty() || flags.intersects(ContentFlags::UNDECODABLE));
            for (range, c) in invisible(&text) {
                prop_assert!(text.get(range).is_some_and(|found| found.chars().eq([c])));
            }
            let mut end = 0;
            for contact in contacts(&text) {
                prop_assert!(contact.range.start >= end && text.get(contact.range.clone()).is_some_and(|found| !found.is_empty()));
                end = contact.range.end;
            }
            for range in undecodable(&text) {
                prop_assert!(text.get(range).is_some_and(|found| !found.is_empty()));
            }
            let _ = licence_code(&text);
            prop_assert!(strip_pinyin_brackets(&text).len() <= text.len());
        }
    }
}

/// What takes a moment for a line must not take minutes for a file of nothing else.
#[test]
fn repetition_is_no_trap() {
    let mut builder = word_matcher_builder();
    let options =
        ListOptions { evasions: true, skip_separators: true, exceptions: &["旗舰店员"], ..ListOptions::default() };
    builder.add_list(options, &["旗舰店", "旗舰", "官方"]);
    let matcher = builder.build().unwrap();
    for unit in [
        "旗舰店",
        "旗见店",
        "旗舰店员",
        "旗·",
        "加微信",
        "v-",
        "1 ",
        "1",
        "138-0013-8000",
        "a.com",
        "a.",
        "?币",
        "(qí",
        "旗(qí)",
        "é",
        "e\u{301}",
        "\u{200B}",
        "微",
        "锟斤拷",
        "加我",
        "+",
        "@a",
        "点com",
        "https://",
        "QQ",
        "主页",
        "请勿",
    ] {
        let text = unit.repeat(60_000 / unit.len());
        let mut hits = Vec::new();
        matcher.find(&text, &mut hits);
        let last = contacts(&text).last().map_or(0, |contact| contact.range.end);
        assert!(last <= text.len() && hits.iter().all(|hit| hit.range.end <= text.len()), "{unit}");
        assert!(undecodable(&text).len() + invisible(&text).len() <= text.len(), "{unit}");
    }
}

/// What begins before the end of a stretch and ends behind it is found once, and as if the text were searched at once.
#[test]
fn contacts_at_the_ends_of_stretches_are_found_once() {
    const FORMS: [&str; 6] = [
        "想要的加我微信：wuli_tea88\n",
        "加\n微\n信\nxiaomi_9527\n",
        "打电话\n138\n1234\n5678\n",
        "看 https://shop.example.com/tea/0123456789?from=live#top\n",
        "电话 1 3 8 - 1 2 3 4 - 5 6 7 8 找我，加微\u{200b}信 wuli_cha99",
        "不要加微信，谁让你加微信谁就是骗子。",
    ];
    let windows = Windows { bytes: 2000, overlap: 1500 };
    for line in ["好茶回甘，今天明前。\n", "好茶回甘今天明前"] {
        for form in FORMS {
            for shift in 0..form.chars().count() + 8 {
                let filled = |bytes: usize| line.repeat(bytes / line.len()) + &"茶".repeat(shift);
                let text = [filled(1950), form.to_owned(), filled(2000), form.to_owned(), filled(2500)].concat();
                assert_eq!(FINDER.find_by(windows, &text), FINDER.find(&text), "{form} at {shift}");
            }
        }
    }
}
