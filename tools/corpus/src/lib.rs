//! A made-up fleet, the same bytes every time, for the tests and benchmarks of dianjian.
//!
//! It varies what real fleets vary: texts, names, amounts, scores, categories, brands; some licences have many shops and
//! most one to three; three in ten shops are of the legacy systems; fields are missing, others are the fleet's own; and of
//! a hundred shops about a third have something to be found. Record `n` depends on the seed and `n` alone.
//!
//! ```
//! let fleet = corpus::Fleet::new(1);
//! let mut line = String::new();
//! fleet.json_line(7, &mut line);
//! assert!(line.starts_with("{\"kind\":\"Shop\"") && line.ends_with("}\n"));
//! ```

mod exports;
mod mistakes;
mod names;
mod products;
mod rng;
mod rooms;
mod shops;
mod tables;
mod text_formats;
mod texts;
pub mod value;

use std::fs::{self, File};
use std::io::{self, BufWriter, Write as _};
use std::path::Path;

use rng::Rng;
use value::Map;

/// A fleet: every record of it can be made by its number.
#[derive(Debug, Clone, Copy)]
pub struct Fleet {
    seed: u64,
    legacy_percent: usize,
    shops_only: bool,
}

impl Fleet {
    /// Shops with live rooms, products and licences between them.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self { seed, legacy_percent: 30, shops_only: false }
    }

    /// Shops alone, as they fill a table.
    #[must_use]
    pub fn shops(seed: u64) -> Self {
        Self { shops_only: true, ..Self::new(seed) }
    }

    /// Shops that are still to move, nine in ten.
    #[must_use]
    pub fn legacy(seed: u64) -> Self {
        Self { legacy_percent: 90, ..Self::shops(seed) }
    }

    /// Record `number`. Of twenty, one is a live room, two are products, one is a licence, and the others are shops.
    #[must_use]
    pub fn record(&self, number: usize) -> Map {
        let mut rng = Rng::new(self.seed, 4, number);
        // A shop of the same twenty.
        let near = number / 20 * 20 + rng.between(4, 19);
        let mut record = match number % 20 {
            _ if self.shops_only => return self.shop(number),
            0 => rooms::room(number, &shops::id(near), &self.owner(near), &mut rng),
            1 | 2 => {
                let owner = self.owner(near);
                let mut product = Map::new();
                product.set("kind", "Product").set("shop", shops::id(near));
                product.0.extend(products::product(&owner.word, owner.trade, &mut rng).0);
                product
            }
            3 => self.licence(near, &mut rng),
            _ => return self.shop(number),
        };
        if rng.percent(12) {
            let of_kind = match record.text("kind") {
                "LiveRoom" => mistakes::OF_ROOMS,
                "Product" => mistakes::OF_PRODUCTS,
                _ => mistakes::OF_LICENCES,
            };
            mistakes::plant(of_kind, &mut record, &mut rng);
        }
        record
    }

    /// What the host of live room `number` reads out.
    #[must_use]
    pub fn script(seed: u64, number: usize) -> String {
        let (mut rng, owner) = (Rng::new(seed, 8, number), names::owner(seed, number));
        texts::script(&owner.word, &owner.trade, 20, &mut rng)
    }

    fn owner(&self, shop: usize) -> names::Owner {
        names::owner(self.seed, names::owner_of(self.seed, shop))
    }

    fn shop(&self, number: usize) -> Map {
        let mut rng = Rng::new(self.seed, 5, number);
        let mut shop = shops::shop(self.seed, number, rng.percent(self.legacy_percent));
        if rng.percent(10) {
            mistakes::plant(mistakes::OF_SHOPS, &mut shop, &mut rng);
        }
        shop
    }

    fn licence(&self, shop: usize, rng: &mut Rng) -> Map {
        let owner = self.owner(shop);
        let mut licence = Map::new();
        licence.set("kind", "Licence").set("code", owner.licence).set("name", owner.name).set("type", owner.sort);
        licence.set("valid_until", shops::day(2027, 15, rng)).set("legal_person", owner.person);
        licence
    }

    /// Appends record `number` as a line of JSON; one in two hundred is escaped down to ASCII.
    pub fn json_line(&self, number: usize, out: &mut String) {
        text_formats::json(&self.record(number), number % 200 == 117, out);
        out.push('\n');
    }

    /// Record `number` as a YAML file.
    #[must_use]
    pub fn yaml(&self, number: usize) -> String {
        let mut rng = Rng::new(self.seed, 6, number);
        let mut out = if rng.percent(40) { format!("# 第 {number} 份\n") } else { String::new() };
        text_formats::yaml(&self.record(number), &mut rng, &mut out);
        out
    }

    /// Writes `count` records to a file, one a line.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn write_ndjson(&self, path: &Path, count: usize) -> io::Result<()> {
        let mut file = create(path)?;
        let mut line = String::new();
        for number in 0..count {
            line.clear();
            self.json_line(number, &mut line);
            file.write_all(line.as_bytes())?;
        }
        file.flush()
    }

    /// Writes `count` YAML files below a folder, a hundred in each folder there.
    ///
    /// # Errors
    /// A file cannot be written.
    pub fn write_yaml(&self, folder: &Path, count: usize) -> io::Result<()> {
        for number in 0..count {
            let below = folder.join(format!("{:03}", number / 100));
            if number % 100 == 0 {
                fs::create_dir_all(&below)?;
            }
            fs::write(below.join(format!("{number}.yaml")), self.yaml(number))?;
        }
        Ok(())
    }

    /// Writes `count` shops as CSV with Chinese headings.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn write_csv(&self, path: &Path, count: usize) -> io::Result<()> {
        let mut table = csv::Writer::from_writer(create(path)?);
        table.write_record(tables::COLUMNS.map(|(heading, _)| heading))?;
        for number in 0..count {
            table.write_record(tables::row(&tables::COLUMNS, &self.shop(number)))?;
        }
        table.flush()
    }

    /// Writes `count` products as `products.csv` and a tenth as many shops as `shops.csv`. With `names_shops` each product
    /// names one of them, in no order; otherwise the column is absent.
    ///
    /// # Errors
    /// A file cannot be written.
    pub fn write_products(&self, folder: &Path, count: usize, names_shops: bool) -> io::Result<()> {
        let shops = (count / 10).max(1);
        self.write_csv(&folder.join("shops.csv"), shops)?;
        let columns = &tables::PRODUCT_COLUMNS[..tables::PRODUCT_COLUMNS.len() - usize::from(!names_shops)];
        let mut table = csv::Writer::from_writer(create(&folder.join("products.csv"))?);
        table.write_record(columns.iter().map(|(heading, _)| heading))?;
        for number in 0..count {
            table.write_record(tables::row(columns, &self.product(number, shops)))?;
        }
        table.flush()
    }

    /// Product `number` of one of `shops` shops.
    fn product(&self, number: usize, shops: usize) -> Map {
        let mut rng = Rng::new(self.seed, 9, number);
        let shop = self.open_shop(shops, &mut rng);
        let owner = self.owner(shop);
        let mut product = Map::new();
        product.set("kind", "Product").set("shop", shops::id(shop));
        product.0.extend(products::product(&owner.word, owner.trade, &mut rng).0);
        if rng.percent(4) {
            mistakes::plant(mistakes::OF_PRODUCTS, &mut product, &mut rng);
        }
        product
    }

    /// The number of a shop that sells: few products are left in closed ones.
    fn open_shop(&self, shops: usize, rng: &mut Rng) -> usize {
        let is_open = |shop: &usize| self.shop(*shop).text("status") == "open_finished";
        let tries: [usize; 6] = std::array::from_fn(|_| rng.below(shops));
        tries.into_iter().find(is_open).unwrap_or(tries[0])
    }

    /// Writes `count` shops as a workbook of one sheet.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn write_xlsx(&self, path: &Path, count: usize) -> io::Result<()> {
        let file = create(path)?;
        let write = || {
            let mut book = rust_xlsxwriter::Workbook::new();
            let day = rust_xlsxwriter::ExcelDateTime::from_ymd(2026, 11, 22)?;
            book.set_properties(&rust_xlsxwriter::DocProperties::new().set_creation_datetime(&day));
            let sheet = book.add_worksheet_with_low_memory()?;
            sheet.write_row(0, 0, tables::COLUMNS.map(|(heading, _)| heading))?;
            for number in 0..count {
                let row = u32::try_from(number + 1).unwrap_or(u32::MAX);
                for (column, cell) in (0..).zip(tables::row(&tables::COLUMNS, &self.shop(number))) {
                    match cell.parse::<f64>() {
                        // A licence of digits alone stays a text.
                        Ok(value) if cell.len() < 12 => sheet.write(row, column, value)?,
                        _ if cell.is_empty() => sheet,
                        _ => sheet.write(row, column, cell)?,
                    };
                }
            }
            book.save_to_writer(file)
        };
        write().map_err(io::Error::other)
    }

    /// Writes `count` shops as the platform's answers: for each a folder with its shop-info, its products, and, in two of
    /// three, a `dianjian-shop.yaml` that says what the answers leave out.
    ///
    /// # Errors
    /// A file cannot be written.
    pub fn write_exports(&self, folder: &Path, count: usize) -> io::Result<()> {
        for number in 0..count {
            let mut rng = Rng::new(self.seed, 7, number);
            let shop = self.shop(number);
            let below = folder.join(format!("{number:05}"));
            fs::create_dir_all(&below)?;
            let write = |name: &str, map: &Map| {
                let mut text = String::new();
                text_formats::json(map, false, &mut text);
                fs::write(below.join(name), text)
            };
            write("info.json", &exports::shop_info(&shop))?;
            if let Some(value::Value::List(products)) = shop.get("products") {
                for (at, product) in products.iter().enumerate() {
                    if let value::Value::Map(product) = product {
                        write(&format!("product-{at}.json"), &exports::product(product, &mut rng))?;
                    }
                }
            }
            if number % 3 != 0 {
                let context = format!(
                    "system: {}\nsubject: {{licence: {}}}\n",
                    shop.text("system"),
                    shop.text("subject.licence")
                );
                fs::write(below.join("dianjian-shop.yaml"), context)?;
            }
        }
        Ok(())
    }
}

/// A file to write to, with the folders it is in.
fn create(path: &Path) -> io::Result<BufWriter<File>> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    File::create(path).map(BufWriter::new)
}
