//! What a document's text is made of.

use dianjian_base::lang::Text;
use dianjian_base::text;
use serde::{Deserialize, Serialize};

/// The text of a document.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DocumentText {
    /// Lines that end with `\n`, the last one too.
    pub text: String,
    /// The place of every line. A paragraph with line breaks in it has several lines.
    pub passages: Vec<Passage>,
    /// What of the document has words that could not be read.
    pub unread: Vec<UnreadPart>,
}

/// The place of a line in its document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Passage {
    /// Where in the document it stands.
    pub part: PassagePart,
    /// Number of the paragraph there, of a page of the line, from 1.
    pub number: u32,
}

/// A part of a document that has paragraphs of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PassagePart {
    /// The running text.
    Body,
    /// A cell of a table.
    Cell {
        /// Number of the table, from 1.
        table: u32,
        /// Number of the row, from 1.
        row: u32,
        /// Number of the cell in its row, from 1.
        cell: u32,
    },
    /// A text box, a shape or a diagram.
    TextBox,
    /// A footnote.
    Footnote,
    /// An endnote.
    Endnote,
    /// The header of pages.
    Header,
    /// The footer of pages.
    Footer,
    /// A slide, by its number.
    Slide(u32),
    /// A cell of a table on a slide.
    SlideCell {
        /// Number of the slide, from 1.
        slide: u32,
        /// Number of the row, from 1.
        row: u32,
        /// Number of the cell in its row, from 1.
        cell: u32,
    },
    /// The speaker's notes to a slide, by its number.
    Notes(u32),
    /// A page, by its number.
    Page(u32),
}

/// What of a document has words that could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum UnreadPart {
    /// A page without a text layer, such as a scanned one, by its number.
    Page(u32),
    /// A page with characters of which the document does not say what they are.
    Characters(u32),
}

impl Passage {
    /// The place as people name it: `第 12 段`, `paragraph 12`.
    pub fn name(self) -> Text {
        let n = self.number;
        match self.part {
            PassagePart::Body => text! { zh: "第 {n} 段", en: "paragraph {n}" },
            PassagePart::Cell { table, row, cell } => text! {
                zh: "表 {table} 第 {row} 行第 {cell} 格",
                en: "table {table}, row {row}, cell {cell}",
            },
            PassagePart::TextBox => text! { zh: "文本框第 {n} 段", en: "text box, paragraph {n}" },
            PassagePart::Footnote => text! { zh: "脚注第 {n} 段", en: "footnotes, paragraph {n}" },
            PassagePart::Endnote => text! { zh: "尾注第 {n} 段", en: "endnotes, paragraph {n}" },
            PassagePart::Header => text! { zh: "页眉第 {n} 段", en: "header, paragraph {n}" },
            PassagePart::Footer => text! { zh: "页脚第 {n} 段", en: "footer, paragraph {n}" },
            PassagePart::Slide(slide) => text! {
                zh: "第 {slide} 张幻灯片第 {n} 段",
                en: "slide {slide}, paragraph {n}",
            },
            PassagePart::SlideCell { slide, row, cell } => text! {
                zh: "第 {slide} 张幻灯片的表格第 {row} 行第 {cell} 格",
                en: "slide {slide}, table row {row}, cell {cell}",
            },
            PassagePart::Notes(slide) => text! {
                zh: "第 {slide} 张幻灯片的备注第 {n} 段",
                en: "notes of slide {slide}, paragraph {n}",
            },
            PassagePart::Page(page) => text! { zh: "第 {page} 页第 {n} 行", en: "page {page}, line {n}" },
        }
    }
}

impl UnreadPart {
    /// What was not read, and why.
    pub fn reason(self) -> Text {
        match self {
            Self::Page(page) => text! {
                zh: "第 {page} 页没有文字层（可能是扫描页），没有读取",
                en: "page {page} has no text layer (it may be scanned), so it was not read",
            },
            Self::Characters(page) => text! {
                zh: "第 {page} 页的一些字没有写明是什么字，没有读取",
                en: "page {page} has characters of which the document does not say what they are, so they were not read",
            },
        }
    }
}
