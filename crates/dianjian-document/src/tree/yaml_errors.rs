//! Which message says what the YAML parser's error means.

use granit_parser::ErrorKind;

use super::messages::{self as say, SyntaxMessage};

/// Which of our messages says what the parser found wrong.
pub(super) fn message_of(kind: &ErrorKind, found: Option<char>) -> &'static SyntaxMessage {
    use ErrorKind as E;
    let is_control = found.is_some_and(|found| found.is_control() && !matches!(found, '\t' | '\n' | '\r'));
    match kind {
        _ if is_control => &say::YAML_CONTROL,
        E::UnexpectedEofFlowSequence
        | E::UnexpectedEofFlowMapping
        | E::UnexpectedEofImplicitFlowMapping
        | E::UnexpectedEofBlockSequence
        | E::UnexpectedEofBlockMapping
        | E::UnexpectedEof => &say::YAML_EOF,
        E::UnsupportedYamlMajorVersion
        | E::YamlVersionTooLong
        | E::MissingYamlVersion
        | E::MissingYamlVersionSeparator => &say::YAML_VERSION,
        E::DuplicateVersionDirective | E::DuplicateTagDirective => &say::YAML_REPEATED_DIRECTIVE,
        E::ExpectedDocumentStart => &say::YAML_DOCUMENT_START,
        E::InvalidDocumentEnd => &say::YAML_DOCUMENT_END,
        E::MissingDocumentEndBeforeDirective => &say::YAML_DIRECTIVE_AFTER,
        E::ExpectedNodeContent => &say::YAML_NODE,
        E::ExpectedBlockMappingKey => &say::YAML_BLOCK_KEY,
        E::ExpectedBlockSequenceEntry => &say::YAML_BLOCK_ITEM,
        E::ExpectedFlowMappingSeparator => &say::YAML_FLOW_ENTRY,
        E::ExpectedFlowSequenceSeparator => &say::YAML_FLOW_ITEM,
        E::SimpleKeyExpected | E::InvalidSimpleKey => &say::YAML_NO_COLON,
        E::InvalidQuotedScalarIndent => &say::YAML_QUOTED_INDENT,
        E::InvalidIndentation | E::InvalidFlowScalarIndent => &say::YAML_INDENT,
        E::BomInsideDocument => &say::YAML_BOM,
        E::UnexpectedCharacter { .. } => &say::YAML_CHARACTER,
        E::TabNotAllowed
        | E::TabInBlockIndentation
        | E::TabInIndentation
        | E::TabInPlainScalar
        | E::TabAtBlockScalarStart => &say::YAML_TAB,
        E::CommentInterceptedScalar => &say::YAML_COMMENT_BREAKS,
        E::ExpectedWhitespace | E::InvalidBlockEntryWhitespace => &say::YAML_BLANK,
        E::CommentNotSeparated => &say::YAML_COMMENT_BLANK,
        E::MissingAnchorOrAliasName => &say::YAML_NAME,
        _ => message_of_the_rest(kind),
    }
}

fn message_of_the_rest(kind: &ErrorKind) -> &'static SyntaxMessage {
    use ErrorKind as E;
    match kind {
        E::InvalidDirectiveTerminator
        | E::DirectiveDisallowed
        | E::MissingDirectiveName
        | E::InvalidDirectiveName
        | E::DirectiveByteLimitExceeded { .. }
        | E::TooManyReservedDirectiveParams { .. }
        | E::ExpectedTagDirectiveBang
        | E::InvalidTagDirectiveTerminator => &say::YAML_DIRECTIVE,
        E::UndeclaredTagHandle => &say::YAML_TAG_HANDLE,
        E::ExpectedTagBang
        | E::InvalidGlobalTagCharacter
        | E::InvalidTagTerminator
        | E::MissingTagUri
        | E::UnclosedVerbatimTag
        | E::InvalidTagEscape
        | E::InvalidTagUtf8LeadingByte
        | E::InvalidTagUtf8TrailingByte
        | E::InvalidTagUtf8 => &say::YAML_TAG,
        E::MisplacedFlowCollectionEnd => &say::YAML_BRACKET,
        E::MismatchedFlowCollectionEnd { .. } => &say::YAML_BRACKET_PAIR,
        E::UnclosedFlowCollection { .. } => &say::YAML_UNCLOSED,
        E::BlockEntryInFlowCollection | E::PlainScalarStartsWithDashFlowIndicator => &say::YAML_DASH_IN_FLOW,
        E::BlockSequenceEntryNotAllowed => &say::YAML_DASH,
        E::ZeroBlockScalarIndent | E::InvalidBlockScalarHeader => &say::YAML_BLOCK_HEADER,
        E::InvalidBlockScalarIndent => &say::YAML_BLOCK_INDENT,
        E::DocumentIndicatorInQuotedScalar => &say::YAML_MARKER_IN_QUOTES,
        E::UnclosedQuotedScalar => &say::YAML_QUOTE,
        E::InvalidTrailingSingleQuotedScalar | E::InvalidTrailingDoubleQuotedScalar => &say::YAML_AFTER_QUOTE,
        E::UnknownQuotedScalarEscape => &say::YAML_ESCAPE,
        E::InvalidQuotedScalarHexEscape | E::InvalidLowSurrogateHexEscape => &say::YAML_HEX,
        E::InvalidLowSurrogate | E::MissingLowSurrogate | E::UnpairedLowSurrogate | E::InvalidUnicodeEscape => {
            &say::YAML_SURROGATE
        }
        E::UnexpectedEndOfPlainScalar => &say::YAML_PLAIN_END,
        E::MappingKeyNotAllowed => &say::YAML_KEY_PLACE,
        E::MappingValueNotAllowed | E::InvalidColonPlacement => &say::YAML_COLON,
        E::InvalidMappingValueWhitespace | E::FlowMappingValueAdjacentCollection => &say::YAML_COLON_BLANK,
        _ => &say::YAML_OTHER,
    }
}
