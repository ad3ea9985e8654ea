//! What a text looks like: a path rather than speech, a number that has lost digits.

use super::assets::is_address;

/// The most bytes of a file's name.
const MAX_NAME: usize = 255;

/// Whether a text is a file's path rather than something that is said; `None`: it may be either.
pub(super) fn looks_like_path(text: &str) -> Option<bool> {
    let text = text.trim();
    if text.contains(['\n', '\r']) || text.split(['/', '\\']).any(|name| name.len() > MAX_NAME) {
        return Some(false);
    }
    // Something is said before the address: 请看 https://…
    let is_said = |(before, _): (&str, &str)| before.contains(|c: char| c.is_whitespace() || !c.is_ascii());
    if text.split_once("://").is_some_and(is_said) {
        return Some(false);
    }
    let is_name = is_address(text) || has_extension(text);
    // A sentence may end with the name of a file: 先加微信，看 a.srt
    if is_name && text.contains(['，', '。', '！', '？', '；']) && text.contains(char::is_whitespace) {
        return None;
    }
    if is_name {
        return Some(true);
    }
    let is_sentence = text
        .contains(['，', '。', '！', '？', '；', '：', '、', '“', '”', '…', '!', '?', ';', ',', '\t'])
        || text.split(' ').filter(|word| !word.is_empty()).count() > 3;
    if is_sentence {
        return Some(false);
    }
    let parts = text.split(['/', '\\']).count();
    let is_rooted =
        text.starts_with(['/', '.', '~']) || text.get(1..3).is_some_and(|drive| matches!(drive, ":/" | ":\\"));
    if parts > 1 && (is_rooted || text.is_ascii() && !text.contains(' ')) { Some(true) } else { None }
}

/// Whether a text ends as names of files do.
fn has_extension(text: &str) -> bool {
    let name = text.rsplit(['/', '\\']).next().unwrap_or(text);
    let Some((stem, extension)) = name.rsplit_once('.') else { return false };
    let is_extension = (1..=5).contains(&extension.len())
        && extension.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && extension.bytes().any(|byte| byte.is_ascii_alphabetic());
    is_extension && !stem.is_empty() && !stem.ends_with(' ')
}

/// Whether a whole number beyond 2^53 is one that a floating-point number holds exactly, or one as programs write such a
/// number: with zeros behind the digits that tell it from its neighbours.
pub(super) fn has_lost_digits(text: &str, is_number: bool) -> bool {
    const FIRST: u128 = 1 << 53;
    // Among numbers so large, one in 128 is exact by chance.
    const SPARSE: u128 = 1 << 59;
    // No number of fewer digits is beyond it.
    if text.len() < 16 {
        return false;
    }
    let Some(value) = text.parse::<u128>().ok().filter(|value| *value > FIRST && text.len() <= 24) else {
        return false;
    };
    let near = value as f64;
    if value >= SPARSE && near as u128 == value {
        return true;
    }
    let zeros = text.len() - text.trim_end_matches('0').len();
    let least = if is_number { 1 } else { 2 };
    text.len() >= 18 && zeros >= least && format!("{near}") == text
}
