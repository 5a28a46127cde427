//! A problem in what the user wrote, and how it is shown.
//!
//! Input: a text ([`Source`]) and what is wrong with a part of it ([`Diagnostic`]). Output: lines for a
//! person, with the part underlined ([`render`]). It refuses to show control characters or masked secrets.

mod render;
mod snippet;
mod source;

use std::ops::Range;
use std::sync::Arc;

pub use render::render;
pub use source::{Limit, STDIN, Source, TYPED, is_file_name};

/// One problem. Messages are lower case, values in backticks, no final full stop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// A stable word for the kind of problem, such as `unknown-key`.
    pub code: &'static str,
    /// What is wrong.
    pub message: String,
    /// Where: the text and a byte range of it. Absent for a problem on the command line.
    pub span: Option<(Arc<Source>, Range<usize>)>,
    /// What stands beside the underline.
    pub label: String,
    /// How to mend it, a statement each.
    pub help: Vec<String>,
}

impl Diagnostic {
    /// A problem without a place, label or help.
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            span: None,
            label: String::new(),
            help: Vec::new(),
        }
    }

    /// The same problem at a byte range of `source`.
    #[must_use]
    pub fn at(mut self, source: &Arc<Source>, range: Range<usize>) -> Self {
        self.span = Some((Arc::clone(source), range));
        self
    }

    /// The same problem with `label` beside the underline.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// The same problem with one more way to mend it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }
}
