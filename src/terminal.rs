//! The printer of all commands but the reports: finished text in, bytes out.
//!
//! Columns are aligned by the width of characters on a terminal, so that Chinese and Latin text line up. For the
//! escape sequences of styles, and why they do not come from `anstyle`, see [`TextStyle`].

use std::fmt::Write as _;
use std::io::{self, ErrorKind, IsTerminal as _, Write};

use dianjian_base::lang::{Lang, Localized, Text};
use dianjian_base::text;
use dianjian_document::problem::Problem;
use dianjian_media::MediaScanner;
pub use dianjian_report::TextStyle;
use dianjian_report::{DisplayOptions, FormatName, RunInfo, format};
use dianjian_text::safe::{one_line, width, wrap};

use crate::environment;
use crate::error::CliError;

/// Writes to the standard output and the standard error output in the user's language.
#[derive(Debug)]
pub struct Terminal {
    pub lang: Lang,
    /// Whether `--lang` was given, which then overrides the configuration.
    lang_given: bool,
    /// Width and colours of the standard output.
    pub look: DisplayOptions,
    /// Set once the reader of the standard output has gone away (`dianjian … | head`): later texts are dropped.
    closed: bool,
}

impl Terminal {
    /// A printer in the language of `--lang`, else in the locale's.
    pub fn new(lang: Option<Lang>, look: DisplayOptions) -> Self {
        Self { lang: lang.unwrap_or_else(environment::lang), lang_given: lang.is_some(), look, closed: false }
    }

    /// Switches to the configuration's language, unless `--lang` was given.
    pub fn configured(&mut self, lang: Option<Lang>) {
        if let Some(lang) = lang.filter(|_| !self.lang_given) {
            self.lang = lang;
        }
    }

    /// The language of `--lang`.
    pub fn given_lang(&self) -> Option<Lang> {
        self.lang_given.then_some(self.lang)
    }

    /// The text in the printer's language.
    pub fn say<'a>(&self, zh: &'a str, en: &'a str) -> &'a str {
        self.lang.pick(zh, en)
    }

    /// The text in the printer's language, with control characters made visible and line breaks removed.
    pub fn text(&self, text: &Text) -> String {
        one_line(text.get(self.lang)).into_owned()
    }

    /// The text in a style, if there are colours.
    pub fn paint(&self, style: TextStyle, text: &str) -> String {
        let mut out = String::new();
        self.look.paint(style, text, &mut out);
        out
    }

    /// A unified diff with its colours.
    pub fn diff(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        for line in text.split_inclusive('\n') {
            let style = match line.as_bytes().first() {
                _ if line.starts_with("--- ") || line.starts_with("+++ ") => TextStyle::Bold,
                Some(b'+') => TextStyle::Green,
                Some(b'-') => TextStyle::Red,
                Some(b'@') => TextStyle::Cyan,
                _ => TextStyle::Plain,
            };
            let (text, end) = line.strip_suffix('\n').map_or((line, ""), |text| (text, "\n"));
            self.look.paint(style, text, &mut out);
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

    /// Writes to the standard error output. There is nowhere to report that this failed.
    pub fn note(&self, text: &str) {
        let _ = io::stderr().lock().write_all(text.as_bytes());
    }

    /// Writes why a command cannot go on to the standard error output.
    pub fn error(&self, error: &CliError) {
        // The options are those of the standard output; the standard error output may be redirected to a file.
        let color = self.look.color && io::stderr().is_terminal();
        let look = DisplayOptions { color, ..self.look };
        let mut out = String::new();
        look.paint(TextStyle::Red, self.say("错误：", "error: "), &mut out);
        let _ = writeln!(out, "{}", one_line(&error.text(self.lang)));
        if let Some(help) = error.help(self.lang) {
            out.push_str("  ");
            look.paint(TextStyle::Cyan, self.say("帮助：", "help: "), &mut out);
            let _ = writeln!(out, "{}", one_line(&help));
        }
        self.note(&out);
    }

    /// Problems as the `pretty` report draws them.
    pub fn pretty<'p>(&self, problems: impl IntoIterator<Item = &'p Problem>) -> String {
        // Of the run, a problem's text depends on the language only.
        let run = RunInfo::new(environment::today(), self.lang, Vec::new());
        let pretty = format(FormatName::Pretty, self.look);
        let mut out = String::new();
        problems.into_iter().for_each(|problem| pretty.problem(&run, problem, &mut out));
        out
    }

    /// Writes the first problems, and how many more there are, to the standard error output: one mistake in a file
    /// often has many consequences.
    pub fn problems(&self, problems: &[Problem]) {
        const LISTED: usize = 10;
        let mut out = self.pretty(problems.iter().take(LISTED));
        if problems.len() > LISTED {
            let more = problems.len() - LISTED;
            out.push_str(text! { zh: "另有 {more} 处错误\n", en: "{more} more\n" }.get(self.lang));
        }
        self.note(&out);
    }

    /// Writes what the user should know about how assets were scanned, though no asset had a problem.
    pub fn media_notes(&self, scanner: &MediaScanner) {
        for note in scanner.notes() {
            self.note(&format!("{}\n", self.paint(TextStyle::Dim, &self.text(&note))));
        }
    }

    /// Rows whose columns line up, indented by so many columns; see [`Grid`].
    pub fn grid<R: IntoIterator<Item = GridCell>>(&self, indent: usize, rows: impl IntoIterator<Item = R>) -> String {
        let mut grid = Grid::new(indent);
        rows.into_iter().for_each(|row| grid.row(row));
        grid.render(self)
    }
}

/// A piece of a line with its style.
#[derive(Debug, Clone)]
pub struct GridCell {
    style: TextStyle,
    text: String,
}

/// A cell of a [`Grid`]. The text may come from a file: control characters are made visible.
pub fn cell(style: TextStyle, text: impl AsRef<str>) -> GridCell {
    GridCell { style, text: one_line(text.as_ref()).into_owned() }
}

/// Rows whose columns line up; the last column is wrapped at the terminal's width.
#[derive(Debug, Default)]
pub struct Grid {
    indent: usize,
    rows: Vec<Vec<GridCell>>,
    /// Minimum widths of the columns, which make several grids line up with each other.
    least: Vec<usize>,
}

/// Columns between two cells.
const GAP: usize = 2;

impl Grid {
    /// A grid whose lines begin after `indent` columns.
    pub fn new(indent: usize) -> Self {
        Self { indent, ..Self::default() }
    }

    /// The same grid with columns of at least these widths.
    #[must_use]
    pub fn at_least(self, widths: Vec<usize>) -> Self {
        Self { least: widths, ..self }
    }

    pub fn row(&mut self, cells: impl IntoIterator<Item = GridCell>) {
        self.rows.push(cells.into_iter().collect());
    }

    /// The width of each column, without the gaps.
    pub fn widths(&self) -> Vec<usize> {
        let mut widths = self.least.clone();
        for (column, cell) in self.rows.iter().flat_map(|row| row.iter().enumerate()) {
            widths.resize(widths.len().max(column + 1), 0);
            widths[column] = widths[column].max(width(&cell.text));
        }
        widths
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
                if column < last {
                    terminal.look.paint(cell.style, &cell.text, &mut out);
                    let _ = write!(out, "{:1$}", "", widths[column] - width(&cell.text) + GAP);
                    at += widths[column] + GAP;
                    continue;
                }
                let room = terminal.look.width.saturating_sub(at).max(20);
                for (number, part) in wrap(&cell.text, room).into_iter().enumerate() {
                    if number > 0 {
                        let _ = write!(out, "\n{:1$}", "", at);
                    }
                    terminal.look.paint(cell.style, part, &mut out);
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
        grid.row([cell(TextStyle::Plain, "名称"), cell(TextStyle::Plain, "a"), cell(TextStyle::Plain, "x")]);
        grid.row([cell(TextStyle::Plain, "id"), cell(TextStyle::Plain, "茶叶"), cell(TextStyle::Plain, "")]);
        assert_eq!(grid.render(&plain(80)), "  名称  a     x\n  id    茶叶\n");
    }

    #[test]
    fn the_last_column_is_wrapped_below_itself() {
        let mut grid = Grid::new(0);
        grid.row([cell(TextStyle::Plain, "ab"), cell(TextStyle::Plain, "一二三四五六七八九十一二")]);
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
