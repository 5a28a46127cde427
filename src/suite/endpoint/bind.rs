//! Filling one row of values into an endpoint.
//!
//! Input: a path and a spec with templates, and a row. Output: the same with the row's values in them, and what
//! is wrong with that. What waited for its value is read as soon as it is known.

use std::sync::Arc;

use crate::expect::Expectation;
use crate::suite::address::check_path;
use crate::suite::duration::parse_duration;
use crate::suite::model::{Body, EndpointSpec, Expected, Setting};
use crate::suite::place::Place;
use crate::suite::retry::parse_retries;
use crate::suite::template::Template;

/// One row of values, and what came of filling them in.
pub(super) struct Binder<'r> {
    names: &'r [&'r str],
    values: &'r [&'r str],
    number: u32,
    /// Which of the values were asked for.
    pub(super) used: Vec<bool>,
    /// What is wrong, and where.
    pub(super) wrong: Vec<(Place, String)>,
}

impl<'r> Binder<'r> {
    /// For the endpoint with this number among the entries of its file.
    pub(super) fn new(names: &'r [&'r str], values: &'r [&'r str], number: u32) -> Self {
        Self {
            names,
            values,
            number,
            used: vec![false; names.len()],
            wrong: Vec::new(),
        }
    }

    /// The path, checked if all of it is known now; a space in a value is sent encoded.
    pub(super) fn path(&mut self, path: &Template) -> Option<Template> {
        let place = Place::EndpointPath(self.number);
        let bound = self.bind(path, &place)?;
        match bound
            .as_plain()
            .map(|path| check_path(&path.replace(' ', "%20")))
        {
            Some(Err(message)) => {
                self.wrong.push((place, message));
                None
            }
            _ => Some(bound),
        }
    }

    /// Fills in all that is not the path. Whether any value was asked for.
    pub(super) fn spec(&mut self, spec: &mut EndpointSpec) -> bool {
        let used = std::mem::replace(&mut self.used, vec![false; self.names.len()]);
        if let Some(text) = &mut spec.name {
            self.text(text, &["name"]);
        }
        for (index, tag) in spec.tags.iter_mut().enumerate() {
            self.text(tag, &["tags", &index.to_string()]);
        }
        match &mut spec.expect {
            Expected::Everywhere(expect) => self.expectation(expect),
            Expected::PerEnvironment(each) => {
                each.iter_mut()
                    .flatten()
                    .for_each(|expect| self.expectation(expect));
            }
        }
        for (name, value) in &mut spec.query {
            self.template(value, &["query", name]);
        }
        for (name, value) in &mut spec.layer.headers {
            self.template(value, &["headers", name.as_str()]);
        }
        match &mut spec.body {
            None => {}
            Some(Body::Text(text)) => self.template(text, &["body"]),
            Some(Body::Json(value)) => self.json(value),
            Some(Body::Form(fields)) => {
                for (name, value) in fields {
                    self.template(value, &["form", name]);
                }
            }
        }
        let place = |keys: &[&str]| self.place(keys);
        let (timeout, times) = (place(&["timeout"]), place(&["retry", "times"]));
        let (backoff, max_wait) = (place(&["retry", "backoff"]), place(&["retry", "max_wait"]));
        let layer = &mut spec.layer;
        self.setting(layer.timeout.as_mut(), &timeout, parse_duration);
        self.setting(layer.retry.times.as_mut(), &times, parse_retries);
        self.setting(layer.retry.backoff.as_mut(), &backoff, parse_duration);
        self.setting(layer.retry.max_wait.as_mut(), &max_wait, parse_duration);
        let changed = self.used.contains(&true);
        for (used, before) in self.used.iter_mut().zip(used) {
            *used |= before;
        }
        changed
    }

    fn expectation(&mut self, expect: &mut Setting<Arc<Expectation>>) {
        let place = Place::EndpointExpect(self.number, String::new());
        self.setting(Some(expect), &place, |text| {
            let expectation = Expectation::parse(text).map_err(|error| error.to_string())?;
            Ok(Arc::new(expectation))
        });
    }

    /// A text that is a template only here.
    fn text(&mut self, text: &mut String, keys: &[&str]) {
        let place = self.place(keys);
        match Template::parse(text) {
            Ok(template) => {
                if let Some(bound) = self.bind(&template, &place) {
                    bound.written().clone_into(text);
                }
            }
            Err(error) => self.wrong.push((place, error.message)),
        }
    }

    /// The strings in a JSON value stay templates.
    fn json(&mut self, value: &mut serde_json::Value) {
        match value {
            serde_json::Value::String(text) => {
                let place = self.place(&["json"]);
                // What is no template was told when the endpoint was read.
                let Ok(template) = Template::parse(text) else {
                    return;
                };
                let Some(bound) = self.bind(&template, &place) else {
                    return;
                };
                match bound.rewritten() {
                    Some(rewritten) => *text = rewritten,
                    None => self.wrong.push((
                        place,
                        format!("a value that ends in `$` cannot stand before `${{` in `{text}`"),
                    )),
                }
            }
            serde_json::Value::Array(items) => items.iter_mut().for_each(|item| self.json(item)),
            serde_json::Value::Object(fields) => {
                fields.iter_mut().for_each(|(_, field)| self.json(field));
            }
            serde_json::Value::Null | serde_json::Value::Bool(_) | serde_json::Value::Number(_) => {
            }
        }
    }

    fn template(&mut self, template: &mut Template, keys: &[&str]) {
        if template.as_plain().is_none()
            && let Some(bound) = self.bind(template, &self.place(keys))
        {
            *template = bound;
        }
    }

    /// A setting, read now if nothing in it has to wait any longer.
    fn setting<T>(
        &mut self,
        setting: Option<&mut Setting<T>>,
        place: &Place,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) {
        let Some(setting) = setting else { return };
        let Setting::Template(template) = &*setting else {
            return;
        };
        let Some(bound) = self.bind(template, place) else {
            return;
        };
        match bound.as_plain().map(parse) {
            None => *setting = Setting::Template(bound),
            Some(Ok(value)) => *setting = Setting::Value(value),
            Some(Err(message)) => self.wrong.push((place.clone(), message)),
        }
    }

    fn bind(&mut self, template: &Template, place: &Place) -> Option<Template> {
        let (names, values, used) = (self.names, self.values, &mut self.used);
        let bound = template.bind(&mut |name| {
            let index = names.iter().position(|known| *known == name)?;
            used[index] = true;
            values.get(index).copied()
        });
        match bound {
            Ok(bound) => Some(bound),
            Err(error) => {
                let name = error.name;
                let message = format!(
                    "`{name}` is empty here, and `${{{name}}}` has no fallback, such as `${{{name}:-text}}`"
                );
                self.wrong.push((place.clone(), message));
                None
            }
        }
    }

    fn place(&self, keys: &[&str]) -> Place {
        Place::EndpointKey(
            self.number,
            keys.iter().map(|&key| key.to_owned()).collect(),
        )
    }
}
