//! How long 10,000 findings in one Chinese file of 1 MB take to render and write, in each format.
//! The goal is under 0.3 s for `pretty`, on one core.

use std::hint::black_box;
use std::io;
use std::sync::Arc;

use criterion::Criterion;
use dianjian_base::lang::{Lang, Text};
use dianjian_document::source::{SourceFile, Span};
use dianjian_engine::finding::{Arg, Finding, Label, Message, RecordName, RuleInfo, Summary};
use dianjian_report::{DisplayOptions, FormatName, ReportWriter, Reports, RunInfo, format};
use dianjian_rules::language::{Confidence, Evidence, Period, Severity, SourceClass};

const FINDINGS: usize = 10_000;
const SHOP: &str = "- kind: Shop\n  name: 云山茶业旗舰店\n  主体: 深圳云山茶业有限公司 # 老店\n";

fn text(zh: &str, en: &str) -> Text {
    Text { zh: zh.to_owned(), en: en.to_owned() }
}

fn rule() -> Arc<RuleInfo> {
    Arc::new(RuleInfo {
        is_gap: false,
        id: "naming/store-type-words".to_owned(),
        kind: "Shop".to_owned(),
        title: text("店铺类型词", "Store-type words"),
        why: text("微信小店取消了店铺类型。", "Weixin stores have no store types."),
        help: None,
        severity: Severity::Error,
        effective: Period { from: "2024-08-25".parse().ok(), until: None },
        evidence: vec![Evidence {
            source: SourceClass::Official,
            r#ref: "store.weixin.qq.com/chengzhang/doc/1".to_owned(),
            title: None,
            title_en: None,
            publisher: None,
            date: "2024-08-20".parse().ok(),
            in_force: None,
            undated: None,
            url: None,
            note: None,
            confidence: Confidence::High,
            messages: Vec::new(),
            says: text("名称须与品牌资质一致。", "Names must agree with the brand's grant."),
        }],
    })
}

fn message(zh: &str, en: &str) -> Message {
    let args = vec![("found".to_owned(), Arg::Text("旗舰店".to_owned()))];
    Message { id: "rule".into(), template: Arc::new(text(zh, en)), args: Arc::new(args) }
}

/// One finding for each shop of a file of about a megabyte.
fn findings() -> Vec<Finding> {
    let source = Arc::new(SourceFile::new("shops.yaml", SHOP.repeat(FINDINGS)));
    let rule = rule();
    let word = SHOP.find("旗舰店").unwrap();
    let finding = |number: usize| {
        let start = (number * SHOP.len() + word) as u32;
        Finding {
            rule: Arc::clone(&rule),
            severity: Severity::Error,
            message: message("名称含“{found}”，微信小店不再有店铺类型", "the name contains “{found}”"),
            help: Some(message("去掉“{found}”", "remove “{found}”")),
            record: RecordName { kind: "Shop".into(), id: None },
            path: "name".to_owned(),
            primary: Label { source: Arc::clone(&source), span: Span::new(start, start + 9), message: None },
            related: Vec::new(),
            related_omitted: 0,
            picture: None,
            fixes: Vec::new(),
            fingerprint: format!("{number:016x}"),
            as_of: "2026-11-22".parse().unwrap(),
            is_gap: false,
        }
    };
    (0..FINDINGS).map(finding).collect()
}

fn write(name: FormatName, look: DisplayOptions, findings: &[Finding]) {
    let run = RunInfo::new("2026-11-22".parse().unwrap(), Lang::Zh, vec![rule()]);
    let writer = ReportWriter::to(format(name, look), Box::new(io::sink()));
    let mut reports = Reports::new(run, vec![writer]);
    let renderer = reports.renderer();
    for finding in findings {
        reports.write(&black_box(renderer.finding(finding)));
    }
    reports.finish(&Summary::default()).unwrap();
}

pub fn formats(criterion: &mut Criterion) {
    let findings = findings();
    let mut group = criterion.benchmark_group("10,000 findings in 1 MB");
    group.sample_size(10);
    for name in FormatName::ALL {
        group.bench_function(name.name(), |bencher| bencher.iter(|| write(name, DisplayOptions::plain(), &findings)));
    }
    let color = DisplayOptions { color: true, ..DisplayOptions::plain() };
    group.bench_function("pretty, coloured", |bencher| {
        bencher.iter(|| write(FormatName::Pretty, color, &findings));
    });
    group.finish();
}
