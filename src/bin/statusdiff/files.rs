//! Files that reports go to: found fit before anything is sent, and replaced in one step.
//!
//! Input: a path as it was typed. Output: a [`Destination`]. A regular file has either its old content or all of
//! the new one, whatever happens; pipes and devices are written to as they are. It refuses to make folders.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, BufWriter, ErrorKind, Write};
use std::os::unix::fs::{MetadataExt, PermissionsExt, fchown};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tempfile::{Builder, NamedTempFile};

/// Symbolic links in a row that the operating system follows.
const MOST_LINKS: usize = 40;

/// Where a report goes to.
#[derive(Debug)]
pub(crate) struct Destination {
    place: PathBuf,
    way: Way,
    /// Whether a file that is there when it comes to writing is left alone.
    spares: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// A regular file, or none yet: written beside it, then renamed over it.
    Replace,
    /// A regular file in a folder that takes no new ones, such as one that is mounted into a container.
    Overwrite,
    /// A pipe, a device, or what `/dev/stdout` and its like stand for: never renamed over, never emptied.
    Append,
}

impl Destination {
    /// Looks at the place that `path` names, through symbolic links as a shell does, and leaves it as it is.
    ///
    /// # Errors
    ///
    /// What would keep a report from being written there: no such folder, a folder itself, no permission.
    pub(crate) fn find(path: &Path) -> io::Result<Self> {
        let place = resolve(path)?;
        // A link into these stands for a stream that is open already, whatever that is.
        let is_open = ["/proc", "/dev/fd"].iter().any(|it| place.starts_with(it));
        let way = match fs::metadata(&place) {
            Ok(about) if about.is_dir() => return Err(ErrorKind::IsADirectory.into()),
            Ok(about) if !is_open && about.is_file() => {
                OpenOptions::new().append(true).open(&place)?;
                match new_file_beside(&place, None) {
                    Ok(_unused) => Way::Replace,
                    Err(_) => Way::Overwrite,
                }
            }
            Ok(_) => Way::Append,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                new_file_beside(&place, None)?;
                Way::Replace
            }
            Err(error) => return Err(error),
        };
        Ok(Self {
            place,
            way,
            spares: false,
        })
    }

    /// The same for a file that must not be there yet, nor when it is written.
    ///
    /// # Errors
    ///
    /// Also that there is one.
    pub(crate) fn find_new(path: &Path) -> io::Result<Self> {
        let found = Self::find(path)?;
        if found.way != Way::Append && fs::symlink_metadata(&found.place).is_ok() {
            return Err(ErrorKind::AlreadyExists.into());
        }
        Ok(Self {
            spares: true,
            ..found
        })
    }

    /// Whether a report there would be overwritten by one into `other`.
    pub(crate) fn is_overwritten_by(&self, other: &Self) -> bool {
        self.way != Way::Append && self.place == other.place
    }

    /// Whether `input` is the very file.
    pub(crate) fn is_file(&self, input: &Path) -> bool {
        fs::canonicalize(input).is_ok_and(|input| input == self.place)
    }

    /// Whether it is this program's standard output by another name.
    pub(crate) fn is_stdout(&self) -> bool {
        self.way == Way::Append && self.place.ends_with("fd/1")
    }

    /// Opens it for what is written bit by bit. A file loses its old content.
    pub(crate) fn open(&self) -> io::Result<File> {
        match self.way {
            Way::Append => OpenOptions::new().append(true).open(&self.place),
            Way::Replace | Way::Overwrite => File::create(&self.place),
        }
    }

    /// Writes a whole report; a file has all of it or keeps what it had.
    pub(crate) fn write(
        &self,
        scratch: &Scratch,
        write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> io::Result<()> {
        if self.way != Way::Replace {
            return written(self.open()?, write).map(drop);
        }
        let mut file = scratch.create(&self.place)?;
        written(file.as_file_mut(), write)?;
        scratch.rename(file, &self.place, self.spares)
    }
}

/// The temporary file of the moment, known to whoever ends the program in the middle of a report.
#[derive(Debug, Clone, Default)]
pub(crate) struct Scratch(Arc<Mutex<Option<PathBuf>>>);

impl Scratch {
    /// Removes the temporary file, and lets none be made nor renamed any more: for the end of the program.
    pub(crate) fn abandon(&self) {
        let mut path = self.lock();
        if let Some(path) = path.take() {
            // There is nobody left to complain to.
            let _ = fs::remove_file(path);
        }
        std::mem::forget(path);
    }

    fn create(&self, place: &Path) -> io::Result<NamedTempFile> {
        let mut path = self.lock();
        let file = new_file_beside(place, fs::metadata(place).ok())?;
        *path = Some(file.path().to_owned());
        Ok(file)
    }

    /// Puts a file into its place; where `spares`, only if there is none.
    fn rename(&self, file: NamedTempFile, place: &Path, spares: bool) -> io::Result<()> {
        let mut path = self.lock();
        let put = if spares {
            NamedTempFile::persist_noclobber
        } else {
            NamedTempFile::persist
        };
        let result = match put(file, place) {
            Ok(_) => Ok(()),
            // A file that is mounted by itself cannot be renamed over.
            Err(failed) if failed.error.kind() == ErrorKind::ResourceBusy => {
                let copied = io::copy(&mut failed.file.reopen()?, &mut File::create(place)?);
                copied.map(drop)
            }
            Err(failed) => Err(failed.error),
        };
        *path = None;
        result
    }

    fn lock(&self) -> MutexGuard<'_, Option<PathBuf>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn written<W: Write>(
    file: W,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<W> {
    let mut buffer = BufWriter::new(file);
    write(&mut buffer)?;
    buffer.into_inner().map_err(io::IntoInnerError::into_error)
}

/// An empty file in the folder of `place`, with the owner and the permissions of the one that it will replace;
/// else with those that the umask leaves.
fn new_file_beside(place: &Path, replaced: Option<fs::Metadata>) -> io::Result<NamedTempFile> {
    let folder = place.parent().unwrap_or(Path::new("/"));
    let mut builder = Builder::new();
    builder.prefix(".statusdiff-").suffix(".tmp");
    let Some(replaced) = replaced else {
        builder.permissions(Permissions::from_mode(0o666));
        return builder.tempfile_in(folder).map_err(without_path);
    };
    let file = builder.tempfile_in(folder).map_err(without_path)?;
    // Only the superuser may give files away; for others it is theirs already, or has to become so.
    let _ = fchown(file.as_file(), Some(replaced.uid()), Some(replaced.gid()));
    file.as_file().set_permissions(replaced.permissions())?;
    Ok(file)
}

/// The error as the operating system gave it: `tempfile` adds the path of a file that nobody asked for.
fn without_path(error: io::Error) -> io::Error {
    let source = error.get_ref().and_then(std::error::Error::source);
    let source = source.and_then(|source| source.downcast_ref::<io::Error>());
    match source.and_then(io::Error::raw_os_error) {
        Some(code) => io::Error::from_raw_os_error(code),
        None => error,
    }
}

/// The place itself: an existing folder without links, and a name in it that is no link.
fn resolve(path: &Path) -> io::Result<PathBuf> {
    let mut path = path.to_owned();
    for _ in 0..MOST_LINKS {
        let name = path.file_name().ok_or(ErrorKind::IsADirectory)?;
        let folder = match path.parent() {
            Some(folder) if folder != Path::new("") => fs::canonicalize(folder)?,
            _ => fs::canonicalize(".")?,
        };
        let place = folder.join(name);
        if folder.starts_with("/proc") {
            return Ok(place);
        }
        match fs::read_link(&place) {
            Ok(target) => path = folder.join(target),
            Err(_no_link) => return Ok(place),
        }
    }
    Err(io::Error::other("too many symbolic links"))
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names.collect()
    }

    #[test]
    fn a_report_that_fails_leaves_what_was_there() {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("report");
        fs::write(&path, "old").unwrap();
        let destination = Destination::find(&path).unwrap();
        let result = destination.write(&Scratch::default(), |out| {
            out.write_all(&"half ".repeat(20_000).into_bytes())?;
            Err(ErrorKind::StorageFull.into())
        });
        assert_eq!(result.unwrap_err().kind(), ErrorKind::StorageFull);
        assert_eq!(fs::read(&path).unwrap(), b"old");
        assert_eq!(names(folder.path()), ["report"]);
    }

    #[test]
    fn the_end_of_the_program_in_the_middle_of_a_report_leaves_nothing() {
        let folder = TempDir::new().unwrap();
        let destination = Destination::find(&folder.path().join("report")).unwrap();
        let scratch = Scratch::default();
        let file = scratch.create(&destination.place).unwrap();
        assert_eq!(names(folder.path()).len(), 1);
        scratch.abandon();
        assert_eq!(names(folder.path()), [""; 0]);
        drop(file);
    }

    #[test]
    fn links_are_followed_to_what_they_name() {
        use std::os::unix::fs::symlink;
        let folder = TempDir::new().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::create_dir(at("sub")).unwrap();
        symlink("sub/second", at("first")).unwrap();
        symlink("../report", at("sub/second")).unwrap();
        symlink("loop", at("loop")).unwrap();
        let [first, report] = ["first", "report"].map(|name| Destination::find(&at(name)).unwrap());
        assert!(report.is_overwritten_by(&first));
        first
            .write(&Scratch::default(), |out| out.write_all(b"new"))
            .unwrap();
        assert_eq!(fs::read(at("report")).unwrap(), b"new");
        assert!(at("first").is_symlink() && at("sub/second").is_symlink());
        assert!(Destination::find(&at("loop")).is_err());
    }

    #[test]
    fn a_pipe_is_not_renamed_over_however_often_it_is_named() {
        let null = Destination::find(Path::new("/dev/null")).unwrap();
        assert_eq!(null.way, Way::Append);
        assert!(!null.is_overwritten_by(&null));
        null.write(&Scratch::default(), |out| out.write_all(b"new"))
            .unwrap();
        assert!(!fs::metadata("/dev/null").unwrap().is_file());
    }
}
