//! PDF: the text layer of each page, in lines as they stand on it.
//!
//! A page is interpreted by `hayro` on a thread of its own with a stack of its own, where a bug in it ends nothing else. What
//! a page draws is bounded by number, so that a file that draws without end is refused.

use std::panic::resume_unwind;
use std::thread::Builder;

use hayro_interpret::font::GlyphRun;
use hayro_interpret::hayro_cmap::BfString;
use hayro_interpret::hayro_syntax::{DecryptionError, LoadPdfError, Pdf};
use hayro_interpret::kurbo::{Affine, BezPath, Point, Rect};
use hayro_interpret::{
    BlendMode, ClipPath, Context, Device, DrawMode, DrawProps, Image, ImageDrawProps, InterpreterCache,
    InterpreterSettings, SoftMask, interpret_page,
};

use crate::lines::{Chunk, PassageLines};
use crate::passage::{Passage, PassagePart, UnreadPart};
use crate::pictures::{DocumentPicture, PagePictures};
use crate::{PassageError, PassageLimit};

/// The most pages.
const MAX_PAGES: usize = 5_000;

/// The most things that are drawn, glyphs included.
const MAX_DRAWN: u64 = 30_000_000;

/// Bytes of the thread's stack.
const STACK: usize = 64 << 20;

/// Glyphs stand on one line whose baselines differ by less than this part of their size …
const SAME_LINE: f64 = 0.4;

/// … and there is a blank between them if they are further apart than this part of their size.
const BLANK: f64 = 1.6;

pub(crate) fn read(bytes: Vec<u8>) -> Result<PassageLines, PassageError> {
    apart(|| read_here(bytes))
}

/// Takes the pictures of all pages.
pub(crate) fn pictures(
    bytes: Vec<u8>,
    look: &mut (dyn FnMut(DocumentPicture) -> bool + Send),
) -> Result<(), PassageError> {
    apart(|| {
        let mut pictures = PagePictures::new(look);
        each_page(bytes, |number, interpret| {
            pictures.begin(number);
            interpret(&mut pictures);
            Ok(!pictures.is_over)
        })
    })
}

/// Runs something on a thread of its own with a stack of its own.
fn apart<T: Send>(work: impl FnOnce() -> Result<T, PassageError> + Send) -> Result<T, PassageError> {
    std::thread::scope(|scope| {
        let thread = Builder::new().name("pdf".to_owned()).stack_size(STACK).spawn_scoped(scope, work)?;
        match thread.join() {
            Ok(read) => read,
            Err(ended) if ended.is::<DrawsTooMuch>() => Err(too_much()),
            Err(_) => Err(PassageError::Unreadable),
        }
    })
}

/// Ends the thread, which cannot be told to stop in another way.
struct DrawsTooMuch;

const fn too_much() -> PassageError {
    PassageError::LimitExceeded { what: PassageLimit::Drawn, limit: MAX_DRAWN }
}

fn read_here(bytes: Vec<u8>) -> Result<PassageLines, PassageError> {
    let (mut lines, mut drawn) = (PassageLines::default(), 0);
    each_page(bytes, |number, interpret| {
        let mut text = PageText { drawn, ..PageText::default() };
        interpret(&mut text);
        drawn = text.drawn;
        text.finish(number, &mut lines).map(|()| true)
    })?;
    Ok(lines)
}

/// Calls `look` with the number of each page and what shows a device the page; `false` ends it.
fn each_page<D: for<'d> Device<'d>>(
    bytes: Vec<u8>,
    mut look: impl FnMut(u32, &dyn Fn(&mut D)) -> Result<bool, PassageError>,
) -> Result<(), PassageError> {
    let pdf = Pdf::new(bytes).map_err(|error| match error {
        LoadPdfError::Decryption(DecryptionError::PasswordProtected | DecryptionError::UnsupportedAlgorithm) => {
            PassageError::Encrypted
        }
        LoadPdfError::Decryption(_) | LoadPdfError::Invalid => PassageError::Unreadable,
    })?;
    let pages = pdf.pages();
    if pages.is_empty() {
        return Err(PassageError::Unreadable);
    }
    if pages.len() > MAX_PAGES {
        return Err(PassageError::LimitExceeded { what: PassageLimit::Pages, limit: MAX_PAGES as u64 });
    }
    let cache = InterpreterCache::new();
    for (number, page) in (1..).zip(pages.iter()) {
        let frame = Rect::new(0.0, 0.0, 1.0, 1.0);
        let interpret = |device: &mut D| {
            let mut context = Context::new(Affine::IDENTITY, frame, &cache, pdf.xref(), InterpreterSettings::default());
            interpret_page(page, &mut context, device);
        };
        if !look(number, &interpret)? {
            break;
        }
    }
    Ok(())
}

/// The text of a page so far.
#[derive(Default)]
struct PageText {
    lines: Vec<String>,
    /// Where the last glyph stands, and its size.
    last: Option<(Point, f64)>,
    /// Whether the page shows something else than text.
    has_pictures: bool,
    /// Glyphs of which the file does not say what they are.
    unknown: usize,
    drawn: u64,
}

impl PageText {
    fn draws(&mut self, number: usize) {
        self.drawn += number as u64;
        if self.drawn > MAX_DRAWN {
            resume_unwind(Box::new(DrawsTooMuch));
        }
    }

    fn glyph(&mut self, text: &str, at: Point, size: f64) {
        let is_same_line = self.last.is_some_and(|(last, last_size)| {
            (at.y - last.y).abs() < SAME_LINE * size.max(last_size) && at.x >= last.x - BLANK * size
        });
        if !is_same_line || self.lines.is_empty() {
            self.lines.push(String::new());
        }
        let Some(line) = self.lines.last_mut() else { return };
        let gap = self.last.map_or(0.0, |(last, _)| at.x - last.x);
        if is_same_line && gap > BLANK * size && !line.is_empty() && !line.ends_with(' ') && text != " " {
            line.push(' ');
        }
        // A control character would be no line of the page.
        line.extend(text.chars().map(|c| if c.is_control() { ' ' } else { c }));
        self.last = Some((at, size));
    }

    fn finish(self, page: u32, lines: &mut PassageLines) -> Result<(), PassageError> {
        let has_text = self.lines.iter().any(|line| !line.trim().is_empty());
        if self.unknown > 0 {
            lines.unread.push(UnreadPart::Characters(page));
        } else if !has_text && self.has_pictures {
            lines.unread.push(UnreadPart::Page(page));
        }
        let said = self.lines.into_iter().filter(|line| !line.trim().is_empty());
        for (number, text) in (1..).zip(said) {
            let passage = Passage { part: PassagePart::Page(page), number };
            lines.push(passage, vec![Chunk { text, place: None }], false)?;
        }
        Ok(())
    }
}

impl Device<'_> for PageText {
    fn draw_path(&mut self, _: &BezPath, _: DrawProps<'_>, _: &DrawMode) {
        self.draws(1);
    }

    fn push_clip_path(&mut self, _: &ClipPath) {
        self.draws(1);
    }

    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'_>>, _: BlendMode) {
        self.draws(1);
    }

    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, '_>, props: DrawProps<'_>, _: &DrawMode) {
        self.draws(run.glyphs().len());
        for glyph in run.glyphs() {
            let transform = props.transform * glyph.transform();
            let at = transform * Point::ZERO;
            // Glyphs are a thousand units high.
            let size = (transform * Point::new(0.0, 1_000.0)).distance(at);
            match glyph.as_unicode() {
                Some(BfString::Char(character)) => self.glyph(character.encode_utf8(&mut [0; 4]), at, size),
                Some(BfString::String(text)) => self.glyph(&text, at, size),
                None => self.unknown += 1,
            }
        }
    }

    fn draw_image(&mut self, _: Image<'_, '_>, _: ImageDrawProps<'_>) {
        self.draws(1);
        self.has_pictures = true;
    }

    fn pop_clip(&mut self) {}

    fn pop_transparency_group(&mut self) {}
}
