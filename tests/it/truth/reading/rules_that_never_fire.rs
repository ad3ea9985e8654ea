//! `rules lint` proves what no record can ever meet.

use crate::folder::Folder;

/// What `rules lint` says of a rule of one's own, without what it says of every bare rule.
fn told(kind: &str, check: &str) -> Vec<String> {
    let said = "{zh: 试, en: test}";
    let folder = Folder::new();
    let rule = format!(
        "id: house/never\ntitle: {said}\nwhy: {said}\nseverity: error\nfor: {kind}\ncheck: {check}\nmessage: {said}\n\
         evidence: [{{source: own, ref: test, confidence: high, says: {said}}}]\n"
    );
    folder.write("house/house/never.yaml", rule);
    let ran = folder.run(&["rules", "lint", "--rules", "house", "--lang", "en"]);
    let all = format!("{}{}", ran.out, ran.err).replace("\n  │ ", " ");
    let problems = all.lines().filter_map(|line| Some(line.trim().strip_prefix("error[problem]: ")?.to_owned()));
    problems.filter(|problem| !problem.starts_with("no `")).collect()
}

#[test]
fn members_of_a_group_are_items_of_one_list() {
    for check in [
        r#"{group: {by: ["skus[].code"], unique: true}}"#,
        r#"{group: {by: [shop, "skus[].code"], count: {where: {.stock: {min: 1}}, min: 1}}}"#,
        r#"{point: "skus[].stock", group: {by: ["skus[].code"], sum: {of: "skus[].stock", max: {field: "skus[].stock"}}}}"#,
        r#"{group: {by: ["head_images[]"], unique: true}}"#,
    ] {
        assert_eq!(told("Product", check), [""; 0], "{check}");
    }
    for (check, problem) in [
        (r#"{group: {by: ["skus[].code", "categories[].id"], unique: true}}"#, "go through different lists"),
        (r#"{group: {by: ["skus[].code"], distinct: {of: "head_images[]", max: 1}}}"#, "go through different lists"),
        (r#"{group: {by: [out_id, skus], unique: true}}"#, "`skus` has no value of its own"),
        (r#"{at: "head_images[]", ref: {kind: Product, by: id}}"#, "stands for a value in every item"),
        (r#"{at: stock, is: {field: "skus[].stock"}}"#, "stands for a value in every item"),
        (r#"{at: stock, is: {product: ["skus[].stock", 2]}}"#, "stands for a value in every item"),
    ] {
        let told = told("Product", check);
        assert!(told.iter().any(|line| line.contains(problem)), "{check}: {told:?}");
    }
}

#[test]
fn bounds_that_nothing_keeps_or_breaks_are_a_mistake() {
    for (check, problem) in [
        ("{at: price, min: 5, max: 3}", "no number is within"),
        ("{at: price, above: 3, max: 3}", "no number is within"),
        ("{at: price, min: 3, below: 3}", "no number is within"),
        ("{at: title, len: {min: 9, max: 3, unit: chars}}", "no number is within"),
        ("{group: {by: [out_id], count: {min: 4, max: 3}}}", "no number is within"),
        ("{group: {by: [out_id], count: {min: 1}}}", "nothing ever breaks"),
        ("{group: {by: [out_id], count: {where: {price: {min: 1}}, min: 0}}}", "nothing ever breaks"),
        ("{group: {by: [out_id], covers: {of: shop, share: 1.5}}}", "nothing ever breaks"),
        ("{group: {by: [out_id], sum: {of: price}}}", "asks for nothing"),
        ("{group: {by: [out_id], sum: {of: gift, max: 3}}}", "`gift` is never a number"),
        ("{at: stock, is: {sum: [gift]}}", "`gift` is never a number"),
        ("{at: stock, is: {quotient: [price]}}", "expected two numbers"),
        ("{at: stock, max: {sum_of: {kind: Shop, by: [id], of: gmv}}}", "can only be a bound of a group"),
        ("{at: stock, max: {count_of: title}}", "expected a list"),
        ("{group: {by: [out_id, shop], count: {max: {sum_of: {kind: Shop, by: [id], of: gmv}}}}}", "as many fields"),
    ] {
        let told = told("Product", check);
        assert!(told.iter().any(|line| line.contains(problem)), "{check}: {told:?}");
    }
    for check in [
        "{at: price, min: 3, max: 3}",
        "{group: {by: [out_id], count: {where: {price: {min: 1}}, min: 1}}}",
        "{group: {by: [out_id], covers: {of: shop, share: 0.9}}}",
        "{at: stock, max: {count_of: skus}}",
    ] {
        assert_eq!(told("Product", check), [""; 0], "{check}");
    }
}

#[test]
fn a_field_of_a_record_that_is_never_around_is_a_mistake() {
    // A room names its shop; what that one in its turn names is out of reach, and so is what nothing names.
    for check in ["{at: shop.subject.licence.type, is: enterprise}", "{at: product.title, is: x}"] {
        let told = told("LiveRoom", check);
        assert!(told.iter().any(|line| line.contains("has no field")), "{told:?}");
    }
    for kind in ["LiveRoom", "Product", "Account"] {
        assert!(told(kind, "{at: shop.system, is: weixin-store}").is_empty(), "{kind}");
    }
}

#[test]
fn a_field_of_a_record_that_is_named_is_one_of_its_kind() {
    for kind in ["LiveRoom", "Product"] {
        assert_eq!(told(kind, "{at: shop.system, is: weixin-store}"), [""; 0]);
        let told = told(kind, "{at: shop.nmae, is: x}");
        assert!(told.iter().any(|line| line.contains("Shop has no field")), "{told:?}");
    }
}

#[test]
fn a_value_that_a_field_never_has_is_a_mistake() {
    for (kind, check, found) in [
        ("Shop", "{at: system, is: weixn-store}", "`system` is never `weixn-store`"),
        ("Shop", "{at: deposit.trial, is: maybe}", "`deposit.trial` is never `maybe`"),
        ("Shop", "{when: {status: {in: [open, closing]}}, at: name, is: x}", "`status` is never `open`"),
        ("Shop", "{each: {in: categories, check: {at: .qualification.status, is: gone}}}", ""),
        ("Shop", "{at: accounts, is: x}", "`accounts` has no value of its own"),
    ] {
        let told = told(kind, check);
        assert!(found.is_empty() || told.iter().any(|line| line.contains(found)), "{check}: {told:?}");
    }
}

#[test]
fn a_field_that_the_kind_has_not_is_a_mistake() {
    for (kind, check) in [("Shop", "{at: nmae, is: x}"), ("LiveRoom", "{at: titel, lacks: {words: [x]}}")] {
        assert!(told(kind, check).iter().any(|line| line.contains("has no field")));
    }
}

#[test]
fn conditions_that_exclude_each_other_are_a_mistake() {
    for (kind, check) in [
        ("Shop", "{when: {opened_on: {exists: false}}, at: opened_on, date: {before: as_of}}"),
        ("Shop", "{when: {system: {is: weixin-store}}, all: [{when: {system: {is: mini-store}}, at: name, is: x}]}"),
        ("Product", "{when: {stock: {exists: false}}, at: stock, min: 1}"),
        ("Shop", "{when: {status: {is: closing}}, at: status, is_not: opening}"),
        ("LiveRoom", "{when: {scheduled: {exists: false}}, any: [{at: scheduled, date: {after: as_of}}]}"),
    ] {
        let told = told(kind, check);
        assert!(told.iter().any(|line| line.contains("can never find anything")), "{check}: {told:?}");
    }
    for check in [
        "{when: {status: {is: closing}}, at: status, is_not: closing}",
        "{when: {opened_on: {exists: false}}, at: closed_on, date: {before: as_of}}",
        "{when: {system: {in: [weixin-store, mini-store]}}, at: system, is: mini-store}",
    ] {
        assert_eq!(told("Shop", check), [""; 0], "{check}");
    }
}
