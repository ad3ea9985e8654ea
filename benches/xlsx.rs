//! Workbooks: a sheet of many shops read, checked and reported, against calamine reading the same file.
//!
//! `cargo bench --bench xlsx` prints seconds, ratios taken in one run, and the most memory held. `XLSX_ROWS=n` sets the
//! number of rows (default 100,000) of 20 columns.
#![allow(missing_docs, clippy::expect_used, clippy::print_stdout, reason = "a benchmark")]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use calamine::{Reader, Xlsx};
use chrono::NaiveDate;
use dianjian_base::lang::Lang;
use dianjian_document::source::{DiscoverOptions, discover};
use dianjian_engine::{AsWritten, Engine, Finding, Problem, Render, RunOptions};
use dianjian_rules::PackBuilder;
use dianjian_xlsx::{SheetRow, Workbook};
use rust_xlsxwriter::{ExcelDateTime, Format};

const COLUMNS: [&str; 20] = [
    "店铺编号",
    "店铺体系",
    "店铺名称",
    "店铺类型",
    "店铺状态",
    "主体类型",
    "主体名称",
    "统一社会信用代码",
    "品牌名称",
    "授权级别",
    "品牌到期日",
    "主营类目",
    "已缴保证金",
    "应缴保证金",
    "优选联盟",
    "店铺评分",
    "累计成交额",
    "视频号",
    "公众号",
    "开店日期",
];

struct Count;

impl Render for Count {
    type Out = usize;
    fn finding(&self, finding: Finding) -> usize {
        finding.message.render(Lang::Zh).len()
    }
    fn problem(&self, problem: Problem) -> usize {
        problem.message.zh.len()
    }
}

/// Writes the workbook, in a process of its own, as it is this one's memory that is told.
fn write(path: &Path, rows: u32) {
    let mut book = rust_xlsxwriter::Workbook::new();
    let day = Format::new().set_num_format("yyyy-mm-dd");
    let sheet = book.add_worksheet_with_low_memory().expect("a sheet");
    for (column, head) in (0..).zip(COLUMNS) {
        sheet.write(0, column, head).expect("a cell");
    }
    for row in 1..=rows {
        let name = if row % 50 == 0 { format!("云山{row}旗舰店") } else { format!("云山{row}茶业") };
        let texts = [
            (0, format!("shop-{row}")),
            (1, "微信小店".to_owned()),
            (2, name.clone()),
            (3, "普通企业店".to_owned()),
            (4, "营业中".to_owned()),
            (5, "企业".to_owned()),
            (6, format!("深圳云山{}茶业有限公司", row / 2)),
            (7, format!("9144030{row:09}XX")),
            (8, format!("云山{}", row % 997)),
            (9, "一级授权".to_owned()),
            (11, "茶".to_owned()),
            (14, "已加入".to_owned()),
            (17, name.clone()),
            (18, name),
        ];
        let numbers = [(12, 5000.0), (13, 5000.0), (15, 4.0 + f64::from(row % 10) / 10.0), (16, f64::from(row) * 1.1)];
        for column in 0..20 {
            if let Some((_, text)) = texts.iter().find(|(at, _)| *at == column) {
                sheet.write(row, column, text).expect("a cell");
            } else if let Some((_, number)) = numbers.iter().find(|(at, _)| *at == column) {
                sheet.write(row, column, *number).expect("a cell");
            } else {
                let date = ExcelDateTime::from_ymd(2027, 1, (row % 28) as u8 + 1).expect("a day");
                sheet.write_with_format(row, column, date, &day).expect("a cell");
            }
        }
    }
    book.save(path).expect("the workbook");
}

fn read(path: &Path) -> usize {
    let mut book = Workbook::open(path).expect("the workbook");
    let mut reader = book.rows(0).expect("a sheet");
    let (mut row, mut cells) = (SheetRow::default(), 0);
    while reader.next_row(&mut row).expect("a good row") {
        cells += row.cells.len();
    }
    cells
}

fn read_by_calamine(path: &Path) -> usize {
    let mut book: Xlsx<_> = calamine::open_workbook(path).expect("the workbook");
    let mut cells = 0;
    let name = book.sheet_names()[0].clone();
    let mut reader = book.worksheet_cells_reader(&name).expect("a sheet");
    while let Some(cell) = reader.next_cell().expect("a good cell") {
        std::hint::black_box(cell);
        cells += 1;
    }
    cells
}

fn timed<T>(f: impl Fn() -> T) -> (Duration, T) {
    // The machine's noise only ever adds.
    let runs = (0..3).map(|_| {
        let start = Instant::now();
        let result = f();
        (start.elapsed(), result)
    });
    runs.min_by_key(|(time, _)| *time).expect("several runs")
}

/// The most memory this process has held, in MB (Linux).
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM"));
    line.and_then(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok()).unwrap_or_default() / 1024
}

fn main() {
    let rows = std::env::var("XLSX_ROWS").ok().and_then(|rows| rows.parse().ok()).unwrap_or(100_000);
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("target/bench-corpus");
    let path = folder.join(format!("shops-{rows}.xlsx"));
    if std::env::args().any(|arg| arg == "--write") {
        return write(&path, rows);
    }
    if !path.exists() {
        std::fs::create_dir_all(&folder).expect("a folder");
        let writer = Command::new(std::env::current_exe().expect("this program")).arg("--write").status();
        assert!(writer.is_ok_and(|status| status.success()), "the workbook is written");
    }
    let (pack, problems) = PackBuilder::default().shipped().build();
    assert!(problems.is_empty(), "the shipped pack is in order");
    let (inputs, _) = discover(
        &[path.display().to_string()],
        &DiscoverOptions { respect_ignore_files: false, ..DiscoverOptions::default() },
    );
    let check = || {
        let day = NaiveDate::from_ymd_opt(2026, 11, 22).expect("a day");
        let engine = Engine::new(&pack, &AsWritten, RunOptions::new(day));
        let mut findings = 0;
        let totals = engine.run(&inputs, &Count, &|_| {}, &mut |_| findings += 1);
        assert_eq!(totals.records.values().sum::<usize>(), rows as usize, "every row is a shop");
        findings
    };
    let (whole, findings) = timed(check);
    println!(
        "{rows} rows x {} columns, whole pack: {whole:.2?} ({findings} findings), at most {} MB",
        COLUMNS.len(),
        peak()
    );
    let (own, cells) = timed(|| read(&path));
    let (other, same) = timed(|| read_by_calamine(&path));
    assert_eq!(cells, same, "both readers see the same cells");
    let ratio = own.as_secs_f64() / other.as_secs_f64();
    println!("  {cells} cells read alone: {own:.2?}; by calamine: {other:.2?}, so {ratio:.2} of its time");
}
