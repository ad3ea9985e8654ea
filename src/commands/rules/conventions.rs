//! Conventions that rules and tables should follow beyond being valid.

use std::collections::BTreeMap;

use chrono::{Datelike as _, NaiveDate};
use dianjian_base::lang::{Lang, Text};
use dianjian_base::localized;
use dianjian_document::problem::Problem;
use dianjian_document::source::Span;
use dianjian_rules::language::{Period, Severity, SourceClass};
use dianjian_rules::{LookupTable, Pack, RuleSource, TableRow, carries_error};

/// A convention that a rule or a table breaks.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConventionError {
    /// No example that breaks the rule.
    NoBad,
    /// No example that keeps the rule.
    NoGood,
    NoHelp,
    /// A text that is missing in one language.
    Empty {
        what: String,
        lang: Lang,
    },
    /// The Chinese text is not Chinese.
    NotChinese {
        what: String,
    },
    /// The text itself begins and ends with a quotation mark.
    QuotedTwice {
        what: String,
        lang: Lang,
    },
    /// One language names a value that the other does not.
    OneSided {
        what: String,
        name: String,
        /// The language that has it.
        lang: Lang,
    },
    /// A parameter that nothing uses.
    UnusedParam {
        name: String,
    },
    /// Evidence without a reference.
    NoReference,
    /// Evidence that nobody could find by what is said of it.
    NoTitle {
        reference: String,
    },
    /// An error that its evidence does not carry.
    Unfounded,
    /// An error that rests on a conclusion.
    InferredError,
    /// Evidence that is later than the rule, and no word of why.
    LaterEvidence {
        day: NaiveDate,
    },
    /// A day outside the years in which rules for these shops can apply.
    Unbelievable {
        day: NaiveDate,
    },
    /// A bad example on a day on which the rule does not hold.
    BadOutside {
        day: NaiveDate,
    },
    /// Two rows of a table for the same key that begin on the same day, so that neither goes before the other.
    Overlap {
        table: String,
        key: String,
    },
}

localized! { ConventionError {
    Self::NoBad => { zh: "没有 bad 例子：看不出这条规则会发现什么", en: "no `bad` example: nothing shows what the rule finds" }
    Self::NoGood => {
        zh: "没有 good 例子：看不出这条规则会放过什么",
        en: "no `good` example: nothing shows what the rule lets pass",
    }
    Self::NoHelp => { zh: "没有 help：用户该怎么做？", en: "no `help`: what should the user do?" }
    Self::Empty { what, lang: of } => { zh: format!("“{what}”的{}是空的", named(*of)), en: "`{what}` is empty in {of}" }
    Self::NotChinese { what } => {
        zh: "“{what}”的中文里没有汉字",
        en: "`{what}` has no Chinese character in its Chinese text",
    }
    Self::QuotedTwice { what, lang: of } => {
        zh: format!("“{what}”的{}多了一层引号，引号成了文字的一部分", named(*of)),
        en: "`{what}` is quoted twice in {of}: the marks are part of the text",
    }
    Self::OneSided { what, name, lang: of } => {
        zh: format!("“{what}”只在{}里用了“{{{name}}}”", named(*of)),
        en: "`{what}` has `{{{name}}}` in {of} only",
    }
    Self::UnusedParam { name } => { zh: "参数“{name}”没有用到", en: "parameter `{name}` is not used" }
    Self::NoReference => { zh: "依据没有 ref：在哪里能读到？", en: "evidence without `ref`: where can it be read?" }
    Self::NoTitle { reference } => {
        zh: "依据“{reference}”没有 title，读者找不到它：写在这里，或写进 sources 表",
        en: "the evidence `{reference}` has no `title` to find it by: say it here or in the table `sources`",
    }
    Self::Unfounded => {
        zh: "依据撑不起 error：要有可信度 high 的来源，或 medium 的来源加一篇起始文章（seed）",
        en: "the evidence does not carry an error: it takes a source of high confidence, or a medium one and a seed",
    }
    Self::InferredError => {
        zh: "这条规则靠推断（inference），最多是 warning",
        en: "the rule rests on an inference and can be a `warning` at most",
    }
    Self::LaterEvidence { day } => {
        zh: "依据自 {day} 起才算数，规则生效更早：写 note 说明原因，或改 effective.from",
        en: "the evidence counts from {day}, the rule holds earlier: say why in `note`, or change `effective.from`",
    }
    Self::Unbelievable { day } => {
        zh: "{day} 不像是店铺规则会有的日期",
        en: "{day} is not a believable day for a rule on shops",
    }
    Self::BadOutside { day } => {
        zh: "这个 bad 例子的日期是 {day}，那天规则不生效",
        en: "this `bad` example is as of {day}, when the rule does not hold",
    }
    Self::Overlap { table, key } => {
        zh: "表“{table}”有两行从同一天起都适用于“{key}”",
        en: "two rows of table `{table}` begin to hold for `{key}` on the same day",
    }
} }

/// A language in Chinese.
fn named(lang: Lang) -> &'static str {
    lang.pick("中文", "英文")
}

/// Every convention that rules and tables of a pack break.
pub fn check(pack: &Pack) -> Vec<Problem> {
    let mut problems = Vec::new();
    for rule in &pack.rules {
        let mut errors = Vec::new();
        rule_errors(rule, &mut errors);
        problems.extend(errors.iter().map(|(span, error)| Problem::at(&rule.source, *span, error)));
    }
    for table in pack.tables.values() {
        table_errors(table, &mut problems);
    }
    problems
}

type Errors = Vec<(Span, ConventionError)>;

fn rule_errors(rule: &RuleSource, errors: &mut Errors) {
    let file = &rule.file;
    let id = file.id.span;
    text("title", &file.title, id, errors);
    text("why", &file.why, id, errors);
    text("message", &file.message.value, file.message.span, errors);
    for (name, message) in &file.messages {
        text(&format!("messages.{name}"), &message.value, message.span, errors);
    }
    match &file.help {
        Some(help) => text("help", &help.value, help.span, errors),
        None => errors.push((id, ConventionError::NoHelp)),
    }
    for evidence in &file.evidence {
        text("says", &evidence.value.says, evidence.span, errors);
        if evidence.value.r#ref.trim().is_empty() {
            errors.push((evidence.span, ConventionError::NoReference));
        }
    }
    claims(rule, errors);
    for (name, value) in &file.params {
        let text = rule.source.text();
        if !text.contains(&format!("${name}")) && !text.contains(&format!("{{{name}}}")) {
            errors.push((value.span, ConventionError::UnusedParam { name: name.clone() }));
        }
    }
    let period = file.effective.as_ref().map(|period| (period.span, period.value)).unwrap_or_default();
    days(period.1, period.0, errors);
    examples(rule, period.1, errors);
}

/// What a rule claims is no more than its evidence says.
fn claims(rule: &RuleSource, errors: &mut Errors) {
    let info = &rule.info;
    for (evidence, written) in info.evidence.iter().zip(&rule.file.evidence) {
        if evidence.title.is_none() && evidence.source != SourceClass::Own {
            errors.push((written.span, ConventionError::NoTitle { reference: evidence.r#ref.clone() }));
        }
        let later = evidence.since().filter(|day| info.effective.from.is_none_or(|from| from < *day));
        if let Some(day) = later.filter(|_| evidence.note.is_none()) {
            errors.push((written.span, ConventionError::LaterEvidence { day }));
        }
    }
    let id = rule.file.id.span;
    match info.severity {
        Severity::Error if info.is_inference() => errors.push((id, ConventionError::InferredError)),
        Severity::Error if !carries_error(&info.evidence) => errors.push((id, ConventionError::Unfounded)),
        _ => {}
    }
}

fn examples(rule: &RuleSource, period: Period, errors: &mut Errors) {
    let examples = &rule.file.examples;
    if !examples.iter().any(|example| example.value.bad.is_some()) {
        errors.push((rule.file.id.span, ConventionError::NoBad));
    }
    if !examples.iter().any(|example| example.value.good.is_some()) {
        errors.push((rule.file.id.span, ConventionError::NoGood));
    }
    for example in examples.iter().filter(|example| example.value.bad.is_some()) {
        if let Some(day) = example.value.as_of.filter(|day| !period.holds(*day)) {
            errors.push((example.span, ConventionError::BadOutside { day }));
        }
    }
}

/// Checks the two languages of a text against each other.
fn text(what: &str, text: &Text, span: Span, errors: &mut Errors) {
    for (lang, one) in [(Lang::Zh, &text.zh), (Lang::En, &text.en)] {
        let trimmed = one.trim();
        if trimmed.is_empty() {
            errors.push((span, ConventionError::Empty { what: what.to_owned(), lang }));
        } else if trimmed.len() > 1
            && trimmed.starts_with('"')
            && trimmed.ends_with('"')
            && trimmed.matches('"').count() == 2
        {
            errors.push((span, ConventionError::QuotedTwice { what: what.to_owned(), lang }));
        }
    }
    if !text.zh.trim().is_empty() && !text.zh.chars().any(is_han) {
        errors.push((span, ConventionError::NotChinese { what: what.to_owned() }));
    }
    let (zh, en) = (placeholders(&text.zh), placeholders(&text.en));
    let mut one_sided = |have: &[String], other: &[String], lang| {
        for name in have.iter().filter(|name| !other.contains(name)) {
            errors.push((span, ConventionError::OneSided { what: what.to_owned(), name: name.clone(), lang }));
        }
    };
    one_sided(&zh, &en, Lang::Zh);
    one_sided(&en, &zh, Lang::En);
}

const fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9fff}' | '\u{20000}'..='\u{323af}')
}

/// The names in `{…}` of a template, each once.
fn placeholders(template: &str) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    let unescaped = template.replace("{{", "").replace("}}", "");
    for part in unescaped.split('{').skip(1) {
        if let Some((name, _)) = part.split_once('}')
            && !names.iter().any(|known| known == name)
        {
            names.push(name.to_owned());
        }
    }
    names
}

/// WeChat was released in 2011. Years far in the future are typing errors.
fn days(period: Period, span: Span, errors: &mut Errors) {
    for day in [period.from, period.until].into_iter().flatten() {
        if !(2011..=2100).contains(&day.year()) {
            errors.push((span, ConventionError::Unbelievable { day }));
        }
    }
}

fn table_errors(table: &LookupTable, problems: &mut Vec<Problem>) {
    let key: Vec<usize> = table.key.iter().filter_map(|name| table.column(name).ok()).collect();
    let mut rows: BTreeMap<Vec<Option<&str>>, Vec<&TableRow>> = BTreeMap::new();
    for row in &table.rows {
        let mut errors = Vec::new();
        days(row.effective, row.span, &mut errors);
        problems.extend(errors.iter().map(|(span, error)| Problem::at(&row.source, *span, error)));
        let cells = key.iter().map(|at| row.cells.get(*at).and_then(Option::as_deref)).collect();
        rows.entry(cells).or_default().push(row);
    }
    if key.is_empty() {
        return;
    }
    for (cells, rows) in rows {
        for (at, row) in rows.iter().enumerate() {
            if rows[..at].iter().any(|earlier| earlier.effective.from == row.effective.from) {
                let key = cells.iter().map(|cell| cell.unwrap_or("-")).collect::<Vec<_>>().join(" · ");
                let error = ConventionError::Overlap { table: table.id.clone(), key };
                problems.push(Problem::at(&row.source, row.span, &error));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn errors(zh: &str, en: &str) -> Vec<ConventionError> {
        let mut errors = Vec::new();
        text("title", &Text { zh: zh.to_owned(), en: en.to_owned() }, Span::default(), &mut errors);
        errors.into_iter().map(|(_, error)| error).collect()
    }

    #[test]
    fn both_languages_must_say_the_same() {
        assert!(errors("名称“{found}”过长 {{x}}", "the name {found} is too long").is_empty());
        let what = || "title".to_owned();
        assert_eq!(errors(" ", "x"), [ConventionError::Empty { what: what(), lang: Lang::Zh }]);
        assert_eq!(errors("name", "name"), [ConventionError::NotChinese { what: what() }]);
        assert_eq!(errors("名", "\"a name\""), [ConventionError::QuotedTwice { what: what(), lang: Lang::En }]);
        assert!(errors("“名”", "\"a\" and \"b\"").is_empty());
        let one_sided = ConventionError::OneSided { what: what(), name: "limit".to_owned(), lang: Lang::En };
        assert_eq!(errors("名", "name {limit}"), [one_sided]);
    }
}
