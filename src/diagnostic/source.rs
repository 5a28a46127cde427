//! The text that problems point into, and how it is read from a file.
//!
//! Input: a path, or bytes and a name. Output: a [`Source`]. It refuses what is no text in UTF-8, and more
//! than [`Limit`] says, each in words of its own.

use std::fs::File;
use std::io::{self, Read};
use std::ops::Range;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use super::Diagnostic;

/// What kind of text is read, which says how much of it: some of them never end, such as a pipe that is written to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// A suite and what belongs to one: 64 MiB. What it says takes many times its size.
    Suite,
    /// A list of paths: 1 GiB. It is kept as it is, with places in it of 32 bits, which are enough for 4 GiB.
    Paths,
}

impl Limit {
    /// The largest text of this kind, in bytes.
    #[must_use]
    pub const fn max_bytes(self) -> usize {
        match self {
            Self::Suite => 64 << 20,
            Self::Paths => 1 << 30,
        }
    }

    /// Reads all of it; where there is more than the limit, enough to tell so.
    pub fn read(self, reader: impl Read) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        let one_more = self.max_bytes() as u64 + 1;
        reader.take(one_more).read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    fn check(self, name: &str, length: usize) -> Result<(), Diagnostic> {
        if length <= self.max_bytes() {
            return Ok(());
        }
        let message = format!("`{name}` is larger than {} MiB", self.max_bytes() >> 20);
        Err(Diagnostic::new("file-too-large", message).help(match self {
            Self::Suite => "a suite may be split into several files, each checked by itself",
            Self::Paths => "a list may be split into several files, at the end of any line, each checked by itself",
        }))
    }
}

/// The name of a text that came from standard input.
pub const STDIN: &str = "<stdin>";

/// The name of a list of paths that was typed as flags.
pub const TYPED: &str = "<paths>";

/// Whether a text with this name is in a file.
#[must_use]
pub fn is_file_name(name: &str) -> bool {
    name != STDIN && name != TYPED
}

/// Where one line in so many begins is remembered: little memory for many lines, and a short way to each of them.
const STRIDE: usize = 64;

/// A text that problems point into.
#[derive(Debug)]
pub struct Source {
    /// The file's path as the user gave it, or [`STDIN`] or [`TYPED`].
    pub name: String,
    /// All of it, without a byte order mark.
    pub text: String,
    masks: OnceLock<Vec<Range<usize>>>,
    /// Where the lines 1, 1 + [`STRIDE`] and so on begin.
    starts: OnceLock<Vec<usize>>,
}

/// What was looked for in a text makes no difference.
impl PartialEq for Source {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name && self.text == other.text
    }
}

impl Eq for Source {}

impl Source {
    /// A text that is already at hand.
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        let mut text = text.into();
        if text.starts_with('\u{feff}') {
            text.drain(..'\u{feff}'.len_utf8());
        }
        Self {
            name: name.into(),
            text,
            masks: OnceLock::new(),
            starts: OnceLock::new(),
        }
    }

    /// Reads the file at `path`, a suite or what belongs to one.
    pub fn from_path(path: &Path) -> Result<Self, Diagnostic> {
        Self::from_path_within(path, Limit::Suite)
    }

    /// The same of a file with this limit.
    pub fn from_path_within(path: &Path, limit: Limit) -> Result<Self, Diagnostic> {
        let name = path.display().to_string();
        let bytes = File::open(path).and_then(|file| limit.read(file));
        let bytes = bytes.map_err(|error| unreadable(&name, path, &error))?;
        Self::from_bytes_within(name, bytes, limit)
    }

    /// Reads bytes that came from `name`, such as `<stdin>`: a suite or what belongs to one.
    pub fn from_bytes(name: impl Into<String>, bytes: Vec<u8>) -> Result<Self, Diagnostic> {
        Self::from_bytes_within(name, bytes, Limit::Suite)
    }

    /// The same of bytes with this limit.
    pub fn from_bytes_within(
        name: impl Into<String>,
        bytes: Vec<u8>,
        limit: Limit,
    ) -> Result<Self, Diagnostic> {
        let name = name.into();
        limit.check(&name, bytes.len())?;
        if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
            return Err(Diagnostic::new(
                "not-utf-8",
                format!("`{name}` is UTF-16, expected UTF-8"),
            )
            .help("editors offer UTF-8 when the file is saved under a new name"));
        }
        match String::from_utf8(bytes) {
            Ok(text) => Self::new(name, text).without_nul(),
            Err(error) => Err(not_utf8(
                name,
                error.as_bytes(),
                error.utf8_error().valid_up_to(),
            )),
        }
    }

    /// Line and column of a byte offset, both from 1, the column in characters.
    #[must_use]
    pub fn line_column(&self, offset: usize) -> (usize, usize) {
        let offset = self.text.floor_char_boundary(offset);
        let before = &self.text[..offset];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let line = 1 + before.bytes().filter(|&byte| byte == b'\n').count();
        (line, 1 + before[line_start..].chars().count())
    }

    /// The line with this number, from 1, without its line feed. The lines are counted by the first call only: each
    /// of many problems asks for its own.
    pub(crate) fn line(&self, number: usize) -> Option<Range<usize>> {
        let index = number.checked_sub(1)?;
        let starts = self.starts.get_or_init(|| {
            let begins = self.text.match_indices('\n').map(|(at, _)| at + 1);
            std::iter::once(0).chain(begins).step_by(STRIDE).collect()
        });
        let mut start = *starts.get(index / STRIDE)?;
        for _ in 0..index % STRIDE {
            start += self.text[start..].find('\n')? + 1;
        }
        let rest = &self.text[start..];
        Some(start..start + rest.find('\n').unwrap_or(rest.len()))
    }

    /// Byte ranges that are shown as `***`: literal secrets. They are looked for by the first call only: a
    /// second reading of the same text finds the same ones.
    pub(crate) fn mask(&self, find: impl FnOnce() -> Vec<Range<usize>>) {
        self.masks.get_or_init(|| {
            let mut ranges = find();
            ranges.sort_by_key(|range| (range.start, range.end));
            // Ranges that overlap become one: whoever looks a place up relies on their order.
            ranges.dedup_by(|next, range| {
                let overlap = next.start <= range.end;
                if overlap {
                    range.end = range.end.max(next.end);
                }
                overlap
            });
            ranges
        });
    }

    pub(super) fn masks(&self) -> &[Range<usize>] {
        self.masks.get().map_or(&[], Vec::as_slice)
    }

    fn without_nul(self) -> Result<Self, Diagnostic> {
        match self.text.find('\0') {
            None => Ok(self),
            Some(offset) => {
                let (line, column) = self.line_column(offset);
                Err(Diagnostic::new(
                    "binary-file",
                    format!(
                        "`{}` is no text file: it has a NUL byte in line {line}, column {column}",
                        self.name
                    ),
                ))
            }
        }
    }
}

fn unreadable(name: &str, path: &Path, error: &io::Error) -> Diagnostic {
    match error.kind() {
        io::ErrorKind::NotFound => missing(name, path),
        io::ErrorKind::IsADirectory => is_directory(name),
        io::ErrorKind::PermissionDenied if path.is_dir() => is_directory(name),
        io::ErrorKind::PermissionDenied => Diagnostic::new(
            "file-unreadable",
            format!("`{name}` may not be read: permission denied"),
        )
        .help("the file's permissions do not let this user read it"),
        _ => Diagnostic::new(
            "file-unreadable",
            format!("`{name}` could not be read: {error}"),
        ),
    }
}

fn missing(name: &str, path: &Path) -> Diagnostic {
    let problem = Diagnostic::new("file-missing", format!("there is no file `{name}`"));
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() && !folder.exists() => {
            problem.help(format!("there is no folder `{}` either", folder.display()))
        }
        _ if path.is_relative() => problem.help("a relative path starts at the working directory"),
        _ => problem,
    }
}

fn is_directory(name: &str) -> Diagnostic {
    Diagnostic::new(
        "file-is-directory",
        format!("`{name}` is a directory, expected a file"),
    )
    .help("the path of the file inside it is needed")
}

fn not_utf8(name: String, bytes: &[u8], valid_up_to: usize) -> Diagnostic {
    let byte = bytes.get(valid_up_to).copied().unwrap_or_default();
    let source = Arc::new(Source::new(name, String::from_utf8_lossy(bytes)));
    // Dropping a byte order mark moved everything by its length.
    let start = valid_up_to
        - if bytes.starts_with(b"\xef\xbb\xbf") {
            3
        } else {
            0
        };
    Diagnostic::new("not-utf-8", format!("byte 0x{byte:02x} is not UTF-8"))
        .at(
            &source,
            start..start + char::REPLACEMENT_CHARACTER.len_utf8(),
        )
        .label("not UTF-8 from here")
        .help("editors offer UTF-8 when the file is saved; Latin-1 and Windows-1252 are not read")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_lines_and_columns() {
        let source = Source::new("s", "\u{feff}ab\r\nä€x\n");
        for (offset, expected) in [
            (0, (1, 1)),
            (1, (1, 2)),
            (4, (2, 1)),
            (5, (2, 1)),
            (6, (2, 2)),
            (9, (2, 3)),
            (10, (2, 4)),
            (11, (3, 1)),
            (99, (3, 1)),
        ] {
            assert_eq!(source.line_column(offset), expected, "offset {offset}");
        }
    }

    #[test]
    fn a_list_may_be_longer_than_a_suite() {
        let long = Limit::Suite.read(io::repeat(b'a')).unwrap();
        assert_eq!(long.len(), Limit::Suite.max_bytes() + 1);
        assert!(Source::from_bytes_within("s", long.clone(), Limit::Paths).is_ok());
        let refused = Source::from_bytes("s", long);
        assert_eq!(refused.map_err(|it| it.code), Err("file-too-large"));
        assert!(Limit::Paths.max_bytes() < u32::MAX as usize);
        for (limit, size, what) in [
            (Limit::Suite, "64 MiB", "a suite may"),
            (Limit::Paths, "1024 MiB", "a list may"),
        ] {
            assert_eq!(limit.check("s", limit.max_bytes()), Ok(()));
            let problem = limit.check("s", limit.max_bytes() + 1).unwrap_err();
            assert!(problem.message.contains(size), "{}", problem.message);
            assert!(problem.help[0].starts_with(what), "{:?}", problem.help);
        }
    }

    #[test]
    fn finds_lines() {
        let texts = ["", "\n", "a", "a\n", "\n\na\r\nb"].map(str::to_owned);
        let long = (0..3 * STRIDE).map(|number| format!("{number}\n"));
        for text in texts.into_iter().chain([long.collect()]) {
            let source = Source::new("s", text.as_str());
            assert_eq!(source.line(0), None);
            let lines: Vec<_> = (1..).map_while(|number| source.line(number)).collect();
            let lines: Vec<_> = lines.into_iter().map(|line| &text[line]).collect();
            assert_eq!(lines, text.split('\n').collect::<Vec<_>>(), "{text:?}");
        }
    }

    #[test]
    fn a_late_line_is_near_a_known_one() {
        let source = Source::new("s", "a\n".repeat(1000 * STRIDE));
        assert_eq!(source.line(1), Some(0..1));
        let starts = source.starts.get().map(Vec::as_slice).unwrap_or_default();
        assert_eq!(starts.len(), 1001);
        assert!(starts.windows(2).all(|two| two[1] - two[0] == 2 * STRIDE));
    }

    #[test]
    fn refuses_what_is_no_text() {
        let folder = tempfile::tempdir().unwrap();
        let code = |bytes: &[u8]| Source::from_bytes("s", bytes.to_vec()).map_err(|d| d.code);
        assert_eq!(code(b"a\0b"), Err("binary-file"));
        assert_eq!(code(b"\xff\xfea\0"), Err("not-utf-8"));
        assert_eq!(code(b"a: \xe9"), Err("not-utf-8"));
        let path = |path: &Path| Source::from_path(path).map_err(|d| d.code);
        assert_eq!(path(folder.path()), Err("file-is-directory"));
        assert_eq!(path(&folder.path().join("none.yaml")), Err("file-missing"));
        assert_eq!(
            path(&folder.path().join("none/none.yaml")),
            Err("file-missing")
        );
    }
}
