//! `dianjian rules new ID`: a commented rule file that lints and tests clean.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::path::PathBuf;

use dianjian_base::lang::Lang;

use crate::error::CliError;
use crate::exit::Exit;
use crate::project::ProjectArgs;
use crate::terminal::Terminal;

#[derive(Debug, clap::Args)]
pub struct NewArgs {
    id: String,
    #[arg(long, value_name = "DIR")]
    into: Option<PathBuf>,
    #[command(flatten)]
    project: ProjectArgs,
}

/// Writes the file and prints the commands to go on with.
///
/// # Errors
/// An id that is malformed or taken; a file that exists or cannot be written.
pub fn run(args: &NewArgs, terminal: &mut Terminal) -> Result<Exit, CliError> {
    if !is_id(&args.id) {
        return Err(CliError::BadId { found: args.id.clone() });
    }
    let project = args.project.load(terminal)?;
    if project.pack.rule(&args.id).is_some() {
        return Err(CliError::IdTaken { id: args.id.clone() });
    }
    let configured = project.config.as_ref().and_then(|config| Some(config.path(&config.file.packs.first()?.value)));
    let known = args.into.is_none() && configured.is_some();
    let pack = args.into.clone().or(configured).unwrap_or_else(|| PathBuf::from("rules"));
    let path = pack.join(format!("{}.yaml", args.id));
    write(&path, &skeleton(&args.id))?;
    // Commands find a pack that the configuration names without a flag.
    let flag = if known { String::new() } else { format!(" --rules {}", pack.display()) };
    let (shown, id) = (path.display(), &args.id);
    let next = format!("  dianjian rules test {id}{flag}\n  dianjian rules lint{flag}\n");
    terminal.print(&match terminal.lang {
        Lang::Zh => format!("已写入 {shown}\n接着：改好内容，再运行\n{next}"),
        Lang::En => format!("wrote {shown}\nnext: make it yours, then run\n{next}"),
    })?;
    Ok(Exit::Clean)
}

/// Two or more parts of lower-case letters, digits and dashes, not in a folder that packs use for other files.
fn is_id(id: &str) -> bool {
    let parts: Vec<&str> = id.split('/').collect();
    let part = |part: &&str| {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
    };
    parts.len() >= 2 && parts.iter().all(part) && !["tables", "kinds", "mappings", "migrations"].contains(&parts[0])
}

fn write(path: &std::path::Path, text: &str) -> Result<(), CliError> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|error| CliError::write(folder, &error))?;
    }
    let mut file = match OpenOptions::new().write(true).create_new(true).open(path) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            return Err(CliError::Exists { path: path.display().to_string() });
        }
        other => other.map_err(|error| CliError::write(path, &error))?,
    };
    file.write_all(text.as_bytes()).map_err(|error| CliError::write(path, &error))
}

fn skeleton(id: &str) -> String {
    format!(
        r#"# 一条规则一个文件；id 就是文件在规则包里的位置。 / One rule a file; the id is its place in the pack.
# 写法参考 / The language: dianjian rules schema rule
id: {id}
title:
  zh: 店铺名称不能含“样例”
  en: A shop's name must not contain “样例”
# 平台为什么有这条规则，违反了会怎样。 / Why the platform has it, and what happens to those who break it.
why:
  zh: 说明为什么有这条规则，违反了会怎样。
  en: Say why there is this rule, and what happens to those who break it.
severity: warning                      # error | warning | info
for: Shop                              # Shop | LiveRoom | Product | Licence | "*"
# 只在这些情况下检查，其余为 SKIP。 / Where it applies at all; elsewhere the outcome is SKIP, not PASS.
when: {{system: {{is: weixin-store}}}}
# 从哪天起（含）、到哪天止（不含）。 / First day on which it holds; `until` is the first on which it does not.
effective: {{from: 2024-08-25}}
# 项目可以在 dianjian.yaml 里改的值。 / Values that a project may change in dianjian.yaml.
params:
  words: [样例]
check:
  at: name
  lacks: {{words: $words, fold: name}}
message:
  zh: 名称里有“{{found}}”
  en: the name contains “{{found}}”
help:
  zh: 去掉“{{found}}”。
  en: Remove “{{found}}”.
fix: {{remove: found, applicability: unsafe}}
# 依据：谁说的、在哪里、什么时候、有多可信。 / Who says so, where, when, and how far it can be trusted.
evidence:
  - source: own                        # official | repost | secondary | standard | sdk | seed | own
    ref: 内部约定
    confidence: low                    # high | medium | low
    says:
      zh: 写明依据里说了什么。
      en: Say what the source says.
# rules test 会运行这些例子。 / `rules test` runs these.
examples:
  - bad: {{system: weixin-store, name: 云山样例茶业}}
    finds: ["name: 样例"]
    fixed: {{name: 云山茶业}}
  - good: {{system: weixin-store, name: 云山茶业}}
  - skip: {{system: channels-store, name: 云山样例茶业}}
"#
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_have_a_group_and_a_name() {
        assert!(is_id("naming/our-words") && is_id("a/b/c2"));
        for wrong in ["naming", "naming/", "/x", "Naming/x", "../x", "a/../b", "tables/x", "名/称"] {
            assert!(!is_id(wrong), "{wrong}");
        }
    }
}
