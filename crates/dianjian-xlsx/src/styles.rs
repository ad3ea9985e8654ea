//! Cell formats: which numbers are dates, times, percentages or padded codes.

use std::collections::HashMap;

use quick_xml::events::Event;

use super::error::{WorkbookError, WorkbookLimit};
use super::number_format::NumberFormat;
use dianjian_package::Package;
use dianjian_package::{Xml, attribute, text_attribute};

/// The most formats; Excel allows 65,490.
const MAX_FORMATS: usize = 200_000;

/// How the styles of cells display numbers, by index.
#[derive(Debug, Default)]
pub(crate) struct CellStyles(Vec<NumberFormat>);

impl CellStyles {
    pub(crate) fn read(package: &mut Package, part: usize) -> Result<Self, WorkbookError> {
        let mut xml = Xml::new(package, part, true)?;
        let mut codes: HashMap<u32, NumberFormat> = HashMap::new();
        let mut styles = Vec::new();
        let mut in_cells = false;
        loop {
            match xml.next()? {
                Event::Start(tag) => match tag.local_name().into_inner() {
                    "numFmt" => {
                        let id = attribute(&tag, "numFmtId").and_then(|id| id.parse().ok());
                        if let (Some(id), Some(code)) = (id, text_attribute(&tag, "formatCode")) {
                            codes.insert(id, parse_code(&code));
                        }
                    }
                    "cellXfs" => in_cells = true,
                    "xf" if in_cells => {
                        let id = attribute(&tag, "numFmtId").and_then(|id| id.parse().ok()).unwrap_or(0);
                        styles.push(codes.get(&id).copied().unwrap_or_else(|| built_in(id)));
                    }
                    _ => {}
                },
                Event::End(tag) if tag.local_name().into_inner() == "cellXfs" => in_cells = false,
                Event::Eof => return Ok(Self(styles)),
                _ => {}
            }
            if styles.len() + codes.len() > MAX_FORMATS {
                return Err(WorkbookError::limit_exceeded(WorkbookLimit::Formats, MAX_FORMATS as u64));
            }
        }
    }

    /// How a style displays numbers.
    pub(crate) fn get(&self, style: usize) -> NumberFormat {
        self.0.get(style).copied().unwrap_or_default()
    }
}

/// The built-in formats, which have an id and no code; those from 27 on are of Chinese versions of Excel.
const fn built_in(id: u32) -> NumberFormat {
    match id {
        14..=17 | 27..=31 | 36 | 50..=54 | 57 | 58 => NumberFormat::Date,
        18..=21 | 32..=35 | 45 | 47 | 55 | 56 => NumberFormat::Time,
        22 => NumberFormat::DateTime,
        46 => NumberFormat::Elapsed,
        9 | 10 => NumberFormat::Percent,
        _ => NumberFormat::Plain,
    }
}

/// How a format code displays numbers, by its first section: the one for positive numbers.
fn parse_code(code: &str) -> NumberFormat {
    let (section, is_elapsed) = first_section(code);
    if is_elapsed {
        return NumberFormat::Elapsed;
    }
    let text = section.to_ascii_lowercase();
    let zeros = text.bytes().filter(|&byte| byte == b'0').count();
    if zeros == text.len() && (2..=18).contains(&zeros) {
        return NumberFormat::Padded(zeros as u8);
    }
    if text.contains("general") || text.contains("通用格式") {
        return NumberFormat::Plain;
    }
    if text.contains('%') {
        return NumberFormat::Percent;
    }
    // `E+` is scientific notation; `e` alone is a year.
    let text = text.replace("e+", "").replace("e-", "");
    let time = text.contains(['h', 's', '时', '時', '秒']);
    let has_month = text.contains('m') && !time;
    let date = text.contains(['y', 'd', 'e', '年', '月', '日']) || has_month;
    match (date, time) {
        (true, true) => NumberFormat::DateTime,
        (true, false) => NumberFormat::Date,
        (false, true) => NumberFormat::Time,
        (false, false) => NumberFormat::Plain,
    }
}

/// The first section of a format code, without quoted texts, escapes, conditions and AM/PM; and whether it shows hours,
/// minutes or seconds beyond a day, as `[h]`.
fn first_section(code: &str) -> (String, bool) {
    let (mut section, mut is_elapsed) = (String::new(), false);
    let mut chars = code.chars();
    while let Some(c) = chars.next() {
        match c {
            ';' => break,
            '"' => drop(chars.by_ref().find(|&c| c == '"')),
            '\\' | '_' | '*' => drop(chars.next()),
            '[' => {
                let inner: String = chars.by_ref().take_while(|&c| c != ']').collect();
                let unit = inner.to_ascii_lowercase();
                is_elapsed |= !unit.is_empty() && ["h", "m", "s"].iter().any(|&of| unit.replace(of, "").is_empty());
            }
            c => section.push(c),
        }
    }
    for half in ["AM/PM", "am/pm", "A/P", "a/p", "上午/下午"] {
        section = section.replace(half, "");
    }
    (section, is_elapsed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_tell_days_from_numbers() {
        for (code, shown) in [
            ("General", NumberFormat::Plain),
            ("G/通用格式", NumberFormat::Plain),
            ("0.00", NumberFormat::Plain),
            ("#,##0.00_);[Red]\\(#,##0.00\\)", NumberFormat::Plain),
            ("0.00E+00", NumberFormat::Plain),
            ("0%", NumberFormat::Percent),
            ("\"¥\"#,##0.00", NumberFormat::Plain),
            ("0\"元/日%\"", NumberFormat::Plain),
            ("@", NumberFormat::Plain),
            ("000000", NumberFormat::Padded(6)),
            ("0", NumberFormat::Plain),
            ("yyyy-mm-dd", NumberFormat::Date),
            ("yyyy\"年\"m\"月\"d\"日\";@", NumberFormat::Date),
            ("[$-804]yyyy年m月d日", NumberFormat::Date),
            ("mmm", NumberFormat::Date),
            ("hh:mm:ss", NumberFormat::Time),
            ("[$-F400]h:mm:ss AM/PM", NumberFormat::Time),
            ("上午/下午h\"时\"mm\"分\"", NumberFormat::Time),
            ("yyyy/m/d h:mm", NumberFormat::DateTime),
            ("[h]:mm:ss", NumberFormat::Elapsed),
            ("[mm]:ss", NumberFormat::Elapsed),
            ("[Blue]0.0", NumberFormat::Plain),
        ] {
            assert_eq!(parse_code(code), shown, "{code}");
        }
    }
}
