//! Every rule over every sample: what each one finds, so that a new rule that speaks of another's sample shows up in review.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use chrono::NaiveDate;
use dianjian_base::lang::Lang;
use dianjian_document::source::{DiscoverOptions, Discovered, discover};
use dianjian_engine::{AsWritten, Engine, Finding, Problem, Render, RunOptions};
use dianjian_media::{AssetScanner, DecodeEffort, MediaScanner, MediaSettings, NoProgress, RgbFrame, decode_codes};
use dianjian_rules::PackBuilder;
use dianjian_rules::language::Severity;
use image::imageops::grayscale;

struct Lines;

impl Render for Lines {
    type Out = Result<(String, Severity, String), String>;

    fn finding(&self, finding: Finding) -> Self::Out {
        let (start, _) = finding.primary.range();
        let related =
            if finding.related.is_empty() { String::new() } else { format!(" (+{} places)", finding.related.len()) };
        let file = finding.primary.source.name().to_owned();
        let place = match finding.primary.source.cell(finding.primary.span.start) {
            Some(cell) => format!("{file} · {cell}"),
            None => format!("{file}:{}:{}", start.line, start.column),
        };
        let line = format!("{place} {}{related}", finding.message.render(Lang::Zh));
        Ok((finding.rule.id.clone(), finding.severity, line))
    }

    fn problem(&self, problem: Problem) -> Self::Out {
        Err(format!("{}: {}", problem.file, problem.message.get(Lang::En)))
    }
}

/// All findings (of codes: those that can be read, since what is seen besides differs from one detector to the next) over a folder of samples, in the order of a run.
fn findings(folder: &str, threads: usize) -> Vec<(String, Severity, String)> {
    let (pack, problems) = PackBuilder::default().shipped().build();
    assert!(problems.is_empty());
    let scanner: Arc<dyn AssetScanner> = Arc::new(
        MediaScanner::new(MediaSettings::default(), Arc::new(NoProgress))
            .with_detector(Arc::new(|frame: &RgbFrame, _| decode_codes(&grayscale(&frame.image), DecodeEffort::Quick))),
    );
    let day = NaiveDate::from_ymd_opt(2026, 11, 22).unwrap();
    let mut options = RunOptions::new(day);
    (options.tuning.threads, options.environment.scanner) = (threads, scanner);
    let engine = Engine::new(&pack, &AsWritten, options);
    let Discovered { inputs, errors, .. } = discover(&[folder.to_owned()], &DiscoverOptions::default());
    assert!(errors.is_empty());
    let mut out = Vec::new();
    engine.run(&inputs, &Lines, &|_| {}, &mut |line| out.push(line.unwrap_or_else(|problem| panic!("{problem}"))));
    out
}

#[test]
fn what_each_rule_finds() {
    let mut by_rule: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (rule, _, line) in findings("samples", 0) {
        by_rule.entry(rule).or_default().push(line);
    }
    let mut out = String::new();
    for (rule, mut lines) in by_rule {
        lines.sort();
        let _ = writeln!(out, "{rule}\n  {}", lines.join("\n  "));
    }
    insta::assert_snapshot!(out);
}

#[test]
fn the_upgraded_shops_are_clean() {
    let loud: Vec<_> =
        findings("samples/upgraded", 0).into_iter().filter(|(_, severity, _)| *severity > Severity::Info).collect();
    assert!(loud.is_empty(), "{loud:?}");
}

#[test]
fn the_order_does_not_depend_on_threads() {
    let one = findings("samples", 1);
    for threads in [2, 3, 8] {
        assert_eq!(findings("samples", threads), one);
    }
}

/// The workbook among the samples, as a merchant would keep it: a title above the headings, notes, live rooms beside
/// the shops.
fn workbook() -> rust_xlsxwriter::Workbook {
    use rust_xlsxwriter::{Color, DocProperties, ExcelDateTime, Format, FormatAlign, Workbook};
    let date = |year, month, day| ExcelDateTime::from_ymd(year, month, day).unwrap();
    let mut book = Workbook::new();
    book.set_properties(&DocProperties::new().set_creation_datetime(&date(2026, 11, 22)));
    let title = Format::new().set_bold().set_font_size(14).set_align(FormatAlign::Center);
    let head = Format::new().set_bold().set_background_color(Color::RGB(0xdd_eb_f7));
    let day = Format::new().set_num_format("yyyy\"年\"m\"月\"d\"日\"");
    let shops = book.add_worksheet().set_name("店铺").unwrap();
    shops.merge_range(0, 0, 0, 6, "南山茶业店铺台账", &title).unwrap();
    let heads =
        ["店铺编号", "店铺名称（必填）", "店铺体系", "主体类型", "统一社会信用代码", "已缴保证金(元)", "开店日期"];
    shops.write_row_with_format(2, 0, heads, &head).unwrap();
    let rows = [
        ("chunlan", "春岚茶业专卖店", "企业", "91000000MA0YN0011J", 5000, (2026, 3, 5)),
        ("lingxi", "灵溪点心", "企业", "91000000MA0QH002X4", 2000, (2026, 4, 1)),
    ];
    for (row, (id, name, subject, licence, paid, (year, month, on))) in (3..).zip(rows) {
        shops.write_row(row, 0, [id, name, "微信小店", subject, licence]).unwrap();
        shops.write(row, 5, paid).unwrap();
        shops.write_with_format(row, 6, date(year, month, on), &day).unwrap();
    }
    shops.set_column_width(1, 20).unwrap().set_column_width(4, 22).unwrap().set_freeze_panes(3, 2).unwrap();
    let rooms = book.add_worksheet().set_name("直播排期").unwrap();
    rooms.write_row_with_format(0, 0, ["直播标题", "开播时间", "店铺编号", "置顶评论"], &head).unwrap();
    let minute = Format::new().set_num_format("yyyy-mm-dd hh:mm");
    rooms.write_row(1, 0, ["春岚新茶上市", "", "chunlan", "想看更多，加V：chunlan_tea"]).unwrap();
    rooms.write_with_format(1, 1, date(2026, 12, 1).and_hms(20, 0, 0).unwrap(), &minute).unwrap();
    book.add_worksheet().set_name("说明").unwrap().write(0, 0, "本表由运营填写，请勿改动表头。").unwrap();
    book
}

/// `WRITE_SAMPLES=1 cargo test --test it samples` writes it anew.
#[test]
fn the_workbook_is_the_one_made_here() {
    let path = std::path::Path::new("samples/tables/stores.xlsx");
    let made = workbook().save_to_buffer().unwrap();
    if std::env::var_os("WRITE_SAMPLES").is_some() {
        std::fs::write(path, &made).unwrap();
    }
    let texts = |bytes: Vec<u8>| {
        let mut book = dianjian_xlsx::Workbook::from_bytes(Box::new(std::io::Cursor::new(bytes))).unwrap();
        let mut text = Vec::new();
        (0..book.sheets().len()).for_each(|sheet| drop(book.write_csv(sheet, &mut text).unwrap()));
        String::from_utf8(text).unwrap()
    };
    assert_eq!(texts(std::fs::read(path).unwrap()), texts(made));
}
