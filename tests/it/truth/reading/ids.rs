//! Ids that went through a program which writes every number with a fraction.

use super::{checked, lines};
use crate::folder::Folder;

const TITLE: &str = "云山明前绿茶礼盒装250g";

#[test]
fn a_whole_number_with_a_fraction_of_nothing_is_the_same_id() {
    for second in ["6194.0", "6.194e3", "6194.00"] {
        let folder = Folder::with(&[
            ("a.yaml", "kind: Shop\nid: 6194\nsystem: weixin-store\nname: 云山茶业\n"),
            ("b.yaml", &*format!("kind: Shop\nid: {second}\nsystem: weixin-store\nname: 花山茶业\n")),
            ("c.json", &*format!(r#"{{"kind": "LiveRoom", "id": "r", "shop": {second}, "title": "春茶专场"}}"#)),
        ]);
        let twice = folder.read_check(&["a.yaml", "b.yaml"]);
        assert_eq!(lines(&twice, "record/shop-id").len(), 1, "{second}: {}", twice.out);
        let shown = folder.read_check(&["a.yaml", "c.json"]);
        assert!(!shown.out.contains("[record/"), "{second}: {}", shown.out);
    }
}

#[test]
fn ids_in_lists_and_maps_match_rows_of_tables() {
    let rule = "id: own/category\ntitle: {zh: 类目, en: category}\nwhy: {zh: 试, en: test}\nseverity: error\nfor: Product\nparams:\n  closed: ['6194']\ncheck:\n  each: {in: categories, check: {at: .id, not_in: $closed}}\nmessage: {zh: '{found}', en: 'category {found} is closed'}\nhelp: {zh: 换, en: change}\nevidence:\n  - {source: own, ref: x, confidence: high, says: {zh: 试, en: test}}\n";
    let folder = Folder::with(&[("pack/own/category.yaml", rule)]);
    for categories in ["[6194.0]", "[{id: 6194.0}]", "[{id: 6194}]", "['6194']", "[{id: 6.194e3, name: 茶}]"] {
        folder.write(
            "p.yaml",
            format!("kind: Product\nid: '1'\nsystem: weixin-store\ntitle: {TITLE}\ncategories: {categories}\n"),
        );
        let ran = folder.read_check(&["p.yaml", "--rules", "pack"]);
        assert_eq!(lines(&ran, "category 6194 is closed").len(), 1, "{categories}: {}{}", ran.out, ran.err);
        assert!(!ran.out.contains("wrong-type"), "{categories}: {}", ran.out);
    }
    folder.write("p.csv", format!("商品ID,商品标题,商品体系,类目ID\n1,{TITLE},微信小店,6194.0\n"));
    let ran = folder.read_check(&["p.csv", "--rules", "pack"]);
    assert_eq!(lines(&ran, "category 6194 is closed").len(), 1, "{}{}", ran.out, ran.err);
}

#[test]
fn a_number_with_a_fraction_is_no_id() {
    for (field, path) in [("id: 6194.5", "id"), ("id: a\nbrand: {id: 1.25}", "brand.id")] {
        let ran = checked("a.yaml", format!("kind: Shop\n{field}\nsystem: weixin-store\nname: 云山茶业\n"));
        assert_eq!(ran.code, 2, "{path}: {}", ran.out);
        assert_eq!(lines(&ran, "error[record/wrong-type]").len(), 1, "{path}: {}", ran.out);
    }
    let list = checked(
        "p.yaml",
        format!("kind: Product\nid: '1'\nsystem: weixin-store\ntitle: {TITLE}\ncategories: [{{id: 6194.5}}]\n"),
    );
    assert_eq!(lines(&list, "error[record/wrong-type]").len(), 1, "{}", list.out);
    let quoted = checked("a.yaml", "kind: Shop\nid: '6194.5'\nsystem: weixin-store\nname: 云山茶业\n");
    assert!(!quoted.out.contains("wrong-type"), "{}", quoted.out);
}
