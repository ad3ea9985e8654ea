//! Reading through the `rxing` crate: square codes by its detectors, on images that we binarized ourselves.

mod matrix;
mod qr;

use std::borrow::Cow;

use rxing::common::{BitArray, BitMatrix, LineOrientation};

pub(super) use self::matrix::RxingMatrix;
pub(super) use self::qr::RxingQr;
use super::binarize::{BinarizedImage, Threshold};

/// Hands a [`BinarizedImage`] to `rxing`, in place of the thresholds that it would choose itself.
struct RxingBinarizer<'s> {
    source: rxing::Luma8Source<'s>,
    dark: Cow<'s, BitMatrix>,
}

impl<'s> RxingBinarizer<'s> {
    fn new(image: &'s BinarizedImage<'_>) -> Option<Self> {
        let (width, height) = image.grey.dimensions();
        let source = rxing::Luma8Source::new_with_slice(image.grey.as_raw(), width, height).ok()?;
        Some(Self { source, dark: Cow::Borrowed(&image.dark) })
    }
}

type RxingResult<T> = rxing::common::Result<T>;

/// The index of a row or column as rxing's images take it: theirs panic beyond the end.
fn in_bounds(index: usize, end: u32) -> RxingResult<u32> {
    u32::try_from(index).ok().filter(|&index| index < end).ok_or(rxing::Exceptions::INDEX_OUT_OF_BOUNDS)
}

impl<'s> rxing::Binarizer for RxingBinarizer<'s> {
    type Source = rxing::Luma8Source<'s>;

    fn get_luminance_source(&self) -> &Self::Source {
        &self.source
    }

    fn get_black_row(&self, y: usize) -> RxingResult<Cow<'_, BitArray>> {
        Ok(Cow::Owned(self.dark.getRow(in_bounds(y, self.dark.height())?)))
    }

    fn get_black_row_from_matrix(&self, y: usize) -> RxingResult<Cow<'_, BitArray>> {
        self.get_black_row(y)
    }

    fn get_black_matrix(&self) -> RxingResult<&BitMatrix> {
        Ok(&self.dark)
    }

    fn get_black_line(&self, line: usize, orientation: LineOrientation) -> RxingResult<Cow<'_, BitArray>> {
        match orientation {
            LineOrientation::Row => self.get_black_row(line),
            LineOrientation::Column => Ok(Cow::Owned(self.dark.getCol(in_bounds(line, self.dark.width())?))),
        }
    }

    /// For a cropped or rotated copy. The readers used here ask for none.
    fn create_binarizer(&self, source: Self::Source) -> Self {
        use rxing::LuminanceSource;
        let (width, height) = (source.get_width() as u32, source.get_height() as u32);
        let grey = image::GrayImage::from_raw(width, height, source.get_matrix().into_owned());
        let image = grey.and_then(|grey| BinarizedImage::new(Cow::Owned(grey), Threshold::Blocks));
        let dark = image.map_or_else(|| self.dark.clone().into_owned(), |image| image.dark);
        Self { source, dark: Cow::Owned(dark) }
    }

    fn get_width(&self) -> usize {
        self.dark.width() as usize
    }

    fn get_height(&self) -> usize {
        self.dark.height() as usize
    }
}
