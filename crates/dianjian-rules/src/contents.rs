//! What a code's text means: a class by the address form, from the table `code-contents`.

use std::sync::Arc;

use dianjian_base::lang::Text;
use dianjian_text::{ContactFinder, ContactKind, Tier};

use super::table::LookupTable;

/// The table that tells what codes say.
pub const TABLE: &str = "code-contents";

/// What a code says that was seen and not read.
pub const UNREAD: &str = "unread";

/// The class of a text that is no address of a known form.
const TEXT: &str = "text";

/// The class of a text that has a contact in it.
const CONTACT: &str = "contact";

/// The address forms of a day and what they mean.
#[derive(Debug, Default)]
pub struct CodeContents {
    /// The longest pattern first: of several that fit, the one that says most counts.
    forms: Vec<Form>,
    contacts: Arc<ContactFinder>,
}

#[derive(Debug)]
struct Form {
    /// In lower case, without `http://` and `https://`.
    pattern: String,
    class: String,
    title: Text,
    /// Where it stands in the table.
    row: usize,
}

impl CodeContents {
    /// Reads the rows of the table that hold on the day; a row without a pattern or class is none.
    pub fn new(table: &LookupTable, contacts: Arc<ContactFinder>, day: chrono::NaiveDate) -> Self {
        let cell = |row: &[Option<String>], name: &str| row.get(table.column(name).ok()?)?.clone();
        let mut forms: Vec<Form> = table
            .rows
            .iter()
            .enumerate()
            .filter(|(_, row)| row.effective.holds(day))
            .filter_map(|(number, row)| {
                let class = cell(&row.cells, "class")?;
                let title = |column| cell(&row.cells, column).unwrap_or_else(|| class.clone());
                let title = Text { zh: title("zh"), en: title("en") };
                let pattern = bare(&cell(&row.cells, "pattern")?.to_lowercase()).to_owned();
                Some(Form { pattern, class, title, row: number })
            })
            .collect();
        // A stable order: the project's own rows come later and win over shipped ones of the same length.
        forms.reverse();
        forms.sort_by_key(|form| std::cmp::Reverse(form.pattern.chars().filter(|c| *c != '*').count()));
        Self { forms, contacts }
    }

    /// All classes, each once, in the order of their names.
    pub fn classes(&self) -> Vec<&str> {
        let mut classes: Vec<&str> = self.forms.iter().map(|form| form.class.as_str()).collect();
        classes.sort_unstable();
        classes.dedup();
        classes
    }

    /// The class of what a code says, and what it is called.
    ///
    /// Of a text with several addresses, one after another or one within another, the one counts whose row stands
    /// first in the table: a shop's address that leads on to a person's is a person's.
    pub fn classify(&self, text: &str) -> Option<(&str, &Text)> {
        let lower = text.trim().to_lowercase();
        let addresses = parts(&lower).filter_map(|part| self.of_address(part));
        let form = addresses.min_by_key(|form| form.row).or_else(|| self.of(TEXT))?;
        let form = self.of(CONTACT).filter(|_| form.class == TEXT && self.has_contact(text)).unwrap_or(form);
        Some((&form.class, &form.title))
    }

    /// The form of an address without blanks, in lower case; `None`: it is none.
    fn of_address(&self, part: &str) -> Option<&Form> {
        let web = web_address(part);
        let address = web.as_deref().unwrap_or(part);
        // The row `*` is for what is no address at all.
        let fits = |form: &&Form| form.pattern != "*" && form.fits(address);
        self.forms.iter().find(fits).or_else(|| self.of("web").filter(|_| web.is_some()))
    }

    fn of(&self, class: &str) -> Option<&Form> {
        self.forms.iter().find(|form| form.class == class)
    }

    /// Is there a contact in a text that is no address? A suspected invitation is enough where an id or a number
    /// follows it.
    fn has_contact(&self, text: &str) -> bool {
        let found = self.contacts.find(text);
        found.iter().any(|contact| contact.tier == Tier::Exact || contact.kind == ContactKind::WechatId)
    }
}

impl Form {
    /// Is the address, in lower case and without its scheme, of this form? `*.` at the beginning stands for a
    /// domain and what lies below it, so that it reaches into no path: another site's address may hold any other.
    fn fits(&self, address: &str) -> bool {
        let Some(domain) = self.pattern.strip_prefix("*.") else { return wildcard(&self.pattern, address) };
        let host = address.find(['/', '?', '#']).unwrap_or(address.len());
        let below = address.match_indices('.').map(|(dot, _)| dot).take_while(|dot| *dot < host);
        below.map(|dot| dot + 1).chain([0]).any(|start| wildcard(domain, &address[start..]))
    }
}

/// An address without its scheme.
fn bare(address: &str) -> &str {
    let bare = address.strip_prefix("https://").or_else(|| address.strip_prefix("http://"));
    bare.unwrap_or(address)
}

/// A text's parts between blanks and control characters; an address within another one is a part of its own as well.
fn parts(text: &str) -> impl Iterator<Item = &str> {
    let words = text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
    words.flat_map(|word| {
        let inner = ["http://", "https://", "http%3a%2f%2f", "https%3a%2f%2f"].into_iter();
        let inner = inner.flat_map(|scheme| word.match_indices(scheme).map(|(at, _)| at)).filter(|at| *at > 0);
        [0].into_iter().chain(inner).map(|at| &word[at..])
    })
}

/// A web address as a browser takes it, without its scheme: `user@STORE.example.:443` is `store.example/`. `None`: it
/// is none.
fn web_address(address: &str) -> Option<String> {
    let plain = address.replace("%3a%2f%2f", "://").replace("%2f", "/").replace('\\', "/");
    let rest = bare(&plain);
    if rest.len() == plain.len() {
        return None;
    }
    let (authority, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    let host = authority.rsplit('@').next().unwrap_or_default().replace(['。', '．', '｡'], ".");
    let is_port = |port: &str| port.bytes().all(|byte| byte.is_ascii_digit());
    let host = host.rsplit_once(':').filter(|(_, port)| is_port(port)).map_or(host.as_str(), |(host, _)| host);
    let (path, query) = path.split_at(path.find(['?', '#']).unwrap_or(path.len()));
    let mut steps: Vec<&str> = Vec::new();
    for step in path.split('/').skip(1) {
        match step {
            ".." => drop(steps.pop()),
            "." => {}
            step => steps.push(step),
        }
    }
    Some(format!("{}/{}{query}", host.trim_end_matches('.'), steps.join("/")))
}

/// Does the text fit the pattern, in which `*` stands for any characters? Takes time in proportion to both
/// lengths' product at most, and no memory.
fn wildcard(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.as_bytes(), text.as_bytes());
    let (mut p, mut t) = (0, 0);
    // Where the last star stands, and up to where it has eaten.
    let mut star: Option<(usize, usize)> = None;
    while t < text.len() {
        match pattern.get(p) {
            Some(b'*') => {
                star = Some((p, t));
                p += 1;
            }
            Some(byte) if *byte == text[t] => (p, t) = (p + 1, t + 1),
            _ => match star {
                Some((at, eaten)) => {
                    star = Some((at, eaten + 1));
                    (p, t) = (at + 1, eaten + 1);
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|byte| *byte == b'*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_stand_for_anything() {
        assert!(wildcard("u.wechat.com/*", "u.wechat.com/abc"));
        assert!(wildcard("*.taobao.com/*", "item.taobao.com/i?id=1"));
        assert!(wildcard("*", "") && wildcard("a*b*c", "aXbYbc") && wildcard("", ""));
        assert!(!wildcard("u.wechat.com/*", "xu.wechat.com/abc"));
        assert!(!wildcard("u.wechat.com/*", "u.wechat.com.example.com/"));
        assert!(!wildcard("a*b", "acbd") && !wildcard("", "a"));
        assert!(!wildcard(&"a*".repeat(50), &"b".repeat(10_000)));
    }

    #[test]
    fn the_shipped_table_knows_the_usual_forms() {
        let (pack, problems) = crate::PackBuilder::default().shipped().build();
        assert!(problems.is_empty());
        let contents = CodeContents::new(
            &pack.tables[TABLE],
            pack.contacts,
            chrono::NaiveDate::from_ymd_opt(2026, 11, 22).unwrap(),
        );
        for (text, class) in [
            ("https://u.wechat.com/MDdyL1cIQ3m0", "wechat-friend"),
            ("https://weixin.qq.com/g/AwYAAB", "wechat-group"),
            ("https://work.weixin.qq.com/ca/cawcde", "wecom"),
            ("https://work.weixin.qq.com/gm/abc", "wecom"),
            ("HTTP://WEIXIN.QQ.COM/r/abc", "official-account"),
            ("https://mp.weixin.qq.com/a/~abc", "mini-program"),
            ("https://mp.weixin.qq.com/s/abc", "official-account"),
            ("weixin://dl/business/?t=abc", "mini-program"),
            ("#小程序://云山茶业/abc", "mini-program"),
            ("wxp://f2f0abc", "payment"),
            ("weixin://wxpay/bizpayurl?pr=abc", "payment"),
            ("https://qr.alipay.com/fkx0", "payment"),
            ("https://qr.95516.com/00010000/6", "payment"),
            ("#微信小店://微信小店/qwr", "weixin-store"),
            ("https://channels.weixin.qq.com/shop/a/xsgVVZ", "weixin-store"),
            ("https://store.weixin.qq.com/shop/a", "weixin-store"),
            ("https://v.douyin.com/abc/", "other-platform"),
            ("https://item.taobao.com/item.htm?id=1", "other-platform"),
            ("https://weibo.com/u/1", "other-platform"),
            ("https://example.com/?to=https://item.taobao.com/item.htm", "other-platform"),
            ("https://example.com/pay/m.alipay.com/a", "web"),
            ("https://nottaobao.com/a", "web"),
            ("https://item.taobao.com.example.com/a", "web"),
            ("https://店.example/微信.jd.com/a", "web"),
            ("https://weixin.qq.com.example.com/g/a", "web"),
            ("https://example.com/?to=u.wechat.com/a", "web"),
            ("https://store.weixin.qq.com", "weixin-store"),
            ("https://store.weixin.qq.com/shop/wuli\nhttps://u.wechat.com/abc", "wechat-friend"),
            ("https://store.weixin.qq.com/shop/a/x#https://u.wechat.com/abc", "wechat-friend"),
            ("https://store.weixin.qq.com/go?u=https%3A%2F%2Fu.wechat.com%2Fabc", "wechat-friend"),
            ("https://store.weixin.qq.com@example.com/a", "web"),
            ("https://channels.weixin.qq.com/shop/../a", "channels"),
            ("https://u.wechat.com/\u{1b}[31mabc", "wechat-friend"),
            ("https://x@u.wechat.com.:443/abc", "wechat-friend"),
            ("https://u.wechat.com?a", "wechat-friend"),
            ("扫码 b23.tv/abc", "other-platform"),
            ("tel:+8613800138000", "contact"),
            ("BEGIN:VCARD\nN:Li;Lei\nEND:VCARD", "contact"),
            ("WIFI:T:WPA;S:tea;P:x;;", "wifi"),
            ("加微信 yunshan88", "contact"),
            ("加我微信wuli_tea88", "contact"),
            ("LOT 2026-11 A", "text"),
            ("", "text"),
        ] {
            assert_eq!(contents.classify(text).map(|(class, _)| class), Some(class), "{text}");
        }
    }
}
