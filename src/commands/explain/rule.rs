//! A rule: what it checks and why, since when, on whose authority, with which parameters, and its examples.

use std::fmt::Write as _;

use chrono::NaiveDate;
use dianjian_base::lang::{Lang, Text};
use dianjian_base::text;
use dianjian_document::edit::Applicability;
use dianjian_report::words;
use dianjian_rules::RuleSource;
use dianjian_rules::language::{Confidence, FixSpec, FixTarget, Period};

use super::example::examples;
use super::{heading, paragraph, section, title};
use crate::terminal::TextStyle::{Bold, Dim, Green, Plain, Red, Yellow};
use crate::terminal::{Terminal, cell};
use dianjian_project::config::params::display_value;

pub fn explain(rule: &RuleSource, as_of: NaiveDate, terminal: &Terminal) -> String {
    let (info, lang) = (&rule.info, terminal.lang);
    let from = if rule.shipped { terminal.say("店检自带", "shipped") } else { rule.source.name() };
    let kind = if info.kind == "*" { terminal.say("所有记录", "every record") } else { &info.kind };
    let facts = [
        (terminal.say("级别", "severity"), words::severity(lang, info.severity_on(as_of)).to_owned()),
        (terminal.say("检查", "checks"), kind.to_owned()),
        (terminal.say("生效", "in force"), period(info.effective, as_of, lang)),
        (terminal.say("可信度", "confidence"), words::confidence_on(lang, info, as_of)),
        (terminal.say("来自", "from"), from.to_owned()),
    ];
    let mut out = title(terminal, &info.id, &terminal.text(&info.title), &facts);
    section(terminal, "为什么", "Why", &terminal.text(&info.why), &mut out);
    messages(rule, terminal, &mut out);
    if let Some(help) = &info.help {
        section(terminal, "怎么办", "What to do", &terminal.text(help), &mut out);
    }
    if let Some(fix) = &rule.file.fix {
        section(terminal, "自动修复", "Fix", &fix_text(&fix.value, lang), &mut out);
    }
    params(rule, terminal, &mut out);
    evidence(rule, as_of, terminal, &mut out);
    examples(rule, terminal, &mut out);
    suppressing(&info.id, terminal, &mut out);
    out
}

/// What the rule says by itself, then what its checks say instead of it.
fn messages(rule: &RuleSource, terminal: &Terminal, out: &mut String) {
    let own = terminal.text(&rule.file.message.value);
    section(terminal, "会怎么说", "What it says", &own, out);
    for text in rule.file.messages.values().map(|text| terminal.text(&text.value)).filter(|text| *text != own) {
        paragraph(terminal, &text, 2, out);
    }
}

/// What a rule says under an id.
fn message(rule: &RuleSource, id: &str, terminal: &Terminal) -> Option<String> {
    let own = (id == "rule").then_some(&rule.file.message.value);
    let text = own.or_else(|| Some(&rule.file.messages.get(id)?.value))?;
    Some(terminal.text(text).to_string())
}

/// The period in which a rule is in force, and whether it is not on the day.
fn period(period: Period, as_of: NaiveDate, lang: Lang) -> String {
    match words::period(lang, period) {
        None => lang.pick("一直", "always").to_owned(),
        Some(when) if period.holds(as_of) => when,
        Some(when) => text! { zh: "{when}（{as_of} 不生效）", en: "{when} (not on {as_of})" }.take(lang),
    }
}

fn fix_text(fix: &FixSpec, lang: Lang) -> String {
    let target = |target: FixTarget| match target {
        FixTarget::Found => lang.pick("发现的文字", "the characters found"),
        FixTarget::Value => lang.pick("整个值", "the whole value"),
        FixTarget::Entry => lang.pick("整个条目", "the whole entry"),
    };
    let with = fix.with.as_deref().unwrap_or_default();
    let what = match (fix.remove.map(target), fix.replace.map(target), &fix.set) {
        (Some(what), _, _) => text! { zh: "删除{what}", en: "removes {what}" },
        (_, Some(what), _) => text! { zh: "把{what}换成“{with}”", en: "replaces {what} by “{with}”" },
        (_, _, Some(field)) => text! { zh: "设置 {field}", en: "sets {field}" },
        (None, None, None) => text! { zh: "删除", en: "removes it" },
    };
    let how = match fix.applicability.unwrap_or(Applicability::Unsafe) {
        Applicability::Safe => text! { zh: "安全，--fix 就会修", en: "Safe: --fix makes it" },
        Applicability::Unsafe => text! {
            zh: "可能改变意思，--fix=unsafe 才会修，请核对",
            en: "May change what is said: only --fix=unsafe makes it, to be looked over",
        },
        Applicability::Manual => text! { zh: "只作提示，要人来改", en: "Only shown: it takes a person" },
    };
    text! { zh: format!("{}。{}。", what.zh, how.zh), en: format!("It {}. {}.", what.en, how.en) }.take(lang)
}

fn params(rule: &RuleSource, terminal: &Terminal, out: &mut String) {
    if rule.file.params.is_empty() {
        return;
    }
    heading(
        terminal,
        "参数（可在 dianjian.yaml 的 params 里改）",
        "Parameters (to be changed under `params` of dianjian.yaml)",
        out,
    );
    let rows = rule.file.params.iter().map(|(name, own)| {
        let own = display_value(&own.value);
        let value = match rule.overrides.get(name).map(display_value) {
            Some(set) => text! { zh: "{set}（本项目；原为 {own}）", en: "{set} (this project's; shipped {own})" },
            None => Text::new(own.clone(), own),
        };
        [cell(Bold, name), cell(Plain, value.get(terminal.lang))]
    });
    out.push_str(&terminal.grid(2, rows));
}

/// The evidence, that with the highest confidence first: what it is called, where it can be opened, what it says, and
/// whether it counts on the day.
fn evidence(rule: &RuleSource, as_of: NaiveDate, terminal: &Terminal, out: &mut String) {
    let lang = terminal.lang;
    heading(terminal, "依据", "Evidence", out);
    if rule.info.is_inference() {
        let inferred = terminal.say(
            "这是推断：下列来源没有原话这样说，所以最多是警告。",
            "This is an inference: no source below says so in so many words, so it is a warning at most.",
        );
        paragraph(terminal, inferred, 2, out);
    }
    let mut all: Vec<_> = rule.info.evidence.iter().collect();
    all.sort_by_key(|evidence| std::cmp::Reverse((evidence.confidence, evidence.source)));
    for evidence in all {
        let style = match evidence.confidence {
            _ if !evidence.counts_on(as_of) => Dim,
            Confidence::High => Green,
            Confidence::Medium => Yellow,
            Confidence::Low => Red,
        };
        let sure = words::evidence_confidence(lang, evidence, as_of);
        let row = [cell(style, &sure), cell(Plain, words::evidence(lang, evidence))];
        out.push_str(&terminal.grid(2, [row]));
        if !evidence.messages.is_empty() {
            let said: Vec<String> = evidence.messages.iter().filter_map(|id| message(rule, id, terminal)).collect();
            let comma = lang.pick("；", "; ");
            let said = said.join(comma);
            let borne_out = text! { zh: "只用于：{said}", en: "only for: {said}" };
            paragraph(terminal, borne_out.get(lang), 4, out);
        }
        for text in [Some(&evidence.says), evidence.note.as_ref()].into_iter().flatten() {
            paragraph(terminal, &terminal.text(text), 4, out);
        }
        if let Some(url) = &evidence.url {
            let _ = writeln!(out, "    {url}");
        }
    }
}

/// The comment, and the entry of the configuration, that suppress findings of the rule.
fn suppressing(id: &str, terminal: &Terminal, out: &mut String) {
    heading(terminal, "不适用时", "Where it does not apply", out);
    let reason = terminal.say("原因", "reason");
    let _ = writeln!(out, "  # dianjian: ignore[{id}] -- {reason}");
    let elsewhere =
        terminal.say("没有注释的格式，写在 dianjian.yaml 里：", "for formats without comments, in dianjian.yaml:");
    paragraph(terminal, elsewhere, 2, out);
    let file = terminal.say("文件", "FILE");
    let _ = writeln!(out, "  ignore: [{{rule: {id}, file: {file}, reason: {reason}}}]");
}
