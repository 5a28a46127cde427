//! How single values are spelled, as regular expressions that JSON Schema has (ECMA 262).

/// `${NAME}` or `${NAME:-fallback}` somewhere in a text.
pub(super) const TEMPLATE: &str = r"\$\{[A-Za-z_][A-Za-z0-9_]*(?::-[^}]*)?\}";

/// A name of an environment or a credential.
pub(super) const NAME: &str = "^[A-Za-z0-9._-]+$";

/// `${` only where it begins a template, or escaped; no control characters but tabs and line breaks.
pub(super) fn text() -> String {
    format!(r"^(?:[^$\x00-\x08\x0B\x0C\x0E-\x1F\x7F]|\$(?!\{{)|\$\$\{{|{TEMPLATE})*$")
}

/// The same on one line.
pub(super) fn line() -> String {
    format!(r"^(?:[^$\x00-\x08\x0A-\x1F\x7F]|\$(?!\{{)|\$\$\{{|{TEMPLATE})*$")
}

/// All of `pattern`, or any text with a template in it.
pub(super) fn or_template(pattern: &str) -> String {
    format!("^(?:{pattern})$|{TEMPLATE}")
}

const STATUS: &str = "[2-9][0-9]{2}";

/// One status, class or range, `any`, or what it must not be.
pub(super) fn status() -> String {
    let some = some_status();
    format!(r"\s*(?:any|{some}|not\s+{some})\s*")
}

/// One status, class or range.
pub(super) fn some_status() -> String {
    format!("(?:{STATUS}(?:-{STATUS})?|[2-5][xX]{{2}})")
}

/// A status of redirects and where they lead; 304 leads nowhere.
pub(super) fn redirect() -> String {
    let service = r"(?![hH][tT]{2}[pP][sS]?:)[A-Za-z0-9._-]+:/(?!/)\S*";
    let target = format!(r"(?:/\S*|[hH][tT]{{2}}[pP][sS]?://\S+|{service})");
    format!(r"\s*(?!304\s*-[^0-9])(?:3[0-9]{{2}}(?:-3[0-9]{{2}})?|3[xX]{{2}})\s*->\s*{target}\s*")
}

const METHOD: &str = "(?!CONNECT(?![A-Z-]))[A-Z][A-Z-]*";

pub(super) fn method() -> String {
    format!("^{METHOD}$")
}

/// A path that is sent as it is written: no white space, fragment, backslash or dot segment.
pub(super) fn path() -> String {
    let dots = r"(?:\.|%2[eE]){1,2}";
    let plain =
        format!(r"(?!.*(?:^|[^$])\$\{{)(?!//)(?![^?]*/{dots}(?:[/?]|$))/[^\s\\#\x00-\x1F\x7F]*");
    format!(r"(?:{plain}|(?=/|\$\{{).*{TEMPLATE}.*)")
}

/// `[METHOD ]/path`.
pub(super) fn request_line() -> String {
    format!(r"^(?:{METHOD}\s+)?{}$", path())
}

/// The same where nothing follows: what looks like an expectation at its end lacks a space before it.
pub(super) fn lone_request_line() -> String {
    let expectation = format!(r"(?:{}|{}|\s*same\s*|[\[{{].*[\]}}])", status(), redirect());
    format!("^(?!.*/.*[^:]:{expectation}$){}", &request_line()[1..])
}

/// A number, perhaps with a point, that is more than nothing.
const AMOUNT: &str = r"(?!0+(?:\.0+)?(?![0-9.]))[0-9]+(?:\.[0-9]+)?";

pub(super) fn duration() -> String {
    format!(r"{AMOUNT}\s*(?:ms|s|m|h)")
}

pub(super) fn rate() -> String {
    format!(r"{AMOUNT}\s*/\s*[smh]")
}

/// A scheme, a host, perhaps a port and a path; no credentials, query or fragment.
pub(super) const BASE_URL: &str = concat!(
    r"[hH][tT]{2}[pP][sS]?://(?:[^\s\\?#@/:\[\]]+|\[[0-9A-Fa-f:.]+\])",
    r"(?::(?:[0-9]{1,4}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5]))?",
    r"(?:/[^\s\\?#]*)?",
);

pub(super) const PROXY: &str =
    r"none|(?:[hH][tT]{2}[pP][sS]?|[sS][oO][cC][kK][sS]5[hH]?)://[^\s/?#]+/?";

/// The shape of an IP address.
pub(super) const ADDRESS: &str =
    r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}|[0-9A-Fa-f.]*:[0-9A-Fa-f.]*:[0-9A-Fa-f.:]*";

/// A host name: no address, port, pattern or URL.
pub(super) const HOST: &str = r"^(?![0-9]{1,3}(?:\.[0-9]{1,3}){3}$)[^\s:/*@?#\[\]]+$";

/// The name of a header (RFC 9110, section 5.1).
pub(super) const HEADER: &str = "^[A-Za-z0-9!#$%&'*+.^_`|~-]+$";

/// The headers that frame a message.
pub(super) const FRAMING: &str = "^(?:[cC][oO][nN][tT][eE][nN][tT]-[lL][eE][nN][gG][tT][hH]|[tT][rR][aA][nN][sS][fF][eE][rR]-[eE][nN][cC][oO][dD][iI][nN][gG])$";
