//! Dates that stay whole: miette breaks headings at hyphens, wherever they stand.

/// Looks like a hyphen, and no line ends at it.
const UNBREAKABLE: char = '\u{2011}';

/// The text with hyphens between digits that do not break.
pub(super) fn unbroken(text: &str) -> String {
    exchanged(text, '-', UNBREAKABLE)
}

/// Gives back the hyphens of what was drawn from `start` on.
pub(super) fn restore(drawn: &mut String, start: usize) {
    if drawn[start..].contains(UNBREAKABLE) {
        let plain = exchanged(&drawn[start..], UNBREAKABLE, '-');
        drawn.replace_range(start.., &plain);
    }
}

fn exchanged(text: &str, from: char, to: char) -> String {
    let is_digit = |character: Option<char>| character.is_some_and(|character| character.is_ascii_digit());
    let mut before = None;
    let mut rest = text.chars();
    let mut out = String::with_capacity(text.len());
    while let Some(character) = rest.next() {
        let is_inside = character == from && is_digit(before) && is_digit(rest.clone().next());
        out.push(if is_inside { to } else { character });
        before = Some(character);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_hyphens_between_digits_are_exchanged_and_they_come_back() {
        let text = "until 2024-09-25, mini-program -1 3-";
        let whole = unbroken(text);
        assert_eq!(whole, "until 2024\u{2011}09\u{2011}25, mini-program -1 3-");
        let mut drawn = format!("{}{whole}", "a\u{2011}1 ");
        restore(&mut drawn, 0);
        assert_eq!(drawn, format!("a\u{2011}1 {text}"));
    }
}
