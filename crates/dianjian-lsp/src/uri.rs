//! Addresses of files, and their paths.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use dianjian_base::slashed;

/// The path that a `file:` address stands for.
pub(crate) fn to_path(uri: &str) -> Option<PathBuf> {
    let rest = uri.strip_prefix("file://")?;
    let (host, path) = rest.split_at(rest.find('/')?);
    let path = decoded(path)?;
    let is_drive = |path: &str| {
        let mut bytes = path.bytes().skip(1);
        bytes.next().is_some_and(|letter| letter.is_ascii_alphabetic()) && bytes.next() == Some(b':')
    };
    let is_local = host.is_empty() || host.eq_ignore_ascii_case("localhost");
    Some(PathBuf::from(match is_local {
        true if cfg!(windows) && is_drive(&path) => path.trim_start_matches('/').to_owned(),
        true => path,
        false => format!("//{host}{path}"),
    }))
}

/// The address of a file.
pub(crate) fn of_path(path: &Path) -> String {
    let path = slashed(path);
    // What Windows puts before a path without links.
    let path = path.strip_prefix("//?/").unwrap_or(&path);
    let mut uri = String::from(if path.starts_with('/') { "file://" } else { "file:///" });
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"/-._~!$&'()*+,;=@".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            let _ = write!(uri, "%{byte:02X}");
        }
    }
    uri
}

/// A name for a file that has no place on disk yet, such as `untitled:Untitled-1`.
pub(crate) fn unsaved_name(uri: &str) -> String {
    let name = uri.split_once(':').map_or(uri, |(_, rest)| rest);
    let name = decoded(name).unwrap_or_else(|| name.to_owned());
    name.chars().map(|one| if matches!(one, '/' | '\\' | ':' | '\0') { '-' } else { one }).collect()
}

fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let mut digit = || char::from(rest.next()?).to_digit(16);
        let (high, low) = (digit()?, digit()?);
        bytes.push(u8::try_from(high * 16 + low).ok()?);
    }
    String::from_utf8(bytes).ok().filter(|text| !text.contains('\0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_come_back() {
        for path in ["/店铺/云山 #1%.yaml", "/a/b.yaml", "/a+b/[c]?.yaml", "/😀.yaml"] {
            assert_eq!(to_path(&of_path(Path::new(path))).as_deref(), Some(Path::new(path)));
        }
        assert_eq!(to_path("file:///a/%E5%BA%97.yaml").as_deref(), Some(Path::new("/a/店.yaml")));
        assert_eq!(to_path("file://localhost/a").as_deref(), Some(Path::new("/a")));
    }

    #[test]
    fn what_is_no_file_has_no_path() {
        for uri in
            ["untitled:Untitled-1", "file:", "file://", "file:///%ff", "file:///a%0", "file:///%00", "", "http://a/b"]
        {
            assert_eq!(to_path(uri), None, "{uri}");
        }
        assert_eq!(unsaved_name("untitled:../a/Untitled-1"), "..-a-Untitled-1");
    }
}
