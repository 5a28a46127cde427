//! `statusdiff man`: one manual page with all commands and flags.

use std::io;

use clap::{Command, CommandFactory};
use clap_mangen::Man;
use clap_mangen::roff::{Roff, roman};
use statusdiff::exit::ExitStatus;

use crate::args::Args;
use crate::output;

/// Prints the page.
pub(crate) fn run() -> ExitStatus {
    match page() {
        Ok(page) => output::print(&page),
        Err(error) => {
            output::error(&format!("the manual page cannot be made: {error}"));
            ExitStatus::NothingSent
        }
    }
}

/// What is common to all commands, then a section for each of them.
fn page() -> io::Result<String> {
    let mut command = Args::command();
    command.build();
    let mut page = Vec::new();
    let whole = Man::new(command.clone());
    whole.render_title(&mut page)?;
    whole.render_name_section(&mut page)?;
    whole.render_synopsis_section(&mut page)?;
    whole.render_description_section(&mut page)?;
    let mut page = String::from_utf8_lossy(&page).into_owned();
    for subcommand in command.get_subcommands() {
        page += &section(subcommand)?;
    }
    let extra = command.get_after_help().map(ToString::to_string);
    page += &as_written("SH", &extra.unwrap_or_default());
    let mut rest = Vec::new();
    whole.render_version_section(&mut rest)?;
    Ok(page + &String::from_utf8_lossy(&rest))
}

/// The sections of a command's own page, as parts of one section that is named after it.
fn section(command: &Command) -> io::Result<String> {
    let man = Man::new(command.clone());
    let mut parts = Vec::new();
    man.render_synopsis_section(&mut parts)?;
    man.render_description_section(&mut parts)?;
    man.render_options_section(&mut parts)?;
    let parts = String::from_utf8_lossy(&parts).replace("\n.SH ", "\n.SS ");
    let parts = match parts.strip_prefix(".SH ") {
        Some(first) => format!(".SS {first}"),
        None => parts,
    };
    let name = command.get_name().to_uppercase();
    let extra = command.get_after_long_help().map(ToString::to_string);
    let extra = as_written("SS", &extra.unwrap_or_default());
    Ok(format!(".SH \"STATUSDIFF {name}\"\n{parts}{extra}"))
}

/// A section named by the first line of `text`; its other lines stay as they are.
fn as_written(level: &str, text: &str) -> String {
    let Some((heading, lines)) = text.split_once('\n') else {
        return String::new();
    };
    let heading = heading.trim_end_matches(':').to_uppercase();
    let mut section = Roff::new();
    section.control(level, [heading.as_str()]);
    section.control("nf", []);
    for line in lines.lines() {
        section.text([roman(line)]);
    }
    section.control("fi", []);
    section.render()
}
