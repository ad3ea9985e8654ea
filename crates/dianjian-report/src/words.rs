//! The words that reports share, in both languages.

use std::fmt::Write as _;

use dianjian_base::lang::Lang;
use dianjian_document::edit::Applicability;
use dianjian_document::source::SourceFile;
use dianjian_engine::finding::{Problem, RuleInfo, Summary};
use dianjian_media::CodeDisplay;
use dianjian_rules::language::{Confidence, Evidence, Period, Severity, SourceClass};

use super::safe::one_line;

/// The code under which problems are shown.
pub const PROBLEM: &str = "problem";

/// One of two texts.
pub const fn say<'a>(lang: Lang, zh: &'a str, en: &'a str) -> &'a str {
    match lang {
        Lang::Zh => zh,
        Lang::En => en,
    }
}

/// The keyword that tools look for, the same in both languages.
pub const fn keyword(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "info",
    }
}

/// A severity as readers see it.
pub const fn severity(lang: Lang, severity: Severity) -> &'static str {
    match severity {
        Severity::Error => say(lang, "错误", "error"),
        Severity::Warning => say(lang, "警告", "warning"),
        Severity::Info => say(lang, "提示", "info"),
    }
}

/// A confidence as readers see it.
pub const fn confidence(lang: Lang, confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::High => say(lang, "高", "high"),
        Confidence::Medium => say(lang, "中", "medium"),
        Confidence::Low => say(lang, "低", "low"),
    }
}

/// A class of sources as readers see it.
pub const fn source_class(lang: Lang, class: SourceClass) -> &'static str {
    match class {
        SourceClass::Own => say(lang, "自有判断", "own judgement"),
        SourceClass::Seed => say(lang, "起始文章", "seed"),
        SourceClass::Secondary => say(lang, "报道", "article"),
        SourceClass::Sdk => say(lang, "公开 SDK", "public SDK"),
        SourceClass::Repost => say(lang, "官方文本转载", "repost"),
        SourceClass::Official => say(lang, "官方", "official"),
        SourceClass::Standard => say(lang, "国家标准或法规", "standard"),
    }
}

/// How far a fix can be trusted, as readers see it.
pub const fn applicability(lang: Lang, applicability: Applicability) -> &'static str {
    match applicability {
        Applicability::Safe => say(lang, "--fix", "--fix"),
        Applicability::Unsafe => say(lang, "--fix=unsafe，须核对", "--fix=unsafe, to be reviewed"),
        Applicability::Manual => say(lang, "需人工处理", "by hand"),
    }
}

/// What a fix does, and how it is applied.
pub(super) fn fix(lang: Lang, title: &str, applicability: Applicability) -> String {
    let how = self::applicability(lang, applicability);
    match lang {
        Lang::Zh => format!("{title}（{how}）"),
        Lang::En => format!("{title} ({how})"),
    }
}

/// `自 2024-08-25 起` and so on; nothing for a rule without dates.
pub fn period(lang: Lang, period: Period) -> Option<String> {
    Some(match (lang, period.from, period.until) {
        (_, None, None) => return None,
        (Lang::Zh, Some(from), None) => format!("自 {from} 起"),
        (Lang::Zh, None, Some(until)) => format!("至 {until} 前"),
        (Lang::Zh, Some(from), Some(until)) => format!("自 {from} 起，至 {until} 前"),
        (Lang::En, Some(from), None) => format!("since {from}"),
        (Lang::En, None, Some(until)) => format!("before {until}"),
        (Lang::En, Some(from), Some(until)) => format!("from {from} until before {until}"),
    })
}

/// The evidence to name where there is room for one: the surest, of these the most official.
pub fn best_evidence(rule: &RuleInfo) -> Option<&Evidence> {
    // `max_by_key` takes the last of equals; the rule's author put the best first.
    rule.evidence.iter().rev().max_by_key(|evidence| (evidence.confidence, evidence.source))
}

/// `官方 store.weixin.qq.com/…（2024-08-20）`
pub fn evidence(lang: Lang, evidence: &Evidence) -> String {
    let mut out = format!("{} {}", source_class(lang, evidence.source), evidence.r#ref);
    if let Some(dated) = evidence.dated {
        let _ = match lang {
            Lang::Zh => write!(out, "（{dated}）"),
            Lang::En => write!(out, " ({dated})"),
        };
    }
    out
}

/// `依据` in one line: source, confidence, since when.
pub fn authority(lang: Lang, rule: &RuleInfo) -> String {
    let mut parts = Vec::with_capacity(4);
    if let Some(best) = best_evidence(rule) {
        parts.push(evidence(lang, best));
    }
    let sure = confidence(lang, rule.confidence());
    parts.push(match lang {
        Lang::Zh => format!("可信度：{sure}"),
        Lang::En => format!("confidence {sure}"),
    });
    parts.extend(period(lang, rule.effective));
    parts.join(say(lang, " · ", ", "))
}

/// `wall.png，右下，宽占画面 20%，1080×1920 中 (800, 1500) 起 216×216 像素`: which picture, and where in it the code
/// is; what the message says already is not said again.
pub fn picture(lang: Lang, shown: &CodeDisplay, message: &str) -> String {
    let (looked, bounds) = (&shown.scan, shown.bounds());
    let mut parts = vec![shown.file.clone()];
    let told = [Some(shown.place().get(lang).to_owned()), shown.time()];
    parts.extend(told.into_iter().flatten().filter(|told| !message.contains(told.as_str())));
    let (left, top) = (bounds.left.round(), bounds.top.round());
    let (width, height) = (bounds.width.round(), bounds.height.round());
    parts.push(match lang {
        Lang::Zh => format!("{}×{} 中 ({left}, {top}) 起 {width}×{height} 像素", looked.width, looked.height),
        Lang::En => format!("{width}x{height} pixels at {left},{top} of {}x{}", looked.width, looked.height),
    });
    parts.join(say(lang, "，", ", "))
}

/// `3 errors`, `3 个错误`
pub fn count(lang: Lang, number: usize, zh: &str, en: &str) -> String {
    match lang {
        Lang::Zh => format!("{number} {zh}"),
        Lang::En if number == 1 => format!("1 {en}"),
        Lang::En => format!("{number} {en}s"),
    }
}

/// `12 records (LiveRoom 2, Shop 10)`
pub fn records(lang: Lang, summary: &Summary) -> String {
    let mut out = count(lang, summary.records.values().sum(), "条记录", "record");
    if summary.records.len() > 1 {
        let kinds: Vec<String> = summary.records.iter().map(|(kind, number)| format!("{kind} {number}")).collect();
        let kinds = kinds.join(say(lang, "、", ", "));
        let _ = match lang {
            Lang::Zh => write!(out, "（{kinds}）"),
            Lang::En => write!(out, " ({kinds})"),
        };
    }
    out
}

/// What else is worth knowing at the end: what can be mended, what was not counted.
pub fn notes(lang: Lang, summary: &Summary) -> Vec<String> {
    let (safe, not_safe) = summary.fixable;
    let said = [
        (safe, "处可用 dianjian check --fix 修复", "fixable with dianjian check --fix"),
        (not_safe, "处可用 dianjian check --fix=unsafe 修复", "fixable with dianjian check --fix=unsafe"),
        (summary.suppressed, "处已按注释或配置忽略", "suppressed"),
        (summary.baselined, "处在基线内", "in the baseline"),
        (
            summary.stale,
            "条基线记录已不再出现，可用 --update-baseline 去掉",
            "in the baseline no longer occur: --update-baseline drops them",
        ),
    ];
    let said = said.iter().filter(|(number, ..)| *number > 0);
    let mut notes: Vec<String> = said.map(|(number, zh, en)| format!("{number} {}", say(lang, zh, en))).collect();
    if summary.addresses > 0 {
        let pictures = count(lang, summary.addresses, "张图片是网址", "picture");
        notes.push(format!("{pictures}{}", say(lang, "，没有检查画面", " named by address not looked at")));
    }
    if summary.nothing_to_check > 0 {
        let answers = count(lang, summary.nothing_to_check, "份平台接口数据里没有要检查的内容", "answer");
        notes.push(format!("{answers}{}", say(lang, "", " of the platform with nothing to check")));
    }
    notes
}

/// Where in its file a place is: `12:5` for line and column, `店铺!B7` in a workbook.
pub(super) fn spot(source: &SourceFile, offset: u32) -> String {
    source.cell(offset).map_or_else(
        || {
            let start = source.position(offset);
            format!("{}:{}", start.line, start.column)
        },
        |cell| one_line(&cell.to_string()).into_owned(),
    )
}

/// Where a place is: `shops.csv:12:5`, `shops.xlsx · 店铺!B7`.
pub(super) fn place(source: &SourceFile, offset: u32) -> String {
    let between = if source.is_sheet() { " · " } else { ":" };
    format!("{}{between}{}", one_line(source.name()), spot(source, offset))
}

/// What is wrong, with the place in a workbook before it.
pub(super) fn problem(lang: Lang, problem: &Problem) -> String {
    let message = problem.message.get(lang).to_owned();
    match (&problem.place, &problem.sheet) {
        (Some((source, span)), _) => in_cell(source, span.start, message),
        (None, Some(sheet)) => format!("{sheet}: {message}"),
        (None, None) => message,
    }
}

/// A message with the cell before it, for those who know of places nothing but lines: `店铺!B7: …`.
pub(super) fn in_cell(source: &SourceFile, offset: u32, message: String) -> String {
    match source.cell(offset) {
        Some(cell) => format!("{cell}: {message}"),
        None => message,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_agree_with_their_words() {
        assert_eq!(count(Lang::En, 1, "个错误", "error"), "1 error");
        assert_eq!(count(Lang::En, 0, "个错误", "error"), "0 errors");
        assert_eq!(count(Lang::Zh, 2, "个错误", "error"), "2 个错误");
    }
}
