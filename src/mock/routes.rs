//! From a request's method, path and query to the answer prepared for it.
//!
//! Input: the routes of one environment. Output: [`Routes::answer`]. It refuses header values that HTTP
//! cannot carry (RFC 9110, section 5.5), and leaves the framing of an answer to the server.

use std::collections::HashMap;
use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use http::header::{CONTENT_LENGTH, LOCATION, TRANSFER_ENCODING};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use hyper::body::Bytes;
use url::Url;

use crate::suite::{MockAnswer, MockRoute};

/// The answers of one environment, ready to be sent.
#[derive(Debug)]
pub(super) struct Routes {
    /// By path, or by `path?query` where the route writes a query.
    by_target: HashMap<String, Vec<(Option<Method>, Turns)>>,
    not_listed: Answer,
}

/// The answers of one route, given in turn.
#[derive(Debug)]
struct Turns {
    answers: Vec<Answer>,
    /// How often one was given, whatever connection asked.
    given: AtomicUsize,
}

/// One answer; cheap to clone but for its headers.
#[derive(Debug, Clone)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
    pub(super) delay: Duration,
}

impl Routes {
    /// Prepares the routes; fails on a header value that cannot be sent. Of two routes for the same method
    /// and path the first one answers.
    pub(super) fn new(routes: &[MockRoute<String>]) -> io::Result<Self> {
        let mut by_target = HashMap::<_, Vec<_>>::with_capacity(routes.len());
        for route in routes {
            let answers = by_target.entry(as_sent(&route.path)).or_default();
            answers.push((route.method.clone(), Turns::new(route)?));
        }
        Ok(Self {
            by_target,
            not_listed: Answer::empty(StatusCode::NOT_FOUND),
        })
    }

    /// The answer to a request, which has its turn with that; a route that writes the query goes before one that
    /// does not.
    pub(super) fn answer(&self, method: &Method, path: &str, query: Option<&str>) -> &Answer {
        query
            .and_then(|query| self.listed(method, &format!("{path}?{query}")))
            .or_else(|| self.listed(method, path))
            .and_then(Turns::next)
            .unwrap_or(&self.not_listed)
    }

    /// Its own method's route first; HEAD is then answered as GET is (RFC 9110, section 9.3.2).
    fn listed(&self, method: &Method, target: &str) -> Option<&Turns> {
        let answers = self.by_target.get(target)?;
        let find = |wanted: Option<&Method>| {
            answers
                .iter()
                .find(|(route, _)| route.as_ref() == wanted)
                .map(|(_, turns)| turns)
        };
        let as_get = || {
            if method == Method::HEAD {
                find(Some(&Method::GET))
            } else {
                None
            }
        };
        find(Some(method)).or_else(as_get).or_else(|| find(None))
    }
}

impl Turns {
    fn new(route: &MockRoute<String>) -> io::Result<Self> {
        let answers = route.answers.iter();
        let answers = answers.map(|answer| Answer::new(&route.path, answer));
        Ok(Self {
            answers: answers.collect::<io::Result<_>>()?,
            given: AtomicUsize::new(0),
        })
    }

    fn next(&self) -> Option<&Answer> {
        let turn = self.given.fetch_add(1, Ordering::Relaxed);
        self.answers.get(turn.checked_rem(self.answers.len())?)
    }
}

impl Answer {
    fn new(path: &str, answer: &MockAnswer<String>) -> io::Result<Self> {
        let mut headers = HeaderMap::with_capacity(answer.headers.len() + 1);
        for (name, value) in &answer.headers {
            // The server writes these two itself; a second opinion would break the connection.
            if name != CONTENT_LENGTH && name != TRANSFER_ENCODING {
                headers.append(name, header_value(path, name.as_str(), value)?);
            }
        }
        if let Some(location) = &answer.location {
            headers.insert(LOCATION, header_value(path, LOCATION.as_str(), location)?);
        }
        let body = if matches!(
            answer.status,
            StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED
        ) {
            Bytes::new()
        } else {
            Bytes::from(answer.body.clone())
        };
        Ok(Self {
            status: answer.status,
            headers,
            body,
            delay: answer.delay,
        })
    }

    fn empty(status: StatusCode) -> Self {
        Self {
            status,
            headers: HeaderMap::new(),
            body: Bytes::new(),
            delay: Duration::ZERO,
        }
    }
}

fn header_value(path: &str, name: &str, value: &str) -> io::Result<HeaderValue> {
    HeaderValue::from_bytes(value.as_bytes()).map_err(|error| {
        let message = format!("`{name}` of the embedded answer to `{path}`: {error}");
        io::Error::new(io::ErrorKind::InvalidInput, message)
    })
}

/// The path as clients send it: `/über` arrives as `/%C3%BCber`, and `/a/../b` as `/b`.
fn as_sent(path: &str) -> String {
    match Url::parse(&format!("http://localhost{path}")) {
        Ok(url) => url[url::Position::BeforePath..url::Position::AfterQuery].to_owned(),
        Err(_) => path.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderName;

    use super::*;

    fn route(method: Option<Method>, path: &str, status: u16) -> MockRoute<String> {
        MockRoute {
            method,
            path: path.to_owned(),
            answers: vec![answer(status)],
        }
    }

    fn answer(status: u16) -> MockAnswer<String> {
        MockAnswer {
            status: StatusCode::from_u16(status).unwrap(),
            location: None,
            delay: Duration::ZERO,
            headers: Vec::new(),
            body: String::new(),
        }
    }

    #[test]
    fn answers_take_turns_by_route() {
        let in_turn = |path: &str, statuses: &[u16]| MockRoute {
            answers: statuses.iter().map(|&status| answer(status)).collect(),
            ..route(None, path, 200)
        };
        let routes = [in_turn("/a", &[200, 503, 404]), in_turn("/b", &[201, 202])];
        let routes = Routes::new(&routes).unwrap();
        let next = |method: &Method, path| routes.answer(method, path, None).status.as_u16();
        let given: Vec<_> = (0..4).map(|_| next(&Method::GET, "/a")).collect();
        assert_eq!(given, [200, 503, 404, 200]);
        assert_eq!(next(&Method::GET, "/b"), 201);
        assert_eq!(next(&Method::HEAD, "/a"), 503, "it is the same route");
        assert_eq!(next(&Method::GET, "/b"), 202);
    }

    #[test]
    fn the_most_particular_route_answers() {
        let routes = Routes::new(&[
            route(None, "/any", 200),
            route(Some(Method::POST), "/any", 201),
            route(Some(Method::GET), "/got", 202),
            route(None, "/got", 203),
            route(Some(Method::HEAD), "/head", 205),
            route(Some(Method::GET), "/head", 206),
            route(Some(Method::PUT), "/put", 207),
            route(None, "/q", 208),
            route(None, "/q?a=1", 209),
            route(Some(Method::POST), "/q?a=2", 210),
            route(None, "/only?a=1", 211),
            route(None, "/twice", 212),
            route(None, "/twice", 213),
            route(None, "/über uns", 214),
            route(None, "/a/../b", 215),
            route(None, "/slash/", 216),
        ])
        .unwrap();
        for (request, expected) in [
            ("GET /any", 200),
            ("POST /any", 201),
            ("HEAD /any", 200),
            ("GET /got", 202),
            ("HEAD /got", 202),
            ("PATCH /got", 203),
            ("HEAD /head", 205),
            ("GET /head", 206),
            ("PUT /put", 207),
            ("GET /put", 404),
            ("HEAD /put", 404),
            ("GET /q", 208),
            ("GET /q?", 208),
            ("GET /q?a=1", 209),
            ("GET /q?a=2", 208),
            ("POST /q?a=2", 210),
            ("GET /q?a=3", 208),
            ("GET /only?a=1", 211),
            ("GET /only", 404),
            ("GET /only?a=2", 404),
            ("GET /twice", 212),
            ("GET /%C3%BCber%20uns", 214),
            ("GET /b", 215),
            ("GET /slash", 404),
            ("GET /slash/", 216),
            ("GET /", 404),
        ] {
            let (method, target) = request.split_once(' ').unwrap();
            let (path, query) = match target.split_once('?') {
                Some((path, query)) => (path, Some(query)),
                None => (target, None),
            };
            let answer = routes.answer(&method.parse().unwrap(), path, query);
            assert_eq!(answer.status.as_u16(), expected, "{request}");
        }
    }

    #[test]
    fn an_answer_is_what_its_route_says() {
        let moved = MockAnswer {
            location: Some("/new".into()),
            headers: vec![
                (HeaderName::from_static("x-team"), "grün".into()),
                (CONTENT_LENGTH, "7".into()),
                (TRANSFER_ENCODING, "chunked".into()),
            ],
            body: "moved".into(),
            ..answer(301)
        };
        let answer = Answer::new("/old", &moved).unwrap();
        assert_eq!(answer.headers[LOCATION], "/new");
        assert_eq!(answer.headers["x-team"].as_bytes(), "grün".as_bytes());
        assert_eq!(answer.headers.len(), 2, "the framing is the server's");
        assert_eq!(answer.body, "moved");
    }

    #[test]
    fn statuses_without_content_have_no_body() {
        for status in [204, 304] {
            let answer = MockAnswer {
                body: "text".into(),
                ..answer(status)
            };
            let answer = Answer::new("/", &answer).unwrap();
            assert!(answer.body.is_empty(), "{status}");
        }
    }

    #[test]
    fn a_header_that_cannot_be_sent_is_refused() {
        let name = HeaderName::from_static("x-team");
        let answer = MockAnswer {
            headers: vec![(name, "a\r\nb".into())],
            ..answer(200)
        };
        let route = MockRoute {
            answers: vec![answer],
            ..route(None, "/a", 200)
        };
        let error = Routes::new(&[route]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "`x-team` of the embedded answer to `/a`: failed to parse header value"
        );
    }
}
