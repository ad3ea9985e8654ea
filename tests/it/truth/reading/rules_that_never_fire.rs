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
fn a_group_cannot_be_formed_over_the_items_of_a_list() {
    for (kind, check, path) in [
        ("Product", r#"{group: {by: ["skus[].code"], unique: true}}"#, "skus[].code"),
        ("Shop", r#"{group: {by: [name], distinct: {of: "categories[].name", max: 1}}}"#, "categories[].name"),
        ("LiveRoom", r#"{group: {by: ["links[]"], count: {max: 1}}}"#, "links[]"),
        ("LiveRoom", r#"{at: "products[]", ref: {kind: Product, by: id}}"#, "products[]"),
    ] {
        let told = told(kind, check);
        assert!(
            told.iter().any(|line| line.contains(&format!("`{path}` stands for a value in every item"))),
            "{told:?}"
        );
    }
}

#[test]
fn a_field_of_a_record_that_is_never_around_is_a_mistake() {
    for check in ["{at: shop.system, is: weixin-store}", "{when: {shop.name: {exists: true}}, at: title, is: x}"] {
        let told = told("LiveRoom", check);
        assert!(told.iter().any(|line| line.contains("a LiveRoom never lies in a Shop")), "{told:?}");
    }
    assert!(told("Product", "{at: shop.system, is: weixin-store}").is_empty());
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
