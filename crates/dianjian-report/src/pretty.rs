//! For people at a terminal: what is wrong, where, what to do, and on whose authority.
//!
//! miette draws the heading and the [`Excerpt`]; the lines below it are written here, because miette's labels are in
//! English only. For the escape sequences of styles, and why they do not come from `anstyle`, see [`TextStyle`].

use std::borrow::Cow;
use std::fmt::{self, Write as _};
use std::sync::Arc;

use chrono::NaiveDate;
use dianjian_base::lang::Lang;
use dianjian_document::source::{SourceFile, Span};
use dianjian_engine::finding::{Finding, Message, Problem, RuleInfo, Summary};
use dianjian_media as media;
use dianjian_rules::language::Severity;
use miette::{
    Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, SourceCode, ThemeCharacters, ThemeStyles,
};

use super::excerpt::{Excerpt, ExcerptMark, line_of};
use super::safe::{clipped, one_line, width, wrap};
use super::unbroken::{restore, unbroken};
use super::words::{self, PROBLEM, count};
use super::{DisplayOptions, FoldablePlace, Layout, ReportFormat, RunInfo, TextStyle};

/// Other places that are listed; of the rest only the number is given.
const MAX_ALSO: usize = 5;

/// Longer messages are cut, in columns.
const MAX_MESSAGE: usize = 600;

/// Columns before the label of a line below an excerpt.
const INDENT: usize = 4;

/// The `pretty` format.
pub(super) struct Pretty {
    look: DisplayOptions,
    handler: GraphicalReportHandler,
}

impl Pretty {
    pub(super) fn new(look: DisplayOptions) -> Self {
        let handler = GraphicalReportHandler::new_themed(GraphicalTheme::none())
            .with_width(look.width.max(20))
            .with_context_lines(1)
            .without_syntax_highlighting()
            .with_links(false);
        Self { look, handler }
    }

    /// Heading and excerpt.
    fn draw(&self, shown: &PrettyDiagnostic<'_>, out: &mut String) {
        let theme = GraphicalTheme { characters: self.characters(shown), styles: self.styles(shown) };
        let handler = self.handler.clone().with_theme(theme);
        let start = out.len();
        // Neither a `String` nor an `Excerpt` can fail.
        let _ = handler.render_report(out, shown);
        restore(out, start);
        if let Some(excerpt) = &shown.excerpt {
            excerpt.corrected(out, start);
        }
    }

    /// The characters to draw with. The one for the severity is replaced by severity and rule: miette writes it before
    /// the message.
    fn characters(&self, shown: &PrettyDiagnostic<'_>) -> ThemeCharacters {
        let mut characters = if self.look.unicode { ThemeCharacters::unicode() } else { ThemeCharacters::ascii() };
        let place = match shown.severity {
            Severity::Error => &mut characters.error,
            Severity::Warning => &mut characters.warning,
            Severity::Info => &mut characters.advice,
        };
        *place = format!("{}[{}]:", words::severity(shown.lang, shown.severity), shown.code);
        characters
    }

    fn styles(&self, shown: &PrettyDiagnostic<'_>) -> ThemeStyles {
        if !self.look.color {
            return ThemeStyles::none();
        }
        let mut styles = ThemeStyles::ansi();
        (styles.error, styles.warning) = (styles.error.bold(), styles.warning.bold());
        let main = match shown.severity {
            Severity::Error => styles.error,
            Severity::Warning => styles.warning,
            Severity::Info => styles.advice,
        };
        if let Some(excerpt) = &shown.excerpt {
            styles.highlights =
                excerpt.labels().map(|(_, is_primary)| if is_primary { main } else { styles.help }).collect();
        }
        styles
    }

    /// A labelled line below an excerpt, wrapped beside its label. `text` must be safe.
    fn line(&self, label: &str, text: &str, style: TextStyle, out: &mut String) {
        let indent = INDENT + width(label);
        let room = self.look.width.saturating_sub(indent).max(20);
        for (number, part) in wrap(text, room).into_iter().enumerate() {
            if number == 0 {
                let _ = write!(out, "{:INDENT$}", "");
                // A dimmed line is dim as a whole.
                self.look.paint(if style == TextStyle::Plain { TextStyle::Cyan } else { style }, label, out);
            } else {
                let _ = write!(out, "{:indent$}", "");
            }
            self.look.paint(style, part, out);
            out.push('\n');
        }
    }

    /// The places outside the excerpt: a line for each of the first, then the number of the others.
    fn also(&self, lang: Lang, places: &[ListedPlace<'_>], omitted: usize, out: &mut String) {
        let label = label(lang, "另见", "also");
        let indent = INDENT + width(&label);
        for (number, place) in places.iter().take(MAX_ALSO).enumerate() {
            if number == 0 {
                let _ = write!(out, "{:INDENT$}", "");
                self.look.paint(TextStyle::Cyan, &label, out);
            } else {
                let _ = write!(out, "{:indent$}", "");
            }
            self.also_line(lang, place, indent, out);
        }
        let rest = places.len().saturating_sub(MAX_ALSO) + omitted;
        if rest > 0 {
            let rest = match lang {
                Lang::Zh => format!("另有 {rest} 处"),
                Lang::En => format!("and {rest} more"),
            };
            let _ = write!(out, "{:indent$}", "");
            self.look.paint(TextStyle::Dim, &rest, out);
            out.push('\n');
        }
    }

    fn also_line(&self, lang: Lang, place: &ListedPlace<'_>, indent: usize, out: &mut String) {
        let at = words::place(lang, place.source, place.span.start);
        let room = self.look.width.saturating_sub(indent + width(&at) + 2);
        let label = place.label.as_ref().map(|label| clipped(label, room / 3));
        let label = label.map_or_else(String::new, |label| format!("  ({label})"));
        let room = room.saturating_sub(width(&label));
        let (before, marked, after) = line_of(place.source, place.span, room);
        out.push_str(&at);
        out.push_str("  ");
        self.look.paint(TextStyle::Dim, &before, out);
        self.look.paint(TextStyle::Bold, &marked, out);
        self.look.paint(TextStyle::Dim, &after, out);
        out.push_str(&label);
        out.push('\n');
    }

    fn authority(&self, lang: Lang, rule: &RuleInfo, day: NaiveDate, out: &mut String) {
        let text = words::authority(lang, rule, day);
        let start = out.len();
        self.line(&label(lang, "依据", "evidence"), &one_line(&text), TextStyle::Dim, out);
        if self.look.links
            && let Some(best) = words::best_evidence(rule, day)
            && let Some(address) = words::address(best)
        {
            link(best.title(lang).unwrap_or(&best.r#ref), &address, start, out);
        }
    }

    /// Which picture and where in it; on terminals that can, also a crop of it.
    fn picture(&self, lang: Lang, shown: &media::SightingDisplay, message: &str, out: &mut String) {
        self.line(
            &label(lang, "画面", "picture"),
            &one_line(&words::picture(lang, shown, message)),
            TextStyle::Plain,
            out,
        );
        if let (Some(protocol), Some(crop)) = (self.look.pictures, &shown.crop) {
            let _ = writeln!(out, "{:INDENT$}{}", "", protocol.encode(crop));
        }
    }

    fn fixes(&self, lang: Lang, finding: &Finding, out: &mut String) {
        for fix in &finding.fixes {
            let title = clipped(fix.title.get(lang), MAX_MESSAGE);
            let text = words::fix(lang, &title, fix.applicability);
            self.line(&label(lang, "修复", "fix"), &text, TextStyle::Plain, out);
        }
    }
}

/// The label of a line below an excerpt, padded so that all labels end in the same column.
fn label(lang: Lang, zh: &str, en: &str) -> String {
    match lang {
        Lang::Zh => format!("{zh}："),
        Lang::En => format!("{en:>8}: "),
    }
}

/// The label of the places that a block stands for, besides its own.
fn same(lang: Lang) -> String {
    label(lang, "同类", "same")
}

/// Makes a source's name that occurs in `out` after `start` a hyperlink, unless a line break divides it.
fn link(name: &str, address: &str, start: usize, out: &mut String) {
    let name = one_line(name);
    if let Some(at) = out[start..].find(&*name).map(|at| start + at) {
        let linked = format!("\x1b]8;;{address}\x1b\\{name}\x1b]8;;\x1b\\");
        out.replace_range(at..at + name.len(), &linked);
    }
}

/// Another place of a finding or a problem.
struct ListedPlace<'a> {
    source: &'a SourceFile,
    span: Span,
    label: Option<Cow<'a, str>>,
}

/// The excerpt at a place, and those of the other places that are not drawn in it.
fn excerpt<'a>(
    source: &Arc<SourceFile>,
    place: &ExcerptMark<'_>,
    also: Vec<ListedPlace<'a>>,
    columns: usize,
    lang: Lang,
) -> (Excerpt, Vec<ListedPlace<'a>>) {
    let marks: Vec<(usize, ExcerptMark<'_>)> = also
        .iter()
        .enumerate()
        .filter(|(_, other)| other.source.is_same_text(source))
        .map(|(number, other)| (number, ExcerptMark { span: other.span, label: other.label.clone() }))
        .collect();
    let (excerpt, drawn) = Excerpt::of_row(source, place, &marks, columns, lang)
        .unwrap_or_else(|| Excerpt::new(source, place, &marks, columns, lang));
    drop(marks);
    let rest = also.into_iter().enumerate().filter(|(number, _)| !drawn.contains(number));
    (excerpt, rest.map(|(_, other)| other).collect())
}

/// A heading with its excerpt, as miette sees it.
struct PrettyDiagnostic<'a> {
    lang: Lang,
    severity: Severity,
    code: &'a str,
    message: Cow<'a, str>,
    excerpt: Option<Excerpt>,
}

impl fmt::Debug for PrettyDiagnostic<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PrettyDiagnostic").field("code", &self.code).finish_non_exhaustive()
    }
}

impl fmt::Display for PrettyDiagnostic<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&unbroken(&self.message))
    }
}

impl std::error::Error for PrettyDiagnostic<'_> {}

impl Diagnostic for PrettyDiagnostic<'_> {
    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
            Severity::Info => miette::Severity::Advice,
        })
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.excerpt.as_ref().map(|excerpt| excerpt as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let excerpt = self.excerpt.as_ref()?;
        Some(Box::new(excerpt.labels().map(|(label, _)| label.clone())))
    }
}

impl ReportFormat for Pretty {
    fn layout(&self) -> Layout {
        Layout::Sorted
    }

    fn foldable(&self, run: &RunInfo, finding: &Finding) -> Option<FoldablePlace> {
        FoldablePlace::of(run.lang, finding, || {
            let place = ListedPlace { source: &finding.primary.source, span: finding.primary.span, label: None };
            let mut line = String::new();
            self.also_line(run.lang, &place, INDENT + width(&same(run.lang)), &mut line);
            line
        })
    }

    fn foldable_problem(&self, run: &RunInfo, problem: &Problem) -> Option<FoldablePlace> {
        if !problem.related.is_empty() || problem.file.is_empty() {
            return None;
        }
        let line = match &problem.place {
            Some((source, span)) => {
                let place = ListedPlace { source, span: *span, label: None };
                let mut line = String::new();
                self.also_line(run.lang, &place, INDENT + width(&same(run.lang)), &mut line);
                line
            }
            None => format!("{}\n", one_line(&problem.display_name())),
        };
        Some(FoldablePlace::of_problem(problem.message.get(run.lang), line))
    }

    fn folded(&self, run: &RunInfo, places: &[String], more: usize, out: &mut String) {
        let label = same(run.lang);
        let indent = INDENT + width(&label);
        // Below the text, and above the blank line that ends it.
        let end = out.trim_end_matches('\n').len() + 1;
        out.truncate(end);
        for (number, place) in places.iter().enumerate() {
            if number == 0 {
                let _ = write!(out, "{:INDENT$}", "");
                self.look.paint(TextStyle::Cyan, &label, out);
            } else {
                let _ = write!(out, "{:indent$}", "");
            }
            out.push_str(place);
        }
        if more > 0 {
            let rest = match run.lang {
                Lang::Zh => format!("另有 {more} 处（--no-fold 全部列出）"),
                Lang::En => format!("and {more} more (--no-fold lists all)"),
            };
            let _ = write!(out, "{:indent$}", "");
            self.look.paint(TextStyle::Dim, &rest, out);
            out.push('\n');
        }
        out.push('\n');
    }

    fn finding(&self, run: &RunInfo, finding: &Finding, out: &mut String) {
        if run.counts_only {
            return;
        }
        let lang = run.lang;
        let word = |message: &Message| Cow::Owned(message.render(lang));
        let place = ExcerptMark { span: finding.primary.span, label: finding.primary.message.as_ref().map(word) };
        let also = finding
            .related
            .iter()
            .map(|place| ListedPlace {
                source: &place.source,
                span: place.span,
                label: place.message.as_ref().map(word),
            })
            .collect();
        let (excerpt, also) = excerpt(&finding.primary.source, &place, also, self.look.width, lang);
        let message = finding.message.render(lang);
        let shown = PrettyDiagnostic {
            lang,
            severity: finding.severity,
            code: &finding.rule.id,
            message: clipped(&message, MAX_MESSAGE),
            excerpt: Some(excerpt),
        };
        self.draw(&shown, out);
        self.also(lang, &also, finding.related_omitted, out);
        if let Some(shown) = &finding.picture {
            self.picture(lang, shown, &message, out);
        }
        if let Some(help) = &finding.help {
            let help = help.render(lang);
            self.line(&label(lang, "帮助", "help"), &clipped(&help, MAX_MESSAGE), TextStyle::Plain, out);
        }
        self.fixes(lang, finding, out);
        self.authority(lang, &finding.rule, finding.as_of, out);
        out.push('\n');
    }

    fn problem(&self, run: &RunInfo, problem: &Problem, out: &mut String) {
        let lang = run.lang;
        let also: Vec<_> = problem
            .related
            .iter()
            .map(|(source, span, text)| ListedPlace { source, span: *span, label: Some(Cow::Borrowed(text.get(lang))) })
            .collect();
        let (excerpt, also) = match &problem.place {
            Some((source, span)) => {
                let place = ExcerptMark { span: *span, label: None };
                let (excerpt, also) = excerpt(source, &place, also, self.look.width, lang);
                (Some(excerpt), also)
            }
            None => (None, also),
        };
        let mut message = clipped(problem.message.get(lang), MAX_MESSAGE);
        if excerpt.is_none() && !problem.file.is_empty() {
            message = Cow::Owned(format!("{}: {message}", one_line(&problem.display_name())));
        }
        self.draw(&PrettyDiagnostic { lang, severity: Severity::Error, code: PROBLEM, message, excerpt }, out);
        self.also(lang, &also, 0, out);
        if let Some(help) = &problem.help {
            let help = clipped(help.get(lang), MAX_MESSAGE);
            self.line(&label(lang, "帮助", "help"), &help, TextStyle::Plain, out);
        }
        out.push('\n');
    }

    fn tail(&self, run: &RunInfo, summary: &Summary, out: &mut String) {
        let lang = run.lang;
        self.statistics(run, summary, out);
        self.verdict(lang, summary, out);
        let mut scope = words::looked_at(lang, summary);
        scope.push(match lang {
            Lang::Zh => format!("按 {} 的规则", run.as_of),
            Lang::En => format!("rules as of {}", run.as_of),
        });
        self.look.paint(TextStyle::Dim, &format!(" · {}", scope.join(" · ")), out);
        out.push('\n');
        let mut notes = words::notes(lang, summary);
        if summary.errors + summary.warnings + summary.infos > 0 {
            notes.push(match lang {
                Lang::Zh => "规则说明：dianjian explain 规则".to_owned(),
                Lang::En => "more on a rule: dianjian explain RULE".to_owned(),
            });
        }
        if !notes.is_empty() {
            out.push_str("  ");
            self.look.paint(TextStyle::Dim, &notes.join(" · "), out);
            out.push('\n');
        }
    }
}

impl Pretty {
    /// The counts by rule, if they were asked for.
    fn statistics(&self, run: &RunInfo, summary: &Summary, out: &mut String) {
        let rows = words::statistics(run, summary);
        let widths = rows.iter().fold([0; 4], |mut widest, row| {
            widest.iter_mut().zip(row).for_each(|(widest, cell)| *widest = width(cell).max(*widest));
            widest
        });
        for (number, row) in rows.iter().enumerate() {
            let mut line = String::new();
            for (at, (cell, columns)) in row.iter().zip(widths).enumerate() {
                let blanks = columns - width(cell);
                let (before, after) = if at == 1 || at == 3 { (0, blanks) } else { (blanks, 0) };
                let _ = write!(line, "{:before$}{cell}{:after$}  ", "", "");
            }
            let style = if number == 0 { TextStyle::Dim } else { TextStyle::Plain };
            self.look.paint(style, line.trim_end(), out);
            out.push('\n');
        }
        if !rows.is_empty() {
            out.push('\n');
        }
    }

    /// The counts that are not zero.
    fn verdict(&self, lang: Lang, summary: &Summary, out: &mut String) {
        let counts = [
            (summary.problems, TextStyle::Red, count(lang, summary.problems, "个无法检查的问题", "problem")),
            (summary.errors, TextStyle::Red, count(lang, summary.errors, "个错误", "error")),
            (summary.warnings, TextStyle::Yellow, count(lang, summary.warnings, "个警告", "warning")),
            (summary.infos, TextStyle::Cyan, count(lang, summary.infos, "个提示", "info")),
        ];
        let is_bad = summary.problems + summary.errors + summary.gaps > 0;
        // Without a record nothing was found to be right.
        let is_empty = summary.looked_at.records.checked == 0;
        let sign = match self.look.unicode {
            true if is_bad => "✗ ",
            true if !is_empty => "✓ ",
            _ => "",
        };
        self.look.paint(if is_bad { TextStyle::Red } else { TextStyle::Green }, sign, out);
        let mut is_first = true;
        for (number, style, text) in counts {
            if number > 0 {
                if !is_first {
                    out.push_str(lang.pick("，", ", "));
                }
                self.look.paint(style, &text, out);
                is_first = false;
            }
        }
        if is_first {
            let nothing = match summary.hidden + summary.elsewhere {
                0 if is_empty => lang.pick("没有检查到任何记录", "no record was checked"),
                0 => lang.pick("没有发现问题", "nothing found"),
                _ => lang.pick("没有要列出的问题", "nothing to list"),
            };
            let style = if is_empty { TextStyle::Yellow } else { TextStyle::Green };
            self.look.paint(style, nothing, out);
        }
    }
}
