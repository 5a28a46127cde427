//! From a request's method, path and query to the answer prepared for it.
//!
//! Input: the routes of one environment. Output: [`Routes::answer`]. It refuses header values that HTTP
//! cannot carry (RFC 9110, section 5.5), and leaves the framing of an answer to the server.

use std::collections::HashMap;
use std::io;
use std::time::Duration;

use http::header::{CONTENT_LENGTH, LOCATION, TRANSFER_ENCODING};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use hyper::body::Bytes;
use url::Url;

use crate::suite::MockRoute;

/// The answers of one environment, ready to be sent.
#[derive(Debug)]
pub(super) struct Routes {
    /// By path, or by `path?query` where the route writes a query.
    by_target: HashMap<String, Vec<(Option<Method>, Answer)>>,
    not_listed: Answer,
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
            answers.push((route.method.clone(), Answer::new(route)?));
        }
        Ok(Self {
            by_target,
            not_listed: Answer::empty(StatusCode::NOT_FOUND),
        })
    }

    /// The answer to a request; a route that writes the query goes before one that does not.
    pub(super) fn answer(&self, method: &Method, path: &str, query: Option<&str>) -> &Answer {
        query
            .and_then(|query| self.listed(method, &format!("{path}?{query}")))
            .or_else(|| self.listed(method, path))
            .unwrap_or(&self.not_listed)
    }

    /// Its own method's route first; HEAD is then answered as GET is (RFC 9110, section 9.3.2).
    fn listed(&self, method: &Method, target: &str) -> Option<&Answer> {
        let answers = self.by_target.get(target)?;
        let find = |wanted: Option<&Method>| {
            answers
                .iter()
                .find(|(route, _)| route.as_ref() == wanted)
                .map(|(_, answer)| answer)
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

impl Answer {
    fn new(route: &MockRoute<String>) -> io::Result<Self> {
        let mut headers = HeaderMap::with_capacity(route.headers.len() + 1);
        for (name, value) in &route.headers {
            // The server writes these two itself; a second opinion would break the connection.
            if name != CONTENT_LENGTH && name != TRANSFER_ENCODING {
                headers.append(name, header_value(route, name.as_str(), value)?);
            }
        }
        if let Some(location) = &route.location {
            headers.insert(LOCATION, header_value(route, LOCATION.as_str(), location)?);
        }
        let body = if matches!(
            route.status,
            StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED
        ) {
            Bytes::new()
        } else {
            Bytes::from(route.body.clone())
        };
        Ok(Self {
            status: route.status,
            headers,
            body,
            delay: route.delay,
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

fn header_value(route: &MockRoute<String>, name: &str, value: &str) -> io::Result<HeaderValue> {
    HeaderValue::from_bytes(value.as_bytes()).map_err(|error| {
        let message = format!(
            "`{name}` of the embedded answer to `{}`: {error}",
            route.path
        );
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
            status: StatusCode::from_u16(status).unwrap(),
            location: None,
            delay: Duration::ZERO,
            headers: Vec::new(),
            body: String::new(),
        }
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
        let answer = Answer::new(&MockRoute {
            location: Some("/new".into()),
            headers: vec![
                (HeaderName::from_static("x-team"), "grün".into()),
                (CONTENT_LENGTH, "7".into()),
                (TRANSFER_ENCODING, "chunked".into()),
            ],
            body: "moved".into(),
            ..route(None, "/old", 301)
        })
        .unwrap();
        assert_eq!(answer.headers[LOCATION], "/new");
        assert_eq!(answer.headers["x-team"].as_bytes(), "grün".as_bytes());
        assert_eq!(answer.headers.len(), 2, "the framing is the server's");
        assert_eq!(answer.body, "moved");
    }

    #[test]
    fn statuses_without_content_have_no_body() {
        for status in [204, 304] {
            let route = MockRoute {
                body: "text".into(),
                ..route(None, "/", status)
            };
            assert!(Answer::new(&route).unwrap().body.is_empty(), "{status}");
        }
    }

    #[test]
    fn a_header_that_cannot_be_sent_is_refused() {
        let name = HeaderName::from_static("x-team");
        let route = MockRoute {
            headers: vec![(name, "a\r\nb".into())],
            ..route(None, "/a", 200)
        };
        let error = Routes::new(&[route]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "`x-team` of the embedded answer to `/a`: failed to parse header value"
        );
    }
}
