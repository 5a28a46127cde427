//! One attempt: a request, the redirects it is to follow, and the end of the answer's body.

use std::borrow::Cow;
use std::cell::Cell;
use std::pin::pin;
use std::time::{Duration, SystemTime};

use http::header::{CONTENT_TYPE, COOKIE, Entry, LOCATION, RETRY_AFTER};
use http::{HeaderMap, HeaderValue, Method, StatusCode, Version};
use reqwest::{Request, Response};
use tokio::time::Instant;
use url::Url;

use super::client::{Client, Sent};
use super::credential::Pass;
use super::failure::{self, Phase};
use super::pace::{Alarm, Pacer, within};
use super::site::Base;
use super::{redirect, schedule};
use crate::outcome::{Answer, Failure, FailureKind, Hop, Observed};
use crate::plan::Probe;

/// At most this much of a body is read: enough for the connection to be used again after most answers.
const BODY_LIMIT: usize = 256 * 1024;

/// One attempt at a probe.
pub(super) struct Exchange<'a> {
    client: &'a Client,
    pacer: &'a Pacer,
    /// The time that was spent waiting for turns.
    waited: &'a Cell<Duration>,
    probe: &'a Probe<'a>,
    base: Base<'a>,
    pass: Option<&'a Pass>,
    url: Cow<'a, Url>,
    method: Method,
    // What has been seen, which a failure on the way does not lose.
    hops: Vec<Hop>,
    reconnects: u32,
    retry_after: Option<Duration>,
    /// The answer whose body is being read.
    answer: Option<Answer>,
}

/// What one attempt observed.
pub(super) struct Exchanged {
    pub(super) observed: Observed,
    pub(super) hops: Vec<Hop>,
    /// Requests that were sent again on a new connection.
    pub(super) reconnects: u32,
    /// From the first request to the end of the last answer, without waiting for turns.
    pub(super) duration: Duration,
    /// How long the answer asks to wait.
    pub(super) retry_after: Option<Duration>,
}

impl Exchanged {
    /// Whether the environment asks everybody to slow down.
    pub(super) fn is_too_many(&self) -> bool {
        self.observed
            .answer()
            .is_some_and(|answer| answer.status == StatusCode::TOO_MANY_REQUESTS)
    }
}

impl<'a> Exchange<'a> {
    pub(super) fn new(
        client: &'a Client,
        (pacer, waited): (&'a Pacer, &'a Cell<Duration>),
        probe: &'a Probe<'a>,
        base: Base<'a>,
        url: &'a Url,
        pass: Option<&'a Pass>,
    ) -> Self {
        let method = probe.method.clone();
        Self {
            client,
            pacer,
            waited,
            probe,
            base,
            pass,
            url: Cow::Borrowed(url),
            method,
            hops: Vec::new(),
            reconnects: 0,
            retry_after: None,
            answer: None,
        }
    }

    /// What was observed within the attempt's time limit, and the redirects on the way. To be run once.
    pub(super) async fn run(&mut self, alarm: &mut Alarm) -> Exchanged {
        let (limit, waited) = (self.probe.timeout, self.waited);
        let started = Instant::now();
        let result = {
            // Pinned here, since moving it costs more than some answers.
            let work = pin!(self.follow());
            within(alarm, (started, limit), waited, work).await
        };
        let result = result.unwrap_or_else(|| Err(failure::timeout(limit, self.answer.as_ref())));
        let observed = match (result, self.answer.take()) {
            (Ok(answer), _) => Observed::Answer(answer),
            (Err(failure), Some(answer)) => Observed::Partial(answer, failure),
            (Err(failure), None) => Observed::Nothing(failure),
        };
        let duration = started.elapsed().saturating_sub(waited.get());
        Exchanged {
            observed,
            // What has been followed stays known: it decides what may be sent where.
            hops: self.hops.clone(),
            reconnects: self.reconnects,
            duration,
            retry_after: self.retry_after,
        }
    }

    /// Sends, and goes on sending where redirects lead, as often as the endpoint follows.
    async fn follow(&mut self) -> Result<Answer, Failure> {
        let follows = self.probe.follow_redirects;
        let limit = usize::try_from(follows).unwrap_or(usize::MAX);
        let mut seen = Vec::new();
        loop {
            let mut response = self.send().await?;
            let answer = Answer {
                status: response.status(),
                location: location(&response),
            };
            let all_steps = self.probe.is_chain() && self.hops.len() >= limit;
            if follows == 0 || all_steps || !redirect::is_redirect(answer.status) {
                if self.probe.retry.is_on(answer.status)
                    || answer.status == StatusCode::TOO_MANY_REQUESTS
                {
                    self.retry_after = retry_after(response.headers());
                }
                self.answer = Some(answer.clone());
                self.drain(&mut response).await?;
                return Ok(answer);
            }
            // Where it leads is known: what becomes of its body does not matter.
            let _ = self.drain(&mut response).await;
            seen.push((self.method.clone(), self.url.clone().into_owned()));
            let next = redirect::target(answer.status, answer.location.as_deref(), &self.url)?;
            self.hops.push(Hop {
                status: answer.status,
                target: next.as_str().into(),
            });
            let method = redirect::next_method(answer.status, &self.method);
            let step = (method, next);
            if seen.contains(&step) {
                let message = format!("the redirects lead in a circle, back to {}", step.1);
                return Err(Failure::new(FailureKind::RedirectLoop, message));
            }
            if self.hops.len() > limit {
                let message = format!("more than {follows} redirects");
                return Err(Failure::new(FailureKind::TooManyRedirects, message));
            }
            let (method, next) = step;
            if !method.is_safe() && next.origin() != self.base.url.origin() {
                let message =
                    format!("a {method} does not follow a redirect to another origin: {next}");
                return Err(Failure::new(FailureKind::BadRedirect, message));
            }
            (self.method, self.url) = (method, Cow::Owned(next));
        }
    }

    async fn send(&mut self) -> Result<Response, Failure> {
        let turn = (self.pacer, self.waited);
        let sent = self
            .client
            .execute((&self.method, &self.url), turn, || self.request())
            .await;
        let Sent {
            response,
            reconnects,
        } = sent?;
        self.reconnects += reconnects;
        self.client.check(&response, &self.url)?;
        Ok(response)
    }

    fn request(&self) -> Request {
        let mut request = Request::new(self.method.clone(), self.url.clone().into_owned());
        // On the way to another origin every configured header and credential stays behind, and so does the
        // content, which may hold some.
        if self.hops.is_empty() || self.url.origin() == self.base.url.origin() {
            *request.headers_mut() = self.headers();
            if self.method == *self.probe.method {
                *request.body_mut() = self.probe.body.cloned().map(Into::into);
            }
        }
        request
    }

    fn headers(&self) -> HeaderMap {
        let mut headers = self.base.greet(self.probe.headers);
        if self.method != *self.probe.method {
            headers.remove(CONTENT_TYPE);
        }
        let Some(pass) = self.pass else {
            return headers;
        };
        match headers.entry(&pass.name) {
            Entry::Vacant(entry) => {
                entry.insert(pass.value.clone());
            }
            // Cookies of the suite and of the session go together.
            Entry::Occupied(mut entry) if pass.name == COOKIE => {
                let both = [entry.get().as_bytes(), b"; ", pass.value.as_bytes()].concat();
                if let Ok(mut both) = HeaderValue::from_bytes(&both) {
                    both.set_sensitive(true);
                    entry.insert(both);
                }
            }
            // A header that the suite writes out is nearer than the environment's credential.
            Entry::Occupied(_) => {}
        }
        headers
    }

    /// Reads the body to its end, so that the connection can be used again; a long one is cut off, and an
    /// event stream, which has no end, is not read at all.
    async fn drain(&self, response: &mut Response) -> Result<(), Failure> {
        // What has a length has an end.
        if response.content_length().is_none() && is_event_stream(response.headers()) {
            return Ok(());
        }
        // In HTTP/1 nothing follows content of a stated length; in HTTP/2 the end of the stream may.
        let ends_by_length = response.version() < Version::HTTP_2;
        let mut read = 0;
        while read < BODY_LIMIT && !(ends_by_length && response.content_length() == Some(0)) {
            match response.chunk().await {
                Ok(None) => break,
                Ok(Some(chunk)) => read += chunk.len(),
                Err(error) => return Err(self.client.classify(&error, Phase::Body, &self.url)),
            }
        }
        Ok(())
    }
}

/// The body up to the limit.
pub(super) async fn read_body(mut response: Response) -> Result<Vec<u8>, reqwest::Error> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        body.extend_from_slice(&chunk);
        if body.len() >= BODY_LIMIT {
            break;
        }
    }
    Ok(body)
}

fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let value = headers.get(RETRY_AFTER)?.to_str().ok()?;
    schedule::retry_after(value, SystemTime::now())
}

fn location(response: &Response) -> Option<Box<str>> {
    let value = response.headers().get(LOCATION)?;
    Some(String::from_utf8_lossy(value.as_bytes()).into())
}

fn is_event_stream(headers: &HeaderMap) -> bool {
    const MEDIA_TYPE: &[u8] = b"text/event-stream";
    let Some(value) = headers.get(CONTENT_TYPE) else {
        return false;
    };
    let start = value.as_bytes().trim_ascii_start().get(..MEDIA_TYPE.len());
    start.is_some_and(|start| start.eq_ignore_ascii_case(MEDIA_TYPE))
}
