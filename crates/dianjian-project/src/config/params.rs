//! Checks the parameters that a project sets: that the rule has them, and that values have the right type.

use dianjian_rules::RuleSource;
use dianjian_rules::language::{Param, Scalar};
use dianjian_rules::record::{nearest, parse_date};

use crate::config::error::{ConfigError, ParamSort};

/// Checks that a rule has the parameter and accepts the value.
///
/// # Errors
/// No such parameter, or a value of another sort than the rule's own.
pub fn check(rule: &RuleSource, name: &str, value: &Param) -> Result<(), ConfigError> {
    let params = &rule.file.params;
    let Some(own) = params.get(name) else {
        return Err(ConfigError::UnknownParam {
            rule: rule.info.id.clone(),
            found: name.to_owned(),
            suggestion: nearest(name, params.keys().map(String::as_str)).map(str::to_owned),
            known: params.keys().cloned().collect(),
        });
    };
    let expected = sort(&own.value);
    if fits(value, expected) {
        return Ok(());
    }
    Err(ConfigError::ParamType {
        rule: rule.info.id.clone(),
        name: name.to_owned(),
        expected,
        found: display_value(value),
    })
}

/// The sort of a rule's own value, which is the sort that it accepts.
pub fn sort(own: &Param) -> ParamSort {
    match own {
        Param::One(value) => scalar_sort(value),
        Param::Many(values)
            if !values.is_empty() && values.iter().all(|value| scalar_sort(value) == ParamSort::Number) =>
        {
            ParamSort::Numbers
        }
        Param::Many(_) | Param::Table(_) => ParamSort::Set,
    }
}

fn scalar_sort(value: &Scalar) -> ParamSort {
    match value {
        Scalar::Bool(_) => ParamSort::Bool,
        Scalar::Int(_) | Scalar::Float(_) => ParamSort::Number,
        Scalar::Text(text) if parse_date(text).is_some() => ParamSort::Date,
        Scalar::Text(_) => ParamSort::Text,
    }
}

fn fits(value: &Param, expected: ParamSort) -> bool {
    match (value, expected) {
        (Param::One(Scalar::Text(text)), ParamSort::Text) => !text.is_empty(),
        (Param::One(value), _) => {
            let found = scalar_sort(value);
            // YAML reads an unquoted number or date as such, where a text is meant.
            found == expected || (expected == ParamSort::Text && found != ParamSort::Bool)
        }
        (Param::Many(values), ParamSort::Numbers) => values.iter().all(|value| scalar_sort(value) == ParamSort::Number),
        (Param::Many(_), expected) => expected == ParamSort::Set,
        (Param::Table(_), expected) => matches!(expected, ParamSort::Set | ParamSort::Numbers),
    }
}

/// A value as written in YAML.
pub fn display_value(value: &Param) -> String {
    match value {
        Param::Table(table) => match &table.column {
            Some(column) => format!("{{table: {}, column: {column}}}", table.table),
            None => format!("{{table: {}}}", table.table),
        },
        Param::One(value) => scalar(value),
        Param::Many(values) => format!("[{}]", values.iter().map(scalar).collect::<Vec<_>>().join(", ")),
    }
}

fn scalar(value: &Scalar) -> String {
    match value {
        Scalar::Bool(value) => value.to_string(),
        Scalar::Int(value) => value.to_string(),
        Scalar::Float(value) => value.to_string(),
        Scalar::Text(value) => value.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(value: Scalar) -> Param {
        Param::One(value)
    }

    fn text(value: &str) -> Scalar {
        Scalar::Text(value.to_owned())
    }

    #[test]
    fn a_value_must_be_of_its_parameters_sort() {
        assert!(fits(&one(Scalar::Float(4.5)), sort(&one(Scalar::Int(30)))));
        assert!(!fits(&one(text("thirty")), sort(&one(Scalar::Int(30)))));
        assert!(!fits(&one(Scalar::Int(1)), sort(&one(Scalar::Bool(true)))));
        assert!(fits(&one(text("2025-01-01")), sort(&one(text("2024-09-25")))));
        assert!(!fits(&one(text("soon")), sort(&one(text("2024-09-25")))));
        assert!(!fits(&one(text("旗舰")), sort(&Param::Many(vec![text("专营")]))));
        assert!(fits(&Param::Many(vec![]), sort(&Param::Many(vec![text("专营")]))));
        let numbers = sort(&Param::Many(vec![Scalar::Int(1)]));
        assert!(!fits(&Param::Many(vec![text("x")]), numbers) && fits(&Param::Many(vec![Scalar::Int(2)]), numbers));
    }
}
