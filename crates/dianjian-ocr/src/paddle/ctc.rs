//! What the recogniser's scores say: for each step along a line one score a character, and one for none.

/// The characters that a recogniser knows, in the order of its scores.
pub(super) struct Alphabet {
    characters: Vec<char>,
}

/// A character at a step of a line.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Letter {
    pub char: char,
    /// The middle of the steps that say so.
    pub step: f32,
    pub confidence: f32,
}

impl Alphabet {
    /// Characters one a line; before them stands "none", after them the blank.
    pub(super) fn new(lines: &str) -> Self {
        let characters = lines.lines().map(|line| line.chars().next().unwrap_or(' '));
        Self { characters: characters.chain([' ']).collect() }
    }

    /// The likeliest class of each step; the same class in a row is one character.
    pub(super) fn decode(&self, scores: &[f32], classes: usize) -> Vec<Letter> {
        let mut letters: Vec<Letter> = Vec::new();
        // The class before, and the steps that it has lasted.
        let mut last = (0, 0.0_f32);
        for (step, scores) in scores.chunks_exact(classes.max(1)).enumerate() {
            let (class, score) = highest(scores);
            match class {
                0 => {}
                class if class == last.0 => {
                    if let Some(letter) = letters.last_mut() {
                        letter.step = (letter.step * last.1 + step as f32 + 0.5) / (last.1 + 1.0);
                        letter.confidence = letter.confidence.max(score);
                    }
                }
                class => {
                    let char = self.characters.get(class - 1).copied().unwrap_or(' ');
                    letters.push(Letter { char, step: step as f32 + 0.5, confidence: score });
                }
            }
            last = if class == last.0 { (class, last.1 + 1.0) } else { (class, 1.0) };
        }
        letters
    }
}

/// The first of the highest scores. Goes over blocks first: there are tens of thousands of classes at each step.
fn highest(scores: &[f32]) -> (usize, f32) {
    const BLOCK: usize = 64;
    let mut best = (0, f32::NEG_INFINITY);
    for (number, block) in scores.chunks(BLOCK).enumerate() {
        let most = block.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        if most > best.1 {
            let at = block.iter().position(|score| *score >= most).unwrap_or_default();
            best = (number * BLOCK + at, most);
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scores in which each step's class has 0.9 of ten.
    fn scores(classes: &[usize], count: usize) -> Vec<f32> {
        let row = |class: usize| (0..count).map(move |number| if number == class { 0.9 } else { 0.01 });
        classes.iter().flat_map(|class| row(*class)).collect()
    }

    #[test]
    fn the_same_in_a_row_is_one_and_parted_by_none_two() {
        let alphabet = Alphabet::new("加\n微\n信");
        let letters = alphabet.decode(&scores(&[0, 1, 1, 0, 2, 3, 0, 3, 4, 0], 5), 5);
        let text: String = letters.iter().map(|letter| letter.char).collect();
        assert_eq!(text, "加微信信 ");
        assert_eq!(letters[0].step, 2.0, "the middle of two steps");
        assert!(letters.iter().all(|letter| letter.confidence == 0.9));
    }

    #[test]
    fn the_highest_is_the_first_of_equals_wherever_it_is() {
        let mut scores = vec![0.0; 200];
        assert_eq!(highest(&scores), (0, 0.0));
        (scores[131], scores[190]) = (0.5, 0.5);
        assert_eq!(highest(&scores), (131, 0.5));
        assert_eq!(highest(&[]).0, 0);
    }
}
