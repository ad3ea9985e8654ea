//! What a YAML scalar without quotes means: the core schema of YAML 1.2.

use super::arena::NodeKind;

/// The kind of a plain scalar.
#[inline]
pub fn plain_kind(text: &str) -> NodeKind {
    let bytes = text.as_bytes();
    let Some(&first) = bytes.first() else {
        return NodeKind::Null;
    };
    match first {
        b'n' | b'N' | b'~' if matches!(text, "null" | "Null" | "NULL" | "~") => NodeKind::Null,
        b't' | b'T' | b'f' | b'F' if is_bool(text) => NodeKind::Bool,
        b'0'..=b'9' | b'+' | b'-' | b'.' if is_number(bytes) => NodeKind::Number,
        _ => NodeKind::String,
    }
}

fn is_bool(text: &str) -> bool {
    matches!(text, "true" | "True" | "TRUE" | "false" | "False" | "FALSE")
}

fn is_number(bytes: &[u8]) -> bool {
    match bytes {
        [b'0', b'o', rest @ ..] => !rest.is_empty() && rest.iter().all(|byte| (b'0'..=b'7').contains(byte)),
        [b'0', b'x', rest @ ..] => !rest.is_empty() && rest.iter().all(u8::is_ascii_hexdigit),
        b".nan" | b".NaN" | b".NAN" => true,
        [b'+' | b'-', rest @ ..] => is_infinity(rest) || is_decimal(rest),
        _ => is_infinity(bytes) || is_decimal(bytes),
    }
}

fn is_infinity(bytes: &[u8]) -> bool {
    matches!(bytes, b".inf" | b".Inf" | b".INF")
}

/// Digits, an optional point, digits, an optional exponent; a digit on one side of the point at least.
fn is_decimal(bytes: &[u8]) -> bool {
    let digits = |bytes: &[u8]| bytes.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let whole = digits(bytes);
    let mut rest = bytes.get(whole..).unwrap_or_default();
    let mut fraction = 0;
    if let [b'.', after @ ..] = rest {
        fraction = digits(after);
        rest = after.get(fraction..).unwrap_or_default();
    }
    if whole + fraction == 0 {
        return false;
    }
    match rest {
        [] => true,
        [b'e' | b'E', b'+' | b'-', power @ ..] | [b'e' | b'E', power @ ..] => {
            !power.is_empty() && power.iter().all(u8::is_ascii_digit)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_core_schema_is_kept() {
        let numbers =
            ["0", "-0", "+12", "012", "0o14", "0xAf", "1.", ".5", "-1.5e+3", "1e3", ".inf", "-.INF", "+.Inf", ".NaN"];
        for text in numbers {
            assert_eq!(plain_kind(text), NodeKind::Number, "{text}");
        }
        let texts = [
            "0o8",
            "0x",
            "-0x1",
            "1_000",
            "1:30",
            "2027-03-01",
            "1e",
            "1e+",
            "-",
            "+",
            ".",
            "-.",
            "e3",
            ".e1",
            "-.nan",
            ".iNF",
            "yes",
            "no",
            "on",
            "tRue",
            "nULL",
            "~~",
            "91440300MA5F0XYZ1X",
            "1.2.3",
            "１２",
        ];
        for text in texts {
            assert_eq!(plain_kind(text), NodeKind::String, "{text}");
        }
        assert_eq!(plain_kind(""), NodeKind::Null);
        assert_eq!(plain_kind("~"), NodeKind::Null);
        assert_eq!(plain_kind("TRUE"), NodeKind::Bool);
    }
}
