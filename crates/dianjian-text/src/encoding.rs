//! Text that lost its encoding on the way: read with the wrong table, or with bytes missing.

use std::ops::Range;
use std::sync::LazyLock;

use encoding_rs::GBK;

use super::chars::{CharSet, TABLES, is_han};

/// Stretches that look like text read in the wrong encoding, in order and apart. Conservative: ordinary
/// Chinese and English give none. Recognised:
///
/// * U+FFFD, with the run of them;
/// * GBK text that lost a byte, so that each character is made of halves of two (`?币曨l號` was `”視頻號`):
///   a question mark followed by characters which, shifted by a byte, make the end of a sentence and sense;
/// * UTF-8 read as GBK (寰俊灏忓簵 was 微信小店);
/// * UTF-8 read as Windows-1252 (å¾®ä¿¡ was 微信);
/// * the fillers of uninitialised or replaced memory: 锟斤拷, 烫烫烫, 屯屯屯.
pub fn undecodable(text: &str) -> Vec<Range<usize>> {
    static STARTS: LazyLock<CharSet> = LazyLock::new(|| CharSet::new(may_start));
    if text.is_ascii() {
        return Vec::new();
    }
    let starts = &*STARTS;
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut at = 0;
    while let Some((skipped, c)) = text[at..].char_indices().find(|(_, c)| starts.contains(*c)) {
        at += skipped;
        let end = at + c.len_utf8();
        let lost = match c {
            '\u{FFFD}' => Some(run_end(text, at, |c| c == '\u{FFFD}')),
            '?' => shifted(&text[end..]).map(|len| end + len),
            '锟' | '烫' | '屯' => filler(&text[at..]).map(|len| at + len),
            '\u{C3}'..='\u{EF}' => utf8_as_1252(&text[at..]).map(|len| at + len),
            c if is_han(c) && GBK_LEADS.contains(c) => utf8_as_gbk(&text[at..]).map(|len| at + len),
            _ => None,
        };
        match lost {
            Some(lost_end) => {
                match found.last_mut() {
                    Some(last) if last.end == at => last.end = lost_end,
                    _ => found.push(at..lost_end),
                }
                at = lost_end;
            }
            None => at = end,
        }
    }
    found
}

/// Whether a stretch that is looked for may start with the character.
pub(super) fn may_start(c: char) -> bool {
    matches!(c, '\u{FFFD}' | '?' | '锟' | '烫' | '屯' | '\u{C3}'..='\u{EF}') || is_han(c) && GBK_LEADS.contains(c)
}

fn run_end(text: &str, from: usize, belongs: impl Fn(char) -> bool) -> usize {
    text[from..].char_indices().find(|&(_, c)| !belongs(c)).map_or(text.len(), |(at, _)| from + at)
}

fn filler(text: &str) -> Option<usize> {
    let unit = ["锟斤拷", "烫烫烫", "屯屯屯"].into_iter().find(|unit| text.starts_with(unit))?;
    let chars: Vec<char> = unit.chars().collect();
    Some(run_end(text, 0, |c| chars.contains(&c)))
}

/// The characters whose GBK lead byte is also the lead byte of a Chinese character in UTF-8; ordinary text has few.
static GBK_LEADS: LazyLock<CharSet> = LazyLock::new(|| {
    let pairs = (0xE4..=0xE9_u8).flat_map(|lead| (0x80..=0xBF_u8).map(move |trail| [lead, trail]));
    CharSet::of(pairs.filter_map(|pair| {
        let (decoded, _, broken) = GBK.decode(&pair);
        decoded.chars().next().filter(|_| !broken)
    }))
});

/// The two GBK bytes of a character; `None` for ASCII, and where GBK has none.
fn gbk(c: char) -> Option<[u8; 2]> {
    let mut utf8 = [0; 4];
    let (bytes, _, broken) = GBK.encode(c.encode_utf8(&mut utf8));
    bytes.as_ref().try_into().ok().filter(|_| !broken)
}

/// Whether a character is one that ordinary text is made of: first level of GB 2312 after simplification,
/// or Chinese punctuation.
fn is_common(c: char) -> bool {
    if matches!(c, '，' | '。' | '！' | '？' | '、' | '；' | '：' | '“' | '”' | '《' | '》' | '（' | '）')
    {
        return true;
    }
    gbk(TABLES.simplify(c)).is_some_and(|[lead, trail]| (0xB0..=0xD7).contains(&lead) && trail >= 0xA1)
}

/// The longest stretch that is put right as a whole, in characters.
const MAX_SHIFTED: usize = 64;

/// The lead byte of GBK's punctuation. It is the one that gets lost: conversions choke where a sentence or a
/// quotation ends, and what they leave is its second byte and all that follows, off by one.
const LOST_LEAD: u8 = 0xA1;

/// Given what follows a question mark, the length of a stretch whose GBK bytes are off by one: at least two
/// characters, closed by the ASCII sign that is the second half of the last character.
fn shifted(text: &str) -> Option<usize> {
    let mut bytes = vec![LOST_LEAD];
    let mut written = 0;
    for (at, c) in text.char_indices().take(MAX_SHIFTED) {
        let end = at + c.len_utf8();
        if c == '!' && at == 0 {
            // A full-width mark that was narrowed since.
            bytes.extend_from_slice(&[0xA3, 0xA1]);
        } else if c.is_ascii() {
            let in_word = text[end..].starts_with(|c: char| c.is_ascii_alphanumeric());
            let enough = written >= 2 || written == 1 && text.starts_with(['!', '！']);
            let closes = (0x40..=0x7E).contains(&(c as u8)) && enough && !in_word;
            bytes.push(c as u8);
            return (closes && is_ordinary_gbk(&bytes)).then_some(end);
        } else {
            // A full-width mark may be made of halves too.
            bytes.extend(gbk(c)?);
            written += usize::from(is_han(c));
        }
    }
    None
}

/// Whether GBK bytes are punctuation followed by ordinary text.
fn is_ordinary_gbk(bytes: &[u8]) -> bool {
    let (decoded, _, broken) = GBK.decode(bytes);
    let starts_with_mark = decoded.starts_with(['。', '、', '”', '“', '’', '‘', '》', '」', '】', '…', '—']);
    let mut rest = decoded.chars().skip(1).peekable();
    !broken && starts_with_mark && rest.peek().is_some() && rest.all(is_common)
}

/// The shortest stretch taken for UTF-8 read as something else, in bytes of that UTF-8.
const MIN_UTF8: usize = 6;

/// Length of a stretch that is UTF-8 read as GBK: its GBK bytes are UTF-8 of ordinary Chinese characters.
fn utf8_as_gbk(text: &str) -> Option<usize> {
    let mut bytes = Vec::new();
    let mut borders = Vec::new();
    for (at, c) in text.char_indices().take(MAX_SHIFTED) {
        let Some(encoded) = gbk(c) else { break };
        bytes.extend(encoded);
        borders.push(at + c.len_utf8());
    }
    let valid = common_utf8(&bytes)?;
    // Two bytes make one character as written; an odd byte belongs to the character that it is half of.
    borders.get(valid.div_ceil(2) - 1).copied()
}

/// Length of a stretch that is UTF-8 of Chinese text read as Windows-1252.
fn utf8_as_1252(text: &str) -> Option<usize> {
    let mut bytes = Vec::new();
    let mut borders = Vec::new();
    for (at, c) in text.char_indices().take(MAX_SHIFTED) {
        let Some(byte) = windows_1252(c) else { break };
        bytes.push(byte);
        borders.push(at + c.len_utf8());
    }
    borders.get(common_utf8(&bytes)? - 1).copied()
}

/// How many of the bytes, from the first, are UTF-8; `None` where these are few or are no ordinary Chinese characters.
fn common_utf8(bytes: &[u8]) -> Option<usize> {
    let decoded = bytes.utf8_chunks().next()?.valid();
    (decoded.len() >= MIN_UTF8 && decoded.chars().all(is_common)).then_some(decoded.len())
}

/// The byte above 0x7F that Windows-1252 reads as this character; its five holes are read as controls.
fn windows_1252(c: char) -> Option<u8> {
    if let Ok(byte) = u8::try_from(u32::from(c)) {
        return (byte >= 0x80).then_some(byte);
    }
    let mut utf8 = [0; 4];
    let (bytes, _, broken) = encoding_rs::WINDOWS_1252.encode(c.encode_utf8(&mut utf8));
    match *bytes {
        [byte] if !broken => Some(byte),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The text with the GBK bytes of its beginning shifted by one, as a lost byte leaves it.
    fn shift(text: &str) -> String {
        let (bytes, _, broken) = GBK.encode(text);
        assert!(!broken);
        let (decoded, _, _) = GBK.decode(&bytes[1..]);
        format!("?{decoded}")
    }

    #[test]
    fn lost() {
        let table: &[(&str, &[&str])] = &[
            ("?币曨l號小店與抖音", &["?币曨l"]),
            ("原來的模式?！碧易臃Q。更不必說", &["?！碧易臃Q"]),
            ("原來的模式。?!碧易臃Q", &["?!碧易臃Q"]),
            ("云\u{FFFD}\u{FFFD}山\u{FFFD}", &["\u{FFFD}\u{FFFD}", "\u{FFFD}"]),
            ("锟斤拷锟斤拷云山", &["锟斤拷锟斤拷"]),
            ("内存烫烫烫烫", &["烫烫烫烫"]),
            ("å¾®ä¿¡å°\u{8F}åº—", &["å¾®ä¿¡å°\u{8F}åº—"]),
            ("分銷體系?!边@算是一種", &["?!边@"]),
            ("競爭關系。?!爆F在有了", &["?!爆F"]),
        ];
        for (text, expected) in table {
            let found: Vec<_> = undecodable(text).into_iter().map(|range| &text[range]).collect();
            assert_eq!(found, *expected, "{text}");
        }
    }

    #[test]
    fn utf8_read_as_gbk() {
        for text in ["微信小店", "云山茶业旗舰店", "直播间专享优惠", "春茶专场"] {
            let (wrong, _, _) = GBK.decode(text.as_bytes());
            assert!(!undecodable(&wrong).is_empty(), "{text} as {wrong}");
            assert!(undecodable(text).is_empty());
        }
    }

    #[test]
    fn shifted_by_a_lost_byte() {
        let text = "”陶子稱";
        let wrong = shift(text);
        assert!(!undecodable(&wrong).is_empty(), "{wrong}");
    }

    #[test]
    fn ordinary() {
        let table = [
            "你好吗?我很好",
            "要A还是B?选A吧",
            "真的吗?真的!",
            "Why? Because.",
            "视频号小店?OK没问题",
            "好吃吗?V领好看吗?Q弹",
            "为什么?VIP都说好",
            "小程序怎么开通?A方案",
            "這樣可以嗎?當然可以Q",
            "café crème déjà vu",
            "Größe Ü",
            "有什么鐵觀音?龍井C位",
            "烫烫",
            "屯溪",
            "寰宇",
            "锟铻",
            "涓涓细流",
            "鐨子",
            "深圳?东莞?广州",
            "价格¥99?包邮",
            "几点开播?晚8点",
            "牛肉?羊肉K歌",
        ];
        for text in table {
            assert!(undecodable(text).is_empty(), "{text}");
        }
    }
}
