//! Input: base URLs and a number of paths. Output: the files that tell each program to ask for the same: a suite, a
//! list of URLs, a configuration for curl, files for hurl, a script for wrk. What deviates is known beforehand.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::Result;

/// The names of the three environments.
pub(crate) const ENVIRONMENTS: [&str; 3] = ["development", "staging", "production"];

/// The path with this number. Of a hundred, one each is missing in the first, second and third environment.
pub(crate) fn path(number: usize) -> String {
    match missing_in(number) {
        Some(environment) => format!("/missing-{environment}/{number:07}"),
        None => format!("/products/{number:07}"),
    }
}

/// The index of the environment that answers 404 to the path with this number; the others answer 200, as all do to
/// most paths.
pub(crate) fn missing_in(number: usize) -> Option<usize> {
    (number % 100).checked_sub(100 - ENVIRONMENTS.len())
}

/// The path with this number among those that all environments redirect, each of them to a place of its own.
fn redirected(number: usize) -> String {
    format!("/moved/{number:07}")
}

/// Which paths are answered with something else than 200.
enum Deviating {
    None,
    /// Those that [`missing_in`] tells.
    Some,
    All,
}

/// Some paths, each to be asked at some base URLs.
pub(crate) struct Work {
    /// The first of [`ENVIRONMENTS`], or all, have these base URLs.
    pub(crate) bases: Vec<String>,
    /// How many paths.
    pub(crate) paths: usize,
    /// Requests in flight in all.
    pub(crate) in_flight: usize,
    /// Whose certificate to trust, for https.
    pub(crate) ca: Option<PathBuf>,
    /// Which of the paths are answered with something else than 200.
    deviating: Deviating,
    folder: PathBuf,
}

impl Work {
    /// Writes files for that much work into `folder`, which must be new.
    pub(crate) fn write(
        folder: PathBuf,
        bases: &[String],
        paths: usize,
        in_flight: usize,
    ) -> Result<Self> {
        let work = Self::in_folder(folder, bases, paths, in_flight)?;
        work.write_suite()?;
        work.write_lists()?;
        work.write_hurl()?;
        Ok(work)
    }

    /// The same with no other file than `paths.txt`, for `statusdiff --paths` alone.
    pub(crate) fn write_list(
        folder: PathBuf,
        bases: &[String],
        paths: usize,
        in_flight: usize,
    ) -> Result<Self> {
        let work = Self::in_folder(folder, bases, paths, in_flight)?;
        write_lines(&work.file("paths.txt"), (0..paths).map(path))?;
        Ok(work)
    }

    /// The same with paths that every environment redirects.
    pub(crate) fn write_redirects(
        folder: PathBuf,
        bases: &[String],
        paths: usize,
        in_flight: usize,
    ) -> Result<Self> {
        let work = Self::in_folder(folder, bases, paths, in_flight)?;
        write_lines(&work.file("paths.txt"), (0..paths).map(redirected))?;
        Ok(Self {
            deviating: Deviating::All,
            ..work
        })
    }

    fn in_folder(
        folder: PathBuf,
        bases: &[String],
        paths: usize,
        in_flight: usize,
    ) -> Result<Self> {
        fs::create_dir(&folder)?;
        Ok(Self {
            bases: bases.to_owned(),
            paths,
            in_flight,
            ca: None,
            deviating: Deviating::Some,
            folder,
        })
    }

    /// The same, trusting the certificate in this file.
    pub(crate) fn trusting(mut self, ca: &Path) -> Result<Self> {
        self.ca = Some(ca.to_owned());
        self.write_suite()?;
        Ok(self)
    }

    /// The same for a server that answers 200 to everything.
    pub(crate) fn without_deviations(mut self) -> Self {
        self.deviating = Deviating::None;
        self
    }

    /// How many requests that makes.
    pub(crate) fn requests(&self) -> usize {
        self.paths * self.bases.len()
    }

    /// How many of these are answered with something else than 200.
    pub(crate) fn deviating(&self) -> usize {
        let here = |number: &usize| missing_in(*number).is_some_and(|i| i < self.bases.len());
        match self.deviating {
            Deviating::None => 0,
            Deviating::Some => (0..self.paths).filter(here).count(),
            Deviating::All => self.requests(),
        }
    }

    /// One of the files: `suite.yaml`, `paths.txt`, `urls.txt`, `curl.conf`, `wrk.lua`.
    pub(crate) fn file(&self, name: &str) -> String {
        self.folder.join(name).display().to_string()
    }

    /// As many files of the same size, give or take one request, as there are requests in flight.
    pub(crate) fn hurl_files(&self) -> Vec<String> {
        let count = self.in_flight.min(self.requests());
        let name = |index| self.file(&format!("{index:03}.hurl"));
        (0..count).map(name).collect()
    }

    fn urls(&self) -> impl Iterator<Item = String> {
        let at = |number| {
            let path = path(number);
            self.bases.iter().map(move |base| format!("{base}{path}"))
        };
        (0..self.paths).flat_map(at)
    }

    fn write_suite(&self) -> Result<()> {
        let mut suite = create(&self.file("suite.yaml"))?;
        writeln!(suite, "environments:")?;
        for (name, base) in ENVIRONMENTS.iter().zip(&self.bases) {
            writeln!(suite, "  {name}:\n    base_url: {base}")?;
            if let Some(ca) = &self.ca {
                writeln!(suite, "    tls: {{ ca_file: {} }}", ca.display())?;
            }
        }
        writeln!(suite, "endpoints:")?;
        for number in 0..self.paths {
            writeln!(suite, "  - {}: 200", path(number))?;
        }
        Ok(suite.flush()?)
    }

    fn write_lists(&self) -> Result<()> {
        write_lines(&self.file("paths.txt"), (0..self.paths).map(path))?;
        let mut urls = create(&self.file("urls.txt"))?;
        let mut curl = create(&self.file("curl.conf"))?;
        for url in self.urls() {
            writeln!(urls, "{url}")?;
            writeln!(curl, "url = \"{url}\"\noutput = \"/dev/null\"")?;
        }
        urls.flush()?;
        curl.flush()?;
        // Only one environment: wrk has one server.
        let script = r#"local paths = {}
local last = 0
-- Only here is it known which server the requests are for.
init = function()
  for path in io.lines("LIST") do paths[#paths + 1] = wrk.format("GET", path) end
end
request = function()
  last = last % #paths + 1
  return paths[last]
end
"#;
        let script = script.replace("LIST", &self.file("paths.txt"));
        fs::write(self.file("wrk.lua"), script)?;
        Ok(())
    }

    fn write_hurl(&self) -> Result<()> {
        let names = self.hurl_files();
        for (index, name) in names.iter().enumerate() {
            let mut file = create(name)?;
            for url in self.urls().skip(index).step_by(names.len()) {
                writeln!(file, "GET {url}\nHTTP 200\n")?;
            }
            file.flush()?;
        }
        Ok(())
    }
}

/// Writes a list of paths, one a line.
fn write_lines(file: &str, lines: impl Iterator<Item = String>) -> Result<()> {
    let mut list = create(file)?;
    for line in lines {
        writeln!(list, "{line}")?;
    }
    Ok(list.flush()?)
}

fn create(file: &str) -> Result<BufWriter<File>> {
    Ok(BufWriter::new(File::create(file)?))
}
