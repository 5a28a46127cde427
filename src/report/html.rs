//! The page: everything about a run in one file, for browsers.
//!
//! Input: a comparison. Output: one HTML document with its style, its script and all of its data inside, so
//! that it can be kept, sent and opened anywhere. It refuses the network, and whatever a server or a suite says
//! to be anything but text: its policy lets nothing run but its own script, which is known by its hash.
//! Without script it still shows what went wrong.

mod data;
mod entry;

use std::io;

use askama::Template;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use ring::digest::{SHA256, digest};

use self::entry::{Entry, Scene};
use super::Options;
use super::cell::mark;
use super::finding::{Groups, findings};
use super::news::News;
use super::summary;
use super::text::{counted, escaped};
use super::unsent::is_row_unsent;
use crate::compare::{Comparison, EnvironmentView, Row, Tally, Verdict};

const STYLE: &str = include_str!("html/style.css");
const SCRIPT: &str = include_str!("html/script.js");
/// More rows than anybody reads without a filter; the script can show all.
const MOST_ROWS: usize = 500;
/// More columns than a page has room for get a frame to be scrolled in.
const MOST_COLUMNS: usize = 6;

/// Writes the whole page. Only its first rows are ever held in memory.
pub(super) fn render(
    comparison: &Comparison,
    options: &Options,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let environments: Vec<EnvironmentView<'_>> = comparison.environments().collect();
    let bases = environments
        .iter()
        .map(|environment| escaped(environment.base_url()).into_owned());
    let scene = Scene {
        news: News::of(comparison),
        groups: Groups::new(&environments),
        bases: bases.collect(),
        file: comparison.file(),
    };
    Page::new(comparison, options, &scene).write_into(out)?;
    data::write(comparison, &scene, out)?;
    write!(
        out,
        "</script>\n<script>{SCRIPT}</script>\n</body>\n</html>\n"
    )
}

/// The page up to its data.
#[derive(Template)]
#[template(path = "page.html")]
struct Page<'c> {
    policy: String,
    style: &'static str,
    version: &'static str,
    mark: &'static str,
    verdict: &'static str,
    headline: String,
    counts: String,
    started_at: String,
    /// What others are compared with, if there are others.
    reference: Option<&'c str>,
    unasked: Option<String>,
    /// The endpoints that were sent nowhere.
    unlisted: Option<String>,
    /// The word of the verdict, its mark, and the text; what is only to be known has no word.
    findings: Vec<(&'static str, &'static str, String)>,
    environments: Vec<Environment<'c>>,
    /// Whether matching endpoints are listed from the start.
    all: bool,
    entries: Vec<Entry>,
    /// How many more have something to say.
    more: usize,
    has_many_columns: bool,
    /// Whether there was a list of accepted mismatches.
    accepts: bool,
}

impl<'c> Page<'c> {
    fn new(comparison: &'c Comparison, options: &Options, scene: &Scene<'_, '_>) -> Self {
        let (verdict, text) = summary::verdict(comparison, options.exit);
        let mark = mark(verdict);
        let is_listed = |row: &Row<'_>| scene.news.lists(*row, options.all);
        let listed = comparison.rows().filter(is_listed).count();
        let unlisted = comparison.rows().filter(|row| is_row_unsent(*row)).count();
        let entries: Vec<Entry> = worst_first(comparison)
            .filter(is_listed)
            // Once all are found there is no need to look any further.
            .take(listed.min(MOST_ROWS))
            .map(|row| Entry::new(row, scene))
            .collect();
        let unasked: usize = comparison
            .environments()
            .map(|environment| environment.unasked())
            .sum();
        let has_others = comparison
            .environments()
            .any(|environment| environment.name() != comparison.reference());
        Self {
            policy: policy(),
            style: STYLE,
            version: env!("CARGO_PKG_VERSION"),
            mark,
            verdict: verdict.as_str(),
            headline: text.trim_start_matches(mark).trim_start().to_owned(),
            counts: summary::counts(comparison),
            started_at: format!("{:.0}", comparison.started_at()),
            reference: has_others.then(|| comparison.reference()),
            unasked: (unasked > 0).then(|| counted(unasked, "probe")),
            unlisted: (unlisted > 0).then(|| counted(unlisted, "endpoint")),
            findings: findings(comparison)
                .into_iter()
                .map(|finding| match finding.verdict {
                    Some(verdict) => (verdict.as_str(), super::cell::mark(verdict), finding.text),
                    None => ("", "·", finding.text),
                })
                .collect(),
            environments: comparison
                .environments()
                .map(|environment| {
                    Environment::new(environment, has_others, comparison.reference())
                })
                .collect(),
            all: options.all,
            more: listed - entries.len(),
            entries,
            accepts: comparison.acceptance().is_some(),
            has_many_columns: comparison.environments().len() > MOST_COLUMNS,
        }
    }
}

/// Nothing is loaded, sent or run but what this program has put into the page.
fn policy() -> String {
    let hash = |text: &str| BASE64_STANDARD.encode(digest(&SHA256, text.as_bytes()));
    format!(
        "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; base-uri 'none'; form-action 'none'",
        hash(STYLE),
        hash(SCRIPT)
    )
}

/// All rows by their worst verdict, and in suite order where that is the same.
fn worst_first(comparison: &Comparison) -> impl Iterator<Item = Row<'_>> {
    const WORST_FIRST: [Verdict; 5] = [
        Verdict::Mismatch,
        Verdict::Error,
        Verdict::Accepted,
        Verdict::Match,
        Verdict::Skipped,
    ];
    WORST_FIRST.into_iter().flat_map(|verdict| {
        comparison
            .rows()
            .filter(move |row| row.verdict() == verdict)
    })
}

struct Environment<'c> {
    name: &'c str,
    kind: &'static str,
    base_url: String,
    is_reference: bool,
    /// How many of its probes have a verdict: the class of the style, a mark, and words.
    counts: Vec<(&'static str, &'static str, String)>,
    statuses: Vec<(u16, usize)>,
    unasked: usize,
}

impl<'c> Environment<'c> {
    fn new(environment: EnvironmentView<'c>, has_others: bool, reference: &str) -> Self {
        let statuses = environment.statuses().iter();
        Self {
            name: environment.name(),
            kind: environment.kind().as_str(),
            base_url: escaped(environment.base_url()).into_owned(),
            is_reference: has_others && environment.name() == reference,
            counts: counts(environment.tally()),
            statuses: statuses
                .map(|(status, count)| (status.as_u16(), *count))
                .collect(),
            unasked: environment.unasked(),
        }
    }
}

fn counts(tally: Tally) -> Vec<(&'static str, &'static str, String)> {
    let style = |verdict: Verdict| (verdict.as_str(), mark(verdict));
    let errors = if tally.errors == 1 { "error" } else { "errors" };
    [
        (tally.mismatched, style(Verdict::Mismatch), "mismatched"),
        (tally.errors, style(Verdict::Error), errors),
        (tally.accepted, style(Verdict::Accepted), "accepted"),
        (tally.matched, style(Verdict::Match), "matched"),
        (tally.skipped, style(Verdict::Skipped), "skipped"),
        (tally.flaky, ("flaky", "↻"), "flaky"),
    ]
    .into_iter()
    .filter(|(count, ..)| *count > 0)
    .map(|(count, (class, mark), word)| (class, mark, format!("{count} {word}")))
    .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::report::Format;
    use crate::report::sample::{
        clones, cut_short, down, green, hostile, known, left, rendered, shop, wall,
    };

    fn page(comparison: &Comparison) -> String {
        rendered(Format::Html, comparison, |options| options)
    }

    /// The page without its style and its script, whose bytes are in the repository.
    fn content(page: &str) -> String {
        let policy = policy().replace('\'', "&#39;");
        let replaced = page
            .replace(STYLE, "STYLE")
            .replace(SCRIPT, "SCRIPT")
            .replace(&policy, "POLICY");
        replaced.replace(env!("CARGO_PKG_VERSION"), "VERSION")
    }

    fn data(page: &str) -> Value {
        let (_, data) = page
            .split_once("<script type=\"application/json\" id=\"data\">")
            .unwrap();
        let (data, _) = data.split_once("</script>").unwrap();
        serde_json::from_str(data).unwrap()
    }

    #[test]
    fn tells_everything() {
        insta::assert_snapshot!("shop-html", content(&page(&shop())));
    }

    #[test]
    fn nothing_in_a_suite_or_an_answer_is_markup() {
        let page = page(&hostile());
        insta::assert_snapshot!("hostile-html", content(&page));
        let text = content(&page);
        for (tag, times) in [
            ("<script", 2),
            ("</script", 2),
            ("<img", 0),
            ("<svg", 0),
            ("<i>", 0),
            ("<!--", 0),
        ] {
            assert_eq!(text.matches(tag).count(), times, "{tag}");
        }
        assert!(!page.contains(['\u{202e}', '\u{1b}', '\u{2028}']));
    }

    #[test]
    fn its_own_script_and_style_end_where_they_should() {
        assert!(!SCRIPT.contains("</") && !SCRIPT.contains("<!--"));
        assert!(!STYLE.contains('<'));
        // A browser hashes the text after it has made all line breaks LF.
        assert!(!SCRIPT.contains('\r') && !STYLE.contains('\r'));
    }

    #[test]
    fn lists_what_went_wrong_without_script() {
        let page = page(&wall());
        assert!(page.contains("<span class=\"code\">/209</span>"));
        assert!(!page.contains("<span class=\"code\">/4</span>"));
    }

    #[test]
    fn matching_endpoints_are_listed_on_demand() {
        let rows = |all| {
            let page = rendered(Format::Html, &green(), |options| Options { all, ..options });
            page.matches("<tr role=\"row\">\n").count()
        };
        assert_eq!((rows(false), rows(true)), (0, 2));
    }

    #[test]
    fn has_every_probe_that_was_sent_as_data() {
        let is_told = |row: &Row<'_>| {
            let mut probes = row.probes();
            probes.any(|probe| probe.attempts() > 0)
        };
        for comparison in [
            shop(),
            down(),
            cut_short(),
            clones(),
            wall(),
            green(),
            hostile(),
            known(),
        ] {
            let data = data(&page(&comparison));
            let endpoints = data["endpoints"].as_array().unwrap();
            let rows = comparison.rows().filter(is_told);
            assert_eq!(endpoints.len(), rows.clone().count());
            for (row, endpoint) in rows.zip(endpoints) {
                for (index, probe) in row.probes().enumerate() {
                    let cell = &endpoint["cells"][index];
                    let verdict = cell["verdict"].as_str().unwrap_or("match");
                    assert_eq!(verdict, probe.verdict().as_str());
                    let status = probe.status().map(|status| u64::from(status.as_u16()));
                    assert_eq!(cell["status"].as_u64(), status);
                    assert_eq!(cell["curl"].as_str(), probe.curl().as_deref());
                    let base = data["environments"][index]["base_url"].as_str().unwrap();
                    let usual = format!("{base}{}", endpoint["path"].as_str().unwrap());
                    assert_eq!(
                        cell["url"].as_str().unwrap_or(&usual),
                        escaped(&probe.url())
                    );
                }
            }
        }
    }

    #[test]
    fn what_was_sent_nowhere_is_counted_and_not_listed() {
        let page = rendered(Format::Html, &left(), |options| Options {
            all: true,
            ..options
        });
        assert!(
            page.contains("not listed: 3 endpoints that were sent nowhere"),
            "{page}"
        );
        let data = data(&page);
        let endpoints = data["endpoints"].as_array().unwrap().iter();
        let paths: Vec<_> = endpoints.map(|it| it["path"].as_str().unwrap()).collect();
        assert_eq!(paths, ["/seen"]);
        assert!(!page.contains("/rest") && !page.contains("/only"), "{page}");
    }

    #[test]
    fn says_how_the_run_ended() {
        let page = page(&cut_short());
        assert!(
            page.contains("incomplete: 3 probes got no verdict before the run ended"),
            "{page}"
        );
        assert!(self::page(&down()).contains("certificates were not verified (insecure)"));
    }

    #[test]
    fn is_the_same_for_the_same_run() {
        assert_eq!(page(&shop()), page(&shop()));
    }
}
