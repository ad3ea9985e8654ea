//! The beginning that HEIC and AVIF share, which tells what a file of their boxes holds.

/// What a file of these boxes holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HeifKind {
    /// An HEVC picture, as phones take it.
    Heic,
    /// An AV1 picture.
    Avif,
    /// A sequence of pictures, which is decoded like a video.
    Sequence,
}

impl HeifKind {
    /// The kind that the brands at the beginning announce.
    pub(crate) fn of(head: &[u8]) -> Option<Self> {
        let (length, rest) = head.split_first_chunk::<4>()?;
        let brands = rest.strip_prefix(b"ftyp")?;
        let length = (u32::from_be_bytes(*length) as usize).saturating_sub(8).min(brands.len());
        let (brands, _) = brands[..length].as_chunks::<4>();
        let (major, compatible) = (brands.first()?, brands.get(2..).unwrap_or_default());
        match major {
            b"avif" => Some(Self::Avif),
            b"heic" | b"heix" | b"heim" | b"heis" => Some(Self::Heic),
            b"avis" | b"hevc" | b"hevx" | b"msf1" => Some(Self::Sequence),
            b"mif1" if compatible.contains(b"avif") => Some(Self::Avif),
            b"mif1" => Some(Self::Heic),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brands_tell_the_kind() {
        for (head, kind) in [
            (&b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"[..], Some(HeifKind::Heic)),
            (b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic", Some(HeifKind::Heic)),
            (b"\0\0\0\x18ftypmif1\0\0\0\0mif1avif", Some(HeifKind::Avif)),
            (b"\0\0\0\x18ftypavif\0\0\0\0mif1miaf", Some(HeifKind::Avif)),
            (b"\0\0\0\x18ftypavis\0\0\0\0mif1avif", Some(HeifKind::Sequence)),
            (b"\0\0\0\x18ftypisom\0\0\0\0mp41avif", None),
            (b"\0\0\0\x10ftypmif1\0\0\0\0avif", Some(HeifKind::Heic)),
            (b"\0\0\0\x00ftypheic", None),
            (b"", None),
        ] {
            assert_eq!(HeifKind::of(head), kind, "{}", head.escape_ascii());
        }
    }
}
