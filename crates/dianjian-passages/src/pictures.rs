//! The pictures in a document, which may show words and codes as much as any other picture.

use std::collections::HashSet;
use std::io::{Read as _, Seek as _, SeekFrom};

use dianjian_package::{Package, ReadSeek};
use hayro_interpret::font::GlyphRun;
use hayro_interpret::kurbo::BezPath;
use hayro_interpret::{
    BlendMode, ClipPath, Device, DrawMode, DrawProps, Image, ImageData, ImageDrawProps, LumaData, SoftMask,
};

use crate::format::{DocumentFormat, MainPart, main_part};
use crate::{PassageError, pdf};

/// A picture in a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentPicture {
    /// Its name within the document: a part's name, or `page-3-1` for the first picture of the third page.
    pub name: String,
    /// A picture file: as it lies in the document, or a BMP of what a page shows.
    pub bytes: Vec<u8>,
}

/// Endings of parts that are pictures. Of those that are drawn rather than photographed (EMF, WMF, SVG) nobody can tell here
/// what they show: they are named like the others, and are no pictures that can be looked at.
const ENDINGS: [&str; 13] =
    ["png", "jpg", "jpeg", "jfif", "gif", "bmp", "tif", "tiff", "webp", "emf", "wmf", "svg", "wdp"];

/// Pictures of pages of fewer pixels a side are lines, dots and signs.
const MIN_SIDE: u32 = 40;

/// Pictures of pages of more pixels are named by their size alone.
const MAX_PIXELS: u64 = 100_000_000;

/// Calls `look` with each picture of a document, one after another; `false` ends it.
///
/// # Errors
///
/// The document is damaged, encrypted, of another format, or too large.
pub fn pictures(
    format: DocumentFormat,
    mut file: Box<dyn ReadSeek>,
    look: &mut (dyn FnMut(DocumentPicture) -> bool + Send),
) -> Result<(), PassageError> {
    file.seek(SeekFrom::Start(0))?;
    match format {
        DocumentFormat::Package => of_package(&mut Package::open(file)?, look),
        DocumentFormat::Pdf => {
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes)?;
            pdf::pictures(bytes, look)
        }
        other => Err(PassageError::Unsupported(other)),
    }
}

fn of_package(
    package: &mut Package,
    look: &mut (dyn FnMut(DocumentPicture) -> bool + Send),
) -> Result<(), PassageError> {
    let folder = match main_part(package)? {
        MainPart::Word(_) => "word/media/",
        MainPart::Slides(_) => "ppt/media/",
    };
    let is_picture = |name: &str| {
        let name = name.to_ascii_lowercase();
        let ending = name.rsplit('.').next().unwrap_or_default();
        name.trim_start_matches('/').starts_with(folder) && ENDINGS.contains(&ending)
    };
    let mut parts: Vec<(String, usize)> = package
        .names()
        .enumerate()
        .filter(|(_, name)| is_picture(name))
        .map(|(at, name)| (name.to_owned(), at))
        .collect();
    parts.sort();
    for (name, part) in parts {
        let mut bytes = Vec::new();
        package.read(part)?.read_to_end(&mut bytes)?;
        if !look(DocumentPicture { name, bytes }) {
            break;
        }
    }
    Ok(())
}

/// Takes the pictures of the pages of a PDF.
pub(crate) struct PagePictures<'l> {
    look: &'l mut (dyn FnMut(DocumentPicture) -> bool + Send),
    page: u32,
    /// How many pictures the page has so far.
    number: u32,
    /// The hashes of those before: pages repeat logos.
    known: HashSet<u64>,
    pub is_over: bool,
}

impl<'l> PagePictures<'l> {
    pub(crate) fn new(look: &'l mut (dyn FnMut(DocumentPicture) -> bool + Send)) -> Self {
        Self { look, page: 0, number: 0, known: HashSet::new(), is_over: false }
    }

    pub(crate) fn begin(&mut self, page: u32) {
        (self.page, self.number) = (page, 0);
    }

    fn take(&mut self, width: u32, height: u32, pixels: impl Iterator<Item = [u8; 3]>) {
        self.number += 1;
        let bytes = bitmap(width, height, pixels);
        if self.is_over || !self.known.insert(hash(&bytes)) {
            return;
        }
        let name = format!("page-{}-{}", self.page, self.number);
        self.is_over = !(self.look)(DocumentPicture { name, bytes });
    }
}

fn hash(bytes: &[u8]) -> u64 {
    use std::hash::{DefaultHasher, Hasher as _};
    let mut hasher = DefaultHasher::new();
    hasher.write(bytes);
    hasher.finish()
}

/// A BMP of 24 bits a pixel, with rows from top to bottom.
fn bitmap(width: u32, height: u32, pixels: impl Iterator<Item = [u8; 3]>) -> Vec<u8> {
    const HEAD: u32 = 54;
    let row = width as usize * 3;
    let padding = row.next_multiple_of(4) - row;
    let size = (row + padding) as u64 * u64::from(height);
    let mut bytes = Vec::new();
    bytes.extend(b"BM");
    bytes.extend(u32::try_from(size).unwrap_or(u32::MAX).saturating_add(HEAD).to_le_bytes());
    bytes.extend([0; 4]);
    for number in [HEAD, 40, width] {
        bytes.extend(number.to_le_bytes());
    }
    bytes.extend(i32::try_from(height).unwrap_or(i32::MAX).saturating_neg().to_le_bytes());
    bytes.extend([1, 0, 24, 0]);
    bytes.extend([0; 24]);
    let mut in_row = 0;
    for [red, green, blue] in pixels {
        bytes.extend([blue, green, red]);
        in_row += 3;
        if in_row == row {
            bytes.extend(std::iter::repeat_n(0, padding));
            in_row = 0;
        }
    }
    bytes
}

impl Device<'_> for PagePictures<'_> {
    fn draw_path(&mut self, _: &BezPath, _: DrawProps<'_>, _: &DrawMode) {}

    fn push_clip_path(&mut self, _: &ClipPath) {}

    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'_>>, _: BlendMode) {}

    fn draw_glyph_run(&mut self, _: &GlyphRun<'_, '_>, _: DrawProps<'_>, _: &DrawMode) {}

    fn draw_image(&mut self, image: Image<'_, '_>, _: ImageDrawProps<'_>) {
        let (width, height) = (image.width(), image.height());
        if self.is_over || width.min(height) < MIN_SIDE {
            return;
        }
        if u64::from(width) * u64::from(height) > MAX_PIXELS {
            return self.take(width, height, std::iter::empty());
        }
        let grey = |LumaData { data, .. }: LumaData| data.into_iter();
        match image {
            Image::Raster(raster) => raster.with_rgba(
                |shown, _| match shown {
                    ImageData::Rgb(rgb) => {
                        let (pixels, _) = rgb.data.as_chunks::<3>();
                        self.take(rgb.width, rgb.height, pixels.iter().copied());
                    }
                    ImageData::Luma(luma) => {
                        let (width, height) = (luma.width, luma.height);
                        self.take(width, height, grey(luma).map(|light| [light; 3]));
                    }
                },
                None,
            ),
            // What a stencil leaves free is the paper.
            Image::Stencil(stencil) => stencil.with_stencil(
                |luma, _| {
                    let (width, height) = (luma.width, luma.height);
                    self.take(width, height, grey(luma).map(|ink| [u8::MAX - ink; 3]));
                },
                None,
            ),
        }
    }

    fn pop_clip(&mut self) {}

    fn pop_transparency_group(&mut self) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bitmap_has_its_size_and_whole_rows() {
        let bytes = bitmap(3, 2, [[1, 2, 3]; 6].into_iter());
        assert_eq!(bytes.len(), 54 + 2 * 12);
        assert_eq!(&bytes[..2], b"BM");
        assert_eq!((bytes[18], i32::from_le_bytes(bytes[22..26].try_into().unwrap())), (3, -2));
        assert_eq!(&bytes[54..57], [3, 2, 1]);
        assert_eq!(&bytes[66..69], [3, 2, 1], "rows begin at multiples of four bytes");
    }
}
