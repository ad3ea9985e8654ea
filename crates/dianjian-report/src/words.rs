//! Words and phrases that reports and commands share, in both languages.

use std::fmt::Display;

use chrono::NaiveDate;
use dianjian_base::lang::Lang;
use dianjian_base::text;
use dianjian_document::edit::Applicability;
use dianjian_document::source::{PlaceName, SourceFile};
use dianjian_engine::UnsaidCount;
use dianjian_engine::finding::{Finding, Problem, RuleCount, RuleInfo, Summary, UnsaidField};
use dianjian_engine::ledger::LookedState;
use dianjian_media::SightingDisplay;
use dianjian_rules::language::{Confidence, Evidence, Period, Severity, SourceClass};

use super::RunInfo;
use super::safe::one_line;
use super::unlooked::{outside, unread_text};

/// Stands where findings have the id of their rule.
pub const PROBLEM: &str = "problem";

/// A severity for programs to match on: the same in both languages.
pub const fn keyword(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "info",
    }
}

/// A severity in the language of the reader; for programs there is [`keyword`].
pub fn severity(lang: Lang, severity: Severity) -> &'static str {
    match severity {
        Severity::Error => lang.pick("错误", "error"),
        Severity::Warning => lang.pick("警告", "warning"),
        Severity::Info => lang.pick("提示", "info"),
    }
}

/// A confidence in the language of the reader.
pub fn confidence(lang: Lang, confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::High => lang.pick("高", "high"),
        Confidence::Medium => lang.pick("中", "medium"),
        Confidence::Low => lang.pick("低", "low"),
    }
}

/// What sort of source a piece of evidence comes from.
pub fn source_class(lang: Lang, class: SourceClass) -> &'static str {
    match class {
        SourceClass::Own => lang.pick("自有判断", "own judgement"),
        SourceClass::Inference => lang.pick("推断自", "inferred from"),
        SourceClass::Seed => lang.pick("文章", "article"),
        SourceClass::Secondary => lang.pick("报道", "article"),
        SourceClass::Sdk => lang.pick("公开 SDK", "public SDK"),
        SourceClass::Repost => lang.pick("官方文本转载", "repost"),
        SourceClass::Official => lang.pick("官方", "official"),
        SourceClass::Standard => lang.pick("国家标准或法规", "standard"),
    }
}

/// The flag that applies fixes of this sort.
pub fn applicability(lang: Lang, applicability: Applicability) -> &'static str {
    match applicability {
        Applicability::Safe => lang.pick("--fix", "--fix"),
        Applicability::Unsafe => lang.pick("--fix=unsafe，须核对", "--fix=unsafe, to be reviewed"),
        Applicability::Manual => lang.pick("需人工处理", "by hand"),
    }
}

/// What a fix does, and how it is applied.
pub(super) fn fix(lang: Lang, title: &str, applicability: Applicability) -> String {
    format!("{title}{}", in_brackets(lang, self::applicability(lang, applicability)))
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

/// The evidence to name where there is room for one, of what there was on the day: what an inference was drawn from,
/// else the surest, of these the most official.
pub fn best_evidence(rule: &RuleInfo, day: NaiveDate) -> Option<&Evidence> {
    // `max_by_key` takes the last of equals; the rule's author put the best first.
    let of_day = rule.evidence.iter().rev().filter(|evidence| evidence.counts_on(day));
    of_day.max_by_key(|evidence| (evidence.source == SourceClass::Inference, evidence.confidence, evidence.source))
}

/// Where a source can be read: its address, or its reference if that looks like one.
pub fn address(evidence: &Evidence) -> Option<String> {
    evidence.url.clone().or_else(|| Some(format!("https://{}", bare_address(&evidence.r#ref)?)))
}

/// Where the best source of a rule can be read, of those of the day that can be.
pub fn rule_address(rule: &RuleInfo, day: NaiveDate) -> Option<String> {
    let of_day = rule.evidence.iter().rev().filter(|evidence| evidence.counts_on(day));
    let readable = of_day.filter_map(|evidence| Some((evidence, address(evidence)?)));
    readable.max_by_key(|(evidence, _)| (evidence.confidence, evidence.source)).map(|(_, address)| address)
}

/// The reference, if it looks like a web address; references have no scheme.
fn bare_address(reference: &str) -> Option<&str> {
    let host = reference.split('/').next()?;
    let is_plain = reference.bytes().all(|byte| byte.is_ascii_graphic());
    (is_plain && host.contains('.') && reference.contains('/')).then_some(reference)
}

/// What a reader finds a source by: `官方 关于…的公告 · 微信小店 · 2025-03-25（2025-04-01 起生效）`.
pub fn evidence(lang: Lang, evidence: &Evidence) -> String {
    let name = evidence.title(lang).unwrap_or(&evidence.r#ref);
    let date = match evidence.date {
        Some(date) => Some(date.to_string()),
        // What nobody published has no date to be missed.
        None => evidence.title.as_ref().map(|_| lang.pick("未注明日期", "undated").to_owned()),
    };
    let parts = [Some(name), evidence.publisher.as_deref(), date.as_deref()];
    let name = parts.into_iter().flatten().collect::<Vec<_>>().join(" · ");
    let in_force = |day| {
        let aside = text! { zh: "{day} 起生效", en: "in force since {day}" };
        in_brackets(lang, aside.get(lang))
    };
    let in_force = evidence.in_force.map(in_force).unwrap_or_default();
    format!("{} {name}{in_force}", source_class(lang, evidence.source))
}

/// How far a rule can be trusted on a day, and that it cannot where no source of it is that old.
pub fn confidence_on(lang: Lang, rule: &RuleInfo, day: NaiveDate) -> String {
    let no_source = text! { zh: "{day} 还没有依据", en: "no source of {day} or before" };
    let aside = if rule.has_source_on(day) { String::new() } else { in_brackets(lang, no_source.get(lang)) };
    format!("{}{aside}", confidence(lang, rule.confidence_on(day)))
}

/// How far one source can be trusted, and that it does not count on a day before it.
pub fn evidence_confidence(lang: Lang, evidence: &Evidence, day: NaiveDate) -> String {
    let later = text! { zh: "，晚于 {day}，不计入", en: ", later than {day}: does not count" };
    let later = if evidence.counts_on(day) { "" } else { later.get(lang) };
    format!("{}{}{later}", lang.pick("可信度：", "confidence "), confidence(lang, evidence.confidence))
}

/// On whose authority a rule exists, in one line: source, confidence on the day, since when.
pub fn authority(lang: Lang, rule: &RuleInfo, day: NaiveDate) -> String {
    let best = best_evidence(rule, day).map(|best| evidence(lang, best));
    let sure = format!("{}{}", lang.pick("可信度：", "confidence "), confidence_on(lang, rule, day));
    let parts: Vec<String> = best.into_iter().chain([sure]).chain(period(lang, rule.effective)).collect();
    parts.join(lang.pick(" · ", ", "))
}

/// `wall.png，右下，宽占画面 20%，1080×1920 中 (800, 1500) 起 216×216 像素`: which picture, and where in it the code
/// is, without the parts that are in `message` already.
pub fn picture(lang: Lang, shown: &SightingDisplay, message: &str) -> String {
    let (scan, bounds) = (&shown.scan, shown.bounds());
    let mut parts = vec![shown.file.clone()];
    let details = [Some(shown.place().get(lang).to_owned()), shown.time()];
    parts.extend(details.into_iter().flatten().filter(|detail| !message.contains(detail.as_str())));
    let (left, top) = (bounds.left.round(), bounds.top.round());
    let (width, height) = (bounds.width.round(), bounds.height.round());
    parts.push(match lang {
        Lang::Zh => format!("{}×{} 中 ({left}, {top}) 起 {width}×{height} 像素", scan.width, scan.height),
        Lang::En => format!("{width}x{height} pixels at {left},{top} of {}x{}", scan.width, scan.height),
    });
    parts.join(lang.pick("，", ", "))
}

/// The labelled lines that follow a finding's message, in their order: picture, help, evidence.
pub(super) fn details(lang: Lang, finding: &Finding, message: &str) -> impl Iterator<Item = (&'static str, String)> {
    let shown = finding.picture.as_ref().map(|shown| picture(lang, shown, message));
    let details = [
        (lang.pick("画面：", "picture: "), shown),
        (lang.pick("帮助：", "help: "), finding.help.as_ref().map(|help| help.render(lang))),
        (lang.pick("依据：", "evidence: "), Some(authority(lang, &finding.rule, finding.as_of))),
    ];
    details.into_iter().filter_map(|(label, text)| Some((label, text?)))
}

/// An aside, with the space that English has before it: `（2024-08-20）`, ` (2024-08-20)`.
pub fn in_brackets(lang: Lang, aside: impl Display) -> String {
    match lang {
        Lang::Zh => format!("（{aside}）"),
        Lang::En => format!(" ({aside})"),
    }
}

/// `3 errors`, `3 个错误`
pub fn count(lang: Lang, number: usize, zh: &str, en: &str) -> String {
    match lang {
        Lang::Zh => format!("{number} {zh}"),
        Lang::En => counted(number, en),
    }
}

/// `1 file`, `3 files`, `3 entries`: English only, for messages whose Chinese has other words around the number.
pub fn counted(number: usize, noun: &str) -> String {
    match noun.strip_suffix('y') {
        _ if number == 1 => format!("1 {noun}"),
        Some(stem) => format!("{number} {stem}ies"),
        None => format!("{number} {noun}s"),
    }
}

/// `12 records (LiveRoom 2, Shop 10)`
pub fn records(lang: Lang, summary: &Summary) -> String {
    let mut out = count(lang, summary.records.values().sum(), "条记录", "record");
    if summary.records.len() > 1 {
        let kinds: Vec<String> = summary.records.iter().map(|(kind, number)| format!("{kind} {number}")).collect();
        out.push_str(&in_brackets(lang, kinds.join(lang.pick("、", ", "))));
    }
    out
}

/// `2 problems`, `3 errors`, …: the counts that are not zero, among them those of findings that are not listed.
pub(super) fn counts(lang: Lang, summary: &Summary) -> Vec<String> {
    let counts = [
        (summary.problems, "个无法检查的问题", "problem"),
        (summary.errors, "个错误", "error"),
        (summary.warnings, "个警告", "warning"),
        (summary.infos, "个提示", "info"),
    ];
    let counts = counts.iter().filter(|(number, ..)| *number > 0);
    let counts = counts.map(|(number, zh, en)| count(lang, *number, zh, en));
    counts.chain(not_listed(lang, summary)).collect()
}

/// How many findings the filters of the run keep from the reports.
fn not_listed(lang: Lang, summary: &Summary) -> impl Iterator<Item = String> {
    let counts = [
        (
            summary.hidden,
            "处低于 --min-severity 或 --min-confidence，未列出",
            "below --min-severity or --min-confidence not listed",
        ),
        (summary.elsewhere, "处在没有改动或没有点名的文件里，未列出", "in other files not listed"),
    ];
    let counts = counts.into_iter().filter(|(number, ..)| *number > 0);
    counts.map(move |(number, zh, en)| format!("{number} {}", lang.pick(zh, en)))
}

/// A row of headings, then one a rule: number, severity, fixable, rule with its title. Empty if nobody asked for counts.
pub(super) fn statistics(run: &RunInfo, summary: &Summary) -> Vec<[String; 4]> {
    let lang = run.lang;
    let row = |counted: &RuleCount| {
        let title = run.rule_index(&counted.rule).and_then(|at| run.rules().get(at)).map(|rule| rule.title.get(lang));
        [
            counted.count.to_string(),
            severity(lang, counted.severity).to_owned(),
            counted.fixable.to_string(),
            one_line(&format!("{}  {}", counted.rule, title.unwrap_or_default())).trim_end().to_owned(),
        ]
    };
    let headings = match lang {
        Lang::Zh => ["数量", "级别", "可修复", "规则"],
        Lang::En => ["count", "severity", "fixable", "rule"],
    };
    let rows: Vec<_> = summary.statistics.iter().flatten().map(row).collect();
    if rows.is_empty() { rows } else { [headings.map(str::to_owned)].into_iter().chain(rows).collect() }
}

/// What was looked at: `8 files`, `31 records`, `12 pictures`, `2 files passed over: --list-files`.
pub fn looked_at(lang: Lang, summary: &Summary) -> Vec<String> {
    let ledger = &summary.looked_at;
    let number = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
    let mut parts = vec![count(lang, number(ledger.files.checked), "个文件", "file"), records(lang, summary)];
    if let Some(first) = parts.first_mut().filter(|_| lang == Lang::Zh) {
        first.insert_str(0, "已看 ");
    }
    if ledger.pictures.checked > 0 {
        parts.push(count(lang, number(ledger.pictures.checked), "张图片", "picture"));
    }
    if ledger.texts.checked > 0 {
        parts.push(count(lang, number(ledger.texts.checked), "份文本", "text"));
    }
    if ledger.video_seconds.checked > 0 {
        parts.push(duration(lang, ledger.video_seconds.checked));
    }
    if ledger.undecided > 0 {
        let records = number(ledger.undecided);
        parts.push(match lang {
            Lang::Zh => format!(
                "{records} 条记录有规则判断不了（所属记录没有找到、几处写得不一样，或有内容没有写明、没有读懂）"
            ),
            Lang::En => format!(
                "{} not fully judged (what they name is not there or disputed, or something was not said or not read)",
                count(lang, records, "", "record")
            ),
        });
    }
    let others = [
        (ledger.files.not_understood, "个文件没有读懂", "not understood"),
        (ledger.files.not_readable, "个文件读不了", "not readable"),
        (ledger.files.nothing_to_check, "个文件略过", "passed over"),
    ];
    let before = parts.len();
    for (files, zh, en) in others.into_iter().filter(|(files, ..)| *files > 0) {
        parts.push(match lang {
            Lang::Zh => format!("另有 {files} {zh}"),
            Lang::En => format!("{} {en}", count(lang, number(files), "", "file")),
        });
    }
    let is_told = parts.len() > before;
    if let Some(last) = parts.last_mut().filter(|_| is_told) {
        last.push_str(lang.pick("：--list-files 查看", ": --list-files"));
    }
    parts
}

/// `2 分 10 秒视频`, `2 min 10 s of video`
fn duration(lang: Lang, seconds: u64) -> String {
    let (minutes, seconds) = (seconds / 60, seconds % 60);
    match (lang, minutes) {
        (Lang::Zh, 0) => format!("{seconds} 秒视频"),
        (Lang::Zh, _) => format!("{minutes} 分 {seconds} 秒视频"),
        (Lang::En, 0) => format!("{seconds} s of video"),
        (Lang::En, _) => format!("{minutes} min {seconds} s of video"),
    }
}

/// What became of an input.
pub fn state(lang: Lang, state: LookedState) -> &'static str {
    match state {
        LookedState::Checked => lang.pick("已检查", "checked"),
        LookedState::NothingToCheck => lang.pick("略过", "nothing to check"),
        LookedState::NotUnderstood => lang.pick("没有读懂", "not understood"),
        LookedState::NotReadable => lang.pick("读不了", "not readable"),
    }
}

/// The fields that records do not say, and how many rules could not judge them: by the headings of tables and the keys of
/// documents.
pub(super) fn unsaid(lang: Lang, summary: &Summary) -> impl Iterator<Item = String> {
    summary.unsaid.iter().map(move |UnsaidField { kind, title, key, count, .. }| {
        let (title, UnsaidCount { records, rows, rules }) = (title.get(lang), *count);
        let name = match (lang, rows) {
            (Lang::Zh, 0) => format!("“{key}”"),
            (Lang::Zh, _) if rows == records => format!("“{title}”"),
            (Lang::Zh, _) => format!("“{title}”（{key}）"),
            (Lang::En, 0) => format!("`{key}`"),
            (Lang::En, _) if rows == records => format!("“{title}”"),
            (Lang::En, _) => format!("“{title}” (`{key}`)"),
        };
        match lang {
            Lang::Zh if records == 1 => format!("1 条{}记录没有写{name}，有 {rules} 条规则判断不了它", kind.zh),
            Lang::Zh => format!("{records} 条{}记录没有写{name}，每条最多有 {rules} 条规则判断不了", kind.zh),
            Lang::En => {
                let whom = if records == 1 { "it" } else { "each" };
                let up_to = if records == 1 { "" } else { "up to " };
                let (records, rules) = (counted(records, "record"), counted(rules, "rule"));
                format!("{records} ({}) without {name}, so {up_to}{rules} could not judge {whom}", kind.en)
            }
        }
    })
}

/// Whether something of what the run was given was not checked, or not by all rules.
pub(super) fn is_partly_checked(summary: &Summary) -> bool {
    let ledger = &summary.looked_at;
    let others = ledger.files.total() - ledger.files.checked + ledger.undecided;
    others > 0 || ledger.records.checked == 0 || !summary.unsaid.is_empty()
}

/// Notes below the counts: what `--fix` can fix, then those that [`passed_over`] gives.
pub fn notes(lang: Lang, summary: &Summary) -> Vec<String> {
    let fixable = [
        (summary.fixable.0, summary.unproven.0, "dianjian check --fix"),
        (summary.fixable.1, summary.unproven.1, "dianjian check --fix=unsafe"),
    ];
    let fixable = fixable.into_iter().filter(|(fixes, ..)| *fixes > 0);
    let fixable = fixable.map(|(fixes, unproven, how)| self::fixable(lang, fixes, unproven, how));
    fixable.chain(passed_over(lang, summary)).collect()
}

/// What is not among the findings, and why.
pub fn passed_over(lang: Lang, summary: &Summary) -> Vec<String> {
    let counts = [
        (summary.suppressed, "处已按注释或配置忽略", "suppressed"),
        (summary.baselined, "处在基线内", "in the baseline"),
        (
            summary.stale,
            "条基线记录已不再出现，可用 --update-baseline 去掉",
            "in the baseline no longer occur: --update-baseline drops them",
        ),
    ];
    let counts = counts.iter().filter(|(number, ..)| *number > 0);
    let mut notes: Vec<String> = counts.map(|(number, zh, en)| format!("{number} {}", lang.pick(zh, en))).collect();
    notes.extend(not_listed(lang, summary));
    if summary.addresses > 0 {
        let pictures = count(lang, summary.addresses, "张图片是网址", "picture");
        notes.push(format!("{pictures}{}", lang.pick("，没有检查画面", " named by address not looked at")));
    }
    notes.extend(unread_text(lang, summary));
    if summary.nothing_to_check > 0 {
        let answers = count(lang, summary.nothing_to_check, "份平台接口数据里没有要检查的内容", "answer");
        notes.push(format!("{answers}{}", lang.pick("", " of the platform with nothing to check")));
    }
    if summary.gaps > 0 {
        let gaps = count(lang, summary.gaps, "处没有读懂", "place");
        notes.push(format!("{gaps}{}", lang.pick("，相关规则没有检查", " not understood, so rules were not applied")));
    }
    notes.extend(unsaid(lang, summary));
    notes.extend(outside(lang, summary.outside));
    if summary.totals > 0 {
        let rows = count(lang, summary.totals, "行合计", "row");
        notes.push(format!("{rows}{}", lang.pick("，不是记录，没有检查", " of totals passed over")));
    }
    notes
}

/// How many findings can be fixed. Fixes of values that no other record may have are tried against the fleet only when
/// they are to be made.
fn fixable(lang: Lang, fixes: usize, unproven: usize, how: &str) -> String {
    match (lang, unproven) {
        (Lang::Zh, 0) => format!("{fixes} 处可用 {how} 修复"),
        (Lang::En, 0) => format!("{fixes} fixable with {how}"),
        (Lang::Zh, _) => format!("至多 {fixes} 处可用 {how} 修复（其中 {unproven} 处先查重）"),
        (Lang::En, _) => format!("up to {fixes} fixable with {how} ({unproven} only if unique)"),
    }
}

/// Where in its file a place is: `12:5` for line and column, `店铺!B7` in a workbook, `paragraph 12` in a document.
pub(super) fn spot(lang: Lang, source: &SourceFile, offset: u32) -> String {
    source.place_name(offset).map_or_else(
        || {
            let start = source.position(offset);
            format!("{}:{}", start.line, start.column)
        },
        |place| one_line(&place.get(lang)).into_owned(),
    )
}

/// Where a place is: `shops.csv:12:5`, `shops.xlsx · 店铺!B7`, `script.docx · paragraph 12`.
pub(super) fn place(lang: Lang, source: &SourceFile, offset: u32) -> String {
    let (name, spot) = (one_line(source.name()), spot(lang, source, offset));
    let between = if source.has_lines() { ":" } else { " · " };
    if spot.is_empty() { name.into_owned() } else { format!("{name}{between}{spot}") }
}

/// The problem's message, with its place before it if that is no line: a cell or sheet of a workbook.
pub(super) fn problem(lang: Lang, problem: &Problem) -> String {
    let message = problem.message.get(lang).to_owned();
    match (&problem.place, &problem.sheet) {
        (Some((source, span)), _) => with_place(lang, source, span.start, message),
        (None, Some(sheet)) => format!("{sheet}: {message}"),
        (None, None) => message,
    }
}

/// `店铺!B7: …` for a place that is no line, in formats whose places are lines and columns only.
pub(super) fn with_place(lang: Lang, source: &SourceFile, offset: u32, message: String) -> String {
    match source.place_name(offset) {
        Some(PlaceName::File) => message,
        Some(place) => format!("{}: {message}", place.get(lang)),
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
