//! Fixes of one run hold against the fleet's rules and against each other.

use crate::folder::{Folder, Ran};

/// Fixes everything in the folder as far as fixes go.
fn fixed(folder: &Folder) -> Ran {
    let args = ["check", ".", "--no-config", "--as-of", "2026-11-29", "--fix=unsafe", "--format", "short"];
    let mut command = folder.command(&["--lang", "en", "--color", "never"]);
    command.args(args).output().unwrap().into()
}

fn shop(id: &str, name: &str) -> String {
    format!("kind: Shop\nid: {id}\nsystem: weixin-store\nname: {name}\n---\n")
}

fn shops(of: &[(&str, &str)]) -> String {
    of.iter().map(|(id, name)| shop(id, name)).collect()
}

#[test]
fn a_fix_gives_no_shop_the_name_of_another() {
    let before = shops(&[("s1", "兰亭旗舰店"), ("s2", "兰亭")]);
    let folder = Folder::with(&[("shops.yaml", &before)]);
    let ran = fixed(&folder);
    assert_eq!(folder.read("shops.yaml"), before, "{}", ran.err);
    assert!(ran.err.contains("not fixed, ") && ran.err.contains("naming/unique"), "{}", ran.err);
}

#[test]
fn of_fixes_to_one_name_the_first_is_made() {
    let folder =
        Folder::with(&[("shops.yaml", &shops(&[("s1", "兰亭旗舰店"), ("s2", "兰亭专卖店"), ("s3", "青禾官方店")]))]);
    let ran = fixed(&folder);
    assert_eq!(
        folder.read("shops.yaml"),
        shops(&[("s1", "兰亭"), ("s2", "兰亭专卖店"), ("s3", "青禾店")]),
        "{}",
        ran.err
    );
    assert_eq!(ran.err.matches("not fixed, ").count(), 1, "{}", ran.err);
    assert!(ran.err.contains("shops.yaml:9: "), "{}", ran.err);
}

#[test]
fn fixes_of_records_without_ids_are_told_apart() {
    let without = |name: &str| format!("kind: Shop\nsystem: weixin-store\nname: {name}\n---\n");
    let before = [without("兰亭旗舰店"), without("青禾旗舰店"), without("蘭亭")].concat();
    let folder = Folder::with(&[("shops.yaml", &before)]);
    let ran = fixed(&folder);
    let text = folder.read("shops.yaml");
    assert!(text.contains("兰亭旗舰店") && text.contains("name: 青禾\n"), "{text}{}", ran.err);
}

#[test]
fn fixes_in_several_files_and_forms_hold_against_each_other() {
    let table = "店铺编号,店铺体系,店铺名称\nt1,微信小店,兰亭旗舰店\nt2,微信小店,雾里旗舰店\n";
    let folder = Folder::with(&[
        ("a.csv", table),
        ("b.yaml", &shops(&[("b1", "兰亭专卖店"), ("b2", "春茶专营店")])),
        ("c.json", "[{\"kind\": \"Shop\", \"id\": \"c1\", \"system\": \"weixin-store\", \"name\": \"兰亭官方\"}]\n"),
    ]);
    let ran = fixed(&folder);
    let all = ["a.csv", "b.yaml", "c.json"].map(|file| folder.read(file));
    assert!(all[0].contains("兰亭\n") && all[0].contains("雾里\n"), "{all:?}{}", ran.err);
    assert!(all[1].contains("兰亭专卖店") && all[1].contains("name: 春茶\n"), "{all:?}{}", ran.err);
    assert!(all[2].contains("兰亭官方"), "{all:?}{}", ran.err);
    assert_eq!(ran.err.matches("not fixed, ").count(), 2, "{}", ran.err);
    // Nothing is left that a second run would make.
    let again = fixed(&folder);
    assert_eq!(all, ["a.csv", "b.yaml", "c.json"].map(|file| folder.read(file)), "{}", again.err);
}

#[test]
fn in_a_file_of_one_line_only_the_fixes_that_clash_are_not_made() {
    let shop = |id: &str, name: &str| {
        format!("{{\"kind\":\"Shop\",\"id\":\"{id}\",\"system\":\"weixin-store\",\"name\":\"{name}\"}}")
    };
    let list = |names: [&str; 4]| {
        let shops: Vec<String> = ["a", "b", "c", "d"].into_iter().zip(names).map(|(id, name)| shop(id, name)).collect();
        format!("[{}]\n", shops.join(","))
    };
    let folder = Folder::with(&[("shops.json", &list(["雾里官方", "兰亭旗舰店", "青禾官方旗舰店", "兰亭专卖店"]))]);
    let ran = fixed(&folder);
    assert_eq!(folder.read("shops.json"), list(["雾里", "兰亭", "青禾", "兰亭专卖店"]), "{}", ran.err);
}

#[test]
fn many_fixes_to_one_name_leave_one() {
    let many: String = (0..40).map(|at| shop(&format!("s{at}"), ["兰亭旗舰店", "兰亭专卖店"][at % 2])).collect();
    let folder = Folder::with(&[("shops.yaml", &format!("{many}{}", shop("other", "雾里官方")))]);
    // Twenty of each name are shops of one name already; two more are no worse, but none may be added to another's.
    let ran = fixed(&folder);
    let text = folder.read("shops.yaml");
    assert!(text.matches("name: 兰亭\n").count() <= 20, "{text}{}", ran.err);
    assert!(text.contains("name: 雾里\n"), "{text}{}", ran.err);
}
