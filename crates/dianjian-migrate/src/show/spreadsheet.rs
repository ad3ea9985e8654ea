//! A plan as a workbook: a sheet with one shop a row, as the table has it, and a sheet with the tasks.

use dianjian_base::lang::Lang;
use rust_xlsxwriter::{Color, DocProperties, ExcelDateTime, Format, Workbook, Worksheet, XlsxError};

use super::PlanView;
use super::pieces::{late_mark, some_shops, tasks};
use super::table::{headings, rows};

/// Characters that a cell can hold.
const MOST_CHARS: usize = 32_767;

/// Columns of the shops' sheet that are numbers: the amounts.
const AMOUNTS: std::ops::Range<usize> = 10..14;

/// The workbook.
///
/// # Errors
/// The plan has more shops than a sheet has rows.
pub fn xlsx(view: &PlanView<'_>, lang: Lang) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    // The library's default is the current time, which would make each file different.
    let day = ExcelDateTime::from_ymd(2024, 8, 25)?;
    book.set_properties(&DocProperties::new().set_author("dianjian").set_creation_datetime(&day));
    let head = Format::new().set_bold().set_background_color(Color::RGB(0x00DD_E8F7));
    let sheet = book.add_worksheet();
    sheet.set_name(lang.pick("店铺", "shops"))?;
    first_row(sheet, &headings(lang), &head)?;
    for (row, cells) in (1..).zip(rows(view, lang)) {
        for ((at, column), cell) in (0..).zip(0..).zip(&cells) {
            write(sheet, row, column, cell, AMOUNTS.contains(&at))?;
        }
    }
    sheet.set_freeze_panes(1, 1)?;
    let sheet = book.add_worksheet();
    sheet.set_name(lang.pick("任务", "tasks"))?;
    let heads = match lang {
        Lang::Zh => ["任务", "日期", "期限", "做什么", "谁", "哪里", "为什么", "店铺", "之前"],
        Lang::En => ["task", "day", "last day", "what", "who", "where", "why", "shops", "after"],
    };
    first_row(sheet, &heads.map(str::to_owned), &head)?;
    for (row, task) in (1..).zip(tasks(view)) {
        let date = |day: Option<chrono::NaiveDate>| day.map(|day| day.to_string()).unwrap_or_default();
        let cells = [
            task.id.clone(),
            date(task.on),
            date(task.due),
            format!("{}{}", late_mark(task.overdue, task.late, lang), task.title.get(lang)),
            task.who.get(lang).to_owned(),
            task.r#where.get(lang).to_owned(),
            task.why.get(lang).to_owned(),
            some_shops(&task.shops),
            task.after.join(", "),
        ];
        for (column, cell) in (0..).zip(&cells) {
            write(sheet, row, column, cell, false)?;
        }
    }
    sheet.set_freeze_panes(1, 0)?;
    book.save_to_buffer()
}

fn first_row(sheet: &mut Worksheet, headings: &[String], format: &Format) -> Result<(), XlsxError> {
    for (column, heading) in (0..).zip(headings) {
        sheet.write_string_with_format(0, column, heading, format)?;
        sheet.set_column_width(column, 16)?;
    }
    Ok(())
}

/// Writes a cell: an amount as a number, all else as a text, whatever it begins with.
fn write(sheet: &mut Worksheet, row: u32, column: u16, cell: &str, is_amount: bool) -> Result<(), XlsxError> {
    match cell.parse::<f64>() {
        Ok(amount) if is_amount => sheet.write_number(row, column, amount)?,
        _ if cell.is_empty() => return Ok(()),
        _ => sheet.write_string(row, column, cell.chars().take(MOST_CHARS).collect::<String>())?,
    };
    Ok(())
}
