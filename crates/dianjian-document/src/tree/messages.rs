//! The texts of grammar errors, as one table.

use dianjian_base::lang::{Lang, Text};
use dianjian_base::text;

/// One grammar error: a fixed id, its texts, and what to do about it.
///
/// `{found}` is replaced by the character found, or by words for the end of the text; `{mended}` in a help by the line as
/// it is meant.
#[derive(Debug, PartialEq, Eq)]
pub struct SyntaxMessage {
    /// Appears in reports, so it never changes.
    pub id: &'static str,
    zh: &'static str,
    en: &'static str,
    /// In Chinese and English; empty or one pair.
    help: &'static [(&'static str, &'static str)],
}

impl SyntaxMessage {
    /// The message in a language, with the character that was met.
    pub fn text(&self, lang: Lang, found: Option<char>) -> String {
        lang.pick(self.zh, self.en).replace("{found}", &display_char(lang, found))
    }

    /// What to do about it; `mended` is the line as it is meant, where that is known.
    pub(super) fn help(&self, mended: Option<&str>) -> Option<Text> {
        let filled = |text: &str| text.replace("{mended}", mended.unwrap_or_default());
        self.help.first().map(|&(zh, en)| Text { zh: filled(zh), en: filled(en) })
    }
}

/// A character, or the end of the text, as it can be named in a sentence.
fn display_char(lang: Lang, found: Option<char>) -> String {
    let text = match found {
        None => text! { zh: "结尾", en: "the end" },
        Some('\n' | '\r') => text! { zh: "换行", en: "a line break" },
        Some('\t') => text! { zh: "制表符", en: "a tab" },
        Some('\u{3000}') => text! { zh: "全角空格", en: "a full-width blank (U+3000)" },
        Some('\u{a0}') => text! { zh: "不换行空格（U+00A0）", en: "a no-break space (U+00A0)" },
        Some(character) if character.is_control() || character.is_whitespace() || is_zero_width(character) => {
            return format!("U+{:04X}", character as u32);
        }
        Some(character) => text! { zh: "“{character}”", en: "`{character}`" },
    };
    text.take(lang)
}

const fn is_zero_width(character: char) -> bool {
    matches!(character, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
}

macro_rules! messages {
    ($($name:ident = $id:literal, $zh:literal, $en:literal $(, help $help_zh:literal, $help_en:literal)?;)*) => {
        $(pub(super) static $name: SyntaxMessage =
            SyntaxMessage { id: $id, zh: $zh, en: $en, help: &[$(($help_zh, $help_en))?] };)*

        #[cfg(test)]
        pub(super) static ALL: &[&SyntaxMessage] = &[$(&$name),*];
    };
}

messages! {
    JSON_EMPTY = "json/empty", "文件中没有内容", "there is no value here";
    JSON_VALUE = "json/value", "此处应为一个值，却是{found}", "expected a value, found {found}";
    JSON_LITERAL = "json/literal", "此处不是 true、false、null 或数字", "neither true, false, null nor a number",
        help "文字要加双引号。", "Put texts in double quotes.";
    JSON_NAN = "json/not-finite", "JSON 没有 NaN 和 Infinity", "JSON has no NaN and no Infinity";
    JSON_SINGLE_QUOTE = "json/single-quote", "JSON 只用双引号", "JSON uses double quotes only";
    JSON_COMMENT = "json/comment", "JSON 不允许注释", "JSON has no comments",
        help "要写注释，把扩展名改成 .jsonc，或改用 YAML。", "Name the file `.jsonc`, or use YAML, where comments are wanted.";
    JSON_NUMBER = "json/number", "数字写法不对", "a malformed number",
        help "不允许前导零、加号、只有小数点的一边、十六进制。",
        "No leading zeros, no plus sign, digits on both sides of the point, no hexadecimals.";
    JSON_KEY = "json/key", "此处应为双引号中的键，却是{found}", "expected a key in double quotes, found {found}";
    JSON_COLON = "json/colon", "键后应为“:”，却是{found}", "expected `:` after the key, found {found}";
    JSON_ITEM_END = "json/item-end", "此处应为“,”或“]”，却是{found}", "expected `,` or `]`, found {found}";
    JSON_ENTRY_END = "json/entry-end", "此处应为“,”或“}”，却是{found}", "expected `,` or `}`, found {found}";
    JSON_TRAILING_COMMA = "json/trailing-comma", "末尾多了一个逗号", "a comma after the last element",
        help "删除逗号，或把扩展名改成 .jsonc。", "Remove the comma, or name the file `.jsonc`.";
    JSON_STRING_END = "json/string-end", "字符串没有结束的引号", "the string has no closing quote";
    JSON_CONTROL = "json/control", "字符串中不能直接写控制字符{found}", "the control character {found} must be escaped in a string",
        help "换行写作 \\n，制表符写作 \\t。", "Write \\n for a line break and \\t for a tab.";
    JSON_ESCAPE = "json/escape", "不认识的转义 \\{found}", "unknown escape: a backslash before {found}",
        help "反斜杠本身写作 \\\\。", "Write \\\\ for a backslash.";
    JSON_HEX = "json/hex", "\\u 之后应有四位十六进制数字", "\\u needs four hexadecimal digits";
    JSON_SURROGATE = "json/surrogate", "单独的代理码位不是字符", "half of a surrogate pair is not a character",
        help "BMP 之外的字符写作一对 \\uD83D\\uDE00。", "A character beyond U+FFFF is written as a pair, like \\uD83D\\uDE00.";
    JSON_TRAILING = "json/trailing", "一个值之后还有{found}", "found {found} after the end of the value",
        help "一行一个值的文件，请用扩展名 .ndjson。", "Name a file that holds one value a line `.ndjson`.";
    JSON_UNCLOSED = "json/unclosed", "括号没有关闭", "the bracket is not closed";

    CSV_UNCLOSED = "table/unclosed-quote", "引号没有关闭，已当作普通字符", "the quote is not closed and was taken for a character",
        help "补上结束的引号；若引号是内容的一部分，把整格放进引号，里面的引号写两个。",
        "Close it; or, if it is part of the text, put the cell in quotes and double the quotes inside.";
    CSV_AFTER_QUOTE = "table/after-quote", "结束的引号之后还有内容", "text after the closing quote",
        help "格内的引号要写两个。", "Double the quotes inside a cell.";
    CSV_NUL = "table/nul", "有 NUL 字符，文件可能损坏", "a NUL character: the file may be damaged";
    CSV_NO_HEADING = "table/no-heading", "这一格不在任何表头之下", "this cell stands under no heading",
        help "检查这一行是不是多了分隔符，或在表头行补上列名。",
        "Look for a delimiter too many in this row, or give the column a heading.";

    XML_SYNTAX = "xml/syntax", "不符合 XML 语法", "this is not well-formed XML",
        help "把回调内容原样保存，不要经过转义或截断。", "Keep what was pushed as it came, neither escaped nor cut.";
    XML_CLOSE = "xml/close", "结束标签和开始标签对不上", "this closing tag is not that of the element";
    XML_END = "xml/unexpected-end", "标签没有关闭，内容就结束了", "the text ends before the element does",
        help "内容可能被截断；重新保存完整的回调。", "It may have been cut; keep all that was pushed.";
    XML_NONE = "xml/no-element", "里面没有 XML 标签", "there is no XML element in it";
    XML_ENTITY = "xml/entity", "这个实体不是 XML 自带的，没有展开", "an entity that XML itself does not have is not expanded",
        help "平台的回调里没有自定义实体；请检查文件的来源。",
        "The platform defines no entities; see where the file comes from.";
    XML_DOCTYPE = "xml/doctype", "声明了文档类型（DOCTYPE），没有读取", "it declares a document type, and was not read",
        help "平台的回调里没有 DOCTYPE；请检查文件的来源。",
        "What the platform pushes declares none; see where the file comes from.";

    YAML_OTHER = "yaml/syntax", "不符合 YAML 语法", "this is not valid YAML";
    YAML_EOF = "yaml/unexpected-end", "内容在此处中断", "the text ends in the middle of a value";
    YAML_DIRECTIVE = "yaml/directive", "以 % 开头的指令写法不对", "a malformed directive",
        help "以 % 开头的文字要加引号。", "Quote a text that begins with %.";
    YAML_VERSION = "yaml/version", "不支持这个 YAML 版本", "this YAML version is not supported";
    YAML_DOCUMENT_START = "yaml/document-start", "文档已经结束，此处应为“---”", "the document has ended: expected `---`";
    YAML_DOCUMENT_END = "yaml/document-end", "“...”之后不能有内容", "nothing may follow `...` on its line";
    YAML_DIRECTIVE_AFTER = "yaml/directive-place", "指令之前要用“...”结束上一个文档", "end the document before with `...` ahead of a directive";
    YAML_NODE = "yaml/node", "此处应为一个值，却是{found}", "expected a value, found {found}";
    YAML_BLOCK_KEY = "yaml/block-key", "此处应为一个键，后面要有冒号",
        "expected a key with a colon after it",
        help "写作“键: 值”，冒号用半角，后面加空格；同一层的键要左对齐。",
        "Write `key: value`, with an ASCII colon and a blank after it; keys of one mapping start in the same column.";
    YAML_BLOCK_ITEM = "yaml/block-item", "此处应为“- ”开头的项", "expected an item that begins with `- `",
        help "同一层的“-”要左对齐。", "The dashes of one list stand in the same column.";
    YAML_FLOW_ENTRY = "yaml/flow-entry", "此处应为“,”或“}”，却是{found}", "expected `,` or `}`, found {found}";
    YAML_FLOW_ITEM = "yaml/flow-item", "此处应为“,”或“]”，却是{found}", "expected `,` or `]`, found {found}";
    YAML_TAG_HANDLE = "yaml/tag-handle", "标签前缀没有用 %TAG 声明", "the tag's prefix was not declared by %TAG";
    YAML_TAG = "yaml/tag", "标签写法不对", "a malformed tag",
        help "以 ! 开头的文字要加引号。", "Quote a text that begins with !.";
    YAML_NO_COLON = "yaml/no-colon", "这个键后面没有冒号", "there is no colon after this key",
        help "写作“键: 值”，冒号用半角，后面加空格。", "Write `key: value`, with an ASCII colon and a blank after it.";
    YAML_INDENT = "yaml/indentation", "缩进不对：这一行和上文哪一层都没有对齐",
        "wrong indentation: this line begins in none of the columns in which the lines above begin",
        help "同一层的键（或“-”）要左对齐，下一层用同样多的空格缩进。",
        "Begin keys (or dashes) of one level in the same column, those of the next level further right.";
    YAML_TOO_DEEP = "yaml/indented-below-value", "缩进不对：上一行的键已经有值，这一行不能比它缩进得更深",
        "wrong indentation: the key above has its value already, so this line cannot be indented below it",
        help "让这一行和上一行左对齐；若它属于上一行的键，把那个键的值移到下面。",
        "Begin this line in the column of the one above; if it belongs to that key, move the key's value below it.";
    YAML_WIDE_INDENT = "yaml/wide-indentation", "用{found}缩进：YAML 只认半角空格，这一行等于没有缩进",
        "indented by {found}, which YAML does not count: only ASCII blanks indent",
        help "把行首的空白全部换成半角空格。", "Replace what stands at the beginning of the line by ASCII blanks.";
    YAML_BLANK_AFTER_COLON = "yaml/blank-after-colon", "冒号后面少了空格", "a blank is missing after this colon",
        help "写成“{mended}”。", "Write `{mended}`.";
    YAML_BLANK_AFTER_DASH = "yaml/blank-after-dash", "“-”后面少了空格", "a blank is missing after this dash",
        help "写成“{mended}”。", "Write `{mended}`.";
    YAML_WIDE_COLON = "yaml/wide-colon", "这个键后面是全角冒号", "a full-width colon follows this key",
        help "改成半角冒号“:”，后面加空格：“{mended}”。", "Write an ASCII colon and a blank after it: `{mended}`.";
    YAML_BOM = "yaml/bom", "字节顺序标记只能在文档开头", "a byte-order mark may only begin a document";
    YAML_CHARACTER = "yaml/character", "此处不能是{found}", "unexpected {found}",
        help "含特殊字符的文字要加引号。", "Quote a text that begins with or holds special characters.";
    YAML_CONTROL = "yaml/control", "不允许控制字符{found}", "the control character {found} is not allowed",
        help "在双引号中可用转义，如 \\x00。", "It can be written as an escape in double quotes, like \\x00.";
    YAML_TAB = "yaml/tab", "不能用制表符缩进", "a tab cannot be used for indentation",
        help "把制表符换成空格。", "Replace the tab by blanks.";
    YAML_COMMENT_BREAKS = "yaml/comment-in-text", "注释打断了多行文字", "a comment interrupts a text of several lines",
        help "多行文字要加引号，或用“|”。", "Quote the text, or write it after `|`.";
    YAML_BLANK = "yaml/blank", "此处需要空格", "a blank is needed here";
    YAML_COMMENT_BLANK = "yaml/comment-blank", "“#”之前要有空格", "a comment needs a blank before its #",
        help "“#”若是文字的一部分，请给文字加引号。", "Quote the text if the # is part of it.";
    YAML_NAME = "yaml/anchor-name", "& 或 * 之后应为名称", "a name must follow & or *",
        help "以 & 或 * 开头的文字要加引号。", "Quote a text that begins with & or *.";
    YAML_BRACKET = "yaml/bracket", "多余的括号{found}", "the bracket {found} closes nothing";
    YAML_BRACKET_PAIR = "yaml/bracket-pair", "括号不配对，此处是{found}", "the bracket {found} does not match the one that was opened";
    YAML_UNCLOSED = "yaml/unclosed", "括号{found}没有关闭", "the bracket {found} is not closed";
    YAML_DASH_IN_FLOW = "yaml/dash-in-flow", "方括号或花括号内不能用“- ”", "`- ` cannot stand inside brackets",
        help "用逗号分隔各项。", "Separate items by commas.";
    YAML_DASH = "yaml/dash", "此处不能有列表项", "a list item cannot stand here",
        help "列表要另起一行。", "Begin the list on a line of its own.";
    YAML_BLOCK_HEADER = "yaml/block-header", "“|”或“>”之后写法不对", "malformed text after `|` or `>`",
        help "其后只能有 1-9、+、- 和注释，文字另起一行。", "Only 1-9, +, - and a comment may follow; the text begins on the next line.";
    YAML_BLOCK_INDENT = "yaml/block-indent", "文字块的缩进不一致", "a line of the text block is indented wrongly";
    YAML_MARKER_IN_QUOTES = "yaml/marker-in-quotes", "引号没有关闭，却遇到了“---”或“...”", "`---` or `...` inside quotes that are not closed";
    YAML_QUOTE = "yaml/quote", "引号没有关闭", "the quote is not closed";
    YAML_QUOTED_INDENT = "yaml/quoted-indent", "引号没有在同一行关闭，下一行又没有缩进", "the quote is not closed on its line, and the next line is not indented",
        help "补上结束的引号。", "Add the closing quote.";
    YAML_AFTER_QUOTE = "yaml/after-quote", "结束的引号之后还有内容", "text after the closing quote",
        help "单引号内的单引号写作两个；双引号内的写作 \\\"。", "Write a single quote twice inside single quotes, and \\\" inside double quotes.";
    YAML_ESCAPE = "yaml/escape", "双引号中不认识的转义 \\{found}", "unknown escape in double quotes: a backslash before {found}",
        help "反斜杠写作 \\\\,或改用单引号。", "Write \\\\ for a backslash, or use single quotes.";
    YAML_HEX = "yaml/hex", "转义中应为十六进制数字", "the escape needs hexadecimal digits";
    YAML_SURROGATE = "yaml/surrogate", "转义不是一个字符", "the escape is not a character";
    YAML_PLAIN_END = "yaml/plain", "文字在此处中断", "the text cannot go on here",
        help "给文字加引号。", "Quote the text.";
    YAML_KEY_PLACE = "yaml/key-place", "此处不能有键", "a key cannot stand here";
    YAML_COLON = "yaml/colon", "此处不能有“:”", "a colon cannot stand here",
        help "文字中含“: ”时要加引号。", "Quote a text that holds `: `.";
    YAML_COLON_BLANK = "yaml/colon-blank", "“:”之后要有空格", "a blank must follow the colon";
    YAML_REPEATED_DIRECTIVE = "yaml/repeated-directive", "指令重复", "the directive is repeated";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_unique_and_texts_are_there() {
        let ids: std::collections::HashSet<_> = ALL.iter().map(|message| message.id).collect();
        assert_eq!(ids.len(), ALL.len());
        for message in ALL {
            for lang in [Lang::Zh, Lang::En] {
                assert!(!message.text(lang, Some('x')).contains("{found}"), "{}", message.id);
                assert!(!message.text(lang, None).is_empty());
            }
        }
    }
}
