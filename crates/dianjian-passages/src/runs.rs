//! Paragraphs and runs of a part's XML, which Word and PowerPoint write alike: `w:p`, `w:r`, `w:t` and `a:p`, `a:r`, `a:t`.

use std::ops::Range;

use dianjian_package::{Package, Xml, attribute};
use quick_xml::events::{BytesStart, Event};

use crate::lines::{Chunk, PassageLines, RawPlace};
use crate::passage::{Passage, PassagePart};
use crate::{PassageError, PassageLimit};

/// The most bytes of a part that is read, once unpacked.
const MAX_PART: u64 = 256 << 20;

/// Elements without text that is read out or seen: properties; what is tracked as deleted or moved away; codes of fields;
/// copies of text boxes for older programs; the pronunciation above characters.
const SKIPPED: [&str; 20] = [
    "rPr",
    "sectPr",
    "tblPr",
    "tblGrid",
    "trPr",
    "tcPr",
    "endParaRPr",
    "bodyPr",
    "lstStyle",
    "del",
    "moveFrom",
    "delText",
    "instrText",
    "delInstrText",
    "fldData",
    "binData",
    "Fallback",
    "rt",
    "sdtPr",
    "numPicBullet",
];

/// Fields whose results are no words of the author's.
const SKIPPED_FIELDS: [&str; 2] = ["slidenum", "datetime"];

/// Reads paragraphs of parts into lines.
pub(crate) struct RunReader<'l> {
    pub lines: &'l mut PassageLines,
    /// What the paragraphs of the part belong to outside tables and text boxes.
    base: PassagePart,
    /// Paragraphs there so far.
    number: u32,
    /// Tables of the document so far.
    tables: u32,
    /// Paragraphs in text boxes of the document so far.
    boxes: u32,
    state: PartState,
}

/// Where in a part the reader is.
#[derive(Default)]
struct PartState {
    part: usize,
    is_utf16: bool,
    /// The tables and text boxes around, the innermost last.
    levels: Vec<Level>,
    /// Paragraphs that are open: a text box lies within one.
    paragraphs: Vec<OpenParagraph>,
    text: Option<OpenText>,
    /// Elements that are open within one that is skipped, that one included.
    skipped: usize,
    /// The same of a paragraph's properties, and of the properties of its mark within.
    properties: usize,
    mark: usize,
}

enum Level {
    Table { table: u32, row: u32, cell: u32, number: u32 },
    TextBox,
}

struct OpenParagraph {
    passage: Passage,
    chunks: Vec<Chunk>,
    /// Whether its mark is tracked as deleted, so that the next paragraph goes on in its line.
    is_mark_deleted: bool,
}

/// A `<t>` that is open.
struct OpenText {
    chunks: Vec<Chunk>,
    trims_at: Option<u64>,
}

impl<'l> RunReader<'l> {
    pub(crate) fn new(lines: &'l mut PassageLines) -> Self {
        Self { lines, base: PassagePart::Body, number: 0, tables: 0, boxes: 0, state: PartState::default() }
    }

    /// Reads a part, whose paragraphs belong to `base`.
    pub(crate) fn read(&mut self, package: &mut Package, part: usize, base: PassagePart) -> Result<(), PassageError> {
        if package.size(part) > MAX_PART {
            return Err(PassageError::LimitExceeded { what: PassageLimit::Bytes, limit: MAX_PART });
        }
        if self.base != base {
            (self.base, self.number) = (base, 0);
        }
        let name = package.name(part).to_owned();
        let mut xml = Xml::of_all_namespaces(package, part, true)?;
        self.state = PartState { part, is_utf16: xml.is_utf16(), ..PartState::default() };
        loop {
            let (event, place) = xml.next_placed()?;
            match event {
                Event::Eof => return Ok(()),
                Event::Start(tag) => self.start(&tag, &place),
                Event::End(tag) => self.end(tag.local_name().into_inner())?,
                Event::Text(text) => self.take(&text, place),
                Event::CData(text) => self.take(&text, place),
                Event::GeneralRef(reference) if self.state.text.is_some() => {
                    let character = Xml::resolve(&name, &reference)?;
                    self.take(character.encode_utf8(&mut [0; 4]), place);
                }
                _ => {}
            }
        }
    }

    fn start(&mut self, tag: &BytesStart<'_>, place: &Range<u64>) {
        let name = tag.local_name().into_inner();
        let state = &mut self.state;
        if state.properties > 0 {
            state.properties += 1;
            if state.mark > 0 || name == "rPr" {
                state.mark += 1;
                let is_deleted = state.mark > 1 && matches!(name, "del" | "moveFrom");
                if let Some(open) = state.paragraphs.last_mut() {
                    open.is_mark_deleted |= is_deleted;
                }
            }
            return;
        }
        if state.skipped > 0 || SKIPPED.contains(&name) || is_skipped_field(name, tag) {
            state.skipped += 1;
            return;
        }
        match name {
            "pPr" => state.properties = 1,
            "p" => {
                let passage = self.next_passage();
                self.state.paragraphs.push(OpenParagraph { passage, chunks: Vec::new(), is_mark_deleted: false });
            }
            // SmartArt has paragraphs in an element of that name.
            "t" if tag.name().into_inner() != "dgm:t" => {
                let trims = tag.name().into_inner() != "a:t"
                    && attribute(tag, "xml:space").is_none_or(|space| space != "preserve");
                let trims_at = trims.then(|| place.end.saturating_sub(1));
                state.text = Some(OpenText { chunks: Vec::new(), trims_at });
            }
            "tab" | "ptab" => self.mark("\t"),
            "br" | "cr" => self.mark("\n"),
            "noBreakHyphen" => self.mark("-"),
            "txbxContent" => state.levels.push(Level::TextBox),
            "tbl" => {
                self.tables += 1;
                state.levels.push(Level::Table { table: self.tables, row: 0, cell: 0, number: 0 });
            }
            "tr" => {
                if let Some(Level::Table { row, cell, .. }) = state.levels.last_mut() {
                    (*row, *cell) = (*row + 1, 0);
                }
            }
            "tc" => {
                if let Some(Level::Table { cell, number, .. }) = state.levels.last_mut() {
                    (*cell, *number) = (*cell + 1, 0);
                }
            }
            _ => {}
        }
    }

    fn end(&mut self, name: &str) -> Result<(), PassageError> {
        let state = &mut self.state;
        if state.properties > 0 {
            state.properties -= 1;
            state.mark = state.mark.saturating_sub(1);
            return Ok(());
        }
        if state.skipped > 0 {
            state.skipped -= 1;
            return Ok(());
        }
        match name {
            "p" => {
                if let Some(OpenParagraph { passage, chunks, is_mark_deleted }) = state.paragraphs.pop() {
                    self.lines.push(passage, chunks, is_mark_deleted)?;
                }
            }
            "t" => {
                if let Some(text) = state.text.take() {
                    let chunks = text.trimmed();
                    if let Some(open) = state.paragraphs.last_mut() {
                        open.chunks.extend(chunks);
                    }
                }
            }
            "txbxContent" | "tbl" => drop(state.levels.pop()),
            _ => {}
        }
        Ok(())
    }

    /// Appends text within a `<t>`.
    fn take(&mut self, text: &str, raw: Range<u64>) {
        let PartState { part, is_utf16, text: open, skipped, .. } = &mut self.state;
        let Some(open) = open.as_mut().filter(|_| *skipped == 0) else { return };
        // A line break in the XML is a blank, as any other one.
        let text = text.replace(['\n', '\r'], " ");
        let place = RawPlace { part: *part, raw, trims_at: open.trims_at };
        open.chunks.push(Chunk { text, place: (!*is_utf16).then_some(place) });
    }

    /// Appends a character that an element stands for.
    fn mark(&mut self, text: &str) {
        if let Some(open) = self.state.paragraphs.last_mut() {
            open.chunks.push(Chunk { text: text.to_owned(), place: None });
        }
    }

    /// The place of the paragraph that begins.
    fn next_passage(&mut self) -> Passage {
        match self.state.levels.last_mut() {
            None => {
                self.number += 1;
                Passage { part: self.base, number: self.number }
            }
            Some(Level::TextBox) => {
                self.boxes += 1;
                Passage { part: PassagePart::TextBox, number: self.boxes }
            }
            Some(Level::Table { table, row, cell, number }) => {
                *number += 1;
                let (row, cell) = (*row, *cell);
                let part = match self.base {
                    PassagePart::Slide(slide) => PassagePart::SlideCell { slide, row, cell },
                    _ => PassagePart::Cell { table: *table, row, cell },
                };
                Passage { part, number: *number }
            }
        }
    }
}

fn is_skipped_field(name: &str, tag: &BytesStart<'_>) -> bool {
    let is_skipped = |kind: &str| SKIPPED_FIELDS.iter().any(|skipped| kind.starts_with(skipped));
    name == "fld" && attribute(tag, "type").is_some_and(|kind| is_skipped(&kind))
}

impl OpenText {
    /// The chunks without the blanks at both ends that do not count.
    fn trimmed(self) -> Vec<Chunk> {
        let mut chunks = self.chunks;
        if self.trims_at.is_none() {
            return chunks;
        }
        if let Some(first) = chunks.first_mut() {
            let blanks = first.text.len() - first.text.trim_start_matches([' ', '\t']).len();
            first.cut(blanks, 0);
        }
        if let Some(last) = chunks.last_mut() {
            let blanks = last.text.len() - last.text.trim_end_matches([' ', '\t']).len();
            last.cut(0, blanks);
        }
        chunks.retain(|chunk| !chunk.text.is_empty());
        chunks
    }
}

impl Chunk {
    /// Leaves out bytes at both ends.
    fn cut(&mut self, before: usize, after: usize) {
        let is_verbatim =
            self.place.as_ref().is_none_or(|place| place.raw.end - place.raw.start == self.text.len() as u64);
        if !is_verbatim || before + after > self.text.len() {
            return;
        }
        if let Some(place) = &mut self.place {
            place.raw = place.raw.start + before as u64..place.raw.end - after as u64;
        }
        self.text.truncate(self.text.len() - after);
        self.text.drain(..before);
    }
}
