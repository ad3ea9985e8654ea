//! Shops as rows of a table with Chinese headings, some of which no mapping knows.

use crate::value::{Map, Value};

/// Headings with the fields they hold; what has no field is of the fleet's own.
pub const COLUMNS: [(&str, &str); 22] = [
    ("店铺编号", "id"),
    ("店铺体系", "system"),
    ("店铺名称", "name"),
    ("店铺类型", "store_type"),
    ("店铺状态", "status"),
    ("主体类型", "subject.type"),
    ("主体名称", "subject.name"),
    ("统一社会信用代码", "subject.licence"),
    ("品牌名称", "brand.name"),
    ("授权级别", "brand.grant"),
    ("品牌到期日", "brand.valid_until"),
    ("主营类目", "main_category"),
    ("已缴保证金", "deposit.paid"),
    ("应缴保证金", "deposit.required"),
    ("优选联盟", "alliance.joined"),
    ("店铺评分", "score"),
    ("累计成交额", "gmv"),
    ("视频号", "accounts.channels"),
    ("开店日期", "opened_on"),
    ("店铺简介", "description"),
    ("备注", "x-operator"),
    ("对接群", "x-tags"),
];

/// Columns of a table of products, the one that names the shop last.
pub const PRODUCT_COLUMNS: [(&str, &str); 12] = [
    ("商品ID", "id"),
    ("商品标题", "title"),
    ("短标题", "short_title"),
    ("商品描述", "description"),
    ("一级类目", "first_level_category"),
    ("商品状态码", "status"),
    ("草稿状态码", "edit_status"),
    ("售价", "sale_price"),
    ("市场价", "market_price"),
    ("库存", "stock"),
    ("售后地址ID", "after_sale_address_id"),
    ("店铺编号", "shop"),
];

/// What tables write for the values of enums.
const WORDS: [(&str, &str); 21] = [
    ("weixin-store", "微信小店"),
    ("channels-store", "视频号小店"),
    ("mini-store", "小商店"),
    ("mini-program-mall", "小程序商城"),
    ("official-flagship", "官方旗舰店"),
    ("flagship", "旗舰店"),
    ("exclusive", "专卖店"),
    ("franchise", "专营店"),
    ("ordinary-enterprise", "普通企业店"),
    ("open_finished", "营业中"),
    ("opening", "开通中"),
    ("closing", "关闭中"),
    ("close_finished", "已关闭"),
    ("enterprise", "企业"),
    ("sole-trader", "个体工商户"),
    ("individual", "个人"),
    ("institution", "事业单位"),
    ("owner", "自有"),
    ("first", "一级授权"),
    ("second", "二级授权"),
    ("third", "三级授权"),
];

/// A record's cells, as texts.
pub fn row(columns: &[(&str, &str)], record: &Map) -> Vec<String> {
    columns.iter().map(|(_, path)| record.get(path).map_or_else(String::new, cell)).collect()
}

fn cell(value: &Value) -> String {
    match value {
        Value::Text(text) => {
            WORDS.iter().find(|(word, _)| word == text).map_or_else(|| text.clone(), |(_, word)| (*word).to_owned())
        }
        Value::Number(number) => number.clone(),
        Value::Bool(value) => if *value { "是" } else { "否" }.to_owned(),
        Value::List(list) => list.iter().map(cell).collect::<Vec<_>>().join("、"),
        Value::Map(_) => String::new(),
    }
}
