//! How a finding is suppressed is said in the way of its file, and works as it is said.

use crate::folder::Folder;

const NAME: &str = "云山茶业加薇信";
const RULE: &str = "naming/contacts-suspected";

fn check(folder: &Folder, file: &str, lang: &str) -> String {
    folder.run(&["check", file, "--as-of", super::AS_OF, "--lang", lang, "--format", "json"]).out
}

#[test]
fn yaml_is_told_of_the_comment_and_others_of_the_configuration() {
    let yaml = format!("kind: Shop\nid: a\nsystem: weixin-store\nname: {NAME}\n");
    let folder = Folder::with(&[
        ("dianjian.yaml", "fail_on: warning\n"),
        ("a.yaml", &*yaml),
        ("b.json", &*format!(r#"{{"kind": "Shop", "id": "b", "system": "weixin-store", "name": "{NAME}"}}"#)),
        ("c.csv", &*format!("店铺编号,店铺名称,店铺体系\nc,{NAME},微信小店\n")),
        ("d.yaml", "kind: LiveRoom\nid: d\ntitle: 春茶专场\nscript: d.md\n"),
        ("d.md", "大家好，想买的加薇信\n"),
    ]);
    let comment = format!("# dianjian: ignore[{RULE}] -- 理由");
    let told = check(&folder, "a.yaml", "zh");
    assert!(told.contains(&format!("在它上面单独一行写“{comment}”")) && !told.contains("dianjian.yaml 的"), "{told}");
    assert!(check(&folder, "a.yaml", "en").contains(&format!("`# dianjian: ignore[{RULE}] -- reason`")));
    folder.write("a.yaml", yaml.replace("name:", &format!("{comment}\nname:")));
    assert!(!check(&folder, "a.yaml", "zh").contains(RULE));
    for (file, rule, place) in
        [("b.json", RULE, "b.json"), ("c.csv", RULE, "c.csv"), ("d.yaml", "live/contacts-suspected", "d.md")]
    {
        let told = check(&folder, file, "zh");
        let entry = format!("- {{rule: {rule}, file: {place}, reason: 理由}}");
        assert!(told.contains(&format!("在 dianjian.yaml 的 ignore: 里写“{entry}”")), "{file}: {told}");
        assert!(!told.contains("# dianjian: ignore"), "{file}: {told}");
        folder.write("dianjian.yaml", format!("ignore:\n  {entry}\n"));
        assert!(!check(&folder, file, "zh").contains(rule), "{file}: {}", check(&folder, file, "zh"));
        folder.write("dianjian.yaml", "fail_on: warning\n");
    }
}

#[test]
fn no_help_of_the_pack_says_how_a_finding_is_suppressed_by_itself() {
    let folder = Folder::new();
    for lang in ["zh", "en"] {
        let listed = folder.run(&["explain", RULE, "--lang", lang]).out;
        assert!(listed.contains(&format!("# dianjian: ignore[{RULE}] --")), "{listed}");
        assert!(listed.contains(&format!("ignore: [{{rule: {RULE}, file:")), "{listed}");
    }
    let rules = std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/rules"));
    for group in std::fs::read_dir(rules).into_iter().flatten().flatten() {
        let is_own = ["suppression", "lexicons", "tables", "mappings"].iter().any(|name| group.file_name() == *name);
        for file in std::fs::read_dir(group.path()).into_iter().flatten().flatten().filter(|_| !is_own) {
            let text = std::fs::read_to_string(file.path()).unwrap_or_default();
            let says = text.contains("忽略注释") || text.contains("with the reason") || text.contains("写明理由");
            assert!(!says, "{}", file.path().display());
            let disputes = text.contains("可以忽略") || text.contains("suppress this");
            assert!(!disputes || text.contains("disputable: true"), "{}", file.path().display());
        }
    }
}
