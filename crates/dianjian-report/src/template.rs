//! Empty tables for filling in.

use dianjian_base::lang::Lang;
use dianjian_rules::record::{EXAMPLE_ID, EXAMPLE_TEXT, FieldType, TemplateColumn};
use rust_xlsxwriter::{Color, DataValidation, DocProperties, ExcelDateTime, Format, Note, Workbook, XlsxError};

/// Rows below the headings that have drop-downs.
const ROWS: u32 = 10_000;

/// What a spreadsheet program takes as one list of choices, in characters.
const MAX_CHOICES: usize = 255;

/// The example below the headings: a value for what a record is known by and for what it must have.
pub fn example(columns: &[TemplateColumn<'_>], lang: Lang) -> Vec<String> {
    let cell = |column: &TemplateColumn<'_>| {
        let field = column.field;
        let is_name = matches!(field.path.as_str(), "id" | "name" | "title" | "shop");
        if !(field.required || is_name) {
            return String::new();
        }
        match field.ty {
            FieldType::Enum | FieldType::Bool => {
                column.choices.iter().max_by_key(|choice| is_current(choice)).cloned().unwrap_or_default()
            }
            FieldType::Id | FieldType::Reference => lang.pick(EXAMPLE_ID.0, EXAMPLE_ID.1).to_owned(),
            FieldType::Number | FieldType::Integer | FieldType::Money => "1".to_owned(),
            FieldType::Date | FieldType::Datetime => "2026-01-01".to_owned(),
            _ => lang.pick(EXAMPLE_TEXT.0, EXAMPLE_TEXT.1).to_owned(),
        }
    };
    columns.iter().map(cell).collect()
}

/// Whether a choice is the platform's present system, which most shops have.
fn is_current(choice: &str) -> bool {
    choice.contains("2024")
}

/// The heading with the mark of what must be filled in.
fn heading(column: &TemplateColumn<'_>, lang: Lang) -> String {
    let mark = if column.field.required { lang.pick("（必填）", " (required)") } else { "" };
    format!("{}{mark}", column.heading)
}

/// The table as CSV, with a byte-order mark: without one spreadsheet programs take it for another encoding.
pub fn csv(columns: &[TemplateColumn<'_>], lang: Lang) -> String {
    let quoted = |text: &str| match text.contains([',', '"', '\n']) {
        true => format!("\"{}\"", text.replace('"', "\"\"")),
        false => text.to_owned(),
    };
    let line = |cells: Vec<String>| cells.iter().map(|cell| quoted(cell)).collect::<Vec<_>>().join(",");
    let headings = columns.iter().map(|column| heading(column, lang)).collect();
    format!("\u{feff}{}\r\n{}\r\n", line(headings), line(example(columns, lang)))
}

/// The table as a workbook: headings with notes, drop-downs, and an example row.
///
/// # Errors
/// The workbook cannot be made.
pub fn workbook(columns: &[TemplateColumn<'_>], sheet_name: &str, lang: Lang) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    // The library's default is the current time, which would make each file different.
    let day = ExcelDateTime::from_ymd(2024, 8, 25)?;
    book.set_properties(&DocProperties::new().set_creation_datetime(&day));
    let head = Format::new().set_bold().set_background_color(Color::RGB(0x00DD_E8F7));
    let required = Format::new().set_bold().set_background_color(Color::RGB(0x00FF_E0B2));
    let (text, faint) =
        (Format::new().set_num_format("@"), Format::new().set_num_format("@").set_font_color(Color::Gray));
    let sheet = book.add_worksheet();
    sheet.set_name(sheet_name)?;
    sheet.set_freeze_panes(1, 0)?;
    let samples = example(columns, lang);
    for (number, (column, sample)) in columns.iter().zip(samples).enumerate() {
        let at = u16::try_from(number).unwrap_or(u16::MAX);
        let is_text =
            matches!(column.field.ty, FieldType::Text | FieldType::Id | FieldType::LicenceCode | FieldType::Reference);
        let title = heading(column, lang);
        // Han characters take two columns.
        let columns_wide = title.chars().map(|c| if c.is_ascii() { 1.0 } else { 2.0 }).sum::<f64>();
        if is_text {
            // Long numbers keep their digits as texts only.
            sheet.set_column_format(at, &text)?;
        }
        sheet.set_column_width(at, columns_wide.clamp(10.0, 40.0) + 2.0)?;
        sheet.write_string_with_format(0, at, &title, if column.field.required { &required } else { &head })?;
        sheet.insert_note(0, at, &Note::new(note(column, lang)).add_author_prefix(false))?;
        if !sample.is_empty() {
            sheet.write_string_with_format(1, at, &sample, &faint)?;
        }
        let choices: Vec<&str> = column.choices.iter().map(String::as_str).collect();
        let length = choices.iter().map(|choice| choice.chars().count() + 1).sum::<usize>();
        if !choices.is_empty() && length <= MAX_CHOICES && column.field.ty != FieldType::List {
            sheet.add_data_validation(1, at, ROWS, at, &DataValidation::new().allow_list_strings(&choices)?)?;
        }
    }
    book.save_to_buffer()
}

/// What a column holds, for the note at its heading.
fn note(column: &TemplateColumn<'_>, lang: Lang) -> String {
    let field = column.field;
    let mut parts = vec![field.title.get(lang).to_owned()];
    parts.extend(field.required.then(|| lang.pick("必填", "required").to_owned()));
    parts.extend(field.doc.as_ref().map(|doc| doc.get(lang).to_owned()));
    let form = match field.ty {
        FieldType::Date => lang.pick("日期：2026-01-01", "a date: 2026-01-01"),
        FieldType::Datetime => lang.pick("日期和时间：2026-01-01 20:00", "date and time: 2026-01-01 20:00"),
        FieldType::Money => lang.pick("金额，单位元", "an amount in yuan"),
        FieldType::List => lang.pick("多项用顿号或分号隔开", "several values are separated by semicolons"),
        FieldType::Asset => lang.pick("图片或视频的路径", "the path of a picture or video"),
        FieldType::Script => lang.pick("文本文件的路径", "the path of a text file"),
        _ => "",
    };
    parts.extend((!form.is_empty()).then(|| form.to_owned()));
    if !column.choices.is_empty() {
        parts.push(format!("{}{}", lang.pick("可用的值：", "one of: "), column.choices.join(lang.pick("、", ", "))));
    }
    parts.join("\n")
}
