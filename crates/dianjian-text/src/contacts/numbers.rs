//! Telephone numbers, however their digits are written.

use std::ops::Range;
use std::sync::LazyLock;

use super::{ContactKind, Found, View};
use crate::chars::{CharSet, is_han, is_separator};
use crate::words::Tier;

/// Digits that touch each other.
#[derive(Debug, Clone, Default)]
struct Segment {
    range: Range<usize>,
    digits: String,
    /// How many of them are letters that look like digits.
    letters: usize,
}

/// How many separators may stand between two digits of a number, in characters; repeated ones count once.
const MAX_GAP: usize = 4;

/// The digits of the shortest number: a landline without its area code.
const FEWEST_DIGITS: usize = 7;

/// Words that are said between the groups of a number.
const SAID_BETWEEN: &[&str] = &[
    "后面是",
    "后面",
    "最后是",
    "最后",
    "中间是",
    "中间",
    "然后是",
    "然后",
    "接着",
    "再来",
    "再记",
    "再打",
    "再",
    "空格",
    "空",
    "横杠",
    "杠",
    "横",
    "点",
    "减",
];

pub(super) fn find(view: &View<'_>) -> Vec<Found> {
    static DIGITS: LazyLock<CharSet> = LazyLock::new(|| CharSet::new(may_be_digit));
    let mut found = Vec::new();
    if view.text.chars().filter(|c| DIGITS.contains(*c)).take(FEWEST_DIGITS).count() < FEWEST_DIGITS {
        return found;
    }
    for run in runs(view.text) {
        let mut at = 0;
        while at < run.len() {
            match number_at(view.text, &run, at) {
                Some((number, used)) => {
                    found.push(number);
                    at += used;
                }
                None => at += 1,
            }
        }
    }
    found
}

/// May a character of folded text stand for a digit of a number?
pub(crate) fn may_be_digit(c: char) -> bool {
    digit(c).or(letter_digit(c)).or(spoken_digit(c)).is_some()
}

/// May a character of folded text stand between the digits of a number?
pub(crate) fn may_part_digits(c: char) -> bool {
    parts_digits(c) || SAID_BETWEEN.iter().any(|word| word.contains(c))
}

/// The digit that a character of folded text stands for.
pub(super) fn digit(c: char) -> Option<char> {
    let circled = |first: u32| char::from_digit(u32::from(c) - first + 1, 10);
    match c {
        '0'..='9' => Some(c),
        '零' | '〇' | '○' | '洞' | '\u{24FF}' | '\u{1F10C}' => Some('0'),
        '一' | '幺' | '壹' | '弌' => Some('1'),
        '二' | '贰' | '两' | '弍' => Some('2'),
        '三' | '叁' => Some('3'),
        '四' | '肆' => Some('4'),
        '五' | '伍' => Some('5'),
        '六' | '陆' => Some('6'),
        '七' | '柒' => Some('7'),
        '八' | '捌' => Some('8'),
        '九' | '玖' => Some('9'),
        '\u{2776}'..='\u{277E}' => circled(0x2776),
        '\u{2780}'..='\u{2788}' => circled(0x2780),
        '\u{278A}'..='\u{2792}' => circled(0x278A),
        '\u{24F5}'..='\u{24FD}' => circled(0x24F5),
        _ => None,
    }
}

/// The digit that a letter or sign of folded text may be taken for.
fn letter_digit(c: char) -> Option<char> {
    match c {
        'l' | 'i' | '|' | 'і' => Some('1'),
        'o' | 'о' | 'ο' => Some('0'),
        'з' => Some('3'),
        _ => None,
    }
}

/// The digit that a character amid others is read as: the army's words and what sounds like a digit.
fn spoken_digit(c: char) -> Option<char> {
    match c {
        '么' | '伊' | '依' => Some('1'),
        '拐' => Some('7'),
        '吧' | '巴' => Some('8'),
        '勾' => Some('9'),
        'б' => Some('6'),
        _ => None,
    }
}

/// Runs of segments with nothing but a few separators between them.
fn runs(text: &str) -> Vec<Vec<Segment>> {
    let mut runs: Vec<Vec<Segment>> = Vec::new();
    let mut run: Vec<Segment> = Vec::new();
    let mut gap = 0;
    let mut last_gap = None;
    // Up to here a word between two groups is passed over.
    let mut said_until = 0;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let end = at + c.len_utf8();
        if at < said_until {
            continue;
        }
        let touches = gap == 0 && !run.is_empty();
        let plain = digit(c);
        // A letter counts as a digit only next to one.
        let next_to_digit = touches || chars.peek().is_some_and(|&(_, next)| digit(next).is_some());
        let as_letter = letter_digit(c).filter(|_| plain.is_none() && next_to_digit && c != '|');
        let as_letter = as_letter.or_else(|| {
            let digit = spoken_digit(c).filter(|&digit| touches || digit == '1')?;
            let goes_on = chars.peek().is_some_and(|&(_, next)| {
                super::numbers::digit(next).or(spoken_digit(next)).is_some_and(|next| touches || next >= '3')
            });
            goes_on.then_some(digit)
        });
        if let Some(digit) = plain.or(as_letter) {
            if !touches {
                run.push(Segment { range: at..end, ..Segment::default() });
            }
            if let Some(last) = run.last_mut() {
                last.digits.push(digit);
                last.range.end = end;
                last.letters += usize::from(as_letter.is_some());
            }
            gap = 0;
            last_gap = None;
        } else if !run.is_empty() && (gap < MAX_GAP || last_gap == Some(c)) && parts_digits(c) {
            gap += usize::from(last_gap != Some(c));
            last_gap = Some(c);
        } else if !run.is_empty()
            && gap < MAX_GAP
            && let Some(word) = said_between(&text[at..])
        {
            gap += 1;
            last_gap = None;
            said_until = at + word.len();
        } else {
            runs.extend((!run.is_empty()).then(|| std::mem::take(&mut run)));
            gap = 0;
        }
    }
    runs.extend((!run.is_empty()).then_some(run));
    runs
}

fn said_between(text: &str) -> Option<&'static str> {
    SAID_BETWEEN.iter().copied().find(|word| text.starts_with(word))
}

fn parts_digits(c: char) -> bool {
    matches!(c, '(' | ')')
        || !is_han(c) && parts_loosely(c)
        || matches!(c, '丨' | '丶')
        || is_separator(c) && !matches!(c, '\n' | '\r')
}

/// Whether a sign more often stands between two numbers than amid one.
fn parts_loosely(c: char) -> bool {
    matches!(
        c,
        '。' | '、' | '+' | '=' | ',' | ':' | ';' | '[' | ']' | '【' | '】' | '{' | '}' | '"' | '“' | '”' | '「' | '」'
    ) || is_han(c)
}

/// The number that begins with a segment of a run, and how many segments it takes.
fn number_at(text: &str, run: &[Segment], first: usize) -> Option<(Found, usize)> {
    let rest = &run[first..];
    let before = &text[..rest[0].range.start];
    if !may_precede(before) {
        return None;
    }
    let mut digits = String::new();
    let mut letters = 0;
    let mut best = None;
    for (index, segment) in rest.iter().enumerate() {
        digits.push_str(&segment.digits);
        letters += segment.letters;
        if digits.len() > 15 {
            break;
        }
        let parts: Vec<&Segment> = rest[..=index].iter().collect();
        let after = &text[segment.range.end..];
        if after.starts_with(|c: char| c.is_ascii_alphabetic()) {
            continue;
        }
        // A joined number goes on: neither a date nor a serial number ends in a telephone number.
        let goes_on = rest.get(index + 1).is_some_and(|next| joins(&text[segment.range.end..next.range.start]));
        let candidate = Candidate {
            digits: &digits,
            parts: &parts,
            letters,
            before,
            text,
            goes_on,
            is_first: first == 0,
            // 二十四小时 after the last comma is no group of the number.
            ends_run: rest.get(index + 1).is_none_or(|next| next.digits.len() <= 2 && parts.len() <= 3),
        };
        if let Some((kind, value, tier)) = candidate.judge() {
            let range = rest[0].range.start..segment.range.end;
            best = Some((Found { kind, range, value, tier, concrete: true }, index + 1));
            break;
        }
    }
    best
}

/// Whether a gap ties two groups of digits into one number rather than putting two side by side.
fn joins(gap: &str) -> bool {
    !gap.contains(char::is_whitespace) && !gap.contains(['/', '|', '~', '\\']) && !gap.contains(parts_loosely)
}

/// Whether a telephone number may follow: not amid a Latin word, an amount of money or a decimal.
fn may_precede(before: &str) -> bool {
    let word_start = before
        .rfind(|c: char| !c.is_ascii_alphabetic())
        .map_or(0, |at| at + before[at..].chars().next().map_or(0, char::len_utf8));
    let word = &before[word_start..];
    let named = matches!(
        word,
        "" | "tel"
            | "phone"
            | "mobile"
            | "mob"
            | "t"
            | "p"
            | "m"
            | "v"
            | "vx"
            | "wx"
            | "wechat"
            | "weixin"
            | "call"
            | "hotline"
    );
    named && !before.ends_with(['¥', '$', '€', '£', '#', '_', '.', '&', '=']) && !names_other_number(before)
}

/// Whether the words right before a number say that it is some other number.
fn names_other_number(before: &str) -> bool {
    const OTHERS: &[&str] = &[
        "单号",
        "编号",
        "条码",
        "条形码",
        "货号",
        "批号",
        "运单",
        "快递",
        "流水",
        "订单",
        "款号",
        "型号",
        "备案",
        "许可证",
        "注册",
        "执照",
        "证",
        "编码",
        "身份证",
        "卡号",
        "账号",
        "isbn",
        "sku",
        "spu",
        "id",
        "序列号",
        "批次",
        "编",
        "专利",
        "商标",
        "期号",
        "房间",
        "场次",
        "商品",
        "代码",
        "no",
    ];
    let words = before.trim_end_matches(|c: char| {
        c.is_whitespace() || matches!(c, ':' | '.' | '号' | '码' | '是' | '为' | '#' | '(' | '-' | '[')
    });
    let words = if words.is_empty() { before } else { words };
    OTHERS.iter().any(|other| {
        words.ends_with(other.trim_end_matches(['号', '码']))
            && words.len() >= other.trim_end_matches(['号', '码']).len()
    })
}

/// Whether the words before a number say that it is a telephone number.
fn names_telephone(before: &str) -> bool {
    const NAMES: &[&str] = &[
        "电话",
        "热线",
        "座机",
        "致电",
        "拨打",
        "客服",
        "手机",
        "联系",
        "咨询",
        "tel",
        "phone",
        "来电",
        "订购",
        "专线",
        "号码",
        "我的号",
        "我号",
        "短信",
    ];
    let start = before.char_indices().rev().nth(9).map_or(0, |(at, _)| at);
    NAMES.iter().any(|name| before[start..].contains(name))
}

/// Digits that may be a number.
struct Candidate<'a> {
    digits: &'a str,
    parts: &'a [&'a Segment],
    letters: usize,
    before: &'a str,
    text: &'a str,
    goes_on: bool,
    is_first: bool,
    /// Whether nothing that might be another group follows.
    ends_run: bool,
}

impl Candidate<'_> {
    fn judge(&self) -> Option<(ContactKind, String, Tier)> {
        self.mobile().or_else(|| self.landline()).or_else(|| self.hotline())
    }

    /// The lengths of the parts.
    fn groups(&self) -> Vec<usize> {
        self.parts.iter().map(|part| part.digits.len()).collect()
    }

    fn mobile(&self) -> Option<(ContactKind, String, Tier)> {
        let international = self.before.trim_end_matches([' ', '(']).ends_with('+') || self.digits.starts_with("00");
        let mut groups = self.groups();
        let national = match self.digits.strip_prefix("0086").or_else(|| self.digits.strip_prefix("86")) {
            Some(national) if national.len() == 11 => {
                // 86 and eleven digits in one go is an order number as likely as not.
                let prefix = self.digits.len() - national.len();
                let apart = groups.first() == Some(&prefix);
                if !apart && !international && !names_telephone(self.before) {
                    return None;
                }
                match groups.first_mut() {
                    Some(first) if *first > prefix => *first -= prefix,
                    _ => {
                        groups.remove(0);
                    }
                }
                national
            }
            _ => self.digits,
        };
        let mut chars = national.chars();
        let begins_well = chars.next() == Some('1') && matches!(chars.next(), Some('3'..='9'));
        if national.len() != 11 || !begins_well || self.letters > 8 {
            return None;
        }
        let whole = groups.len() == 1;
        if !whole && (self.goes_on || !self.is_first && !self.stands_apart()) {
            return None;
        }
        let loose = self.gaps().any(|gap| gap.contains(parts_loosely));
        if loose && !(is_usual_grouping(&groups) && self.is_first && self.ends_run) {
            return None;
        }
        let tier = if self.letters > 0 || loose {
            Tier::LookAlike
        } else if is_usual_grouping(&groups) {
            Tier::Exact
        } else if self.has_blank_gap() && !self.is_named() {
            // 159 26 99 3 999: prices and sizes stand side by side like this.
            return None;
        } else {
            Tier::LookAlike
        };
        Some((ContactKind::Phone, national.to_owned(), tier))
    }

    /// Whether the words around it say that it is a telephone number.
    fn is_named(&self) -> bool {
        const AFTER: &[&str] =
            &["我的号", "我号", "是我", "打这个", "找我", "微信同", "打我", "联系", "电话", "随时打"];
        let end = self.parts.last().map_or(0, |part| part.range.end);
        let after = self.text[end..].trim_start_matches([' ', ',', '这', '就']);
        names_telephone(self.before) || AFTER.iter().any(|word| after.starts_with(word))
    }

    /// Whether a blank or the beginning of the text comes before the number.
    fn stands_apart(&self) -> bool {
        self.before.chars().next_back().is_none_or(char::is_whitespace)
    }

    fn has_blank_gap(&self) -> bool {
        self.gaps().any(|gap| gap.chars().all(char::is_whitespace))
    }

    fn gaps(&self) -> impl Iterator<Item = &str> {
        self.parts.windows(2).map(|pair| &self.text[pair[0].range.end..pair[1].range.start])
    }

    fn landline(&self) -> Option<(ContactKind, String, Tier)> {
        // +86-21-...: the country's code takes the place of the zero.
        let abroad = self.before.ends_with('+') && self.groups().len() > 2;
        if let Some(national) = self.digits.strip_prefix("86").filter(|_| abroad) {
            let digits = format!("0{national}");
            let local = self.groups()[2..].iter().sum::<usize>();
            let fits =
                self.parts[0].digits == "86" && matches!(local, 7 | 8) && matches!(self.parts[1].digits.len(), 2 | 3);
            return (fits && !self.goes_on).then_some((ContactKind::Landline, digits, Tier::Exact));
        }
        if self.letters > 0 || self.goes_on {
            return None;
        }
        if !self.digits.starts_with('0') {
            return self.local();
        }
        let area = if matches!(self.digits.as_bytes().get(1), Some(b'1' | b'2')) { 3 } else { 4 };
        let second = self.digits.as_bytes().get(1).copied()?;
        let third = self.digits.as_bytes().get(2).copied()?;
        let known_area = match second {
            b'1' => third == b'0',
            b'2' => true,
            b'3'..=b'9' => true,
            _ => false,
        };
        let local = self.digits.get(area..)?;
        let local_fits = matches!(local.len(), 7 | 8) && matches!(local.as_bytes().first(), Some(b'2'..=b'9'));
        if !known_area || !local_fits {
            return None;
        }
        let groups = self.groups();
        let apart = groups.first() == Some(&area) && groups[1..].iter().all(|&len| len >= 3);
        let single = groups.len() == 1;
        if !apart && !single {
            return None;
        }
        let dotted = self.gaps().any(|gap| gap.contains('.') || gap.contains(parts_loosely));
        if dotted && !(self.is_first && self.ends_run) {
            return None;
        }
        let sure = (apart && !dotted) || names_telephone(self.before);
        Some((ContactKind::Landline, self.digits.to_owned(), if sure { Tier::Exact } else { Tier::LookAlike }))
    }

    /// A number without its area code, right after a word for a telephone.
    fn local(&self) -> Option<(ContactKind, String, Tier)> {
        const WORDS: &[&str] = &["电话", "座机", "致电", "拨打", "tel"];
        let before = self.before.trim_end_matches([':', ' ', '是', '为']);
        let fits = matches!(self.digits.len(), 7 | 8)
            && self.parts.len() <= 2
            && self.ends_run
            && matches!(self.digits.as_bytes().first(), Some(b'2'..=b'8'))
            && WORDS.iter().any(|word| before.ends_with(word));
        fits.then(|| (ContactKind::Landline, self.digits.to_owned(), Tier::LookAlike))
    }

    fn hotline(&self) -> Option<(ContactKind, String, Tier)> {
        let begins_well = self.digits.starts_with("400") || self.digits.starts_with("800");
        if self.letters > 5 || self.goes_on || self.digits.len() != 10 || !begins_well {
            return None;
        }
        let loose = self.gaps().any(|gap| gap.contains(parts_loosely));
        if loose && !(self.is_first && self.ends_run) {
            return None;
        }
        let groups = self.groups();
        let named = names_telephone(self.before);
        let tight = self.gaps().all(|gap| !gap.contains(char::is_whitespace) && !gap.contains('.'));
        let usual = matches!(groups.as_slice(), [3, 3, 4] | [3, 4, 3] | [3, 7] | [4, 3, 3] | [6, 4] | [4, 6] | [5, 5]);
        let tier = match groups.len() {
            1.. if usual && (self.letters > 0 || loose) => Tier::LookAlike,
            _ if self.letters > 0 || loose => return None,
            1 if named => Tier::Exact,
            1 => Tier::LookAlike,
            _ if usual && (tight || named) => Tier::Exact,
            _ if usual => Tier::LookAlike,
            _ if groups.iter().all(|&len| len == 1) => Tier::Exact,
            _ => return None,
        };
        Some((ContactKind::Hotline400, self.digits.to_owned(), tier))
    }
}

/// How people group the digits of a mobile number when they mean it to be read.
fn is_usual_grouping(groups: &[usize]) -> bool {
    matches!(groups, [11] | [3, 4, 4] | [3, 8] | [7, 4] | [4, 4, 3] | [4, 3, 4] | [5, 6] | [3, 3, 5])
        || groups.iter().all(|&len| len == 1)
}
