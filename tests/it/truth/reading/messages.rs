//! What is said of files that are not there, and of texts and records with thousands of the same mistake.

use std::fmt::Write as _;

use super::{checked, lines};
use crate::folder::Folder;

const ROOM: &str = "kind: LiveRoom\nid: r\ntitle: 春茶\n";

#[test]
fn a_path_that_leads_nowhere_has_a_suggestion() {
    let folder = Folder::with(&[
        ("shops/spring-tea.yaml", "kind: Shop\nid: a\nsystem: weixin-store\nname: 云山茶业\n"),
        ("room.yaml", &format!("{ROOM}script: scrpt.md\ncover: covr.png\n")),
        ("script.md", "大家好"),
        ("cover.png", "x"),
    ]);
    for (args, near) in [
        (&["shops/spring_tea.yml"][..], "shops/spring-tea.yaml"),
        (&["shop/spring-tea.yaml"], "shops/spring-tea.yaml"),
        (&["Room.yaml"], "room.yaml"),
    ] {
        let ran = folder.run(&[&["check", "--no-config", "--lang", "en"], args].concat());
        assert!(
            format!("{}{}", ran.out, ran.err).contains(&format!("did you mean `{near}`?")),
            "{args:?}: {}{}",
            ran.out,
            ran.err
        );
    }
    let ran = folder.run(&["check", "room.yaml", "--no-config", "--lang", "en"]);
    let all = ran.out.replace("\n  │ ", " ").replace("\n              ", " ");
    assert!(all.contains("did you mean `script.md`?"), "{all}");
    assert!(all.contains("did you mean `cover.png`?"), "{all}");
}

#[test]
fn the_hint_fits_the_type() {
    let ran = |field: &str| {
        let folder = Folder::with(&[(
            "a.yaml",
            &*format!("kind: Shop\nid: a\nsystem: weixin-store\nname: 云山茶业\n{field}\n"),
        )]);
        folder.run(&["check", "a.yaml", "--no-config", "--lang", "en", "--only", "record/wrong-type"]).out
    };
    assert!(ran("score: 很好").contains("a number such as 4.7") && !ran("score: 很好").contains("such as 2026"));
    assert!(ran("gmv: 很多").contains("an amount in yuan"));
    assert!(ran("opened_on: 昨天").contains("2026-01-31"));
}

#[test]
fn thousands_of_invisible_characters_are_one_finding_with_a_count() {
    let text = "云\u{200b}".repeat(40_000);
    let ran = checked("a.yaml", format!("{ROOM}description: {text}\n"));
    let found = lines(&ran, "text/invisible-characters");
    assert!(found.len() == 1 && found[0].contains("40000") || found[0].contains("40,000"), "{found:?}");
    let folder = Folder::with(&[("a.yaml", &*format!("{ROOM}description: 春\u{200b}茶\u{feff}专\u{200d}场\n"))]);
    folder.run(&["check", "a.yaml", "--no-config", "--fix"]);
    assert_eq!(folder.read("a.yaml"), format!("{ROOM}description: 春茶专场\n"));
}

#[test]
fn thousands_of_unknown_fields_are_read_in_moments() {
    let mut text = String::from("kind: Shop\nid: a\nsystem: weixin-store\nname: 云山茶业\n");
    for number in 0..30_000 {
        let _ = writeln!(text, "unknown_field_{number}: 1");
    }
    let began = std::time::Instant::now();
    let ran = checked("a.yaml", text);
    let found = lines(&ran, "record/unknown-field");
    assert_eq!(found.len(), 51, "{}", found.len());
    assert!(found[50].contains("(+29949)"), "{}", found[50]);
    assert!(began.elapsed().as_secs() < 20, "{:?}", began.elapsed());
}
