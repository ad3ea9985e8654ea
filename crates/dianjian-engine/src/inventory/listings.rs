//! Collects listings, stock and shops while the records come in.

use std::cmp::Reverse;
use std::io;
use std::sync::Arc;

use dianjian_document::source::{SourceFile, Span};
use dianjian_rules::record::{ReaderEvent, Record};

use super::fields::{ProductFields, text_in};
use super::items::{RowItem, RowKey, RowPart, RowPlace};
use super::marks::file_key;
use super::shops::{ShopBook, ShopRef};
use crate::Engine;
use crate::check_record::sku_key;
use crate::cross_record::external_sort::{ExternalSortError, ExternalSorter};

/// What the records come to.
pub(super) struct ReadListings {
    pub items: ExternalSorter<RowItem>,
    pub places: ExternalSorter<RowPlace>,
    pub shops: ShopBook,
    pub without_sku: usize,
}

pub(super) struct ListingCollector {
    fields: ProductFields,
    read: ReadListings,
    /// Whether there are findings to be entered in rows.
    keeps_places: bool,
    next: u64,
    failed: Option<io::Error>,
}

impl ListingCollector {
    /// Holds about `memory` bytes of each sort of item.
    pub fn new(engine: &Engine<'_>, fields: ProductFields, memory: usize, keeps_places: bool) -> Self {
        let read = ReadListings {
            items: ExternalSorter::new(memory),
            places: ExternalSorter::new(memory),
            shops: ShopBook::new(&engine.pack.kinds),
            without_sku: 0,
        };
        Self { fields, read, keeps_places, next: 0, failed: None }
    }

    pub fn event(&mut self, source: &Arc<SourceFile>, seen: ReaderEvent<'_, '_>) {
        let ReaderEvent::Record(record, outer) = seen else { return };
        if self.failed.is_some() {
            return;
        }
        let kind = Some(record.kind_index);
        let kept = if kind == self.fields.product {
            self.product(source, record, outer)
        } else if kind == self.fields.stock {
            self.stock(source, record)
        } else if kind == self.fields.shop && !record.partial {
            self.read.shops.shop(record);
            Ok(())
        } else {
            Ok(())
        };
        self.failed = kept.err();
    }

    fn product(&mut self, source: &SourceFile, record: &Record<'_>, outer: Option<&Record<'_>>) -> io::Result<()> {
        let shop = self.shop_of(record, outer);
        let whole = record.value.node().span();
        for found in self.fields.listings(record) {
            let key = self.key(found.key.as_deref());
            let mut listing = found.listing;
            listing.shop = shop;
            self.place(source, whole, &key, Some(shop))?;
            if let Some(item) = found.item.filter(|item| item.node().span() != whole) {
                self.place(source, item.node().span(), &key, Some(shop))?;
            }
            self.push(key, RowPart::Listing(listing))?;
        }
        Ok(())
    }

    fn stock(&mut self, source: &SourceFile, record: &Record<'_>) -> io::Result<()> {
        let (key, stock) = self.fields.stock(record);
        let key = self.key(key.as_deref());
        self.place(source, record.value.node().span(), &key, None)?;
        self.push(key, RowPart::Stock(stock))
    }

    /// What lies in a shop is that shop's; anything else says itself whose it is, or lies in a folder of exports.
    fn shop_of(&mut self, record: &Record<'_>, outer: Option<&Record<'_>>) -> u32 {
        let outer = outer.filter(|outer| Some(outer.kind_index) == self.fields.shop);
        let named = text_in(record, self.fields.shop_name);
        let named = named.filter(|_| record.prefix.is_empty() || outer.is_none());
        let system = text_in(record, self.fields.system);
        match (named, outer) {
            (Some(text), _) => self.read.shops.number_of(ShopRef::Named { text, system }),
            (None, Some(outer)) => {
                let shop = self.read.shops.shop(outer);
                self.read.shops.number_of(ShopRef::Known(shop))
            }
            (None, None) => self.read.shops.number_of(ShopRef::Unnamed { system }),
        }
    }

    fn key(&mut self, written: Option<&str>) -> RowKey {
        match written {
            Some(written) => RowKey::Sku(sku_key(written)),
            None => {
                self.read.without_sku += 1;
                RowKey::Unknown(self.next)
            }
        }
    }

    fn push(&mut self, key: RowKey, part: RowPart) -> io::Result<()> {
        let order = self.next;
        self.next += 1;
        self.read.items.push(RowItem { key, order, part })
    }

    fn place(&mut self, source: &SourceFile, span: Span, key: &RowKey, shop: Option<u32>) -> io::Result<()> {
        if !self.keeps_places {
            return Ok(());
        }
        let at = |offset: u32| source.base_offset() + u64::from(offset);
        let (file, start, end) = (file_key(source.name()), at(span.start), Reverse(at(span.end)));
        self.read.places.push(RowPlace { file, start, end, key: key.clone(), shop })
    }

    pub fn finish(self) -> Result<ReadListings, ExternalSortError> {
        match self.failed {
            Some(error) => Err(error.into()),
            None => Ok(self.read),
        }
    }
}
