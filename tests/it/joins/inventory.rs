//! The table of every SKU over all shops: what it must show is computed here from a fleet that the test makes up.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Cursor;
use std::time::Instant;

use calamine::{Reader as _, Xlsx};
use rust_xlsxwriter::Workbook;
use serde_json::{Value, json};

use super::erp::{self, AS_OF, Erp};
use crate::folder::{Folder, Ran};

/// Platforms with the words that spreadsheets have for them.
const PLATFORMS: [(&str, &str); 5] = [
    ("douyin", "抖音"),
    ("kuaishou", "快手"),
    ("tmall", "天猫"),
    ("xiaohongshu", "小红书"),
    ("weixin-store", "微信小店"),
];

/// A rule of the table's own group, whose findings are known without asking the program.
const LOW: &str = "id: inventory/house-low\ntitle: {zh: 售价过低, en: A price too low}\nwhy: {zh: 试, en: test}\nseverity: error\n\
                   for: Product\neven_outside: true\ncheck: {any: [{at: sale_price, min: 50}, {at: sale_price, exists: false}]}\n\
                   message: {zh: \"售价 {value} 元\", en: \"sold at {value}\"}\n\
                   evidence: [{source: own, ref: test, confidence: high, says: {zh: 试, en: test}}]\n";

struct Shop {
    id: String,
    name: String,
    platform: usize,
}

#[derive(Clone)]
struct Listing {
    shop: usize,
    sku: usize,
    /// In tenths of a yuan.
    price: i64,
    stock: i64,
    /// Whether it can be bought, where it says so.
    is_listed: Option<bool>,
}

struct Stock {
    sku: usize,
    warehouse: &'static str,
    quantity: i64,
}

struct Fleet {
    shops: Vec<Shop>,
    listings: Vec<Listing>,
    stock: Vec<Stock>,
}

/// Numbers that look like chance and are the same in every run.
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

fn sku(number: usize) -> String {
    format!("YS{number:04}")
}

fn title(number: usize) -> String {
    format!("云山春茶第{number}款")
}

fn yuan(tenths: i64) -> String {
    if tenths % 10 == 0 { (tenths / 10).to_string() } else { format!("{}.{}", tenths / 10, tenths % 10) }
}

impl Fleet {
    fn new(seed: u64) -> Self {
        let mut chance = Chance(seed.wrapping_add(77));
        let shops = 2 + chance.below(6) as usize;
        let shops: Vec<Shop> = (0..shops)
            .map(|at| Shop {
                id: format!("S{at}"),
                // Names are shared by shops of several platforms, and of one.
                name: format!("云山{}店", ["甲", "乙"][at % 2]),
                platform: chance.below(5) as usize,
            })
            .collect();
        let skus = 1 + chance.below(12) as usize;
        let mut listings = Vec::new();
        for sku in 0..skus {
            for shop in 0..shops.len() {
                // Now and then a shop has it twice.
                for _ in 0..[0, 1, 1, 1, 2][chance.below(5) as usize] {
                    let is_listed = [Some(true), Some(true), Some(false), None][chance.below(4) as usize];
                    let (price, stock) = (400 + chance.below(300) as i64, chance.below(20) as i64);
                    listings.push(Listing { shop, sku, price, stock, is_listed });
                }
            }
        }
        let mut stock = Vec::new();
        for sku in 0..skus + 2 {
            for warehouse in ["杭州", "义乌"] {
                if chance.below(3) > 0 {
                    stock.push(Stock { sku, warehouse, quantity: chance.below(60) as i64 });
                }
            }
        }
        Self { shops, listings, stock }
    }

    /// What the table must say of each SKU, in the plainest way.
    fn expected(&self) -> BTreeMap<String, Value> {
        let used: Vec<usize> =
            self.listings.iter().map(|listing| listing.sku).chain(self.stock.iter().map(|stock| stock.sku)).collect();
        let row = |number: usize| {
            let of_sku: Vec<&Listing> = self.listings.iter().filter(|listing| listing.sku == number).collect();
            let bought: Vec<&&Listing> = of_sku.iter().filter(|listing| listing.is_listed != Some(false)).collect();
            let stock: Vec<i64> =
                self.stock.iter().filter(|stock| stock.sku == number).map(|stock| stock.quantity).collect();
            let available = (!stock.is_empty()).then(|| stock.iter().sum::<i64>());
            let promised = (!bought.is_empty()).then(|| bought.iter().map(|listing| listing.stock).sum::<i64>());
            let prices = |listings: &[&Listing]| {
                let prices = || listings.iter().map(|listing| listing.price);
                Some(json!([prices().min()? as f64 / 10.0, prices().max()? as f64 / 10.0]))
            };
            let mut shops = BTreeMap::new();
            for (at, shop) in self.shops.iter().enumerate() {
                let here: Vec<&Listing> = of_sku.iter().copied().filter(|listing| listing.shop == at).collect();
                if here.is_empty() {
                    continue;
                }
                let says = |state: bool| here.iter().any(|listing| listing.is_listed == Some(state));
                let listed = if says(true) { Some(true) } else { says(false).then_some(false) };
                let stock: i64 = here.iter().map(|listing| listing.stock).sum();
                shops.insert(shop.id.clone(), json!([here.len(), stock, prices(&here), listed]));
            }
            let bought: Vec<&Listing> = bought.into_iter().copied().collect();
            json!({
                "title": title(number), "available": available, "promised": promised,
                "difference": available.zip(promised).map(|(available, promised)| available - promised),
                "price": prices(&bought), "shops": shops,
            })
        };
        used.into_iter().map(|number| (sku(number), row(number))).collect()
    }

    /// SKU and shop of each listing that is too cheap, with how often.
    fn cheap(&self) -> BTreeMap<(String, String), usize> {
        let mut cheap = BTreeMap::new();
        for listing in self.listings.iter().filter(|listing| listing.price < 500) {
            *cheap.entry((sku(listing.sku), self.shops[listing.shop].id.clone())).or_default() += 1;
        }
        cheap
    }

    fn product(&self, at: usize, listing: &Listing, shop: &str) -> String {
        let status = match listing.is_listed {
            Some(true) => ", status: 5",
            Some(false) => ", status: 11",
            None => "",
        };
        let (title, sku, price, stock) = (title(listing.sku), sku(listing.sku), yuan(listing.price), listing.stock);
        format!("{{id: p{at}{shop}, title: {title}, sku: {sku}, sale_price: {price}, stock: {stock}{status}}}")
    }

    /// One file, products in their shops.
    fn nested(&self) -> String {
        let mut out = String::new();
        for (number, Shop { id, name, platform }) in self.shops.iter().enumerate() {
            let _ = write!(out, "kind: Shop\nid: {id}\nsystem: {}\nname: {name}\n", PLATFORMS[*platform].0);
            let own: Vec<(usize, &Listing)> =
                self.listings.iter().enumerate().filter(|(_, listing)| listing.shop == number).collect();
            if !own.is_empty() {
                out.push_str("products:\n");
            }
            for (at, listing) in own {
                let _ = writeln!(out, "  - {}", self.product(at, listing, ""));
            }
            out.push_str("---\n");
        }
        for Stock { sku: number, warehouse, quantity } in &self.stock {
            let (sku, name) = (sku(*number), title(*number));
            let _ = write!(
                out,
                "kind: Stock\nsku: {sku}\nname: {name}\nwarehouse: {warehouse}\nquantity: {quantity}\n---\n"
            );
        }
        out
    }

    /// A line a record; products name their shops by id.
    fn lines(&self) -> String {
        let mut out = String::new();
        for (at, listing) in self.listings.iter().enumerate() {
            let shop = &self.shops[listing.shop].id;
            let status = listing.is_listed.map(|listed| if listed { 5 } else { 11 });
            let record = json!({
                "kind": "Product", "id": format!("p{at}"), "title": title(listing.sku), "sku": sku(listing.sku),
                "sale_price": listing.price as f64 / 10.0, "stock": listing.stock, "status": status, "shop": shop,
            });
            let _ = writeln!(out, "{record}");
        }
        for Stock { sku: number, warehouse, quantity } in &self.stock {
            let record = json!({
                "kind": "Stock", "sku": sku(*number), "name": title(*number), "warehouse": warehouse, "quantity": quantity,
            });
            let _ = writeln!(out, "{record}");
        }
        // Last, so that everything before has named what was not known yet.
        for Shop { id, name, platform } in &self.shops {
            let record = json!({"kind": "Shop", "id": id, "name": name, "system": PLATFORMS[*platform].0});
            let _ = writeln!(out, "{record}");
        }
        out
    }

    /// The tables of shops, listings and stock, with their names.
    fn tables(&self) -> [(&'static str, Vec<Vec<String>>); 3] {
        let row = |cells: &[&str]| cells.iter().map(|cell| (*cell).to_owned()).collect::<Vec<String>>();
        let mut shops = vec![row(&["店铺编号", "店铺名称", "平台", "店铺状态"])];
        for Shop { id, name, platform } in &self.shops {
            shops.push(row(&[id, name, PLATFORMS[*platform].1, "营业中"]));
        }
        let mut listings =
            vec![row(&["店铺", "平台", "平台商品ID", "商家编码", "商品名称", "售价", "平台库存", "上架状态"])];
        for (at, listing) in self.listings.iter().enumerate() {
            let state = match listing.is_listed {
                Some(true) => "在售",
                Some(false) => "已下架",
                None => "",
            };
            let Shop { id, platform, .. } = &self.shops[listing.shop];
            let (sku, title, price) = (sku(listing.sku), title(listing.sku), yuan(listing.price));
            let cells = [
                id,
                PLATFORMS[*platform].1,
                &format!("1{at:05}"),
                &sku,
                &title,
                &price,
                &listing.stock.to_string(),
                state,
            ];
            listings.push(row(&cells));
        }
        let mut stock = vec![row(&["商家编码", "商品名称", "仓库", "可用库存"])];
        for Stock { sku: number, warehouse, quantity } in &self.stock {
            stock.push(row(&[&sku(*number), &title(*number), warehouse, &quantity.to_string()]));
        }
        [("店铺", shops), ("铺货", listings), ("库存", stock)]
    }

    fn workbook(&self) -> Vec<u8> {
        let mut book = Workbook::new();
        for (name, rows) in self.tables() {
            let sheet = book.add_worksheet().set_name(name).unwrap();
            for (at, cells) in (0..).zip(rows) {
                for (column, cell) in (0..).zip(cells).filter(|(_, cell)| !cell.is_empty()) {
                    match cell.parse::<f64>() {
                        Ok(number) if at > 0 => sheet.write(at, column, number).unwrap(),
                        _ => sheet.write(at, column, cell).unwrap(),
                    };
                }
            }
        }
        book.save_to_buffer().unwrap()
    }
}

fn csv(rows: &[Vec<String>]) -> String {
    rows.iter().map(|row| row.join(",") + "\n").collect()
}

/// Runs the command in a folder; `--only` keeps the test apart from the rules that are shipped.
fn run(folder: &Folder, args: &[&str]) -> Ran {
    folder.write("house/inventory/house-low.yaml", LOW);
    let flags = ["--no-config", "--as-of", AS_OF, "--rules", "house", "--only", "inventory/house-low"];
    folder.run(&[&["inventory"], args, &flags].concat())
}

fn table(folder: &Folder, args: &[&str]) -> Value {
    let ran = run(folder, &[args, &["--lang", "en", "--format", "json"]].concat());
    assert!(ran.code < 2, "{}", ran.shown());
    serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{error}: {}", ran.shown()))
}

/// The rows in the form of [`Fleet::expected`].
fn rows(table: &Value) -> BTreeMap<String, Value> {
    let price = |value: &Value| match value {
        Value::Null => Value::Null,
        price => json!([price["min"].as_f64(), price["max"].as_f64()]),
    };
    let row = |row: &Value| {
        let shop = |offer: &Value| {
            let id = table["shops"][offer["shop"].as_u64().unwrap() as usize]["id"].as_str().unwrap().to_owned();
            (id, json!([offer["listings"], offer["stock"], price(&offer["price"]), offer["listed"]]))
        };
        let shops: BTreeMap<String, Value> = row["shops"].as_array().unwrap().iter().map(shop).collect();
        let value = json!({
            "title": row["title"], "available": row["warehouse"]["available"], "promised": row["promised"],
            "difference": row["difference"], "price": price(&row["price"]), "shops": shops,
        });
        (row["sku"].as_str().unwrap().to_owned(), value)
    };
    table["skus"].as_array().unwrap().iter().map(row).collect()
}

/// SKU and shop of each finding, with how often.
fn marks(table: &Value) -> BTreeMap<(String, String), usize> {
    let mut marks = BTreeMap::new();
    for row in table["skus"].as_array().unwrap() {
        for finding in row["findings"].as_array().unwrap() {
            assert_eq!(finding["rule"], "inventory/house-low");
            let shop = &table["shops"][finding["shop"].as_u64().unwrap() as usize]["id"];
            let key = (row["sku"].as_str().unwrap().to_owned(), shop.as_str().unwrap().to_owned());
            *marks.entry(key).or_default() += 1;
        }
    }
    marks
}

#[test]
fn random_fleets_make_the_expected_table_in_every_layout() {
    for seed in 0..5 {
        let fleet = Fleet::new(seed);
        let (expected, cheap) = (fleet.expected(), fleet.cheap());
        let nested = Folder::with(&[("店铺.yaml", &fleet.nested())]);
        let lines = Folder::with(&[("all.ndjson", &fleet.lines())]);
        let (tables, book) = (Folder::new(), Folder::new());
        fleet.tables().iter().for_each(|(name, rows)| tables.write(&format!("{name}.csv"), csv(rows)));
        book.write("导出.xlsx", fleet.workbook());
        let mut first = None;
        for (layout, folder) in [("nested", &nested), ("lines", &lines), ("tables", &tables), ("book", &book)] {
            let table = table(folder, &["."]);
            assert_eq!(rows(&table), expected, "{layout} of {seed}");
            assert_eq!(marks(&table), cheap, "{layout} of {seed}");
            assert_eq!(table["summary"]["unread"], 0);
            let shops = first.get_or_insert_with(|| table["shops"].clone());
            assert_eq!(&table["shops"], shops, "the columns of {layout} of {seed}");
        }
        // What is imported says the same.
        let ran = tables.run(&["import", ".", "-o", "native", "--lang", "en", "--no-config"]);
        assert_eq!(ran.code, 0, "{}", ran.shown());
        let table = table(&tables, &["native"]);
        assert_eq!((rows(&table), marks(&table)), (expected, cheap), "imported, {seed}");
    }
}

#[test]
fn skus_of_a_product_are_rows_of_their_own() {
    let shop = "kind: Shop\nid: S1\nsystem: douyin\nname: 云山店\nproducts:\n\
                \x20 - {id: p1, title: 云山秋茶, sale_price: 60, stock: 9, skus: [{code: A, stock: 3, sale_price: 39.5, spec: 红}, {code: B, stock: 2}]}\n\
                \x20 - {id: p2, title: 云山白茶, out_id: C, skus: [{id: x, stock: 3, sale_price: 70}, {id: y, stock: 4, sale_price: 80}]}\n";
    let folder = Folder::with(&[("a.yaml", shop)]);
    let table = table(&folder, &["a.yaml"]);
    let found = rows(&table);
    assert_eq!(found["A"]["shops"]["S1"], json!([1, 3, [39.5, 39.5], null]));
    assert_eq!(found["B"]["shops"]["S1"], json!([1, 2, [60.0, 60.0], null]));
    assert_eq!(found["C"]["shops"]["S1"], json!([1, 7, [70.0, 80.0], null]));
    assert_eq!(table["skus"][0]["spec"], "红");
}

#[test]
fn spellings_of_one_code_meet() {
    let products = "店铺,平台,商家编码,商品名称,售价,平台库存\n甲店,抖音, 6194 ,茶,59,1\n乙店,快手,6194.0,茶,59,2\n丙店,天猫,６１９４,茶,59,3\n";
    let folder = Folder::with(&[("a.csv", products), ("b.yaml", "kind: Stock\nsku: 6194\nquantity: 10\n")]);
    let table = table(&folder, &["."]);
    let rows = table["skus"].as_array().unwrap();
    assert_eq!(rows.len(), 1, "{table}");
    assert_eq!((&rows[0]["sku"], &rows[0]["promised"], &rows[0]["difference"]), (&json!("6194"), &json!(6), &json!(4)));
    assert_eq!(rows[0]["shops"].as_array().unwrap().len(), 3);
}

#[test]
fn rows_are_by_any_field() {
    let products = "店铺,平台,商家编码,条形码,商品名称,售价,平台库存\n甲店,抖音,A,6901,茶,59,1\n乙店,快手,B,6901,茶,59,2\n丙店,天猫,C,,茶,59,2\n";
    let folder =
        Folder::with(&[("a.csv", products), ("b.yaml", "kind: Stock\nsku: X\nbarcode: \"6901\"\nquantity: 2\n")]);
    let table = table(&folder, &[".", "--by", "barcode"]);
    assert_eq!(table["skus"][0]["sku"], "6901");
    assert_eq!(table["skus"][0]["difference"], -1);
    // Without the key a record stands by itself.
    assert_eq!(table["skus"][1]["sku"], Value::Null);
    assert_eq!((&table["summary"]["without_sku"], &table["by"]), (&json!(1), &json!("barcode")));
    let ran = run(&folder, &[".", "--by", "bar_code", "--lang", "en"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("products have no field `bar_code`") && ran.err.contains("barcode"), "{}", ran.shown());
}

#[test]
fn one_name_on_two_platforms_is_two_shops() {
    let shops = "店铺名称,平台\n云山店,抖音\n云山店,快手\n";
    let products = "店铺,平台,商家编码,商品名称,售价,平台库存\n云山店,抖音,A,茶,59,1\n云山店,快手,A,茶,69,2\n云山店,京东,A,茶,79,4\n云山店,,A,茶,89,8\n";
    let folder = Folder::with(&[("店铺.csv", shops), ("商品.csv", products)]);
    let table = table(&folder, &["."]);
    let shops: Vec<&Value> = table["shops"].as_array().unwrap().iter().map(|shop| &shop["system"]).collect();
    // Which of them the last one means is not known, so it is a column of its own.
    assert_eq!(shops, [&json!("douyin"), &json!("jd"), &json!("kuaishou"), &Value::Null]);
    let stocks: Vec<&Value> =
        table["skus"][0]["shops"].as_array().unwrap().iter().map(|offer| &offer["stock"]).collect();
    assert_eq!(stocks, [1, 4, 2, 8]);
}

#[test]
fn odd_numbers_and_many_shops_are_shown_as_they_are() {
    let mut products = String::from("店铺,平台,商家编码,商品名称,售价,平台库存\n");
    for shop in 0..300 {
        let _ = writeln!(products, "店{shop:03},抖音,A,茶,59,1");
    }
    products.push_str("店000,抖音,,无码,59,1\n店000,抖音,B,负库存,59,-5\n");
    let folder = Folder::with(&[("a.csv", &products), ("b.yaml", "kind: Stock\nsku: B\nquantity: -3\n")]);
    let table = table(&folder, &["."]);
    let [a, b, nameless] = &table["skus"].as_array().unwrap()[..] else { panic!("{table}") };
    assert_eq!((a["shops"].as_array().unwrap().len(), &a["promised"]), (300, &json!(300)));
    assert_eq!((&b["promised"], &b["difference"]), (&json!(-5), &json!(2)));
    assert_eq!((&nameless["sku"], &nameless["title"]), (&Value::Null, &json!("无码")));
    // In a terminal shops with the same offer stand together.
    let ran = run(&folder, &[".", "--lang", "zh"]);
    assert!(ran.out.contains("    1 / ¥59  抖音小店 店000、抖音小店 店001、"), "{}", ran.shown());
    assert!(ran.out.lines().all(|line| dianjian_text_width(line) <= 100), "{}", ran.shown());
}

/// Columns of a line on a terminal.
fn dianjian_text_width(line: &str) -> usize {
    unicode_width::UnicodeWidthStr::width(line)
}

#[test]
fn what_is_not_understood_is_told_and_the_table_is_there() {
    let good = "kind: Shop\nid: S1\nsystem: douyin\nname: 云山店\nproducts:\n  - {id: p1, title: 茶, sku: A, sale_price: 59, stock: 1}\n";
    for (name, bad) in [
        ("b.yaml", "kind: Product\ntitle: [\n"),
        ("b.yaml", "kind: Prodct\nid: 1\ntitle: 茶\nsku: A\n"),
        ("b.yaml", "kind: Product\nid: 1\ntitle: 茶\nsystem: duoyin\n"),
        ("b.xlsx", "PK\u{3}\u{4} broken"),
    ] {
        let folder = Folder::with(&[("a.yaml", good), (name, bad)]);
        let ran = run(&folder, &["a.yaml", name, "--lang", "en", "--format", "json"]);
        assert_eq!(ran.code, 2, "{bad}{}", ran.shown());
        let table: Value = serde_json::from_str(&ran.out).unwrap();
        assert_eq!(table["skus"][0]["sku"], "A");
        assert!(table["summary"]["unread"].as_u64() > Some(0), "{table}");
        assert!(ran.err.contains(name) && ran.err.contains("the table may lack something"), "{}", ran.shown());
    }
    let ran = run(&Folder::with(&[("a.yaml", good)]), &["a.yaml", "missing.csv", "--lang", "en"]);
    assert_eq!(ran.code, 2, "{}", ran.shown());
    let ran =
        run(&Folder::with(&[("a.yaml", "kind: Licence\ncode: 91000000MA0YN0011J\n")]), &["a.yaml", "--lang", "en"]);
    assert_eq!((ran.code, ran.err.as_str()), (3, "no products and no stock\n"));
}

/// A small fleet with one listing that is too cheap.
fn small() -> Folder {
    let shops = "店铺编号,店铺名称,平台\nS1,云山甲店,抖音\nS2,云山乙店,快手\nS3,云山空店,天猫\n";
    let products = "店铺,平台,商家编码,商品名称,规格,售价,平台库存,上架状态\nS1,抖音,YS01,云山春茶,250g,59.00,20,在售\n\
                    S2,快手,YS01,云山春茶,250g,49.00,40,在售\nS1,抖音,YS02,云山秋茶,100g,66.50,5,已下架\n";
    let stock = "商家编码,商品名称,仓库,可用库存,占用,采购在途\nYS01,云山春茶,杭州,30,1,0\nYS01,云山春茶,义乌,20,1,5\n";
    Folder::with(&[("店铺.csv", shops), ("商品.csv", products), ("库存.csv", stock)])
}

#[test]
fn the_text_is_a_table_where_it_fits_and_else_a_block_a_sku() {
    let folder = small();
    let zh = run(&folder, &[".", "--lang", "zh"]);
    insta::assert_snapshot!("inventory_zh", zh.shown());
    let mut wide = folder.command(&[
        "inventory",
        ".",
        "--no-config",
        "--as-of",
        AS_OF,
        "--rules",
        "house",
        "--only",
        "inventory/house-low",
        "--lang",
        "en",
    ]);
    let wide: Ran = wide.env("COLUMNS", "160").output().unwrap().into();
    insta::assert_snapshot!("inventory_wide_en", wide.shown());
}

#[test]
fn spreadsheets_have_three_columns_a_shop() {
    let folder = small();
    let ran = run(&folder, &[".", "--lang", "zh", "--format", "csv"]);
    assert_eq!(ran.code, 1);
    insta::assert_snapshot!("inventory_csv", ran.out);
    assert!(ran.out.starts_with('\u{feff}'));
    let ran = run(&folder, &[".", "--lang", "zh", "-o", "表/对照.xlsx"]);
    assert_eq!(ran.code, 1, "{}", ran.shown());
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(std::fs::read(folder.path("表/对照.xlsx")).unwrap())).unwrap();
    assert_eq!(book.sheet_names(), ["各店库存", "概要"]);
    let sheet = book.worksheet_range("各店库存").unwrap();
    let cell = |row: u32, column: u32| sheet.get_value((row, column)).map(ToString::to_string).unwrap_or_default();
    let row = |row: u32| (0..17).map(|column| cell(row, column)).collect::<Vec<_>>().join("|");
    assert_eq!(row(1), "YS01|云山春茶|250g|50|2|5|60|-10|49|59|售价 49.00 元|20|59|上架|40|49|上架");
    assert_eq!(row(2), "YS02|云山秋茶|100g|||||||||5|66.5|自主下架|||—");
    let mut package = zip::ZipArchive::new(std::fs::File::open(folder.path("表/对照.xlsx")).unwrap()).unwrap();
    let mut part = |name: &str| std::io::read_to_string(package.by_name(name).unwrap()).unwrap();
    let (sheet, styles) = (part("xl/worksheets/sheet1.xml"), part("xl/styles.xml"));
    for wanted in ["xSplit=\"1\" ySplit=\"1\"", "<autoFilter ref=\"A1:Q3\""] {
        assert!(sheet.contains(wanted), "{wanted}: {sheet}");
    }
    // The colour of errors, and the form of amounts.
    assert!(styles.contains("FFFFC7CE") && styles.contains("#,##0"), "{styles}");
    // A folder with its own output in it is read as before.
    for name in ["对照.csv", "对照.json"] {
        assert_eq!(run(&folder, &["商品.csv", "店铺.csv", "库存.csv", "-o", name]).code, 1);
    }
    assert_eq!(run(&folder, &[".", "--lang", "zh", "--format", "csv"]).out, ran_again(&folder));
    assert_eq!(rows(&table(&folder, &["."])).len(), 2);
    let ran = run(&folder, &[".", "--format", "xlsx", "--lang", "en"]);
    assert_eq!(ran.code, 2, "{}", ran.shown());
    let ran = run(&folder, &[".", "-o", "对照.xls", "--lang", "en"]);
    assert!(ran.code == 2 && ran.err.contains("does not say its format"), "{}", ran.shown());
    let ran = run(&folder, &["商品.csv", "-o", "商品.csv", "--lang", "en"]);
    assert!(ran.code == 2 && ran.err.contains("is an input"), "{}", ran.shown());
}

fn ran_again(folder: &Folder) -> String {
    run(folder, &["商品.csv", "店铺.csv", "库存.csv", "--lang", "zh", "--format", "csv"]).out
}

#[test]
fn rows_and_columns_can_be_chosen() {
    let folder = small();
    let wrong = table(&folder, &[".", "--only-differences"]);
    assert_eq!(rows(&wrong).into_keys().collect::<Vec<_>>(), ["YS01"]);
    for choice in [["--shop", "云山乙店"], ["--shop", "S2"], ["--platform", "快手"], ["--platform", "kuaishou"]] {
        let table = table(&folder, &[&["."], &choice[..]].concat());
        assert_eq!(table["shops"].as_array().unwrap().len(), 1, "{choice:?}");
        let rows = rows(&table);
        // What all shops promise is not a matter of columns.
        assert_eq!((rows.len(), &rows["YS01"]["promised"]), (1, &json!(60)), "{choice:?}");
    }
    let ran = run(&folder, &[".", "--platform", "快乐", "--lang", "en"]);
    assert!(ran.code == 2 && ran.err.contains("no product is in such a shop"), "{}", ran.shown());
    let input = folder.read("商品.csv");
    folder.write("house/inventory/house-low.yaml", LOW);
    let flags = ["inventory", "-", "--stdin-name", "a.csv", "--no-config", "--lang", "en", "--rules", "house"];
    let ran = folder.run_with(&[&flags[..], &["--only", "inventory/house-low", "--format", "json"]].concat(), &input);
    let table: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!((ran.code, table["skus"].as_array().unwrap().len()), (1, 2), "{}", ran.shown());
}

#[test]
fn a_hundred_thousand_listings_in_little_memory() {
    let mut products = String::from("店铺,平台,商家编码,商品名称,售价,平台库存\n");
    for at in 0..100_000 {
        let _ = writeln!(products, "店{},抖音,YS{:05},茶{},{},1", at % 40, at / 40, at / 40, 60 + at % 7);
    }
    let folder = Folder::with(&[("a.csv", &products)]);
    let begun = Instant::now();
    let table = table(&folder, &["a.csv", "--memory", "1"]);
    assert_eq!((&table["summary"]["skus"], &table["summary"]["shops"]), (&json!(2500), &json!(40)));
    let skus = table["skus"].as_array().unwrap();
    assert!(skus.iter().all(|sku| sku["promised"] == 40 && sku["shops"].as_array().unwrap().len() == 40));
    assert!(begun.elapsed().as_secs() < 120, "{:?}", begun.elapsed());
}

#[test]
fn what_is_planted_in_an_erp_workbook_is_found_and_nothing_else() {
    let mut erp = Erp::new(200, 12);
    erp.listings.set(("平台商品ID", "1020000003"), "售价", "200.00");
    erp.listings.set(("平台商品ID", "1010000005"), "平台库存", "40");
    erp.listings.rows.retain(|row| row[2] != "1040000007");
    let folder = Folder::new();
    folder.write("导出.xlsx", erp.workbook());
    let flags = ["inventory", "导出.xlsx", "--no-config", "--as-of", AS_OF, "--lang", "en", "--format", "json"];
    let ran = folder.run(&[&flags[..], &["--fail-on", "warning"]].concat());
    assert_eq!(ran.code, 1, "{}", ran.shown());
    let table: Value = serde_json::from_str(&ran.out).unwrap();
    let rows = table["skus"].as_array().unwrap();
    let found = rows.iter().flat_map(|row| {
        let rules = row["findings"].as_array().unwrap().iter().map(|finding| finding["rule"].as_str().unwrap());
        rules.map(|rule| (row["sku"].as_str().unwrap().to_owned(), rule))
    });
    let expected = [(3, "price-gap"), (5, "oversold"), (7, "not-listed")];
    let expected = expected.map(|(number, rule)| (erp::sku(number), format!("inventory/{rule}")));
    assert!(found.map(|(sku, rule)| (sku, rule.to_owned())).eq(expected), "{}", table["summary"]);
    assert_eq!((rows.len(), table["shops"].as_array().unwrap().len()), (200, 12));
    assert_eq!((&rows[5]["difference"], &rows[7]["shops"].as_array().unwrap().len()), (&json!(-36), &11));
    assert_eq!(folder.run(&flags).code, 0);
}

#[test]
fn the_documentation_shows_what_is_printed() {
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/inventory.md")).unwrap();
    let folder = Folder::new();
    for block in page.split("\n```csv ").skip(1) {
        let (name, text) = block.split_once('\n').unwrap();
        folder.write(name, text.split("```").next().unwrap());
    }
    let shown = page.split("\n```text\n").nth(1).and_then(|rest| rest.split("\n```").next()).unwrap();
    let ran = folder.run(&["inventory", ".", "--no-config", "--as-of", AS_OF, "--lang", "en"]);
    assert_eq!((ran.code, ran.out.trim_end()), (0, shown), "{}", ran.shown());
}
