//! What the search for contacts knows, as it stands in `rules/lexicons/contact-*.yaml`.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::ids;
use super::pattern::{self, PatternParts};
use super::phrase_entry::PhraseEntry;
use crate::lexicon;
use crate::lexicon::{FoldedChars, FoldedWords, LexiconError, LexiconProblems, LexiconSection, check_folded};

/// All that the search for contacts knows.
#[derive(Debug, Clone, Default)]
pub struct ContactLexicon {
    /// Phrases that ask for contact, and the parts that they are made of.
    pub phrases: ContactPhrases,
    /// Words around phrases that decide whether they ask for contact.
    pub context: ContactContext,
    /// How telephone numbers are written and said.
    pub numbers: ContactNumbers,
    /// How ids are announced.
    pub ids: ContactIds,
    /// Domains and hosts of links.
    pub links: ContactLinks,
}

lexicon! {
    /// How people ask to be contacted outside the platform; `rules/lexicons/contact-phrases.yaml`.
    pub struct ContactPhrases = "contact-phrases" {
        /// Pictures, and the words that they stand for.
        signs: BTreeMap<char, String>,
        /// Hearts that are half of 微信.
        hearts: Hearts,
        /// Characters, and their parts as they are written side by side: 亻言 is 信.
        splits: BTreeMap<String, FoldedWords>,
        /// Alternatives that patterns name in braces.
        parts: PatternParts,
        /// By the word that they are read as, patterns of its disguises, for messages.
        read_as: PatternParts,
        /// Sets of characters that `not_after` and `beside` name in braces.
        characters: BTreeMap<String, FoldedChars>,
        /// The phrases.
        phrases: Vec<PhraseEntry>,
    }
}

lexicon! {
    /// Words around a phrase that decide whether it asks for contact; `rules/lexicons/contact-context.yaml`.
    pub struct ContactContext = "contact-context" {
        /// What may follow right after a phrase that must end.
        goes_on: FoldedWords,
        /// What makes a collar of 领, which otherwise may follow too: 加V领毛衣.
        collars: FoldedChars,
        /// What is claimed, though it begins like a collar: 加V领小样.
        claims: FoldedWords,
        /// What makes a phrase harmless that ends right before it.
        harmless_after: FoldedWords,
        /// What a scan is harmless for, anywhere in the rest of its clause.
        scan_purposes: FoldedWords,
        /// What a look at a profile is harmless for, anywhere in the rest of its clause.
        profile_purposes: FoldedWords,
        /// What a plus sign adds to rather than asking to add somebody.
        channels: FoldedWords,
        /// What warns of the phrase, anywhere in the rest of its clause.
        warnings: FoldedWords,
        /// What happened to somebody who followed such an invitation: 加了个好友，结果被骗.
        stories: FoldedWords,
        /// What somebody who tells of it says before the phrase: 同桌突然加我好友.
        narrating: FoldedWords,
        /// What takes away the fear of that: 怕被骗的加微信看货.
        fears: FoldedWords,
        /// What forbids or denies the phrase, anywhere before it in its clause.
        forbidding: FoldedWords,
        /// What denies the phrase right before it.
        denials: FoldedWords,
        /// Verbs that may stand between a denial and what it denies: 不建微信群.
        denied_verbs: FoldedWords,
        /// Words that end like a denial and are none.
        not_denials: FoldedWords,
        /// Negations whose object is what they warn of, with 的 inside: 谨防冒充客服的微信转账.
        warned_things: FoldedWords,
        /// Verbs of trust, whose object is what not to trust: 请勿相信任何脱离平台的转账要求.
        trusting: FoldedWords,
        /// Whose something is, before 的: 不要把自己的手机号打在公屏上.
        owners: FoldedWords,
        /// Verbs that a negation denies in the place of the phrase: 不会亏待大家加我微信.
        own_verbs: FoldedWords,
        /// Negations that urge, ask or turn round.
        urging: FoldedWords,
        /// Words that end in 别 and forbid nothing.
        words_in_bie: FoldedWords,
        /// Places of the shop that a negation may deny instead of the contact.
        shop_places: FoldedWords,
        /// What is done there.
        shop_verbs: FoldedWords,
        /// Words that lead away from the shop.
        away: FoldedWords,
        /// Negations that spare somebody something: 无需下单加微信 denies the order.
        needless: FoldedWords,
        /// Who asks for a contact in the sentence of a warning: 谁让你加微信.
        askers: FoldedWords,
        /// What such a sentence goes on to say of it.
        verdicts: FoldedWords,
        /// Denials of a warning: 不是骗子.
        reassuring: FoldedWords,
        /// Words of a question, in the clause of the phrase.
        questions: FoldedWords,
        /// How an answer begins that denies what was asked.
        denying_answers: FoldedWords,
        /// What somebody loses who does not follow: 不加微信你亏大了.
        losses: FoldedWords,
        /// What is kept from those who are named by what they have not done: 不进群的不给这个价.
        withheld: FoldedWords,
        /// What hurries those who have not followed yet: 还没加微信的抓紧.
        hurry: FoldedWords,
        /// What shows that a prohibition is meant the other way round: 千万别加我，怕你买空.
        irony: FoldedWords,
        /// By what they say, patterns that show so in the rest of the sentence: 别加了，加不过来.
        turns: PatternParts,
        /// Who listens, right before a denial that urges: 你不加微信.
        listeners: FoldedWords,
        /// Who speaks for the shop, anywhere before a denial that is meant so: 我们家不加微信的.
        deniers: FoldedWords,
        /// What says that it makes no difference, in the rest of the sentence: 没加微信的也有.
        concessions: FoldedWords,
        /// Words with which a request begins anew right before a phrase: 请勿直拍 先加微信.
        restarts: FoldedWords,
        /// Words that end so and do not: 下单前先.
        sequels: FoldedWords,
    }
}

lexicon! {
    /// How telephone numbers are written and said; `rules/lexicons/contact-numbers.yaml`.
    pub struct ContactNumbers = "contact-numbers" {
        /// Characters that are digits wherever they stand.
        digits: DigitChars,
        /// Letters and signs that are taken for digits beside one.
        look_alike_digits: DigitChars,
        /// Characters that are read as digits amid others and at their end.
        called_digits: DigitChars,
        /// Characters that are read as digits amid others.
        spoken_digits: DigitChars,
        /// Pictures of telephones, which belong to the number after them.
        signs: FoldedChars,
        /// Family names: one at the end of a number is whom to call.
        surnames: FoldedChars,
        /// Characters that count or measure: digits with one of them between are no number in disguise.
        units: FoldedChars,
        /// What counts after a number without area code: 报名8812345人.
        counted: FoldedChars,
        /// Words in 电 that are about electricity: 充电5000000次.
        electric: FoldedWords,
        /// Words between the groups of a number.
        between: FoldedWords,
        /// Words shortly before a number that make a telephone number of it.
        telephone: FoldedWords,
        /// Words right before a number without area code.
        telephone_right_before: FoldedWords,
        /// Those that may stand a few words before a number without area code: 咨询热线翡翠店23888510.
        telephone_near_before: FoldedWords,
        /// Latin words that may touch the end of a number: 13900662277vx.
        latin_after: FoldedWords,
        /// Words that say, near a long number, that it is a bank's.
        banks: FoldedWords,
        /// Words for the first digits of a number (前, 开头), single ones before how many there are.
        position_front: FoldedWords,
        /// The same for those in the middle.
        position_middle: FoldedWords,
        /// The same for the last ones.
        position_back: FoldedWords,
        /// What counts digits: 后四位.
        position_counts: FoldedWords,
        /// By the digit, its name in letters, read amid others: 1three5.
        digit_names: BTreeMap<String, FoldedWords>,
        /// Words that show that a telephone number is written backwards.
        backwards: FoldedWords,
        /// Words right after a telephone number.
        telephone_after: FoldedWords,
        /// Latin words that a telephone number may follow.
        latin_before: FoldedWords,
        /// Words right before a number that make another number of it.
        other_numbers: FoldedWords,
        /// Words right after a number that do so, where nothing follows them: 13822408851 型号.
        other_after: FoldedWords,
        /// Parts and their sizes: digits in groups beside one of them are no telephone number, unless somebody invites.
        goods: FoldedWords,
        /// Words near a number that ask to call, or name who answers.
        invitations: FoldedWords,
        /// Words right before a bank card's number that say less than those of `banks`, such as 转到.
        transfers: FoldedWords,
    }
}

lexicon! {
    /// How ids are announced; `rules/lexicons/contact-ids.yaml`.
    pub struct ContactIds = "contact-ids" {
        /// Single characters that stand for WeChat before an id.
        letters: FoldedChars,
        /// Asking words before the word that announces an id.
        requests: FoldedWords,
        /// Characters that show that WeChat's name is disguised.
        disguises: FoldedChars,
        /// What stands between the word and the id.
        marks: FoldedWords,
        /// Marks that count even as the beginning of a longer word.
        strong_marks: FoldedWords,
        /// Names of products, which are no ids.
        products: FoldedWords,
        /// Kinds of account whose names after a colon are Chinese: 公众号：青禾茶事.
        named_accounts: FoldedWords,
        /// Latin words whose dot is one of programs: Weixin.TenPayV3.
        dotted_names: FoldedWords,
        /// What may follow right after an id and its word: 833289133微信联系.
        follows_id: FoldedWords,
        /// How what follows such an account goes on where it is no name.
        not_names: FoldedWords,
        /// What no name of an account has in it.
        not_in_names: FoldedWords,
        /// How names of accounts end that may have 的 in them: 青禾的手作间.
        places: FoldedWords,
        /// How names end of those who answer, so that a blank is enough before one: 微信 青青小助理.
        personas: FoldedWords,
        /// Words for a group's number, which is one of QQ's: 群号126117566.
        group_numbers: FoldedWords,
    }
}

lexicon! {
    /// Domains and hosts of links; `rules/lexicons/contact-links.yaml`.
    pub struct ContactLinks = "contact-links" {
        /// Top-level domains that make an address of what stands before them.
        domains: FoldedWords,
        /// Top-level domains that are words of other texts as well and need a path.
        ambiguous_domains: FoldedWords,
        /// Top-level domains after a dot in disguise.
        disguised_domains: FoldedWords,
        /// Top-level domains after a Chinese name.
        chinese_name_domains: FoldedWords,
        /// Top-level domains as they sound: 青禾茶业点康姆.
        spoken_domains: FoldedWords,
        /// Words whose 点 is no dot: 重点vip客户.
        words_in_dian: FoldedWords,
        /// Hosts of short links into mini-programs.
        mini_program_hosts: FoldedWords,
        /// Mail services of addresses in disguise.
        mail_hosts: FoldedWords,
        /// Names with a dot that are no addresses: ASP.NET.
        not_addresses: FoldedWords,
        /// Ways to write the @, in the order in which they are looked for.
        at_signs: FoldedWords,
    }
}

/// Hearts that are half of 微信.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Hearts {
    /// The hearts.
    pub signs: FoldedChars,
    /// Characters after which a heart is 信.
    pub before: FoldedChars,
    /// Characters after which a heart is 微 if 信 follows.
    pub after: FoldedChars,
}

/// By the digit that they stand for, characters.
pub type DigitChars = BTreeMap<char, FoldedChars>;

impl ContactLexicon {
    /// Looks for mistakes in a file's patterns of sentences, which name parts of the phrases' file.
    pub fn check_context(&self, file: &ContactContext, problems: &mut LexiconProblems) {
        problems.below("turns", |problems| file.turns.check_patterns(&self.phrases.parts, problems));
    }

    /// Looks for mistakes in a file's phrases that show only once its parts are added to the others'.
    pub fn check_phrases(&self, file: &ContactPhrases, problems: &mut LexiconProblems) {
        let parts = &self.phrases.parts;
        for (section, named) in [("parts", &file.parts), ("read_as", &file.read_as)] {
            problems.below(section, |problems| named.check_patterns(parts, problems));
        }
        if problems.found.is_empty() {
            // Ids are announced by parts, too.
            problems.below("parts", |problems| pattern::check(&ids::announcing_words(&self.ids), parts, problems));
        }
        problems.below("phrases", |problems| {
            for (at, phrase) in file.phrases.iter().enumerate() {
                problems.below(at, |problems| {
                    problems.below("pattern", |problems| pattern::check(&phrase.pattern, parts, problems));
                    let sets = phrase.beside.iter().enumerate().map(|(at, set)| (Some(at), set));
                    for (at, set) in sets.chain([(None, &phrase.not_after)]) {
                        let Err(error) = self.phrases.characters(set) else { continue };
                        match at {
                            Some(at) => problems.below("beside", |problems| problems.below(at, |p| p.add(error))),
                            None => problems.below("not_after", |problems| problems.add(error)),
                        }
                    }
                });
            }
        });
    }
}

impl ContactPhrases {
    /// The characters that a set stands for: itself, with those of other sets in the places of their names.
    pub(super) fn characters(&self, set: &str) -> Result<String, LexiconError> {
        let mut all = String::new();
        let mut rest = set;
        while let Some((before, after)) = rest.split_once('{') {
            let (name, after) = after.split_once('}').unwrap_or((after, ""));
            let known = self.characters.get(name).ok_or_else(|| LexiconError::UnknownName {
                found: name.to_owned(),
                known: self.characters.keys().map(String::as_str).collect::<Vec<_>>().join(", "),
            })?;
            all += before;
            all += known.as_str();
            rest = after;
        }
        Ok(all + rest)
    }
}

impl LexiconSection for Hearts {
    fn extend(&mut self, later: Self) {
        self.signs.extend(later.signs);
        self.before.extend(later.before);
        self.after.extend(later.after);
    }

    fn check(&self, problems: &mut LexiconProblems) {
        problems.below("signs", |problems| self.signs.check(problems));
        problems.below("before", |problems| self.before.check(problems));
        problems.below("after", |problems| self.after.check(problems));
    }
}

impl LexiconSection for BTreeMap<char, String> {
    fn extend(&mut self, later: Self) {
        Extend::extend(self, later);
    }

    fn check(&self, problems: &mut LexiconProblems) {
        for (sign, word) in self {
            problems.below(sign, |problems| check_folded(word, problems));
        }
    }
}

impl LexiconSection for DigitChars {
    fn extend(&mut self, later: Self) {
        for (digit, chars) in later {
            self.entry(digit).or_default().extend(chars);
        }
    }

    fn check(&self, problems: &mut LexiconProblems) {
        for (digit, chars) in self {
            problems.below(digit, |problems| {
                if !digit.is_ascii_digit() {
                    problems.add(LexiconError::NotADigit { found: digit.to_string() });
                }
                chars.check(problems);
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lexicon::Lexicon;

    #[test]
    fn later_files_add_and_replace() {
        let read = |yaml: &str| -> ContactPhrases { serde_yaml::from_str(yaml).unwrap() };
        let mut known = read(
            "parts: {wx: [微信]}\ncharacters: {adding: 增}\nphrases:\n- {id: a, kind: wechat-invite, pattern: '加{wx}', example: 加微信}\n- {id: b, kind: qq, pattern: 加扣扣, example: 加扣扣}",
        );
        known.extend(read("parts: {wx: [绿信, 微信]}\nphrases:\n- {id: a, kind: wecom, pattern: 添, example: 添}"));
        let wx: Vec<_> = known.parts.0["wx"].iter().collect();
        assert_eq!(wx, ["微信", "绿信"]);
        assert_eq!(known.phrases.iter().map(|phrase| phrase.pattern.as_str()).collect::<Vec<_>>(), ["添", "加扣扣"]);
        known.extend(read("replace: [phrases]\nphrases: []"));
        assert!(known.phrases.is_empty() && known.parts.0.len() == 1);
    }

    #[test]
    fn mistakes_have_their_places() {
        let yaml = "
replace: [phrase]
signs: {🐧: QQ}
parts: {wx: [微信, 微信, '{vx}', '(', 'a?'], me: ['{me}']}
characters: {adding: 增增}
phrases:
  - {id: a, kind: qq, pattern: '加{wy}', not_after: '{add}', beside: [扣, '{code}'], example: 加}
  - {id: a, kind: qq, pattern: 加扣, example: 加}
";
        let file: ContactPhrases = serde_yaml::from_str(yaml).unwrap();
        let all = ContactLexicon { phrases: file.clone(), ..ContactLexicon::default() };
        let mut problems = LexiconProblems::default();
        Lexicon::check(&file, &mut problems);
        all.check_phrases(&file, &mut problems);
        let found: Vec<String> =
            problems.found.iter().map(|(path, error)| format!("{}: {error}", path.join("."))).collect();
        let expected = [
            "replace.0: `phrase` stands for nothing here",
            "signs.🐧: texts are read as `qq`, so `QQ` is never found",
            "parts.wx.1: `微信` is written here twice",
            "characters.adding: `增` is written here twice",
            "phrases.1.id: `a` is written here twice",
            "parts.me.0: `me` contains itself",
            "parts.wx.2: `vx` stands for nothing here",
            "parts.wx.3: not a pattern: unclosed group",
            "parts.wx.4: this pattern fits every text",
            "phrases.0.pattern: `wy` stands for nothing here",
            "phrases.0.beside.1: `code` stands for nothing here",
            "phrases.0.not_after: `add` stands for nothing here",
        ];
        assert_eq!(found, expected);
    }
}
