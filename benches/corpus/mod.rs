//! A made-up fleet for benchmarks: the same bytes every time, most shops in order, one in fifty not.

use std::fmt::Write as _;
use std::fs;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

const PLACES: [&str; 8] = ["云山", "晴川", "松间", "白鹭", "青禾", "南屿", "石桥", "清溪"];
const TRADES: [&str; 8] = ["茶业", "食品", "服饰", "家居", "文具", "厨具", "花艺", "数码"];

/// A unified social credit code with its check character (GB 32100-2015).
fn licence(number: usize) -> String {
    const SET: &[u8] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
    let mut code = format!("91440300{:09}", 100_000_000 + number % 800_000_000);
    let mut weight = 1;
    let mut sum = 0;
    for byte in code.bytes() {
        sum += weight * SET.iter().position(|known| *known == byte).unwrap_or_default();
        weight = weight * 3 % 31;
    }
    code.push(char::from(SET[(31 - sum % 31) % 31]));
    code
}

struct Shop {
    name: String,
    subject: String,
    licence: String,
    number: usize,
}

fn shop(number: usize) -> Shop {
    let owner = number / 25;
    let (place, trade) = (PLACES[owner % 8], TRADES[owner / 8 % 8]);
    let wrong = if number % 50 == 49 { "旗舰店" } else { "" };
    Shop {
        name: format!("{place}{trade}{number}号铺{wrong}"),
        subject: format!("深圳{place}{owner}{trade}有限公司"),
        licence: licence(owner),
        number,
    }
}

/// A shop file of 25 lines.
pub fn yaml(number: usize) -> String {
    let Shop { name, subject, licence, number } = shop(number);
    format!(
        "# 店铺档案\nkind: Shop\nid: shop-{number}\nsystem: weixin-store\nname: {name}\nsubject:\n  type: enterprise\n  name: {subject}\n  licence: {licence}\n\
         categories:\n  - id: \"6194\"\n    name: 安全座椅\n  - id: \"1208\"\n    name: 茶叶\ndeposit:\n  paid: 5000\n  trial: false\nalliance:\n  joined: false\n\
         score: 4.7\ngmv: {gmv}\naccounts:\n  channels: [云山{number}]\n  display: 云山{number}\nstatus: open_finished\n",
        gmv = 20_000 + number % 90_000
    )
}

/// A shop as one JSON line of about 1 KB.
pub fn json_line(number: usize, out: &mut String) {
    let Shop { name, subject, licence, number } = shop(number);
    let start = out.len();
    let _ = write!(
        out,
        r#"{{"kind":"Shop","id":"shop-{number}","system":"weixin-store","name":"{name}","subject":{{"type":"enterprise","name":"{subject}","licence":"{licence}"}},"categories":[{{"id":"6194","name":"安全座椅"}},{{"id":"1208","name":"茶叶"}}],"deposit":{{"paid":5000,"trial":false}},"alliance":{{"joined":false}},"score":4.7,"gmv":{gmv},"accounts":{{"channels":["云山{number}"],"display":"云山{number}"}},"status":"open_finished","description":""#,
        gmv = 20_000 + number % 90_000
    );
    while out.len() - start < 990 {
        out.push_str("本店经营自家茶园的春茶与秋茶，手工采摘，当季新焙，");
    }
    out.push_str("支持七天无理由退货。\"}\n");
}

/// Writes `count` YAML files below `root`, a hundred a folder, unless they are there.
pub fn yaml_files(root: &Path, count: usize) -> PathBuf {
    let folder = root.join(format!("yaml-{count}"));
    let done = folder.join(".done");
    if !done.exists() {
        for number in 0..count {
            let below = folder.join(format!("{:03}", number / 100));
            fs::create_dir_all(&below).expect("a folder for the corpus");
            fs::write(below.join(format!("shop-{number}.yaml")), yaml(number)).expect("a corpus file");
        }
        fs::write(done, "").expect("the corpus's mark");
    }
    folder
}

/// Writes one NDJSON file of `count` shops below `root`, unless it is there.
pub fn ndjson_file(root: &Path, count: usize) -> PathBuf {
    let path = root.join(format!("shops-{count}.ndjson"));
    if !path.exists() {
        fs::create_dir_all(root).expect("a folder for the corpus");
        let mut file = BufWriter::new(fs::File::create(path.with_extension("part")).expect("the corpus's file"));
        let mut line = String::new();
        for number in 0..count {
            line.clear();
            json_line(number, &mut line);
            file.write_all(line.as_bytes()).expect("a corpus line");
        }
        file.flush().expect("the corpus's end");
        fs::rename(path.with_extension("part"), &path).expect("the corpus's name");
    }
    path
}
