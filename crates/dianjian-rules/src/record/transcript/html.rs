//! The visible words of a web page: text outside of tags, scripts and styles, with blanks as a browser draws them.

use std::ops::Range;

use dianjian_base::html::{HtmlToken, HtmlTokens};

use super::TranscriptWords;

/// Elements within a line; any other one ends the line before it.
const INLINE: [&str; 31] = [
    "a", "abbr", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "em", "font", "i", "img", "ins", "kbd",
    "label", "mark", "o:p", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "time", "u", "wbr",
];

pub(super) fn visible(text: &str) -> TranscriptWords {
    let mut words = TranscriptWords::default();
    let mut blank: Option<Range<usize>> = None;
    for token in HtmlTokens::of(text) {
        match token {
            HtmlToken::Blank(place) => blank = blank.or(Some(place)),
            HtmlToken::Text(said, at) => {
                end_blanks(&mut words, text, blank.take());
                words.take(said, at);
            }
            HtmlToken::Entity(character) => {
                end_blanks(&mut words, text, blank.take());
                words.text.push(character);
            }
            HtmlToken::Tag { name, .. } if INLINE.contains(&name.as_str()) => {}
            HtmlToken::Tag { .. } => {
                words.end_cue();
                blank = None;
            }
        }
    }
    words
}

/// One blank for those before a word.
fn end_blanks(words: &mut TranscriptWords, text: &str, place: Option<Range<usize>>) {
    let Some(place) = place.filter(|_| !words.text.is_empty() && !words.text.ends_with(['\n', ' '])) else { return };
    match text.get(place.clone()) {
        Some(" ") => words.take(" ", place.start),
        _ => words.text.push(' '),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_browser_shows_is_read() {
        let page = "<!DOCTYPE html><html><head><title>口播稿</title><style>p{color:red}</style>\
                    <script>var a = '加微信';</script></head><body><!-- 加微信 -->\n<p>家人们，\n  <b>加微</b>信&nbsp;ab&#99;</p>\
                    <div title='a>b'>第二行</div>1 < 2<br>完<p";
        assert_eq!(visible(page).text, "口播稿\n家人们， 加微信 abc\n第二行\n1 < 2\n完<p");
    }
}
