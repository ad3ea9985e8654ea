//! Inputs of all sorts: standard input, broken files, suppressions, the platform's answers, tables, audits.

use super::hashes::Outputs;
use super::samples::DAY;
use crate::folder::Folder;

const INFO: &str = r#"{"errcode":"0","errmsg":"ok","info":{"nickname":"云山旗舰店","headimg_url":"https://wx.qlogo.cn/a","subject_type":"个体工商户","status":"open_finished","username":"gh_yunshan"}}"#;
const PRODUCT: &str = r#"{"errcode":0,"errmsg":"ok","product":{"product_id":12,"title":"云山明前绿茶100g","head_imgs":["a.jpg","b.jpg","c.jpg"]}}"#;
const EVENTS: &str = concat!(
    r#"{"CreateTime":1767225600,"MsgType":"event","Event":"product_spu_audit","ProductSpuAudit":{"product_id":"12","status":2,"reason":"主图带二维码"}}"#,
    "\n",
    r#"{"CreateTime":1767225900,"MsgType":"event","Event":"product_spu_audit","ProductSpuAudit":{"product_id":"12","status":3,"reason":"","audit_info":"{not json"}}"#,
    "\n",
);
const TREE: &str = r#"{"errcode":0,"errmsg":"ok","cats_v2":[{"cat_and_qua":[{"cat":{"cat_id":"10000131","name":"汽车","f_cat_id":"0","level":1,"leaf":false},"qua":{"tips":"仅限企业入驻"}},{"cat":{"cat_id":900,"name":"记录仪: 行车","f_cat_id":"10000131","level":3,"leaf":true},"qua":{"tips":"注册资本不低于100万"}}]}]}"#;
const SUPPRESSED: &str = "# dianjian: ignore-file[touchpoint/*] -- 不做\nkind: Shop\nid: a\nsystem: weixin-store\n\
    name: 云山旗舰店 # dianjian: ignore[naming/store-type-words] until 2027-01-01 -- 商标在办\n\
    score: 4.x # dianjian: ignore[record/wrong-type]\ngmv: 20 # dianjian: ignore[alliance/gmv] -- 用不到\n\
    # dianjian: ignore[deposit/*] until 2025-01-01 -- 过期了\ndeposit: {paid: 1, required: 5000}\n\
    status: open # dianjian: ignroe[x]\n";

pub fn all(outputs: &mut Outputs) {
    broken(outputs);
    let folder = Folder::with(&[
        ("suppressed.yaml", SUPPRESSED),
        ("shop/info.json", INFO),
        ("shop/product.json", PRODUCT),
        ("events.ndjson", EVENTS),
        ("api/all.json", TREE),
        (
            "api/900.json",
            r#"{"errcode":0,"errmsg":"ok","info":{"cat_id":"900","name":"记录仪"},"attr":{"deposit":"500001"}}"#,
        ),
        ("empty/none.bin", "nothing"),
    ]);
    for lang in ["zh", "en"] {
        let mut run = |name: &str, args: &[&str]| {
            outputs.run(&folder, &format!("{name}/{lang}"), &[args, &["--lang", lang]].concat())
        };
        run("suppressed", &["check", "suppressed.yaml", DAY[0], DAY[1]]);
        run("suppressed-json", &["check", "suppressed.yaml", DAY[0], DAY[1], "--format", "json"]);
        run("audit", &["audit", "."]);
        run("audit-json", &["audit", ".", "--format", "json"]);
        run("nothing-to-check", &["check", "empty", DAY[0], DAY[1]]);
        run("no-such-path", &["check", "no-such-folder", DAY[0], DAY[1]]);
        let tables = format!("tables-{lang}");
        run("tables", &["tables", "import", "api", "-o", &tables, "--from", "2026-01-01"]);
        run("answers", &["check", "shop", DAY[0], DAY[1]]);
        outputs.keep(&folder, &format!("tables/{lang}/files"), &tables);
        for (name, input) in [
            ("yaml", SUPPRESSED.as_bytes()),
            ("json", INFO.as_bytes()),
            ("csv", "店铺名称,体系\n云山旗舰店,微信小店\n".as_bytes()),
        ] {
            let named = format!("shop.{name}");
            let args = ["check", "-", "--stdin-name", &named, DAY[0], DAY[1], "--lang", lang, "--format", "short"];
            outputs.run_with(&folder, &format!("stdin/{lang}/{name}"), &args, input);
        }
    }
}

fn broken(outputs: &mut Outputs) {
    let folder = Folder::with(&[
        ("deep.json", &"[".repeat(100_000)),
        ("twice.yaml", "kind: Shop\nname: a\nname: b\n"),
        ("tab.yaml", "kind: Shop\n\tname: a\n"),
        ("control.yaml", "kind: Shop\nname: \"\\0\u{202e}\\x1b[31m旗舰\"\n"),
        ("lines.ndjson", "{\"kind\":\"Shop\",\"name\":\"a\"}\n{\"kind\":\n\n{}\n"),
        ("cycle.yaml", "&a [*a]\n"),
        ("kind.yaml", "kind: Shpo\nname: 云山\n---\nkind: [Shop]\n---\n- 3\n"),
        (
            "types.yaml",
            "kind: Shop\nid: 7\nsystem: 微信小店\nname: [云山]\nscore: 高\nsubject: 云山公司\nproducts: {title: 茶}\nopened_on: 2025-02-30\n",
        ),
        (
            "script.yaml",
            "kind: LiveRoom\nid: r\nscript: none.md\ncover: ../../none.jpg\nassets: ['*.none', /etc/hostname]\nshop: nobody\n",
        ),
        ("ragged.csv", "店铺名称,体系,评分\n云山,微信小店\n雾里,微信小店,4.5,多出来的\n\"未闭合,微信小店,4\n"),
        ("heads.csv", "店铺名称,店铺名称,没人认识\n云山,雾里,1\n"),
        ("good.yaml", "kind: Shop\nid: ok\nsystem: weixin-store\nname: 青禾\n"),
    ]);
    folder.write("gbk.yaml", b"kind: Shop\nname: \xd4\xc6\xc9\xbd\xc6\xec\xbd\xa2\n");
    folder.write("utf16.yaml", b"\xff\xfek\0i\0n\0d\0");
    folder.write("binary.json", [0, 159, 146, 150, 0, 1, 2]);
    folder.write("no-book.xlsx", b"PK\x03\x04 not a workbook");
    for lang in ["zh", "en"] {
        super::samples::all_reports(outputs, &folder, "broken/check", lang, &["check", ".", DAY[0], DAY[1]]);
    }
    for file in ["deep.json", "ragged.csv", "binary.json", "no-book.xlsx", "cycle.yaml"] {
        outputs.run(&folder, &format!("broken/{file}"), &["check", file, DAY[0], DAY[1], "--lang", "zh"]);
    }
}
