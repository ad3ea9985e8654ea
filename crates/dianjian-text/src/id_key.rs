//! One spelling for ids that spreadsheets and people write in several.

use std::borrow::Cow;

/// The form in which ids are compared: trimmed, full-width letters and digits as ASCII, and a whole number that went
/// through a floating-point cell (`6194.0`) without its fraction. Leading zeros and case are part of an id.
pub fn id_key(text: &str) -> Cow<'_, str> {
    let text = text.trim();
    let narrow = match text.chars().any(is_full_width) {
        true => Cow::Owned(text.chars().map(narrow).collect::<String>()),
        false => Cow::Borrowed(text),
    };
    match (whole(&narrow), narrow) {
        (None, narrow) => narrow,
        (Some(length), Cow::Borrowed(text)) => Cow::Borrowed(&text[..length]),
        (Some(length), Cow::Owned(mut text)) => {
            text.truncate(length);
            Cow::Owned(text)
        }
    }
}

/// The length of the digits before a fraction that is nothing but zeros.
fn whole(text: &str) -> Option<usize> {
    let (whole, fraction) = text.split_once('.')?;
    let is_number = !whole.is_empty() && whole.bytes().all(|byte| byte.is_ascii_digit());
    let is_nothing = !fraction.is_empty() && fraction.bytes().all(|byte| byte == b'0');
    (is_number && is_nothing).then_some(whole.len())
}

const fn is_full_width(character: char) -> bool {
    matches!(character, '\u{FF01}'..='\u{FF5E}')
}

fn narrow(character: char) -> char {
    let ascii = u32::from(character).checked_sub(0xFEE0).filter(|_| is_full_width(character));
    ascii.and_then(char::from_u32).unwrap_or(character)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_id_are_the_same() {
        for text in ["6194", " 6194 ", "6194.0", "6194.00", "６１９４", "\u{3000}６１９４．０"] {
            assert_eq!(id_key(text), "6194", "{text}");
        }
        for (text, key) in [("ＳＫＵ－0１", "SKU-01"), ("007.0", "007"), ("云山", "云山")] {
            assert_eq!(id_key(text), key);
        }
    }

    #[test]
    fn other_ids_stay_apart() {
        for text in ["6194.5", "v1.0", "1.2.0", ".0", "1.", "0x10", "sku-A", "SKU-a"] {
            assert_eq!(id_key(text), text);
        }
    }
}
