//! `dianjian.yaml` as it stands on disk: serde types only.
//!
//! The JSON Schema `schemas/config.schema.json` is generated from these types, so the doc comments
//! below are the file's reference.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use chrono::NaiveDate;
use dianjian_base::lang::Lang;
use dianjian_document::tree::Spanned;
use dianjian_rules::language::{Param, Severity};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

/// A project's configuration, `dianjian.yaml`. Paths in it are relative to the file itself.
///
/// What is given on the command line wins over what stands here.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ConfigFile {
    /// The day as of which rules are applied; default: today in Asia/Shanghai.
    #[schemars(with = "Option<NaiveDate>")]
    pub as_of: Option<Spanned<String>>,
    /// The language of messages; default: the locale's.
    pub lang: Option<Lang>,
    /// Findings of this severity or above make the exit status 1; default: `error`.
    pub fail_on: Option<FailOn>,
    /// Folders laid out like the shipped `rules/`, added to it: what has the same id replaces
    /// (rules, kinds, mappings) or extends (tables) the shipped one.
    pub packs: Vec<Spanned<String>>,
    /// Table files whose rows extend the tables of the same id.
    pub tables: Vec<Spanned<String>>,
    /// Mapping files; they are tried before the shipped ones.
    pub mappings: Vec<Spanned<String>>,
    /// Rule id to parameter values: `limits/weixin-stores: {limit: 20}`.
    pub params: OrderedMap<OrderedMap<Param>>,
    /// Rule id, or pattern such as `naming/*`, to severity. An id wins over a pattern, and among
    /// patterns the later one wins.
    pub severity: OrderedMap<SeverityLevel>,
    /// Other severities for some files. Where several blocks match a file, the later block wins;
    /// all of them win over the `severity` above.
    pub paths: Vec<PathBlock>,
    /// What is left out. A text: files in folders that are not checked, in patterns as of `.gitignore`; a file that is
    /// named on the command line is checked all the same. A map: findings in a file of any format that are not reported.
    pub ignore: Vec<Ignored>,
    /// The file of known findings that do not count; see `dianjian baseline create`.
    pub baseline: Option<Spanned<String>>,
    /// How pictures and videos are looked at.
    pub media: MediaConfig,
    /// Output format to the file that `dianjian check` writes in it, beside the standard output.
    pub outputs: OrderedMap<String>,
}

/// An entry of `ignore:`.
#[derive(Debug, Clone, JsonSchema)]
#[schemars(untagged)]
pub enum Ignored {
    /// Files that are not checked.
    Files(Spanned<String>),
    /// Findings that are not reported.
    Findings(Spanned<IgnoredFindings>),
}

impl Ignored {
    /// The pattern of an entry about files.
    pub const fn files(&self) -> Option<&Spanned<String>> {
        match self {
            Self::Files(pattern) => Some(pattern),
            Self::Findings(_) => None,
        }
    }

    /// An entry about findings.
    pub const fn findings(&self) -> Option<&Spanned<IgnoredFindings>> {
        match self {
            Self::Files(_) => None,
            Self::Findings(findings) => Some(findings),
        }
    }
}

impl<'de> Deserialize<'de> for Ignored {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct EntryVisitor;
        enum Entry {
            Files(String),
            Findings(IgnoredFindings),
        }
        impl<'de> Visitor<'de> for EntryVisitor {
            type Value = Entry;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a pattern of files, or {rule: …, file: …, reason: …}")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Entry, E> {
                Ok(Entry::Files(text.to_owned()))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Entry, A::Error> {
                IgnoredFindings::deserialize(MapAccessDeserializer::new(map)).map(Entry::Findings)
            }
        }
        impl<'de> Deserialize<'de> for Entry {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_any(EntryVisitor)
            }
        }
        let Spanned { value, span } = Spanned::<Entry>::deserialize(deserializer)?;
        Ok(match value {
            Entry::Files(pattern) => Self::Files(Spanned::new(pattern, span)),
            Entry::Findings(findings) => Self::Findings(Spanned::new(findings, span)),
        })
    }
}

/// Findings that are not reported: in a script, a table or a picture as well as in YAML. An entry that silences nothing
/// or whose last day is over is reported.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct IgnoredFindings {
    /// Rule id, or pattern such as `naming/*`.
    pub rule: Spanned<String>,
    /// The file, or a pattern as of `.gitignore`. A finding about several records is in the files of all of them.
    pub file: Spanned<String>,
    /// The id of the record.
    pub record: Option<Spanned<String>>,
    /// In a table, the cell: `B7`, or `店铺!B7` with its sheet.
    pub cell: Option<Spanned<String>>,
    /// The field's path, such as `products[2].title`; without indices it stands for all items.
    pub path: Option<Spanned<String>>,
    /// Why the findings are right to be there.
    pub reason: Spanned<String>,
    /// The last day on which the entry holds.
    #[schemars(with = "Option<NaiveDate>")]
    pub until: Option<Spanned<String>>,
}

/// How pictures and videos are looked at. What goes beyond a bound is a problem, never a pass.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct MediaConfig {
    /// Frames of a video that are looked at, a second; 0.1 to 30, default 5: what shows for a fifth of a second is
    /// then seen.
    #[schemars(with = "Option<f64>")]
    pub frames_per_second: Option<Spanned<f64>>,
    /// Bytes of a picture; default 64 MiB.
    #[schemars(with = "Option<u64>")]
    pub picture_bytes: Option<Spanned<u64>>,
    /// Pixels of a picture or of a video's frame; default 48 million.
    #[schemars(with = "Option<u64>")]
    pub pixels: Option<Spanned<u64>>,
    /// Frames of an animation; default 1000. Of pictures of more than four megapixels there are as many fewer.
    #[schemars(with = "Option<u64>")]
    pub frames: Option<Spanned<u64>>,
    /// Bytes of a video; default 4 GiB.
    #[schemars(with = "Option<u64>")]
    pub video_bytes: Option<Spanned<u64>>,
    /// Seconds that a video may last; default 6 hours.
    #[schemars(with = "Option<u64>")]
    pub video_seconds: Option<Spanned<u64>>,
    /// Seconds that looking at one file may take; default one hour.
    #[schemars(with = "Option<u64>")]
    pub seconds: Option<Spanned<u64>>,
    /// Files that one folder or pattern may stand for; default 10000.
    #[schemars(with = "Option<u64>")]
    pub files: Option<Spanned<u64>>,
    /// What reads the text of pictures: a folder with the files of an engine, beside this file; `builtin` for the small one
    /// in the program; `false` for nothing. Default: the engine that `DIANJIAN_OCR` names or `dianjian ocr add` has added,
    /// else the small one.
    pub ocr: Option<OcrConfig>,
    /// Is what was seen kept for other runs? Default: true.
    pub cache: Option<bool>,
    /// Are codes shown as small pictures on terminals that can? Default: true.
    pub terminal_pictures: Option<bool>,
    /// What becomes of pictures that are named by an address, which nobody opens; default: those of exports that a
    /// mapping reads are counted, any other is a problem.
    pub addresses: Option<Addresses>,
}

/// What reads the text of pictures.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum OcrConfig {
    /// `false`: nothing does.
    Wanted(bool),
    /// The folder of an engine's files, or `builtin`.
    Named(String),
}

/// What becomes of pictures that are named by an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Addresses {
    /// Each is a problem, so that the run cannot be trusted.
    Problem,
    /// Their number is told at the end.
    Note,
}

/// Severities for some files.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PathBlock {
    /// Which files, in patterns as of `.gitignore`.
    pub r#match: Vec<Spanned<String>>,
    /// Rule id or pattern to severity, as on the top level.
    pub severity: OrderedMap<SeverityLevel>,
}

/// The severity that a project gives to a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "Level")]
pub enum SeverityLevel {
    /// The rule says nothing.
    Off,
    /// As [`Severity::Info`].
    Info,
    /// As [`Severity::Warning`].
    Warning,
    /// As [`Severity::Error`].
    Error,
}

impl SeverityLevel {
    /// The severity; `None` for [`SeverityLevel::Off`].
    pub const fn severity(self) -> Option<Severity> {
        match self {
            Self::Off => None,
            Self::Info => Some(Severity::Info),
            Self::Warning => Some(Severity::Warning),
            Self::Error => Some(Severity::Error),
        }
    }
}

/// Which findings make the exit status 1.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FailOn {
    /// Errors.
    #[default]
    Error,
    /// Errors and warnings.
    Warning,
    /// All findings.
    Info,
    /// None.
    Never,
}

impl FailOn {
    /// The lowest severity that fails a run; `None` for [`FailOn::Never`].
    pub const fn severity(self) -> Option<Severity> {
        match self {
            Self::Error => Some(Severity::Error),
            Self::Warning => Some(Severity::Warning),
            Self::Info => Some(Severity::Info),
            Self::Never => None,
        }
    }
}

/// A map that keeps its order and knows where keys and values stand.
#[derive(Debug, Clone)]
pub struct OrderedMap<T>(pub Vec<(Spanned<String>, Spanned<T>)>);

impl<T> OrderedMap<T> {
    /// The entries in the order of the file.
    pub fn iter(&self) -> impl Iterator<Item = &(Spanned<String>, Spanned<T>)> {
        self.0.iter()
    }
}

impl<T> Default for OrderedMap<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for OrderedMap<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct EntriesVisitor<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for EntriesVisitor<T> {
            type Value = OrderedMap<T>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a map")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(OrderedMap(entries))
            }
        }
        deserializer.deserialize_map(EntriesVisitor(PhantomData))
    }
}

impl<T: JsonSchema> JsonSchema for OrderedMap<T> {
    fn schema_name() -> Cow<'static, str> {
        format!("Map_of_{}", T::schema_name()).into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let value = generator.subschema_for::<T>();
        schemars::json_schema!({"type": "object", "additionalProperties": value})
    }
}
