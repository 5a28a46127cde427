//! The program as its users meet it: the built binary against servers on loopback.

#![allow(
    clippy::format_collect,
    clippy::format_push_string,
    reason = "texts made for a test are to be read, not to be fast"
)]
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "helpers of tests are as free to fail as tests are"
)]

mod accept;
mod chaos;
mod ci_examples;
mod compare;
mod connection;
mod credentials;
mod crossing;
mod curl;
mod discover;
mod dry_run;
mod each;
mod environments;
mod exit_codes;
mod expectations;
mod faults;
mod files;
mod fixtures;
mod forges;
mod harnesses;
mod hostile;
mod html;
mod include;
mod inputs;
mod json;
mod keep_alive;
mod limits;
mod live;
mod merge;
mod mock;
mod output;
mod packaging;
mod politeness;
mod probing;
mod quickstart;
mod ready;
mod record;
mod recordings;
mod redirects;
mod reference;
mod requests;
mod retries;
mod sampling;
mod schemas;
mod secrets;
mod selection;
mod services;
mod sessions;
mod several;
mod sharded_walls;
mod shards;
mod support;
mod systems;
mod table;
mod threads;
mod timeouts;
mod tools;
mod truth;
mod values;
mod walls;
mod worked_cases;
