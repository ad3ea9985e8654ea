//! Chinese characters that look like one another: printed nearly alike (官 and 宫), or made of the same large component (期
//! and 旗, 芯 and 心).

use std::sync::LazyLock;

/// A character and those that look like it, a line each. See `tools/text-tables/shapes.py`.
const DATA: &str = include_str!("../data/shapes.txt");

/// Each pair both ways round, in order.
static PAIRS: LazyLock<Vec<(char, char)>> = LazyLock::new(|| {
    let mut pairs = Vec::with_capacity(DATA.len() / 2);
    for line in DATA.lines().filter(|line| !line.starts_with('#')) {
        let mut chars = line.chars();
        let Some(first) = chars.next() else { continue };
        pairs.extend(chars.flat_map(|other| [(first, other), (other, first)]));
    }
    pairs.sort_unstable();
    pairs
});

/// The characters of simplified Chinese that look like this one, itself left out, in the order of their codes.
pub fn look_alikes_of(c: char) -> impl Iterator<Item = char> {
    let start = PAIRS.partition_point(|&(known, _)| known < c);
    PAIRS[start..].iter().take_while(move |(known, _)| *known == c).map(|&(_, other)| other)
}

/// Whether two characters look alike. One looks like itself.
pub fn alike(a: char, b: char) -> bool {
    a == b || PAIRS.binary_search(&(a, b)).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_that_share_a_component_or_cover_each_other_are_alike() {
        let pairs = [
            ('期', '旗'),
            ('埋', '理'),
            ('薇', '微'),
            ('芯', '心'),
            ('舰', '船'),
            ('舰', '般'),
            ('官', '宫'),
            ('未', '末'),
        ];
        for (a, b) in pairs {
            assert!(alike(a, b) && alike(b, a), "{a} {b}");
            assert!(look_alikes_of(a).any(|c| c == b) && look_alikes_of(b).any(|c| c == a), "{a} {b}");
        }
        for (a, b) in [('官', '方'), ('旗', '舰'), ('店', '茶'), ('钢', '铁'), ('信', 'x'), ('a', 'b')] {
            assert!(!alike(a, b), "{a} {b}");
        }
        assert!(alike('店', '店') && look_alikes_of('店').all(|c| c != '店'));
    }

    #[test]
    fn no_pair_is_told_twice() {
        assert!(PAIRS.windows(2).all(|two| two[0] < two[1]));
    }
}
