//! The few styles that texts for people have on a terminal.
//!
//! Written by hand rather than with `anstyle`, which gives every effect an escape sequence of its own
//! (`\x1b[1m\x1b[31m`) where reports have one for both (`\x1b[31;1m`): the bytes of reports are frozen.

use std::fmt::Write as _;

use crate::DisplayOptions;

/// How a piece of text stands out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextStyle {
    /// As the terminal shows any text; no escape sequence is written.
    Plain,
    /// Headings and ids.
    Bold,
    /// Details that can be skipped.
    Dim,
    /// Errors.
    Red,
    /// Success.
    Green,
    /// Warnings.
    Yellow,
    /// Labels and infos.
    Cyan,
}

impl TextStyle {
    /// The parameters of its "select graphic rendition" sequence.
    const fn code(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Bold => "1",
            Self::Dim => "2",
            Self::Red => "31;1",
            Self::Green => "32;1",
            Self::Yellow => "33;1",
            Self::Cyan => "36",
        }
    }
}

impl DisplayOptions {
    /// Appends the text in a style, if there are colours.
    pub fn paint(&self, style: TextStyle, text: &str, out: &mut String) {
        if self.color && style != TextStyle::Plain && !text.is_empty() {
            let _ = write!(out, "\x1b[{}m{text}\x1b[0m", style.code());
        } else {
            out.push_str(text);
        }
    }
}
