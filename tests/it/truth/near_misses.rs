//! In a folder, what was meant to be checked is told from files of other programs.

use crate::folder::{Folder, Ran};

const FLAGS: [&str; 5] = ["--no-config", "--as-of", "2026-11-29", "--lang", "en"];

/// A shop that is in order, beside which everything else lies.
const SHOP: &str = "kind: Shop\nid: ok\nsystem: weixin-store\nname: 云山茶业\n";

fn check(folder: &Folder, paths: &[&str], flags: &[&str]) -> Ran {
    folder.run(&[&["check"], paths, &FLAGS, flags].concat())
}

/// Records of ours with one slip.
const NEAR_MISSES: [(&str, &str); 88] = [
    ("large-key.yaml", "Kind: Shop\nid: a\nsystem: weixin-store\nname: 花山旗舰店\n"),
    ("capitals.yaml", "KIND: LiveRoom\nid: a\ntitle: 春茶专场\n"),
    ("full-width.yaml", "kind：Shop\nid：b\nsystem：weixin-store\nname：月山旗舰店\n"),
    ("full-width-colon-first.yaml", "kind：Product\nid: b\ntitle: 明前茶\n"),
    ("lower-value.yaml", "kind: shop\nid: b\nsystem: weixin-store\nname: 月山\n"),
    ("chinese-value.yaml", "kind: 店铺\nid: b\nsystem: weixin-store\nname: 月山\n"),
    ("misspelt-value.yaml", "kind: Shopp\nid: b\nsystem: weixin-store\nname: 月山\n"),
    ("other-value.yaml", "kind: Store\nid: b\nsystem: weixin-store\nname: 月山\n"),
    ("no-kind.yaml", "id: c\nsystem: weixin-store\nname: 风山旗舰店\nsubject: {type: enterprise}\n"),
    ("no-kind-short.yaml", "id: c\nsystem: channels-store\nname: 风山旗舰店\n"),
    ("no-kind-room.yaml", "id: r\ntitle: 春茶专场\nshop: yunshan\nscheduled: 2026-12-01T20:00:00+08:00\n"),
    ("no-kind-product.json", r#"{"id": "1", "title": "明前茶", "head_images": ["a.jpg"], "skus": []}"#),
    ("camel.json", r#"{"id": "1", "title": "明前茶", "headImages": ["a.jpg"], "marketPrice": 99}"#),
    ("wrapper.yaml", "shops:\n  - kind: Shop\n    id: d\n    system: weixin-store\n    name: 石山旗舰店\n"),
    ("wrapper-chinese.yaml", "店铺:\n  - kind: Shop\n    id: d\n    system: weixin-store\n    name: 石山\n"),
    ("wrapper-map.yaml", "fleet:\n  north: {kind: Shop, id: d, system: weixin-store, name: 石山}\n"),
    (
        "wrapper-deep.json",
        r#"{"version": 2, "export": {"shops": [{"system": "mini-store", "name": "石山", "id": "x"}]}}"#,
    ),
    ("second-document.yaml", "kind: Shop\nid: e\nsystem: weixin-store\nname: 云岭\n---\nid: f\nname: 云河\n"),
    ("list-item.yaml", "- {kind: Shop, id: g, system: weixin-store, name: 云岭二}\n- {id: h, name: 云海}\n"),
    (
        "lines.ndjson",
        "{\"kind\":\"Shop\",\"id\":\"i\",\"system\":\"weixin-store\",\"name\":\"云溪\"}\n{\"id\":\"j\",\"name\":\"云天\"}\n",
    ),
    (
        "lines-without.jsonl",
        "{\"id\":\"k\",\"system\":\"weixin-store\",\"name\":\"云泉\"}\n{\"id\":\"l\",\"system\":\"weixin-store\"}\n",
    ),
    ("unparsed.yaml", "kind: Shop\nid: m\n  system: weixin-store\nname: '云峰\n"),
    ("unparsed-no-kind.yaml", "id: m\nsystem: weixin-store\nmain_category: 茶\nname: '云峰\n"),
    ("cut-off.json", r#"{"kind": "Shop", "id": "n", "system": "weixin"#),
    ("cut-in-key.json", "[\n  {\"kin"),
    ("cut-in-kind.ndjson", r#"{"kind":"Sh"#),
    ("cut-after-key.jsonl", r#"{ "kind" "#),
    ("cut-before-kind.json", r#"{"kind": "#),
    ("cut-off-answer.json", r#"{"errcode": 0, "errmsg": "ok", "product": {"product_id": "1", "title": "茶"#),
    ("roster.csv", "序号,大区,店铺名称,店长,联系方式\n1,华东,云山旗舰店,张,x\n"),
    ("outlets.csv", "门店,平台,执照\n云山,微信,9144\n"),
    ("goods.csv", "商品标题,仓位,货架\n茶,1,2\n"),
    ("rooms.tsv", "直播标题\t场控组\t工号\n春茶\t一组\t7\n"),
    ("typo.csv", "大区,店铺名秤,店长\n华东,云山,张\n"),
    ("values.csv", "甲,乙,丙\n云山,微信小店（2024）,x\n云河,weixin-store,y\n"),
    ("records.csv", "kind: Shop\nid: o\nsystem: weixin-store\nname: 云烟\n"),
    ("table.yaml", "店铺编号,店铺名称,店铺体系\n1,云霞,weixin-store\n2,云雾,weixin-store\n"),
    ("renamed.yaml.old", "kind: Shop\nid: p\nsystem: weixin-store\nname: 云岚\n"),
    ("part-of-kind.yaml", "kind: Live\nid: r\ntitle: 春茶专场\nscheduled: 2026-12-01T20:00:00+08:00\n"),
    ("part-of-chinese-kind.yaml", "kind: 直播\nid: r\ntitle: 春茶专场\nscheduled: 2026-12-01T20:00:00+08:00\n"),
    ("required-mark.yaml", "kind*: Shop\nid*: a\nsystem: weixin-store\nname: 云山\n"),
    ("equals.yaml", "kind= Shop\nid= a\nsystem= weixin-store\nname= 云山\n"),
    ("full-width-equals.yaml", "kind＝Product\nid＝a\ntitle＝明前茶\n"),
    ("full-width-comma.json", r#"{"kind": "Shop"，"id": "a"，"system": "weixin-store"，"name": "云山"}"#),
    ("enumeration-comma.json", r#"{"kind": "Product"、"id": "a"、"title": "明前茶"}"#),
    ("full-width-comma.csv", "店铺编号，店铺名称，店铺体系\n1，云山，微信小店\n"),
    ("enumeration-comma.csv", "店铺编号、店铺名称、店铺体系\n1、云山、微信小店\n"),
    ("blanks.csv", "店铺编号 店铺名称 店铺体系\n1 云山 微信小店\n"),
    ("markdown.txt", "|店铺编号|店铺名称|店铺体系|\n|1|云山|微信小店|\n"),
    ("room-map.yaml", "rooms:\n  r1: {title: 春茶专场, script: a.txt}\n  r2: {title: 秋茶专场, script: b.txt}\n"),
    ("licence-list.json", r#"{"licences": [{"code": "91110108551385082Q", "name": "云山茶业"}]}"#),
    ("licence.yaml", "code: 91110108551385082Q\nname: 云山茶业有限公司\ntype: enterprise\n"),
    ("room.yaml", "title: 春茶直播专场\nscript: 第一句话.txt\n"),
    ("very-deep.yaml", "a: {b: {c: {d: {e: {kind: Shop, id: a, system: weixin-store, name: 云山}}}}}\n"),
    ("shops.toml", "[Shop]\nid = \"a\"\nsystem = \"weixin-store\"\nname = \"云山\"\n"),
    ("shop.ini", "kind = Shop\nname = 云山\nsystem = mini-store\n"),
    ("called-otherwise.csv", "编号,店名称呼,微信店系统\n1,云山,w\n"),
    ("goods-called-otherwise.csv", "货号,货名,零售价\n1,茶,9.9\n"),
    ("codes.csv", "91110108551385082Q,云山\n91110108551385082Q,云河\n"),
    ("shops.xml", "<shops><shop><id>1</id><name>花山旗舰店</name><system>weixin-store</system></shop></shops>"),
    ("string.json", r#""{\"kind\": \"Shop\", \"id\": \"a\", \"system\": \"weixin-store\"}""#),
    (
        "string-inside.json",
        r#"{"status": 200, "body": "{\"kind\": \"Shop\", \"id\": \"a\", \"name\": \"花山旗舰店\"}"}"#,
    ),
    ("shops.log", "{\"kind\":\"Shop\",\"id\":\"a\",\"system\":\"weixin-store\",\"name\":\"花山旗舰店\"}\n"),
    ("upright.csv", "字段,店1\n店铺编号,1\n店铺名称,花山旗舰店\n店铺体系,微信小店\n"),
    ("chinese-keys.yaml", "类型: 店铺\n编号: a\n体系: 微信小店\n名称: 花山旗舰店\n"),
    ("chinese-keys.json", r#"{"店铺编号": "a", "店铺名称": "花山旗舰店", "主体类型": "企业"}"#),
    ("chinese-wrapper.yaml", "商品:\n  - 标题: 明前茶\n    价格: 10\n"),
    ("chinese-room.yaml", "直播标题: 春茶专场\n开播时间: 2026-12-01 20:00\n主播: 小云\n"),
    ("nested-signs.yaml", "id: a\nname: 花山旗舰店\nbrand: {name: 花山, grant: owner}\n"),
    ("rows.json", r#"[["id", "system", "name"], ["a", "weixin-store", "花山旗舰店"]]"#),
    ("rows.yaml", "- [店铺编号, 店铺名称]\n- [a, 花山旗舰店]\n"),
    ("longer-heading.csv", "序,名,微信小店名称,负责人\n1,a,花山旗舰店,b\n"),
    ("longer-headings.csv", "区,所属店铺名称,督导\n东,花山旗舰店,b\n"),
    ("store.json", r#"{"errcode": 0, "errmsg": "ok", "store": {"storeName": "云山旗舰店"}}"#),
    ("shop-title.json", r#"{"errcode": 0, "errmsg": "ok", "data": {"shop": {"title": "云山旗舰店"}}}"#),
    ("login.json", "<!DOCTYPE html>\n<html><head><title>登录</title></head></html>\n"),
    ("gateway.json", "<html>502 Bad Gateway</html>"),
    ("answers.ndjson", "\u{feff}<?xml version=\"1.0\"?>\n<error>1</error>\n"),
    ("slip-in-key.yaml", "knd: Stock\nsku: QC-7\nwarehouse: 东阳仓\nquantity: 5\n"),
    ("letters-changed-in-key.json", r#"{"kidn": "Shop", "id": "a", "system": "weixin-store", "name": "云山"}"#),
    ("slip-in-key.ndjson", "{\"kindd\":\"Stock\",\"sku\":\"QC-7\",\"quantity\":5}\n"),
    ("slip-and-quote.yaml", "kin: Order\nid: '1\nstatus: shipped\n"),
    ("stock-list.yaml", "- sku: QC-7\n  warehouse: 东阳仓\n  quantity: 5\n"),
    ("stock-list.json", r#"[{"barcode": "6901234567892", "quantity": 3}]"#),
    ("stocks.yaml", "stocks:\n- sku: QC-7\n  quantity: 5\n"),
    ("stcoks.yaml", "stcoks:\n- sku: QC-7\n  quantity: 5\n"),
    ("stock-chinese.yaml", "库存:\n- {sku: QC-7, quantity: 5}\n"),
    ("listings.ndjson", "{\"sku\":\"QC-7\",\"stock\":5,\"sale_price\":9.9}\n"),
];

#[test]
fn what_looks_like_a_record_is_a_problem_in_a_folder_too() {
    for (name, text) in NEAR_MISSES {
        let folder = Folder::with(&[("ok.yaml", SHOP), (name, text)]);
        let ran = check(&folder, &["."], &[]);
        assert_eq!(ran.code, 2, "{name}: {}{}", ran.out, ran.err);
        assert!(ran.out.contains(name), "{name}: {}", ran.out);
        assert!(!ran.out.contains('✓'), "{name}: {}", ran.out);
        // No filter hides it.
        let ran = check(&folder, &["."], &["--only", "naming/length"]);
        assert_eq!(ran.code, 2, "{name} with --only: {}{}", ran.out, ran.err);
    }
}

/// Files of other programs.
const FOREIGN: [(&str, &str); 61] = [
    (
        "package.json",
        r#"{"name": "shop-tools", "version": "1.0.0", "description": "x", "homepage": "https://a.example", "type": "module", "scripts": {"test": "vitest"}}"#,
    ),
    ("tsconfig.json", "{\n  // strict\n  \"compilerOptions\": {\"strict\": true,},\n}\n"),
    ("docker-compose.yml", "version: '3'\nservices:\n  web: {image: nginx, ports: ['80:80']}\n"),
    (
        "templates/deployment.yaml",
        "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: {{ .Values.name }}\n{{- if .Values.x }}\nspec: {}\n{{- end }}\n",
    ),
    ("chart/values.yaml", "image: {repository: nginx, tag: latest}\nreplicas: 2\n"),
    ("chart/_template.yaml", "{{- define \"shop.name\" -}}\nname: x\n{{- end }}\n"),
    ("workflow.yml", "name: ci\non: [push]\njobs:\n  build:\n    runs-on: ubuntu\n    steps: [{run: make}]\n"),
    ("deployment.yaml", "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: shop}\nspec: {replicas: 1}\n"),
    ("service-account.yaml", "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: account}\n"),
    ("resource.yaml", "apiVersion: example.com/v1\nkind: Shops\nmetadata: {name: a}\n"),
    ("kinds.yaml", "kind: pipeline\nname: default\nsteps: []\n"),
    ("empty.yaml", ""),
    ("comments.yaml", "# nothing yet\n"),
    (
        "openapi.yaml",
        "openapi: 3.0.0\ninfo: {title: Shops, version: '1'}\npaths: {}\ncomponents:\n  schemas:\n    Shop:\n      properties: {system: {type: string}, name: {type: string}, brand: {type: string}}\n",
    ),
    (
        "schema.json",
        r#"{"$schema": "http://json-schema.org/draft-07/schema#", "properties": {"system": {"type": "string"}, "deposit": {"type": "object"}}}"#,
    ),
    (
        "zh.json",
        r#"{"title": "标题", "brand": "品牌", "save": "保存", "cancel": "取消", "menu": "菜单", "login": "登录", "logout": "退出"}"#,
    ),
    ("users.json", r#"[{"id": 1, "name": "Zhang", "email": "z@a.example", "status": "active", "avatar": "a.png"}]"#),
    ("mkdocs.yml", "site_name: Docs\nnav: [index.md]\ntheme: {name: material}\n"),
    ("front.yaml", "title: Hello\ndescription: A post\ncategories: [a]\ntags: [b]\n"),
    ("ansible.yml", "- name: install\n  hosts: all\n  tasks: [{name: x, apt: {name: git}}]\n"),
    ("composer.json", r#"{"name": "a/b", "type": "library", "license": "MIT", "authors": [], "require": {}}"#),
    ("pnpm-lock.yaml", "lockfileVersion: '9.0'\nsettings: {autoInstallPeers: true}\npackages: {}\n"),
    ("events.ndjson", "{\"level\":\"info\",\"msg\":\"started\"}\n{\"level\":\"warn\",\"msg\":\"slow\"}\n"),
    ("broken.ndjson", "{\"level\":\"info\"}\n{\"level\":\n"),
    ("pom.xml", "<project><modelVersion>4.0.0</modelVersion></project>"),
    ("page.xml", "<html><body><br></body></html>"),
    ("staff.csv", "姓名,部门,工号\n张,运营,1\n"),
    ("people.csv", "name,email,age\nZhang,z@a.example,30\n"),
    ("companies.csv", "公司名称,联系人,电话\n云山,张,1\n"),
    ("measures.csv", "1,2,3\n4,5,6\n"),
    (
        "dependabot.yml",
        "version: 2\nupdates: [{package-ecosystem: cargo, directory: /, schedule: {interval: weekly}}]\n",
    ),
    ("pre-commit.yaml", "repos:\n  - repo: https://a.example\n    rev: v1\n    hooks: [{id: x}]\n"),
    ("notes.txt", "大家好，欢迎来到直播间，今天的商品都很好。\n店铺：云山\n"),
    ("script.txt", "主播：家人们，上链接\n助播：好的，商品一号\n"),
    (
        "Cargo.toml",
        "[package]\nname = \"shop\"\nversion = \"0.1.0\"\ndescription = \"x\"\nlicense = \"MIT\"\n\n[dependencies]\nserde = \"1\"\n",
    ),
    (
        "pyproject.toml",
        "[project]\nname = \"tools\"\nversion = \"1\"\nauthors = [{name = \"a\"}]\n[tool.ruff]\nline-length = 100\n",
    ),
    ("setup.ini", "[database]\nhost = localhost\nuser = root\nname = shop\n"),
    ("contacts.csv", "姓名,微信号,微信昵称\n张,abc,小张\n"),
    ("students.json", r#"[{"id": 1, "name": "张", "score": 90}, {"id": 2, "name": "李", "score": 88}]"#),
    ("poem.txt", "云山、青禾、白鹭，都是地名\n店铺、商品、直播，都是生意\n"),
    ("speech.txt", "今天 的 商品 很 好\n店铺 里 都 有 现货\n"),
    ("answer.json", r#"{"errcode": 0, "errmsg": "ok", "total": 3, "list": [1, 2, 3]}"#),
    ("menu.json", r#"{"menu": {"items": {"a": {"b": {"c": {"d": {"kind": "link", "name": "x"}}}}}}}"#),
    ("server.properties", "server.port=8080\nspring.application.name=shop\n"),
    ("build.xml", "<project name=\"shop\"><id>a</id><name>shop</name><brand>x</brand><system>linux</system></project>"),
    ("server.log", "{\"level\":\"info\",\"system\":\"shop\",\"name\":\"start\"}\n"),
    ("strings.json", r#"{"query": "{\"name\": \"x\", \"id\": 1}", "body": "[1, 2]"}"#),
    ("terms.csv", "术语,解释\n店长,管店的人\n直播,在线卖货\n"),
    ("menu.yaml", "菜单:\n  - 名称: 首页\n    图标: home\n  - 名称: 设置\n    图标: gear\n"),
    ("people.yaml", "姓名: 张\n部门: 运营\n状态: 在职\n"),
    ("matrix.json", r#"[["a", "b"], [1, 2], ["name", "id"]]"#),
    ("words.yaml", "- [系统, 名称, 编号]\n- [甲, 乙, 丙]\n"),
    ("books.yaml", "标题: 茶经\n价格: 30\n作者: 陆羽\n"),
    ("theme.yaml", "name: theme\nversion: 1\nbrand: {name: x, logo: x.svg, color: red}\n"),
    ("hosts.yaml", "hosts:\n  - {name: a, address: 10.0.0.1, accounts: {root: x}}\n"),
    ("products.yaml", "products:\n  web: {name: web, version: 1, image: nginx}\n"),
    ("notes.csv", "日期,事项,负责人\n2026-11-01,买茶,张\n"),
    ("find.yaml", "find: Product\nwhere: {owner: me}\nlimit: 5\n"),
    ("bind.json", r#"{"bind": "Shop", "port": 80, "host": "localhost"}"#),
    ("plan.yaml", "sku: Standard_B2s\ncapacity: 3\nlocation: eastasia\n"),
    ("orders.yaml", "orders:\n- {asc: name}\n- {desc: age}\n"),
];

#[test]
fn files_of_other_programs_stay_quiet_and_never_fail_a_run() {
    for (name, text) in FOREIGN {
        let folder = Folder::with(&[("ok.yaml", SHOP), (name, text)]);
        let ran = check(&folder, &["."], &[]);
        assert_eq!(ran.code, 0, "{name}: {}{}", ran.out, ran.err);
        assert!(!ran.out.contains(name), "{name}: {}", ran.out);
    }
}

#[test]
fn named_files_that_are_no_records_stay_problems() {
    for (name, text) in [FOREIGN[0], FOREIGN[2], FOREIGN[6], FOREIGN[11], FOREIGN[22], FOREIGN[26]] {
        let folder = Folder::with(&[("ok.yaml", SHOP), (name, text)]);
        let ran = check(&folder, &["ok.yaml", name], &[]);
        assert_eq!(ran.code, 2, "{name}: {}{}", ran.out, ran.err);
    }
}

#[test]
fn lines_that_nothing_reads_are_counted_beyond_the_first_few() {
    let lines: String = (0..40).map(|number| format!("{{\"id\":\"s{number}\",\"name\":\"云山{number}\"}}\n")).collect();
    let folder = Folder::with(&[("shops.ndjson", &lines)]);
    let ran = check(&folder, &["shops.ndjson"], &[]);
    assert_eq!(ran.code, 2, "{}", ran.out);
    assert!(ran.out.contains("35 more places"), "{}", ran.out);
}

#[test]
fn the_help_of_the_problem_and_of_the_command_name_ignore() {
    let folder = Folder::with(&[("ok.yaml", SHOP), NEAR_MISSES[8]]);
    assert!(check(&folder, &["."], &[]).out.contains("`ignore:` in dianjian.yaml"));
    let help = folder.run(&["check", "--help", "--lang", "en"]);
    assert!(help.out.contains("ignore:"), "{}", help.out);
    folder.write("dianjian.yaml", "ignore: [no-kind.yaml]\n");
    assert_eq!(folder.run(&["check", "--as-of", "2026-11-29"]).code, 0);
}

#[test]
fn every_command_says_the_same_of_a_near_miss() {
    let folder = Folder::with(&[("ok.yaml", SHOP), NEAR_MISSES[0]]);
    for args in [&["import", ".", "--output", "native", "--lang", "en"][..], &["audit", ".", "--lang", "en"]] {
        let ran = folder.run(args);
        assert!((ran.out.clone() + &ran.err).contains("`Kind`"), "{args:?}: {}{}", ran.out, ran.err);
    }
}

#[test]
fn a_heading_with_a_slip_is_no_column_of_ones_own() {
    let table = |heading: &str| format!("店铺编号,店铺体系,店铺名称,{heading}\n1,微信小店,云山,5000\n");
    for heading in ["保证金已缴", "已缴保正金", "店铺评份"] {
        let folder = Folder::with(&[("shops.csv", &table(heading))]);
        let ran = check(&folder, &["."], &["--only", "naming/length"]);
        assert_eq!(ran.code, 2, "{heading}: {}{}", ran.out, ran.err);
        assert!(ran.out.contains(heading), "{heading}: {}", ran.out);
    }
    for heading in ["店长", "电话", "大区", "开业礼金", "本月拜访次数"] {
        let folder = Folder::with(&[("shops.csv", &table(heading))]);
        let ran = check(&folder, &["."], &[]);
        assert_ne!(ran.code, 2, "{heading}: {}{}", ran.out, ran.err);
        assert!(!ran.out.contains("did you mean"), "{heading}: {}", ran.out);
    }
}

#[test]
fn digits_that_a_spreadsheet_lost_are_hidden_by_nothing() {
    let tables = [
        "店铺编号,店铺体系,店铺名称,统一社会信用代码\n1,微信小店,云山,9.13E+17\n",
        "商品ID,商品标题,商品体系,条码\n1,明前龙井茶250克,微信小店,6.92E+12\n",
        "商品ID,商品标题,商品体系,SKU编码\n1,明前龙井茶250克,微信小店,9.14E+17\n",
        "SKU编码,仓库,可用库存\n9.14E+17,杭州,3\n",
    ];
    for table in tables {
        let folder = Folder::with(&[("t.csv", table)]);
        for flags in [&[][..], &["--skip", "table/*"], &["--only", "naming/length"]] {
            let ran = check(&folder, &["."], flags);
            assert_eq!(ran.code, 2, "{table} {flags:?}: {}{}", ran.out, ran.err);
            assert!(ran.out.contains("E+1"), "{table} {flags:?}: {}", ran.out);
        }
    }
}
