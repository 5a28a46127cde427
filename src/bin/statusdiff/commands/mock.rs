//! `statusdiff mock`: the embedded environments of a suite, served until interrupted.

use std::io;
use std::sync::mpsc;

use statusdiff::diagnostic::Diagnostic;
use statusdiff::exit::ExitStatus;
use statusdiff::plan::{Plan, Selection, Settings};
use statusdiff::suite::{self, Overrides};

use crate::args::Mock;
use crate::{output, settings, signals};
use statusdiff::start_embedded;

/// Serves and waits.
pub(crate) fn run(args: &Mock) -> ExitStatus {
    let mut plan = match plan(args) {
        Ok(plan) => plan,
        Err(problems) => return output::problems(&problems),
    };
    match serve(&mut plan, args.port) {
        Ok(()) => ExitStatus::Passed,
        Err(error) => {
            output::error(&format!(
                "the embedded environments cannot be served: {error}"
            ));
            ExitStatus::NothingSent
        }
    }
}

fn plan(args: &Mock) -> Result<Plan, Vec<Diagnostic>> {
    let source = settings::only_suite("mock", args.suite.as_deref(), &args.further);
    let source = source.map_err(|problem| vec![problem])?;
    let (suite, problems) = suite::read(source, &Overrides::default());
    let Some(suite) = suite.filter(|_| problems.is_empty()) else {
        return Err(problems);
    };
    let embedded = suite
        .environments
        .iter()
        .filter(|environment| has_mock(environment));
    let selection = Selection {
        environments: embedded
            .map(|environment| environment.name.clone())
            .collect(),
        ..Selection::default()
    };
    if selection.environments.is_empty() {
        let message = format!(
            "`{}` has no embedded environment to serve",
            suite.source.name
        );
        return Err(vec![
            Diagnostic::new("no-mock", message)
                .help("give an environment `mock: { /health: 200 }`"),
        ]);
    }
    // What else the suite asks, of whom and with which values, makes no difference here.
    let suite = suite.base_urls_only();
    Plan::new(suite, &selection, &Settings::default(), &settings::variable)
}

fn has_mock(environment: &suite::Environment) -> bool {
    let services = environment.services.iter().map(|service| &service.base);
    std::iter::once(&environment.base)
        .chain(services)
        .any(|base| matches!(base, suite::Base::Mock(_)))
}

fn serve(plan: &mut Plan, first_port: Option<u16>) -> io::Result<()> {
    let _running = start_embedded(plan, first_port)?;
    let (interrupted, wait) = mpsc::channel();
    signals::listen(
        move |_end| {
            let _ = interrupted.send(());
        },
        || {},
    )?;
    output::to_stdout(|out| {
        let environments = plan.environments().iter();
        let sites = environments.flat_map(|it| std::iter::once(it).chain(it.services()));
        for site in sites.filter(|site| site.is_mock()) {
            let url = site
                .base_url()
                .map_or("", |url| url.as_str().trim_end_matches('/'));
            writeln!(out, "{}: {url}", site.label())?;
        }
        writeln!(out, "Press Ctrl-C to stop.")
    })?;
    // Nothing else ends it: the sender lives as long as the signals are listened to.
    let _ = wait.recv();
    Ok(())
}
