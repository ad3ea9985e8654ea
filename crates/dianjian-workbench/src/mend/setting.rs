//! One entry of a configuration in block style, with everything around it as it is.

/// A YAML text in which a value stands under some keys, one below the other; `None`: one of them has a value on its own line
/// where others should stand below it.
pub fn with_setting(text: &str, keys: &[&str], value: &str) -> Option<String> {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    set(&mut lines, 0, usize::MAX, 0, keys, value)?;
    Some(lines.join("\n") + "\n")
}

/// Sets a value in the lines of a block, which begin at `from`, end before `to` and are indented by `indent`.
fn set(lines: &mut Vec<String>, from: usize, to: usize, indent: usize, keys: &[&str], value: &str) -> Option<()> {
    let to = to.min(lines.len());
    let [key, below @ ..] = keys else { return None };
    let found = (from..to).find(|at| lines.get(*at).is_some_and(|line| key_of(line, indent) == Some(key)));
    let Some(at) = found else {
        let end =
            (from..to).rev().find(|at| lines.get(*at).is_some_and(|line| !is_aside(line))).map_or(from, |at| at + 1);
        lines.splice(end..end, written(keys, value, indent));
        return Some(());
    };
    let line = lines.get(at)?;
    let (head, rest) = line.split_at(line.find(':')? + 1);
    if below.is_empty() {
        let comment = rest.find(" #").map_or("", |start| rest.get(start..).unwrap_or_default());
        let changed = format!("{head} {value}{comment}");
        *lines.get_mut(at)? = changed;
        return Some(());
    }
    let rest = rest.trim();
    if !rest.is_empty() && !rest.starts_with('#') {
        return None;
    }
    let deeper = |line: &String| is_aside(line) || indent_of(line) > indent;
    let end = (at + 1..to).find(|at| lines.get(*at).is_some_and(|line| !deeper(line))).unwrap_or(to);
    let first = (at + 1..end).find_map(|at| lines.get(at).filter(|line| !is_aside(line)));
    let inner = first.map_or(indent + 2, |line| indent_of(line));
    set(lines, at + 1, end, inner, below, value)
}

/// The lines of a value under keys.
fn written(keys: &[&str], value: &str, indent: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for (depth, key) in keys.iter().enumerate() {
        let last = depth + 1 == keys.len();
        let value = if last { format!(" {value}") } else { String::new() };
        let key = if key.contains('*') { format!("\"{key}\"") } else { (*key).to_owned() };
        lines.push(format!("{}{key}:{value}", " ".repeat(indent + depth * 2)));
    }
    lines
}

fn key_of(line: &str, indent: usize) -> Option<&str> {
    if indent_of(line) != indent || is_aside(line) {
        return None;
    }
    let (key, _) = line.trim_start().split_once(':')?;
    Some(key.trim().trim_matches(['"', '\'']))
}

fn indent_of(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

/// Whether a line is blank or a comment.
fn is_aside(line: &str) -> bool {
    line.trim().is_empty() || line.trim_start().starts_with('#')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_changes_one_line_or_adds_its_own() {
        let text = "# ours\nlang: zh\nseverity:\n  # names\n  naming/length: info # for now\n\nparams:\n  a/b:\n    limit: 3\n";
        let changed = with_setting(text, &["severity", "naming/length"], "error").unwrap();
        assert_eq!(changed, text.replace("info #", "error #"));
        let added = with_setting(text, &["severity", "naming/*"], "off").unwrap();
        assert_eq!(added, text.replace("now\n", "now\n  \"naming/*\": off\n"));
        assert_eq!(with_setting(text, &["params", "a/b", "limit"], "4").unwrap(), text.replace("3\n", "4\n"));
        let other = with_setting(text, &["params", "c/d", "limit"], "4").unwrap();
        assert_eq!(other, format!("{text}  c/d:\n    limit: 4\n"));
        assert_eq!(with_setting("", &["severity", "a/b"], "off").unwrap(), "severity:\n  a/b: off\n");
        assert_eq!(with_setting("severity: {}\n", &["severity", "a/b"], "off"), None);
    }
}
