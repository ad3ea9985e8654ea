//! Numbers, exactly as written.

use std::fmt;

use rust_decimal::Decimal;
use serde::de::{Deserialize, Deserializer, Visitor};

/// The name by which [`Exact`] asks our deserializer for a number's digits.
pub(super) const EXACT_NAME: &str = "$dianjian::Exact";

/// The value of a few digits, perhaps with a point among them: nearly all numbers are so written.
pub fn short(text: &str) -> Option<Decimal> {
    const MOST: usize = 18;
    let (mut value, mut scale, mut point) = (0_i64, 0, false);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'0'..=b'9' if at < MOST => {
                value = value * 10 + i64::from(byte - b'0');
                scale += u32::from(point);
            }
            b'.' if at > 0 && !point => point = true,
            _ => return None,
        }
    }
    let ends_in_digit = text.ends_with(|last: char| last.is_ascii_digit());
    (ends_in_digit && text.len() <= MOST).then(|| Decimal::new(value, scale))
}

/// The exact value of a number as YAML's core schema or JSON writes it.
///
/// `None` for `.inf` and `.nan`, for more digits than 28, and for what is no number.
pub(super) fn decimal(text: &str) -> Option<Decimal> {
    if let Some(value) = short(text) {
        return Some(value);
    }
    let (negative, digits) = match text.as_bytes() {
        [b'-', ..] => (true, text.get(1..)?),
        [b'+', ..] => (false, text.get(1..)?),
        _ => (false, text),
    };
    let value = if let Some(hex) = digits.strip_prefix("0x") {
        radix(hex, 16)?
    } else if let Some(octal) = digits.strip_prefix("0o") {
        radix(octal, 8)?
    } else {
        scientific(digits)?
    };
    Some(if negative { -value } else { value })
}

fn radix(digits: &str, radix: u32) -> Option<Decimal> {
    let value = i128::from_str_radix(digits, radix).ok()?;
    Decimal::try_from_i128_with_scale(value, 0).ok()
}

/// Digits with an optional point and an optional power of ten.
fn scientific(text: &str) -> Option<Decimal> {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i64>().ok()?),
        None => (text, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let mut value: i128 = 0;
    for byte in whole.bytes().chain(fraction.bytes()) {
        let digit = char::from(byte).to_digit(10)?;
        value = value.checked_mul(10)?.checked_add(i128::from(digit))?;
    }
    let mut scale = (fraction.len() as i64).checked_sub(exponent)?;
    while scale > 28 || (scale > 0 && value.unsigned_abs() >> 96 != 0) {
        if value % 10 != 0 {
            return None;
        }
        if value == 0 {
            scale = 0;
            break;
        }
        value /= 10;
        scale -= 1;
    }
    while scale < 0 {
        if value == 0 {
            scale = 0;
            break;
        }
        value = value.checked_mul(10)?;
        scale += 1;
    }
    Decimal::try_from_i128_with_scale(value, u32::try_from(scale).ok()?).ok()
}

/// A number read exactly: `0.1` is a tenth, and a 19-digit id keeps its last digit.
///
/// Reads numbers from our own documents by their digits; from other deserializers as they give them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Exact(pub Decimal);

impl<'de> Deserialize<'de> for Exact {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_newtype_struct(EXACT_NAME, ExactVisitor)
    }
}

struct ExactVisitor;

impl<'de> Visitor<'de> for ExactVisitor {
    type Value = Exact;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number")
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<Exact, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_bytes<E: serde::de::Error>(self, digits: &[u8]) -> Result<Exact, E> {
        let exact = std::str::from_utf8(digits).ok().and_then(decimal);
        exact.map(Exact).ok_or_else(|| E::custom("a number of more than 28 digits"))
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<Exact, E> {
        Ok(Exact(Decimal::from(value)))
    }

    fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<Exact, E> {
        Ok(Exact(Decimal::from(value)))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Exact, E> {
        decimal(&value.to_string()).map(Exact).ok_or_else(|| E::custom("a number without an exact value"))
    }
}

impl serde::Serialize for Exact {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use rust_decimal::prelude::ToPrimitive;
        let value = self.0.normalize();
        match (value.to_i64(), value.scale()) {
            (Some(whole), 0) => serializer.serialize_i64(whole),
            _ => serializer.serialize_f64(value.to_f64().unwrap_or_default()),
        }
    }
}

impl schemars::JsonSchema for Exact {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Number".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "number" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<String> {
        decimal(text).map(|value| value.to_string())
    }

    #[test]
    fn values_are_exact() {
        assert_eq!(read("0.1").as_deref(), Some("0.1"));
        assert_eq!(read("9007199254740993").as_deref(), Some("9007199254740993"));
        assert_eq!(read("-18446744073709551615").as_deref(), Some("-18446744073709551615"));
        assert_eq!(read("1.50e2").as_deref(), Some("150"));
        assert_eq!(read("1e-3").as_deref(), Some("0.001"));
        assert_eq!(read("12e3").as_deref(), Some("12000"));
        assert_eq!(read("0x1F").as_deref(), Some("31"));
        assert_eq!(read("0o17").as_deref(), Some("15"));
        assert_eq!(read("+.5").as_deref(), Some("0.5"));
        assert_eq!(read("5.").as_deref(), Some("5"));
        assert_eq!(read("0e999999999").as_deref(), Some("0"));
        assert_eq!(read("0e-999999999").as_deref(), Some("0"));
    }

    #[test]
    fn what_has_no_exact_value_has_none() {
        for text in [
            ".inf",
            ".nan",
            "1e400",
            "1e-400",
            "1e99999999999999999999",
            "123456789012345678901234567890123456789012",
            "",
        ] {
            assert_eq!(decimal(text), None, "{text}");
        }
    }
}
