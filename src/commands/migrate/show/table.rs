//! A plan as a table, one shop a row, for spreadsheets.

use dianjian_base::lang::Lang;

use super::PlanView;
use super::pieces::{change, say};
use crate::commands::migrate::summary::outcome_word;

/// Marks the text as UTF-8, without which spreadsheet programs take Chinese for something else.
const BOM: char = '\u{feff}';

/// The table, with CRLF between its rows as RFC 4180 has it.
pub fn csv(view: &PlanView<'_>, lang: Lang) -> String {
    let heads = [
        say(lang, "店铺", "shop"),
        say(lang, "文件", "file"),
        say(lang, "行", "line"),
        say(lang, "原体系", "from"),
        say(lang, "新体系", "to"),
        say(lang, "结果", "outcome"),
        say(lang, "原名", "old name"),
        say(lang, "新名", "new name"),
        say(lang, "修改", "changes"),
        say(lang, "已缴（元）", "paid (yuan)"),
        say(lang, "应缴（元）", "due (yuan)"),
        say(lang, "补缴（元）", "to pay (yuan)"),
        say(lang, "可退（元）", "refundable (yuan)"),
        say(lang, "计划日", "planned for"),
        say(lang, "期限", "last day"),
        say(lang, "已过期", "overdue"),
        say(lang, "任务", "tasks"),
        say(lang, "原因", "why"),
    ];
    let mut out = String::from(BOM);
    line(&mut out, heads.iter().map(|head| (*head).to_owned()));
    for shop in &view.shops {
        let changes: Vec<String> = shop
            .changes
            .iter()
            .map(|one| {
                let (before, after) = change(one, lang);
                format!("{}: {before} → {after}", one.field)
            })
            .collect();
        let date = |day: Option<chrono::NaiveDate>| day.map(|day| day.to_string()).unwrap_or_default();
        let cells = [
            shop.key.clone(),
            shop.file.clone(),
            shop.line.to_string(),
            shop.from.clone(),
            shop.to.clone(),
            outcome_word(shop.outcome, lang).2.to_owned(),
            shop.name.old.clone(),
            shop.name.picked.clone().unwrap_or_default(),
            changes.join("; "),
            money(shop.deposit.paid),
            money(shop.deposit.due),
            money(shop.deposit.top_up),
            money(shop.deposit.refundable),
            date(shop.day),
            date(shop.deadline),
            say(lang, if shop.overdue { "是" } else { "否" }, if shop.overdue { "yes" } else { "no" }).to_owned(),
            shop.tasks.join(" "),
            shop.why.get(lang).to_owned(),
        ];
        line(&mut out, cells.into_iter());
    }
    out
}

/// Yuan with two places, as spreadsheets reckon with.
fn money(fen: Option<i64>) -> String {
    fen.map(|fen| {
        format!("{}{}.{:02}", if fen < 0 { "-" } else { "" }, fen.unsigned_abs() / 100, fen.unsigned_abs() % 100)
    })
    .unwrap_or_default()
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

/// A text that spreadsheet programs would run as a formula is marked as text.
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
