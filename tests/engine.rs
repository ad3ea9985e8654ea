//! The engine through its public face: one text in, findings out.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs, reason = "a test that fails should stop")]

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock};

use chrono::NaiveDate;
use dianjian_base::lang::Lang;
use dianjian_document::source::{Format, Limits, SourceFile};
use dianjian_document::tree::{self, Tree};
use dianjian_engine::{AsWritten, Engine, Finding, Options, Policy};
use dianjian_media::{AssetScanner, Code, CodeKind, Detection, MediaError, MediaScan, Medium, Quad, Rect};
use dianjian_rules::check::Body;
use dianjian_rules::eval::{Context, Outcome, Scans};
use dianjian_rules::language::{Param, Scalar, Severity};
use dianjian_rules::record::kind::Field;
use dianjian_rules::record::schema::FieldType;
use dianjian_rules::record::{Kind, Nothing, Reader, Seen};
use dianjian_rules::screen::Screens;
use dianjian_rules::verdicts::Verdicts;
use dianjian_rules::{Pack, PackBuilder, RuleInfo};
use proptest::prelude::*;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// `rule line:column message` of every finding.
fn check(pack: &Pack, policy: &dyn Policy, options: Options, text: &str) -> Vec<String> {
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

impl Policy for WithoutNames {
    fn severity(&self, rule: &RuleInfo, _file: &str) -> Option<Severity> {
        (!rule.id.starts_with("naming/")).then_some(rule.severity)
    }
}

#[test]
fn a_suppression_of_a_rule_that_is_off_is_not_unused() {
    let pack = shipped();
    let text = "kind: Shop\nid: a\nsystem: weixin-store\nname: 云山茶铺 # dianjian: ignore[naming/length] -- why\n";
    let about =
        |told: Vec<String>| told.into_iter().filter(|line| line.starts_with("suppression/")).collect::<Vec<_>>();
    let options = || Options::new(day("2026-11-22"));
    assert_eq!(about(check(&pack, &AsWritten, options(), text)).len(), 1);
    assert!(about(check(&pack, &WithoutNames, options(), text)).is_empty());
    // A rule that does not hold yet may still be silenced in advance.
    let early = text.replace("naming/length", "live/contacts");
    assert!(about(check(&pack, &AsWritten, Options::new(day("2024-01-01")), &early)).is_empty());
    let misspelt = about(check(&pack, &AsWritten, options(), &text.replace("naming/length", "naming/lenght")));
    assert!(misspelt[0].ends_with("did you mean “naming/length”?"), "{misspelt:?}");
}

#[test]
fn a_room_is_checked_as_of_its_own_day_unless_a_day_is_asked_for() {
    let pack = shipped();
    let text = "kind: LiveRoom\nid: r\nscheduled: 2024-01-05T20:00:00+08:00\ntitle: 加微信领福利\n";
    let has =
        |options| check(&pack, &AsWritten, options, text).iter().any(|line| line.starts_with("live/contacts 4:8"));
    assert!(!has(Options::new(day("2026-11-22"))));
    assert!(has(Options { as_of_given: true, ..Options::new(day("2026-11-22")) }));
}

#[test]
fn what_a_mapping_does_not_take_is_told_beside_the_list_too() {
    let mapping = "mapping: erp\ntitle: {zh: 甲, en: a}\nkind: Shop\nrecognise: {has: [shops]}\neach: shops\n\
                   fields: {id: no, name: title, system: {const: weixin-store}, subject.licence: owner.code}\n";
    let (pack, problems) = PackBuilder::default().shipped().text("mappings/erp.yaml", mapping).build();
    assert!(problems.is_empty(), "{problems:?}");
    let text =
        "vendor: x\nshops:\n  - {no: 1, title: 云山旗舰店, owner: {code: 9, colour: red}}\n  - {no: 2, titel: 白鹭}\n";
    let told = check(&pack, &AsWritten, Options::new(day("2026-11-22")), text);
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
        let Some(detections) = self.0.get(name) else { return Err(MediaError::NotFound { name: name.to_owned() }) };
        assert!(path.ends_with(name));
        Ok(Arc::new(MediaScan {
            medium: Medium::Picture,
            width: 1080,
            height: 1920,
            frames: 1,
            length: None,
            detections: detections.clone(),
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
fn look(sees: &Arc<Sees>, policy: &dyn Policy, text: &str) -> (Vec<Finding>, Vec<String>) {
    // The shipped thresholds follow the detector; these stay.
    let param = |name: &str, value| (name.to_owned(), Param::One(Scalar::Float(value)));
    let (pack, problems) = PackBuilder::default()
        .shipped()
        .params("live/codes", [param("present", 0.5)].into())
        .params("live/codes-suspected", [param("present", 0.5), param("suspected", 0.3)].into())
        .build();
    assert!(problems.is_empty());
    let scanner: Arc<dyn AssetScanner> = Arc::clone(sees) as _;
    let engine = Engine::new(&pack, policy, Options { scanner, ..Options::new(day("2026-11-22")) });
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
            "live/codes 7:5 The live picture shows a mini-program code that could not be read \
             (lower left, 20 % of the width; score 0.8)",
            "live/codes-suspected 7:5 The live picture may show a QR code (bottom, 20 % of the width; score 0.4)",
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
        ["no such asset: `gone.png`", "the asset `https://a.example/1.png` is an address and was not checked"]
    );
}

struct WithoutCodes;

impl Policy for WithoutCodes {
    fn severity(&self, rule: &RuleInfo, _file: &str) -> Option<Severity> {
        (!rule.id.contains("codes")).then_some(rule.severity)
    }
}

#[test]
fn nobody_looks_where_no_rule_asks() {
    let sees = sees();
    let text = "kind: LiveRoom\nid: r\ntitle: 春茶\nassets: [gone.png]\ncover: gone.png\n";
    assert!(look(&sees, &WithoutCodes, text).1.is_empty());
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

/// What fields are filled with: what rules have opinions about, and what they have none about.
const TEXTS: [&str; 40] = [
    "",
    " ",
    "云山",
    "茶业",
    "食品铺",
    "旗舰店",
    "旗·舰 店",
    "旗(qí)舰",
    "专麦店",
    "官方",
    "官 方",
    "guanfang",
    "FLAGSHIP",
    "微信",
    "加微信",
    "加V",
    "薇❤",
    "私信我",
    "扫码进群",
    "转账",
    "线下交易",
    "13800138000",
    "幺三八零零一三八零零零",
    "91440300MA5F0XYZ1X",
    "92440300MA5F0XYZ1X",
    "9.14403E+17",
    "2026-12-01",
    "6194",
    "3",
    "4.7",
    "100000",
    "true",
    "enterprise",
    "\u{200B}",
    "锟斤拷",
    "寰俊灏忓簵",
    "★",
    "…",
    "（",
    "。",
];

/// Some value for a field.
fn value(field: &Field, random: &mut dyn FnMut(usize) -> usize) -> serde_json::Value {
    let text = |random: &mut dyn FnMut(usize) -> usize| {
        let parts = 1 + random(3);
        (0..parts).map(|_| TEXTS[random(TEXTS.len())]).collect::<String>()
    };
    match field.ty {
        FieldType::Bool => (random(2) == 0).into(),
        FieldType::Number | FieldType::Money | FieldType::Integer => [0, 1, 3, 5, 31, 20_000][random(6)].into(),
        FieldType::Date | FieldType::Datetime => ["2024-08-25", "2026-11-22", "2026-12-20"][random(3)].into(),
        FieldType::Enum if random(8) > 0 => field.values[random(field.values.len())].0.as_str().into(),
        FieldType::List => {
            let count = random(4);
            let item = |random: &mut dyn FnMut(usize) -> usize| match &field.level {
                Some(level) => {
                    let fields = level.item_fields.iter().filter(|_| random(3) > 0).collect::<Vec<_>>();
                    let entries = fields.into_iter().map(|field| (field.path.clone(), value(field, random)));
                    serde_json::Value::Object(entries.collect())
                }
                None => text(random).into(),
            };
            (0..count).map(|_| item(random)).collect::<Vec<_>>().into()
        }
        FieldType::Map | FieldType::Record => serde_json::json!({}),
        _ => text(random).into(),
    }
}

/// Some record of a kind.
fn some_record(kind: &Kind, random: &mut dyn FnMut(usize) -> usize) -> String {
    let mut record = serde_json::json!({"kind": &*kind.name});
    let rarity = 1 + random(6);
    for field in kind.fields.iter().filter(|field| field.ty != FieldType::Map) {
        if random(rarity) == 0 {
            let mut at = &mut record;
            for name in field.path.split('.') {
                at = &mut at[name];
            }
            *at = value(field, random);
        }
    }
    record.to_string()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    /// The screen passes over no rule that fails, whether or not it knows what was found of the same values before.
    #[test]
    fn whatever_fails_is_suspected(seed in any::<u64>(), day in proptest::sample::select(vec!["2023-05-01", "2024-09-01", "2026-11-22"])) {
        static PACK: LazyLock<Pack> = LazyLock::new(shipped);
        let mut state = seed | 1;
        let mut random = |most: usize| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as usize % most
        };
        let rules = PACK.at(self::day(day));
        let (mut screens, mut verdicts) = (Screens::default(), Verdicts::default());
        let (mut suspects, mut remaining) = (Vec::new(), Vec::new());
        for kind in PACK.kinds.iter() {
            let texts: Vec<String> = (0..4).map(|_| some_record(kind, &mut random)).collect();
            for text in texts.iter().chain(&texts) {
                let source = SourceFile::new("a.json", text);
                let reader = Reader::new(&PACK.kinds, &[]);
                tree::parse(&source, Format::Json, &Limits::default(), &mut Tree::new(), &mut |root| {
                    reader.read(&source, root, &mut |seen| {
                        let Seen::Record(record, outer) = seen else { panic!("a record") };
                        let kind = PACK.kinds.get(record.kind_index);
                        let screen = screens.of(&rules, kind, record);
                        screen.suspects(&rules, kind, record, None, &mut suspects);
                        screen.suspects(&rules, kind, record, Some(&mut verdicts), &mut remaining);
                        assert!(remaining.iter().all(|number| suspects.contains(number)), "{text}");
                        let mut context = Context { rules: &rules, kinds: &PACK.kinds, record, outer, as_of: rules.day, assets: &Nothing, scans: Scans::default() };
                        let mut failed = Vec::new();
                        for &number in rules.per_record(record.kind_index) {
                            let rule = &rules.rules[number];
                            let Body::Check(check) = &rule.body else { continue };
                            if context.run(rule, check, &mut Vec::new()) == Outcome::Fail {
                                assert!(remaining.contains(&number), "{} fails and is not suspected: {text}", rule.info.id);
                                failed.push(number);
                            }
                        }
                        verdicts.end(&rules, &failed);
                    });
                });
            }
        }
    }
}
