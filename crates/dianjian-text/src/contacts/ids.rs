//! Ids after the words that announce them, and codes that speak for themselves.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::accounts::any_of;
use super::lexicon::{ContactIds, ContactLexicon};
use super::numbers::NumberSearch;
use super::{ContactKind, ContactText, FoldedContact, pattern};
use crate::chars::{CharSet, is_han, is_separator};
use crate::words::Tier;

/// The pattern of words that an id may follow.
pub(super) fn announcing_words(ids: &ContactIds) -> String {
    let letters = regex::escape(ids.letters.as_str());
    let letters = if letters.is_empty() { letters } else { format!("|(?P<v>[{letters}])") };
    let groups = any_of(&ids.group_numbers).map(|words| format!("|{words}")).unwrap_or_default();
    format!(
        "(?:(?P<wx>{{wx}}|{{alike}})|(?P<read>{{rare_wx}})|(?P<qq>{{qq}}{groups}|(?P<q>q|扣))群?|(?P<other>{{other}}){letters})"
    )
}

/// The search for ids.
#[derive(Debug)]
pub(super) struct IdSearch {
    words: ContactIds,
    /// Marks, the longest first.
    marks: Vec<String>,
    /// The words that announce an id, after a request; `None` where the lexicon's parts are wrong.
    announced: Option<Regex>,
    /// An id before its word: 833289133微信.
    before_word: Option<Regex>,
    /// A clause without any of these has no such word.
    required: CharSet,
}

impl IdSearch {
    pub(super) fn new(lexicon: &ContactLexicon) -> Self {
        let parts = &lexicon.phrases.parts;
        let words = announcing_words(&lexicon.ids);
        let requests: String =
            lexicon.ids.requests.iter().flat_map(|word| ["|".to_owned(), regex::escape(word)]).collect();
        let required = pattern::parse(&words, parts).ok().and_then(|hir| pattern::required(&hir).into_iter().next());
        Self {
            marks: lexicon.ids.marks.longest_first(),
            announced: pattern::compile(
                &format!(
                    "(?P<asked>{{add}}{{whom}}{{0,4}}|{{add_by_ear}}(?:我|个|下|一下){{0,2}}{requests}|(?:add|text|dm|message)(?:me|my|us|our)?(?:on|at|via)?)?(?P<owner>{{who}}的?)?{words}"
                ),
                parts,
            ),
            before_word: pattern::compile(
                "(?P<id>[a-z][a-z0-9]{5,19}|[1-9][0-9]{5,11})(?:这个?|就)?[是=]?(?:我们?|本人|主播|客服|老板)?的?(?:个人|私人)?<{wx}|{alike}|(?P<qq>{qq})>(?:同?号)?",
                parts,
            ),
            required: required.map_or_else(|| CharSet::new(|_| true), CharSet::around),
            words: lexicon.ids.clone(),
        }
    }

    /// Adds the ids of a clause of the squeezed text.
    pub(super) fn find(
        &self,
        text: &ContactText<'_>,
        clause: Range<usize>,
        numbers: &NumberSearch,
        found: &mut Vec<FoldedContact>,
    ) {
        let written = &text.squeezed.text[clause.clone()];
        let Some(announced) = &self.announced else { return };
        if !self.required.meets(written) {
            return;
        }
        let folded = |range: Range<usize>| {
            text.squeezed.folded_range(clause.start + range.start..clause.start + range.end, text.folded)
        };
        self.find_before_words(text, clause.clone(), found);
        for hit in announced.captures_iter(written) {
            let Some(whole) = hit.get(0) else { continue };
            let range = folded(whole.range());
            let asked = hit.name("asked");
            let owner = hit.name("owner").or(asked);
            let keyword = owner.map_or(whole.start(), |owner| owner.end())..whole.end();
            if !starts_alone(text.folded, folded(keyword)) {
                continue;
            }
            let Some(id) = WrittenId::after(text.folded, range.end, self, numbers) else { continue };
            // Weixin.TenPayV3 is a name of a program.
            let dotted = text.folded[range.end..].starts_with('.') && self.words.dotted_names.end(whole.as_str());
            if dotted && !id.marked {
                continue;
            }
            let kind = if hit.name("qq").is_some() {
                ContactKind::Qq
            } else if hit.name("other").is_some() {
                ContactKind::OtherPlatform
            } else {
                ContactKind::WechatId
            };
            let is_disguise = |c| self.words.disguises.has(c);
            let announcement = Announcement {
                single: hit.name("v").is_some() || hit.name("q").is_some(),
                spoken: whole.as_str().ends_with(is_han),
                asked: asked.is_some(),
                letter: hit.name("v").or(hit.name("q")).and_then(|letter| letter.as_str().chars().next()),
                plain: hit.name("wx").is_some_and(|word| !word.as_str().contains(is_disguise)),
                group: whole.as_str().ends_with('群'),
                initials: hit.name("wx").is_some_and(|word| word.as_str() == "vx"),
                opens: whole.start() == 0,
                read: hit.name("read").is_some(),
                other_number: hit.name("q").is_some() && numbers.names_other_number(&text.folded[..range.start]),
            };
            if let Some(tier) = id.judge(kind, &announcement, &self.words) {
                let range = range.start..id.range.end;
                found.push(FoldedContact { kind, range, value: id.value, tier, is_concrete: true });
            }
        }
    }
}

/// The word before an id.
struct Announcement {
    /// A single character: v, 微, 薇, q.
    single: bool,
    /// In Chinese, so that Latin letters right after it are no part of the word.
    spoken: bool,
    /// Which single character.
    letter: Option<char>,
    /// With a request before it: 加, 私, ...
    asked: bool,
    /// A name of WeChat as it is, not disguised.
    plain: bool,
    /// Only read as WeChat's name.
    read: bool,
    /// Of a group: Q群.
    group: bool,
    /// The letters vx, which no word begins with.
    initials: bool,
    /// At the beginning of its clause.
    opens: bool,
    /// After words which say that another number follows.
    other_number: bool,
}

fn starts_alone(text: &str, range: Range<usize>) -> bool {
    let latin = text[range.clone()].starts_with(|c: char| c.is_ascii_alphabetic());
    !(latin && text[..range.start].ends_with(|c: char| c.is_ascii_alphanumeric()))
}

/// The longest stretch that is looked at for an id, in characters.
const MAX_ID: usize = 40;

/// An id as written after a word.
struct WrittenId {
    range: Range<usize>,
    value: String,
    /// Whether a colon, 号, an arrow or the like announces it.
    marked: bool,
    /// Whether anything at all stands between.
    apart: bool,
}

impl WrittenId {
    /// Reads the marks and the id from a place on.
    fn after(text: &str, from: usize, search: &IdSearch, numbers: &NumberSearch) -> Option<Self> {
        let mut at = from;
        let mut marked = false;
        for _ in 0..=6 {
            let rest = &text[at..];
            let counts =
                |mark: &&String| rest.starts_with(mark.as_str()) && !search.begins_longer_word(mark, rest, numbers);
            if let Some(mark) = search.marks.iter().find(counts) {
                marked = true;
                at += mark.len();
            } else if let Some(c) =
                rest.chars().next().filter(|&c| is_separator(c) && !matches!(c, '_' | '\n' | '。' | '、'))
            {
                at += c.len_utf8();
            } else if rest.strip_prefix('\n').is_some_and(|line| search.is_mark_line(line)) {
                at += 1;
            } else if rest.starts_with('\n')
                && let Some(start) = search.id_below(rest, marked)
            {
                at += start;
                marked = true;
                break;
            } else {
                break;
            }
        }
        let body = &text[at..];
        if let Some((end, value)) = spelled(body, numbers) {
            return Some(Self { range: at..at + end, value, marked, apart: true });
        }
        let mut end = id_end(body, numbers)?;
        // A number goes on after a blank, a name does not: 1234 56789.
        let is_part = |part: &str| part.len() >= 3 && is_number(part);
        let mut part = 0..end;
        while marked && is_part(&body[part.clone()]) {
            let blank = body[end..].chars().next().filter(|c| matches!(c, ' ' | '·')).map_or(0, char::len_utf8);
            let start = end + blank;
            match id_end(&body[start..], numbers)
                .map(|len| start..start + len)
                .filter(|next| is_number(&body[next.clone()]))
            {
                Some(next) if blank > 0 => {
                    end = next.end;
                    part = next;
                }
                _ => break,
            }
        }
        let written = body[..end].trim_end_matches(['-', '_', '—', '–']);
        let value: String = written
            .chars()
            .filter(|&c| !matches!(c, ' ' | '·'))
            .map(|c| numbers.digit(c).unwrap_or(if matches!(c, '—' | '–') { '-' } else { c }))
            .collect();
        (!value.is_empty()).then(|| Self { range: at..at + written.len(), value, marked, apart: at > from })
    }

    /// Whether this is an id of the kind. Without a mark a plain word is none: 微信 official is no id, and what follows
    /// vx directly is a model (VX2000).
    fn judge(&self, kind: ContactKind, word: &Announcement, words: &ContactIds) -> Option<Tier> {
        let &Announcement { single, spoken, asked, plain, letter, group, initials, opens, other_number, read } = word;
        if letter == Some('w') && !asked {
            return None;
        }
        let all_digits = self.value.bytes().all(|b| b.is_ascii_digit());
        let count = self.value.len();
        let is_phone = all_digits && count == 11 && self.value.starts_with('1');
        if kind == ContactKind::Qq {
            let fits = all_digits && (5..=11).contains(&count) && !self.value.starts_with('0');
            let tier = if single { Tier::LookAlike } else { Tier::Exact };
            // Q3091774428: no product has as many digits.
            let long = count >= 8 && !other_number;
            let announced = asked || group || long || self.apart && letter != Some('扣');
            return (fits && (!single || announced)).then_some(tier);
        }
        let latin = self.value.starts_with(|c: char| c.is_ascii_alphabetic()) && (5..=20).contains(&count);
        let mixed = latin && self.value.contains(|c: char| c.is_ascii_digit() || matches!(c, '_' | '-'));
        let number = all_digits && (is_phone || (5..=12).contains(&count) && (self.marked || asked));
        let product = is_model(&self.value, words) && !self.marked;
        // vxqinghe77, tg qinghe77: a word of letters with a number at its end.
        let digits = self.value.bytes().filter(u8::is_ascii_digit).count();
        let personal = latin && digits >= 2 && count - digits >= 4;
        let glued = self.is_glued(asked, letter);
        // 葳芯 is read as 微信 only where an id follows that is none of other things.
        let unlike = read && !(mixed && (digits >= 3 || self.marked));
        if !latin && !number || product || unlike {
            return None;
        }
        let fits = if kind == ContactKind::OtherPlatform {
            self.marked && (latin || number && count >= 6) || self.apart && !spoken && personal
        } else if single {
            // V lizhong8172, and nothing before it.
            let signed = opens && self.apart && personal && letter == Some('v');
            glued || signed || (asked || self.marked && self.apart) && (mixed || number || latin && self.marked)
        } else {
            glued
                || initials && !self.apart && personal
                || (is_phone
                    || self.marked
                    || mixed && self.apart
                    || mixed && (spoken || plain && self.value.contains('_')))
                    && (mixed || number || self.marked)
        };
        fits.then_some(
            if plain && (self.marked || self.apart || is_phone)
                || single && asked
                || kind == ContactKind::OtherPlatform && self.marked
            {
                Tier::Exact
            } else {
                Tier::LookAlike
            },
        )
    }
}

impl WrittenId {
    /// Whether it touches the letter that announces it and yet is no word with it: 薇cha7788, 加Wtao184392056, 加Vxyqvcbt.
    fn is_glued(&self, asked: bool, letter: Option<char>) -> bool {
        if self.apart || self.marked {
            return false;
        }
        let digits = self.value.chars().filter(char::is_ascii_digit).count();
        let spelled = self.value.starts_with(|c: char| c.is_ascii_alphabetic());
        let has_vowel = self.value.contains(['a', 'e', 'i', 'o', 'u']);
        let after_letter = letter.is_some() && asked || letter == Some('薇');
        spelled && (digits >= 3 && after_letter || asked && !has_vowel && self.value.len() >= 5)
    }
}

/// Whether it is a product's name, or a model of one: iphone 15 pro, but not xiaomi9527.
fn is_model(value: &str, words: &ContactIds) -> bool {
    let model = words.products.iter().find_map(|product| value.strip_prefix(product));
    model.is_some_and(|model| !model.contains('_') && model.chars().filter(char::is_ascii_digit).count() <= 2)
}

/// Whether a line is an id and nothing else, as overlays have it under 微信号. A word without digits is one where something
/// announces it.
fn is_id_line(line: &str, marked: bool) -> bool {
    let is_number = line.bytes().all(|b| b.is_ascii_digit());
    let is_name = line.starts_with(|c: char| c.is_ascii_alphabetic())
        && line.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'))
        && (marked || line.contains(|c: char| c.is_ascii_digit() || matches!(c, '_' | '-')));
    (6..=20).contains(&line.len()) && (is_number || is_name)
}

impl IdSearch {
    /// Adds ids that stand right before their word in a clause.
    fn find_before_words(&self, text: &ContactText<'_>, clause: Range<usize>, found: &mut Vec<FoldedContact>) {
        let squeezed = &text.squeezed.text;
        let hits = self.before_word.iter().flat_map(|regex| regex.captures_iter(&squeezed[clause.clone()]));
        for hit in hits {
            let (Some(whole), Some(id)) = (hit.get(0), hit.name("id")) else { continue };
            let squeezed_id = id.as_str();
            let after = &squeezed[clause.start + whole.end()..];
            let ends = after.chars().next().is_none_or(|c| !c.is_alphanumeric()) || self.words.follows_id.begin(after);
            let range = clause.start + whole.start()..clause.start + whole.end();
            let range = text.squeezed.folded_range(range, text.folded);
            // Separators of the id are left out of the squeezed text; those that are parts of ids are put back.
            let in_id = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
            let written = &text.folded[range.clone()];
            let letters = written.char_indices().filter(|(_, c)| c.is_ascii_alphanumeric());
            let end = letters.map(|(at, _)| at + 1).nth(squeezed_id.len() - 1).unwrap_or(0);
            let value = &written[..end];
            let mixed = value.contains(|c: char| c.is_ascii_digit() || c == '_');
            let touches = value.chars().all(in_id) && !text.folded[..range.start].ends_with(in_id);
            // 13577204418（微信同号: the number is found as one, and the word stands apart.
            let is_apart = !written[end..].starts_with(char::is_alphanumeric);
            let is_mobile = is_apart
                && value.len() == 11
                && matches!(value.as_bytes(), [b'1', b'3'..=b'9', ..])
                && is_number(value);
            if !mixed || !ends || !touches || is_mobile || is_model(value, &self.words) {
                continue;
            }
            let kind = if hit.name("qq").is_some() { ContactKind::Qq } else { ContactKind::WechatId };
            found.push(FoldedContact {
                kind,
                range,
                value: value.to_owned(),
                tier: Tier::LookAlike,
                is_concrete: true,
            });
        }
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// How many bytes of the text belong to an id; `None` where it does not end.
fn id_end(text: &str, numbers: &NumberSearch) -> Option<usize> {
    let mut has_letter = false;
    // Until here numerals in Chinese belong to it.
    let mut spoken_until = 0;
    for (end, c) in text.char_indices().chain([(text.len(), ' ')]).take(MAX_ID + 1) {
        let is_digit = |c: char| numbers.digit(c).is_some();
        let belongs = match c {
            '_' | '-' | '—' | '–' => true,
            _ if c.is_ascii_alphanumeric() => {
                has_letter |= c.is_ascii_alphabetic();
                true
            }
            // 加Vxyqvcbt一个30, 群号220644183一起来: a single numeral counts something else.
            _ if is_digit(c) && end > 0 && end >= spoken_until => {
                let spoken: usize =
                    text[end..].chars().take_while(|c| !c.is_ascii() && is_digit(*c)).map(char::len_utf8).sum();
                spoken_until = end + spoken;
                let count = text[end..spoken_until].chars().count();
                let goes_on = text[spoken_until..].starts_with(is_han);
                if has_letter { count >= 3 } else { count >= 2 || !goes_on }
            }
            _ => is_digit(c),
        };
        if !belongs {
            return Some(end);
        }
    }
    None
}

/// An id whose characters stand apart, `y u n 8 8`: its bytes and the id.
fn spelled(body: &str, numbers: &NumberSearch) -> Option<(usize, String)> {
    let mut value = String::new();
    let mut end = 0;
    let mut parts = None;
    for (at, c) in body.char_indices().take(2 * MAX_ID) {
        let read = numbers.digit(c).or(c.is_ascii_alphanumeric().then_some(c));
        match (value.is_empty() || at > end, read) {
            (true, Some(read)) => {
                value.push(read);
                end = at + c.len_utf8();
            }
            // A second character beside the last one: what was read so far is one word and more.
            (false, Some(_)) => return None,
            (_, None) if at == end && matches!(c, ' ' | '-' | '.' | '·' | '*') && parts.is_none_or(|p| p == c) => {
                parts = Some(c);
            }
            _ => break,
        }
    }
    let mixed = value.contains(|c: char| c.is_ascii_alphabetic());
    (value.len() >= MIN_SPELLED && mixed).then_some((end, value))
}

/// The shortest id that is taken for one although its characters stand apart.
const MIN_SPELLED: usize = 5;

impl IdSearch {
    /// Where an id begins that has a line of its own, below the end of this one; signs may point at it.
    fn id_below(&self, rest: &str, marked: bool) -> Option<usize> {
        /// Bytes that are looked at for its beginning.
        const REACH: usize = 24;
        let mut marked = marked;
        let mut at = 0;
        while at < REACH.min(rest.len()) {
            let below = &rest[at..];
            let sign = self
                .marks
                .iter()
                .find(|mark| !mark.contains(char::is_alphanumeric) && below.starts_with(mark.as_str()));
            if let Some(sign) = sign {
                marked = true;
                at += sign.len();
            } else if let Some(blank) = below.chars().next().filter(|c| c.is_whitespace()) {
                at += blank.len_utf8();
            } else {
                break;
            }
        }
        let line = rest.get(at..)?.split('\n').next()?.trim_end();
        is_id_line(line, marked).then_some(at)
    }

    /// Whether a line is a mark and nothing else.
    fn is_mark_line(&self, line: &str) -> bool {
        let mark = line.split_once('\n').map(|(mark, _)| mark.trim());
        mark.is_some_and(|mark| self.marks.iter().any(|known| known == mark))
    }

    /// Whether a mark is the beginning of another word: 加 in 加购, 群 in 群主.
    fn begins_longer_word(&self, mark: &str, rest: &str, numbers: &NumberSearch) -> bool {
        let after = rest[mark.len()..].chars().next();
        let han = mark.chars().all(is_han) && !self.words.strong_marks.has(mark);
        han && after.is_some_and(|c| is_han(c) && numbers.digit(c).is_none() && !matches!(c, '号' | '是' | '为'))
            || mark == "id" && after.is_some_and(|c| c.is_ascii_alphabetic())
    }
}

/// Codes that speak for themselves: WeChat's own ids (wxid_...), and those that another platform's app reads from the
/// clipboard (淘口令), letters and digits between currency signs.
pub(super) fn codewords(text: &ContactText<'_>) -> Vec<FoldedContact> {
    static CODE: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"wxid_[a-z0-9]{6,24}|[0-9]{1,2}[¥€₳₤$]\s?[a-z0-9]{8,16}[¥€₳₤$]:/{1,2}(?:\s?复制)?|[¥€₳₤$][a-z0-9]{8,16}[¥€₳₤$]|[0-9]:/\s?(?P<code>[a-z0-9]{8,16}):/").ok()
    });
    let Some(code) = CODE.as_ref().filter(|_| text.folded.contains(['_', '/', '¥', '€', '₳', '₤', '$'])) else {
        return Vec::new();
    };
    let hits = code
        .captures_iter(text.folded)
        .filter_map(|hit| hit.name("code").or(hit.get(0)))
        .filter(|hit| hit.as_str().contains(|c: char| c.is_ascii_alphabetic()));
    hits.filter(|hit| starts_alone(text.folded, hit.range()))
        .map(|hit| {
            let id = hit.as_str().starts_with('w');
            let kind = if id { ContactKind::WechatId } else { ContactKind::OtherPlatform };
            let (range, value) = (hit.range(), hit.as_str().to_owned());
            FoldedContact { kind, range, value, tier: Tier::Exact, is_concrete: true }
        })
        .collect()
}
