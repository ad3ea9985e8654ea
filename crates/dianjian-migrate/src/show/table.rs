//! A plan as a table, one shop a row, for spreadsheets.

use dianjian_base::lang::Lang;

use super::PlanView;
use super::pieces::{change_line, outcome_word};

/// Marks the file as UTF-8: without it Excel reads Chinese in the system's encoding.
const BOM: char = '\u{feff}';

const COLUMNS: usize = 20;

/// The headings of the columns, Chinese and English.
const HEADINGS: [(&str, &str); COLUMNS] = [
    ("店铺", "shop"),
    ("文件", "file"),
    ("行", "line"),
    ("原体系", "from"),
    ("新体系", "to"),
    ("结果", "outcome"),
    ("原名", "old name"),
    ("新名", "new name"),
    ("改名", "renamed"),
    ("修改", "changes"),
    ("已缴（元）", "paid (yuan)"),
    ("应缴（元）", "due (yuan)"),
    ("补缴（元）", "to pay (yuan)"),
    ("可退（元）", "refundable (yuan)"),
    ("计划日", "planned for"),
    ("期限", "last day"),
    ("已过期", "overdue"),
    ("赶不上期限", "late"),
    ("任务", "tasks"),
    ("原因", "why"),
];

/// The table, with CRLF after its rows as in RFC 4180.
pub fn csv(view: &PlanView<'_>, lang: Lang) -> String {
    let mut out = String::from(BOM);
    line(&mut out, headings(lang).into_iter());
    rows(view, lang).for_each(|cells| line(&mut out, cells.into_iter()));
    out
}

/// The headings of the columns.
pub(super) fn headings(lang: Lang) -> [String; COLUMNS] {
    HEADINGS.map(|(zh, en)| lang.pick(zh, en).to_owned())
}

/// The cells of each shop.
pub(super) fn rows(view: &PlanView<'_>, lang: Lang) -> impl Iterator<Item = [String; COLUMNS]> {
    view.shops.iter().map(move |shop| {
        let changes = shop.changes.iter().map(|one| change_line(one, lang));
        let yes_or_no = |holds: bool| if holds { lang.pick("是", "yes") } else { lang.pick("否", "no") }.to_owned();
        let date = |day: Option<chrono::NaiveDate>| day.map(|day| day.to_string()).unwrap_or_default();
        [
            shop.key.clone(),
            shop.file.clone(),
            shop.line.to_string(),
            shop.from.clone(),
            shop.to.clone(),
            outcome_word(shop.outcome, lang).to_owned(),
            shop.name.old.clone(),
            shop.name.picked.clone().unwrap_or_default(),
            yes_or_no(shop.name.picked.as_ref() != Some(&shop.name.old)),
            changes.collect::<Vec<_>>().join("; "),
            money(shop.deposit.paid),
            money(shop.deposit.due),
            money(shop.deposit.top_up),
            money(shop.deposit.refundable),
            date(shop.day),
            date(shop.deadline),
            yes_or_no(shop.overdue),
            yes_or_no(shop.late),
            shop.tasks.join(" "),
            shop.why.get(lang).to_owned(),
        ]
    })
}

/// Yuan with two decimals and no currency sign, which spreadsheet programs read as a number.
fn money(fen: Option<i64>) -> String {
    let yuan = |fen: i64| {
        let (sign, amount) = (if fen < 0 { "-" } else { "" }, fen.unsigned_abs());
        format!("{sign}{}.{:02}", amount / 100, amount % 100)
    };
    fen.map(yuan).unwrap_or_default()
}

fn line(out: &mut String, cells: impl Iterator<Item = String>) {
    for (at, cell) in cells.enumerate() {
        if at > 0 {
            out.push(',');
        }
        out.push_str(&quoted(&harmless(cell)));
    }
    out.push_str("\r\n");
}

/// Marks a text as text if spreadsheet programs would run it as a formula.
fn harmless(cell: String) -> String {
    let runs = cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']);
    let is_number = cell.parse::<f64>().is_ok();
    if runs && !is_number { format!("'{cell}") } else { cell }
}

fn quoted(cell: &str) -> String {
    if cell.contains([',', '"', '\n', '\r', '\'']) || cell.starts_with(' ') || cell.ends_with(' ') {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_texts_and_numbers_stay() {
        for (cell, written) in [
            ("=HYPERLINK(\"http://x\")", "\"'=HYPERLINK(\"\"http://x\"\")\""),
            ("+86 138", "\"'+86 138\""),
            ("-1+cmd|' /C calc'!A0", "\"'-1+cmd|' /C calc'!A0\""),
            ("@SUM(A1)", "\"'@SUM(A1)\""),
            ("\tx", "\"'\tx\""),
            ("-5.00", "-5.00"),
            ("云山,茶", "\"云山,茶\""),
            ("云山", "云山"),
        ] {
            assert_eq!(quoted(&harmless(cell.to_owned())), written);
        }
        assert_eq!(
            (money(Some(-505)), money(Some(500_000)), money(None)),
            ("-5.05".into(), "5000.00".into(), String::new())
        );
    }
}
