//! How the child's stdout is cut: a tag, a length in four bytes (little-endian), so many bytes.

use std::io::{self, Write};

use tokio::io::{AsyncRead, AsyncReadExt};

/// Of one frame; the child cuts what is longer.
const FRAME_BYTES_MAX: usize = 64 << 10;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tag {
    Stdout,
    Stderr,
    /// The last one.
    Report,
}

impl Tag {
    fn byte(self) -> u8 {
        match self {
            Self::Stdout => b'1',
            Self::Stderr => b'2',
            Self::Report => b'R',
        }
    }

    fn of(byte: u8) -> Option<Self> {
        [Self::Stdout, Self::Stderr, Self::Report].into_iter().find(|tag| tag.byte() == byte)
    }
}

pub(crate) fn write(to: &mut impl Write, tag: Tag, bytes: &[u8]) -> io::Result<()> {
    for chunk in bytes.chunks(FRAME_BYTES_MAX) {
        let n_bytes = u32::try_from(chunk.len()).map_err(io::Error::other)?;
        to.write_all(&[&[tag.byte()], &n_bytes.to_le_bytes()[..], chunk].concat())?;
    }
    to.flush()
}

/// The next frame; `None` at the end.
pub(crate) async fn read(
    from: &mut (impl AsyncRead + Unpin),
    chunk: &mut Vec<u8>,
) -> io::Result<Option<Tag>> {
    let mut head = [0; 5];
    if from.read(&mut head[..1]).await? == 0 {
        return Ok(None);
    }
    from.read_exact(&mut head[1..]).await?;
    let [tag, length @ ..] = head;
    let n_bytes = u32::from_le_bytes(length) as usize;
    let tag = Tag::of(tag).filter(|_| n_bytes <= FRAME_BYTES_MAX);
    let tag = tag.ok_or_else(|| io::Error::other("its output is not cut into frames"))?;
    chunk.resize(n_bytes, 0);
    from.read_exact(chunk).await?;
    Ok(Some(tag))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn frames_are_read_as_they_were_written_and_long_ones_in_pieces() {
        let mut bytes = Vec::new();
        write(&mut bytes, Tag::Stdout, &vec![7; FRAME_BYTES_MAX + 1]).unwrap();
        write(&mut bytes, Tag::Report, b"{}").unwrap();
        let (mut from, mut chunk, mut found) = (bytes.as_slice(), Vec::new(), Vec::new());
        while let Some(tag) = read(&mut from, &mut chunk).await.unwrap() {
            found.push((tag, chunk.len()));
        }
        let expect = [(Tag::Stdout, FRAME_BYTES_MAX), (Tag::Stdout, 1), (Tag::Report, 2)];
        assert_eq!(found, expect);
    }

    #[tokio::test]
    async fn what_is_no_frame_is_an_error() {
        let read_one = async |bytes: &[u8]| read(&mut &*bytes, &mut Vec::new()).await;
        assert!(read_one(b"x\0\0\0\0").await.is_err());
        assert!(read_one(b"1\xff\xff\xff\xff").await.is_err());
        assert!(read_one(b"1\x02\0\0\0a").await.is_err());
        assert_eq!(read_one(b"").await.unwrap(), None);
    }
}
