//! Pictures in documents are looked at like any others.

use image::RgbImage;
use serde_json::Value;

use super::office::{p, pdf_with, slides, with_parts, word};
use crate::folder::{Folder, Ran};

const CODE: &str = "samples/live-rooms/images/shop-code.png";

fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap()
}

fn picture(name: &str) -> RgbImage {
    image::load_from_memory(&fixture(name)).unwrap().into_rgb8()
}

/// Checks a document by itself; `ocr`: what reads text.
fn check(name: &str, document: &[u8], ocr: &str) -> Ran {
    let folder = Folder::new();
    folder.write(name, document);
    let args = [name, "--no-config", "--as-of", "2026-12-01", "--format", "json", "--lang", "en"];
    folder.command(&args).env("DIANJIAN_OCR", ocr).output().unwrap().into()
}

/// The rules that find something in pictures, with the picture's name.
fn seen(ran: &Ran) -> Vec<(String, String)> {
    let report: Value = serde_json::from_str(&ran.out).unwrap_or_else(|_| panic!("{}{}", ran.out, ran.err));
    let findings = report["findings"].as_array().unwrap().iter();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let in_picture = findings.filter(|finding| finding["picture"].is_object());
    in_picture.map(|finding| (text(&finding["rule"]), text(&finding["picture"]["file"]))).collect()
}

#[test]
fn a_code_in_a_script_is_found() {
    let script = word(&p("家人们晚上好"), &[]);
    let code = fixture(CODE);
    let document = with_parts(&script, &[("word/media/image2.png", &code)]);
    let ran = check("口播稿.docx", &document, "off");
    let found = seen(&ran);
    assert!(
        found.iter().any(|(rule, file)| rule.starts_with("live/") && file == "口播稿.docx › word/media/image2.png"),
        "{found:?} {}",
        ran.out
    );
    assert!(ran.code <= 1, "{}", ran.out);
    assert!(seen(&check("口播稿.docx", &script, "off")).is_empty());

    let deck = with_parts(&slides(&[(&["春茶"], &[])]), &[("ppt/media/image1.png", &code)]);
    assert!(!seen(&check("方案.pptx", &deck, "off")).is_empty());
    let pages = pdf_with(&[&["家人们晚上好"], &[]], &picture(CODE));
    assert!(seen(&check("稿.pdf", &pages, "off")).iter().any(|(_, file)| file == "稿.pdf › page-2-1"));
}

#[test]
fn a_picture_that_cannot_be_looked_at_is_said() {
    let document = with_parts(&word(&p("家人们晚上好"), &[]), &[("word/media/image1.emf", b"drawn")]);
    let ran = check("口播稿.docx", &document, "off");
    assert!(ran.code == 2 && ran.out.contains("image1.emf"), "{}", ran.out);
    // A part that is damaged, in a document whose text can be read.
    let whole = fixture(CODE);
    let mut damaged = with_parts(&word(&p("家人们晚上好"), &[]), &[("word/media/image1.png", &whole)]);
    let name = b"word/media/image1.png";
    let at = damaged.windows(name.len()).position(|window| window == name).unwrap();
    damaged[at + name.len() + 60] ^= 0xff;
    assert_eq!(check("口播稿.docx", &damaged, "off").code, 2);
}

#[test]
fn a_scanned_page_is_read_where_text_is_read() {
    let scan = pdf_with(&[&[]], &picture("tests/fixtures/words/contact.png"));
    let unread = check("稿.pdf", &scan, "off");
    assert!(unread.code == 2 && unread.out.contains("no text layer"), "{}", unread.out);
    let read = check("稿.pdf", &scan, "builtin");
    assert!(!read.out.contains("no text layer"), "{}", read.out);
    assert!(seen(&read).iter().any(|(rule, _)| rule.starts_with("live/picture-contacts")), "{}", read.out);
}
