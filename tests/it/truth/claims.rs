//! No claim goes beyond its evidence: what a finding says holds for the record that it is about, on its day.

use crate::folder::Folder;

/// What is found, a finding a line, in Chinese, with the exit status.
fn check(files: &[(&str, &str)], args: &[&str]) -> (Vec<String>, i32) {
    let folder = Folder::with(files);
    let mut all = vec!["check", "--no-config", "--as-of", "2026-11-29", "--lang", "zh", "--format", "short", "."];
    all.extend(args);
    let ran = folder.run(&all);
    (ran.out.lines().filter(|line| line.contains('/') && line.contains('[') && !line.contains("[problem]")).map(str::to_owned).collect(), ran.code)
}

mod systems {
    use super::*;

    /// Breaks every rule that the interface of channels and weixin stores has for a product.
    const GOODS: &str = "title: 正宗五指毛桃根√\nshort_title: 一二三四五六七八九十一二三四五六七八九十一\n\
        out_id: \"OUTID\"\nhead_images: [a.jpg, a.jpg]\ndescription: 加微信 wuli_tea88 转账给我\nprice: 9\nsale_price: 9\n\
        market_price: 8\nskus: [{id: 1, code: CODECODECODECODECODECODE, sale_price: 9, market_price: 8}]\n";

    fn goods() -> String {
        GOODS.replace("OUTID", &"x".repeat(129))
    }

    const RULES: [&str; 9] = [
        "product/after-sale-address",
        "product/contacts",
        "product/head-images",
        "product/head-images-duplicate",
        "product/out-id",
        "product/short-title",
        "product/sku-code",
        "product/sku-market-price",
        "product/title-characters",
    ];

    fn lines<'l>(lines: &'l [String], rule: &str) -> Vec<&'l String> {
        lines.iter().filter(|line| line.contains(&format!("[{rule}]"))).collect()
    }

    #[test]
    fn what_holds_only_in_some_systems_is_no_error_where_the_system_is_unsaid() {
        let own = format!("kind: Product\nid: p\n{}", goods());
        let (unsaid, _) = check(&[("a.yaml", &own)], &[]);
        let (said, _) = check(&[("a.yaml", &format!("{own}system: weixin-store\n"))], &[]);
        let (other, _) = check(&[("a.yaml", &format!("{own}system: mini-store\n"))], &[]);
        for rule in RULES {
            assert!(lines(&said, rule).iter().all(|line| line.contains(" error[") && !line.contains("若商品体系")), "{said:?}");
            assert_eq!(lines(&said, rule).len(), 1, "{rule}: {said:?}");
            let [line] = lines(&unsaid, rule)[..] else { panic!("{rule}: {unsaid:?}") };
            assert!(line.contains(" warning["), "{line}");
            assert!(line.contains("若商品体系是视频号小店（2022）或微信小店（2024）："), "{line}");
            assert!(lines(&other, rule).is_empty(), "{rule}: {other:?}");
        }
        assert!(!unsaid.iter().any(|line| line.contains(" error[")), "{unsaid:?}");
    }

    #[test]
    fn a_product_goes_by_the_shop_that_it_stands_in() {
        let inner = goods().lines().fold(String::new(), |text, line| text + "    " + line + "\n");
        let shop = |system: &str| format!("kind: Shop\nid: a\nname: 云山茶业\n{system}products:\n  - id: p\n{inner}");
        let found = |system: &str| check(&[("a.yaml", &shop(system))], &[]).0;
        let (said, unsaid) = (found("system: channels-store\n"), found(""));
        for rule in RULES {
            assert!(lines(&said, rule)[0].contains(" error["), "{rule}: {said:?}");
            assert!(lines(&unsaid, rule)[0].contains(" warning["), "{rule}: {unsaid:?}");
            assert!(lines(&found("system: mini-program-mall\n"), rule).is_empty());
        }
    }

    #[test]
    fn an_interface_of_two_systems_is_of_no_other() {
        let answer = r#"{"errcode":0,"errmsg":"ok","product":{"product_id":"1","title":"折扇","head_imgs":["a","b","c"],
            "desc_info":{"imgs":["d"]},"status":5,"min_price":900}}"#;
        let (found, _) = check(&[("p.json", answer)], &["--only", "product/title-length"]);
        assert!(found.len() == 1 && found[0].contains(" error[") && !found[0].contains("若"), "{found:?}");
        // The same in a table, where 状态码 is whatever the table's author meant by it.
        let (found, _) = check(&[("p.csv", "商品标题,商品状态码\n折扇,5\n")], &["--only", "product/title-length"]);
        assert!(found.len() == 1 && found[0].contains(" warning[") && found[0].contains("若商品体系"), "{found:?}");
    }

    #[test]
    fn a_project_may_still_make_it_an_error() {
        let folder = Folder::with(&[
            ("a.yaml", "kind: Product\nid: p\ntitle: 折扇\n"),
            ("dianjian.yaml", "severity: {product/title-length: error}\n"),
        ]);
        let ran = folder.run(&["check", "a.yaml", "--as-of", "2026-11-29", "--lang", "zh", "--format", "short"]);
        assert!(ran.out.contains(" error[product/title-length]") && ran.out.contains("若商品体系"), "{}", ran.out);
        assert_eq!(ran.code, 1);
    }
}
