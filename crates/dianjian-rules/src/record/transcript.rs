//! The words of a text file that a record names: of captions without numbers, times, notes and tags, of web pages what is
//! visible.
//!
//! What is left out is only left out of what rules read: every place in the text leads back to the file.

mod html;

use std::ops::Range;
use std::sync::Arc;

use dianjian_document::source::{SourceFile, Span};

/// What rules read of a text file.
#[derive(Debug, Clone)]
pub struct Transcript {
    source: Arc<SourceFile>,
    /// The words; `None`: the whole file.
    words: Option<TranscriptWords>,
}

/// Parts of a file, one after another, with breaks between them that are not in the file.
#[derive(Debug, Clone, Default)]
struct TranscriptWords {
    text: String,
    /// In order, both in the text and in the file.
    parts: Vec<TranscriptPart>,
}

/// Bytes of the file that are in the text unchanged.
#[derive(Debug, Clone, Copy)]
struct TranscriptPart {
    /// Offset in the text.
    at: usize,
    /// Offset in the file, byte-order mark not counted.
    from: usize,
    len: usize,
}

impl Transcript {
    /// Reads a file: captions by their format, anything else as it is.
    pub fn new(source: Arc<SourceFile>) -> Self {
        let text = body(&source);
        let extension = source.name().rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase());
        let words = match extension.as_deref() {
            Some(_) if text.starts_with("WEBVTT") => Some(cues(text, true)),
            Some("srt") => Some(cues(text, false)),
            Some("vtt") => Some(cues(text, true)),
            Some("ass" | "ssa") => Some(dialogue(text)),
            Some("lrc") => Some(lyrics(text)),
            Some("html" | "htm" | "xhtml") => Some(html::visible(text)),
            _ => None,
        };
        Self { source, words }
    }

    /// The lines of a file that say something; those that begin with `# ` are notes.
    pub fn lines(source: &Arc<SourceFile>) -> Vec<Self> {
        let one = |(from, line): (usize, &str)| {
            let text = line.trim();
            let from = from + (line.len() - line.trim_start().len());
            let mut words = TranscriptWords::default();
            words.take(text, from);
            Self { source: Arc::clone(source), words: Some(words) }
        };
        let says = |(_, line): &(usize, &str)| {
            let line = line.trim();
            !line.is_empty() && line != "#" && !line.starts_with("# ")
        };
        lines(body(source)).filter(says).map(one).collect()
    }

    /// A value of another file: its text, which stands at the span as it is or in quotes.
    pub fn of_text(source: Arc<SourceFile>, span: Span, text: &str) -> Self {
        let written = source.slice(span);
        let inside = written.find(text).filter(|_| !text.is_empty());
        let mark = source.bom_len() as usize;
        let from = (span.start as usize + inside.unwrap_or_default()).saturating_sub(mark);
        // What is written in another way is pointed at as a whole.
        let len = if inside.is_some() { text.len() } else { written.len() };
        let words = TranscriptWords { text: text.to_owned(), parts: vec![TranscriptPart { at: 0, from, len }] };
        Self { source, words: Some(words) }
    }

    /// What rules read: the words, or the whole file.
    pub fn text(&self) -> &str {
        self.words.as_ref().map_or_else(|| body(&self.source), |words| &words.text)
    }

    #[expect(missing_docs, reason = "named by its type")]
    pub const fn source(&self) -> &Arc<SourceFile> {
        &self.source
    }

    /// Where a stretch of the words stands in the file, with what was left out inside it.
    pub fn span(&self, range: Range<usize>) -> Span {
        let (start, end) = match &self.words {
            None => (range.start, range.end),
            Some(words) => words.place(range),
        };
        let mark = self.source.bom_len();
        let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX).saturating_add(mark);
        Span::new(offset(start), offset(end.max(start)))
    }

    /// Whether the stretch is in the file unchanged, with nothing left out inside it.
    pub fn is_whole(&self, range: Range<usize>) -> bool {
        let wanted = range.end.saturating_sub(range.start);
        let span = self.span(range);
        (span.end - span.start) as usize == wanted
    }

    /// The line at which the words begin.
    pub fn first_line(&self) -> Span {
        match self.words.as_ref().and_then(|words| words.parts.first()) {
            Some(first) => self.span(0..first.len),
            None => self.source.line_span(0).unwrap_or_default(),
        }
    }
}

/// The file's text without its byte-order mark.
fn body(source: &SourceFile) -> &str {
    source.text().get(source.bom_len() as usize..).unwrap_or_default()
}

/// Lines without their ends, with their places. A lone CR ends a line too.
fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut from = 0;
    std::iter::from_fn(move || {
        let rest = text.get(from..).filter(|rest| !rest.is_empty())?;
        let end = rest.find(['\n', '\r']).unwrap_or(rest.len());
        let crlf = rest.get(end..).is_some_and(|rest| rest.starts_with("\r\n"));
        let line = (from, &rest[..end]);
        from += (end + 1 + usize::from(crlf)).min(rest.len());
        Some(line)
    })
}

impl TranscriptWords {
    /// Appends what stands in the file.
    fn take(&mut self, text: &str, from: usize) {
        let at = self.text.len();
        match self.parts.last_mut() {
            Some(last) if last.from + last.len == from && last.at + last.len == at => last.len += text.len(),
            _ if text.is_empty() => {}
            _ => self.parts.push(TranscriptPart { at, from, len: text.len() }),
        }
        self.text.push_str(text);
    }

    /// A break between cues.
    fn end_cue(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with('\n') {
            self.text.push('\n');
        }
    }

    /// A break between lines of one cue: none between Han, so that a word over two lines is one.
    fn end_line(&mut self, next: &str) {
        let is_joined = |c: char| !c.is_ascii();
        let before = self.text.chars().next_back();
        let after = next.trim_start().chars().next();
        if let (Some(before), Some(after)) = (before, after)
            && !before.is_whitespace()
            && !(is_joined(before) && is_joined(after))
        {
            self.text.push(' ');
        }
    }

    /// First and last place in the file of a stretch of the text.
    fn place(&self, range: Range<usize>) -> (usize, usize) {
        let part_of = |at: usize| self.parts.partition_point(|part| part.at <= at).checked_sub(1);
        let end_of_file = self.parts.last().map_or(0, |part| part.from + part.len);
        let start = match part_of(range.start).and_then(|number| self.parts.get(number).map(|part| (number, part))) {
            Some((_, part)) if range.start < part.at + part.len => part.from + (range.start - part.at),
            Some((number, _)) => self.parts.get(number + 1).map_or(end_of_file, |next| next.from),
            None => self.parts.first().map_or(0, |first| first.from),
        };
        let Some(last) = range.end.checked_sub(1).filter(|last| *last >= range.start) else { return (start, start) };
        let end = part_of(last)
            .and_then(|number| self.parts.get(number))
            .map_or(start, |part| part.from + (last - part.at + 1).min(part.len));
        (start, end)
    }

    /// Takes a line of a cue without what `skip` leaves out of its rest.
    fn line(&mut self, line: &str, from: usize, skip: fn(&str) -> Option<(usize, &'static str)>) {
        let mut start = 0;
        let mut at = 0;
        while let Some(c) = line.get(at..).and_then(|rest| rest.chars().next()) {
            match skip(&line[at..]) {
                Some((length, instead)) => {
                    self.take(&line[start..at], from + start);
                    self.text.push_str(instead);
                    at += length.max(1).min(line.len() - at);
                    start = at;
                }
                None => at += c.len_utf8(),
            }
        }
        self.take(line.get(start..).unwrap_or_default(), from + start);
    }
}

/// Is it the line with a cue's times?
fn is_timing(line: &str) -> bool {
    let Some((start, end)) = line.split_once("-->") else { return false };
    let is_time = |text: &str| {
        !text.is_empty()
            && text.contains(':')
            && text.bytes().all(|byte| byte.is_ascii_digit() || b":.,".contains(&byte))
    };
    is_time(start.trim()) && end.split_whitespace().next().is_some_and(is_time)
}

/// The words of `SubRip` and `WebVTT`.
fn cues(text: &str, vtt: bool) -> TranscriptWords {
    let lines: Vec<(usize, &str)> = lines(text).collect();
    let is_blank = |at: usize| lines.get(at).is_none_or(|(_, line)| line.trim().is_empty());
    let is_timing_at = |at: usize| lines.get(at).is_some_and(|(_, line)| is_timing(line));
    let mut words = TranscriptWords::default();
    let mut skipping = vtt;
    for (at, (from, line)) in lines.iter().enumerate() {
        let begins = at == 0 || is_blank(at - 1);
        if line.trim().is_empty() {
            skipping = false;
            words.end_cue();
            continue;
        }
        let word = line.split(|c: char| c.is_whitespace() || c == ':').next().unwrap_or_default();
        if vtt && begins && ["WEBVTT", "NOTE", "STYLE", "REGION"].contains(&word) && !is_timing_at(at + 1) {
            skipping = true;
        }
        // A number or a name stands before the times; some files have no blank line before it.
        let is_number = line.trim().bytes().all(|byte| byte.is_ascii_digit());
        let is_name = is_timing_at(at + 1) && (begins || is_number);
        if is_timing(line) || is_name {
            skipping = false;
            words.end_cue();
        } else if !skipping {
            if !words.text.ends_with('\n') {
                words.end_line(line);
            }
            words.line(line, *from, markup);
        }
    }
    words
}

/// Tags, styles and entities: how many bytes, and what stands for them.
fn markup(rest: &str) -> Option<(usize, &'static str)> {
    if let Some(inside) = rest.strip_prefix('<') {
        let end = inside.find(['>', '<'])?;
        let name = inside.get(..end).filter(|_| inside[end..].starts_with('>'))?;
        let is_time = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_digit() || b":.".contains(&byte));
        let is_tag = name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '/');
        return (is_time || is_tag).then_some((end + 2, ""));
    }
    if rest.starts_with("{\\") {
        return rest.find('}').map(|end| (end + 1, ""));
    }
    let entities = [("&nbsp;", " "), ("&lrm;", ""), ("&rlm;", ""), ("&amp;", "&"), ("&lt;", "<"), ("&gt;", ">")];
    entities.iter().find(|(entity, _)| rest.starts_with(entity)).map(|(entity, instead)| (entity.len(), *instead))
}

/// The words of `SubStation`: the last field of the lines under `[Events]` that are dialogue.
fn dialogue(text: &str) -> TranscriptWords {
    let mut words = TranscriptWords::default();
    let mut fields = 10;
    for (from, line) in lines(text) {
        if let Some(format) = line.strip_prefix("Format:") {
            fields = format.split(',').count().max(1);
            continue;
        }
        let Some(dialogue) = line.strip_prefix("Dialogue:") else { continue };
        let Some(said) = dialogue.splitn(fields, ',').nth(fields - 1) else { continue };
        words.end_cue();
        words.line(said, from + (line.len() - said.len()), override_tag);
    }
    words
}

fn override_tag(rest: &str) -> Option<(usize, &'static str)> {
    if rest.starts_with('{') {
        return rest.find('}').map(|end| (end + 1, ""));
    }
    [("\\N", ""), ("\\n", ""), ("\\h", " ")].into_iter().find(|(tag, _)| rest.starts_with(tag)).map(|(_, to)| (2, to))
}

/// The words of lyrics: lines without their times, and without those that tell of the song.
fn lyrics(text: &str) -> TranscriptWords {
    let mut words = TranscriptWords::default();
    for (from, line) in lines(text) {
        let mut rest = line.trim_start();
        while let Some((tag, after)) = rest.strip_prefix('[').and_then(|inside| inside.split_once(']')) {
            let (name, _) = tag.split_once(':').unwrap_or((tag, ""));
            if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
                break;
            }
            rest = if name.bytes().all(|byte| byte.is_ascii_digit()) { after } else { "" };
        }
        words.end_cue();
        words.line(rest, from + (line.len() - rest.len()), markup);
    }
    words
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(name: &str, text: &str) -> Transcript {
        Transcript::new(Arc::new(SourceFile::new(name, text)))
    }

    /// What stands in the file where the words have `needle`.
    fn found<'t>(transcript: &'t Transcript, needle: &str) -> &'t str {
        let at = transcript.text().find(needle).unwrap();
        transcript.source().slice(transcript.span(at..at + needle.len()))
    }

    #[test]
    fn numbers_times_and_tags_are_no_words() {
        let srt = "\u{feff}13800138000\r\n00:00:01,000 --> 00:00:04,500 X1:10 Y1:2\r\n<i>家人们</i>，今晚\r\n加微<b>信</b>{\\an8}领\r\n\r\n2\r\n00:00:05,000 --> 00:00:06,000\r\nyun<font color=\"#ff0000\">shan</font>88\r\n3\r\n00:00:07,000 --> 00:00:08,000\r\n1 < 2 <3\r\n";
        let read = read("a.SRT", srt);
        assert_eq!(read.text(), "家人们，今晚加微信领\nyunshan88\n1 < 2 <3");
        assert_eq!(found(&read, "加微信"), "加微<b>信");
        assert_eq!(found(&read, "今晚加"), "今晚\r\n加");
        assert_eq!(found(&read, "yunshan88"), "yun<font color=\"#ff0000\">shan</font>88");
        let whole = |needle: &str| {
            let at = read.text().find(needle).unwrap();
            read.is_whole(at..at + needle.len())
        };
        assert!(whole("家人们") && !whole("加微信"));
    }

    #[test]
    fn headers_notes_and_styles_are_no_words() {
        let vtt = "WEBVTT - 13800138000\nKind: captions\n\nNOTE\n微信 abc\n还有\n\nSTYLE\n::cue { color: red }\n\nintro\n00:01.000 --> 00:02.000 line:80%\n<v 主播>点&nbsp;购物袋&amp;下单 <00:01.500><c.red>现在</c>\nNOTE 是歌名\n\n00:03.000 --> 00:04.000\nsecond line\nof it\n";
        let read = read("a.vtt", vtt);
        assert_eq!(read.text(), "点 购物袋&下单 现在 NOTE 是歌名\nsecond line of it");
        assert_eq!(found(&read, "购物袋&下单"), "购物袋&amp;下单");
        assert_eq!(found(&read, "line of"), "line\nof");
    }

    #[test]
    fn other_captions_are_read_too() {
        let ass = "[Script Info]\nTitle: 13800138000\n[V4+ Styles]\nFormat: Name, Fontname\nStyle: Default,Arial\n[Events]\nFormat: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\nComment: 0,0:00:01.00,0:00:02.00,Default,,0,0,0,,注释\nDialogue: 0,0:00:01.00,0:00:02.00,Default,,0,0,0,,{\\b1}加微{\\b0}信\\N, 领茶\n";
        let ass = read("a.ass", ass);
        assert_eq!(ass.text(), "加微信, 领茶");
        assert_eq!(found(&ass, "微信"), "微{\\b0}信");
        let lrc = read("a.lrc", "[ti:13800138000]\n[00:01.00][00:09.00]加微<00:02.00>信\n[笑]好\n");
        assert_eq!(lrc.text(), "加微信\n[笑]好");
    }

    #[test]
    fn other_files_are_read_as_they_are() {
        let plain = read("a.md", "\u{feff}1\n00:00:01,000 --> 00:00:04,500\n<b>x</b>");
        assert_eq!(plain.text(), "1\n00:00:01,000 --> 00:00:04,500\n<b>x</b>");
        assert_eq!(found(&plain, "<b>x"), "<b>x");
    }

    #[test]
    fn a_list_has_an_item_a_line() {
        let source = Arc::new(SourceFile::new(
            "links.txt",
            "\u{feff}# 链接\nhttps://a.example/1\r\n\r\n  #小程序://店/a  \n#\nb",
        ));
        let lines = Transcript::lines(&source);
        let texts: Vec<&str> = lines.iter().map(Transcript::text).collect();
        assert_eq!(texts, ["https://a.example/1", "#小程序://店/a", "b"]);
        assert_eq!(source.slice(lines[1].span(0..4)), "#小");
        assert_eq!(source.slice(lines[1].first_line()), "#小程序://店/a");
    }

    proptest! {
        #[test]
        fn every_place_leads_back_to_the_file(
            name in "a\\.(srt|vtt|ass|lrc)",
            text in "(WEBVTT\n)?([0-9]{1,2}\r?\n)?(00:01:02,000 --> 00:01:03,000\n)?([<>{}&a;中信\\\\N\\[\\]:0-9 \r\n]|</?b>|Dialogue: 0,1,2,3,4,5,6,7,8,|NOTE|-->){0,60}",
        ) {
            let read = read(&name, &text);
            let words = read.text();
            let ends: Vec<usize> = words.char_indices().map(|(at, _)| at).chain([words.len()]).collect();
            for (number, start) in ends.iter().enumerate() {
                for end in &ends[number..] {
                    let span = read.span(*start..*end);
                    prop_assert!(span.start <= span.end && span.end as usize <= text.len());
                    if read.is_whole(*start..*end) && start < end && !words[*start..*end].contains(['\n', ' ', '&', '<', '>']) {
                        prop_assert_eq!(read.source().slice(span), &words[*start..*end]);
                    }
                }
            }
        }
    }
}
