//! Bopomofo (ㄑㄧˊ), the phonetic signs of Taiwan, read as pinyin without tones.

const INITIALS: [(char, &str); 21] = [
    ('ㄅ', "b"),
    ('ㄆ', "p"),
    ('ㄇ', "m"),
    ('ㄈ', "f"),
    ('ㄉ', "d"),
    ('ㄊ', "t"),
    ('ㄋ', "n"),
    ('ㄌ', "l"),
    ('ㄍ', "g"),
    ('ㄎ', "k"),
    ('ㄏ', "h"),
    ('ㄐ', "j"),
    ('ㄑ', "q"),
    ('ㄒ', "x"),
    ('ㄓ', "zh"),
    ('ㄔ', "ch"),
    ('ㄕ', "sh"),
    ('ㄖ', "r"),
    ('ㄗ', "z"),
    ('ㄘ', "c"),
    ('ㄙ', "s"),
];

/// Each with how pinyin writes it after an initial, and alone; longer ones first.
const FINALS: [(&str, &str, &str); 37] = [
    ("ㄧㄚ", "ia", "ya"),
    ("ㄧㄛ", "io", "yo"),
    ("ㄧㄝ", "ie", "ye"),
    ("ㄧㄞ", "iai", "yai"),
    ("ㄧㄠ", "iao", "yao"),
    ("ㄧㄡ", "iu", "you"),
    ("ㄧㄢ", "ian", "yan"),
    ("ㄧㄣ", "in", "yin"),
    ("ㄧㄤ", "iang", "yang"),
    ("ㄧㄥ", "ing", "ying"),
    ("ㄨㄚ", "ua", "wa"),
    ("ㄨㄛ", "uo", "wo"),
    ("ㄨㄞ", "uai", "wai"),
    ("ㄨㄟ", "ui", "wei"),
    ("ㄨㄢ", "uan", "wan"),
    ("ㄨㄣ", "un", "wen"),
    ("ㄨㄤ", "uang", "wang"),
    ("ㄨㄥ", "ong", "weng"),
    ("ㄩㄝ", "ue", "yue"),
    ("ㄩㄢ", "uan", "yuan"),
    ("ㄩㄣ", "un", "yun"),
    ("ㄩㄥ", "iong", "yong"),
    ("ㄚ", "a", "a"),
    ("ㄛ", "o", "o"),
    ("ㄜ", "e", "e"),
    ("ㄝ", "e", "e"),
    ("ㄞ", "ai", "ai"),
    ("ㄟ", "ei", "ei"),
    ("ㄠ", "ao", "ao"),
    ("ㄡ", "ou", "ou"),
    ("ㄢ", "an", "an"),
    ("ㄣ", "en", "en"),
    ("ㄤ", "ang", "ang"),
    ("ㄥ", "eng", "eng"),
    ("ㄧ", "i", "yi"),
    ("ㄨ", "u", "wu"),
    ("ㄩ", "u", "yu"),
];

/// Whether the character is a letter of bopomofo.
pub(super) const fn is_letter(c: char) -> bool {
    matches!(c, '\u{3105}'..='\u{312F}')
}

/// The pinyin of the syllable that a text begins with (ü written u), and its length in bytes with the tone mark.
pub(super) fn syllable(text: &str) -> Option<(String, usize)> {
    let first = text.chars().next().filter(|&c| is_letter(c))?;
    let initial = INITIALS.iter().find(|(letter, _)| *letter == first).map_or("", |(_, pinyin)| pinyin);
    let rest = if initial.is_empty() { text } else { &text[first.len_utf8()..] };
    let (written, pinyin) = match FINALS.iter().find(|(written, ..)| rest.starts_with(written)) {
        Some((written, after, _)) if !initial.is_empty() => (*written, *after),
        Some((written, _, alone)) => (*written, *alone),
        // ㄓ and its like are syllables by themselves.
        None if initial.is_empty() => return None,
        None => ("", "i"),
    };
    let rest = &rest[written.len()..];
    let tones =
        rest.chars().take_while(|c| matches!(c, 'ˊ' | 'ˇ' | 'ˋ' | '˙' | 'ˉ')).map(char::len_utf8).sum::<usize>();
    Some((format!("{initial}{pinyin}"), text.len() - rest.len() + tones))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn syllables_are_read_as_pinyin() {
        let all = |mut text: &str| {
            let mut read = Vec::new();
            while let Some((pinyin, len)) = syllable(text) {
                read.push(pinyin);
                text = &text[len..];
            }
            (read.join(" "), text.to_owned())
        };
        for (written, read) in [
            ("ㄑㄧˊㄐㄧㄢˋㄉㄧㄢˋ", "qi jian dian"),
            ("ㄍㄨㄢㄈㄤ", "guan fang"),
            ("ㄓㄨㄢㄇㄞˋ", "zhuan mai"),
            ("ㄓˊㄧㄥˊ", "zhi ying"),
            ("ㄕㄡˋㄑㄩㄢˊ", "shou quan"),
            ("ㄑㄧㄐㄧㄢ", "qi jian"),
        ] {
            assert_eq!(all(written), (read.to_owned(), String::new()), "{written}");
        }
        assert_eq!(all("ㄑㄧ店").1, "店");
        assert_eq!(syllable("旗"), None);
        assert_eq!(syllable(""), None);
    }
}
