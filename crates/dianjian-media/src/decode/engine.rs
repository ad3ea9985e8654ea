//! What reads codes from a sheet: one interface, whoever does the work.

use std::borrow::Cow;

use rxing::common::BitMatrix;

use super::sheet::Sheet;
use crate::{CodeKind, Point, Quad};

/// A code that was read.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Reading {
    pub(super) kind: CodeKind,
    /// Its corners on the sheet.
    pub(super) quad: Quad,
    /// What it says, as people read it.
    pub(super) text: String,
}

/// Reads codes from a sheet.
pub(super) trait Engine: Sync {
    /// Name and version, for people.
    fn name(&self) -> &'static str;

    /// All codes that it can read there. Whatever the library behind it does, this does not panic.
    fn read(&self, sheet: &Sheet) -> Vec<Reading>;
}

/// A point of `rxing`, whose whole numbers are edges as well.
pub(super) const fn point(point: rxing::Point) -> Point {
    Point::new(point.x, point.y)
}

/// Corners around points, clockwise: of four the points themselves, starting with the first.
pub(super) fn around(points: &[Point]) -> Option<Quad> {
    let count = points.len() as f32;
    let finite = |point: &Point| point.x.is_finite() && point.y.is_finite();
    if points.is_empty() || !points.iter().all(finite) {
        return None;
    }
    if let Ok(corners) = <[Point; 4]>::try_from(points) {
        let middle = Point::new(
            points.iter().map(|point| point.x).sum::<f32>() / count,
            points.iter().map(|point| point.y).sum::<f32>() / count,
        );
        let angle = |point: &Point| (point.y - middle.y).atan2(point.x - middle.x);
        let mut sorted = corners;
        sorted.sort_by(|a, b| angle(a).total_cmp(&angle(b)));
        let first = sorted.iter().position(|point| *point == corners[0]).unwrap_or(0);
        sorted.rotate_left(first);
        return Some(Quad(sorted));
    }
    let (mut low, mut high) = (points[0], points[0]);
    for point in points {
        low = Point::new(low.x.min(point.x), low.y.min(point.y));
        high = Point::new(high.x.max(point.x), high.y.max(point.y));
    }
    Some(Quad([low, Point::new(high.x, low.y), high, Point::new(low.x, high.y)]))
}

/// A sheet as `rxing` takes it.
pub(super) struct Bits<'s> {
    source: rxing::Luma8Source<'s>,
    dark: Cow<'s, BitMatrix>,
}

impl<'s> Bits<'s> {
    pub(super) fn new(sheet: &'s Sheet<'_>) -> Option<Self> {
        let (width, height) = sheet.grey.dimensions();
        let source = rxing::Luma8Source::new_with_slice(sheet.grey.as_raw(), width, height).ok()?;
        Some(Self { source, dark: Cow::Borrowed(&sheet.dark) })
    }
}

type Answer<T> = rxing::common::Result<T>;

impl<'s> rxing::Binarizer for Bits<'s> {
    type Source = rxing::Luma8Source<'s>;

    fn get_luminance_source(&self) -> &Self::Source {
        &self.source
    }

    fn get_black_row(&self, y: usize) -> Answer<Cow<'_, rxing::common::BitArray>> {
        let row = u32::try_from(y).ok().filter(|&row| row < self.dark.height());
        let row = row.ok_or(rxing::Exceptions::INDEX_OUT_OF_BOUNDS)?;
        Ok(Cow::Owned(self.dark.getRow(row)))
    }

    fn get_black_row_from_matrix(&self, y: usize) -> Answer<Cow<'_, rxing::common::BitArray>> {
        self.get_black_row(y)
    }

    fn get_black_matrix(&self) -> Answer<&BitMatrix> {
        Ok(&self.dark)
    }

    fn get_black_line(
        &self,
        line: usize,
        orientation: rxing::common::LineOrientation,
    ) -> Answer<Cow<'_, rxing::common::BitArray>> {
        match orientation {
            rxing::common::LineOrientation::Row => self.get_black_row(line),
            rxing::common::LineOrientation::Column => {
                let column = u32::try_from(line).ok().filter(|&column| column < self.dark.width());
                let column = column.ok_or(rxing::Exceptions::INDEX_OUT_OF_BOUNDS)?;
                Ok(Cow::Owned(self.dark.getCol(column)))
            }
        }
    }

    /// Of a part or a turned copy; the engines used here ask for none.
    fn create_binarizer(&self, source: Self::Source) -> Self {
        use rxing::LuminanceSource;
        let (width, height) = (source.get_width() as u32, source.get_height() as u32);
        let grey = image::GrayImage::from_raw(width, height, source.get_matrix().into_owned());
        let sheet = grey.and_then(|grey| Sheet::new(Cow::Owned(grey), super::sheet::Threshold::Blocks));
        let dark = sheet.map_or_else(|| self.dark.clone().into_owned(), |sheet| sheet.dark);
        Self { source, dark: Cow::Owned(dark) }
    }

    fn get_width(&self) -> usize {
        self.dark.width() as usize
    }

    fn get_height(&self) -> usize {
        self.dark.height() as usize
    }
}
