//! The texts of `--help`, which are data: `help.yaml` has both languages side by side.
//!
//! Arguments are parsed without them. They are added when help or a usage error is shown, so that a run that needs
//! neither does not read them.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use clap::builder::PossibleValuesParser;
use clap::{Arg, Command};
use dianjian_base::lang::{Lang, Text};
use dianjian_text::safe::{width, wrap};
use serde::Deserialize;

/// The texts of `help.yaml`. A test makes sure that it parses.
static TEXTS: LazyLock<HelpTexts> =
    LazyLock::new(|| serde_yaml::from_str(include_str!("help.yaml")).unwrap_or_default());

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct HelpTexts {
    words: Vec<Text>,
    headings: Vec<Text>,
    /// By argument id.
    shared: BTreeMap<String, ArgumentHelp>,
    /// By the names from the top, `migrate plan`; the program itself is "".
    commands: BTreeMap<String, CommandHelp>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CommandHelp {
    about: Text,
    after: Option<Text>,
    #[serde(default)]
    arguments: BTreeMap<String, ArgumentHelp>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ArgumentHelp {
    zh: String,
    en: String,
    #[serde(default)]
    values: BTreeMap<String, Text>,
}

impl ArgumentHelp {
    fn get(&'static self, lang: Lang) -> &'static str {
        match lang {
            Lang::Zh => &self.zh,
            Lang::En => &self.en,
        }
    }
}

impl HelpTexts {
    fn argument(&self, command: &str, id: &str) -> Option<&ArgumentHelp> {
        self.commands.get(command).and_then(|command| command.arguments.get(id)).or_else(|| self.shared.get(id))
    }
}

/// The command line with its texts in a language. For display only: its values are plain strings.
pub fn localized(command: Command, lang: Lang) -> Command {
    // English is wrapped by clap, which finds no place to break Chinese: see `wrapped`.
    let command = match lang {
        Lang::Zh => command.term_width(0),
        Lang::En => command,
    };
    with_texts(command, "", lang)
}

fn with_texts(mut command: Command, path: &str, lang: Lang) -> Command {
    if let Some(help) = TEXTS.commands.get(path) {
        command = command.about(help.about.get(lang));
        if let Some(after) = &help.after {
            command = command.after_help(after.get(lang));
        }
    }
    command.mut_args(|arg| argument_with_texts(arg, path, lang)).mut_subcommands(|below| {
        let path = below_path(path, &below);
        with_texts(below, &path, lang)
    })
}

fn argument_with_texts(mut arg: Arg, path: &str, lang: Lang) -> Arg {
    let heading = arg.get_help_heading().and_then(|heading| TEXTS.headings.iter().find(|known| known.en == heading));
    if let Some(heading) = heading {
        arg = arg.help_heading(heading.get(lang));
    }
    let Some(help) = TEXTS.argument(path, arg.get_id().as_str()) else { return arg };
    if !help.values.is_empty() {
        let values = arg.get_possible_values().into_iter().map(|value| match help.values.get(value.get_name()) {
            Some(text) => value.help(text.get(lang)),
            None => value,
        });
        let values = PossibleValuesParser::new(values.collect::<Vec<_>>());
        arg = arg.value_parser(values);
    }
    arg.help(help.get(lang))
}

fn below_path(path: &str, below: &Command) -> String {
    format!("{path} {}", below.get_name()).trim().to_owned()
}

/// A text rendered by clap, with clap's own words translated to Chinese.
pub fn own_words(text: &str) -> String {
    let text = TEXTS.words.iter().fold(text.to_owned(), |text, word| text.replace(&word.en, &word.zh));
    // Behind a heading of ours clap puts a colon of its own.
    TEXTS
        .headings
        .iter()
        .fold(text, |text, Text { zh, .. }| text.replace(&format!("\n{zh}:\n"), &format!("\n{zh}：\n")))
}

/// A help page of at most `columns` columns; what does not fit goes on below the beginning of its text.
pub fn wrapped(page: &str, columns: usize) -> String {
    let mut out = String::with_capacity(page.len() + page.len() / 8);
    for line in page.lines() {
        let indent = hanging_indent(line);
        let (head, text) = line.split_at(indent.start);
        for (number, part) in wrap(text, columns.saturating_sub(indent.columns).max(20)).into_iter().enumerate() {
            if number > 0 {
                out.push('\n');
                out.extend(std::iter::repeat_n(' ', indent.columns));
            } else {
                out.push_str(head);
            }
            out.push_str(part);
        }
        out.truncate(out.trim_end_matches(' ').len());
        out.push('\n');
    }
    out
}

/// Where the wrapped part of a line begins.
struct Indent {
    /// In bytes.
    start: usize,
    columns: usize,
}

/// Behind a flag and two spaces (`  -q, --quiet  …`), behind the name of a value (`  - auto:  …`), or behind the margin.
fn hanging_indent(line: &str) -> Indent {
    let margin = line.len() - line.trim_start().len();
    let text = &line[margin..];
    let behind = |mark: &str| text.find(mark).map(|at| at + mark.len());
    let value = text.starts_with("- ").then(|| behind(": ")).flatten();
    let start = match value.or_else(|| behind("  ").filter(|_| margin > 0)) {
        Some(head) => line.len() - line[margin + head..].trim_start().len(),
        None => margin,
    };
    Indent { start, columns: width(&line[..start]) }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// What the command line has that the file lacks, and what the file has that nothing asked for.
    #[derive(Default)]
    struct Audit {
        missing: Vec<String>,
        used: BTreeSet<String>,
    }

    impl Audit {
        fn command(&mut self, command: &Command, path: &str) {
            self.entry(TEXTS.commands.contains_key(path), format!("`{path}`"));
            for arg in command.get_arguments() {
                let id = arg.get_id().as_str();
                let own = TEXTS.commands.get(path).is_some_and(|command| command.arguments.contains_key(id));
                let name = if own { format!("`{path}` {id}") } else { format!("shared {id}") };
                let help = TEXTS.argument(path, id);
                self.entry(help.is_some(), name.clone());
                if let Some(heading) = arg.get_help_heading() {
                    let known = TEXTS.headings.iter().any(|known| known.en == heading);
                    self.entry(known, format!("heading {heading}"));
                }
                // The names of shells speak for themselves.
                if arg.get_action().takes_values() && id != "shell" {
                    for value in arg.get_possible_values() {
                        let value = value.get_name();
                        let known = help.is_some_and(|help| help.values.contains_key(value));
                        self.entry(known, format!("{name}={value}"));
                    }
                }
            }
            for below in command.get_subcommands() {
                self.command(below, &below_path(path, below));
            }
        }

        fn entry(&mut self, known: bool, name: String) {
            if !known {
                self.missing.push(name.clone());
            }
            self.used.insert(name);
        }
    }

    /// Every text of the file with what it belongs to.
    fn texts() -> Vec<(String, Text)> {
        let mut texts = Vec::new();
        let mut argument = |name: String, help: &ArgumentHelp| {
            let values = help.values.iter().map(|(value, text)| (format!("{name}={value}"), text.clone()));
            texts.extend(values.chain([(name.clone(), Text { zh: help.zh.clone(), en: help.en.clone() })]));
        };
        TEXTS.shared.iter().for_each(|(id, help)| argument(format!("shared {id}"), help));
        for (path, command) in &TEXTS.commands {
            command.arguments.iter().for_each(|(id, help)| argument(format!("`{path}` {id}"), help));
        }
        for (path, command) in &TEXTS.commands {
            texts.push((format!("`{path}`"), command.about.clone()));
            texts.extend(command.after.iter().map(|after| (format!("`{path}`"), after.clone())));
        }
        texts.extend(TEXTS.headings.iter().map(|heading| (format!("heading {}", heading.en), heading.clone())));
        texts
    }

    #[test]
    fn the_file_can_be_read() {
        let texts: HelpTexts = serde_yaml::from_str(include_str!("help.yaml")).unwrap();
        assert!(!texts.commands.is_empty());
    }

    #[test]
    fn every_command_and_argument_has_its_texts_and_every_text_its_use() {
        let mut audit = Audit::default();
        audit.command(&super::super::command(), "");
        assert!(audit.missing.is_empty(), "not in help.yaml: {:?}", audit.missing);
        let unused: Vec<String> =
            texts().into_iter().map(|(name, _)| name).filter(|name| !audit.used.contains(name)).collect();
        assert!(unused.is_empty(), "used by nothing: {unused:?}");
    }

    #[test]
    fn neither_language_has_the_other_in_it() {
        let is_han = |c: char| ('\u{3000}'..='\u{9fff}').contains(&c) || ('\u{ff00}'..='\u{ffef}').contains(&c);
        // Three plain words in a row are a phrase; a command with its name is two.
        let is_word = |word: &str| word.len() > 1 && word.bytes().all(|byte| byte.is_ascii_lowercase());
        for (name, text) in texts() {
            assert!(!text.en.chars().any(is_han) && !text.en.is_empty(), "{name}: {}", text.en);
            let words: Vec<&str> = text.zh.split(' ').collect();
            let has_phrase = words.windows(3).any(|words| words.iter().all(|word| is_word(word)));
            assert!(text.zh.chars().any(is_han) && !has_phrase, "{name}: {}", text.zh);
        }
    }

    #[test]
    fn a_page_is_wrapped_below_the_beginning_of_its_texts() {
        let page = "一二三四五六七八九十一二三四五六\n\n  -q, --quiet  一二三四五六七八九十甲乙\n  - auto:  一二三四五六七八九十甲乙\n";
        let lines = [
            "一二三四五六七八九十一二三四五",
            "六",
            "",
            "  -q, --quiet  一二三四五六七八九十",
            "               甲乙",
            "  - auto:  一二三四五六七八九十",
            "           甲乙",
        ];
        assert_eq!(wrapped(page, 31).lines().collect::<Vec<_>>(), lines);
    }
}
