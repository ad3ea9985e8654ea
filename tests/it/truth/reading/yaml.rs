//! YAML whose layout or tags mean something else than they look like.

use super::{checked, lines};

#[test]
fn blanks_that_do_not_indent_are_told_at_their_line() {
    for (text, line) in [
        ("kind: Shop\nid: a\nsystem: weixin-store\nname: 云山茶业\nsubject:\n　　type: sole-trader\n", 6),
        ("kind: Shop\nid: a\nsystem: weixin-store\nname: 云山茶业\nbrand:\n\u{a0}\u{a0}name: 云山\n", 6),
        ("kind: Shop\nid: a\nsystem: weixin-store\nname: 云山茶业\ncategories:\n\u{2003}- 茶\n", 6),
    ] {
        let ran = checked("a.yaml", text);
        assert_eq!(ran.code, 2, "{}", ran.out);
        assert!(ran.out.starts_with(&format!("a.yaml:{line}:1: error[problem] indented by")), "{}", ran.out);
    }
}

#[test]
fn tags_that_ask_another_program_for_a_value_are_problems() {
    for (tag, value) in [("!include", "a.yaml"), ("!vault", "|\n  $ANSIBLE_VAULT;1.1"), ("!env", "NAME"), ("!Ref", "X")]
    {
        let ran = checked("a.yaml", format!("kind: Shop\nid: a\nsystem: weixin-store\nname: {tag} {value}\n"));
        assert_eq!(ran.code, 2, "{}", ran.out);
        assert_eq!(
            lines(&ran, &format!("a.yaml:4:7: error[problem] `{tag}` asks another program")).len(),
            1,
            "{}",
            ran.out
        );
    }
    let ran = checked("a.yaml", "kind: Shop\nid: !!str 12\nsystem: weixin-store\nname: 云山茶业\n");
    assert_eq!(ran.code, 0, "{}", ran.out);
}

#[test]
fn a_tab_and_wrong_indentation_are_told_for_what_they_are() {
    for (text, told) in [
        ("kind: Shop\nid: a\nsubject:\n\ttype: enterprise\n", "a.yaml:4:1: error[problem] a tab"),
        ("kind: Shop\nid: a\nname: 云山\n\tsystem: weixin-store\n", "a.yaml:4:1: error[problem] a tab"),
        ("kind: Shop\nsubject:\n    type: enterprise\n   name: x\n", "a.yaml:4:1: error[problem] wrong indentation"),
        ("kind: Shop\nid: a\n  name: x\n", "a.yaml:3:1: error[problem] wrong indentation"),
        ("kind: Shop\nname：云山\nid: a\n", "a.yaml:2:5: error[problem] a full-width colon"),
        ("kind: Shop\nid: a\nname 云山\nsystem: y\n", "a.yaml:3:1: error[problem] there is no colon"),
    ] {
        let ran = checked("a.yaml", text);
        assert!(ran.out.starts_with(told), "{text:?}: {}", ran.out);
        assert_eq!(ran.code, 2);
    }
}

#[test]
fn a_missing_blank_is_told_with_the_line_as_it_is_meant() {
    const HEAD: &str = "kind: Shop\nid: a\nsystem: weixin-store\n";
    const COLON: &str = "error[problem] a blank is missing after this colon";
    const DASH: &str = "error[problem] a blank is missing after this dash";
    for (text, place, told, mended) in [
        (format!("{HEAD}name:云山\nstatus: open_finished\n"), "4:5", COLON, "name: 云山"),
        (format!("{HEAD}name:云山\n"), "4:5", COLON, "name: 云山"),
        (format!("{HEAD}name :云山\n"), "4:6", COLON, "name: 云山"),
        (format!("{HEAD}name:\"云山\"\nstatus: open_finished\n"), "4:5", COLON, "name: \"云山\""),
        (format!("{HEAD}subject:\n  type: enterprise\n  name:云山公司\n"), "6:7", COLON, "name: 云山公司"),
        (format!("{HEAD}subject:\n  type:enterprise\n  name: 云山公司\n"), "5:7", COLON, "type: enterprise"),
        ("kind:Shop\nid: a\nname: 云山\n".to_owned(), "1:5", COLON, "kind: Shop"),
        ("- kind:Shop\n  id: a\n".to_owned(), "1:7", COLON, "- kind: Shop"),
        (format!("{HEAD}categories:\n  - 茶\n  -水\n"), "6:3", DASH, "- 水"),
        (format!("{HEAD}categories:\n- 茶\n-水\n"), "6:1", DASH, "- 水"),
        ("-kind: Shop\n id: a\n name: 云山\n".to_owned(), "1:1", DASH, "- kind: Shop"),
        (format!("{HEAD}name：云山\n"), "4:5", "error[problem] a full-width colon", "name: 云山"),
        (format!("{HEAD}name ：云山\n"), "4:6", "error[problem] a full-width colon", "name: 云山"),
    ] {
        let ran = checked("a.yaml", &text);
        assert!(ran.out.starts_with(&format!("a.yaml:{place}: {told}")), "{text:?}: {}", ran.out);
        let folder = crate::folder::Folder::with(&[("a.yaml", &*text)]);
        let ran = folder.run(&["check", "a.yaml", "--no-config", "--lang", "en"]);
        assert!(ran.out.contains(&format!("`{mended}`")), "{text:?}: {}", ran.out);
        assert_eq!(ran.code, 2);
    }
    for text in [format!("{HEAD}name 云山\n"), format!("{HEAD}http://example.com\nname: x\n")] {
        assert!(!checked("a.yaml", &text).out.contains("blank is missing"), "{text:?}");
    }
}

#[test]
fn fields_without_a_blank_after_their_colon_are_no_text() {
    for subject in ["\n  type:enterprise", "\n  type：enterprise", " {type:enterprise}", " {type：enterprise}"] {
        let text = format!("kind: Shop\nid: a\nsystem: weixin-store\nname: 云山茶业\nsubject:{subject}\n");
        let ran = checked("a.yaml", &text);
        assert_eq!(ran.code, 2, "{text:?}: {}", ran.out);
    }
    let named = checked("a.yaml", "kind: Shop\nid: a\nsystem: weixin-store\nname: 云山茶业\nsubject: 云山公司\n");
    assert!(named.code < 2, "{}", named.out);
}
