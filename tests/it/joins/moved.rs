//! A record that is moved, into a file of its own, another format, another order or another share of the run, is judged by the
//! same rules with the same result, and the findings point at the same words.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use chrono::NaiveDate;
use dianjian_base::in_order::ForEach;
use dianjian_base::lang::Lang;
use dianjian_document::source::{DiscoverOptions, Input, discover};
use dianjian_engine::shards::{InputSizes, PartialSet};
use dianjian_engine::{AsWritten, Engine, Finding, Problem, Render, RunOptions, Tuning};
use proptest::prelude::*;
use rust_xlsxwriter::Workbook;
use tempfile::TempDir;

use crate::runs::{SHIPPED, shard_header};

fn day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 29).unwrap()
}

#[derive(Debug, Clone)]
struct Shop {
    system: &'static str,
    subject: &'static str,
    is_closed: bool,
    has_joined: bool,
    licence: &'static str,
}

#[derive(Debug, Clone)]
struct Product {
    shop: usize,
    title: &'static str,
    status: &'static str,
    commission: &'static str,
    goods: &'static str,
    category: &'static str,
    free: bool,
    price: &'static str,
}

#[derive(Debug, Clone)]
struct Fleet {
    shops: Vec<Shop>,
    products: Vec<Product>,
}

impl Shop {
    fn joined(&self) -> &'static str {
        if self.has_joined { "true" } else { "false" }
    }

    fn status(&self) -> &'static str {
        if self.is_closed { "close_finished" } else { "open_finished" }
    }

    /// The fields of a YAML record, below an indentation.
    fn yaml(&self, number: usize, indent: &str) -> String {
        format!(
            "{indent}id: shop-{number}\n{indent}system: {}\n{indent}name: 云山{number}号茶铺\n{indent}status: {}\n\
             {indent}subject: {{type: {}, name: 青田县云山{number}号茶业有限公司, licence: {}}}\n{indent}alliance: {{joined: {}}}\n",
            self.system,
            self.status(),
            self.subject,
            self.licence,
            self.joined()
        )
    }

    fn cells(&self, number: usize) -> Vec<String> {
        let texts = [
            &format!("shop-{number}"),
            self.system,
            &format!("云山{number}号茶铺"),
            self.status(),
            self.subject,
            &format!("青田县云山{number}号茶业有限公司"),
            self.licence,
            self.joined(),
        ];
        texts.map(str::to_owned).to_vec()
    }
}

const SHOP_HEADINGS: [&str; 8] =
    ["店铺编号", "店铺体系", "店铺名称", "店铺状态", "主体类型", "主体名称", "统一社会信用代码", "优选联盟"];

impl Product {
    fn fields(&self, number: usize) -> Vec<(&'static str, String)> {
        let fields = [
            ("id", format!("p-{number}")),
            ("title", self.title.to_owned()),
            ("status", self.status.to_owned()),
            ("kind_of_goods", self.goods.to_owned()),
            ("sale_price", self.price.to_owned()),
            ("free_shipping", self.free.to_string()),
        ];
        let mut fields: Vec<_> = fields.into_iter().filter(|(_, value)| !value.is_empty()).collect();
        if !self.commission.is_empty() {
            fields.push(("alliance", format!("{{ratio: {}}}", self.commission)));
        }
        if !self.category.is_empty() {
            fields.push(("categories", format!("[{{id: \"{}\"}}]", self.category)));
        }
        fields
    }

    /// As an item of a list of products, or as a document that names its shop.
    fn yaml(&self, number: usize, is_nested: bool) -> String {
        let mut fields = self.fields(number);
        if !is_nested {
            fields.insert(0, ("kind", "Product".to_owned()));
            fields.push(("shop", format!("shop-{}", self.shop)));
        }
        let mut text = String::new();
        for (at, (name, value)) in fields.iter().enumerate() {
            let indent = match (is_nested, at) {
                (true, 0) => "  - ",
                (true, _) => "    ",
                (false, _) => "",
            };
            writeln!(text, "{indent}{name}: {value}").unwrap();
        }
        text
    }

    fn cells(&self, number: usize) -> Vec<String> {
        vec![
            format!("p-{number}"),
            self.title.to_owned(),
            self.status.to_owned(),
            self.goods.to_owned(),
            self.price.to_owned(),
            self.free.to_string(),
            self.commission.to_owned(),
            self.category.to_owned(),
            format!("shop-{}", self.shop),
        ]
    }

    fn json(&self, number: usize) -> serde_json::Value {
        let mut record = serde_json::json!({
            "kind": "Product", "id": format!("p-{number}"), "title": self.title, "shop": format!("shop-{}", self.shop),
            "free_shipping": self.free,
        });
        let mut set = |name: &str, text: &str| {
            if !text.is_empty() {
                record[name] = text.into();
            }
        };
        set("status", self.status);
        set("kind_of_goods", self.goods);
        set("sale_price", self.price);
        if !self.commission.is_empty() {
            record["alliance"] = serde_json::json!({"ratio": self.commission});
        }
        if !self.category.is_empty() {
            record["categories"] = serde_json::json!([{"id": self.category}]);
        }
        record
    }
}

const PRODUCT_HEADINGS: [&str; 9] =
    ["商品ID", "商品标题", "商品状态", "商品形态", "售价", "包邮", "佣金比例", "类目ID", "店铺编号"];

fn csv(headings: &[&str], rows: &[Vec<String>]) -> String {
    let lines = rows.iter().map(|row| row.join(",") + "\n");
    std::iter::once(headings.join(",") + "\n").chain(lines).collect()
}

/// Where the records of a fleet stand.
#[derive(Debug, Clone, Copy)]
enum Layout {
    Nested,
    ProductsAfter,
    ProductsBefore,
    Csv,
    CsvAndYaml,
    NdJson,
    Workbook,
    ApartInOneFile,
}

impl Layout {
    const ALL: [Self; 8] = [
        Self::Nested,
        Self::ProductsAfter,
        Self::ProductsBefore,
        Self::Csv,
        Self::CsvAndYaml,
        Self::NdJson,
        Self::Workbook,
        Self::ApartInOneFile,
    ];

    fn write(self, fleet: &Fleet, folder: &Path) {
        let put = |name: &str, text: String| fs::write(folder.join(name), text).unwrap();
        let shops = |indent: &str| {
            let documents =
                fleet.shops.iter().enumerate().map(|(at, shop)| format!("kind: Shop\n{}", shop.yaml(at, indent)));
            documents.collect::<Vec<_>>().join("---\n")
        };
        let products = || {
            let documents = fleet.products.iter().enumerate().map(|(at, product)| product.yaml(at, false));
            documents.collect::<Vec<_>>().join("---\n")
        };
        let shop_rows: Vec<_> = fleet.shops.iter().enumerate().map(|(at, shop)| shop.cells(at)).collect();
        let rows: Vec<_> = fleet.products.iter().enumerate().map(|(at, product)| product.cells(at)).collect();
        match self {
            Self::Nested => put("all.yaml", nested(fleet)),
            Self::ProductsAfter => {
                put("a.yaml", shops(""));
                put("b.yaml", products());
            }
            Self::ProductsBefore => {
                put("b.yaml", shops(""));
                put("a.yaml", products());
            }
            Self::ApartInOneFile => put("all.yaml", format!("{}---\n{}", products(), shops(""))),
            Self::Csv => {
                put("b.csv", csv(&SHOP_HEADINGS, &shop_rows));
                put("a.csv", csv(&PRODUCT_HEADINGS, &rows));
            }
            Self::CsvAndYaml => {
                put("shops.yaml", shops(""));
                put("goods.csv", csv(&PRODUCT_HEADINGS, &rows));
            }
            Self::NdJson => {
                let lines = fleet.products.iter().enumerate().map(|(at, product)| product.json(at).to_string() + "\n");
                put("goods.ndjson", lines.collect());
                put("shops.csv", csv(&SHOP_HEADINGS, &shop_rows));
            }
            Self::Workbook => {
                let mut book = Workbook::new();
                for (name, headings, rows) in
                    [("商品", &PRODUCT_HEADINGS[..], &rows), ("店铺", &SHOP_HEADINGS[..], &shop_rows)]
                {
                    let sheet = book.add_worksheet().set_name(name).unwrap();
                    let headings = headings.iter().map(|heading| (*heading).to_owned()).collect::<Vec<_>>();
                    for (at, cells) in (0..).zip([&headings].into_iter().chain(rows)) {
                        for (column, cell) in (0..).zip(cells).filter(|(_, cell)| !cell.is_empty()) {
                            sheet.write(at, column, cell).unwrap();
                        }
                    }
                }
                book.save(folder.join("fleet.xlsx")).unwrap();
            }
        }
    }
}

fn nested(fleet: &Fleet) -> String {
    let mut text = String::new();
    for (number, shop) in fleet.shops.iter().enumerate() {
        text += &format!("---\nkind: Shop\n{}", shop.yaml(number, ""));
        let own = fleet.products.iter().enumerate().filter(|(_, product)| product.shop == number);
        let products: String = own.map(|(at, product)| product.yaml(at, true)).collect();
        if !products.is_empty() {
            text += &format!("products:\n{products}");
        }
    }
    text
}

/// A finding as it is the same wherever its record stands: rule, severity, message, and the words that it points at.
type Judged = BTreeMap<(String, String, String), usize>;

struct Judge;

impl Render for Judge {
    type Out = Result<(String, String, String), String>;

    fn finding(&self, finding: Finding) -> Self::Out {
        let label = &finding.primary;
        let words = label.source.slice(label.span).trim_matches('"').to_owned();
        // How a table is mended is said in the words of its headings.
        let message = finding.message.render(Lang::Zh).to_string();
        Ok((format!("{} {:?}", finding.rule.id, finding.severity), message, words))
    }

    fn problem(&self, problem: Problem) -> Self::Out {
        Err(format!("{}: {}", problem.file, problem.message.zh))
    }
}

fn engine() -> Engine<'static> {
    let mut options = RunOptions::new(day());
    options.tuning = Tuning { threads: 2, chunk_bytes: 300, memory: 1 << 10, ..Tuning::default() };
    Engine::new(&SHIPPED, &AsWritten, options)
}

fn inputs(folder: &Path) -> Vec<Input> {
    discover(&[folder.display().to_string()], &DiscoverOptions::default()).inputs
}

fn gather(judged: &mut Judged, out: Result<(String, String, String), String>) {
    *judged.entry(out.unwrap()).or_default() += 1;
}

fn whole(folder: &Path) -> (Judged, u64) {
    let mut judged = Judged::new();
    let totals = engine().run(&inputs(folder), &Judge, &|_| {}, &mut |out| gather(&mut judged, out));
    assert!(totals.complete);
    (judged, totals.looked_at.undecided)
}

fn in_shares(folder: &Path, count: u32) -> Judged {
    let inputs = inputs(folder);
    let sizes = InputSizes::of(&inputs);
    let partials = TempDir::new().unwrap();
    let paths: Vec<_> = (1..=count).map(|number| partials.path().join(format!("{number}.partial"))).collect();
    for (number, path) in (1..).zip(&paths) {
        let header =
            shard_header(&SHIPPED, day(), (&inputs, &sizes), 300, format!("{number}/{count}").parse().unwrap());
        engine().check_shard((&inputs, &sizes), &header, &[], path, &|_| {}, &mut || true).unwrap();
    }
    let set = PartialSet::open(&paths).unwrap();
    let mut judged = Judged::new();
    let mut sink = |out| gather(&mut judged, out);
    assert!(engine().merge(&set, &Judge, &|_| {}, &mut ForEach(&mut sink)).complete);
    judged
}

fn fleets() -> impl Strategy<Value = Fleet> {
    let shop = (
        prop::sample::select(vec!["weixin-store", "channels-store", "mini-store"]),
        prop::sample::select(vec!["enterprise", "sole-trader", "individual"]),
        prop::bool::weighted(0.2),
        any::<bool>(),
        prop::sample::select(vec!["91440300MA00000077", "91330000MA2700001A"]),
    )
        .prop_map(|(system, subject, is_closed, has_joined, licence)| Shop {
            system,
            subject,
            is_closed,
            has_joined,
            licence,
        });
    let product = |shops: usize| {
        (
            0..shops,
            prop::sample::select(vec![
                "云山明前绿茶100g",
                "茶",
                "云山明前绿茶 加微信abc12388",
                "Longjing Green",
                "云山茶√真好喝",
            ]),
            prop::sample::select(vec!["5", "11", "14"]),
            prop::sample::select(vec!["", "20"]),
            prop::sample::select(vec!["physical", "e-voucher"]),
            prop::sample::select(vec!["", "6194", "545709"]),
            any::<bool>(),
            prop::sample::select(vec!["", "19.9", "30", "99"]),
        )
            .prop_map(|(shop, title, status, commission, goods, category, free, price)| Product {
                shop,
                title,
                status,
                commission,
                goods,
                category,
                free,
                price,
            })
    };
    prop::collection::vec(shop, 1..4).prop_flat_map(move |shops| {
        prop::collection::vec(product(shops.len()), 0..8)
            .prop_map(move |products| Fleet { shops: shops.clone(), products })
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn a_record_that_is_moved_is_judged_alike(fleet in fleets()) {
        let folders: Vec<(Layout, TempDir)> = Layout::ALL.map(|layout| (layout, TempDir::new().unwrap())).into();
        folders.iter().for_each(|(layout, folder)| layout.write(&fleet, folder.path()));
        let (expected, undecided) = whole(folders[0].1.path());
        prop_assert_eq!(undecided, 0);
        for (layout, folder) in &folders[1..] {
            let (judged, undecided) = whole(folder.path());
            prop_assert_eq!(&judged, &expected, "{:?}", layout);
            prop_assert_eq!(undecided, 0, "{:?}", layout);
            prop_assert_eq!(in_shares(folder.path(), 3), judged, "{:?} in shares", layout);
        }
    }
}

#[test]
fn what_a_shop_takes_from_its_licence_is_there_for_the_products_in_it() {
    let judged = |licence: &str, is_nested: bool| {
        let folder = TempDir::new().unwrap();
        let shop = "kind: Shop\nid: shop-0\nsystem: weixin-store\nname: 云山茶铺\nstatus: open_finished\n\
                    subject: {licence: 91330000MA2700001A}\n";
        let fields = ["id: p-0", "title: 云山明前绿茶100g", "categories: [{id: \"545709\"}]"];
        let goods = match is_nested {
            true => format!("{shop}products:\n  - {}\n", fields.join("\n    ")),
            false => format!("{shop}---\nkind: Product\nshop: shop-0\n{}\n", fields.join("\n")),
        };
        fs::write(folder.path().join("goods.yaml"), goods).unwrap();
        if !licence.is_empty() {
            let text = format!("kind: Licence\ncode: 91330000MA2700001A\ntype: {licence}\n");
            fs::write(folder.path().join("licence.yaml"), text).unwrap();
        }
        let (judged, undecided) = whole(folder.path());
        assert_eq!(undecided, 0, "{licence} {is_nested}");
        assert_eq!(in_shares(folder.path(), 2), judged);
        judged
    };
    let is_told = |judged: &Judged| judged.keys().any(|(rule, ..)| rule.starts_with("product/category-subject"));
    for licence in ["", "enterprise", "sole-trader", "individual"] {
        let (nested, apart) = (judged(licence, true), judged(licence, false));
        assert_eq!(nested, apart, "{licence}");
        assert_eq!(is_told(&nested), ["sole-trader", "individual"].contains(&licence), "{licence}: {nested:?}");
    }
}

#[test]
fn what_belongs_to_shops_that_disagree_is_undecided() {
    let judged = |second: &str| {
        let folder = TempDir::new().unwrap();
        let shop = |rest: &str| format!("kind: Shop\nid: shop-0\nname: 云山茶铺\n{rest}\n---\n");
        let goods = "kind: Product\nid: p-0\nshop: shop-0\ntitle: 云山明前绿茶 加微信abc12388\n";
        let text = shop("system: weixin-store\nstatus: open_finished") + &shop(second) + goods;
        fs::write(folder.path().join("all.yaml"), text).unwrap();
        let (judged, undecided) = whole(folder.path());
        assert_eq!(in_shares(folder.path(), 2), judged);
        (judged.keys().any(|(.., words)| words.contains("abc12388")), undecided > 0)
    };
    assert_eq!(judged("system: weixin-store\nstatus: open_finished"), (true, false));
    assert_eq!(judged("system: douyin\nstatus: open_finished"), (false, true));
    assert_eq!(judged("system: weixin-store\nstatus: close_finished"), (false, true));
}
