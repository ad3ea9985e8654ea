//! Lists of what warehouses have: with a column for each of them, and with what the goods cost.

use rust_xlsxwriter::Workbook;

use super::erp::{found, report};
use crate::folder::Folder;

const GOODS: &str = "kind: Product\nid: p1\nsku: YS-1\ntitle: 云山明前绿茶100g\nsystem: douyin\nshop: 云山旗舰\nstock: 90\nsale_price: 30\n";

fn rules(found: &[String]) -> Vec<&str> {
    let of = |found: &&String| {
        found.starts_with("inventory/oversold")
            || found.starts_with("inventory/below-cost")
            || found.starts_with("record/")
    };
    found.iter().filter(of).map(String::as_str).collect()
}

fn check(stock: &str) -> Vec<String> {
    let folder = Folder::with(&[("goods.yaml", GOODS), ("stock.csv", stock)]);
    let (_, report) = report(&folder, &["."]);
    rules(&found(&report)).into_iter().map(str::to_owned).collect()
}

#[test]
fn a_column_for_each_warehouse_is_its_stock() {
    let too_many = |found: &[String]| found.len() == 1 && found[0].starts_with("inventory/oversold");
    for headings in [
        "商家编码,商品名称,杭州仓,广州仓",
        "SKU编码,品名,华东一号仓库,华南仓库",
        "商家编码,商品名称,杭州仓（件）,广州仓（件）",
    ] {
        let enough = check(&format!("{headings}\nYS-1,云山明前绿茶,60,30\n"));
        assert_eq!(enough, [""; 0], "{headings}");
        let less = check(&format!("{headings}\nYS-1,云山明前绿茶,60,29\n"));
        assert!(too_many(&less), "{headings}: {less:?}");
        // A warehouse that has none says nothing.
        let empty = check(&format!("{headings}\nys-1,云山明前绿茶,,89\n"));
        assert!(too_many(&empty), "{headings}: {empty:?}");
    }
    // A total beside its parts is not counted twice.
    let total = check("商家编码,商品名称,杭州仓,广州仓,可用库存\nYS-1,云山明前绿茶,60,29,89\n");
    assert!(too_many(&total), "{total:?}");
    assert_eq!(check("商家编码,商品名称,仓库,可用库存\nYS-1,云山明前绿茶,杭州仓,90\n"), [""; 0]);
}

#[test]
fn the_table_of_all_shops_reads_it_too() {
    let folder = Folder::with(&[("goods.yaml", GOODS)]);
    let mut book = Workbook::new();
    let sheet = book.add_worksheet().set_name("库存").unwrap();
    for (column, heading) in (0..).zip(["商家编码", "商品名称", "杭州仓", "广州仓", "成都仓"]) {
        sheet.write(0, column, heading).unwrap();
    }
    for (row, (sku, cells)) in (1..).zip([("YS-1", [60, 20, 7]), ("YS-2", [1, 0, 4])]) {
        sheet.write(row, 0, sku).unwrap();
        sheet.write(row, 1, "云山明前绿茶").unwrap();
        for (column, quantity) in (2..).zip(cells) {
            sheet.write(row, column, quantity).unwrap();
        }
    }
    book.save(folder.path("stock.xlsx")).unwrap();
    let ran = folder.run(&["inventory", "--format", "json", "--as-of", "2026-11-29", "."]);
    let table: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    let of = |sku: &str| {
        table["skus"].as_array().unwrap().iter().find(|row| row["sku"] == sku).unwrap()["warehouse"].clone()
    };
    assert_eq!(
        (of("YS-1")["available"].to_string(), of("YS-1")["records"].to_string()),
        ("87".to_owned(), "3".to_owned())
    );
    assert_eq!(of("YS-2")["available"].to_string(), "5");
}

#[test]
fn what_the_goods_cost_stands_in_the_list_of_the_warehouse() {
    for (cost, is_below) in [("30.01", true), ("30", false), ("", false)] {
        let found = check(&format!("商家编码,商品名称,仓库,可用库存,成本价\nys-1,云山明前绿茶,杭州仓,100,{cost}\n"));
        assert_eq!(found.iter().any(|found| found.starts_with("inventory/below-cost")), is_below, "{cost}: {found:?}");
    }
}
