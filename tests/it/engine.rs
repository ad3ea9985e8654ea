//! The engine through its public face: one text in, findings out.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use chrono::NaiveDate;
use dianjian_base::lang::Lang;
use dianjian_document::source::Format;
use dianjian_engine::{AsWritten, Engine, Finding, RunOptions, SeverityPolicy};
use dianjian_media::{AssetScanner, Code, CodeKind, Detection, MediaError, MediaScan, Medium, Quad, Rect};
use dianjian_rules::language::{Param, Scalar, Severity};
use dianjian_rules::{Pack, PackBuilder, RuleInfo};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// `rule line:column message` of every finding.
fn check(pack: &Pack, policy: &dyn SeverityPolicy, options: RunOptions, text: &str) -> Vec<String> {
    let engine = Engine::new(pack, policy, options);
    let (findings, problems) = engine.check_text("a.yaml", text, Format::Yaml);
    assert!(problems.is_empty(), "{problems:?}");
    let told = findings.iter().map(|finding| {
        let start = finding.primary.range().0;
        format!("{} {}:{} {}", finding.rule.id, start.line, start.column, finding.message.render(Lang::En))
    });
    told.collect()
}

fn shipped() -> Pack {
    let (pack, problems) = PackBuilder::default().shipped().build();
    assert!(problems.is_empty());
    pack
}

struct WithoutNames;

impl SeverityPolicy for WithoutNames {
    fn severity(&self, rule: &RuleInfo, _own: Severity, _file: &str) -> Option<Severity> {
        (!rule.id.starts_with("naming/")).then_some(rule.severity)
    }
}

#[test]
fn a_suppression_of_a_rule_that_is_off_is_not_unused() {
    let pack = shipped();
    let text = "kind: Shop\nid: a\nsystem: weixin-store\nname: 云山茶铺 # dianjian: ignore[naming/length] -- why\n";
    let about =
        |told: Vec<String>| told.into_iter().filter(|line| line.starts_with("suppression/")).collect::<Vec<_>>();
    let options = || RunOptions::new(day("2026-11-22"));
    assert_eq!(about(check(&pack, &AsWritten, options(), text)).len(), 1);
    assert!(about(check(&pack, &WithoutNames, options(), text)).is_empty());
    // A rule that does not hold yet may still be silenced in advance.
    let early = text.replace("naming/length", "live/contacts");
    assert!(about(check(&pack, &AsWritten, RunOptions::new(day("2024-01-01")), &early)).is_empty());
    let misspelt = about(check(&pack, &AsWritten, options(), &text.replace("naming/length", "naming/lenght")));
    assert!(misspelt[0].ends_with("did you mean “naming/length”?"), "{misspelt:?}");
}

#[test]
fn a_room_is_checked_as_of_its_own_day_unless_a_day_is_asked_for() {
    let pack = shipped();
    let text = "kind: LiveRoom\nid: r\nscheduled: 2024-01-05T20:00:00+08:00\ntitle: 加微信领福利\n";
    let has =
        |options| check(&pack, &AsWritten, options, text).iter().any(|line| line.starts_with("live/contacts 4:8"));
    assert!(!has(RunOptions::new(day("2026-11-22"))));
    assert!(has(RunOptions::new(day("2026-11-22")).at(day("2026-11-22"))));
}

#[test]
fn a_closed_shop_keeps_no_rules_about_running_one() {
    let pack = shipped();
    let told = |more: &str| {
        let text = format!(
            "kind: Shop\nid: a\nsystem: channels-store\nname: 加微信旗舰店\nscore: 3\n{more}products: [{{title: 茶}}]\n"
        );
        check(&pack, &AsWritten, RunOptions::new(day("2026-11-22")), &text)
    };
    let closed: [&str; 3] =
        ["status: close_finished\n", "closed_on: 2026-11-22\n", "status: close_finished\nclosed_on: 2027-01-01\n"];
    for more in closed {
        assert!(told(more).is_empty(), "{more}: {:?}", told(more));
    }
    for more in ["", "closed_on: 2026-11-23\n", "status: open_finished\nclosed_on: 2025-01-01\n"] {
        for rule in ["upgrade/channels-overdue", "product/title-length"] {
            assert!(told(more).iter().any(|line| line.starts_with(rule)), "{more}: {:?}", told(more));
        }
    }
    // What is left in a closed shop is still said.
    let left = told("status: close_finished\ndeposit: {paid: 2000}\n");
    assert!(matches!(left.as_slice(), [only] if only.starts_with("deposit/closed-shop")), "{left:?}");
}

#[test]
fn what_a_mapping_does_not_take_is_told_beside_the_list_too() {
    let mapping = "mapping: erp\ntitle: {zh: 甲, en: a}\nkind: Shop\nrecognise: {has: [shops]}\neach: shops\n\
                   fields: {id: no, name: title, system: {const: weixin-store}, subject.licence: owner.code}\n";
    let (pack, problems) = PackBuilder::default().shipped().text("mappings/erp.yaml", mapping).build();
    assert!(problems.is_empty(), "{problems:?}");
    let text =
        "vendor: x\nshops:\n  - {no: 1, title: 云山旗舰店, owner: {code: 9, colour: red}}\n  - {no: 2, titel: 白鹭}\n";
    let told = check(&pack, &AsWritten, RunOptions::new(day("2026-11-22")), text);
    let starts = |wanted: &str| told.iter().any(|line| line.starts_with(wanted));
    assert!(starts("naming/store-type-words 3:22"), "{told:?}");
    assert!(starts("record/unknown-field 1:1"), "{told:?}");
    assert!(starts("record/unknown-field 3:44"), "{told:?}");
    let near = "record/unknown-field 4:13 There is no field “titel”; did you mean “title”?";
    assert!(told.contains(&near.to_owned()), "{told:?}");
}

/// Sees in every picture what it is told.
#[derive(Debug)]
struct Sees(BTreeMap<&'static str, Vec<Detection>>, AtomicUsize);

impl AssetScanner for Sees {
    fn scan(&self, name: &str, path: &Path) -> Result<Arc<MediaScan>, MediaError> {
        self.1.fetch_add(1, Ordering::Relaxed);
        let Some(detections) = self.0.get(name) else {
            return Err(MediaError::NotFound { name: name.to_owned(), near: None });
        };
        assert!(path.ends_with(name));
        Ok(Arc::new(MediaScan {
            medium: Medium::Picture,
            width: 1080,
            height: 1920,
            frames: 1,
            length: None,
            detections: detections.clone(),
            texts: Vec::new(),
            text_engine: None,
            illegible_lines: 0,
            digest: "d1".to_owned(),
        }))
    }

    fn max_files(&self) -> usize {
        100
    }
}

fn code(kind: CodeKind, left: f32, score: f32, text: Option<&str>) -> Detection {
    let quad = Quad::of(Rect { left, top: 1500.0, width: 216.0, height: 216.0 });
    Detection { code: Code { kind, quad, score, text: text.map(str::to_owned) }, frame: 0, times: None }
}

fn sees() -> Arc<Sees> {
    let seen = BTreeMap::from([
        ("clean.png", vec![code(CodeKind::Linear, 0.0, 1.0, Some("6901234567892"))]),
        (
            "wall.png",
            vec![
                code(CodeKind::Qr, 800.0, 1.0, Some("https://u.wechat.com/\u{1b}[31m\u{202e}abc")),
                code(CodeKind::MiniProgram, 20.0, 0.8, None),
                code(CodeKind::Qr, 400.0, 0.4, None),
                code(CodeKind::Qr, 400.0, 0.2, None),
            ],
        ),
    ]);
    Arc::new(Sees(seen, AtomicUsize::new(0)))
}

/// Findings as lines, and the problems in English.
fn look(sees: &Arc<Sees>, policy: &dyn SeverityPolicy, text: &str) -> (Vec<Finding>, Vec<String>) {
    // The shipped thresholds follow the detector; these stay.
    let param = |name: &str, value| (name.to_owned(), Param::One(Scalar::Float(value)));
    let (pack, problems) = PackBuilder::default()
        .shipped()
        .params("live/codes", [param("present", 0.5)].into())
        .params("live/codes-suspected", [param("present", 0.5), param("suspected", 0.3)].into())
        .build();
    assert!(problems.is_empty());
    let scanner: Arc<dyn AssetScanner> = Arc::clone(sees) as _;
    let mut options = RunOptions::new(day("2026-11-22"));
    options.environment.scanner = scanner;
    let engine = Engine::new(&pack, policy, options);
    let (findings, problems) = engine.check_text("rooms/a.yaml", text, Format::Yaml);
    (findings, problems.iter().map(|problem| problem.message.get(Lang::En).to_owned()).collect())
}

#[test]
fn codes_are_told_with_their_places_and_each_once() {
    let sees = sees();
    let text = "kind: LiveRoom\nid: r\ntitle: 春茶\ncover: clean.png\nassets:\n  - clean.png\n  - wall.png\n";
    let (findings, problems) = look(&sees, &AsWritten, text);
    assert!(problems.is_empty(), "{problems:?}");
    let told: Vec<String> = findings
        .iter()
        .map(|finding| {
            let at = finding.primary.range().0;
            format!("{} {}:{} {}", finding.rule.id, at.line, at.column, finding.message.render(Lang::En))
        })
        .collect();
    assert_eq!(
        told,
        [
            "live/codes 7:5 The live picture shows a QR code: WeChat contact \
             “https://u.wechat.com/<U+001B>[31m<U+202E>abc” (lower right, 20 % of the width)",
            "live/codes-suspected 7:5 The live picture may show a QR code (bottom, 20 % of the width; score 0.4)",
            "live/round-codes 7:5 The live picture shows a mini-program code that could not be read (lower left, 20 % \
             of the width; score 0.8), which we infer is no more allowed than a QR code",
        ]
    );
    let shown = findings[0].picture.as_ref().unwrap();
    assert_eq!((shown.file.as_str(), shown.class.as_deref()), ("wall.png", Some("wechat-friend")));
    let prints: std::collections::BTreeSet<&str> =
        findings.iter().map(|finding| finding.fingerprint.as_str()).collect();
    assert_eq!(prints.len(), 3);
    // Three entries, and no rule looks at one again.
    assert_eq!(sees.1.load(Ordering::Relaxed), 3);
    // Where the entry stands does not matter to the names of findings.
    let moved = text.replace("  - clean.png\n", "");
    let again: Vec<String> = look(&sees, &AsWritten, &moved).0.into_iter().map(|finding| finding.fingerprint).collect();
    assert_eq!(again, findings.iter().map(|finding| finding.fingerprint.clone()).collect::<Vec<_>>());
}

#[test]
fn an_asset_that_cannot_be_looked_at_is_a_problem_once() {
    let text = "kind: LiveRoom\nid: r\ntitle: 春茶\nassets: [gone.png, \"https://a.example/1.png\", clean.png]\n";
    let (findings, problems) = look(&sees(), &AsWritten, text);
    assert!(findings.is_empty());
    assert_eq!(
        problems,
        ["no such asset: `gone.png`", "the asset `https://a.example/1.png` is a URL and was not checked"]
    );
}

struct WithoutPictures;

impl SeverityPolicy for WithoutPictures {
    fn severity(&self, rule: &RuleInfo, _own: Severity, _file: &str) -> Option<Severity> {
        let asks_for_pictures = ["codes", "/picture-", "/image-", "cover-contacts"];
        (!asks_for_pictures.iter().any(|part| rule.id.contains(part))).then_some(rule.severity)
    }
}

#[test]
fn nobody_looks_where_no_rule_asks() {
    let sees = sees();
    let text = "kind: LiveRoom\nid: r\ntitle: 春茶\nassets: [gone.png]\ncover: gone.png\n";
    assert!(look(&sees, &WithoutPictures, text).1.is_empty());
    let early = format!("{text}scheduled: 2024-01-05T20:00:00+08:00\n");
    assert!(look(&sees, &AsWritten, &early).1.is_empty());
    assert_eq!(sees.1.load(Ordering::Relaxed), 0);
}

#[test]
fn addresses_of_exports_are_no_problems() {
    let sees = sees();
    let text = r#"{"errcode": 0, "product": {"product_id": "1", "title": "云山明前绿茶100g礼盒", "head_imgs": ["https://mmecimage.cn/p/1", "//mmecimage.cn/p/2"], "status": 5}}"#;
    let (findings, problems) = look(&sees, &AsWritten, text);
    assert!(problems.is_empty(), "{problems:?}");
    assert!(findings.iter().all(|finding| finding.picture.is_none()));
    assert_eq!(sees.1.load(Ordering::Relaxed), 0);
}
