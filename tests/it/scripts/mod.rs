//! Scripts as people have them: Word, PowerPoint, web pages, and plain texts in any encoding.

mod office;
mod pictures;

use office::{p, package, parts, slides, word};
use serde_json::Value;

use crate::folder::{Folder, Ran};

const ROOM: &str = "kind: LiveRoom\nid: a\nshop: s\nscheduled: 2026-12-01T20:00:00+08:00\ntitle: 春茶专场\nscript: ";

/// Checks a room whose script is a file of these bytes.
fn check(name: &str, bytes: &[u8], args: &[&str]) -> (Folder, Ran) {
    let folder = Folder::with(&[("room.yaml", &format!("{ROOM}{name}\n"))]);
    folder.write(name, bytes);
    let all = [&["check", "room.yaml", "--no-config", "--as-of", "2026-12-01"], args].concat();
    let ran = folder.run(&all);
    (folder, ran)
}

/// The findings of contacts: each with its file, the place's name, and what was found.
fn contacts(name: &str, bytes: &[u8]) -> Vec<(String, String)> {
    let (_, ran) = check(name, bytes, &["--format", "json", "--lang", "zh"]);
    let report: Value = serde_json::from_str(&ran.out).unwrap_or_else(|_| panic!("{}{}", ran.out, ran.err));
    let findings = report["findings"].as_array().unwrap();
    findings
        .iter()
        .filter(|finding| finding["location"]["file"] == name)
        .map(|finding| {
            let place = &finding["location"];
            let at = match &place["passage"] {
                Value::Null => format!("{}:{}", place["start"]["line"], place["start"]["column"]),
                passage => passage["name"]["zh"].as_str().unwrap().to_owned(),
            };
            (at, finding["message"].as_str().unwrap().to_owned())
        })
        .collect()
}

#[test]
fn a_word_script_is_read_as_it_is_spoken() {
    let table = format!(
        "<w:tbl><w:tblPr/><w:tr><w:tc>{}</w:tc><w:tc>{}</w:tc></w:tr></w:tbl>",
        p("口播"),
        p("加微信 abc12388 领茶")
    );
    let split = "<w:p><w:r><w:t>加微</w:t></w:r><w:proofErr w:type=\"x\"/><w:r><w:rPr><w:b/></w:rPr><w:t>信 yun</w:t></w:r><w:r><w:t>shan88</w:t></w:r></w:p>";
    let deleted = "<w:p><w:del w:id=\"1\"><w:r><w:delText>加微信 gone1234</w:delText></w:r></w:del><w:moveFrom w:id=\"2\"><w:r><w:t>加微信 gone5678</w:t></w:r></w:moveFrom><w:ins w:id=\"3\"><w:r><w:t>加微信 kept1234</w:t></w:r></w:ins><w:r><w:commentReference w:id=\"4\"/><w:instrText>加微信 code1234</w:instrText></w:r></w:p>";
    let boxed = "<w:p><w:r><mc:AlternateContent xmlns:mc=\"m\"><mc:Choice><w:txbxContent><w:p><w:r><w:t>加微信 boxed123</w:t></w:r></w:p></w:txbxContent></mc:Choice><mc:Fallback><w:txbxContent><w:p><w:r><w:t>加微信 boxed123</w:t></w:r></w:p></w:txbxContent></mc:Fallback></mc:AlternateContent></w:r></w:p>";
    let body = [&p("家人们晚上好"), "<w:p/>", split, deleted, &table, boxed].concat();
    let document = word(
        &body,
        &[
            ("comments", "comments.xml", &p("加微信 note1234")),
            ("hdr", "header1.xml", ""),
            ("header", "header2.xml", &p("加微信 head1234")),
            ("footnotes", "footnotes.xml", &p("加微信 foot1234")),
        ],
    );
    let found = contacts("口播稿.docx", &document);
    let places: Vec<&str> = found.iter().map(|(place, _)| &**place).collect();
    assert_eq!(
        places,
        ["第 3 段", "第 4 段", "表 1 第 1 行第 2 格", "文本框第 1 段", "脚注第 1 段", "页眉第 1 段"],
        "{found:?}"
    );
    let words = ["yunshan88", "kept1234", "abc12388", "boxed123", "foot1234", "head1234"];
    for ((_, message), word) in found.iter().zip(words) {
        assert!(message.contains(word), "{message}");
    }
    let (_, ran) = check("口播稿.docx", &document, &["--lang", "zh"]);
    assert!(ran.out.contains("口播稿.docx · 第 3 段]"), "{}", ran.out);
    assert!(ran.out.contains("  │ 加微信 yunshan88"), "no number beside a paragraph: {}", ran.out);
    let (_, short) = check("口播稿.docx", &document, &["--format", "short", "--lang", "en"]);
    assert!(short.out.contains("口播稿.docx · paragraph 3: "), "{}", short.out);
    assert!(short.out.contains("口播稿.docx · table 1, row 1, cell 2: "), "{}", short.out);
}

#[test]
fn a_paragraph_whose_mark_was_deleted_goes_on_in_the_next() {
    let merged = "<w:p><w:pPr><w:rPr><w:del w:id=\"1\"/></w:rPr></w:pPr><w:r><w:t>加微信 abc</w:t></w:r></w:p>";
    let found = contacts("a.docx", &word(&[merged, &p("12388")].concat(), &[]));
    assert_eq!(found.len(), 1);
    assert!(found[0].1.contains("abc12388"), "{found:?}");
}

#[test]
fn slides_are_read_in_order_with_their_notes() {
    let deck = slides(&[(&["封面"], &[]), (&["春茶", "加微信 slide123"], &["提醒", "加微信 notes123"])]);
    let found = contacts("稿.pptx", &deck);
    let places: Vec<&str> = found.iter().map(|(place, _)| &**place).collect();
    assert_eq!(places, ["第 2 张幻灯片第 2 段", "第 2 张幻灯片的备注第 2 段"], "{found:?}");
}

#[test]
fn texts_of_every_encoding_are_read_at_their_places() {
    let text = "家人们，大家晚上好，今天的春茶上架了\n喜欢的朋友请加微信 abc12388 领茶\n";
    let gb = encoding_rs::GBK.encode(text).0.into_owned();
    let wide: Vec<u8> = [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let high: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let high = [&[0xfe, 0xff][..], &high].concat();
    for bytes in [gb, wide, high, text.as_bytes().to_vec()] {
        let found = contacts("稿.txt", &bytes);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].0, "2:7", "{found:?}");
    }
    let old = encoding_rs::BIG5
        .encode("各位觀眾大家晚上好，今天的春茶上架了\n喜歡的朋友請加微信 abc12388 領茶\n")
        .0
        .into_owned();
    assert_eq!(contacts("稿.txt", &old)[0].0, "2:7");
    let srt =
        "1\n00:00:01,000 --> 00:00:02,000\n喜欢的朋友请加微\n\n2\n00:00:02,000 --> 00:00:03,000\n信 abc12388 领茶\n";
    let captions = encoding_rs::GBK.encode(srt).0.into_owned();
    assert_eq!(contacts("稿.srt", &captions).len(), contacts("稿.srt", srt.as_bytes()).len());
    let page = "<html><head><meta charset=gbk><script>加微信 hide1234</script></head><body><p>家人们</p>\n<p>加<b>微信</b> abc12388</p></body></html>";
    let found = contacts("稿.html", &encoding_rs::GBK.encode(page).0);
    assert_eq!((found.len(), &*found[0].0), (1, "2:4"), "{found:?}");
}

#[test]
fn what_cannot_be_read_says_why_and_what_to_do() {
    let says = |name: &str, bytes: &[u8], lang: &str, words: &[&str]| {
        let (_, ran) = check(name, bytes, &["--lang", lang]);
        assert_eq!(ran.code, 2, "{}{}", ran.out, ran.err);
        let flat: String = ran.out.split_whitespace().filter(|word| *word != "│").collect();
        for word in words {
            assert!(flat.contains(&word.replace(' ', "")), "{word}: {}", ran.out);
        }
    };
    let compound = [&[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1][..], &[0; 2048]].concat();
    says("稿.doc", &compound, "zh", &["旧版 Word", "另存为 .docx"]);
    says("稿.doc", &compound, "en", &["old version of Word", "save it as .docx"]);
    let name: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    says("稿.docx", &[&compound[..], &name].concat(), "zh", &["打开密码"]);
    says("稿.docx", &[&compound[..], &name].concat(), "en", &["password-protected", "remove the password"]);
    says("稿.docx", b"PK\x03\x04 not a zip", "zh", &["文档已损坏", "另存"]);
    says("稿.docx", &package(&[("a.txt", "b")]), "en", &["without a Word or PowerPoint document in it"]);
    says("稿.docx", &package(&[("content.xml", "b")]), "en", &["OpenDocument"]);
    says("稿.docx", &word("<w:p><w:r>", &[]), "zh", &["word/document.xml", "不是正确的 XML"]);
    says("稿.rtf", b"{\\rtf1 abc}", "zh", &["RTF"]);
    let bomb = format!("<w:p><w:r><w:t>{}</w:t></w:r></w:p>", " ".repeat(64 << 20));
    says("稿.docx", &word(&bomb, &[]), "zh", &["疑似压缩炸弹"]);
    let laughs = "<!DOCTYPE a [<!ENTITY b \"c\">]><w:document/>";
    says("稿.docx", &package(&[("word/document.xml", laughs)]), "zh", &["实体"]);
    let good = word(&p("家人们"), &[]);
    let (_, ran) = check("稿.docx", &good, &["--lang", "zh"]);
    assert_ne!(ran.code, 2, "{}", ran.out);
    for cut in (0..good.len()).step_by(97) {
        let (_, ran) = check("稿.docx", &good[..cut], &["--lang", "zh", "--format", "short"]);
        assert!(ran.code == 2 || cut < 4, "{cut}: {}", ran.out);
    }
    let damaged =
        [encoding_rs::GBK.encode("家人们，大家晚上好\n加微").0.as_ref(), b"\xff", "，再见".as_bytes()].concat();
    says("稿.txt", &damaged, "zh", &["稿.txt"]);
}

#[test]
fn fixes_change_runs_and_leave_every_other_byte() {
    let said = "{zh: 试, en: test}";
    let rule = format!(
        "id: house/contact\ntitle: {said}\nwhy: {said}\nseverity: error\nfor: LiveRoom\n\
         check: {{at: script, lacks: {{contacts: [all]}}}}\nmessage: {said}\n\
         fix: {{remove: found, applicability: safe}}\n\
         evidence: [{{source: own, ref: test, confidence: high, says: {said}}}]\n"
    );
    let before = "<w:p><w:pPr><w:jc w:val=\"left\"/></w:pPr><w:r><w:t>真 &amp; 好，加微</w:t></w:r><w:bookmarkStart w:id=\"0\"/>\
                  <w:r><w:rPr><w:b/></w:rPr><w:t>信 abc</w:t></w:r><w:r><w:t>12388 领茶 &#x597D;</w:t></w:r></w:p>";
    let after = "<w:p><w:pPr><w:jc w:val=\"left\"/></w:pPr><w:r><w:t>真 &amp; 好，</w:t></w:r><w:bookmarkStart w:id=\"0\"/>\
                 <w:r><w:rPr><w:b/></w:rPr><w:t></w:t></w:r><w:r><w:t xml:space=\"preserve\"> 领茶 &#x597D;</w:t></w:r></w:p>";
    let document = word(&[&p("家人们晚上好"), before].concat(), &[("header", "header1.xml", &p("页眉"))]);
    let folder = Folder::with(&[("room.yaml", &format!("{ROOM}稿.docx\n")), ("house/house/contact.yaml", &rule)]);
    folder.write("稿.docx", &document);
    let args =
        ["check", "room.yaml", "--rules", "house", "--only", "house/contact", "--no-config", "--lang", "zh", "--fix"];
    let shown = folder.run(&[&args[..], &["--diff"]].concat());
    assert!(shown.out.contains("-真 & 好，加微信 abc12388 领茶 好"), "{}{}", shown.out, shown.err);
    assert_eq!(std::fs::read(folder.path("稿.docx")).unwrap(), document, "a diff changes nothing");
    let ran = folder.run(&args);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    let (old, new) = (parts(&document), parts(&std::fs::read(folder.path("稿.docx")).unwrap()));
    assert_eq!(old.len(), new.len());
    for ((name, old), (_, new)) in old.iter().zip(&new) {
        let (old, new) = (String::from_utf8_lossy(old), String::from_utf8_lossy(new));
        let expected = if name == "word/document.xml" { old.replace(before, after) } else { old.into_owned() };
        assert_eq!(new, expected, "{name}");
    }
    // Plain texts of other encodings, too.
    let text = "真好\n加微信 abc12388 领茶\n";
    folder.write("稿.docx", encoding_rs::GBK.encode(text).0);
    assert_eq!(folder.run(&args).code, 0);
    let mended = std::fs::read(folder.path("稿.docx")).unwrap();
    assert_eq!(encoding_rs::GBK.decode(&mended).0, "真好\n 领茶\n");
}

#[test]
fn files_are_checked_as_they_are_given() {
    let folder = Folder::new();
    let script = word(&[p("家人们晚上好"), p("加微信 abc12388 领茶")].concat(), &[]);
    folder.write("口播稿.docx", &script);
    folder.write("稿/旧稿.txt", encoding_rs::GBK.encode("家人们晚上好，今天的春茶上架了\n加微信 abc12399 领茶\n").0);
    folder.write("稿/readme.txt", "加微信 abc12377");
    let code = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/samples/live-rooms/images/shop-code.png")).unwrap();
    folder.write("背景/1.png", &code);
    folder.write("店铺.yaml", "kind: Shop\nid: a\nname: 云山茶业\nsystem: weixin-store\n");
    let run = |args: &[&str]| {
        let all = [args, &["--no-config", "--as-of", "2026-12-01", "--format", "short", "--lang", "zh"]].concat();
        folder.run(&all)
    };
    let ran = run(&["check", "口播稿.docx", "背景", "店铺.yaml", "稿"]);
    assert!(ran.out.contains("口播稿.docx · 第 2 段: error["), "{}{}", ran.out, ran.err);
    assert!(ran.out.contains("稿/旧稿.txt:2:1: error["), "{}", ran.out);
    assert!(!ran.out.contains("abc12377"), "a readme is no script: {}", ran.out);
    let picture =
        ran.out.lines().find(|line| line.starts_with("背景/1.png: ")).unwrap_or_else(|| panic!("{}", ran.out));
    assert!(picture.contains("[live/"), "{picture}");
    let bare = run(&["口播稿.docx"]);
    assert!(bare.out.contains("口播稿.docx · 第 2 段: error["), "{}{}", bare.out, bare.err);
    let missing = run(&["口播稿x.docx"]);
    assert!(missing.out.contains("找不到") && missing.code == 2, "{}{}", missing.out, missing.err);
    // With records in it, a folder is read for these alone, unless it is said what its pictures are.
    folder.write("背景/room.yaml", "kind: LiveRoom\nid: a\ntitle: 春茶\n");
    assert!(!run(&["check", "背景"]).out.contains("1.png"));
    assert!(run(&["check", "背景", "--as", "live"]).out.contains("背景/1.png: "));
    for other in ["cover", "homepage", "product"] {
        let ran = run(&["check", "背景/1.png", "--as", other]);
        assert!(ran.code <= 1 && !ran.out.contains("[problem]"), "{other}: {}{}", ran.out, ran.err);
    }
    // Records under the name of a text are records.
    folder.write("shops.txt", "kind: Shop\nid: b\nname: 云山旗舰店\nsystem: weixin-store\n");
    assert!(run(&["check", "shops.txt"]).out.contains("shops.txt:3:"), "{}", run(&["check", "shops.txt"]).out);
    // Nothing else changes by what is given: not the pictures, and not the reports of shards.
    let sarif = folder.run(&[
        "check",
        "口播稿.docx",
        "背景/1.png",
        "--no-config",
        "--format",
        "sarif",
        "--as-of",
        "2026-12-01",
    ]);
    let sarif: Value = serde_json::from_str(&sarif.out).unwrap();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    assert!(results.iter().all(|result| result["locations"][0]["physicalLocation"]["region"].is_null()), "{sarif}");
}

#[test]
fn a_table_of_rooms_names_its_files_by_column() {
    let folder = Folder::new();
    folder.write("话术/口播稿.docx", word(&p("加微信 abc12388 领茶"), &[]));
    folder.write("直播间.csv", "直播间编号,直播标题,开播时间,脚本\na,春茶专场,2026-12-01 20:00,话术/口播稿.docx\n");
    let ran = folder.run(&[
        "check",
        "直播间.csv",
        "--no-config",
        "--format",
        "short",
        "--lang",
        "zh",
        "--as-of",
        "2026-12-01",
    ]);
    assert!(ran.out.contains("话术/口播稿.docx · 第 1 段: error["), "{}{}", ran.out, ran.err);
}

#[test]
fn configurations_may_be_jsonc_and_records_gbk() {
    let shop = "// 店铺\n{\n  kind: 'Shop',\n  \"id\": \"a\", /* 编号 */\n  \"name\": \"云山旗舰店\",\n  \"system\": \"weixin-store\",\n}\n";
    let folder = Folder::with(&[("a.jsonc", shop), ("a.json", shop)]);
    let yaml = "kind: Shop\nid: b\nname: 云山旗舰店\nsystem: weixin-store\n";
    folder.write("b.yaml", encoding_rs::GBK.encode(yaml).0);
    let args = ["check", ".", "--no-config", "--only", "naming/store-type-words", "--format", "short", "--lang", "zh"];
    let ran = folder.run(&args);
    assert!(ran.out.contains("a.jsonc:5:14: error[naming/store-type-words]"), "{}", ran.out);
    assert!(ran.out.contains("b.yaml:3:9: error[naming/store-type-words]"), "{}", ran.out);
    assert!(ran.out.contains("a.json:1:1: error[problem] JSON 不允许注释"), "{}", ran.out);
    folder.run(&[&args[..], &["--fix=unsafe"]].concat());
    let mended = std::fs::read(folder.path("b.yaml")).unwrap();
    assert_eq!(mended, encoding_rs::GBK.encode(&yaml.replace("旗舰店", "")).0.into_owned());
}

#[test]
fn the_text_layer_of_a_pdf_is_read_and_its_lack_is_said() {
    let document = office::pdf(&[&["家人们晚上好", "加微信 abc12388 领茶"], &[]]);
    let found = contacts("稿.pdf", &document);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].0, "第 1 页第 2 行");
    assert!(found[0].1.contains("abc12388"), "{found:?}");
    let (_, ran) = check("稿.pdf", &document, &["--lang", "zh"]);
    assert!(ran.code == 2 && ran.out.contains("第 2 页没有文字层"), "{}", ran.out);
    let (_, ran) = check("稿.pdf", &document, &["--lang", "en"]);
    assert!(ran.out.contains("page 2 has no text layer"), "{}", ran.out);
    let whole = office::pdf(&[&["家人们晚上好"]]);
    assert_ne!(check("稿.pdf", &whole, &[]).1.code, 2);
    for cut in (0..document.len()).step_by(211) {
        let (_, ran) = check("稿.pdf", &document[..cut], &["--format", "short", "--lang", "en"]);
        assert!(!ran.err.contains("panicked"), "{cut}: {}", ran.err);
    }
    let (_, ran) = check("稿.pdf", b"%PDF-1.7\nnothing", &["--lang", "zh"]);
    assert!(ran.code == 2 && ran.out.contains("PDF 已损坏"), "{}", ran.out);
}
