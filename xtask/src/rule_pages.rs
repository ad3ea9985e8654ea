//! A page for every shipped rule, in Chinese and in English, and an index for each language.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use dianjian_base::lang::Lang;
use dianjian_document::source::SourceFile;
use dianjian_report::words;
use dianjian_rules::{Pack, PackBuilder, RuleSource};

use crate::codegen::GeneratedFiles;
use crate::error::TaskError;

/// Pages of every rule of the shipped pack, below `docs/rules/zh` and `docs/rules/en`.
///
/// # Errors
/// A pack that does not build.
pub fn pages() -> Result<GeneratedFiles, TaskError> {
    let (pack, problems) = PackBuilder::default().shipped().build();
    if let Some(first) = problems.first() {
        return Err(TaskError::Pack(format!("{}: {}", first.file, first.message.en)));
    }
    let mut files = GeneratedFiles::new();
    for lang in [Lang::Zh, Lang::En] {
        files.insert(format!("docs/rules/{lang}/README.md"), index(&pack, lang));
        for rule in &pack.rules {
            files.insert(format!("docs/rules/{lang}/{}.md", rule.info.id), page(rule, lang));
        }
    }
    Ok(files)
}

fn index(pack: &Pack, lang: Lang) -> String {
    let say = |zh, en| lang.pick(zh, en);
    let mut groups: BTreeMap<&str, Vec<&RuleSource>> = BTreeMap::new();
    for rule in &pack.rules {
        groups.entry(rule.info.id.split('/').next().unwrap_or_default()).or_default().push(rule);
    }
    let mut out = format!("# {}\n\n", say("规则", "Rules"));
    let (rules, count) = (pack.rules.len(), groups.len());
    out.push_str(&match lang {
        Lang::Zh => format!("随程序发布的 {rules} 条规则，分为 {count} 组。"),
        Lang::En => format!("The {rules} rules of the shipped pack, in {count} groups."),
    });
    out.push_str(say(
        "本页由 `cargo xtask codegen` 根据 `rules/` 生成。\n",
        " Generated from `rules/` by `cargo xtask codegen`.\n",
    ));
    for (group, rules) in groups {
        let head = [say("规则", "rule"), say("级别", "severity"), say("内容", "what it is about")];
        let _ = write!(out, "\n## {group}\n\n| {} |\n|---|---|---|\n", head.join(" | "));
        for rule in rules {
            let (id, title) = (&rule.info.id, cell(rule.info.title.get(lang)));
            let severity = words::severity(lang, rule.info.severity);
            let _ = writeln!(out, "| [{id}]({id}.md) | {severity} | {title} |");
        }
    }
    out
}

fn page(rule: &RuleSource, lang: Lang) -> String {
    let info = &rule.info;
    let say = |zh, en| lang.pick(zh, en);
    let mut out = format!("# {}\n\n`{}`\n\n", info.title.get(lang), info.id);
    let always = say("一直", "always").to_owned();
    let facts = [
        (say("级别", "Severity"), words::severity(lang, info.severity).to_owned()),
        (say("检查", "Checks"), format!("`{}`", info.kind)),
        (say("生效", "In force"), words::period(lang, info.effective).unwrap_or(always)),
        (say("可信度", "Confidence"), words::confidence(lang, info.confidence()).to_owned()),
    ];
    let _ = write!(out, "| {} | |\n|---|---|\n", say("项目", "Fact"));
    for (name, value) in facts {
        let _ = writeln!(out, "| {name} | {value} |");
    }
    section(say("为什么", "Why"), info.why.get(lang), &mut out);
    section(say("会怎么说", "What it says"), &quote(rule.file.message.value.get(lang)), &mut out);
    if let Some(help) = &info.help {
        section(say("怎么办", "What to do"), &quote(help.get(lang)), &mut out);
    }
    section(say("依据", "Evidence"), &evidence(rule, lang), &mut out);
    let of_rule = ["presumes", "when", "params", "check", "fix"].map(|key| top_level(&rule.source, key)).concat();
    section(say("写法", "How it is written"), &yaml(&of_rule), &mut out);
    let examples = top_level(&rule.source, "examples");
    if !examples.is_empty() {
        let what = say("`dianjian rules test` 会运行这些例子。", "`dianjian rules test` runs these.");
        section(say("例子", "Examples"), &format!("{what}\n\n{}", yaml(&examples)), &mut out);
    }
    let up = "../".repeat(2 + info.id.matches('/').count() + 1);
    let _ = write!(out, "\n[rules/{id}.yaml]({up}rules/{id}.yaml)\n", id = info.id);
    out
}

fn section(title: &str, text: &str, out: &mut String) {
    let _ = write!(out, "\n## {title}\n\n{}\n", text.trim_end());
}

fn evidence(rule: &RuleSource, lang: Lang) -> String {
    let mut out = String::new();
    if rule.info.is_inference() {
        let _ = match lang {
            Lang::Zh => writeln!(out, "这是推断：下列来源没有原话这样说，所以最多是警告。\n"),
            Lang::En => writeln!(out, "This is an inference: no source below says so in so many words.\n"),
        };
    }
    for evidence in &rule.info.evidence {
        let sure = words::confidence(lang, evidence.confidence);
        let source = words::evidence(lang, evidence);
        let source = evidence.url.as_ref().map_or(source.clone(), |url| format!("[{source}]({url})"));
        let says = evidence.says.get(lang);
        let _ = match lang {
            Lang::Zh => writeln!(out, "- {source}（可信度：{sure}）：{says}"),
            Lang::En => writeln!(out, "- {source} (confidence {sure}): {says}"),
        };
        if let Some(note) = &evidence.note {
            let _ = writeln!(out, "  {}", note.get(lang));
        }
    }
    out
}

/// A top-level entry of a rule file as it is written there; empty where the file has none.
fn top_level(source: &SourceFile, key: &str) -> String {
    let begins = |line: &&str| line.strip_prefix(key).is_some_and(|rest| rest.starts_with(':'));
    let mut lines = source.text().lines().skip_while(|line| !begins(line));
    let Some(first) = lines.next() else { return String::new() };
    let below = lines.take_while(|line| line.starts_with([' ', '-']) || line.is_empty());
    let mut out = String::new();
    for line in std::iter::once(first).chain(below) {
        let _ = writeln!(out, "{line}");
    }
    out
}

fn yaml(text: &str) -> String {
    format!("```yaml\n{}\n```", text.trim_end())
}

fn quote(text: &str) -> String {
    format!("> {}", text.trim_end().replace('\n', "\n> "))
}

/// A text as a cell of a Markdown table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}
