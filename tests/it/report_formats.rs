//! Every output format, in both languages, over a handful of findings made by hand: Chinese, emoji,
//! tabs, spans of no and of many characters, very long lines, and texts that mean harm.

use std::io::Write;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::NaiveDate;
use dianjian_base::lang::{Lang, Text};
use dianjian_document::edit::{Applicability, Edit};
use dianjian_document::source::{SourceFile, Span};
use dianjian_engine::finding::{Arg, Finding, Fix, Label, Message, Problem, RecordName, RuleInfo, Summary};
use dianjian_engine::ledger::{Ledger, StateCounts};
use dianjian_media::{
    Code, CodeKind, Detection, DetectionTimes, MediaScan, Medium, Point, Quad, Sighting, SightingDisplay,
};
use dianjian_report::picture::GraphicsProtocol;
use dianjian_report::{
    DisplayOptions, FormatName, ReportWriter, Reports, RunInfo, WriteError, WriteReason, format, json,
};
use dianjian_rules::language::{Confidence, Evidence, Period, Severity, SourceClass};
use dianjian_xlsx::Workbook;
use proptest::prelude::{Strategy, any, proptest};
use serde_json::Value;

fn text(zh: &str, en: &str) -> Text {
    Text { zh: zh.to_owned(), en: en.to_owned() }
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn message(zh: &str, en: &str, args: &[(&str, &str)]) -> Message {
    let args = args.iter().map(|(name, value)| ((*name).to_owned(), Arg::Text((*value).to_owned())));
    Message { id: "rule".into(), template: Arc::new(text(zh, en)), args: Arc::new(args.collect()) }
}

fn naming() -> Arc<RuleInfo> {
    Arc::new(RuleInfo {
        is_gap: false,
        id: "naming/store-type-words".to_owned(),
        kind: "Shop".to_owned(),
        title: text("店铺类型词", "Store-type words"),
        why: text("微信小店取消了店铺类型。", "Weixin stores have no store types."),
        help: None,
        severity: Severity::Error,
        effective: Period { from: Some(day("2024-08-25")), until: None },
        evidence: vec![
            Evidence {
                source: SourceClass::Seed,
                r#ref: "002".to_owned(),
                date: None,
                in_force: None,
                undated: None,
                title: Some("微信小店将重塑微信电商未来".to_owned()),
                title_en: None,
                publisher: Some("张东晴，见实".to_owned()),
                url: None,
                note: None,
                confidence: Confidence::Medium,
                messages: Vec::new(),
                says: text("名称中不应含有“旗舰店”。", "Names should not contain 旗舰店."),
            },
            Evidence {
                source: SourceClass::Official,
                r#ref: "store.weixin.qq.com/chengzhang/doc/1".to_owned(),
                date: Some(day("2024-08-20")),
                in_force: None,
                undated: None,
                title: None,
                title_en: None,
                publisher: None,
                url: None,
                note: None,
                confidence: Confidence::High,
                messages: Vec::new(),
                says: text("名称须与品牌资质一致。", "Names must agree with the brand's grant."),
            },
        ],
    })
}

fn contacts() -> Arc<RuleInfo> {
    Arc::new(RuleInfo {
        is_gap: false,
        id: "live/contact-details".to_owned(),
        kind: "LiveRoom".to_owned(),
        title: text("直播间联系方式", "Contact details in live rooms"),
        why: text("引导私下交易会被处罚。", "Leading buyers off the platform is punished."),
        help: None,
        severity: Severity::Warning,
        effective: Period { from: Some(day("2022-07-21")), until: Some(day("2027-01-01")) },
        evidence: vec![Evidence {
            source: SourceClass::Own,
            r#ref: "dianjian".to_owned(),
            date: None,
            in_force: None,
            undated: None,
            title: None,
            title_en: None,
            publisher: None,
            url: None,
            note: None,
            confidence: Confidence::Low,
            messages: Vec::new(),
            says: text("推断。", "Inferred."),
        }],
    })
}

/// Where `needle` stands in the source; it must.
fn span(source: &SourceFile, needle: &str) -> Span {
    let start = source.text().find(needle).unwrap() as u32;
    Span::new(start, start + needle.len() as u32)
}

fn finding(rule: Arc<RuleInfo>, source: &Arc<SourceFile>, span: Span, path: &str, message: Message) -> Finding {
    Finding {
        severity: rule.severity,
        as_of: day("2026-11-22"),
        rule,
        message,
        help: None,
        record: RecordName { kind: "Shop".into(), id: Some("yunshan".to_owned()) },
        path: path.to_owned(),
        primary: Label { source: Arc::clone(source), span, message: None },
        related: Vec::new(),
        related_omitted: 0,
        picture: None,
        fixes: Vec::new(),
        fingerprint: format!("{:016x}", u64::from(span.start) * 0x9e37_79b9 + source.text().len() as u64),
        is_gap: false,
    }
}

/// A name with a store-type word, a fix, and seven more such shops of which ten are known.
fn store_type_word() -> Finding {
    let source =
        Arc::new(SourceFile::new("shops/云山.yaml", "kind: Shop\nid: yunshan\nname: 云山旗舰店 # 老店\nscore: 4.7\n"));
    let at = span(&source, "旗舰店");
    let message = message(
        "名称含“{found}”，微信小店不再有店铺类型",
        "the name contains “{found}”: weixin stores have no types",
        &[("found", "旗舰店")],
    );
    let help = self::message("去掉“{found}”", "remove “{found}”", &[("found", "旗舰店")]);
    let related = (0..7).map(|number| {
        let other =
            Arc::new(SourceFile::new(format!("shops/分店-{number}.yaml"), "kind: Shop\nname:   云山旗舰店二店\n"));
        let span = span(&other, "旗舰店");
        Label { source: other, span, message: None }
    });
    let edit = Edit::remove(at);
    Finding {
        help: Some(help),
        related: related.collect(),
        related_omitted: 3,
        fixes: vec![Fix {
            applicability: Applicability::Unsafe,
            title: text("删除“旗舰店”", "remove “旗舰店”"),
            edits: vec![(Arc::clone(&source), edit)],
        }],
        ..finding(naming(), &source, at, "name", message)
    }
}

/// Emoji and tabs before the place, words on the labels, a near and a far place in the same file.
fn contact_among_emoji() -> Finding {
    let source = Arc::new(SourceFile::new(
        "rooms/spring.yaml",
        "kind: LiveRoom\nid: 春茶\ntitle:\t\"🍵👩\u{200d}🍳 新茶\t加V❤️信 abc123\"\n\nlinks:\n  - 见片尾\nnote: 1\nmore: 2\nlast: 加V信\n",
    ));
    let found = message("写有联系方式“{found}”", "contact details “{found}”", &[("found", "加V❤️信 abc123")]);
    let label = |needle, zh, en| Label {
        source: Arc::clone(&source),
        span: span(&source, needle),
        message: Some(message(zh, en, &[])),
    };
    let mut finding = finding(contacts(), &source, span(&source, "加V❤️信 abc123"), "title", found);
    finding.primary.message = Some(message("微信号", "a WeChat id", &[]));
    finding.related = vec![label("春茶", "这个直播间", "this room"), label("加V信", "又一处", "again")];
    finding
}

/// Over three lines, and one over many.
fn many_lines() -> Vec<Finding> {
    let source =
        Arc::new(SourceFile::new("shops/block.yaml", "kind: Shop\nnotes: |\n  第一行\n  第二行\n  第三行\nend: 1\n"));
    let start = span(&source, "第一行").start;
    let three = Span::new(start, span(&source, "end").start);
    let long = Arc::new(SourceFile::new("shops/list.yaml", format!("kind: Shop\nitems:\n{}", "  - 茶\n".repeat(40))));
    let all = Span::new(span(&long, "items").start, long.text().len() as u32);
    let mut both = vec![
        finding(naming(), &source, three, "notes", message("三行", "three lines", &[])),
        finding(naming(), &long, all, "items", message("许多行", "many lines", &[])),
    ];
    for finding in &mut both {
        finding.severity = Severity::Info;
    }
    both
}

/// Nothing is there: at the end of a file without a line break, in an empty file, in an empty line.
fn empty_places() -> Vec<Finding> {
    let end = Arc::new(SourceFile::new("shops/end.yaml", "\u{feff}kind: Shop\r\nid: 甲"));
    let empty = Arc::new(SourceFile::new("shops/empty.yaml", ""));
    let line = Arc::new(SourceFile::new("shops/line.yaml", "a: 1\n\nb: 2\n"));
    let missing = || message("缺少字段 name", "the field name is missing", &[]);
    vec![
        finding(naming(), &end, Span::at(end.text().len() as u32), "", missing()),
        finding(naming(), &empty, Span::at(0), "", missing()),
        finding(naming(), &line, Span::at(5), "", missing()),
    ]
}

/// What a terminal, a code host or a CI service might obey.
const HARM: &str = "\x1b[2J\x1b]0;title\x07旗\u{200b}舰\u{202e}店\n::error::x | <script> @all #1 [a](b) `c` & 100%";

fn harmful() -> Finding {
    let source = Arc::new(SourceFile::new("shops/\x1b[31m`a|b`,c:d\n.yaml", format!("name: \"{HARM}\"\nid: 1\n")));
    let found = message("名称“{found}”", "the name “{found}”", &[("found", HARM)]);
    let mut finding = finding(naming(), &source, span(&source, "旗\u{200b}舰"), "name", found);
    finding.help = Some(message("勿用 {found}", "do not use {found}", &[("found", HARM)]));
    finding.related = vec![Label {
        source,
        span: finding.primary.span,
        message: Some(message("{found}", "{found}", &[("found", HARM)])),
    }];
    finding
}

/// A place deep in a line of about 100 KB.
fn long_line() -> Finding {
    let shop = "{\"name\":\"云山茶业\",\"score\":4.7},";
    let json = format!("[{}{{\"name\":\"远山专卖店\"}},{}]", shop.repeat(1500), shop.repeat(1500));
    let source = Arc::new(SourceFile::new("shops.json", json));
    let found = message("名称含“专卖店”", "the name contains “专卖店”", &[]);
    finding(naming(), &source, span(&source, "专卖店"), "[1500].name", found)
}

fn problems() -> Vec<Problem> {
    let source = Arc::new(SourceFile::new("shops/twice.yaml", "name: 甲\nid: a\nname: 乙\n"));
    let second = source.text().rfind("name").unwrap() as u32;
    vec![
        Problem {
            file: source.name().to_owned(),
            place: Some((Arc::clone(&source), Span::new(second, second + 4))),
            sheet: None,
            related: vec![(Arc::clone(&source), Span::new(0, 4), text("第一处", "the first one"))],
            message: text("键 `name` 重复", "the key `name` is there twice"),
            help: Some(text("删除其中一个", "remove one of them")),
        },
        Problem {
            file: "shops/\x1b[5mgone.yaml".to_owned(),
            place: None,
            sheet: None,
            related: Vec::new(),
            message: text("文件不存在", "no such file"),
            help: None,
        },
        Problem {
            file: String::new(),
            place: None,
            sheet: None,
            related: Vec::new(),
            message: text("没有规则", "there are no rules"),
            help: Some(text("见 --rules", "see --rules")),
        },
    ]
}

fn findings() -> Vec<Finding> {
    let mut all = vec![store_type_word(), contact_among_emoji()];
    all.extend(many_lines());
    all.extend(empty_places());
    all.extend([harmful(), long_line()]);
    all
}

fn summary(findings: &[Finding], problems: &[Problem]) -> Summary {
    let number = |severity| findings.iter().filter(|finding| finding.severity == severity).count();
    Summary {
        files: 12,
        records: [("LiveRoom".to_owned(), 1), ("Shop".to_owned(), 1500)].into(),
        errors: number(Severity::Error),
        warnings: number(Severity::Warning),
        infos: number(Severity::Info),
        suppressed: 2,
        baselined: 1,
        stale: 0,
        addresses: 0,
        nothing_to_check: 0,
        problems: problems.len(),
        gaps: 0,
        looked_at: Ledger {
            files: StateCounts { checked: 12, ..StateCounts::default() },
            records: StateCounts { checked: 1501, ..StateCounts::default() },
            ..Ledger::default()
        },
        fixable: (0, 1),
        ..Summary::default()
    }
}

/// A sink whose bytes can be read afterwards.
#[derive(Clone, Default)]
struct Shared(Arc<Mutex<Vec<u8>>>);

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Shared {
    /// What was written; of a workbook its sheets, each as CSV under its name.
    fn text(&self) -> String {
        let bytes = self.0.lock().unwrap().clone();
        if !bytes.starts_with(b"PK") {
            return String::from_utf8(bytes).unwrap();
        }
        let mut book = Workbook::from_bytes(Box::new(std::io::Cursor::new(bytes))).unwrap();
        let mut text = Vec::new();
        for (number, sheet) in book.sheets().to_vec().iter().enumerate() {
            writeln!(text, "[{}]", sheet.name).unwrap();
            book.write_csv(number, &mut text).unwrap();
        }
        String::from_utf8(text).unwrap()
    }
}

fn run(lang: Lang) -> RunInfo {
    RunInfo::new(day("2026-11-22"), lang, vec![naming(), contacts(), naming()])
}

fn report(name: FormatName, lang: Lang, look: DisplayOptions, findings: &[Finding], problems: &[Problem]) -> String {
    let out = Shared::default();
    let writer = ReportWriter::to(format(name, look), Box::new(out.clone()));
    let mut reports = Reports::new(run(lang), vec![writer]);
    let renderer = reports.renderer();
    for finding in findings {
        reports.write(&renderer.finding(finding));
    }
    for problem in problems {
        reports.write(&renderer.problem(problem));
    }
    reports.finish(&summary(findings, problems)).unwrap();
    out.text()
}

fn whole(name: FormatName, lang: Lang) -> String {
    report(name, lang, DisplayOptions::plain(), &findings(), &problems())
}

#[test]
fn formats_look_as_they_did() {
    for name in FormatName::ALL {
        for lang in [Lang::Zh, Lang::En] {
            insta::assert_snapshot!(format!("{name}_{lang}"), whole(name, lang));
        }
    }
}

#[test]
fn nothing_found_looks_as_it_did() {
    for name in FormatName::ALL {
        for lang in [Lang::Zh, Lang::En] {
            insta::assert_snapshot!(
                format!("clean_{name}_{lang}"),
                report(name, lang, DisplayOptions::plain(), &[], &[])
            );
        }
    }
}

/// Codes in a picture and a video, one of them not sure, with words that mean harm.
fn codes() -> Vec<Finding> {
    let room = Arc::new(SourceFile::new("rooms/春.yaml", "kind: LiveRoom\nid: spring\nassets: [墙.png, loop.mp4]\n"));
    let seen = |first, last| DetectionTimes {
        first: Duration::from_secs(first),
        last: Duration::from_millis(last),
        best: Duration::from_millis(first * 1000 + 500),
    };
    let one = |needle: &str, kind, score, says: Option<&str>, time: Option<DetectionTimes>| {
        let at = span(&room, needle);
        let medium = if time.is_some() { Medium::Video } else { Medium::Picture };
        let looked = MediaScan {
            medium,
            width: 1080,
            height: 1920,
            frames: 1,
            length: None,
            detections: Vec::new(),
            texts: Vec::new(),
            text_engine: None,
            illegible_lines: 0,
            digest: if time.is_some() { String::new() } else { "ab".repeat(32) },
        };
        let corners = [(800.25, 1500.0), (1016.0, 1510.5), (1005.0, 1726.0), (790.0, 1715.0)];
        let quad = Quad(corners.map(|(x, y)| Point::new(x, y)));
        let code = Code { kind, quad, score, text: says.map(str::to_owned) };
        let shown = SightingDisplay {
            path: std::path::PathBuf::new(),
            file: format!("rooms/{needle}"),
            scan: Arc::new(looked),
            sighting: Sighting::Code(Detection { code, frame: 3, times: time }),
            class: says.map(|_| "wechat-friend".to_owned()),
            content: says.map(|_| text("个人微信", "WeChat contact")),
            certain: score >= 0.5,
            crop: None,
        };
        let found = says.unwrap_or_default();
        let said = message("画面里有码“{found}”", "the picture shows a code, “{found}”", &[("found", found)]);
        Finding { picture: Some(Box::new(shown)), ..finding(contacts(), &room, at, "assets[0]", said) }
    };
    vec![
        one("墙.png", CodeKind::Qr, 1.0, Some("https://u.wechat.com/\u{1b}[2J\u{202e}<b>|`"), None),
        one("loop.mp4", CodeKind::MiniProgram, 0.456_78, None, Some(seen(12, 19_400))),
    ]
}

#[test]
fn pictures_look_as_they_did() {
    for name in FormatName::ALL {
        for lang in [Lang::Zh, Lang::En] {
            let report = report(name, lang, DisplayOptions::plain(), &codes(), &[]);
            let is_json = [FormatName::Json, FormatName::Sarif, FormatName::Gitlab].contains(&name);
            assert!(!report.contains('\u{1b}') && (is_json || !report.contains('\u{202e}')), "{report}");
            insta::assert_snapshot!(format!("pictures_{name}_{lang}"), report);
        }
    }
}

#[test]
fn a_terminal_that_shows_pictures() {
    let look = DisplayOptions { color: true, pictures: Some(GraphicsProtocol::Sixel), ..DisplayOptions::plain() };
    let mut codes = codes();
    let crop =
        image::RgbImage::from_fn(12, 8, |x, y| image::Rgb(if (x / 2 + y / 2) % 2 == 0 { [0; 3] } else { [255; 3] }));
    codes[0].picture.as_mut().unwrap().crop = Some(Arc::new(crop));
    let out = report(FormatName::Pretty, Lang::En, look, &codes[..1], &[]);
    insta::assert_snapshot!("pretty_sixel", out.replace('\x1b', "␛"));
}

#[test]
fn a_narrow_terminal_with_colours_and_links() {
    let look = DisplayOptions { color: true, width: 60, unicode: true, links: true, pictures: None };
    let out = report(FormatName::Pretty, Lang::Zh, look, &findings(), &problems());
    insta::assert_snapshot!("pretty_color", out.replace('\x1b', "␛"));
}

#[test]
fn a_terminal_without_box_characters() {
    let look = DisplayOptions { unicode: false, ..DisplayOptions::plain() };
    let out = report(FormatName::Pretty, Lang::En, look, &findings()[..2], &[]);
    insta::assert_snapshot!("pretty_ascii", out);
}

/// Whether a text holds what a terminal would obey or not show.
fn is_harmful(text: &str) -> bool {
    text.chars().any(|c| (c.is_control() && c != '\n') || matches!(c, '\u{200b}' | '\u{202e}' | '\u{feff}'))
}

#[test]
fn texts_of_users_are_not_obeyed() {
    let all = [FormatName::Pretty, FormatName::Short, FormatName::Github, FormatName::Markdown, FormatName::Junit];
    for name in all {
        for lang in [Lang::Zh, Lang::En] {
            let out = whole(name, lang);
            assert!(!is_harmful(&out), "{name}");
            assert!(!out.lines().any(|line| line.starts_with("::error::x")), "{name}");
        }
    }
    assert!(!whole(FormatName::Markdown, Lang::En).contains("<script>"));
}

#[test]
fn labels_stand_under_what_they_mean() {
    let out = whole(FormatName::Pretty, Lang::Zh);
    let lines: Vec<&str> = out.lines().collect();
    let width =
        |text: &str| text.chars().map(|c| unicode_width::UnicodeWidthChar::width(c).unwrap_or(0)).sum::<usize>();
    let at = lines.iter().position(|line| line.contains("name: 云山旗舰店")).unwrap();
    let before = lines[at].split("旗舰店").next().unwrap();
    assert_eq!(lines[at + 1].chars().position(|c| c == '─').unwrap(), width(before), "{out}");
    assert_eq!(lines[at + 1].matches('─').count(), 6, "{out}");
}

#[test]
fn a_chunk_shows_the_lines_of_its_file() {
    let source = Arc::new(SourceFile::chunk("shops.ndjson", "{}\n{\"name\":\"旗舰店\"}\n", 5000, 99));
    let at = span(&source, "旗舰店");
    let finding = finding(naming(), &source, at, "name", message("m", "m", &[]));
    let out = report(FormatName::Pretty, Lang::Zh, DisplayOptions::plain(), &[finding], &[]);
    assert!(out.contains("[shops.ndjson:101:10]"), "{out}");
    assert!(out.contains("100 │ {}") && out.contains("101 │ {\"name\":\"旗舰店\"}"), "{out}");
}

#[test]
fn long_lines_are_cut() {
    let out = report(FormatName::Pretty, Lang::Zh, DisplayOptions::plain(), &[long_line()], &[]);
    assert!(out.contains("远山专卖店") && out.contains('…'), "{out}");
    assert!(out.lines().all(|line| line.chars().count() < 130), "{out}");
}

#[test]
fn json_reads_back() {
    for lang in [Lang::Zh, Lang::En] {
        let out = whole(FormatName::Json, lang);
        let report: json::JsonReport<'_> = serde_json::from_str(&out).unwrap();
        assert_eq!((report.version, report.findings.len(), report.problems.len()), (1, 9, 3));
        let first = &report.findings[0];
        let (start, end) = (first.location.start.unwrap(), first.location.end.unwrap());
        assert_eq!((start.line, start.column, start.offset), (3, 9, 35));
        assert_eq!((end.column, end.offset), (12, 44));
        assert_eq!(first.related.len() + first.related_omitted, 10);
        // The order of the parts is part of the form: a reader of the beginning knows the counts.
        let parts = ["\"version\"", "\"as_of\"", "\"summary\"", "\"findings\"", "\"problems\":["];
        let places: Vec<_> = parts.map(|part| out.find(part).unwrap()).into();
        assert!(places.is_sorted(), "{places:?}");
        let again: Value = serde_json::to_value(&report).unwrap();
        assert_eq!(again, serde_json::from_str::<Value>(&out).unwrap());
    }
}

#[test]
fn the_committed_schema_is_the_one_of_the_types() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/schemas/report.schema.json");
    let fresh = serde_json::to_string_pretty(&json::schema()).unwrap() + "\n";
    if std::env::var_os("DIANJIAN_UPDATE_SCHEMAS").is_some() {
        std::fs::write(path, &fresh).unwrap();
    }
    let committed = std::fs::read_to_string(path).unwrap_or_default();
    assert!(committed == fresh, "schemas/report.schema.json is stale: run this test with DIANJIAN_UPDATE_SCHEMAS=1");
}

#[test]
fn sarif_holds_together() {
    let log: Value = serde_json::from_str(&whole(FormatName::Sarif, Lang::Zh)).unwrap();
    let run = &log["runs"][0];
    assert_eq!(log["version"], "2.1.0");
    assert_eq!(run["columnKind"], "unicodeCodePoints");
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    assert_eq!(rules.len(), 2);
    let results = run["results"].as_array().unwrap();
    assert_eq!(results.len(), 9);
    for result in results {
        let index = result["ruleIndex"].as_u64().unwrap() as usize;
        assert_eq!(rules[index]["id"], result["ruleId"]);
        let place = &result["locations"][0]["physicalLocation"];
        let uri = place["artifactLocation"]["uri"].as_str().unwrap();
        assert!(uri.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'<'), "{uri}");
        let region = &place["region"];
        let number = |name: &str| region[name].as_u64().unwrap();
        assert!((number("startLine"), number("startColumn")) <= (number("endLine"), number("endColumn")));
    }
    let region = &results[0]["locations"][0]["physicalLocation"]["region"];
    assert_eq!((&region["startColumn"], &region["endColumn"]), (&Value::from(9), &Value::from(12)));
    assert_eq!((&region["byteOffset"], &region["byteLength"]), (&Value::from(35), &Value::from(9)));
    let change = &results[0]["fixes"][0]["artifactChanges"][0];
    assert_eq!(change["replacements"][0]["deletedRegion"], *region);
    let invocation = &run["invocations"][0];
    assert_eq!(invocation["executionSuccessful"], false);
    assert_eq!(invocation["toolExecutionNotifications"].as_array().unwrap().len(), 3);
}

#[test]
fn junit_counts_agree_with_its_cases() {
    let out = whole(FormatName::Junit, Lang::Zh);
    let report = quick_junit::Report::deserialize_from_str(&out).unwrap();
    let cases: usize = report.test_suites.iter().map(|suite| suite.test_cases.len()).sum();
    assert_eq!((cases, report.tests), (12, 12));
    assert_eq!((report.failures, report.errors), (6, 3));
    for suite in &report.test_suites {
        assert_eq!(suite.tests, suite.test_cases.len(), "{:?}", suite.name);
    }
}

#[test]
fn gitlab_fingerprints_are_unique() {
    let twice = [findings(), findings()].concat();
    let out = report(FormatName::Gitlab, Lang::Zh, DisplayOptions::plain(), &twice, &problems());
    let issues: Vec<Value> = serde_json::from_str(&out).unwrap();
    assert_eq!(issues.len(), 21);
    let mut prints: Vec<_> = issues.iter().map(|issue| issue["fingerprint"].as_str().unwrap()).collect();
    prints.sort_unstable();
    prints.dedup();
    assert_eq!(prints.len(), 21);
}

#[test]
fn documents_without_problems_or_findings_are_whole() {
    for (findings, problems) in [(findings(), vec![]), (vec![], problems()), (vec![], vec![])] {
        for name in [FormatName::Json, FormatName::Sarif, FormatName::Gitlab] {
            let out = report(name, Lang::En, DisplayOptions::plain(), &findings, &problems);
            serde_json::from_str::<Value>(&out).unwrap();
        }
        let out = report(FormatName::Junit, Lang::En, DisplayOptions::plain(), &findings, &problems);
        quick_junit::Report::deserialize_from_str(&out).unwrap();
    }
}

#[test]
fn files_are_replaced_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("report.json");
    std::fs::write(&path, "old").unwrap();
    let outputs = [format!("json={}", path.display()).parse().unwrap()];
    let mut reports = Reports::open(run(Lang::Zh), &outputs, DisplayOptions::plain());
    let renderer = reports.renderer();
    for finding in findings() {
        reports.write(&renderer.finding(&finding));
    }
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "old");
    reports.finish(&summary(&findings(), &[])).unwrap();
    let written = std::fs::read_to_string(&path).unwrap();
    assert_eq!(written, report(FormatName::Json, Lang::Zh, DisplayOptions::plain(), &findings(), &[]));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn an_output_that_cannot_be_written_does_not_hide_the_others() {
    let folder = tempfile::tempdir().unwrap();
    let (file, good) = (folder.path().join("file"), folder.path().join("new/folder/report.json"));
    std::fs::write(&file, "").unwrap();
    let output = |format: &str, path: &Path| format!("{format}={}", path.display()).parse().unwrap();
    let outputs = [output("sarif", &file.join("report.sarif")), output("json", &good)];
    let mut reports = Reports::open(run(Lang::Zh), &outputs, DisplayOptions::plain());
    let renderer = reports.renderer();
    for finding in findings() {
        reports.write(&renderer.finding(&finding));
    }
    let errors = reports.finish(&summary(&findings(), &[])).unwrap_err();
    let [WriteError { target, reason: WriteReason::Folder(folder) }] = errors.as_slice() else { panic!("{errors:?}") };
    assert_eq!((target, &folder.folder), (&file.join("report.sarif"), &file));
    let written = std::fs::read_to_string(&good).unwrap();
    assert_eq!(written, report(FormatName::Json, Lang::Zh, DisplayOptions::plain(), &findings(), &[]));
}

/// An output that takes nothing.
struct Full;

impl Write for Full {
    fn write(&mut self, _bytes: &[u8]) -> std::io::Result<usize> {
        Err(std::io::ErrorKind::StorageFull.into())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn an_output_that_fails_on_the_way_is_told_once() {
    for name in FormatName::ALL {
        let kept = Shared::default();
        let writers = vec![
            ReportWriter::to(format(name, DisplayOptions::plain()), Box::new(Full)),
            ReportWriter::to(format(name, DisplayOptions::plain()), Box::new(kept.clone())),
        ];
        let mut reports = Reports::new(run(Lang::Zh), writers);
        let renderer = reports.renderer();
        for finding in findings() {
            reports.write(&renderer.finding(&finding));
            reports.flush();
        }
        assert_eq!(reports.finish(&summary(&findings(), &[])).unwrap_err().len(), 1);
        assert_eq!(kept.text(), report(name, Lang::Zh, DisplayOptions::plain(), &findings(), &[]));
    }
}

/// A reader that goes away after a few bytes.
struct Gone;

impl Write for Gone {
    fn write(&mut self, _bytes: &[u8]) -> std::io::Result<usize> {
        Err(std::io::ErrorKind::BrokenPipe.into())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Err(std::io::ErrorKind::BrokenPipe.into())
    }
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    for name in FormatName::ALL {
        let kept = Shared::default();
        let writers = vec![
            ReportWriter::to(format(name, DisplayOptions::plain()), Box::new(Gone)),
            ReportWriter::to(format(name, DisplayOptions::plain()), Box::new(kept.clone())),
        ];
        let mut reports = Reports::new(run(Lang::Zh), writers);
        let renderer = reports.renderer();
        for _ in 0..50 {
            for finding in findings() {
                reports.write(&renderer.finding(&finding));
            }
            reports.flush();
        }
        reports.finish(&summary(&findings(), &[])).unwrap();
        assert!(!kept.text().is_empty());
    }
}

#[test]
fn large_documents_go_to_disk_and_come_back_whole() {
    let out = Shared::default();
    let mut reports = Reports::new(
        run(Lang::Zh),
        vec![ReportWriter::to(format(FormatName::Json, DisplayOptions::plain()), Box::new(out.clone()))],
    );
    let rendered = reports.renderer().finding(&store_type_word());
    let number = 10_000;
    for _ in 0..number {
        reports.write(&rendered);
    }
    reports.finish(&summary(&[], &[])).unwrap();
    let out = out.text();
    assert!(out.len() > 17 << 20, "{} bytes do not overflow the spool", out.len());
    assert_eq!(serde_json::from_str::<json::JsonReport<'_>>(&out).unwrap().findings.len(), number);
}

#[test]
fn places_that_are_not_in_the_text_do_no_harm() {
    let source = Arc::new(SourceFile::new("a", "茶: 🍵\n"));
    for (start, end) in [(0, 999), (1, 2), (500, 600), (5, 6), (9, 9)] {
        let odd = finding(naming(), &source, Span::new(start, end), "a", message("m", "m", &[]));
        for name in FormatName::ALL {
            report(name, Lang::Zh, DisplayOptions::plain(), std::slice::from_ref(&odd), &[]);
        }
    }
}

/// Texts with line breaks of every kind, tabs, wide, hidden and joined characters.
fn any_text() -> impl Strategy<Value = String> {
    "([ -~]|[云山茶业旗舰店]|[\t\n\r]|\r\n|\u{200b}|\u{202e}|\u{1b}|👩\u{200d}🍳|🍵|\u{fe0f}|\u{feff}){0,300}"
}

proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig { failure_persistence: None, ..Default::default() })]
    #[test]
    fn any_place_of_any_text_can_be_shown(
        text in any_text(),
        ends in any::<[u16; 4]>(),
        width in 60_usize..140,
        label in any_text(),
    ) {
        let source = Arc::new(SourceFile::new("a.yaml", text));
        let at = |end: u16| u32::from(end) % (source.text().len() as u32 + 2);
        let span = |from: u16, to: u16| Span::new(at(from).min(at(to)), at(from).max(at(to)));
        let found = message("“{found}”", "“{found}”", &[("found", &label)]);
        let mut finding = finding(naming(), &source, span(ends[0], ends[1]), "a", found.clone());
        finding.primary.message = Some(found.clone());
        finding.related = vec![Label { source: Arc::clone(&source), span: span(ends[2], ends[3]), message: Some(found) }];
        let look = DisplayOptions { width, ..DisplayOptions::plain() };
        let out = report(FormatName::Pretty, Lang::Zh, look, &[finding.clone()], &[]);
        assert!(!is_harmful(&out), "{out:?}");
        let columns = |line: &str| line.chars().map(|c| unicode_width::UnicodeWidthChar::width(c).unwrap_or(0)).sum::<usize>();
        let body = out.split("✗").next().unwrap();
        for line in body.lines() {
            // A word about a place at the very edge is cut to a dozen columns, not to nothing.
            let most = if line.contains("╰── ") { width + 12 } else { width };
            assert!(columns(line) <= most, "{} of {width}: {line}", columns(line));
        }
        for name in [FormatName::Json, FormatName::Sarif, FormatName::Gitlab] {
            serde_json::from_str::<Value>(&report(name, Lang::En, look, &[finding.clone()], &[])).unwrap();
        }
        let junit = report(FormatName::Junit, Lang::En, look, &[finding], &[]);
        quick_junit::Report::deserialize_from_str(&junit).unwrap();
    }
}
