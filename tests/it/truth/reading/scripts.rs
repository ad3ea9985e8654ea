//! Scripts: a file, or what is said.

use super::checked;
use crate::folder::Folder;

#[test]
fn what_is_said_on_one_line_is_read() {
    for script in [
        "大家好，加微信 wuli_tea88 领券",
        "加微信 wuli_tea88",
        "加微信wuli_tea88/领券",
        "Add WeChat wuli_tea88 now, get a coupon",
    ] {
        let yaml = format!("kind: LiveRoom\nid: r\ntitle: 春茶\nscript: {script}\n");
        let ran = checked("a.yaml", yaml);
        assert!(ran.out.contains("live/contacts") && !ran.out.contains("unreadable-file"), "{script}: {}", ran.out);
        let ran = checked("a.csv", format!("直播间编号,直播标题,直播脚本\nr,春茶,\"{script}\"\n"));
        assert!(ran.out.contains("live/contacts") && !ran.out.contains("unreadable-file"), "{script}: {}", ran.out);
    }
}

#[test]
fn a_path_is_a_path() {
    for script in ["话术.md", "scripts/spring.txt", "./春茶话术.srt", "大家好，春茶.docx", "../a/b"] {
        let ran = checked("a.yaml", format!("kind: LiveRoom\nid: r\ntitle: 春茶\nscript: {script}\n"));
        assert!(ran.out.contains("unreadable-file"), "{script}: {}", ran.out);
    }
    let folder = Folder::with(&[
        ("a.yaml", "kind: LiveRoom\nid: r\ntitle: 春茶\nscript: 话术\n"),
        ("话术", "加微信 wuli_tea88 领券"),
    ]);
    let ran = folder.read_check(&["a.yaml"]);
    assert!(ran.out.contains("live/contacts"), "{}", ran.out);
}
