//! Answers of the platform that nothing takes, and documents of other programs that are none of ours.

use super::checked;

#[test]
fn an_answer_with_content_of_ours_in_another_spelling_is_not_understood() {
    for answer in [
        r#"{"errcode":0,"errmsg":"ok","product":{"productId":"1","title":"云山茶","headImgs":["https://a.example.com/1"]}}"#,
        r#"{"errcode":0,"errmsg":"ok","product":{"product_id":"1","title":"云山茶"}}"#,
        r#"{"errcode":0,"errmsg":"ok","info":{"nickName":"云山旗舰店","subjectType":"企业"}}"#,
        r#"{"errcode":0,"data":{"productInfo":{"Title":"云山茶"}}}"#,
        r#"{"errcode":0,"brandList":[{"brandName":"云山"}]}"#,
        r#"{"errcode":0,"product":{"product_id":"1","tilte":"云山茶","skus":[]}}"#,
        r#"{"errcode":0,"data":{"prodcut":{"product_id":"1","title":"云山茶"}}}"#,
        r#"{"errcode":0,"LiveList":[{"liveId":"1","Title":"春茶专场"}]}"#,
        r#"{"errcode":0,"shopInfo":{"shopName":"云山旗舰店"}}"#,
        r#"{"errcode":0,"productDetail":{"productVO":{"goodsTitle":"云山茶"}}}"#,
        r#"{"errcode":"0","result":{"list":[{"goodsInfo":{"goodsName":"云山茶"}}]}}"#,
    ] {
        let ran = checked("a.json", answer);
        assert_eq!(ran.code, 2, "{answer}: {}", ran.out);
        assert!(ran.out.contains("was not checked"), "{}", ran.out);
    }
}

#[test]
fn other_answers_have_nothing_to_check() {
    for answer in [
        r#"{"errcode":0,"errmsg":"ok","order":{"order_id":"3704612354559743232","order_detail":{"product_infos":[{"title":"云山茶"}]}}}"#,
        r#"{"errcode":0,"errmsg":"ok","product_ids":["1"],"total_num":1}"#,
        r#"{"errcode":0,"errmsg":"ok","freight_template":{"name":"包邮"}}"#,
        r#"{"errcode":0,"errmsg":"ok","store_list":[{"out_store_id":"1","address_info":{"city":"广州市"}}]}"#,
        r#"{"errcode":0,"errmsg":"ok"}"#,
    ] {
        let ran = checked("a.json", answer);
        assert_eq!(ran.code, 3, "{answer}: {}", ran.out);
    }
}

#[test]
fn a_single_generic_key_makes_no_record() {
    for document in [
        r#"{"out_store_id":"1","store_name":"云山门店","address_info":{"city":"广州市"}}"#,
        r#"{"store_name":"门店","phone":"1"}"#,
        r#"{"img_url":"https://a.example.com/yyy"}"#,
        r#"[{"nickname":"小王","username":"xw","headimg_url":"https://a.example.com/1"}]"#,
        r#"[{"title":"一篇文章","head_img":"https://a.example.com/1"}]"#,
    ] {
        let ran = checked("a.json", document);
        assert_eq!(ran.code, 2, "{document}: {}", ran.out);
        assert!(!ran.out.contains("upgrade/"), "{}", ran.out);
    }
}

#[test]
fn numbers_with_a_fraction_of_nothing_are_whole() {
    let ran = checked(
        "a.json",
        r#"{"errcode":0.0,"errmsg":"ok","product":{"product_id":"1","title":"云山明前绿茶礼盒装250g","status":5.0,"min_price":9990.0,"product_type":5.0}}"#,
    );
    assert!(ran.code == 0 || ran.code == 1, "{}", ran.out);
    assert!(!ran.out.contains("error 0.0"), "{}", ran.out);
}

#[test]
fn the_counts_of_a_page_are_no_documents() {
    let page = r#"{"code":200,"result":{"records":[{"product":{"product_id":"1","title":"云山明前绿茶礼盒装250g","status":5,"min_price":9990}}],"total":1,"size":10,"current":1,"pages":1}}"#;
    let ran = checked("a.json", page);
    assert!(!ran.out.contains("no record of a known kind"), "{}", ran.out);
}

#[test]
fn long_numbers_that_lost_their_digits_are_told() {
    for id in ["1795636754709454800", "1795636754709454848"] {
        let ran = checked("a.json", format!(r#"{{"kind":"Product","id":{id},"title":"云山明前绿茶礼盒装250g"}}"#));
        assert!(ran.out.contains("record/lost-digits"), "{id}: {}", ran.out);
        let ran = checked("a.csv", format!("商品ID,商品标题\n{id},云山明前绿茶礼盒装250g\n"));
        assert!(ran.out.contains("record/lost-digits"), "{id}: {}", ran.out);
    }
    for id in ["1795636754709454849", "10000111645565", "\"1795636754709454800\""] {
        let ran = checked("a.json", format!(r#"{{"kind":"Product","id":{id},"title":"云山明前绿茶礼盒装250g"}}"#));
        assert!(!ran.out.contains("record/lost-digits"), "{id}: {}", ran.out);
    }
}
