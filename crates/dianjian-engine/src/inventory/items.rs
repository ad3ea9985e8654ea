//! What is sorted: parts of rows by SKU, places of rows and findings by file.

use std::cmp::Reverse;
use std::io::{self, Read};

use dianjian_base::lang::Text;
use dianjian_rules::language::Severity;
use dianjian_rules::record::WholeOrPart;
use rust_decimal::Decimal;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::rows::PriceRange;
use crate::cross_record::external_sort::{SortItem, read_bytes};

/// What a row is of; those that say no SKU come last.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) enum RowKey {
    /// Folded, so that all spellings of one code meet.
    Sku(String),
    /// A record without one, by its number.
    Unknown(u64),
}

/// A part of a row. The derived order brings the parts of one row together in the order of the inputs.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct RowItem {
    pub key: RowKey,
    pub order: u64,
    pub part: RowPart,
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) enum RowPart {
    Listing(ShopListing),
    Stock(StockPart),
    Mark(PlacedMark),
}

/// What a shop offers.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct ShopListing {
    /// Number of the way in which the shop is named.
    pub shop: u32,
    /// The key as it is written.
    pub spelling: String,
    pub title: Option<String>,
    pub spec: Option<String>,
    pub stock: Option<Decimal>,
    pub price: Option<PriceRange>,
    pub status: Option<String>,
}

/// What a warehouse has.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct StockPart {
    pub spelling: String,
    pub name: Option<String>,
    pub spec: Option<String>,
    pub of: WholeOrPart,
    pub available: Option<Decimal>,
    pub locked: Option<Decimal>,
    pub incoming: Option<Decimal>,
}

/// A finding in its row.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct PlacedMark {
    /// Number of the way in which the shop is named; `None`: it is about stock.
    pub shop: Option<u32>,
    pub mark: Mark,
}

/// What a finding says.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct Mark {
    pub severity: Severity,
    /// Number of the rule among those that found something.
    pub rule: u32,
    /// The field that it points at.
    pub path: String,
    pub zh: String,
    pub en: String,
}

impl Mark {
    pub fn message(&self) -> Text {
        Text::new(self.zh.as_str(), self.en.as_str())
    }
}

/// The bytes of a file that a row is made of. What lies in another comes after it.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct RowPlace {
    pub file: u64,
    pub start: u64,
    pub end: Reverse<u64>,
    pub key: RowKey,
    pub shop: Option<u32>,
}

/// A finding on its way to its row.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct MarkItem {
    pub file: u64,
    pub offset: u64,
    pub number: u64,
    pub mark: Mark,
}

/// Items are spilled as JSON with their length before it: they are mostly texts.
macro_rules! spilled_as_json {
    ($($item:ty => $texts:expr;)*) => { $(
        impl SortItem for $item {
            fn write(&self, out: &mut Vec<u8>) {
                write_json(self, out);
            }

            fn read(from: &mut impl Read) -> io::Result<Self> {
                read_json(from)
            }

            fn bytes(&self) -> usize {
                let texts: fn(&Self) -> usize = $texts;
                size_of::<Self>() + texts(self)
            }
        }
    )* };
}

spilled_as_json! {
    RowItem => |item| item.key.bytes() + item.part.bytes();
    RowPlace => |place| place.key.bytes();
    MarkItem => |item| item.mark.bytes();
}

fn write_json(item: &impl Serialize, out: &mut Vec<u8>) {
    let start = out.len();
    0_u64.write(out);
    // Writing to memory fails for maps whose keys are no strings, which no item has.
    let _ = serde_json::to_writer(&mut *out, item);
    let length = (out.len() - start - size_of::<u64>()) as u64;
    out[start..start + size_of::<u64>()].copy_from_slice(&length.to_le_bytes());
}

fn read_json<T: DeserializeOwned>(from: &mut impl Read) -> io::Result<T> {
    let length = u64::from_le_bytes(read_bytes(from)?);
    let mut bytes = Vec::new();
    from.take(length).read_to_end(&mut bytes)?;
    serde_json::from_slice(&bytes).map_err(io::Error::from)
}

impl RowKey {
    const fn bytes(&self) -> usize {
        match self {
            Self::Sku(text) => text.len(),
            Self::Unknown(_) => 0,
        }
    }
}

impl RowPart {
    fn bytes(&self) -> usize {
        let text = |text: &Option<String>| text.as_ref().map_or(0, String::len);
        match self {
            Self::Listing(listing) => {
                listing.spelling.len() + text(&listing.title) + text(&listing.spec) + text(&listing.status)
            }
            Self::Stock(stock) => stock.spelling.len() + text(&stock.name) + text(&stock.spec),
            Self::Mark(placed) => placed.mark.bytes(),
        }
    }
}

impl Mark {
    const fn bytes(&self) -> usize {
        self.path.len() + self.zh.len() + self.en.len()
    }
}
