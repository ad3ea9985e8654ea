//! The printer of all commands but the reports: finished text in, bytes out.
//!
//! Colours are plain ANSI codes, as in the `pretty` report; columns are aligned by what characters
//! take on a terminal, so that Chinese and Latin text line up.

use std::fmt::Write as _;
use std::io::{self, ErrorKind, Write};

use dianjian_base::lang::{Lang, Localized, Text};
use dianjian_document::problem::Problem;
use dianjian_media::MediaScanner;
use dianjian_report::{DisplayOptions, FormatName, RunInfo, format};
use dianjian_text::safe::{one_line, width, wrap};

use crate::error::CliError;

/// How a piece of text stands out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextStyle {
    /// Headings and ids.
    Bold,
    /// What can be skipped.
    Dim,
    /// Errors.
    Red,
    Green,
    /// Warnings.
    Yellow,
    /// Labels, infos.
    Cyan,
}

impl TextStyle {
    const fn code(self) -> &'static str {
        match self {
            Self::Bold => "1",
            Self::Dim => "2",
            Self::Red => "31;1",
            Self::Green => "32;1",
            Self::Yellow => "33;1",
            Self::Cyan => "36",
        }
    }
}

/// Writes what commands say.
#[derive(Debug)]
pub struct Terminal {
    /// The language of messages.
    pub lang: Lang,
    /// Was the language asked for? Then the configuration has no say in it.
    lang_given: bool,
    /// How the standard output looks.
    pub look: DisplayOptions,
    /// The reader of the standard output went away: nothing more is wanted.
    closed: bool,
}

impl Terminal {
    /// A printer in the language asked for, else in the locale's.
    pub fn new(asked: Option<Lang>, look: DisplayOptions) -> Self {
        Self { lang: asked.unwrap_or_else(crate::environment::lang), lang_given: asked.is_some(), look, closed: false }
    }

    /// Takes over the configuration's language, unless one was asked for.
    pub fn configured(&mut self, lang: Option<Lang>) {
        if let Some(lang) = lang.filter(|_| !self.lang_given) {
            self.lang = lang;
        }
    }

    /// One of two texts.
    pub const fn say<'a>(&self, zh: &'a str, en: &'a str) -> &'a str {
        match self.lang {
            Lang::Zh => zh,
            Lang::En => en,
        }
    }

    /// The text in the printer's language, safe to show on one line.
    pub fn text(&self, text: &Text) -> String {
        one_line(text.get(self.lang)).into_owned()
    }

    /// The text in a style, where there are colours.
    pub fn paint(&self, style: TextStyle, text: &str) -> String {
        if self.look.color && !text.is_empty() {
            format!("\x1b[{}m{text}\x1b[0m", style.code())
        } else {
            text.to_owned()
        }
    }

    /// A unified diff with its colours.
    pub fn diff(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        for line in text.split_inclusive('\n') {
            let style = match line.as_bytes().first() {
                _ if line.starts_with("--- ") || line.starts_with("+++ ") => Some(TextStyle::Bold),
                Some(b'+') => Some(TextStyle::Green),
                Some(b'-') => Some(TextStyle::Red),
                Some(b'@') => Some(TextStyle::Cyan),
                _ => None,
            };
            let (text, end) = line.strip_suffix('\n').map_or((line, ""), |text| (text, "\n"));
            out.push_str(&style.map_or_else(|| text.to_owned(), |style| self.paint(style, text)));
            out.push_str(end);
        }
        out
    }

    /// Writes to the standard output. A reader that goes away early is no error.
    ///
    /// # Errors
    /// The output cannot be written.
    pub fn print(&mut self, text: &str) -> Result<(), CliError> {
        if self.closed {
            return Ok(());
        }
        let mut out = io::stdout().lock();
        match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
            Err(error) if error.kind() == ErrorKind::BrokenPipe => {
                self.closed = true;
                Ok(())
            }
            Err(error) => Err(CliError::write("-", &error)),
            Ok(()) => Ok(()),
        }
    }

    /// Writes to the standard error output; if that is gone, nobody can be told.
    pub fn note(&self, text: &str) {
        let _ = io::stderr().lock().write_all(text.as_bytes());
    }

    /// Tells why a command cannot go on.
    pub fn error(&self, error: &CliError) {
        let head = self.say("错误：", "error: ");
        let mut out = format!("{}{}\n", self.paint_error(TextStyle::Red, head), one_line(&error.text(self.lang)));
        if let Some(help) = error.help(self.lang) {
            let _ = writeln!(
                out,
                "  {}{}",
                self.paint_error(TextStyle::Cyan, self.say("帮助：", "help: ")),
                one_line(&help)
            );
        }
        self.note(&out);
    }

    /// Tells the first problems on the standard error output, the way the `pretty` report does. One
    /// mistake in a file often has many consequences: how many more there are is said.
    pub fn problems(&self, problems: &[Problem], run: &RunInfo) {
        const TOLD: usize = 10;
        let pretty = format(FormatName::Pretty, self.look);
        let mut out = String::new();
        for problem in problems.iter().take(TOLD) {
            pretty.problem(run, problem, &mut out);
        }
        if problems.len() > TOLD {
            let more = problems.len() - TOLD;
            let _ = match self.lang {
                Lang::Zh => writeln!(out, "另有 {more} 处错误"),
                Lang::En => writeln!(out, "{more} more"),
            };
        }
        self.note(&out);
    }

    /// What the user should know of how assets were looked at, though nothing was wrong with any.
    pub fn media_notes(&self, scanner: &MediaScanner) {
        for note in scanner.notes() {
            self.note(&format!("{}\n", self.paint(TextStyle::Dim, &self.text(&note))));
        }
    }

    fn paint_error(&self, style: TextStyle, text: &str) -> String {
        use std::io::IsTerminal as _;
        if io::stderr().is_terminal() { self.paint(style, text) } else { text.to_owned() }
    }
}

/// A piece of a line with its style.
#[derive(Debug, Clone, Default)]
pub struct GridCell {
    text: String,
    style: Option<TextStyle>,
}

impl GridCell {
    /// Plain text; it is made safe to show.
    pub fn new(text: impl AsRef<str>) -> Self {
        Self { text: one_line(text.as_ref()).into_owned(), style: None }
    }

    /// Text in a style.
    pub fn styled(style: TextStyle, text: impl AsRef<str>) -> Self {
        Self { style: Some(style), ..Self::new(text) }
    }
}

/// Rows whose columns line up; the last column is wrapped at the terminal's width.
#[derive(Debug, Default)]
pub struct Grid {
    indent: usize,
    rows: Vec<Vec<GridCell>>,
    /// Widths that were given, to line up several grids.
    least: Vec<usize>,
}

/// Columns between two cells.
const GAP: usize = 2;

impl Grid {
    /// A grid that begins after so many columns.
    pub fn new(indent: usize) -> Self {
        Self { indent, ..Self::default() }
    }

    /// Columns of at least these widths.
    #[must_use]
    pub fn at_least(mut self, widths: Vec<usize>) -> Self {
        self.least = widths;
        self
    }

    /// Adds a row.
    pub fn row(&mut self, cells: impl IntoIterator<Item = GridCell>) {
        self.rows.push(cells.into_iter().collect());
    }

    /// How wide the columns are.
    pub fn widths(&self) -> Vec<usize> {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let widest =
            |column: usize| self.rows.iter().filter_map(|row| row.get(column)).map(|cell| width(&cell.text)).max();
        let least = |column: usize| self.least.get(column).copied().unwrap_or(0);
        (0..columns).map(|column| widest(column).unwrap_or(0).max(least(column))).collect()
    }

    /// The rows as text, each with a line break.
    pub fn render(&self, terminal: &Terminal) -> String {
        let widths = self.widths();
        let mut out = String::new();
        for row in &self.rows {
            let last = row.len().saturating_sub(1);
            let mut at = self.indent;
            let _ = write!(out, "{:1$}", "", self.indent);
            for (column, cell) in row.iter().enumerate() {
                let paint =
                    |text: &str| cell.style.map_or_else(|| text.to_owned(), |style| terminal.paint(style, text));
                if column < last {
                    let pad = widths[column] - width(&cell.text) + GAP;
                    let _ = write!(out, "{}{:2$}", paint(&cell.text), "", pad);
                    at += widths[column] + GAP;
                    continue;
                }
                let room = terminal.look.width.saturating_sub(at).max(20);
                for (number, part) in wrap(&cell.text, room).into_iter().enumerate() {
                    if number > 0 {
                        let _ = write!(out, "\n{:1$}", "", at);
                    }
                    out.push_str(&paint(part));
                }
            }
            let end = out.trim_end_matches(' ').len();
            out.truncate(end);
            out.push('\n');
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(width: usize) -> Terminal {
        Terminal::new(Some(Lang::Zh), DisplayOptions { width, ..DisplayOptions::plain() })
    }

    #[test]
    fn columns_line_up_under_chinese() {
        let mut grid = Grid::new(2);
        grid.row([GridCell::new("名称"), GridCell::new("a"), GridCell::new("x")]);
        grid.row([GridCell::new("id"), GridCell::new("茶叶"), GridCell::new("")]);
        assert_eq!(grid.render(&plain(80)), "  名称  a     x\n  id    茶叶\n");
    }

    #[test]
    fn the_last_column_is_wrapped_below_itself() {
        let mut grid = Grid::new(0);
        grid.row([GridCell::new("ab"), GridCell::new("一二三四五六七八九十一二")]);
        assert_eq!(grid.render(&plain(24)), "ab  一二三四五六七八九十\n    一二\n");
    }

    #[test]
    fn colours_are_only_where_they_are_wanted() {
        let mut terminal = plain(80);
        assert_eq!(terminal.paint(TextStyle::Red, "x"), "x");
        terminal.look.color = true;
        assert_eq!(terminal.paint(TextStyle::Red, "x"), "\u{1b}[31;1mx\u{1b}[0m");
        assert_eq!(terminal.paint(TextStyle::Red, ""), "");
    }
}
