//! A workbook as the system of a merchant with shops on five platforms exports it, read without a mapping.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use rust_xlsxwriter::{Workbook, Worksheet};

use crate::folder::{Folder, Ran};

/// The day of all checks here.
pub const AS_OF: &str = "2026-11-29";

/// The platforms by the words of such a system, with the system that each means.
const PLATFORMS: [(&str, &str); 6] = [
    ("抖音", "douyin"),
    ("快手", "kuaishou"),
    ("天猫", "tmall"),
    ("拼多多", "pinduoduo"),
    ("小红书", "xiaohongshu"),
    ("微信小店", "weixin-store"),
];

/// A table as it stands on a sheet: its headings, and its rows below.
pub struct Sheet {
    pub name: &'static str,
    headings: Vec<&'static str>,
    pub rows: Vec<Vec<String>>,
}

impl Sheet {
    fn new(name: &'static str, headings: &str) -> Self {
        // Headings live as long as the tests.
        let headings: &'static str = Box::leak(headings.to_owned().into_boxed_str());
        Self { name, headings: headings.split(' ').collect(), rows: Vec::new() }
    }

    fn add(&mut self, row: Vec<String>) {
        assert_eq!(row.len(), self.headings.len(), "{}", self.name);
        self.rows.push(row);
    }

    /// Sets the cells of a column in the rows that another column has a value in.
    pub fn set(&mut self, (by, value): (&str, &str), column: &str, to: &str) {
        let at = |heading: &str| self.headings.iter().position(|known| *known == heading).unwrap();
        let (by, column) = (at(by), at(column));
        let rows = self.rows.iter_mut().filter(|row| row[by] == value);
        assert!(rows.map(|row| to.clone_into(&mut row[column])).count() > 0, "{value}");
    }

    /// As CSV.
    pub fn csv(&self) -> String {
        let lines = self.rows.iter().map(|row| row.join(","));
        [self.headings.join(",")].into_iter().chain(lines).map(|line| line + "\n").collect()
    }

    fn write(&self, sheet: &mut Worksheet) {
        sheet.set_name(self.name).unwrap();
        let headings = self.headings.iter().map(|heading| (*heading).to_owned()).collect();
        for (row, cells) in (0..).zip([&headings].into_iter().chain(&self.rows)) {
            for (column, cell) in (0..).zip(cells).filter(|(_, cell)| !cell.is_empty()) {
                // Codes and order numbers stand as texts, as such programs write them; amounts as numbers.
                match cell.parse::<f64>().ok().filter(|_| cell.len() < 8 && row > 0) {
                    Some(number) => sheet.write(row, column, number).unwrap(),
                    None => sheet.write(row, column, cell).unwrap(),
                };
            }
        }
    }
}

/// What a merchant's system exports.
pub struct Erp {
    pub shops: Sheet,
    pub listings: Sheet,
    pub stock: Sheet,
    pub orders: Sheet,
    others: Vec<Sheet>,
}

fn texts<const N: usize>(cells: [&str; N]) -> Vec<String> {
    cells.map(str::to_owned).to_vec()
}

pub fn sku(number: usize) -> String {
    format!("YS{number:05}")
}

pub fn shop_name(number: usize) -> String {
    format!("云山茶业{}店", char::from_u32('甲' as u32 + number as u32).unwrap_or('甲'))
}

impl Erp {
    /// A merchant with so many SKUs, each in every one of so many shops, and nothing wrong.
    pub fn new(skus: usize, shops: usize) -> Self {
        let mut erp = Self {
            shops: Sheet::new("店铺档案", "店铺编号 店铺名称 平台 主体名称 店铺状态 授权状态 负责人 备注"),
            listings: Sheet::new(
                "铺货",
                "店铺 平台 平台商品ID 平台规格ID 商家编码 条形码 商品名称 规格 售价 平台库存 上架状态 更新时间",
            ),
            stock: Sheet::new(
                "库存",
                "商家编码 条码 商品名称 规格 仓库 库位 实际库存 占用 可用库存 采购在途 成本价 供应商 备注",
            ),
            orders: Sheet::new(
                "订单",
                "内部订单号 平台单号 店铺 平台 商家编码 商品名称 规格 数量 实付金额 订单状态 付款时间 最晚发货时间 供应商 供应商单号 快递公司 快递单号 发货时间 是否回传 买家昵称 收货地址",
            ),
            others: vec![Sheet::new("汇总", "店铺 平台 订单数 销售额 客单价 退款率"), Sheet::new("说明", "说明")],
        };
        for number in 0..shops {
            let (platform, _) = PLATFORMS[number % PLATFORMS.len()];
            let (id, name) = (format!("S{number:02}"), shop_name(number));
            erp.shops.add(texts([&id, &name, platform, "", "营业中", "已授权", "张三", ""]));
            erp.others[0].add(texts([&name, platform, "12", "1188.00", "99", "1.2%"]));
        }
        for number in 0..skus {
            erp.thing(number, shops);
        }
        for number in 0..skus {
            erp.order(number, shops);
        }
        erp.others[1].add(texts(["本表由系统导出，请勿改动表头"]));
        erp
    }

    fn thing(&mut self, number: usize, shops: usize) {
        let (code, barcode) = (sku(number), format!("69{number:011}"));
        let (title, spec) = (format!("云山春茶礼盒第{}款", number + 1), "250g/盒");
        let price = format!("{}.00", 59 + number % 40);
        for shop in 0..shops {
            let (platform, _) = PLATFORMS[shop % PLATFORMS.len()];
            let id = format!("1{shop:02}{number:07}");
            let sub = format!("{id}01");
            let row = [
                &*format!("S{shop:02}"),
                platform,
                &id,
                &sub,
                &code,
                &barcode,
                &title,
                spec,
                &price,
                "4",
                "在售",
                "2026-11-28 08:00:00",
            ];
            self.listings.add(texts(row));
        }
        let promised = (shops * 4).to_string();
        let there = (shops * 4 + 6).to_string();
        let row =
            [&*code, &barcode, &title, spec, "杭州仓", "A-01", &there, "6", &promised, "20", "21.50", "云山茶厂", ""];
        self.stock.add(texts(row));
    }

    fn order(&mut self, number: usize, shops: usize) {
        let shop = number % shops.max(1);
        let (platform, _) = PLATFORMS[shop % PLATFORMS.len()];
        let (own, id, code) = (format!("N{number:06}"), format!("69174{:012}1", number * 7 + 1_234_567), sku(number));
        let (title, shop) = (format!("云山春茶礼盒第{}款", number + 1), shop_name(shop));
        let parcel = format!("7580{number:010}");
        let is_shipped = !number.is_multiple_of(3);
        let sent = |text: &'static str| if is_shipped { text } else { "" };
        let row = [
            &*own,
            &id,
            &shop,
            platform,
            &code,
            &title,
            "250g/盒",
            "2",
            "118.00",
            if is_shipped { "已发货" } else { "待发货" },
            "2026-11-28 10:00:00",
            "2026-11-30 10:00:00",
            sent("云山茶厂"),
            if is_shipped { &own } else { "" },
            sent("中通快递"),
            if is_shipped { &parcel } else { "" },
            sent("2026-11-28 18:00:00"),
            sent("已回传"),
            "茶友",
            "杭州市",
        ];
        self.orders.add(texts(row));
    }

    /// All sheets in one workbook.
    pub fn workbook(&self) -> Vec<u8> {
        let mut book = Workbook::new();
        let [report, note] = [&self.others[0], &self.others[1]];
        for sheet in [note, &self.shops, &self.listings, &self.stock, &self.orders, report] {
            sheet.write(book.add_worksheet());
        }
        book.save_to_buffer().unwrap()
    }

    /// The sheets of records as files of their own.
    pub fn tables(&self) -> [(&'static str, String); 4] {
        [
            ("店铺档案.csv", self.shops.csv()),
            ("铺货.csv", self.listings.csv()),
            ("库存.csv", self.stock.csv()),
            ("订单.csv", self.orders.csv()),
        ]
    }

    /// The number of records of each kind.
    pub fn records(&self) -> BTreeMap<String, usize> {
        let sheets =
            [("Shop", &self.shops), ("Product", &self.listings), ("Stock", &self.stock), ("Order", &self.orders)];
        sheets.map(|(kind, sheet)| (kind.to_owned(), sheet.rows.len())).into()
    }
}

/// A check, as a report in JSON.
pub fn report(folder: &Folder, args: &[&str]) -> (i32, serde_json::Value) {
    let flags = ["--no-config", "--as-of", AS_OF, "--lang", "en", "--format", "json"];
    let ran: Ran = folder.run(&[&["check"], args, &flags].concat());
    let report = serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{error}: {}", ran.shown()));
    (ran.code, report)
}

/// Rule and message of each finding.
pub fn found(report: &serde_json::Value) -> Vec<String> {
    let findings = report["findings"].as_array().unwrap();
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    findings.iter().map(|finding| format!("{}: {}", text(&finding["rule"]), text(&finding["message"]))).collect()
}

fn is_quiet(code: i32, report: &serde_json::Value, records: &BTreeMap<String, usize>) {
    let found = found(report);
    assert!(found.is_empty(), "{} findings, among them {:#?}", found.len(), found.iter().take(5).collect::<Vec<_>>());
    assert_eq!(report["problems"], serde_json::json!([]));
    let summary = &report["summary"];
    assert_eq!(summary["records"], serde_json::json!(records), "{summary}");
    assert_eq!(summary["gaps"], serde_json::Value::Null);
    assert_eq!(summary["looked_at"]["records"]["not_understood"], 0, "{summary}");
    assert_eq!(code, 0);
}

#[test]
fn a_workbook_of_five_platforms_is_read_whole() {
    let erp = Erp::new(200, 12);
    let folder = Folder::new();
    folder.write("导出.xlsx", erp.workbook());
    let (code, report) = report(&folder, &["导出.xlsx"]);
    is_quiet(code, &report, &erp.records());
    assert_eq!(report["summary"]["outside"]["shops"], 10, "{}", report["summary"]);
}

#[test]
fn its_sheets_are_read_as_files_of_their_own() {
    let erp = Erp::new(20, 12);
    let folder = Folder::new();
    erp.tables().iter().for_each(|(name, text)| folder.write(name, text));
    let (code, report) = report(&folder, &["."]);
    is_quiet(code, &report, &erp.records());
}

/// The records that a table becomes, as `import` writes them.
fn imported(table: &str) -> String {
    let folder = Folder::with(&[("a.csv", table)]);
    let ran = folder.run(&["import", "a.csv", "--output", "native", "--lang", "en"]);
    assert_eq!(ran.code, 0, "{}", ran.shown());
    written(&folder.path("native"))
}

/// All files of a folder, one after another.
fn written(folder: &Path) -> String {
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files.map(|path| if path.is_dir() { written(&path) } else { fs::read_to_string(&path).unwrap() }).collect()
}

/// A table, and what must stand among its records.
const TABLES: [(&str, &[&str]); 14] = [
    (
        "店铺,平台,链接ID,商家编码,售价,可售库存,上架状态\n云山,抖店,35,T1,99,12,出售中\n",
        &["kind: Product", "sku: T1", "system: douyin", "stock: 12", "status: 5"],
    ),
    (
        "平台,店铺名称,平台商品ID,款式编码,规格编码,商品条码,规格,价格,库存\n快手小店,云山,35,K1,K1-01,6901,红,9,1\n",
        &["kind: Product", "sku: K1-01", "out_id: K1", "barcode:", "spec: 红", "system: kuaishou"],
    ),
    (
        "平台,店铺,商品名称,SKU编码,商家编码,售价\nPDD,云山,云山春茶,K1-01,K1,9\n",
        &["kind: Product", "sku: K1-01", "out_id: K1", "system: pinduoduo"],
    ),
    (
        "商品编码,商品名称,颜色及规格,仓库,实际库存数,订单占有数,可用数,采购在途数,成本价\nA1,云山春茶,250g,杭州,40,4,36,9,21.5\n",
        &["kind: Stock", "sku: A1", "quantity: 36", "locked: 4", "incoming: 9", "warehouse: 杭州"],
    ),
    ("SKU,仓位,可销数,锁定,在途\nA1,主仓,36,4,9\n", &["kind: Stock", "quantity: 36", "warehouse: 主仓"]),
    ("条码,品名,所在仓库,库存数量\n6901,茶,杭州,36\n", &["kind: Stock", "quantity: 36", "name: 茶"]),
    (
        "订单号,店铺,平台,商家编码,数量,订单状态,物流公司,物流单号,回传状态\n9001,云山,淘宝,A1,2,已付款待审核,,,\n",
        &["kind: Order", "status: unshipped", "system: taobao", "sku: A1", "quantity: 2"],
    ),
    (
        "线上单号,内部订单号,来源店铺,商品编码,购买数量,线上状态,运单号,是否回传,供应商\n9001,N1,云山,A1,2,交易成功,SF1,回传失败,茶厂\n",
        &["kind: Order", "'9001'", "status: completed", "number: SF1", "written_back: false", "supplier: 茶厂"],
    ),
    (
        "店铺名称,平台,店铺ID,主体名称\n云山,小红书,x1,云山茶业有限公司\n",
        &["kind: Shop", "system: xiaohongshu", "id: x1"],
    ),
    ("店铺名称,站点,店铺编号\n云山,有赞,x1\n", &["kind: Shop", "system: other-platform"]),
    (
        "主订单编号,选购商品,商品规格,商品数量,商家编码,支付完成时间,承诺发货时间,发货时间,订单状态\n69,茶,红,1,A1,2026-11-28 10:00:00,2026-11-30 10:00:00,,待发货\n",
        &["kind: Order", "ship_by: 2026-11-30", "paid_on: 2026-11-28", "sku: A1"],
    ),
    (
        "商品,订单号,订单状态,商品数量(件),支付时间,商家编码-规格维度,快递单号,快递公司\n茶,230101-1,待发货,1,,A1,,\n",
        &["kind: Order", "id: 230101-1", "sku: A1", "quantity: 1"],
    ),
    (
        "订单编号,宝贝标题,宝贝总数量,订单状态,物流单号,物流公司,订单付款时间,店铺名称\n1001,茶,1,卖家已发货,SF1,顺丰,2026-11-28,云山\n",
        &["kind: Order", "status: shipped", "number: SF1", "company: 顺丰", "shop: 云山"],
    ),
    (
        "规格编码,货品名称,可用库存数,锁定库存数,采购在途数,总在途数\nA1,茶,5,1,2,2\n",
        &["kind: Stock", "quantity: 5", "locked: 1", "incoming: 2"],
    ),
];

#[test]
fn headings_of_many_systems_are_understood() {
    for (table, wanted) in TABLES {
        let records = imported(table);
        let is_there = |wanted: &&str| records.contains(&wanted.replace('\'', "")) || records.contains(*wanted);
        let missing: Vec<&&str> = wanted.iter().filter(|wanted| !is_there(wanted)).collect();
        assert!(missing.is_empty(), "{table}{records}\nmissing: {missing:?}");
    }
}

#[test]
fn a_row_is_a_line_of_its_order() {
    let table = "平台单号,店铺,平台,商家编码,商品名称,数量\n9001,云山,抖音,A1,茶,1\n9001,云山,抖音,A2,杯,2\n";
    let folder = Folder::with(&[("订单.csv", table)]);
    let (code, report) = report(&folder, &["订单.csv"]);
    assert_eq!((code, found(&report)), (0, Vec::new()), "{report}");
    assert_eq!(report["summary"]["records"]["Order"], 2);
}

/// The rules that found something, each with how often.
fn counted(report: &serde_json::Value) -> BTreeMap<String, usize> {
    let mut counted = BTreeMap::new();
    for found in found(report) {
        *counted.entry(found.split(": ").next().unwrap_or_default().to_owned()).or_default() += 1;
    }
    counted
}

fn counts<const N: usize>(rules: [(&str, usize); N]) -> BTreeMap<String, usize> {
    rules.map(|(rule, count)| (rule.to_owned(), count)).into()
}

/// What marks the row of a thing in a shop.
fn listing(thing: usize, shop: usize) -> String {
    format!("1{shop:02}{thing:07}01")
}

#[test]
fn mistakes_in_orders_are_found_and_nothing_else() {
    let mut erp = Erp::new(30, 12);
    let own = |number: usize| format!("N{number:06}");
    let orders = &mut erp.orders;
    // Not written back; not shipped in time; given to a supplier that does not have it; no code; a carrier too many.
    orders.set(("内部订单号", &own(1)), "是否回传", "回传失败");
    orders.set(("内部订单号", &own(3)), "最晚发货时间", "2026-11-28 10:00:00");
    orders.set(("内部订单号", &own(6)), "供应商", "云山茶厂");
    orders.set(("内部订单号", &own(7)), "商家编码", "");
    let parcel = orders.rows[10][15].clone();
    orders.set(("内部订单号", &own(8)), "快递单号", &parcel);
    orders.set(("内部订单号", &own(8)), "快递公司", "顺丰速运");
    orders.set(("内部订单号", &own(11)), "发货时间", "2026-11-27 18:00:00");
    orders.set(("内部订单号", &own(13)), "店铺", "云山茶业丁号店");
    // Closed orders are nobody's concern any more.
    orders.set(("内部订单号", &own(14)), "订单状态", "交易关闭");
    orders.set(("内部订单号", &own(14)), "是否回传", "未回传");
    let folder = Folder::new();
    folder.write("导出.xlsx", erp.workbook());
    let (code, report) = report(&folder, &["导出.xlsx"]);
    let expected = [
        ("order/carriers", 1),
        ("order/dates", 1),
        ("order/items", 1),
        ("order/not-written-back", 1),
        ("order/overdue", 1),
        ("order/shop", 1),
        ("order/split-incomplete", 1),
    ];
    assert_eq!((code, counted(&report)), (0, counts(expected)), "{:#?}", found(&report));
}

#[test]
fn mistakes_in_goods_and_stock_are_found_and_nothing_else() {
    let mut erp = Erp::new(30, 12);
    // The shops 0 to 4 are on other platforms.
    erp.listings.set(("平台规格ID", &listing(2, 1)), "商品名称", "云山春茶礼盒 加微信：yunshan88");
    erp.listings.set(("平台规格ID", &listing(4, 2)), "规格", "250g 电话13800138000");
    erp.stock.set(("商家编码", &sku(5)), "采购在途", "-20");
    erp.stock.set(("商家编码", &sku(6)), "条码", "6900000000007");
    let again = erp.stock.rows[8].clone();
    erp.stock.rows.push(again);
    let folder = Folder::new();
    folder.write("导出.xlsx", erp.workbook());
    let (code, report) = report(&folder, &["导出.xlsx"]);
    let expected = [
        ("inventory/negative-stock", 1),
        ("inventory/one-barcode", 1),
        ("inventory/stock-twice", 1),
        ("inventory/title-contacts", 2),
    ];
    assert_eq!((code, counted(&report)), (0, counts(expected)), "{:#?}", found(&report));
}

#[test]
fn what_is_oversold_far_apart_or_missing_is_found_and_nothing_else() {
    let mut erp = Erp::new(40, 12);
    erp.listings.set(("平台规格ID", &listing(3, 0)), "平台库存", "5");
    erp.stock.set(("商家编码", &sku(4)), "可用库存", "47");
    // Taken down, it promises nothing, and nobody misses it.
    erp.listings.set(("平台规格ID", &listing(5, 2)), "平台库存", "900");
    erp.listings.set(("平台规格ID", &listing(5, 2)), "上架状态", "已下架");
    erp.listings.set(("平台规格ID", &listing(6, 11)), "售价", "99.00");
    // Within a fifth, prices may differ.
    erp.listings.set(("平台规格ID", &listing(7, 3)), "售价", "79.00");
    erp.listings.rows.retain(|row| row[3] != listing(9, 4) && row[3] != listing(9, 5));
    let folder = Folder::new();
    folder.write("导出.xlsx", erp.workbook());
    let (code, report) = report(&folder, &["导出.xlsx"]);
    let expected = [("inventory/not-listed", 1), ("inventory/oversold", 2), ("inventory/price-gap", 1)];
    assert_eq!((code, counted(&report)), (0, counts(expected)), "{:#?}", found(&report));
    let found = found(&report);
    let is_said = |said: &str| found.iter().any(|found| found.contains(said));
    assert!(is_said("offer 49 of “YS00003”; the warehouses have 48"), "{found:#?}");
    assert!(is_said("offer 48 of “YS00004”; the warehouses have 47"), "{found:#?}");
    assert!(is_said("“YS00006” sells at 65 to 99 yuan"), "{found:#?}");
    assert!(is_said("“YS00009” stands in 10 of 12 shops; missing: "), "{found:#?}");
}
