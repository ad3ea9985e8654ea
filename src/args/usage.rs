//! Help, the version and usage errors, in the user's language.

use std::error::Error as _;
use std::ffi::OsString;
use std::fmt::Write as _;
use std::io::{self, Write as _};

use clap::error::{ContextKind, ContextValue, ErrorKind};
use dianjian_base::lang::{Lang, Localized as _};

use super::MAX_COLUMNS;
use super::help::{self, own_words, wrapped};
use crate::environment::{self, NotADay};
use crate::exit::Exit;

/// Prints help, a version, or what is wrong with the arguments.
pub fn report(error: clap::Error, args: &[OsString]) -> Exit {
    let lang = lang(args);
    // Parsed again with localized texts, which gives the same error with other words.
    let error = &help::localized(super::command(), lang).try_get_matches_from(args).err().unwrap_or(error);
    let text = match (lang, error.use_stderr()) {
        (Lang::Zh, false) => {
            Some(wrapped(&own_words(&error.render().to_string()), environment::columns().min(MAX_COLUMNS)))
        }
        (Lang::Zh, true) => chinese(error),
        (Lang::En, _) => None,
    };
    // There is nowhere to report that this failed.
    let _ = match (text, error.use_stderr()) {
        (Some(text), true) => io::stderr().lock().write_all(text.as_bytes()),
        (Some(text), false) => io::stdout().lock().write_all(text.as_bytes()),
        (None, _) => error.print(),
    };
    if error.use_stderr() { Exit::Untrusted } else { Exit::Clean }
}

/// The language of `--lang`, searched for in arguments that clap could not parse.
fn lang(args: &[OsString]) -> Lang {
    let texts: Vec<&str> = args.iter().filter_map(|arg| arg.to_str()).collect();
    let joined = texts.iter().find_map(|text| text.strip_prefix("--lang="));
    let parted = texts.iter().position(|text| *text == "--lang").and_then(|at| texts.get(at + 1).copied());
    joined.or(parted).and_then(|lang| lang.parse().ok()).unwrap_or_else(environment::lang)
}

/// The error in Chinese; `None` for rare kinds, for which clap's English text is printed.
fn chinese(error: &clap::Error) -> Option<String> {
    let context = |kind| error.get(kind).map(context_text).unwrap_or_default();
    let arg = context(ContextKind::InvalidArg);
    let message = match error.kind() {
        ErrorKind::UnknownArgument => format!("没有“{arg}”这个选项或参数"),
        ErrorKind::InvalidSubcommand => format!("没有“{}”这个命令", context(ContextKind::InvalidSubcommand)),
        ErrorKind::MissingSubcommand => "缺少命令".to_owned(),
        ErrorKind::MissingRequiredArgument => format!("缺少参数：{arg}"),
        ErrorKind::ArgumentConflict => format!("{arg} 和 {} 不能同时使用", context(ContextKind::PriorArg)),
        ErrorKind::NoEquals => format!("{arg} 和它的值之间要写等号"),
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            let value = context(ContextKind::InvalidValue);
            let why = error.source().and_then(|source| source.downcast_ref::<NotADay>());
            match why.map(|why| why.text(Lang::Zh)) {
                Some(why) => format!("{arg} 不能是“{value}”：{why}"),
                None if value.is_empty() => format!("{arg} 缺少值"),
                None => format!("{arg} 不能是“{value}”"),
            }
        }
        ErrorKind::TooManyValues | ErrorKind::WrongNumberOfValues | ErrorKind::TooFewValues => {
            format!("{arg} 的值个数不对")
        }
        ErrorKind::InvalidUtf8 => "参数不是 UTF-8 文字".to_owned(),
        _ => return None,
    };
    let mut out = format!("错误：{message}\n");
    for (kind, label) in [
        (ContextKind::ValidValue, "可用的值"),
        (ContextKind::SuggestedArg, "是不是想写"),
        (ContextKind::SuggestedSubcommand, "是不是想写"),
        (ContextKind::SuggestedValue, "是不是想写"),
    ] {
        let value = context(kind);
        if !value.is_empty() {
            let _ = writeln!(out, "  {label}：{value}");
        }
    }
    let usage = context(ContextKind::Usage);
    if !usage.is_empty() {
        let _ = write!(out, "\n{}\n", own_words(usage.trim()));
    }
    out.push_str("\n详见 --help。\n");
    Some(out)
}

fn context_text(value: &ContextValue) -> String {
    match value {
        ContextValue::None => String::new(),
        ContextValue::String(text) => text.clone(),
        ContextValue::Strings(texts) => texts.join("、"),
        // Styled text shows its plain form.
        other => other.to_string(),
    }
}
