//! `JUnit` XML, as GitLab, Jenkins, Azure and most viewers of test results read it.
//!
//! Input: a comparison. Output: one suite for each environment, one case for each probe, and one for all that were
//! never sent, streamed; in the dialect of Surefire and quick-junit, which has an element for flaky cases. What XML
//! cannot hold is spelled out: no server can make the report unreadable.

use std::io;
use std::time::Duration;

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};

use super::cell::plain;
use super::facts::facts;
use super::label::Labels;
use super::text::escaped;
use super::unsent::{Unsent, folded, is_unsent, unsent};
use super::whole::whole;
use crate::compare::{Comparison, End, EnvironmentView, Probe, Row, Tally, Verdict};

/// Writes the report and a final line break.
pub(super) fn render(comparison: &Comparison, out: &mut dyn io::Write) -> io::Result<()> {
    let mut xml = Writer::new_with_indent(out, b' ', 2);
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let unsent = unsent(comparison);
    let mut root = element("testsuites", &[("name", title(comparison))]);
    push_counts(&mut root, comparison.tally(), &unsent.concat());
    push_times(&mut root, comparison, comparison.duration());
    xml.write_event(Event::Start(root))?;
    let labels = Labels::of(comparison);
    for (index, environment) in comparison.environments().enumerate() {
        let unsent = unsent.get(index).map_or(&[][..], Vec::as_slice);
        write_suite(&mut xml, comparison, (index, environment), &labels, unsent)?;
    }
    xml.write_event(Event::End(BytesEnd::new("testsuites")))?;
    xml.into_inner().write_all(b"\n")
}

type Xml<'o> = Writer<&'o mut dyn io::Write>;

fn write_suite(
    xml: &mut Xml<'_>,
    comparison: &Comparison,
    (index, environment): (usize, EnvironmentView<'_>),
    labels: &Labels,
    unsent: &[Unsent],
) -> io::Result<()> {
    let probes = || {
        let rows = comparison.rows().enumerate();
        let probes =
            rows.filter_map(|(endpoint, row)| Some((endpoint, row, row.probes().nth(index)?)));
        probes.filter(|(.., probe)| !is_unsent(*probe))
    };
    let mut suite = element("testsuite", &[("name", environment.name().to_owned())]);
    push_counts(&mut suite, environment.tally(), unsent);
    // The environments are asked at the same time: viewers add these up, as they do with cases.
    let time = probes().filter_map(|(.., probe)| probe.duration()).sum();
    push_times(&mut suite, comparison, time);
    xml.write_event(Event::Start(suite))?;
    write_properties(xml, comparison, environment)?;
    let class = format!("{}.{}", title(comparison), environment.name());
    for (endpoint, row, probe) in probes() {
        let case = element(
            "testcase",
            &[
                ("name", labels.label(endpoint, row)),
                ("classname", class.clone()),
                ("file", escaped(row.file()).into_owned()),
                ("line", row.line().to_string()),
                ("time", seconds(probe.duration().unwrap_or_default())),
            ],
        );
        write_case(xml, case, row, probe)?;
    }
    for unsent in unsent {
        write_unsent(xml, &class, unsent)?;
    }
    if let Some(whole) = whole(environment) {
        write_text(xml, element("system-err", &[]), &whole.to_string())?;
    }
    xml.write_event(Event::End(BytesEnd::new("testsuite")))
}

fn write_properties(
    xml: &mut Xml<'_>,
    comparison: &Comparison,
    environment: EnvironmentView<'_>,
) -> io::Result<()> {
    let is_insecure = comparison.insecure().contains(&environment.name());
    xml.write_event(Event::Start(BytesStart::new("properties")))?;
    for (name, value) in [
        ("base_url", environment.base_url()),
        ("reference", comparison.reference()),
        ("complete", word(comparison.end() == End::Complete)),
        ("insecure", word(is_insecure)),
    ] {
        let attributes = [
            ("name", name.to_owned()),
            ("value", escaped(value).into_owned()),
        ];
        xml.write_event(Event::Empty(element("property", &attributes)))?;
    }
    xml.write_event(Event::End(BytesEnd::new("properties")))
}

fn write_case(
    xml: &mut Xml<'_>,
    case: BytesStart<'_>,
    row: Row<'_>,
    probe: Probe<'_>,
) -> io::Result<()> {
    let reasons: Vec<_> = probe.reasons().iter().map(|why| why.as_str()).collect();
    let (tag, kind) = match probe.verdict() {
        Verdict::Match if !probe.flaky() => return xml.write_event(Event::Empty(case)),
        Verdict::Match => ("flakyFailure", "flaky".to_owned()),
        Verdict::Mismatch => ("failure", reasons.join(" ")),
        Verdict::Error => (
            "error",
            probe
                .error_kind()
                .map_or_else(String::new, |kind| kind.to_string()),
        ),
        Verdict::Accepted | Verdict::Skipped => ("skipped", String::new()),
    };
    let end = case.to_end().into_owned();
    xml.write_event(Event::Start(case))?;
    let message = ("message", plain(probe, false));
    if tag == "skipped" {
        xml.write_event(Event::Empty(element(tag, &[message])))?;
    } else {
        let facts = facts(row, probe);
        let lines: Vec<_> = facts
            .iter()
            .map(|(name, text)| format!("{name}: {text}"))
            .collect();
        let said = element(tag, &[message, ("type", kind)]);
        write_text(xml, said, &lines.join("\n"))?;
    }
    xml.write_event(Event::End(end))
}

/// One case that stands for all that were never sent.
fn write_unsent(xml: &mut Xml<'_>, class: &str, unsent: &Unsent) -> io::Result<()> {
    let case = element(
        "testcase",
        &[
            ("name", unsent.title()),
            ("classname", class.to_owned()),
            ("time", seconds(Duration::ZERO)),
        ],
    );
    let end = case.to_end().into_owned();
    xml.write_event(Event::Start(case))?;
    let said = [
        ("message", unsent.message()),
        ("type", unsent.kind.to_string()),
    ];
    xml.write_event(Event::Empty(element("error", &said)))?;
    xml.write_event(Event::End(end))
}

fn write_text(xml: &mut Xml<'_>, tag: BytesStart<'_>, text: &str) -> io::Result<()> {
    let end = tag.to_end().into_owned();
    xml.write_event(Event::Start(tag))?;
    xml.write_event(Event::Text(BytesText::new(text)))?;
    xml.write_event(Event::End(end))
}

fn element(tag: &'static str, attributes: &[(&str, String)]) -> BytesStart<'static> {
    let pairs = attributes
        .iter()
        .map(|(name, value)| (*name, value.as_str()));
    BytesStart::new(tag).with_attributes(pairs)
}

fn push_counts(element: &mut BytesStart<'_>, tally: Tally, unsent: &[Unsent]) {
    let folded = folded(unsent);
    for (name, count) in [
        ("tests", tally.probes() - folded),
        ("failures", tally.mismatched),
        ("errors", tally.errors - folded),
        // An accepted mismatch neither fails nor passes.
        ("skipped", tally.skipped + tally.accepted),
    ] {
        element.push_attribute((name, count.to_string().as_str()));
    }
}

fn push_times(element: &mut BytesStart<'_>, comparison: &Comparison, time: Duration) {
    let started_at = format!("{:.0}", comparison.started_at());
    element.push_attribute(("timestamp", started_at.as_str()));
    element.push_attribute(("time", seconds(time).as_str()));
}

/// What the run is called: the suite's name, else its file.
fn title(comparison: &Comparison) -> String {
    let title = comparison.name().unwrap_or(comparison.suite());
    escaped(title).into_owned()
}

fn seconds(duration: Duration) -> String {
    format!("{:.4}", duration.as_secs_f64())
}

const fn word(is_true: bool) -> &'static str {
    if is_true { "true" } else { "false" }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use quick_junit::{Report, TestCaseStatus};

    use super::{folded, unsent};
    use crate::report::Format;
    use crate::report::sample::{
        cut_short, down, green, known, left, rendered, repeated, shop, unsteady, walled,
    };

    #[test]
    fn one_suite_for_each_environment() {
        insta::assert_snapshot!(rendered(Format::Junit, &shop(), |options| options));
    }

    #[test]
    fn a_whole_environment_is_told_once_more() {
        let text = rendered(Format::Junit, &down(), |options| options);
        assert!(text.contains("<system-err>development, all "), "{text}");
        assert!(text.contains(r#"name="insecure" value="true""#), "{text}");
    }

    #[test]
    fn what_was_never_sent_is_one_case() {
        let text = rendered(Format::Junit, &cut_short(), |options| options);
        insta::assert_snapshot!("cut-short-junit", text);
    }

    #[test]
    fn another_reader_finds_the_same_counts() {
        for comparison in [
            shop(),
            known(),
            down(),
            cut_short(),
            green(),
            walled(),
            unsteady(),
            left(),
            repeated(),
        ] {
            let text = rendered(Format::Junit, &comparison, |options| options);
            let report = Report::deserialize_from_str(&text).unwrap();
            let tally = comparison.tally();
            let unsent = unsent(&comparison);
            let counts = (report.tests, report.failures, report.errors, report.skipped);
            let expected = (
                tally.probes() - folded(&unsent.concat()),
                tally.mismatched,
                tally.errors - folded(&unsent.concat()),
                tally.skipped + tally.accepted,
            );
            assert_eq!(counts, expected);
            let mut names = BTreeSet::new();
            let suites = report.test_suites.iter().zip(comparison.environments());
            for ((suite, environment), unsent) in suites.zip(&unsent) {
                let tally = environment.tally();
                assert_eq!(suite.name.as_str(), environment.name());
                let cases = tally.probes() - folded(unsent);
                assert_eq!((suite.tests, suite.test_cases.len()), (cases, cases));
                let is_flaky = |status: &TestCaseStatus| matches!(status, TestCaseStatus::Success { flaky_runs } if !flaky_runs.is_empty());
                let flaky = suite
                    .test_cases
                    .iter()
                    .filter(|case| is_flaky(&case.status));
                assert_eq!(flaky.count(), tally.flaky);
                for case in &suite.test_cases {
                    let name = (case.classname.clone(), case.name.clone());
                    assert!(names.insert(name.clone()), "{name:?} is there twice");
                }
            }
        }
    }
}
