//! Which numbers are days and times: the formats of cells.

use std::collections::HashMap;

use quick_xml::events::Event;

use super::archive::Archive;
use super::error::{Counted, WorkbookError};
use super::number::Shown;
use super::xml::{Xml, attribute, text_attribute};

/// Formats that are held; Excel allows 65,490.
const MAX_FORMATS: usize = 200_000;

/// What the styles of cells make of numbers.
#[derive(Debug, Default)]
pub(super) struct Styles(Vec<Shown>);

impl Styles {
    pub fn read(archive: &mut Archive, part: usize) -> Result<Self, WorkbookError> {
        let mut xml = Xml::new(archive, part, true)?;
        let mut codes: HashMap<u32, Shown> = HashMap::new();
        let mut styles = Vec::new();
        let mut in_cells = false;
        loop {
            match xml.next()? {
                Event::Start(tag) => match tag.local_name().into_inner() {
                    "numFmt" => {
                        let id = attribute(&tag, "numFmtId").and_then(|id| id.parse().ok());
                        if let (Some(id), Some(code)) = (id, text_attribute(&tag, "formatCode")) {
                            codes.insert(id, of_code(&code));
                        }
                    }
                    "cellXfs" => in_cells = true,
                    "xf" if in_cells => {
                        let id = attribute(&tag, "numFmtId").and_then(|id| id.parse().ok()).unwrap_or(0);
                        styles.push(codes.get(&id).copied().unwrap_or_else(|| of_number(id)));
                    }
                    _ => {}
                },
                Event::End(tag) if tag.local_name().into_inner() == "cellXfs" => in_cells = false,
                Event::Eof => return Ok(Self(styles)),
                _ => {}
            }
            if styles.len() + codes.len() > MAX_FORMATS {
                return Err(WorkbookError::too_many(Counted::Formats, MAX_FORMATS as u64));
            }
        }
    }

    /// What a style makes of numbers.
    pub fn get(&self, style: usize) -> Shown {
        self.0.get(style).copied().unwrap_or_default()
    }
}

/// The formats that have a number and no code; from 27 on those of Chinese versions.
const fn of_number(id: u32) -> Shown {
    match id {
        14..=17 | 27..=31 | 36 | 50..=54 | 57 | 58 => Shown::Date,
        18..=21 | 32..=35 | 45 | 47 | 55 | 56 => Shown::Time,
        22 => Shown::DateTime,
        46 => Shown::Elapsed,
        9 | 10 => Shown::Percent,
        _ => Shown::Plain,
    }
}

/// What a format's code makes of numbers: of its first section, as that is the one for those above zero.
fn of_code(code: &str) -> Shown {
    let section = bare(code);
    if section.elapsed {
        return Shown::Elapsed;
    }
    let text = section.text.to_ascii_lowercase();
    let zeros = text.bytes().filter(|&byte| byte == b'0').count();
    if zeros == text.len() && (2..=18).contains(&zeros) {
        return Shown::Padded(zeros as u8);
    }
    if text.contains("general") || text.contains("通用格式") {
        return Shown::Plain;
    }
    if text.contains('%') {
        return Shown::Percent;
    }
    // `E+` is of numbers; `e` alone is a year.
    let text = text.replace("e+", "").replace("e-", "");
    let time = text.contains(['h', 's', '时', '時', '秒']);
    let has_month = text.contains('m') && !time;
    let date = text.contains(['y', 'd', 'e', '年', '月', '日']) || has_month;
    match (date, time) {
        (true, true) => Shown::DateTime,
        (true, false) => Shown::Date,
        (false, true) => Shown::Time,
        (false, false) => Shown::Plain,
    }
}

struct Section {
    /// Without quoted texts, escapes, conditions and AM/PM.
    text: String,
    /// Does it count hours, minutes or seconds beyond a day?
    elapsed: bool,
}

fn bare(code: &str) -> Section {
    let mut section = Section { text: String::new(), elapsed: false };
    let mut chars = code.chars();
    while let Some(c) = chars.next() {
        match c {
            ';' => break,
            '"' => drop(chars.by_ref().find(|&c| c == '"')),
            '\\' | '_' | '*' => drop(chars.next()),
            '[' => {
                let inner: String = chars.by_ref().take_while(|&c| c != ']').collect();
                let unit = inner.to_ascii_lowercase();
                section.elapsed |=
                    !unit.is_empty() && ["h", "m", "s"].iter().any(|&of| unit.replace(of, "").is_empty());
            }
            c => section.text.push(c),
        }
    }
    for half in ["AM/PM", "am/pm", "A/P", "a/p", "上午/下午"] {
        section.text = section.text.replace(half, "");
    }
    section
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_tell_days_from_numbers() {
        for (code, shown) in [
            ("General", Shown::Plain),
            ("G/通用格式", Shown::Plain),
            ("0.00", Shown::Plain),
            ("#,##0.00_);[Red]\\(#,##0.00\\)", Shown::Plain),
            ("0.00E+00", Shown::Plain),
            ("0%", Shown::Percent),
            ("\"¥\"#,##0.00", Shown::Plain),
            ("0\"元/日%\"", Shown::Plain),
            ("@", Shown::Plain),
            ("000000", Shown::Padded(6)),
            ("0", Shown::Plain),
            ("yyyy-mm-dd", Shown::Date),
            ("yyyy\"年\"m\"月\"d\"日\";@", Shown::Date),
            ("[$-804]yyyy年m月d日", Shown::Date),
            ("mmm", Shown::Date),
            ("hh:mm:ss", Shown::Time),
            ("[$-F400]h:mm:ss AM/PM", Shown::Time),
            ("上午/下午h\"时\"mm\"分\"", Shown::Time),
            ("yyyy/m/d h:mm", Shown::DateTime),
            ("[h]:mm:ss", Shown::Elapsed),
            ("[mm]:ss", Shown::Elapsed),
            ("[Blue]0.0", Shown::Plain),
        ] {
            assert_eq!(of_code(code), shown, "{code}");
        }
    }
}
